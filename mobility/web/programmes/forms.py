"""Forms of programmes, routes and calls. What an answer must be is decided by `services/programmes`."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from mobility.domain.applications.vocabulary import CURRENCIES, Discipline
from mobility.domain.stages import Level, StageKind
from mobility.i18n import WIRED
from mobility.i18n import gettext as _
from mobility.i18n import lazy_gettext as _l
from mobility.i18n.applications_labels import discipline_name
from mobility.i18n.formats import country_choices, country_name, in_language
from mobility.i18n.law_texts import law_text
from mobility.i18n.programmes_labels import KINDS, STAGES
from mobility.i18n.time_zones import time_zone_choices
from mobility.services.programmes import CallDraft, Desk, ProgrammeDraft, ProvisionChoice, RouteDraft
from mobility.web.shared.forms import DayField, EditForm, Form, NamesForm, WholeNumberField
from mobility.web.shared.refusals import choices

_NEEDED = InputRequired(_l("Fill this in."))
_FALSE = (False, "false", "", "0", "n")


def _tick(label: Any) -> BooleanField:
    return BooleanField(label, false_values=_FALSE)


class ProgrammeForm(NamesForm):
    """Everything about a programme but its code; for each stage a tick, and ticks for the stages it waits for."""

    kind = SelectField(_l("Kind"), [_NEEDED])
    instrument = SelectField(_l("Under which instrument"), [_NEEDED])
    accounting_day = WholeNumberField(_l("Accounting year begins on day"), [_NEEDED])
    accounting_month = WholeNumberField(_l("of month"), [_NEEDED])
    tolerance_percent = WholeNumberField(_l("Largest imbalance still called balanced, in per cent"), [_NEEDED])
    underuse_neutral = _tick(_l("Unused places may not be held against either side"))
    balance_expires_after = WholeNumberField(_l("Years in which a surplus can still be used"))
    balance_cap = WholeNumberField(_l("Largest surplus that is carried on, in people"))
    language_level = SelectField(_l("Language level required"))
    currency = SelectField(_l("Currency of budgets"), [_NEEDED])

    def fill_choices(self, instruments: Sequence[tuple[int, str]]) -> None:
        """Offer kinds, instruments, levels and currencies in the language of the request."""
        self.kind.choices = choices(KINDS.items(), _l("Choose a kind"))
        told = sorted(((key, law_text(title)) for key, title in instruments), key=lambda pair: pair[1].casefold())
        self.instrument.choices = choices(told, _l("Choose an instrument"))
        self.language_level.choices = choices(((level.value, level.value.upper()) for level in Level), _l("none"))
        self.currency.choices = choices((code, code) for code in CURRENCIES)

    def fields_of_stages(self) -> list[tuple[Any, list[Any]]]:
        """Return for each stage its tick and the ticks of what it waits for."""
        return [
            (self[f"needs_{kind}"], [self[f"after_{kind}_{other}"] for other in StageKind if other is not kind])
            for kind in StageKind
        ]

    def draft(self) -> ProgrammeDraft:
        """Return the answers of a valid form."""
        return ProgrammeDraft(
            names=self.names(),
            kind=self.kind.data or "",
            instrument_id=int(self.instrument.data),
            accounting_month=self.accounting_month.number or 0,
            accounting_day=self.accounting_day.number or 0,
            tolerance_percent=-1 if self.tolerance_percent.number is None else self.tolerance_percent.number,
            underuse_neutral=bool(self.underuse_neutral.data),
            balance_expires_after=self.balance_expires_after.number,
            balance_cap=self.balance_cap.number,
            language_level=self.language_level.data or "",
            currency=self.currency.data or "",
            stages={kind: self._after(kind) for kind in StageKind if self[f"needs_{kind}"].data},
        )

    def _after(self, kind: StageKind) -> frozenset[StageKind]:
        others = (other for other in StageKind if other is not kind)
        return frozenset(other for other in others if self[f"after_{kind}_{other}"].data)


for _kind in StageKind:
    setattr(ProgrammeForm, f"needs_{_kind}", _tick(STAGES[_kind]))
    for _other in StageKind:
        if _other is not _kind:
            setattr(
                ProgrammeForm,
                f"after_{_kind}_{_other}",
                _tick(_l("%(stage)s begins after %(other)s", stage=STAGES[_kind], other=STAGES[_other])),
            )


class NewProgrammeForm(ProgrammeForm):
    """A new programme: its code, which stays for good, and everything else."""

    code = StringField(_l("Code"), [_NEEDED, Length(max=32)])


def values_of_programme(programme: Any) -> dict[str, Any]:
    """Return what a programme row says in the words of the form's fields."""
    after = {each.stage: set(each.after) for each in programme.stages}
    ticks = {f"needs_{kind}": kind.value in after for kind in StageKind}
    waits = {
        f"after_{kind}_{other}": other.value in after.get(kind.value, ())
        for kind in StageKind
        for other in StageKind
        if other is not kind
    }
    names = {f"name_{each.code}": programme.names.get(each.code, "") for each in WIRED}
    level = str(programme.language_level).lower()
    return names | ticks | waits | {"instrument": str(programme.instrument_id), "language_level": level}


class DirectionForm(Form):
    """From where to where: the first question about a new route, asked by GET."""

    class Meta(Form.Meta):
        csrf = False

    sending = SelectField(_l("From"), [_NEEDED])
    receiving = SelectField(_l("To"), [_NEEDED])

    def fill_choices(self) -> None:
        """Offer every country."""
        for field in (self.sending, self.receiving):
            field.choices = choices(country_choices(), _l("Choose a country"))


class RouteFields(EditForm):
    """A route but for its desks and provisions, which depend on programme and states; see `route_form`."""

    receiving_office = SelectField(_l("Post that admits, follows travel and closes"), [_NEEDED])
    sending_office = SelectField(_l("Office of the sending state that looks on"))
    quota_people = WholeNumberField(_l("Places in each accounting year"))
    quota_days = WholeNumberField(_l("Days in each accounting year"))

    stages: tuple[str, ...] = ()
    offered: tuple[ProvisionChoice, ...] = ()

    def fields_of_stage(self, stage: str) -> tuple[Any, list[tuple[Any, ProvisionChoice]]]:
        """Return the field for the desk of a stage (None for the case) and its ticks with what they stand for."""
        ticks = [(self[f"p_{stage}_{each.code}"], each) for each in self.offered if each.runs_in == stage]
        return (self[f"office_{stage}"] if stage != "case" else None, ticks)

    def draft(self, sending: str, receiving: str) -> RouteDraft:
        """Return the answers of a valid form."""
        return RouteDraft(
            sending=sending,
            receiving=receiving,
            receiving_office_id=int(self.receiving_office.data),
            sending_office_id=int(self.sending_office.data) if self.sending_office.data else None,
            quota_people=self.quota_people.number,
            quota_days=self.quota_days.number,
            desks={stage: int(self[f"office_{stage}"].data) for stage in self.stages if stage != "case"},
            provisions={
                stage: tuple(
                    each.code for each in self.offered if each.runs_in == stage and self[f"p_{stage}_{each.code}"].data
                )
                for stage in self.stages
            },
        )


def route_form(
    stages: Iterable[str], desks: Sequence[Desk], offered: Iterable[ProvisionChoice], sending: str, receiving: str
) -> type[RouteFields]:
    """Return the form of one route: a desk for each stage of the programme, a tick for each provision on offer."""
    keys = ("case", *stages)
    shown = tuple(each for each in offered if each.runs_in in keys)
    fields: dict[str, Any] = {"stages": keys, "offered": shown}
    for stage in keys[1:]:
        competent = [each for each in desks if stage in each.competences]
        label = _l("Who decides: %(stage)s", stage=STAGES[stage])
        fields[f"office_{stage}"] = SelectField(label, [_NEEDED], choices=_desk_choices(competent))
    for each in shown:
        fields[f"p_{each.runs_in}_{each.code}"] = _tick(
            _("%(code)s: %(instrument)s, %(article)s", code=each.code, **_cited(each))
        )
    posts = [each for each in desks if each.country == receiving and "case" in each.competences]
    lookers = [each for each in desks if each.country == sending and "case" in each.competences]
    validators = [_NEEDED]
    fields["receiving_office"] = SelectField(
        _l("Post that admits, follows travel and closes"), validators, choices=_desk_choices(posts)
    )
    fields["sending_office"] = SelectField(
        _l("Office of the sending state that looks on"), choices=choices(_told(lookers), _l("none"))
    )
    return type("RouteForm", (RouteFields,), fields)


def _cited(each: ProvisionChoice) -> dict[str, str]:
    return {"instrument": law_text(each.instrument_title), "article": each.article}


def _desk_choices(desks: Iterable[Desk]) -> list[Any]:
    return choices(_told(desks), _l("Choose an office"))


def _told(desks: Iterable[Desk]) -> list[tuple[int, str]]:
    return [
        (
            each.office_id,
            _(
                "%(name)s, %(city)s (for %(country)s)",
                name=in_language(each.names)[0],
                city=each.seat_city,
                country=country_name(each.country),
            ),
        )
        for each in desks
    ]


def values_of_route(route: Any) -> dict[str, Any]:
    """Return what a route row says in the words of the form's fields."""
    values: dict[str, Any] = {
        "receiving_office": str(route.receiving_office_id),
        "sending_office": str(route.sending_office_id or ""),
        "quota_people": route.quota_people,
        "quota_days": route.quota_days,
    }
    for desk in route.stages:
        values[f"office_{desk.stage}"] = str(desk.office_id or "")
        values |= {f"p_{desk.stage}_{code}": True for code in desk.provisions}
    return values


class CallForm(EditForm):
    """Everything about a call but its code and route; a title and a summary for each language."""

    discipline = SelectField(_l("Field of work"))
    opens_on = DayField(_l("Opens on"), [_NEEDED])
    closes_on = DayField(_l("Closes at the end of"), [_NEEDED])
    time_zone = SelectField(_l("In the time zone of"), [_NEEDED])
    stay_from = DayField(_l("First possible day of arrival"), [_NEEDED])
    stay_until = DayField(_l("Last possible day of departure"), [_NEEDED])
    min_days = WholeNumberField(_l("Shortest stay, in days"), [_NEEDED])
    max_days = WholeNumberField(_l("Longest stay, in days"), [_NEEDED])
    places = WholeNumberField(_l("Places"), [_NEEDED])
    host = StringField(_l("Host institution"), [_NEEDED, Length(max=200)])
    host_city = StringField(_l("City"), [_NEEDED, Length(max=80)])
    title_en = StringField(_l("Title in English"), [_NEEDED, Length(max=200)])
    summary_en = TextAreaField(_l("Summary in English"), [_NEEDED, Length(max=4000)])
    title_ar = StringField(_l("Title in Arabic"), [Length(max=200)])
    summary_ar = TextAreaField(_l("Summary in Arabic"), [Length(max=4000)])
    title_zh = StringField(_l("Title in Chinese"), [Length(max=200)])
    summary_zh = TextAreaField(_l("Summary in Chinese"), [Length(max=4000)])
    title_fr = StringField(_l("Title in French"), [Length(max=200)])
    summary_fr = TextAreaField(_l("Summary in French"), [Length(max=4000)])
    title_ru = StringField(_l("Title in Russian"), [Length(max=200)])
    summary_ru = TextAreaField(_l("Summary in Russian"), [Length(max=4000)])
    title_es = StringField(_l("Title in Spanish"), [Length(max=200)])
    summary_es = TextAreaField(_l("Summary in Spanish"), [Length(max=4000)])

    def fill_choices(self) -> None:
        """Offer fields of work and time zones in the language of the request."""
        named = [(each.value, discipline_name(each)) for each in Discipline]
        self.discipline.choices = choices(named, _l("All fields"))
        self.time_zone.choices = choices(time_zone_choices(), _l("Choose a time zone"))

    def fields_of_texts(self) -> list[tuple[Any, Any, str]]:
        """Return title, summary and language tag, English first."""
        codes = ["en", *(each.code for each in WIRED if each.code != "en")]
        return [(self[f"title_{code}"], self[f"summary_{code}"], code) for code in codes]

    def draft(self) -> CallDraft:
        """Return the answers of a valid form."""
        return CallDraft(
            discipline=self.discipline.data or "",
            opens_on=_day(self.opens_on),
            closes_on=_day(self.closes_on),
            time_zone=self.time_zone.data or "",
            stay_from=_day(self.stay_from),
            stay_until=_day(self.stay_until),
            min_days=self.min_days.number or 0,
            max_days=self.max_days.number or 0,
            places=self.places.number or 0,
            host=self.host.data or "",
            host_city=self.host_city.data or "",
            texts={
                each.code: {
                    "title": self[f"title_{each.code}"].data or "",
                    "summary": self[f"summary_{each.code}"].data or "",
                }
                for each in WIRED
            },
        )


class NewCallForm(CallForm):
    """A new call: its code and route, which stay for good, and everything else."""

    code = StringField(_l("Code"), [_NEEDED, Length(max=32)])
    route = SelectField(_l("Direction"), [_NEEDED])


def _day(field: DayField) -> date:
    assert field.day is not None
    return field.day


def values_of_call(call: Any) -> dict[str, Any]:
    """Return what a call row says in the words of the form's fields."""
    texts: Mapping[str, Mapping[str, str]] = call.texts
    titles = {f"title_{code}": text.get("title", "") for code, text in texts.items()}
    return titles | {f"summary_{code}": text.get("summary", "") for code, text in texts.items()}
