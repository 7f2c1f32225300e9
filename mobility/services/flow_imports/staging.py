"""Takes a checked file in: staged in portions that nothing counts, then counted in one step; and undone in one.

A crash between leaves staged rows, which count nowhere and are dropped when the same file comes again. Whoever imports
for a programme manages it; collections without a programme may be made by managers and administrators.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any, BinaryIO, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.domain.access import SYSTEM, Actor
from mobility.domain.errors import (
    ChangedMeanwhile,
    DomainError,
    InvalidInput,
    NotFound,
    NotPermitted,
    TransitionNotPermitted,
)
from mobility.domain.flow_files import FlowFileUnreadable
from mobility.services.audit import record_event
from mobility.services.flow_imports.checking import Checked, FileCheck, GoodRow
from mobility.services.flow_imports.reading import FileOptions, digest_of
from mobility.storage import flow_counting, imported_rows
from mobility.storage.models.programmes import Programme
from mobility.storage.models.reciprocity import FlowImport
from mobility.storage.queries import flow_imports as queries

Write = Callable[[Session], AbstractContextManager[Session]]
"""Opens a write unit: a file is written in many of them, so that others can write in between."""

SUBJECT: Final = "flow_import"


class AlreadyImported(DomainError):
    """The same file, read the same way for the same programme, was taken in before; `import_id` says which it is."""

    code = "already_imported"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRequest:
    """What is imported for whom. An empty `programme` makes a collection of its own under `title`."""

    file_name: str
    source: str
    licence: str
    programme: str = ""
    title: str = ""
    options: FileOptions = field(default_factory=FileOptions)
    keep_unconverted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportLine:
    """One import as a list shows it."""

    import_id: int
    status: str
    programme: str
    title: str
    file_name: str
    columns: dict[str, str]
    source: str
    licence: str
    rows: int
    people: int
    first_on: date | None
    last_on: date | None
    staged_at: datetime
    imported_at: datetime | None
    undone_at: datetime | None


def check_flows(session: Session, actor: Actor, stream: BinaryIO, request: ImportRequest, *, now: datetime) -> Checked:
    """Read the whole file and say what it holds and what is wrong with it; changes nothing."""
    _programme_id(session, actor, request.programme)
    check = _check(session, stream, request, now)
    for _ in check.good_rows():
        pass
    return check.checked


def stage_flows(
    session: Session, actor: Actor, stream: BinaryIO, request: ImportRequest, *, now: datetime, write: Write
) -> tuple[int | None, Checked]:
    """Read the file and keep its rows, counted nowhere yet; returns the import's number, None if a row is refused.

    Raises AlreadyImported for a file that is counted already. Writes in units of its own.
    """
    source, licence = _required("source", request.source, 1000), _required("licence", request.licence, 200)
    programme_id = _programme_id(session, actor, request.programme)
    title = _required("title", request.title or request.file_name, 200)
    digest = digest_of(stream, request.options)
    _forget_staged(session, digest, programme_id, write)
    check = _check(session, stream, request, now)
    with write(session):
        row = FlowImport(
            status="staged",
            programme_id=programme_id,
            title=title,
            file_name=request.file_name[:200],
            digest=digest,
            columns=check.checked.columns.named(),
            source=source,
            licence=licence,
            staged_at=now,
            staged_by=actor.person_id or None,
        )
        session.add(row)
        session.flush()
        import_id = row.id
    try:
        _keep_rows(session, check, import_id, write)
    except FlowFileUnreadable:
        _forget(session, import_id, write)
        raise
    if not check.checked.is_good:
        _forget(session, import_id, write)
        return None, check.checked
    with write(session):
        _finish(session, actor, import_id, check.checked, now)
    return import_id, check.checked


def _check(session: Session, stream: BinaryIO, request: ImportRequest, now: datetime) -> FileCheck:
    return FileCheck(session, stream, request.options, today=now.date(), keep_unconverted=request.keep_unconverted)


def _keep_rows(session: Session, check: FileCheck, import_id: int, write: Write) -> None:
    """Write the good rows; after the first fault the rest is only checked, for nothing of it will stay."""
    good = check.good_rows()
    for portion in _portions(good):
        if check.checked.faults:
            continue
        flows = [_flow(import_id, line, row) for line, row, _ in portion]
        payments = [_payment(import_id, each) for each in portion if each[2] is not None]
        with write(session):
            _get_kept(session, import_id)
            imported_rows.add_rows(session, flows, payments)


def _get_kept(session: Session, import_id: int) -> FlowImport:
    """Return the import that is being staged, held. Raises ChangedMeanwhile where it is gone.

    Somebody who stages the same file at once takes this one for the rest of a crash and drops it.
    """
    row = queries.find_import(session, import_id, None)
    if row is None or row.status != "staged":
        raise ChangedMeanwhile(flow_import=import_id)
    return row


def _portions(rows: Iterator[GoodRow]) -> Iterator[list[GoodRow]]:
    while portion := list(islice(rows, imported_rows.PORTION)):
        yield portion


def _flow(import_id: int, line: int, row: Any) -> dict[str, Any]:
    return {
        "import_id": import_id,
        "line": line,
        "origin": row.origin,
        "host": row.host,
        "discipline": row.discipline,
        "people": row.people,
        "start_on": row.start_on,
        "end_on": row.end_on,
        "days": row.days,
    }


def _payment(import_id: int, good: GoodRow) -> dict[str, Any]:
    line, row, converted = good
    paid = row.paid
    assert paid is not None
    assert converted is not None
    return {
        "import_id": import_id,
        "line": line,
        "origin": row.origin,
        "host": row.host,
        "people": row.people,
        "payer": paid.payer,
        "beneficiary": paid.beneficiary,
        "paid_on": paid.paid_on,
        "amount_minor": converted.minor,
        "currency": paid.currency,
        "rate": converted.rate,
        "rate_on": converted.rate_on,
        "rate_source": converted.rate_source,
        "amount_eur_minor": converted.eur_minor,
    }


def _finish(session: Session, actor: Actor, import_id: int, checked: Checked, now: datetime) -> None:
    row = _get_kept(session, import_id)
    row.row_count, row.people = checked.rows, checked.people
    row.first_on, row.last_on = checked.first_on, checked.last_on
    _record(session, actor, "flows_staged", row, now)


def import_staged(session: Session, actor: Actor, import_id: int, *, now: datetime) -> FlowImport:
    """Count a staged import, in the open write unit. Raises TransitionNotPermitted for one that is not staged.

    Raises ChangedMeanwhile where the same file was counted for the programme since it was staged.
    """
    row = _get(session, actor, import_id)
    if row.status != "staged":
        raise TransitionNotPermitted(subject=SUBJECT, status=row.status, step="import")
    if row.programme_id is not None and queries.is_counted_already(session, row):
        raise ChangedMeanwhile(flow_import=import_id)
    row.status, row.imported_at = "imported", now
    session.flush()
    flow_counting.count_import(session, import_id)
    _record(session, actor, "flows_imported", row, now)
    return row


def undo_import(session: Session, actor: Actor, import_id: int, *, now: datetime) -> FlowImport:
    """Take an import out of all figures, in the open write unit; its rows are dropped by `drop_rows` afterwards."""
    row = _get(session, actor, import_id)
    if row.status != "imported":
        raise TransitionNotPermitted(subject=SUBJECT, status=row.status, step="undo")
    row.status, row.undone_at = "undone", now
    flow_counting.uncount_import(session, import_id)
    _record(session, actor, "flows_undone", row, now)
    return row


def discard_import(session: Session, actor: Actor, import_id: int, *, now: datetime) -> FlowImport:
    """Give up a staged import, in the open write unit; its rows are dropped by `drop_rows` afterwards."""
    row = _get(session, actor, import_id)
    if row.status != "staged":
        raise TransitionNotPermitted(subject=SUBJECT, status=row.status, step="discard")
    row.status, row.undone_at = "undone", now
    _record(session, actor, "flows_discarded", row, now)
    return row


def drop_rows(session: Session, import_id: int, write: Write) -> None:
    """Drop the rows of an import that counts nowhere, in units of its own."""
    more = True
    while more:
        with write(session):
            more = imported_rows.drop_portion(session, import_id)


def list_imports(session: Session, actor: Actor, before: int = 0) -> tuple[list[ImportLine], int]:
    """Return a page of the imports that the actor may see, the newest first, and before which the next begins, or 0."""
    rows = queries.list_imports(session, _seen_by(actor), before)
    lines = [_line(row.FlowImport, row.programme or "") for row in rows[: queries.PAGE]]
    return lines, lines[-1].import_id if len(rows) > len(lines) else 0


def get_import(session: Session, actor: Actor, import_id: int) -> ImportLine:
    """Return one import; raises NotFound for one of a programme that is not the actor's."""
    row = queries.find_import(session, import_id, _seen_by(actor))
    if row is None:
        raise NotFound(flow_import=import_id)
    code = session.scalar(select(Programme.code).where(Programme.id == row.programme_id))
    return _line(row, code or "")


def _line(row: FlowImport, programme: str) -> ImportLine:
    return ImportLine(
        import_id=row.id,
        status=row.status,
        programme=programme,
        title=row.title,
        file_name=row.file_name,
        columns=dict(row.columns),
        source=row.source,
        licence=row.licence,
        rows=row.row_count,
        people=row.people,
        first_on=row.first_on,
        last_on=row.last_on,
        staged_at=row.staged_at,
        imported_at=row.imported_at,
        undone_at=row.undone_at,
    )


def _seen_by(actor: Actor) -> frozenset[int] | None:
    return None if actor == SYSTEM or actor.is_administrator else actor.managed_programmes


def _get(session: Session, actor: Actor, import_id: int) -> FlowImport:
    """Return an import that the actor may change: of a programme they manage, or a collection they made."""
    row = queries.find_import(session, import_id, _seen_by(actor))
    if row is None:
        raise NotFound(flow_import=import_id)
    made_it = row.staged_by == actor.person_id
    if row.programme_id is None and not made_it and actor != SYSTEM and not actor.is_administrator:
        raise NotPermitted(flow_import=import_id)
    return row


def _programme_id(session: Session, actor: Actor, code: str) -> int | None:
    if not code:
        if actor != SYSTEM and not actor.is_administrator and not actor.managed_programmes:
            raise NotPermitted(programme="")
        return None
    found = session.scalar(select(Programme.id).where(Programme.code == code))
    seen = _seen_by(actor)
    if found is None or (seen is not None and found not in seen):
        raise NotFound(programme=code)
    return found


def _required(name: str, text: str, most: int) -> str:
    words = text.strip()
    if not words or len(words) > most:
        raise InvalidInput(field=name, reason="too_long" if words else "missing", value=words[:40])
    return words


def _forget_staged(session: Session, digest: str, programme_id: int | None, write: Write) -> None:
    same = queries.find_same(session, digest, programme_id)
    if same is None:
        return
    if same.status == "imported":
        raise AlreadyImported(import_id=same.id)
    _forget(session, same.id, write)


def _forget(session: Session, import_id: int, write: Write) -> None:
    """Drop a staged import as if it had never been. Raises AlreadyImported for one that is counted meanwhile."""
    with write(session):
        row = queries.find_import(session, import_id, None)
        if row is not None and row.status == "imported":
            raise AlreadyImported(import_id=import_id)
        if row is not None:
            row.status = "undone"  # nobody can count it while its rows are dropped
    drop_rows(session, import_id, write)
    with write(session):
        row = queries.find_import(session, import_id, None)
        if row is not None:  # dropped by somebody else in the same moment
            session.delete(row)


def _record(session: Session, actor: Actor, code: str, row: FlowImport, now: datetime) -> None:
    facts = {"file": row.file_name, "rows": row.row_count, "people": row.people}
    record_event(session, actor, code, at=now, subject=SUBJECT, subject_id=row.id, parameters=facts)
