"""What may be chosen for a route: the desks that are competent, and the provisions whose clocks could run there.

A provision may be chosen where an event starts its clock and its instrument binds the sending or the receiving state
on the day. Programme rules without parties bind by contract; so does the programme's own instrument.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import Row
from sqlalchemy.orm import Session

from mobility.domain.law_codes import LegalStage
from mobility.domain.stages import StageKind
from mobility.domain.treaties import Party, ProvisionVersion
from mobility.domain.treaty_data import version_from_data
from mobility.storage.models.programmes import Programme
from mobility.storage.models.treaties import PartyRow
from mobility.storage.queries import programmes as queries

CASE: Final = "case"
STAGE_KEYS: Final = (CASE, *(kind.value for kind in StageKind))
"""Where clocks run: the case as a whole, then the stages."""

_RUNS_IN: Final[Mapping[LegalStage, str]] = MappingProxyType(
    {
        LegalStage.VISA: StageKind.VISA.value,
        LegalStage.RECOGNITION: StageKind.RECOGNITION.value,
        LegalStage.FUNDING: StageKind.FUNDING.value,
        LegalStage.LANGUAGE: StageKind.LANGUAGE.value,
    }
)
"""Stays, works, governance, reciprocity and procedure concern the case as a whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """An office that may be chosen, with what it may decide."""

    office_id: int
    code: str
    names: Mapping[str, Any]
    country: str
    seat_city: str
    competences: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisionChoice:
    """A provision as it reads on the day; `runs_in` is a stage kind or "case". Only what `is_offered` may be added."""

    code: str
    runs_in: str
    article: str
    instrument_title: str
    owes: str
    period: str
    unit: str
    direction: str
    is_verified: bool
    is_offered: bool


def list_instruments(session: Session) -> list[tuple[int, str]]:
    """Return id and short title (a sentence of law, to be translated) of every instrument."""
    return [(row[0], row[1]) for row in queries.list_instrument_choices(session)]


def list_desks(session: Session, sending: str, receiving: str) -> list[Desk]:
    """Return the active offices of both states, by code."""
    rows: dict[int, list[Row[Any]]] = {}
    for row in queries.list_desks(session, {sending, receiving}):
        rows.setdefault(row.id, []).append(row)
    return [
        Desk(
            office_id=office_id,
            code=group[0].code,
            names=group[0].names,
            country=group[0].country,
            seat_city=group[0].seat_city,
            competences=frozenset(row.competence for row in group),
        )
        for office_id, group in rows.items()
    ]


def list_provision_choices(
    session: Session, programme: Programme, sending: str, receiving: str, today: date, *, kept: Collection[str] = ()
) -> list[ProvisionChoice]:
    """Return what may run on a route today, by where it runs and code; `kept` codes stay even if no longer offered."""
    binding = _instruments_binding(session, {sending, receiving}, today) | {programme.instrument_id}
    found = []
    for row in queries.list_versions_on(session, today):
        version = version_from_data(row.terms)
        is_offered = version.starts_a_clock and row.instrument_id in binding
        if is_offered or row.code in kept:
            found.append(provision_choice(row, version, is_offered=is_offered))
    return sorted(found, key=lambda each: (STAGE_KEYS.index(each.runs_in), each.code))


def _instruments_binding(session: Session, states: Collection[str], today: date) -> set[int]:
    """Return the instruments that bind one of the states today, or that name no party at all."""
    parties = queries.list_parties(session)
    with_parties = {row.instrument_id for row in parties}
    bound = {row.instrument_id for row in parties if row.country in states and _party(row).is_bound_on(today)}
    every = {instrument_id for instrument_id, _ in list_instruments(session)}
    return bound | (every - with_parties)


def _party(row: PartyRow) -> Party:
    return Party(
        country=row.country,
        signed_on=row.signed_on,
        in_force_on=row.in_force_on,
        provisional_from=row.provisional_from,
        withdrawn_on=row.withdrawn_on,
    )


def provision_choice(row: Row[Any], version: ProvisionVersion, *, is_offered: bool) -> ProvisionChoice:
    """Return a row of `list_versions_on` as people choose and read it."""
    return ProvisionChoice(
        code=row.code,
        runs_in=_RUNS_IN.get(LegalStage(row.stage), CASE),
        article=row.article,
        instrument_title=row.short_title,
        owes=version.owes,
        period=str(version.period),
        unit=str(version.unit or ""),
        direction=str(version.direction),
        is_verified=version.is_verified,
        is_offered=is_offered,
    )
