"""The law as staff read it: instruments with their parties, provisions by stage, one provision with its history.

Only reading; loading files is `services/treaties`, and what a date follows from is explained with each clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from sqlalchemy.orm import Session

from mobility.domain.law_codes import LegalStage
from mobility.domain.treaties import Party, ProvisionVersion
from mobility.domain.treaty_data import version_from_data
from mobility.storage.models.treaties import InstrumentRow, PartyRow, ProvisionRow
from mobility.storage.queries import registry as queries
from mobility.storage.rule_set_files import installed_rule_sets


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentLine:
    """One line of the list; titles are sentences of law, to be translated."""

    code: str
    kind: str
    title: str
    short_title: str
    parties: int
    provisions: int
    unverified: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyLine:
    """A country (or the Union) with its dates; `is_bound`: today."""

    country: str
    signed_on: date | None
    in_force_on: date | None
    provisional_from: date | None
    withdrawn_on: date | None
    is_bound: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisionLine:
    """A provision as it reads today, or as it last read where nothing is in force."""

    code: str
    terms: ProvisionVersion
    is_in_force: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentView:
    """An instrument with its provisions by stage, stages in the order of a mobility."""

    code: str
    kind: str
    title: str
    short_title: str
    url: str
    is_from_file: bool
    parties: tuple[PartyLine, ...]
    stages: Mapping[LegalStage, tuple[ProvisionLine, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionLine:
    """One wording: its dates, its terms, when it was loaded, and whether a later load replaced it."""

    terms: ProvisionVersion
    loaded_at: datetime
    superseded_at: datetime | None
    is_in_force: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisionView:
    """A provision: what it says now, and every wording it has had, the newest first."""

    code: str
    stage: str
    instrument_code: str
    instrument_title: str
    instrument_url: str
    present: VersionLine
    rule_set_law: str
    rule_set_source: str
    versions: tuple[VersionLine, ...]


_NO_LAW: Final = ("", "")


def list_instruments(session: Session) -> list[InstrumentLine]:
    """Return every instrument by code, with what of it is not verified."""
    unverified = queries.count_unverified(session)
    return [
        InstrumentLine(
            code=row.code,
            kind=row.kind,
            title=row.title,
            short_title=row.short_title,
            parties=row.parties,
            provisions=row.provisions,
            unverified=unverified.get(row.code, 0),
        )
        for row in queries.list_instrument_lines(session)
    ]


def view_instrument(session: Session, code: str, now: datetime) -> InstrumentView:
    """Return an instrument with everything its page shows; raises NotFound."""
    row, today = queries.get_instrument(session, code), now.date()
    return InstrumentView(
        code=row.code,
        kind=row.kind,
        title=row.title,
        short_title=row.short_title,
        url=row.url,
        is_from_file=bool(row.file_name),
        parties=tuple(_party(party, today) for party in row.parties),
        stages=MappingProxyType(_by_stage(row, today)),
    )


def _by_stage(row: InstrumentRow, today: date) -> dict[LegalStage, tuple[ProvisionLine, ...]]:
    lines = [line for provision in row.provisions if (line := _line(provision, today)) is not None]
    found = {stage: tuple(line for line in lines if line.terms.stage is stage) for stage in LegalStage}
    return {stage: here for stage, here in found.items() if here}


def _line(provision: ProvisionRow, today: date) -> ProvisionLine | None:
    version = queries.present_version(provision, today)
    if version is None:
        return None
    terms = version_from_data(version.terms)
    return ProvisionLine(code=provision.code, terms=terms, is_in_force=terms.covers(today))


def _party(row: PartyRow, today: date) -> PartyLine:
    party = Party(
        country=row.country,
        signed_on=row.signed_on,
        in_force_on=row.in_force_on,
        provisional_from=row.provisional_from,
        withdrawn_on=row.withdrawn_on,
    )
    return PartyLine(
        country=row.country,
        signed_on=row.signed_on,
        in_force_on=row.in_force_on,
        provisional_from=row.provisional_from,
        withdrawn_on=row.withdrawn_on,
        is_bound=party.is_bound_on(today),
    )


def view_provision(session: Session, code: str, now: datetime) -> ProvisionView:
    """Return a provision with its history; raises NotFound. One taken out of the files shows its last wording."""
    row, today = queries.get_provision(session, code), now.date()
    versions = [
        VersionLine(
            terms=(terms := version_from_data(each.terms)),
            loaded_at=each.loaded_at,
            superseded_at=each.superseded_at,
            is_in_force=each.superseded_at is None and terms.covers(today),
        )
        for each in row.versions
    ]
    newest_first = sorted(versions, key=lambda each: (each.terms.valid_from or date.min, each.loaded_at), reverse=True)
    present = next((each for each in newest_first if each.is_in_force), None)
    present = present or next((each for each in newest_first if each.superseded_at is None), newest_first[0])
    law, source = _rule_set(present.terms.rule_set)
    return ProvisionView(
        code=row.code,
        stage=row.stage,
        instrument_code=row.instrument.code,
        instrument_title=row.instrument.title,
        instrument_url=row.instrument.url,
        present=present,
        rule_set_law=law,
        rule_set_source=source,
        versions=tuple(newest_first),
    )


def _rule_set(code: str) -> tuple[str, str]:
    """Return which body of law counts the days, as a citation, and where it stands."""
    found = installed_rule_sets().get(code)
    return (found.law, found.source) if found else _NO_LAW
