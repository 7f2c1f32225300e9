"""What config/demo says: countries and their names, desks, programmes, log-ins, money.

Read once into plain values; nothing is decided here. What becomes of them is in `foundation` and `people`.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from mobility.resources import resource_dir

Table = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoFiles:
    """The files as tables; `countries` by code."""

    countries: Mapping[str, Table]
    offices: Sequence[Table]
    programmes: Sequence[Table]
    accounts: Sequence[Table]
    password: str
    currencies: Mapping[str, str]
    rates: Mapping[str, str]
    rate_source: str
    works: Mapping[str, Sequence[Table]]


@cache
def read_demo_files() -> DemoFiles:
    """Read config/demo of this installation."""
    accounts, money = _read("accounts"), _read("money")
    return DemoFiles(
        countries={country["code"]: country for country in _read("people")["country"]},
        offices=_read("offices")["office"],
        programmes=_read("programmes")["programme"],
        accounts=accounts["account"],
        password=accounts["password"],
        currencies=money["currencies"],
        rates=money["rates"],
        rate_source=money["source"],
        works=_read("works"),
    )


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((resource_dir("config") / "demo" / f"{name}.toml").read_text(encoding="utf-8"))
