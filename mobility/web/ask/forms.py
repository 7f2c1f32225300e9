"""The form of a question, sent as an address so that it can be kept and shared; which error stands at which field."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from types import MappingProxyType
from typing import Any, Final

from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from mobility.calendars import list_countries, list_institutions, list_subdivisions
from mobility.domain.errors import DomainError
from mobility.i18n import gettext as _
from mobility.i18n import lazy_gettext as _l
from mobility.i18n.ask_words import DIRECTIONS, KINDS, UNITS, optional_choice
from mobility.i18n.derivations import calendar_name
from mobility.i18n.formats import country_name
from mobility.i18n.labels import error_sentence
from mobility.i18n.time_zones import time_zone_choices
from mobility.services.asking import AskableProvision, Question
from mobility.web.shared.forms import DayField, Form

PAUSES: Final = 3
_LONGEST = Length(max=40)
_FIELD_OF: Final[Mapping[str, str]] = MappingProxyType(
    {
        "unknown_rule_set": "rules",
        "not_computed_by_itself": "rules",
        "rule_set_not_in_force": "day",
        "unknown_unit": "unit",
        "unit_not_covered": "unit",
        "unknown_direction": "direction",
        "direction_not_covered": "direction",
        "unknown_kind": "kind",
        "parameter_missing": "second",
        "naive_instant": "zone",
        "instant_missing": "time",
        "unknown_time_zone": "zone",
        "period_invalid": "period",
        "period_missing": "period",
        "period_out_of_range": "period",
        "fraction_not_covered": "period",
        "calendar_not_given": "place",
        "calendar_missing": "place",
        "suspension_invalid": "from1",
        "suspensions_overlap": "from1",
        "clock_data_missing": "from1",
    }
)
"""Where the message of an error stands; anything else stands at the day."""


class AskForm(Form):
    """The question. Nothing is stored, so it needs no token."""

    class Meta(Form.Meta):
        csrf = False

    provision = SelectField(_l("Provision"), validators=[Optional()])
    rules = SelectField(_l("Rules of counting"), validators=[Optional()])
    period = StringField(_l("Length of the period"), validators=[_LONGEST])
    unit = SelectField(_l("Unit"), validators=[Optional()])
    direction = SelectField(_l("Direction"), validators=[Optional()])
    kind = SelectField(_l("What the date is for"), validators=[Optional()])
    day = DayField(_l("Day of the event"), validators=[InputRequired(), _LONGEST])
    time = StringField(_l("Time of day"), validators=[_LONGEST])
    zone = SelectField(_l("Time of which city"), validators=[Optional()])
    place = SelectField(_l("Whose holidays"), validators=[Optional()])
    region = StringField(_l("Region"), validators=[_LONGEST])
    also = SelectField(_l("And those of"), validators=[Optional()])
    second = DayField(_l("Second day"), validators=[_LONGEST])
    from1 = DayField(_l("First stop: first day"), validators=[_LONGEST])
    to1 = DayField(_l("First stop: last day"), validators=[_LONGEST])
    from2 = DayField(_l("Second stop: first day"), validators=[_LONGEST])
    to2 = DayField(_l("Second stop: last day"), validators=[_LONGEST])
    from3 = DayField(_l("Third stop: first day"), validators=[_LONGEST])
    to3 = DayField(_l("Third stop: last day"), validators=[_LONGEST])

    def pauses(self) -> list[tuple[Any, Any]]:
        """Return the pairs of fields of the days on which the period stood still."""
        return [(self[f"from{number}"], self[f"to{number}"]) for number in range(1, PAUSES + 1)]

    def refuse(self, field: str, message: str) -> None:
        """Put a message at a field, after what it says already."""
        self[field].errors = [*self[field].errors, message]

    def refuse_for(self, error: DomainError) -> None:
        """Put the words of an error at the field that it is about."""
        is_pause = error.code == "parameter_not_covered" and error.parameters.get("parameter") == "suspensions"
        if is_pause:
            self.refuse("from1", _("This law knows no pause, so the period cannot stand still."))
        elif error.code == "parameter_missing":
            self.refuse("second", _("This law needs a second day, such as the planned arrival or the day of asking."))
        elif error.code == "not_found":
            self.refuse("day", _("The provision had no wording in force on that day."))
        else:
            self.refuse(_FIELD_OF.get(error.code, "day"), error_sentence(error))

    def question(self) -> Question | None:
        """Return what is asked; None with messages at the fields where something cannot be read."""
        start, calendar, pauses = self._start(), self._calendar(), self._pauses()
        if not self.provision.data and not self.rules.data:
            self.refuse("provision", _("Choose a provision, or rules of counting below."))
        if any(field.errors for field in self) or start is None:
            return None
        return Question(
            start=start,
            provision=self.provision.data or "",
            rule_set=self.rules.data or "",
            period=_western(self.period.data),
            unit=self.unit.data or "days",
            direction=self.direction.data or "forward",
            kind=self.kind.data or "act",
            calendar=calendar,
            also=self.also.data or "",
            time_zone=self.zone.data or "",
            second_on=self.second.day,
            pauses=pauses,
        )

    def _start(self) -> date | datetime | None:
        typed = _western(self.time.data)
        if not typed or self.day.day is None:
            return self.day.day
        try:
            hour, minute = (int(part) for part in typed.replace(".", ":").split(":"))
            return datetime.combine(self.day.day, time(hour, minute))
        except ValueError:
            self.refuse("time", _("Give hours and minutes, for example 14:30."))
            return None

    def _calendar(self) -> str:
        place, region = self.place.data or "", (self.region.data or "").strip().upper()
        if not region:
            return place
        if place not in set(list_countries()):
            self.refuse("region", _("Choose the country of the region first."))
            return place
        known = list_subdivisions(place)
        if region not in known:
            self.refuse("region", _("No region of that country has the code %(code)s.", code=self.region.data))
        return f"{place}-{region}"

    def _pauses(self) -> tuple[tuple[date, date], ...]:
        found: list[tuple[date, date]] = []
        for first, last in self.pauses():
            if not first.data and not last.data:
                continue
            if first.day is None or last.day is None:
                missing = first if first.day is None else last
                if not missing.errors:
                    self.refuse(missing.name, _("Give the first and the last day of the stop."))
            elif last.day < first.day:
                self.refuse(last.name, _("A stop ends on or after the day on which it began."))
            else:
                found.append((first.day, last.day))
        return tuple(found)


def _western(typed: str | None) -> str:
    """Return what was typed with decimal figures of any script as 0 to 9."""
    return "".join(str(int(letter)) if letter.isdecimal() else letter for letter in (typed or "").strip())


def fill_choices(form: AskForm, provisions: Sequence[tuple[str, Sequence[tuple[str, str]]]], rules: Any) -> None:
    """Give the form what can be chosen, in the reader's language; `provisions` are groups of code and words."""
    nothing = ("", optional_choice())
    form.provision.choices = {"": [("", _("No provision: the rules below"))], **dict(provisions)}
    form.rules.choices = [nothing, *rules]
    form.unit.choices = [(code, str(words)) for code, words in UNITS.items()]
    form.direction.choices = [(code, str(words)) for code, words in DIRECTIONS.items()]
    form.kind.choices = [(code, str(words)) for code, words in KINDS.items()]
    form.zone.choices = [nothing, *time_zone_choices()]
    countries = sorted(((code, country_name(code)) for code in list_countries()), key=lambda each: each[1].casefold())
    institutions = [(code, calendar_name(code)) for code, _name in list_institutions()]
    form.place.choices = {
        "": [("", _("no holidays"))],
        _("Institutions"): institutions,
        _("Countries"): countries,
    }
    form.also.choices = [("", _("nobody else")), *countries]


def grouped(provisions: Sequence[AskableProvision], group: Any, words: Any) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return provisions under the words of their group, in their order."""
    found: dict[str, list[tuple[str, str]]] = {}
    for each in provisions:
        found.setdefault(group(each), []).append((each.code, words(each)))
    return list(found.items())
