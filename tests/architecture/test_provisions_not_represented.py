"""docs/provisions-not-represented.md names every provision that the engine does not count, and no other."""

import re
from pathlib import Path

import pytest

from mobility.domain.time_limits.rule_sets import Procedure
from mobility.domain.treaties import Provision
from mobility.storage.rule_set_files import installed_rule_sets
from mobility.storage.treaty_files import read_treaties

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "provisions-not-represented.md").read_text(encoding="utf-8")
CODE = re.compile(r"\b[A-Z][0-9]{2}[a-z]?\b")


@pytest.fixture(scope="module")
def provisions() -> tuple[Provision, ...]:
    return read_treaties(ROOT / "config" / "treaties")[1]


def codes_in(heading: str) -> set[str]:
    """The codes in the first column of the table under a heading."""
    section = PAGE.split(f"## {heading}")[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| ")][1:]
    return {code for row in rows for code in CODE.findall(row.split(" | ")[0])}


def is_counted(provision: Provision) -> bool:
    rules = installed_rule_sets()[provision.latest.rule_set]
    seasons_only = provision.latest.kind == "suspension"
    return rules.procedure is not Procedure.NONE and not seasons_only


def test_what_is_not_counted_is_named_with_its_reason(provisions: tuple[Provision, ...]) -> None:
    uncounted = {each.code for each in provisions if not is_counted(each)}
    assert codes_in("Not counted") == uncounted


def test_what_needs_facts_is_never_started_by_a_case(provisions: tuple[Provision, ...]) -> None:
    started = {each.code for each in provisions if each.latest.starts_on is not None}
    assert codes_in("Counted with facts") & started == set()


def test_every_code_on_the_page_exists(provisions: tuple[Provision, ...]) -> None:
    known = {each.code for each in provisions}
    assert set(CODE.findall(PAGE)) - known == set()


def test_the_numbers_on_the_page_are_those_of_the_files(provisions: tuple[Provision, ...]) -> None:
    assert f"as {len(provisions)} entries" in PAGE
