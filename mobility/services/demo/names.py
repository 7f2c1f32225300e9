"""Names for invented people: given and family names of a country in the order that the seed gives them."""

import random
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Written = tuple[str, str]
"""A name in its own script and in Latin letters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FullName:
    """A name as its bearer writes it, the language it is in, and the Latin form."""

    own: str
    language: str
    latin: str


@dataclass(slots=True)
class NamePool:
    """Hands out the names of each country, each once before any comes again."""

    countries: Mapping[str, Mapping[str, Any]]
    seed: int
    _order: dict[str, Sequence[FullName]] = field(default_factory=dict)
    _next: dict[str, int] = field(default_factory=dict)

    def take(self, country: str) -> FullName:
        """Return the next name of a country."""
        number = self._next.get(country, 0)
        self._next[country] = number + 1
        names = self.all(country)
        return names[number % len(names)]

    def all(self, country: str) -> Sequence[FullName]:
        """Return every name of a country, in the order of the seed."""
        if country not in self._order:
            self._order[country] = _shuffled(self.countries[country], random.Random(f"{self.seed}:{country}"))  # noqa: S311 - nobody guards anything with a demo's names
        return self._order[country]


def written(name: str | Sequence[str]) -> Written:
    """Return both forms of a name from a file; one text stands for both."""
    return (name, name) if isinstance(name, str) else (name[0], name[1])


def address_part(latin: str) -> str:
    """Return a Latin name as it stands in an e-mail address: layla.haddad."""
    plain = unicodedata.normalize("NFKD", latin).encode("ascii", "ignore").decode().lower()
    return ".".join(re.findall(r"[a-z0-9]+", plain))


def _shuffled(country: Mapping[str, Any], chance: random.Random) -> Sequence[FullName]:
    given, family = ([written(each) for each in country[part]] for part in ("given", "family"))
    names = [_joined(first, last, country) for first in given for last in family]
    chance.shuffle(names)
    return names


def _joined(given: Written, family: Written, country: Mapping[str, Any]) -> FullName:
    if country.get("family_first"):
        return FullName(own=f"{family[0]}{given[0]}", language=country["language"], latin=f"{given[1]} {family[1]}")
    return FullName(own=f"{given[0]} {family[0]}", language=country["language"], latin=f"{given[1]} {family[1]}")
