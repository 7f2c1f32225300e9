"""Loads treaty files into the registry, and finds the version of a provision that governed a day.

Loading the same files twice changes nothing. A wording that is replaced or taken out of the files is marked
superseded and kept, because clocks that started under it point at it. Instruments that people drafted on
screen carry no file name and are left alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from mobility.domain.access import SYSTEM, Actor
from mobility.domain.errors import DomainError, NotFound
from mobility.domain.treaties import Instrument, Party, Provision, ProvisionVersion
from mobility.domain.treaty_data import content_hash, version_as_data, version_from_data
from mobility.resources import resource_dir
from mobility.services.audit import record_event
from mobility.storage.models.treaties import (
    InstrumentRow,
    PartyRow,
    ProvisionRow,
    ProvisionVersionRow,
)
from mobility.storage.queries.treaties import list_instruments, list_versions_in_force
from mobility.storage.treaty_files import read_treaties

Law = tuple[Sequence[Instrument], Sequence[Provision]]


class ProvisionBelongsElsewhere(DomainError):
    """A file uses a code that the registry holds under another instrument."""

    code = "provision_belongs_elsewhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class TreatiesLoaded:
    """What a load changed: the codes of provisions with a new or a superseded wording, and of instruments."""

    instruments: int
    provisions: int
    changed_instruments: tuple[str, ...]
    added: tuple[str, ...]
    superseded: tuple[str, ...]

    @property
    def changed(self) -> bool:
        return bool(self.changed_instruments or self.added or self.superseded)


def load_treaties(session: Session, actor: Actor = SYSTEM, *, law: Law | None = None, now: datetime) -> TreatiesLoaded:
    """Bring the registry to what the files say (`law`; without it, those of this installation).

    One audit entry if anything changed. Raises TreatyFilesRefused for files with faults.
    Raises ProvisionBelongsElsewhere, and nothing is kept, if a code is taken by another instrument.
    """
    instruments, provisions = read_treaties(resource_dir("config") / "treaties") if law is None else law
    rows = {row.code: row for row in list_instruments(session)}
    changed = [instrument.code for instrument in instruments if _store_instrument(session, rows, instrument)]
    registered = {row.code: row for instrument in rows.values() for row in instrument.provisions}
    added: list[str] = []
    superseded: list[str] = []
    for provision in provisions:
        row = _provision_row(session, registered, rows[provision.instrument], provision)
        if _store_versions(row, provision.versions, now):
            added.append(provision.code)
        if _supersede_others(row, {content_hash(version) for version in provision.versions}, now):
            superseded.append(provision.code)
    superseded += _supersede_missing(rows.values(), {provision.code for provision in provisions}, now)
    loaded = TreatiesLoaded(
        instruments=len(instruments),
        provisions=len(provisions),
        changed_instruments=tuple(changed),
        added=tuple(added),
        superseded=tuple(superseded),
    )
    if loaded.changed:
        _record(session, actor, loaded, now)
    return loaded


def governing_version(session: Session, code: str, on: date) -> ProvisionVersionRow:
    """Return the row that governs a trigger on that day; NotFound if the provision had no wording then."""
    rows = list_versions_in_force(session, code, on)
    if not rows:
        raise NotFound(provision=code, on=on.isoformat())
    return rows[0]


def version_of(row: ProvisionVersionRow) -> ProvisionVersion:
    """Return a stored version as the engine reads it."""
    return version_from_data(row.terms)


def _store_instrument(session: Session, rows: dict[str, InstrumentRow], instrument: Instrument) -> bool:
    """Create or update the row and its parties; True if anything changed."""
    values = {
        "kind": str(instrument.kind),
        "title": instrument.title,
        "short_title": instrument.short_title,
        "url": instrument.url or "",
        "file_name": f"{instrument.code}.toml",
    }
    row = rows.get(instrument.code)
    if row is None:
        row = InstrumentRow(code=instrument.code, **values, parties=[], provisions=[])
        session.add(row)
        rows[instrument.code] = row
        _store_parties(session, row, instrument.parties)
        return True
    fresh = {key: value for key, value in values.items() if getattr(row, key) != value}
    for key, value in fresh.items():
        setattr(row, key, value)
    return _store_parties(session, row, instrument.parties) or bool(fresh)


_PARTY_DATES = ("signed_on", "in_force_on", "provisional_from", "withdrawn_on")


def _store_parties(session: Session, row: InstrumentRow, parties: Iterable[Party]) -> bool:
    wanted = {party.country: party for party in parties}
    changed = False
    for known in list(row.parties):
        party = wanted.pop(known.country, None)
        if party is None:
            row.parties.remove(known)
            session.delete(known)
            changed = True
            continue
        for key in _PARTY_DATES:
            if getattr(known, key) != getattr(party, key):
                setattr(known, key, getattr(party, key))
                changed = True
    for party in wanted.values():
        dates = {key: getattr(party, key) for key in _PARTY_DATES}
        row.parties.append(PartyRow(country=party.country, **dates))
    return changed or bool(wanted)


def _provision_row(
    session: Session,
    registered: dict[str, ProvisionRow],
    instrument: InstrumentRow,
    provision: Provision,
) -> ProvisionRow:
    row = registered.get(provision.code)
    stage = str(provision.latest.stage)
    if row is None:
        row = ProvisionRow(code=provision.code, stage=stage, instrument=instrument, versions=[])
        session.add(row)
        return row
    if row.instrument is not instrument:
        raise ProvisionBelongsElsewhere(
            provision=provision.code, registered=row.instrument.code, file=f"{instrument.code}.toml"
        )
    if row.stage != stage:
        row.stage = stage
    return row


def _store_versions(row: ProvisionRow, versions: Iterable[ProvisionVersion], now: datetime) -> bool:
    """Add wordings that the registry does not hold, and bring back superseded ones; True if any."""
    known = {held.content_hash: held for held in row.versions}
    changed = False
    for version in versions:
        held = known.get(content_hash(version))
        if held is None:
            row.versions.append(_version_row(version, now))
            changed = True
            continue
        if held.superseded_at is not None:
            held.superseded_at = None
            changed = True
        _note_check(held, version)
    return changed


def _version_row(version: ProvisionVersion, now: datetime) -> ProvisionVersionRow:
    return ProvisionVersionRow(
        content_hash=content_hash(version),
        valid_from=version.valid_from,
        valid_until=version.valid_until,
        article=version.article,
        confidence=str(version.confidence),
        checked_on=version.checked_on,
        terms=version_as_data(version),
        loaded_at=now,
    )


def _note_check(held: ProvisionVersionRow, version: ProvisionVersion) -> None:
    """A fresh check or another running number is no other wording: the row keeps its identity."""
    terms = version_as_data(version)
    if held.terms != terms:
        held.checked_on = version.checked_on
        held.terms = terms


def _supersede_others(row: ProvisionRow, kept: set[str], now: datetime) -> bool:
    gone = [held for held in row.versions if held.superseded_at is None and held.content_hash not in kept]
    for held in gone:
        held.superseded_at = now
    return bool(gone)


def _supersede_missing(rows: Iterable[InstrumentRow], in_files: set[str], now: datetime) -> list[str]:
    """Supersede provisions of files that no file holds any more; those drafted on screen stay."""
    return [
        provision.code
        for instrument in rows
        if instrument.file_name
        for provision in instrument.provisions
        if provision.code not in in_files and _supersede_others(provision, set(), now)
    ]


def _record(session: Session, actor: Actor, loaded: TreatiesLoaded, now: datetime) -> None:
    parameters = {
        "instruments": list(loaded.changed_instruments),
        "added": list(loaded.added),
        "superseded": list(loaded.superseded),
    }
    record_event(session, actor, "treaties_loaded", at=now, subject="treaties", parameters=parameters)
