"""Signing a statement, answering it entry by entry, and writing in the thread of an entry; who is told of each.

Every step compares the version of the row that the page was made from, writes an audit entry, and puts a message to
the people of the other side into the outbox.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from mobility.domain import statements as rules
from mobility.domain.access import Actor
from mobility.domain.errors import ChangedMeanwhile, InvalidInput, NotPermitted
from mobility.domain.statements import EntryCode, Standing, StatementReplaced, Verdict
from mobility.services.audit import record_event
from mobility.services.outbox import enqueue
from mobility.services.statements.sides import Rights, get_visible, standing_of
from mobility.services.thresholds import check_thresholds
from mobility.storage.models.accounts import Person
from mobility.storage.models.statements import Statement, StatementAnswer, StatementRemark
from mobility.storage.models.treaties import InstrumentRow
from mobility.storage.queries import statements as queries

PATH = "/statements/{id}"
LONGEST_REMARK = 4000


def sign_statement(session: Session, actor: Actor, statement_id: int, *, row_version: int, now: datetime) -> None:
    """Sign for the actor's state and ask the other for its answer.

    Raises NotFound, NotPermitted, ChangedMeanwhile, TransitionNotPermitted, StatementReplaced.
    """
    row, rights = _open(session, actor, statement_id, row_version)
    after = rules.sign(standing_of(row), _side_to_sign(rights, row), actor.person_id)
    _store(row, after)
    row.signed_at = now
    record_event(
        session,
        actor,
        "statement_signed",
        at=now,
        subject="statement",
        subject_id=row.id,
        parameters={"side": after.signed_side, "hash": row.content_hash},
    )
    people = queries.list_people_of_side(session, row.instrument_id, after.sides, after.other_side)
    _tell(session, people, "statement_signed", row, actor, now, side=after.signed_side)


def answer_statement(
    session: Session,
    actor: Actor,
    statement_id: int,
    verdicts: Mapping[EntryCode, Verdict],
    *,
    remarks: Mapping[EntryCode, str],
    row_version: int,
    now: datetime,
) -> rules.StatementState:
    """Confirm or dispute every entry for the other side; a disputed one needs a word on why. Returns the new state."""
    row, rights = _open(session, actor, statement_id, row_version)
    side = next(iter(sorted(rights.sides - {row.signed_side})), "")
    after = rules.answer(standing_of(row), side, actor.person_id, verdicts)
    _require_words(verdicts, remarks)
    _store(row, after)
    row.answered_at = now
    session.execute(delete(StatementAnswer).where(StatementAnswer.statement_id == row.id))
    session.add_all(
        StatementAnswer(
            statement_id=row.id, entry=code.value, verdict=verdicts[code].value, person_id=actor.person_id, given_at=now
        )
        for code in EntryCode
    )
    for code, text in remarks.items():
        if text.strip():
            _add_remark(session, actor, row, code, text, side, now)
    disputed = [code.value for code in EntryCode if verdicts[code] is Verdict.DISPUTED]
    record_event(
        session,
        actor,
        "statement_confirmed" if not disputed else "statement_disputed",
        at=now,
        subject="statement",
        subject_id=row.id,
        parameters={"side": side, "entries": disputed, "hash": row.content_hash},
    )
    _tell(session, _first_side(session, row), "statement_answered", row, actor, now, side=side, disputed=len(disputed))
    if not disputed:
        check_thresholds(session, now, {row.instrument_id})
    return after.state


def write_remark(
    session: Session, actor: Actor, statement_id: int, entry: EntryCode, text: str, *, now: datetime
) -> None:
    """Write in the thread of an entry of the current version; both sides and whoever froze it read it."""
    row, rights = get_visible(session, actor, statement_id)
    if not row.is_current:
        raise StatementReplaced(statement=statement_id)
    if not rights.sides and not rights.may_freeze:
        raise NotPermitted(step="write_remark")
    side = next(iter(sorted(rights.sides)), "")
    remark = _add_remark(session, actor, row, entry, text, side, now)
    record_event(
        session,
        actor,
        "statement_remark_written",
        at=now,
        subject="statement",
        subject_id=row.id,
        parameters={"entry": entry.value},
    )
    pair = (row.country_a, row.country_b)
    people = [
        person
        for other in pair
        if other != side
        for person in queries.list_people_of_side(session, row.instrument_id, pair, other)
    ]
    _tell(session, people, "statement_remark", row, actor, now, occasion=str(remark.id), entry=entry.value)


def _open(session: Session, actor: Actor, statement_id: int, row_version: int) -> tuple[Statement, Rights]:
    row, rights = get_visible(session, actor, statement_id)
    if row.row_version != row_version:
        raise ChangedMeanwhile(statement=statement_id)
    return row, rights


def _side_to_sign(rights: Rights, row: Statement) -> str:
    sides = rights.sides & {row.country_a, row.country_b}
    if not sides:
        raise NotPermitted(step="sign_statement")
    return min(sides)


def _store(row: Statement, after: Standing) -> None:
    row.state = after.state.value
    row.signed_side, row.signed_by = after.signed_side, after.signed_by or None
    row.answered_side, row.answered_by = after.answered_side, after.answered_by or None


def _require_words(verdicts: Mapping[EntryCode, Verdict], remarks: Mapping[EntryCode, str]) -> None:
    for code, verdict in verdicts.items():
        if verdict is Verdict.DISPUTED and not remarks.get(code, "").strip():
            raise InvalidInput(field=code.value, reason="no_words", value="")


def _add_remark(
    session: Session, actor: Actor, row: Statement, entry: EntryCode, text: str, side: str, now: datetime
) -> StatementRemark:
    words = text.strip()
    if not words or len(words) > LONGEST_REMARK:
        raise InvalidInput(field=entry.value, reason="no_words" if not words else "too_long", value=words[:40])
    remark = StatementRemark(
        statement_id=row.id, entry=entry.value, author_id=actor.person_id, country=side, text=words, written_at=now
    )
    session.add(remark)
    session.flush()
    return remark


def _first_side(session: Session, row: Statement) -> list[Person]:
    """Return the people of the side that signed, and whoever froze the statement."""
    people = queries.list_people_of_side(session, row.instrument_id, (row.country_a, row.country_b), row.signed_side)
    freezer = session.get(Person, row.frozen_by) if row.frozen_by else None
    return [*people, *([freezer] if freezer is not None and freezer.is_active else [])]


def _tell(
    session: Session,
    people: Iterable[Person],
    template: str,
    row: Statement,
    actor: Actor,
    now: datetime,
    *,
    occasion: str = "",
    **facts: Any,
) -> None:
    """Write to each of them once, never to whoever acted."""
    session.flush()
    title = session.scalar(select(InstrumentRow.short_title).where(InstrumentRow.id == row.instrument_id))
    parameters = {
        "path": PATH.format(id=row.id),
        "instrument": title,
        "country_a": row.country_a,
        "country_b": row.country_b,
        "starts_on": row.starts_on.isoformat(),
        "ends_on": row.ends_on.isoformat(),
        "version": row.version,
    }
    for person in {each.id: each for each in people if each.id != actor.person_id}.values():
        enqueue(
            session,
            key=f"{template}:{row.id}:{row.row_version}:{occasion}:{person.id}",
            template=template,
            recipient=person,
            now=now,
            parameters=parameters | facts,
        )
