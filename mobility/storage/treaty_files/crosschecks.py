"""Faults that show only when keys, versions or files are set beside each other."""

import re
from collections.abc import Iterator, Mapping, Sequence

from mobility.domain.law_codes import Confidence
from mobility.domain.time_limits import RuleSet
from mobility.domain.treaties import Provision, ProvisionVersion, overlapping_versions
from mobility.storage.treaty_files.problems import Problem
from mobility.storage.treaty_files.rules import missing_params, pairing_fault
from mobility.storage.treaty_files.tables import Table

_PROVISION_CODE = re.compile(r"[A-Z][A-Z0-9]{0,9}(-[A-Z0-9]{1,9})?[a-z]?")

_SEEN = (Confidence.SEEN, Confidence.SEEN_PARALLEL, Confidence.SEEN_SECONDARY)


def note_faults_of_version(table: Table, version: ProvisionVersion, rules: RuleSet | None) -> None:
    """Note what does not fit together inside one version; `rules` is None where the rule set is unknown."""
    if version.valid_from and version.valid_until and version.valid_until < version.valid_from:
        table.note(f"valid until {version.valid_until}, before it is valid from {version.valid_from}")
    if not version.starts_on and not version.trigger:
        table.note('needs "starts_on" (an event) or "trigger" (in words)')
    if version.met_by and not version.starts_on:
        table.note('"met_by" without "starts_on": a clock that never starts cannot be met')
    if rules is not None:
        _note_faults_of_counting(table, version, rules)
    if version.confidence in _SEEN and version.checked_on is None:
        table.note(f'confidence "{version.confidence}" needs "checked_on"')
    if version.confidence is Confidence.RECALLED and version.checked_on is not None:
        table.note('confidence "recalled" was not checked: no "checked_on"')


def _note_faults_of_counting(table: Table, version: ProvisionVersion, rules: RuleSet) -> None:
    fault = pairing_fault(rules, version.kind, version.unit, version.direction)
    # an unreadable period was noted where it stands
    if fault and not (version.unit is None and (table.has("period") or table.has("unit"))):
        table.note(fault)
    for key in missing_params(rules, version.params):
        table.note(f'rule set {rules.code} needs "params.{key}"')


def note_faults_of_versions(table: Table, code: str, versions: Sequence[ProvisionVersion]) -> None:
    """Note what is wrong with a provision's code and between its versions."""
    if code and not _PROVISION_CODE.fullmatch(code):
        table.note(f'code "{code}" is not of the form V05, S34a or AB1-CD')
    if not versions:
        table.note("has no version")
    for first, second in overlapping_versions(versions):
        table.note(f"versions {first.number} and {second.number} overlap: {_span(first)} and {_span(second)}")


def repeated_codes(by_file: Mapping[str, Sequence[Provision]]) -> Iterator[Problem]:
    """Yield a fault for each provision code that stands twice, in one file or in two."""
    seen: dict[str, str] = {}
    for file, provisions in by_file.items():
        for provision in provisions:
            if provision.code in seen:
                message = f"the code is already used in {seen[provision.code]}"
                yield Problem(file=file, place=f"provision {provision.code}", message=message)
            seen.setdefault(provision.code, file)


def broken_references(by_file: Mapping[str, Sequence[Provision]]) -> Iterator[Problem]:
    """Yield a fault for each reference to a provision that no file holds."""
    known = {provision.code for provisions in by_file.values() for provision in provisions}
    for file, provisions in by_file.items():
        for provision in provisions:
            for version in provision.versions:
                for key, code in _references(version):
                    if code not in known:
                        place = f"provision {provision.code} version {version.number}: {key}"
                        yield Problem(file=file, place=place, message=f'unknown provision "{code}"')


def _references(version: ProvisionVersion) -> Iterator[tuple[str, str]]:
    for key, part in (("suspension", version.suspension), ("extension", version.extension)):
        if part is not None and part.provision is not None:
            yield key, part.provision
    for key in ("suspends", "lengthens"):
        codes = version.params.get(key)
        if isinstance(codes, list):
            yield from ((f"params.{key}", code) for code in codes)


def _span(version: ProvisionVersion) -> str:
    return f"{version.valid_from or 'always'} to {version.valid_until or 'open'}"
