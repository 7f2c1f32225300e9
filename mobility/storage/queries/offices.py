"""Statements about offices and the days that administrators entered in calendars."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_, select, tuple_
from sqlalchemy.orm import Session

from mobility.storage.models.accounts import Person, RoleGrant
from mobility.storage.models.offices import CalendarOverride, Office, OfficeCompetence

PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeLine:
    """One line of the list of offices."""

    id: int
    code: str
    kind: str
    country: str
    seat_country: str
    seat_city: str
    time_zone: str
    calendar: str
    names: dict[str, Any]
    is_active: bool
    people: int
    competences: tuple[str, ...]


def list_offices(session: Session, country: str = "", after: str = "") -> list[OfficeLine]:
    """Return a page of offices by code, of one country where given, and one more when there is another page."""
    people = (
        select(func.count(RoleGrant.id)).where(RoleGrant.office_id == Office.id).correlate(Office).scalar_subquery()
    )
    wanted = select(
        Office.id,
        Office.code,
        Office.kind,
        Office.country,
        Office.seat_country,
        Office.seat_city,
        Office.time_zone,
        Office.calendar,
        Office.names,
        Office.is_active,
        people.label("people"),
    ).order_by(Office.code)
    if country:
        wanted = wanted.where(or_(Office.country == country, Office.seat_country == country))
    if after:
        wanted = wanted.where(Office.code > after)
    rows = session.execute(wanted.limit(PAGE + 1)).all()
    competences = _competences(session, [row.id for row in rows])
    return [
        OfficeLine(
            id=row.id,
            code=row.code,
            kind=row.kind,
            country=row.country,
            seat_country=row.seat_country,
            seat_city=row.seat_city,
            time_zone=row.time_zone,
            calendar=row.calendar,
            names=row.names,
            is_active=row.is_active,
            people=row.people,
            competences=competences.get(row.id, ()),
        )
        for row in rows
    ]


def _competences(session: Session, ids: list[int]) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for row in session.execute(
        select(OfficeCompetence.office_id, OfficeCompetence.competence)
        .where(OfficeCompetence.office_id.in_(ids))
        .order_by(OfficeCompetence.office_id, OfficeCompetence.competence)
    ):
        found[row.office_id] = (*found.get(row.office_id, ()), row.competence)
    return found


def list_countries_with_offices(session: Session) -> list[str]:
    """Return the countries that offices act for, by code."""
    return list(session.scalars(select(Office.country).distinct().order_by(Office.country)))


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideLine:
    """A day entered in a calendar, with who entered it."""

    id: int
    calendar: str
    day: date
    is_working: bool
    name: str
    reason: str
    entered_at: datetime
    entered_by: str


def list_overrides(session: Session, calendar: str = "", after: tuple[date, int] | None = None) -> list[OverrideLine]:
    """Return a page of entered days, the latest day first, of one calendar where given, and one more when there is."""
    wanted = (
        select(
            CalendarOverride.id,
            CalendarOverride.calendar,
            CalendarOverride.day,
            CalendarOverride.is_working,
            CalendarOverride.name,
            CalendarOverride.reason,
            CalendarOverride.entered_at,
            Person.name.label("entered_by"),
        )
        .join(Person, Person.id == CalendarOverride.entered_by)
        .order_by(CalendarOverride.day.desc(), CalendarOverride.id.desc())
    )
    if calendar:
        wanted = wanted.where(CalendarOverride.calendar == calendar)
    if after:
        wanted = wanted.where(tuple_(CalendarOverride.day, CalendarOverride.id) < after)
    return [OverrideLine(**row._mapping) for row in session.execute(wanted.limit(PAGE + 1))]


def has_override(session: Session, calendar: str, day: date) -> bool:
    """Tell whether a day of a calendar was entered already."""
    found = select(CalendarOverride.id).where(CalendarOverride.calendar == calendar, CalendarOverride.day == day)
    return session.scalar(found) is not None
