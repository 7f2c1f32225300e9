"""From eighty played cases to a million: which case is copied how often, for whom, and moved by how many days.

One case in ten is open and lies within the last weeks; the others ended within five years, so that reciprocity has
something to count. Copies move by whole weeks, because a legal date keeps its weekday then. The writing is in
`mobility.storage.case_copies`.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.domain.access import SYSTEM
from mobility.domain.references import build_reference
from mobility.services.audit import record_event
from mobility.services.demo.files import DemoFiles, read_demo_files
from mobility.services.demo.names import NamePool, address_part
from mobility.storage.case_copies import CopyIds, copy_cases, finish_copies, many_rows, next_ids
from mobility.storage.models.cases import CaseFile, CaseNumber

CHUNK: Final = 10_000
CASES_PER_PERSON: Final = 3
OPEN_WEEKS: Final = 4
ENDED_WEEKS: Final = 260
REBUILD_FROM: Final = 50_000
_SHARES: Final = {"closed": 72, "refused": 7, "withdrawn": 6, "ineligible": 3, "lapsed": 2}
_OPEN_SHARE: Final = 10

__all__ = ["Copying", "many_rows", "plan_copies"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A played case that is copied."""

    id: int
    status: str
    is_open: bool
    sending: str
    receiving: str
    submitted_at: datetime
    answers: Mapping[str, Any]


@dataclass(slots=True, kw_only=True)
class Copying:
    """A run of copying: what has been planned so far, and the numbers and people that the next chunk goes on with."""

    templates: Sequence[Template]
    weights: Sequence[float]
    wanted: int
    ids: CopyIds
    files: DemoFiles
    names: NamePool
    chance: random.Random
    password_hash: str
    now: datetime
    numbers: dict[tuple[str, str, int], int]
    done: int = 0
    people: int = 0
    _last: dict[str, tuple[dict[str, Any], int]] = field(default_factory=dict)

    @property
    def rebuilds_indexes(self) -> bool:
        """True where so much is written that indexes are better built at the end."""
        return self.wanted >= REBUILD_FROM

    def write_chunk(self, session: Session) -> int:
        """Write the next copies in the open write unit and return how many; 0 when all are written."""
        size = min(CHUNK, self.wanted - self.done)
        if not size:
            return 0
        people: list[dict[str, Any]] = []
        chosen = self.chance.choices(self.templates, self.weights, k=size)
        copies = [self._copy(template, number, people) for number, template in enumerate(chosen)]
        copy_cases(session, people=people, copies=copies, ids=self.ids)
        self.done += size
        return size

    def finish(self, session: Session) -> None:
        """Write what counts on from the copies, in the open write unit."""
        finish_copies(session, self.numbers)
        record_event(session, SYSTEM, "demo_copied", at=self.now, subject="demo", parameters={"cases": self.done})

    def _copy(self, template: Template, number: int, people: list[dict[str, Any]]) -> dict[str, Any]:
        weeks = self.chance.randrange(OPEN_WEEKS if template.is_open else ENDED_WEEKS)
        year = (template.submitted_at - timedelta(weeks=weeks)).year
        person = self._person(template.sending, people)
        return {
            "case_id": self.ids.first_case + self.done + number,
            "template_id": template.id,
            "shift_days": -7 * weeks,
            "reference": self._reference(template, year),
            "person_id": person["id"],
            "name": person["name"],
            "name_language": person["name_language"],
            "name_latin": person["name_latin"],
            "answers": template.answers,
            "has_clocks": template.is_open,
        }

    def _reference(self, template: Template, year: int) -> str:
        key = (template.sending, template.receiving, year)
        self.numbers[key] = self.numbers.get(key, 0) + 1
        return build_reference(
            sending=template.sending, receiving=template.receiving, year=year, number=self.numbers[key]
        )

    def _person(self, country: str, people: list[dict[str, Any]]) -> dict[str, Any]:
        """Return somebody of a country; the same person for a few cases, then a new one."""
        person, cases = self._last.get(country, ({}, CASES_PER_PERSON))
        if cases == CASES_PER_PERSON:
            person, cases = self._new_person(country), 0
            people.append(person)
        self._last[country] = (person, cases + 1)
        return person

    def _new_person(self, country: str) -> dict[str, Any]:
        table, name = self.files.countries[country], self.names.take(country)
        number = self.people
        self.people += 1
        return {
            "id": self.ids.first_person + number,
            "email": f"{address_part(name.latin)}.{number}@{country.lower()}.example.org",
            "password_hash": self.password_hash,
            "name": name.own,
            "name_language": name.language,
            "name_latin": name.latin,
            "locale": table["locale"],
            "time_zone": table["time_zone"],
            "country": country,
            "confirmed_at": self.now,
            "created_at": self.now,
        }


def plan_copies(session: Session, *, wanted: int, seed: int, password_hash: str, now: datetime) -> Copying:
    """Return a run that writes `wanted` copies of the cases that are there."""
    templates = _templates(session)
    files = read_demo_files()
    query = select(CaseNumber.sending, CaseNumber.receiving, CaseNumber.year, CaseNumber.last)
    return Copying(
        templates=templates,
        weights=_weights(templates),
        wanted=wanted,
        ids=next_ids(session),
        files=files,
        names=NamePool(files.countries, seed),
        chance=random.Random(seed),  # noqa: S311 - nobody guards anything with a demo's dates
        password_hash=password_hash,
        now=now,
        numbers={(row.sending, row.receiving, row.year): row.last for row in session.execute(query)},
    )


def _templates(session: Session) -> list[Template]:
    query = select(
        CaseFile.id,
        CaseFile.status,
        CaseFile.is_open,
        CaseFile.sending,
        CaseFile.receiving,
        CaseFile.submitted_at,
        CaseFile.answers,
    ).order_by(CaseFile.id)
    return [
        Template(
            id=row.id,
            status=row.status,
            is_open=row.is_open,
            sending=row.sending,
            receiving=row.receiving,
            submitted_at=row.submitted_at,
            answers=_short(row.answers),
        )
        for row in session.execute(query)
    ]


def _short(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Keep the work's title; statements of a million cases would be most of the file."""
    work = answers.get("your_work", {})
    return {"your_work": {key: work[key] for key in ("discipline", "title") if key in work}}


def _weights(templates: Sequence[Template]) -> list[float]:
    """Return how often each is copied: open ones share their tenth, ended ones the share of their status."""
    kinds = ["open" if each.is_open else each.status for each in templates]
    shares = _SHARES | {"open": _OPEN_SHARE}
    return [shares[kind] / kinds.count(kind) for kind in kinds]
