"""The plots of config/demo/cases.toml: where a case goes, when it began, and what becomes of it.

All days are counted from the day of loading. What a plot does not say goes its usual way (`timeline`), as far as
today: a case that was sent last week has simply not come further.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any

from mobility.domain.errors import InvalidInput
from mobility.domain.stages import StageKind
from mobility.resources import resource_dir

RouteKey = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """One case. `sent` is how many days ago; `arrive` how many days from today, `days` how long the stay.

    `stop` names the last beat of a stage (`beats`); `ask` a question in a stage, "open" or "answered". A draft has
    no case. `who` is the address of a printed account.
    """

    route: RouteKey
    sent: int
    arrive: int = 0
    days: int = 0
    who: str = ""
    discipline: str = ""
    draft: bool = False
    returned: bool = False
    sent_again: bool = False
    ineligible: bool = False
    appeal: bool = False
    upheld: bool = False
    refuse: StageKind | None = None
    lapse: StageKind | None = None
    decline: bool = False
    withdraw: int = 0
    stop: Mapping[StageKind, str] = field(default_factory=dict)
    ask: Mapping[StageKind, str] = field(default_factory=dict)
    report: bool = True
    close: bool = True
    talk: bool = False

    @property
    def travels(self) -> bool:
        """False where the stages cannot all end well, so that nobody sets out."""
        return not any(self.fails(kind) for kind in StageKind)

    def fails(self, kind: StageKind) -> bool:
        """Say whether a stage never comes to a good end."""
        if kind is StageKind.FUNDING and self.decline:
            return True
        return kind in (self.refuse, self.lapse) or kind in self.stop or self.ask.get(kind) == "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """All plots, and the words that people of the demo write, by occasion and language."""

    plots: Sequence[Plot]
    texts: Mapping[str, Mapping[str, str]]

    def text(self, occasion: str, language: str) -> tuple[str, str]:
        """Return what is written on an occasion and the language it is in; English where there is no other."""
        known = self.texts[occasion]
        return (known[language], language) if language in known else (known["en"], "en")


@cache
def read_script() -> Script:
    """Read config/demo/cases.toml; raises InvalidInput naming a key that no plot has."""
    path = resource_dir("config") / "demo" / "cases.toml"
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    return Script(plots=tuple(_plot(table) for table in tables["case"]), texts=tables["texts"])


def _plot(table: Mapping[str, Any]) -> Plot:
    unknown = set(table) - {each.name for each in fields(Plot)}
    if unknown:
        raise InvalidInput(field=min(unknown), reason="unknown")
    programme, sending, receiving = table["route"].split()
    given = dict(table) | {"route": (programme, sending, receiving)}
    for key in ("refuse", "lapse"):
        if key in given:
            given[key] = StageKind(given[key])
    given["stop"] = {StageKind(kind): tag for kind, tag in table.get("stop", {}).items()}
    given["ask"] = {StageKind(kind): how for kind, how in table.get("ask", {}).items()}
    return Plot(**given)
