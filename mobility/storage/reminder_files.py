"""Reads config/reminders.toml: which notices a period gets, by the kind of its provision.

What follows from a rule is decided in `mobility.domain.reminders`. A file with an unknown key, a wrong value or a
rule that is named but not there is refused whole, naming the place.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from mobility.domain.law_codes import ProvisionKind
from mobility.domain.reminders import LONGEST_DAYS, Anchor, Audience, ReminderRule
from mobility.domain.treaty_life import LifeKind, code_of
from mobility.resources import resource_dir

_KEYS = {"code", "days", "anchor", "audience", "min_period_days", "mandatory"}


class ReminderFileRefused(Exception):
    """The file cannot be used; the message names the file, the place and what is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderRules:
    """All rules; for some kinds of provision the codes of the only ones that apply; those of what is no clock."""

    rules: tuple[ReminderRule, ...]
    only: Mapping[str, frozenset[str]]
    life: Mapping[LifeKind, tuple[ReminderRule, ...]]

    @property
    def mandatory(self) -> frozenset[str]:
        """Return the codes of the rules that nobody can refuse."""
        return frozenset(rule.code for rule in self.rules if rule.is_mandatory)

    def audience_of(self, code: str) -> str:
        """Return to whom a rule goes, and nothing where several audiences share its code, or none has it."""
        found = {rule.audience for rule in self.rules if rule.code == code}
        return found.pop().value if len(found) == 1 else ""

    def for_kind(self, kind: str) -> tuple[ReminderRule, ...]:
        """Return the rules for a kind of provision, in the order of the file."""
        codes = self.only.get(kind)
        return self.rules if codes is None else tuple(rule for rule in self.rules if rule.code in codes)


@cache
def reminder_rules() -> ReminderRules:
    """Return the rules of this installation, read once."""
    return read_reminder_rules(resource_dir("config") / "reminders.toml")


def read_reminder_rules(path: Path) -> ReminderRules:
    """Read a file of rules; raises ReminderFileRefused for anything but a good one."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ReminderFileRefused(f"{path.name}: {error}") from error
    unknown = set(data) - {"rule", "only", "life"}
    if unknown or not isinstance(data.get("rule"), list):
        raise ReminderFileRefused(f"{path.name}: expected [[rule]], [only] and [life], found {sorted(data)}")
    rules = tuple(_rule(path, number, entry) for number, entry in enumerate(data["rule"], 1))
    _refuse_doubles(path, rules)
    only = _only(path, data.get("only", {}), {rule.code for rule in rules})
    return ReminderRules(rules=rules, only=only, life=_life(path, data.get("life", {})))


def _rule(path: Path, number: int, entry: Mapping[str, Any]) -> ReminderRule:
    where = f"{path.name}: rule {number}"
    if not isinstance(entry, dict) or set(entry) - _KEYS or not {"code", "days", "audience"} <= set(entry):
        raise ReminderFileRefused(f"{where}: needs code, days and audience, and may have {sorted(_KEYS)}: {entry!r}")
    code, days, least = entry["code"], entry["days"], entry.get("min_period_days", 0)
    if not isinstance(code, str) or not code.isidentifier() or len(code) > 24:
        raise ReminderFileRefused(f"{where}: code {code!r} is not a short name")
    if any(isinstance(value, bool) or not isinstance(value, int) for value in (days, least)) or least < 0:
        raise ReminderFileRefused(
            f"{where} ({code}): days and min_period_days are whole numbers, not {days!r}, {least!r}"
        )
    try:
        audience, anchor = Audience(entry["audience"]), Anchor(entry.get("anchor", Anchor.DUE))
    except ValueError as error:
        raise ReminderFileRefused(f"{where} ({code}): {error}") from error
    must = entry.get("mandatory", False)
    if not isinstance(must, bool):
        raise ReminderFileRefused(f"{where} ({code}): mandatory is true or false, not {must!r}")
    return ReminderRule(
        code=code, offset_days=days, audience=audience, anchor=anchor, min_period_days=least, is_mandatory=must
    )


def _refuse_doubles(path: Path, rules: tuple[ReminderRule, ...]) -> None:
    seen: set[tuple[str, Audience]] = set()
    for rule in rules:
        if (rule.code, rule.audience) in seen:
            raise ReminderFileRefused(f"{path.name}: rule {rule.code!r} stands twice for {rule.audience.value!r}")
        seen.add((rule.code, rule.audience))


def _only(path: Path, given: Any, codes: set[str]) -> dict[str, frozenset[str]]:
    if not isinstance(given, dict):
        raise ReminderFileRefused(f"{path.name}: [only] is a table, not {given!r}")
    for kind, wanted in given.items():
        if kind not in set(ProvisionKind):
            raise ReminderFileRefused(f"{path.name}: only.{kind}: there is no such kind of provision")
        if not isinstance(wanted, list) or not set(wanted) <= codes:
            raise ReminderFileRefused(f"{path.name}: only.{kind}: names a rule that is not in the file: {wanted!r}")
    return {kind: frozenset(wanted) for kind, wanted in given.items()}


def _life(path: Path, given: Any) -> dict[LifeKind, tuple[ReminderRule, ...]]:
    """Return the rules of what is no clock: so many days before the date, the nearest last."""
    if not isinstance(given, dict):
        raise ReminderFileRefused(f"{path.name}: [life] is a table, not {given!r}")
    found = {}
    for kind, days in given.items():
        if kind not in set(LifeKind):
            raise ReminderFileRefused(f"{path.name}: life.{kind}: there is no such date")
        if not isinstance(days, list) or not all(type(each) is int and 0 <= each <= LONGEST_DAYS for each in days):
            raise ReminderFileRefused(f"{path.name}: life.{kind}: days before the date, 0 to {LONGEST_DAYS}: {days!r}")
        found[LifeKind(kind)] = tuple(
            ReminderRule(code=code_of(each), offset_days=-each, audience=Audience.OWING)
            for each in sorted(set(days), reverse=True)
        )
    return found
