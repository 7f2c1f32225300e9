"""Which case data a session may touch: set once per request, applied to every statement, missing means error.

A scope is a tuple of principals (`mobility.domain.access`). Rows that belong to a case carry `CaseScoped`
(or `OwnedScoped`, for what a person owns before a case exists); every ORM statement that mentions one is
narrowed by the table `case_scope`, including updates and deletes. Core statements and `text()` are refused
unless a query module marks them as reviewed. Leaks closed and known: RELIABILITY, section 4.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Dialect, ForeignKey, Index, String, exists, or_, select
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, aliased, mapped_column, with_loader_criteria

from mobility.domain.errors import Unscoped
from mobility.storage.prepared import MARK
from mobility.storage.schema import Base, BigId

NO_DATE: Final = date(9999, 12, 31)


class _All:
    """Sees every case: the scheduler, the command line, and whole-programme counts in the reports module."""

    def __repr__(self) -> str:
        return "ALL"


ALL: Final = _All()
Scope = tuple[str, ...] | _All


class CaseScope(Base):
    """One line per case and principal; carries what lists sort and filter by, so that no OR is needed."""

    __tablename__ = "case_scope"

    __table_args__ = (Index(None, "principal", "is_open", "due_on", "case_id"),)

    principal: Mapped[str] = mapped_column(String(24), primary_key=True)
    case_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("case_file.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    is_open: Mapped[bool] = mapped_column(default=True)
    # The earliest defensible day that concerns this principal; NO_DATE when nothing runs, so that it sorts last.
    due_on: Mapped[date] = mapped_column(default=NO_DATE)


class CaseScoped:
    """Marks a row type as case data; the type must have a `case_id` attribute."""

    opens_scope = False  # true for the case file itself: making one is what opens its scope


class OwnedScoped:
    """Marks a row type seen by its owner (`person_id`) or, once it belongs to a case, by that case's principals."""


def set_scope(session: Session, scope: Scope) -> None:
    """Fix what the session may see; changing it in mid-session first forgets what was loaded."""
    if session.info.get("scope") not in (None, scope) and (session.identity_map or session.new):
        session.expunge_all()
    session.info["scope"] = scope
    session.info["opened_cases"] = set()


@contextmanager
def every_case(session: Session) -> Iterator[None]:
    """See every case for a change of law or calendar, which touches whichever cases it touches; then what was seen.

    Only services that checked the actor's role use it, and they hand out numbers and references, never case files.
    """
    before, opened = session.info.get("scope"), session.info.get("opened_cases", set())
    if before == ALL:  # nothing is loaded that was not to be seen, so nothing has to be forgotten
        yield
        return
    session.info |= {"scope": ALL}
    try:
        yield
        if session.info.get("writing"):
            session.flush()
    finally:
        session.expunge_all()
        session.info |= {"scope": before, "opened_cases": opened}


def own_ids(scope: tuple[str, ...]) -> tuple[int, ...]:
    """Return the people of a scope, whose own things before a case they see."""
    return tuple(int(principal[2:]) for principal in scope if principal.startswith("p:"))


def _visible(case_id: Any, principals: Any) -> ColumnElement[bool]:
    # under a name of its own: a statement that itself reads the scope table must not lend it to this condition
    seen = aliased(CaseScope)
    return exists(select(seen.case_id).where(seen.case_id == case_id, seen.principal.in_(principals)))


def apply_scope(state: ORMExecuteState) -> None:
    """Narrow one statement to the session's scope; raises Unscoped where that cannot be done."""
    scope = state.session.info.get("scope")
    if scope is ALL:
        return
    if scope is None:
        raise Unscoped(statement="no scope was set for this session")
    if not state.is_orm_statement or state.is_from_statement:
        if state.execution_options.get("reviewed_core"):
            return
        raise Unscoped(statement="Core, text and from_statement need a review mark")
    if state.is_insert:
        mapper = state.bind_mapper
        if mapper is not None and issubclass(mapper.class_, (CaseScoped, OwnedScoped)):
            raise Unscoped(statement="add objects; bulk inserts are not checked")
        return
    if state.is_column_load or state.is_relationship_load:
        return
    row_types = _row_types_in(state.statement, state.session.get_bind().dialect)
    narrow = _narrowed_once if state.execution_options.get(MARK) else _narrowed_to
    state.statement = narrow(state.statement, row_types, scope)


def _narrowed_to(statement: Any, row_types: frozenset[str], principals: tuple[str, ...]) -> Any:
    options = _criteria(principals, own_ids(principals))
    return statement.options(*(options[name] for name in options if name in row_types))


_narrowed_once = lru_cache(maxsize=2048)(_narrowed_to)
"""For prepared statements, which live as long as the process; each reader's narrowed form is kept for the next page."""


def narrowed_by_values(statement: Any, dialect: Dialect, principals: Any, own: Any) -> Any:
    """Return a statement narrowed to a scope that is sent as values: bound lists of principals and of own ids."""
    options = _criteria(principals, own)
    row_types = _row_types_in(statement, dialect)
    return statement.options(*(options[name] for name in options if name in row_types))


@lru_cache(maxsize=512)
def _criteria(principals: Any, own: Any) -> dict[str, Any]:
    """Return one criterion for each table; a lambda over the mixin would be asked for the mixin's own columns."""
    row_types: list[Any] = [mapper.class_ for mapper in Base.registry.mappers]
    return {
        each.__tablename__: with_loader_criteria(each, _narrowed(each, principals, own), include_aliases=True)
        for each in sorted(row_types, key=lambda each: str(each.__tablename__))
        if issubclass(each, (CaseScoped, OwnedScoped))
    }


_tables_by_statement: dict[Any, frozenset[str]] = {}
_WORD = re.compile(r"[a-z_]+")


def _row_types_in(statement: Any, dialect: Dialect) -> frozenset[str]:
    """Return the words of the statement's SQL, table names among them: criteria for others would cost and do nothing.

    The SQL is made once for each form of statement, from the key under which SQLAlchemy caches it as well.
    """
    cache_key = statement._generate_cache_key()
    key = cache_key.key if cache_key is not None else None
    known = _tables_by_statement.get(key) if key is not None else None
    if known is None:
        known = frozenset(_WORD.findall(str(statement.compile(dialect=dialect)).lower()))
        if key is not None:
            if len(_tables_by_statement) >= 4096:
                _tables_by_statement.clear()
            _tables_by_statement[key] = known
    return known


def _narrowed(row_type: Any, principals: Any, own: Any) -> ColumnElement[bool]:
    if issubclass(row_type, CaseScoped):
        return _visible(row_type.case_id, principals)
    return or_(row_type.person_id.in_(own), _visible(row_type.case_id, principals))


def check_scope_on_flush(session: Session) -> None:
    """Refuse new case rows whose case was not read, or made, under this session's scope."""
    if session.info.get("scope") is ALL:
        return
    for row in session.new:
        if not isinstance(row, CaseScoped) or row.opens_scope:
            continue
        case_id = getattr(row, "case_id", None)
        if case_id is not None and case_id not in session.info.get("opened_cases", ()):
            raise Unscoped(row=type(row).__name__, case_id=case_id)


def remember_case(session: Session, case_id: int) -> None:
    """Note that this session read, or made, the case; rows may now be added to it."""
    session.info.setdefault("opened_cases", set()).add(case_id)
