"""Offices as administrators keep them, and the days they enter where a calendar is wrong or cannot know.

Which office carries which case is decided by routes (programmes). A changed calendar or zone counts from now on:
clocks that run are counted again by their own service, never here.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.calendars import source
from mobility.domain.access import Actor
from mobility.domain.accounts import clean_name
from mobility.domain.calendars import CalendarMissing, Override
from mobility.domain.errors import ChangedMeanwhile, InvalidInput, NotFound
from mobility.i18n.formats import country_choices
from mobility.i18n.time_zones import known_time_zones
from mobility.services.accounts import clean_email
from mobility.services.audit import record_event
from mobility.services.recompute import Change, Difference, Recount, apply_to
from mobility.services.roles import require_administrator
from mobility.storage.models.offices import CalendarOverride, Office, OfficeCompetence
from mobility.storage.queries import offices as queries
from mobility.storage.queries.offices import OfficeLine, OverrideLine
from mobility.storage.scope import every_case

KINDS = ("post", "recognition_body", "funder", "school")
COMPETENCES = ("case", "visa", "recognition", "funding", "language")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,31}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeDraft:
    """What is said about an office; `names` by language, English always there; the calendar as DE, DE-SN, EU-COM."""

    kind: str
    country: str
    seat_country: str
    seat_city: str
    time_zone: str
    calendar: str
    names: Mapping[str, str]
    competences: frozenset[str]
    email: str = ""
    is_active: bool = True


def clean_draft(draft: OfficeDraft, this_year: int) -> OfficeDraft:
    """Return a draft as it is stored; raises InvalidInput naming the first answer that cannot be used."""
    countries = dict(country_choices())
    for field in ("country", "seat_country"):
        if getattr(draft, field) not in countries:
            raise InvalidInput(field=field, reason="not_a_country", value=getattr(draft, field))
    if draft.kind not in KINDS:
        raise InvalidInput(field="kind", reason="not_a_kind", value=draft.kind)
    if not draft.competences <= set(COMPETENCES):
        raise InvalidInput(field="competences", reason="not_a_competence", value=sorted(draft.competences))
    if draft.time_zone not in known_time_zones():
        raise InvalidInput(field="time_zone", reason="not_a_time_zone", value=draft.time_zone)
    names = {code: clean_name(text, f"name_{code}") for code, text in draft.names.items() if text.strip()}
    if "en" not in names:
        raise InvalidInput(field="name_en", reason="missing", value="")
    return OfficeDraft(
        kind=draft.kind,
        country=draft.country,
        seat_country=draft.seat_country,
        seat_city=_city(draft.seat_city),
        time_zone=draft.time_zone,
        calendar=clean_calendar(draft.calendar, this_year),
        names=names,
        competences=draft.competences,
        email=clean_email(draft.email) if draft.email.strip() else "",
        is_active=draft.is_active,
    )


def _city(text: str) -> str:
    city = clean_name(text, "seat_city")
    if len(city) > 80:
        raise InvalidInput(field="seat_city", reason="too_long", value=text, most=80)
    return city


def clean_calendar(code: str, this_year: int) -> str:
    """Return the code of a calendar that has data this year; raises InvalidInput."""
    code = code.strip().upper()
    try:
        source().calendar(code, this_year, this_year)
    except CalendarMissing as error:
        raise InvalidInput(field="calendar", reason="not_a_calendar", value=code) from error
    return code


def list_offices(
    session: Session, actor: Actor, country: str = "", after: str = ""
) -> tuple[list[OfficeLine], str | None]:
    """Return a page of offices by code, and the code after which the next page begins."""
    require_administrator(actor)
    lines = queries.list_offices(session, country, after)
    return (lines[: queries.PAGE], lines[queries.PAGE - 1].code) if len(lines) > queries.PAGE else (lines, None)


def list_countries(session: Session, actor: Actor) -> list[str]:
    """Return the countries that offices act for."""
    require_administrator(actor)
    return queries.list_countries_with_offices(session)


def get_office(session: Session, actor: Actor, office_id: int) -> Office:
    """Return an office with its competences; raises NotFound."""
    require_administrator(actor)
    return _held(session, office_id)


def _held(session: Session, office_id: int) -> Office:
    office = session.get(Office, office_id, with_for_update=bool(session.info.get("writing")))
    if office is None:
        raise NotFound(subject="office", subject_id=office_id)
    return office


def create_office(session: Session, actor: Actor, code: str, draft: OfficeDraft, now: datetime) -> Office:
    """Make an office; its code stays for good. Raises InvalidInput when the code is taken or no code."""
    require_administrator(actor)
    code, draft = code.strip(), clean_draft(draft, now.year)
    if not _CODE.fullmatch(code):
        raise InvalidInput(field="code", reason="not_a_code", value=code)
    if session.scalar(select(Office.id).where(Office.code == code)) is not None:
        raise InvalidInput(field="code", reason="code_taken", value=code)
    office = Office(code=code)
    _write(office, draft)
    session.add(office)
    session.flush()
    _write_competences(session, office, draft.competences)
    record_event(session, actor, "office_created", at=now, subject="office", subject_id=office.id)
    return office


def change_office(
    session: Session, actor: Actor, office_id: int, draft: OfficeDraft, *, row_version: int, now: datetime
) -> None:
    """Save an office; raises ChangedMeanwhile when the form was opened on an older version."""
    require_administrator(actor)
    draft = clean_draft(draft, now.year)
    office = _held(session, office_id)
    if office.row_version != row_version:
        raise ChangedMeanwhile(subject="office", subject_id=office_id)
    changed = [*_write(office, draft), *_write_competences(session, office, draft.competences)]
    if not changed:
        return
    session.flush()
    if office.row_version == row_version:  # only competences changed, which are rows of their own
        office.row_version = row_version + 1
    session.flush()
    record_event(
        session,
        actor,
        "office_changed",
        at=now,
        subject="office",
        subject_id=office.id,
        parameters={"fields": changed},
    )


def _write(office: Office, draft: OfficeDraft) -> list[str]:
    """Write a draft into a row and return the names of what changed."""
    fields = ("kind", "country", "seat_country", "seat_city", "time_zone", "calendar", "email", "is_active")
    values = {name: getattr(draft, name) for name in fields} | {"names": dict(draft.names)}
    changed = [name for name, value in values.items() if getattr(office, name) != value]
    for name in changed:
        setattr(office, name, values[name])
    return changed


def _write_competences(session: Session, office: Office, wanted: frozenset[str]) -> list[str]:
    """Add and take away competences; return ["competences"] when that changed anything."""
    present = {each.competence: each for each in office.competences}
    if set(present) == wanted:
        return []
    for competence in sorted(wanted - set(present)):
        session.add(OfficeCompetence(office_id=office.id, competence=competence))
    for competence in sorted(set(present) - wanted):
        session.delete(present[competence])
    session.flush()
    session.expire(office, ["competences"])
    return ["competences"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideDraft:
    """A day that a calendar has wrong: whether work is done on it, what it is called, and why this is entered."""

    calendar: str
    day: date
    is_working: bool
    name: str
    reason: str


def list_overrides(
    session: Session, actor: Actor, calendar: str = "", after: tuple[date, int] | None = None
) -> tuple[list[OverrideLine], tuple[date, int] | None]:
    """Return a page of entered days, the latest first, and where the next page begins."""
    require_administrator(actor)
    lines = queries.list_overrides(session, calendar, after)
    if len(lines) <= queries.PAGE:
        return lines, None
    page = lines[: queries.PAGE]
    return page, (page[-1].day, page[-1].id)


def clean_override(session: Session, draft: OverrideDraft) -> OverrideDraft:
    """Return a day as it is stored; raises InvalidInput when it was entered before or says too little."""
    calendar = clean_calendar(draft.calendar, draft.day.year)
    if queries.has_override(session, calendar, draft.day):
        raise InvalidInput(field="day", reason="override_there", value=draft.day)
    return OverrideDraft(
        calendar=calendar,
        day=draft.day,
        is_working=draft.is_working,
        name=_within(clean_name(draft.name, "name"), "name", 120),
        reason=_within(" ".join(draft.reason.split()), "reason", 400),
    )


def preview_override(session: Session, actor: Actor, draft: OverrideDraft, now: datetime) -> Difference:
    """Return what entering a day would move, over all cases; refuses what `enter_override` refuses."""
    require_administrator(actor)
    change = _change_of(clean_override(session, draft))
    with every_case(session):
        return Recount(session, change, now).difference(session)


def recount_entered(
    session: Session, actor: Actor, draft: OverrideDraft, clock_ids: Sequence[int], now: datetime
) -> int:
    """Write the new days of these clocks after a day was entered; returns how many moved. Needs a write unit."""
    require_administrator(actor)
    with every_case(session):
        change = Change(calendar=draft.calendar.strip().upper(), day=draft.day)
        return apply_to(session, actor, Recount(session, change, now), clock_ids).moved


def _change_of(draft: OverrideDraft) -> Change:
    planned = Override(
        calendar=draft.calendar, day=draft.day, working=draft.is_working, name=draft.name, reason=draft.reason
    )
    return Change.entering(planned)


def enter_override(session: Session, actor: Actor, draft: OverrideDraft, now: datetime) -> CalendarOverride:
    """Enter a day; raises InvalidInput when the calendar does not exist or the day was entered before.

    The clocks that it moves are counted again by `recount_entered`.
    """
    require_administrator(actor)
    draft = clean_override(session, draft)
    row = CalendarOverride(
        calendar=draft.calendar,
        day=draft.day,
        is_working=draft.is_working,
        name=draft.name,
        reason=draft.reason,
        entered_by=actor.person_id,
        entered_at=now,
    )
    session.add(row)
    session.flush()
    record_event(
        session,
        actor,
        "override_entered",
        at=now,
        subject="calendar_override",
        subject_id=row.id,
        parameters={"calendar": draft.calendar, "day": draft.day.isoformat(), "is_working": draft.is_working},
    )
    return row


def _within(text: str, field: str, most: int) -> str:
    if not text:
        raise InvalidInput(field=field, reason="missing", value="")
    if len(text) > most:
        raise InvalidInput(field=field, reason="too_long", value=text, most=most)
    return text
