"""What the demo's states agree on when an accounting year is over: statements, public tables, a followed threshold.

Read from config/demo/agreements.toml and done through the services, between the acts of the cases (`staging`). A year
that ended long ago is settled in its usual time; where it ended lately, the same steps stand closer together.
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from fractions import Fraction
from functools import cache
from typing import Final

from sqlalchemy.orm import Session

from mobility.domain.access import SYSTEM, Actor
from mobility.domain.reciprocity.accounting import Period
from mobility.domain.statements import EntryCode, Verdict
from mobility.domain.thresholds import Threshold, ThresholdKind
from mobility.resources import resource_dir
from mobility.services.demo.files import Table
from mobility.services.demo.loading import FOUNDED_BEFORE, World
from mobility.services.demo.register import take_in_register
from mobility.services.public_statistics import release_statistics
from mobility.services.reciprocity import ReportQuery, resolve_scope
from mobility.services.statements import (
    Agreed,
    Ask,
    StatementPage,
    answer_statement,
    correct_statement,
    freeze_statement,
    get_statement_page,
    sign_statement,
    write_remark,
)
from mobility.services.thresholds import follow_threshold

Act = Callable[[datetime], None]
ALL_FINE: Final = dict.fromkeys(EntryCode, Verdict.CONFIRMED)
_SETTLED_IN: Final = timedelta(days=130)
_FIRST, _NEXT = 0.72, 0.04  # of that time: when a statement is frozen, and what lies between two steps
_RELEASED, _FOLLOWED = 0.97, 0.99


@dataclass(slots=True, kw_only=True)
class Agreement:
    """One statement on its way; the steps are taken in the order in which they stand here."""

    session: Session
    manager: Actor
    signs: Actor
    answers: Actor | None
    ask: Ask
    dispute: Table
    statement_id: int = 0

    def steps(self) -> Sequence[Act]:
        """Return the steps that the file asks for; without an answering post it stays with the other side."""
        if self.answers is None:
            return (self.freeze, self.sign)
        if not self.dispute:
            return (self.freeze, self.sign, self.confirm)
        return (self.freeze, self.sign, self.doubt, self.correct, self.sign, self.confirm)

    def freeze(self, now: datetime) -> None:
        self.statement_id = freeze_statement(self.session, self.manager, self.ask, now=now)

    def sign(self, now: datetime) -> None:
        sign_statement(self.session, self.signs, self.statement_id, row_version=self._version(), now=now)

    def confirm(self, now: datetime) -> None:
        self._answer(ALL_FINE, {}, now)

    def doubt(self, now: datetime) -> None:
        """The other side disputes the larger number of days."""
        code = self._disputed()
        self._answer(ALL_FINE | {code: Verdict.DISPUTED}, {code: self.dispute["remark"]}, now)

    def correct(self, now: datetime) -> None:
        """The first side answers in the thread, and the manager freezes what both then agree on."""
        code = self._disputed()
        value = self._page().content.entry(code).counted + int(self.dispute["days"])
        write_remark(self.session, self.signs, self.statement_id, code, self.dispute["reply"], now=now)
        self.statement_id = correct_statement(
            self.session,
            self.manager,
            self.statement_id,
            agreed={code: Agreed(value=value, reason=self.dispute["reason"])},
            why=self.dispute["why"],
            row_version=self._version(),
            now=now,
        )

    def _answer(self, verdicts: Mapping[EntryCode, Verdict], remarks: Mapping[EntryCode, str], now: datetime) -> None:
        assert self.answers is not None
        answer_statement(
            self.session,
            self.answers,
            self.statement_id,
            verdicts,
            remarks=remarks,
            row_version=self._version(),
            now=now,
        )

    def _disputed(self) -> EntryCode:
        content = self._page().content
        return max((EntryCode.DAYS_AB, EntryCode.DAYS_BA), key=lambda code: content.entry(code).counted)

    def _version(self) -> int:
        return self._page().row_version

    def _page(self) -> StatementPage:
        return get_statement_page(self.session, SYSTEM, self.statement_id)


def agreements_of(session: Session, world: World) -> Iterator[tuple[datetime, Act]]:
    """Yield every act with its instant, which has passed by the moment of loading."""
    tables = _read()
    for number, table in enumerate(tables["statement"]):
        code, period = _last_year(session, world, table)
        agreement = _agreement(session, world, table, code, period)
        for place, do in enumerate(agreement.steps()):
            yield _instant(world, period, _FIRST + _NEXT * place, number), do
    for table in tables["register"]:
        _, period = _last_year(session, world, table)
        yield _instant_of_register(world, period), _take_in(session, _manager(world, table), table, period)
    for number, table in enumerate(tables["release"]):
        code, last = _last_year(session, world, table)
        period = _finished(session, world, table, table.get("years_back", 0))
        yield _instant(world, last, _RELEASED, number), _release(session, _manager(world, table), code, period)
    for table in tables["threshold"]:
        code, period = _last_year(session, world, table)
        wish = Threshold(
            kind=ThresholdKind.BALANCE_OUTSIDE,
            level=Fraction(table["percent"], 100),
            pair=(table["pair"][0], table["pair"][1]),
        )
        yield _instant(world, period, _FOLLOWED, 0), _follow(session, _manager(world, table), code, wish)


@cache
def _read() -> Mapping[str, Sequence[Table]]:
    return tomllib.loads((resource_dir("config") / "demo" / "agreements.toml").read_text(encoding="utf-8"))


def _agreement(session: Session, world: World, table: Table, code: str, period: Period) -> Agreement:
    a, b = table["pair"]
    answers = table.get("answers")
    return Agreement(
        session=session,
        manager=_manager(world, table),
        signs=world.people.officer(table["signs"]),
        answers=world.people.officer(answers) if answers else None,
        ask=Ask(instrument=code, pair=(a, b), year=period.year),
        dispute=table.get("dispute", {}),
    )


def _manager(world: World, table: Table) -> Actor:
    return world.people.actor(world.people.accounts[table["manager"]].id)


def _last_year(session: Session, world: World, table: Table) -> tuple[str, Period]:
    """Return the programme's instrument and its last accounting year that is over."""
    scope = resolve_scope(session, SYSTEM, ReportQuery(programme=table["programme"]))
    return scope.instrument_code, scope.year.finished(world.now.date(), 1)[0]


def _finished(session: Session, world: World, table: Table, years_back: int) -> Period:
    scope = resolve_scope(session, SYSTEM, ReportQuery(programme=table["programme"]))
    return scope.year.finished(world.now.date(), years_back + 1)[years_back]


def _instant(world: World, period: Period, share: float, number: int) -> datetime:
    """Return an instant after the period's end, on a weekday at nine where a day can be chosen."""
    over = datetime.combine(period.ends_on + timedelta(days=1), time(0), tzinfo=UTC)
    at = over + min(world.now - over, _SETTLED_IN) * share
    if world.now - over >= _SETTLED_IN:
        day = at.date() + timedelta(days=(0, 0, 0, 0, 3, 2, 1)[at.weekday()])
        at = datetime.combine(day, time(9), tzinfo=UTC) + timedelta(minutes=round(share * 100))
    return min(at.replace(microsecond=0) + timedelta(minutes=3 * number), world.now)


def _instant_of_register(world: World, last: Period) -> datetime:
    """Return an instant in the last year: the years that the register holds are over, and the programme is there."""
    founded = world.now - FOUNDED_BEFORE
    return max(founded, datetime.combine(last.starts_on, time(9), tzinfo=UTC)) + timedelta(days=45)


def _take_in(session: Session, manager: Actor, table: Table, last: Period) -> Act:
    def act(now: datetime) -> None:
        take_in_register(session, manager, table, last.year, now=now)

    return act


def _release(session: Session, manager: Actor, code: str, period: Period) -> Act:
    def act(now: datetime) -> None:
        release_statistics(session, manager, code, period.year, now=now)

    return act


def _follow(session: Session, manager: Actor, code: str, wish: Threshold) -> Act:
    def act(now: datetime) -> None:
        follow_threshold(session, manager, code, wish, now=now)

    return act
