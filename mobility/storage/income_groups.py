"""Reads `config/income_groups`: the World Bank's group of each economy in each calendar year.

What a group means for a flow is decided in `mobility.domain.reciprocity.equity`.
"""

import csv
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from mobility.domain.errors import DomainError
from mobility.domain.reciprocity.equity import INCOME_GROUPS
from mobility.resources import resource_dir

Groups = Mapping[tuple[str, int], str]
"""(country, year) to the group's code; what is not there is not classified."""


class IncomeFileInvalid(DomainError):
    """A line of the file cannot be read; `line` and `value` name it."""

    code = "income_file_invalid"


@cache
def installed_income_groups() -> Groups:
    """Return the groups of this installation, read once per process."""
    return read_income_groups(resource_dir("config") / "income_groups" / "world_bank.csv")


def read_income_groups(path: Path) -> Groups:
    """Return the groups of a file with country, first_year, last_year, group. Raises IncomeFileInvalid."""
    with path.open(encoding="utf-8", newline="") as lines:
        return MappingProxyType(dict(_entries(csv.reader(lines))))


def _entries(rows: Iterable[list[str]]) -> Iterable[tuple[tuple[str, int], str]]:
    for line, row in enumerate(rows, start=1):
        if line == 1:
            continue
        try:
            country, first, last, group = row
            years = range(int(first), int(last) + 1)
        except ValueError:
            raise IncomeFileInvalid(line=line, value=",".join(row)) from None
        if group not in INCOME_GROUPS or not years:
            raise IncomeFileInvalid(line=line, value=",".join(row))
        for year in years:
            yield (country, year), group
