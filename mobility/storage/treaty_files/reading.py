"""From a folder of TOML files to instruments and provisions: one file an instrument, all faults together.

Only an entirely faultless run returns anything. The parts of a file are read in `instruments` and `versions`.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mobility.domain.time_limits import RuleSet
from mobility.domain.treaties import Instrument, Provision
from mobility.storage.rule_set_files import installed_rule_sets
from mobility.storage.treaty_files.crosschecks import (
    broken_references,
    note_faults_of_versions,
    repeated_codes,
)
from mobility.storage.treaty_files.instruments import read_instrument
from mobility.storage.treaty_files.problems import Problem, Problems, TreatyFilesRefused
from mobility.storage.treaty_files.tables import Table
from mobility.storage.treaty_files.versions import read_version

Read = tuple[Instrument, tuple[Provision, ...]]


def read_treaties(
    folder: Path, rule_sets: Mapping[str, RuleSet] | None = None
) -> tuple[tuple[Instrument, ...], tuple[Provision, ...]]:
    """Return all instruments and provisions of a folder, each ordered by code.

    `rule_sets` are those that a provision may name; without them the installed ones.
    Raises TreatyFilesRefused with every fault of every file if there is at least one.
    """
    files = sorted(folder.glob("*.toml")) if folder.is_dir() else []
    if not files:
        problem = Problem(file=str(folder), place="", message="no treaty files in this folder")
        raise TreatyFilesRefused((problem,))
    known = installed_rule_sets() if rule_sets is None else rule_sets
    faults: list[Problem] = []
    read: dict[str, Read] = {}
    for file in files:
        problems = Problems(file.name)
        instrument_and_provisions = _read_file(file, problems, known)
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
    return [*repeated_codes(by_file), *broken_references(by_file)]


def _read_file(file: Path, problems: Problems, rule_sets: Mapping[str, RuleSet]) -> Read | None:
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
    instrument = read_instrument(head, root, file.stem)
    provisions = tuple(
        _read_provision(table, instrument.code, rule_sets) for table in root.tables("provision", _provision_place)
    )
    root.close()
    return instrument, provisions


def _provision_place(number: int, data: Mapping[str, Any]) -> str:
    return f"provision {data.get('code', number)}"


def _read_provision(table: Table, instrument: str, rule_sets: Mapping[str, RuleSet]) -> Provision:
    code = table.text("code", required=True)
    versions = tuple(
        read_version(version, number, rule_sets)
        for number, version in enumerate(
            table.tables("version", lambda number, _data: f"{table.place} version {number}"), 1
        )
    )
    table.close()
    note_faults_of_versions(table, code, versions)
    return Provision(code=code, instrument=instrument, versions=versions)
