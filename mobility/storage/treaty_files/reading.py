"""From TOML to instruments and provisions: one file an instrument, all faults of a run listed together.

Only an entirely faultless run returns anything. Which countries exist is taken from CLDR; the Union may be
a party of its own as `EU`.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from babel import Locale

from mobility.domain.events import EventCode
from mobility.domain.law_codes import (
    CalendarOwner,
    Confidence,
    Direction,
    ExtensionModel,
    InstrumentKind,
    LegalStage,
    OwedBy,
    ProvisionKind,
    RuleSetCode,
    Silence,
    SuspensionModel,
)
from mobility.domain.treaties import (
    Extension,
    Instrument,
    Party,
    Provision,
    ProvisionVersion,
    Suspension,
)
from mobility.storage.treaty_files.params import read_params, read_period
from mobility.storage.treaty_files.problems import Problem, Problems, TreatyFilesRefused
from mobility.storage.treaty_files.rules import is_known_calendar
from mobility.storage.treaty_files.tables import Table
from mobility.storage.treaty_files.versions_check import (
    note_broken_references,
    note_faults_of_version,
    note_faults_of_versions,
    note_repeated_codes,
)

# CLDR's exceptional reservations, groupings and pseudo-countries
_NO_STATES = {"AC", "CP", "CQ", "DG", "EA", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}
_TERRITORIES = frozenset(map(str, Locale("en").territories))
COUNTRIES = frozenset(code for code in _TERRITORIES - _NO_STATES if len(code) == 2 and code.isalpha())

Read = tuple[Instrument, tuple[Provision, ...]]


def read_treaties(folder: Path) -> tuple[tuple[Instrument, ...], tuple[Provision, ...]]:
    """Return all instruments and provisions of a folder, each ordered by code.

    Raises TreatyFilesRefused with every fault of every file if there is at least one.
    """
    files = sorted(folder.glob("*.toml")) if folder.is_dir() else []
    if not files:
        problem = Problem(file=str(folder), place="", message="no treaty files in this folder")
        raise TreatyFilesRefused((problem,))
    faults: list[Problem] = []
    read: dict[str, Read] = {}
    for file in files:
        problems = Problems(file.name)
        instrument_and_provisions = _read_file(file, problems)
        if instrument_and_provisions is not None:
            read[file.name] = instrument_and_provisions
        faults.extend(problems.found)
    faults.extend(_faults_between(read))
    if faults:
        raise TreatyFilesRefused(tuple(faults))
    instruments = tuple(instrument for instrument, _provisions in read.values())
    provisions = [provision for _instrument, provisions in read.values() for provision in provisions]
    return instruments, tuple(sorted(provisions, key=lambda provision: provision.code))


def _faults_between(read: Mapping[str, Read]) -> list[Problem]:
    by_file = {file: provisions for file, (_instrument, provisions) in read.items()}
    return [*note_repeated_codes(by_file), *note_broken_references(by_file)]


def _read_file(file: Path, problems: Problems) -> Read | None:
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.note("", f"not TOML: {error}")
        return None
    root = Table(data, "", problems)
    head = root.table("instrument")
    if head is None:
        root.note('missing table "instrument"')
        return None
    instrument = _read_instrument(head, root, file.stem)
    provisions = tuple(_read_provision(table, instrument.code) for table in root.tables("provision", _provision_place))
    root.close()
    return instrument, provisions


def _provision_place(number: int, data: Mapping[str, Any]) -> str:
    return f"provision {data.get('code', number)}"


def _read_instrument(head: Table, root: Table, stem: str) -> Instrument:
    code = head.text("code", required=True)
    if code and code != stem:
        head.note(f'code "{code}" must be the name of the file')
    parties = _read_parties(root)
    instrument = Instrument(
        code=code,
        title=head.text("title", required=True),
        short_title=head.text("short_title", required=True),
        kind=head.code("kind", InstrumentKind),
        url=_read_url(head),
        parties=parties,
        parties_complete=head.flag("parties_complete", default=True),
        parties_source=head.text("parties_source", required=bool(parties)),
    )
    head.close()
    return instrument


def _read_url(table: Table) -> str | None:
    url = table.optional_text("url")
    if url is not None and (not url.startswith(("https://", "http://")) or " " in url):
        table.note(f'"{url}" is not a web address')
    return url


def _read_parties(root: Table) -> tuple[Party, ...]:
    parties: list[Party] = []
    for table in root.tables("party", lambda number, _data: f"party {number}"):
        for party in _read_party_group(table):
            if any(known.country == party.country for known in parties):
                table.note(f"{party.country} is listed twice")
            parties.append(party)
    return tuple(sorted(parties, key=lambda party: party.country))


def _read_party_group(table: Table) -> list[Party]:
    """Countries that share their dates are written in one table, as `countries`."""
    countries = table.texts("countries")
    if not countries:
        table.note('missing key "countries"')
    for country in countries:
        if country not in COUNTRIES:
            table.unknown("country", country, ())
    in_force_on, precision = table.dated("in_force_on")
    dates = {key: table.day(key) for key in ("signed_on", "provisional_from", "withdrawn_on")}
    confidence = table.code("confidence", Confidence, default=Confidence.SEEN)
    table.close()
    if dates["withdrawn_on"] and in_force_on and dates["withdrawn_on"] <= in_force_on:
        table.note("withdrawn before it was in force")
    return [
        Party(
            country=country,
            in_force_on=in_force_on,
            in_force_precision=precision,
            confidence=confidence,
            **dates,
        )
        for country in countries
    ]


def _read_provision(table: Table, instrument: str) -> Provision:
    code = table.text("code", required=True)
    versions = tuple(
        _read_version(version, number)
        for number, version in enumerate(
            table.tables("version", lambda number, _data: f"{table.place} version {number}"), 1
        )
    )
    table.close()
    note_faults_of_versions(table, code, versions)
    return Provision(code=code, instrument=instrument, versions=versions)


def _read_version(table: Table, number: int) -> ProvisionVersion:
    valid_from, precision = table.dated("valid_from")
    valid_until, _precision = table.dated("valid_until", year_end=True)
    period, unit = read_period(table)
    version = ProvisionVersion(
        number=number,
        valid_from=valid_from,
        valid_from_precision=precision,
        valid_until=valid_until,
        article=table.text("article", required=True),
        stage=table.code("stage", LegalStage),
        kind=table.code("kind", ProvisionKind),
        trigger=table.text("trigger"),
        starts_on=table.optional_code("starts_on", EventCode),
        met_by=table.codes("met_by", EventCode),
        period=period,
        unit=unit,
        direction=table.code("direction", Direction),
        owed_by=table.code("owed_by", OwedBy),
        rule_set=table.code("rule_set", RuleSetCode),
        calendar=_read_calendar(table),
        params=read_params(table.table("params")),
        suspension=_read_suspension(table.table("suspension")),
        extension=_read_extension(table.table("extension")),
        silence=table.code("silence", Silence, default=Silence.NONE),
        soft=table.flag("soft", default=False),
        owes=table.text("owes", required=True),
        consequence=table.text("consequence"),
        url=_read_url(table),
        source=table.text("source", required=True),
        checked_on=table.day("checked_on"),
        confidence=table.code("confidence", Confidence),
        rows=table.texts("rows"),
        notes=table.text("notes"),
    )
    table.close()
    note_faults_of_version(table, version)
    return version


def _read_calendar(table: Table) -> str:
    calendar = table.text("calendar") or str(CalendarOwner.NONE)
    if not is_known_calendar(calendar, COUNTRIES):
        table.unknown("calendar", calendar, [str(owner) for owner in CalendarOwner])
    return calendar


def _read_suspension(table: Table | None) -> Suspension | None:
    if table is None:
        return None
    suspension = Suspension(
        model=table.code("model", SuspensionModel),
        from_event=table.optional_code("from_event", EventCode),
        to_event=table.optional_code("to_event", EventCode),
        article=table.optional_text("article"),
        provision=table.optional_text("provision"),
    )
    table.close()
    return suspension


def _read_extension(table: Table | None) -> Extension | None:
    if table is None:
        return None
    period, unit = read_period(table)
    extension = Extension(
        model=table.code("model", ExtensionModel),
        period=period,
        unit=unit,
        ground=table.text("ground", required=True),
        article=table.optional_text("article"),
        provision=table.optional_text("provision"),
    )
    table.close()
    return extension
