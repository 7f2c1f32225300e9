"""Freezing a statement, and correcting one: a correction is a new version that names the hash of the old.

The figures are counted again each time. Where both sides agree on another figure than the records give, it is entered
with its reason and both stand in the frozen text. The old version is kept as it was and can no longer be acted on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.domain.access import Actor
from mobility.domain.errors import ChangedMeanwhile, InvalidInput, NotFound, NotPermitted, TransitionNotPermitted
from mobility.domain.reciprocity.ledger import Lot
from mobility.domain.statements import (
    DERIVED,
    SIGNED_NUMBERS,
    Content,
    Entry,
    EntryCode,
    close_ledger,
    give_way,
    hash_of,
    text_of,
)
from mobility.services.audit import record_event
from mobility.services.statements.counting import Ask, Counted, count_statement, period_of
from mobility.services.statements.sides import get_visible, rights_of, standing_of
from mobility.storage.models.statements import Statement
from mobility.storage.models.treaties import InstrumentRow
from mobility.storage.queries import statements as queries
from mobility.storage.scope import every_case

LONGEST_REASON = 2000
LARGEST = 10**15


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """A figure that both sides agree on instead of the counted one."""

    value: int
    reason: str


def freeze_statement(session: Session, actor: Actor, ask: Ask, *, now: datetime) -> int:
    """Freeze the first version of a statement and return its id.

    Raises NotFound for an instrument or pair the actor has nothing to do with, NotPermitted for who may not freeze,
    InvalidInput for a period that is not over or that has a statement already.
    """
    instrument = _instrument(session, ask.instrument)
    rights = rights_of(session, actor).get((instrument.id, ask.pair))
    if rights is None:
        raise NotFound(instrument=ask.instrument, pair="–".join(ask.pair))
    if not rights.may_freeze:
        raise NotPermitted(step="freeze_statement")
    if queries.find_newest(session, instrument.id, ask.pair, period_of(session, ask).starts_on) is not None:
        raise InvalidInput(field="year", reason="already_frozen", value=ask.year)
    return _freeze(session, actor, ask, {}, why="", before=None, now=now)


def count_again(session: Session, actor: Actor, statement_id: int, *, now: datetime) -> tuple[Entry, ...]:
    """Return what the records give today for a statement, for the form of a correction."""
    row = _get_correctable(session, actor, statement_id)
    ask = ask_of(session, row)
    with every_case(session):
        return count_statement(session, _instrument(session, ask.instrument), ask, now).entries


def correct_statement(
    session: Session,
    actor: Actor,
    statement_id: int,
    *,
    agreed: Mapping[EntryCode, Agreed],
    why: str,
    row_version: int,
    now: datetime,
) -> int:
    """Freeze a corrected version of the current one and return its id; needs a reason.

    `agreed` holds figures that differ from the records. Raises ChangedMeanwhile, InvalidInput, StatementReplaced, and
    TransitionNotPermitted where the programme's accounting year is another one since.
    """
    row = _get_correctable(session, actor, statement_id)
    if row.row_version != row_version:
        raise ChangedMeanwhile(statement=statement_id)
    reason = why.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise InvalidInput(field="why", reason="missing" if not reason else "too_long", value=reason[:40])
    give_way(standing_of(row))
    row.is_current = False
    session.flush()
    return _freeze(session, actor, ask_of(session, row), agreed, why=reason, before=row, now=now)


def _get_correctable(session: Session, actor: Actor, statement_id: int) -> Statement:
    row, rights = get_visible(session, actor, statement_id)
    if not rights.may_freeze:
        raise NotPermitted(step="correct_statement")
    if not is_of_present_years(session, row):
        raise TransitionNotPermitted(statement=statement_id, step="correct_statement")
    return row


def is_of_present_years(session: Session, row: Statement) -> bool:
    """Say whether its days still are an accounting year: else a correction would count other days than it corrects."""
    period = period_of(session, ask_of(session, row))
    return (period.starts_on, period.ends_on) == (row.starts_on, row.ends_on)


def ask_of(session: Session, row: Statement) -> Ask:
    code = session.scalar(select(InstrumentRow.code).where(InstrumentRow.id == row.instrument_id)) or ""
    return Ask(instrument=code, pair=(row.country_a, row.country_b), year=row.starts_on.year)


def _instrument(session: Session, code: str) -> InstrumentRow:
    found = session.scalars(select(InstrumentRow).where(InstrumentRow.code == code)).one_or_none()
    if found is None:
        raise NotFound(instrument=code)
    return found


def _freeze(
    session: Session,
    actor: Actor,
    ask: Ask,
    agreed: Mapping[EntryCode, Agreed],
    *,
    why: str,
    before: Statement | None,
    now: datetime,
) -> int:
    version = before.version + 1 if before else 1
    replaces, replaces_id = (before.content_hash, before.id) if before else ("", None)
    with every_case(session):
        instrument_id = _instrument(session, ask.instrument).id
        counted = count_statement(session, _instrument(session, ask.instrument), ask, now)
    content = _content(ask, counted, agreed, version=version, replaces=replaces, why=why, now=now)
    text = text_of(content)
    row = Statement(
        instrument_id=instrument_id,
        country_a=ask.pair[0],
        country_b=ask.pair[1],
        starts_on=counted.period.starts_on,
        ends_on=counted.period.ends_on,
        version=version,
        content=text,
        content_hash=hash_of(text),
        frozen_by=actor.person_id or None,
        frozen_at=now,
    )
    session.add(row)
    session.flush()
    parameters = {"hash": row.content_hash, "version": version, "replaces": replaces_id}
    record_event(
        session, actor, "statement_frozen", at=now, subject="statement", subject_id=row.id, parameters=parameters
    )
    return row.id


def _content(
    ask: Ask,
    counted: Counted,
    agreed: Mapping[EntryCode, Agreed],
    *,
    version: int,
    replaces: str,
    why: str,
    now: datetime,
) -> Content:
    entries = {each.code: _agreed(each, agreed.get(each.code)) for each in counted.entries}
    carried = _opened(counted, entries[EntryCode.OPENING], ask.year)
    sent, hosted = entries[EntryCode.PEOPLE_AB].value, entries[EntryCode.PEOPLE_BA].value
    close = close_ledger(ask.year, sent, hosted, carried)
    entries[EntryCode.CLOSING] = replace(entries[EntryCode.CLOSING], value=int(close.closing))
    return Content(
        instrument=ask.instrument,
        sides=ask.pair,
        starts_on=counted.period.starts_on.isoformat(),
        ends_on=counted.period.ends_on.isoformat(),
        version=version,
        programmes=counted.programmes,
        frozen_at=now.isoformat(timespec="seconds"),
        entries=tuple(entries[code] for code in EntryCode),
        lots=tuple((lot.period, int(lot.amount)) for lot in close.lots),
        opening_from=counted.opening_from,
        replaces=replaces,
        why=why,
    )


def _agreed(entry: Entry, other: Agreed | None) -> Entry:
    if other is None or entry.code in DERIVED or other.value == entry.counted:
        return entry
    if abs(other.value) > LARGEST or (other.value < 0 and entry.code not in SIGNED_NUMBERS):
        raise InvalidInput(field=entry.code.value, reason="not_a_figure", value=other.value)
    return replace(entry, value=other.value, reason=other.reason.strip()[:LONGEST_REASON])


def _opened(counted: Counted, opening: Entry, year: int) -> tuple[Lot, ...]:
    """Return the lots behind the opening balance; an agreed balance is one lot of the year before."""
    if opening.value == opening.counted:
        return counted.carried
    return (Lot(period=year - 1, amount=opening.value),) if opening.value else ()
