"""Statements as lists and pages, for those who stand for one of the two states or manage its programmes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from mobility.domain.access import SYSTEM, Actor
from mobility.domain.reciprocity.accounting import Period
from mobility.domain.statements import Content, Entry, EntryCode, Standing, StatementState, Verdict, content_of
from mobility.services.reciprocity import ReportQuery, resolve_scope
from mobility.services.statements.freezing import is_of_present_years
from mobility.services.statements.sides import Rights, get_visible, rights_of, standing_of
from mobility.storage.models.statements import Statement
from mobility.storage.models.treaties import InstrumentRow
from mobility.storage.queries import statements as queries
from mobility.storage.queries.statements import Named


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """One line of the list: the current version, and whether it waits for this reader's side."""

    statement_id: int
    instrument_title: str
    sides: tuple[str, str]
    period: Period
    version: int
    state: StatementState
    waits_for: tuple[str, ...]
    is_yours: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What this manager could freeze: an instrument and a pair, and the periods that are over, the newest first."""

    instrument_code: str
    instrument_title: str
    pair: tuple[str, str]
    periods: tuple[Period, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementPage:
    """One version with its answers, steps and other versions; `may_*` are this reader's."""

    statement_id: int
    row_version: int
    instrument_title: str
    instrument_code: str
    content: Content
    content_hash: str
    period: Period
    standing: Standing
    rights: Rights
    verdicts: Mapping[EntryCode, Verdict]
    remarks: Mapping[str, int]
    versions: Sequence[Row[Any]]
    steps: Sequence[tuple[str, str, Named | None, datetime]]
    may_sign: bool
    may_answer: bool
    may_correct: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPage:
    """One entry of a version with its thread over all versions; `visible` are the cases this reader may open."""

    page: StatementPage
    entry: Entry
    verdict: Verdict | None
    thread: Sequence[Row[Any]]
    visible: frozenset[str]


def list_statement_lines(session: Session, actor: Actor) -> list[StatementLine]:
    """Return the statements the actor may see, those that wait for their side first."""
    rights = rights_of(session, actor)
    if not rights:
        return []
    rows = queries.list_statements(session, None if actor == SYSTEM else {key[0] for key in rights})
    lines = []
    for row in rows:
        mine = rights.get((row.instrument_id, (row.country_a, row.country_b)))
        if mine is not None:
            lines.append(_line(row, mine))
    return sorted(lines, key=lambda line: not line.is_yours)


def _line(row: Row[Any], rights: Rights) -> StatementLine:
    standing = Standing(
        sides=(row.country_a, row.country_b), state=StatementState(row.state), signed_side=row.signed_side
    )
    return StatementLine(
        statement_id=row.id,
        instrument_title=row.instrument_title,
        sides=standing.sides,
        period=Period.of(row.starts_on, row.ends_on),
        version=row.version,
        state=standing.state,
        waits_for=standing.waits_for,
        is_yours=bool(rights.sides & set(standing.waits_for)),
    )


def list_choices(session: Session, actor: Actor, today: date) -> list[Choice]:
    """Return what the actor may freeze, by instrument and pair; nothing for who manages no programme."""
    keys = sorted(key for key, rights in rights_of(session, actor).items() if rights.may_freeze)
    if not keys:
        return []
    query = select(InstrumentRow.id, InstrumentRow.code, InstrumentRow.short_title).where(
        InstrumentRow.id.in_({key[0] for key in keys})
    )
    titles = {row.id: (row.code, row.short_title) for row in session.execute(query)}
    years = {
        number: resolve_scope(session, SYSTEM, ReportQuery(instrument=code)).year
        for number, (code, _) in titles.items()
    }
    found = []
    for instrument_id, pair in keys:
        year, (code, title) = years[instrument_id], titles[instrument_id]
        found.append(Choice(instrument_code=code, instrument_title=title, pair=pair, periods=year.finished(today)))
    return sorted(found, key=lambda each: (each.instrument_title, each.pair))


def get_statement_page(session: Session, actor: Actor, statement_id: int) -> StatementPage:
    """Return everything the page of a version shows; raises NotFound."""
    row, rights = get_visible(session, actor, statement_id)
    code, title = session.execute(
        select(InstrumentRow.code, InstrumentRow.short_title).where(InstrumentRow.id == row.instrument_id)
    ).one()
    standing = standing_of(row)
    versions = queries.list_versions(session, row)
    sides_to_sign = rights.sides & set(standing.sides)
    answering = rights.sides - {standing.signed_side}
    return StatementPage(
        statement_id=row.id,
        row_version=row.row_version,
        instrument_title=title,
        instrument_code=code,
        content=content_of(row.content),
        content_hash=row.content_hash,
        period=Period.of(row.starts_on, row.ends_on),
        standing=standing,
        rights=rights,
        verdicts={EntryCode(each.entry): Verdict(each.verdict) for each in queries.list_answers(session, statement_id)},
        remarks=queries.count_remarks(session, [each.id for each in versions]),
        versions=versions,
        steps=_steps(session, row),
        may_sign=standing.state is StatementState.FROZEN and row.is_current and bool(sides_to_sign),
        may_answer=row.is_current
        and standing.state in (StatementState.SIGNED, StatementState.DISPUTED)
        and bool(answering)
        and actor.person_id != standing.signed_by,
        may_correct=row.is_current and rights.may_freeze and is_of_present_years(session, row),
    )


def _steps(session: Session, row: Statement) -> list[tuple[str, str, Named | None, datetime]]:
    """Return (step, state it was taken for, who, when) for every step that was taken."""
    names = queries.names_of(session, row)
    found = [("frozen", "", names.get(row.frozen_by or 0), row.frozen_at)]
    if row.signed_at is not None:
        found.append(("signed", row.signed_side, names.get(row.signed_by or 0), row.signed_at))
    if row.answered_at is not None:
        found.append((row.state, row.answered_side, names.get(row.answered_by or 0), row.answered_at))
    return found


def get_entry_page(session: Session, actor: Actor, statement_id: int, code: EntryCode) -> EntryPage:
    """Return one entry with its references and thread; raises NotFound."""
    page = get_statement_page(session, actor, statement_id)
    entry = page.content.entry(code)
    return EntryPage(
        page=page,
        entry=entry,
        verdict=page.verdicts.get(code),
        thread=queries.list_remarks(session, [each.id for each in page.versions], code.value),
        visible=queries.visible_references(session, entry.cases),
    )


def get_text(session: Session, actor: Actor, statement_id: int) -> tuple[str, str]:
    """Return the frozen text and its hash, for those who may see the statement."""
    row, _ = get_visible(session, actor, statement_id)
    return row.content, row.content_hash
