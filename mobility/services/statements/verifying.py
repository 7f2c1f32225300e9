"""What a hash stands for: which version of which statement, and whether the text behind it is what was frozen.

Intact means that the stored text still has the hash, says what the row says, and that the audit log kept the same
hash when it was frozen. Nothing about cases, figures or people is told.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.domain.errors import InvalidInput
from mobility.domain.reciprocity.accounting import Period
from mobility.domain.statements import StatementState, content_of, hash_of
from mobility.storage.models.statements import Statement
from mobility.storage.models.treaties import InstrumentRow
from mobility.storage.queries import statements as queries

HASH: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What may be told to anybody who knows the hash."""

    content_hash: str
    statement_id: int
    instrument_title: str
    sides: tuple[str, str]
    period: Period
    version: int
    frozen_at: datetime
    state: StatementState
    is_current: bool
    is_intact: bool


def check_hash(session: Session, typed: str) -> Checked | None:
    """Return what the hash stands for; None where no statement has it. Raises InvalidInput for what is no hash."""
    digest = "".join(typed.split()).lower()
    if not HASH.fullmatch(digest):
        raise InvalidInput(field="hash", reason="not_a_hash", value=typed[:80])
    row = queries.find_by_hash(session, digest)
    return _checked(session, row) if row is not None else None


def verify_statements(session: Session) -> list[Checked]:
    """Return the check of every version of every statement, in the order of freezing; for the command line."""
    return [_checked(session, row) for row in session.scalars(select(Statement).order_by(Statement.id))]


def _checked(session: Session, row: Statement) -> Checked:
    title = session.scalar(select(InstrumentRow.short_title).where(InstrumentRow.id == row.instrument_id)) or ""
    return Checked(
        content_hash=row.content_hash,
        statement_id=row.id,
        instrument_title=title,
        sides=(row.country_a, row.country_b),
        period=Period.of(row.starts_on, row.ends_on),
        version=row.version,
        frozen_at=row.frozen_at,
        state=StatementState(row.state),
        is_current=row.is_current,
        is_intact=_is_intact(session, row),
    )


def _is_intact(session: Session, row: Statement) -> bool:
    if not hash_of(row.content) == row.content_hash == queries.logged_hash(session, row.id):
        return False
    try:
        content = content_of(row.content)
    except InvalidInput:
        return False
    said = (content.sides, content.starts_on, content.ends_on, content.version)
    kept = ((row.country_a, row.country_b), row.starts_on.isoformat(), row.ends_on.isoformat(), row.version)
    return said == kept
