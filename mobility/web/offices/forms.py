"""Forms for offices and for days in calendars. What an answer must be is decided by `services/offices.py`."""

from datetime import date
from typing import Any

from wtforms import BooleanField, EmailField, HiddenField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from mobility.i18n import WIRED
from mobility.i18n import lazy_gettext as _l
from mobility.i18n.accounts_labels import COMPETENCES, OFFICE_KINDS
from mobility.i18n.formats import country_choices
from mobility.i18n.time_zones import time_zone_choices
from mobility.services.offices import OfficeDraft, OverrideDraft
from mobility.web.shared.forms import DayField, Form, NamesForm
from mobility.web.shared.refusals import choices

_NEEDED = InputRequired(_l("Fill this in."))
_FALSE = (False, "false", "", "0", "n")


class OfficeForm(NamesForm):
    """Everything about an office but its code; one name per language, one tick per competence."""

    kind = SelectField(_l("Kind"), [_NEEDED])
    country = SelectField(_l("Acts for"), [_NEEDED])
    seat_country = SelectField(_l("Country of its seat"), [_NEEDED])
    seat_city = StringField(_l("City of its seat"), [_NEEDED, Length(max=80)])
    time_zone = SelectField(_l("Time zone"), [_NEEDED])
    calendar = StringField(_l("Calendar of holidays"), [_NEEDED, Length(max=16)])
    email = EmailField(_l("E-mail address of the office"), [Length(max=254)])
    can_case = BooleanField(COMPETENCES["case"], false_values=_FALSE)
    can_visa = BooleanField(COMPETENCES["visa"], false_values=_FALSE)
    can_recognition = BooleanField(COMPETENCES["recognition"], false_values=_FALSE)
    can_funding = BooleanField(COMPETENCES["funding"], false_values=_FALSE)
    can_language = BooleanField(COMPETENCES["language"], false_values=_FALSE)
    is_active = BooleanField(_l("This office works"), false_values=_FALSE, default=True)

    def fill_choices(self) -> None:
        """Offer kinds, countries and zones by their names in the language of the request."""
        self.kind.choices = choices(OFFICE_KINDS.items(), _l("Choose a kind"))
        self.country.choices = choices(country_choices(), _l("Choose a country"))
        self.seat_country.choices = choices(country_choices(), _l("Choose a country"))
        self.time_zone.choices = choices(time_zone_choices(), _l("Choose a time zone"))

    def fields_of_competences(self) -> list[Any]:
        """Return the ticks for what the office decides."""
        return [self[f"can_{code}"] for code in COMPETENCES]

    def draft(self) -> OfficeDraft:
        """Return the answers."""
        return OfficeDraft(
            kind=self.kind.data or "",
            country=self.country.data or "",
            seat_country=self.seat_country.data or "",
            seat_city=self.seat_city.data or "",
            time_zone=self.time_zone.data or "",
            calendar=self.calendar.data or "",
            names=self.names(),
            competences=frozenset(code for code in COMPETENCES if self[f"can_{code}"].data),
            email=self.email.data or "",
            is_active=bool(self.is_active.data),
        )


class NewOfficeForm(OfficeForm):
    """A new office: its code, which stays for good, and everything else."""

    code = StringField(_l("Code"), [_NEEDED, Length(max=32)])


def values_of(office: Any) -> dict[str, Any]:
    """Return what an office row says in the words of the form's fields."""
    names = {f"name_{each.code}": office.names.get(each.code, "") for each in WIRED}
    present = {each.competence for each in office.competences}
    return names | {f"can_{code}": code in present for code in COMPETENCES}


class OverrideForm(Form):
    """One day in one calendar."""

    calendar = StringField(_l("Calendar"), [_NEEDED, Length(max=16)])
    day = DayField(_l("Day"), [_NEEDED])
    is_working = RadioField(_l("On this day"), [InputRequired(_l("Choose one of the two."))])
    name = StringField(_l("What the day is called"), [_NEEDED, Length(max=120)])
    reason = StringField(_l("Why it is entered, with the source"), [_NEEDED, Length(max=400)])
    seen = HiddenField()

    def fill_choices(self) -> None:
        """Offer the two kinds of day."""
        self.is_working.choices = [
            SelectChoice("no", str(_l("nobody works: a holiday"))),
            SelectChoice("yes", str(_l("people work: a day made up for, or no holiday after all"))),
        ]

    def is_seen(self, moves: int) -> bool:
        """Tell whether the second step was sent from a page that showed so many moves."""
        return bool(self.seen.data == str(moves))

    def draft(self) -> OverrideDraft:
        """Return the answers of a valid form."""
        day = self.day.day
        assert isinstance(day, date)
        return OverrideDraft(
            calendar=self.calendar.data or "",
            day=day,
            is_working=self.is_working.data == "yes",
            name=self.name.data or "",
            reason=self.reason.data or "",
        )
