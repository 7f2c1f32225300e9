"""Goals 3 and 4: the SQL of lists at a size against that at ten thousand cases, and deep pages against first ones.

The statements of a list are caught once, within the scope of an officer, and then sent again through the driver, so
that only the database is timed.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from time import perf_counter
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from bench.browsing import PAGE_ROWS, Desk, busiest_desk, opened_session, statements
from bench.figures import Figure, Work, interleaved, settled
from bench.instances import Instance, installation, sizes
from mobility.clock import utc_now
from mobility.domain.access import Actor, principals_of
from mobility.services.cases import DeskFilters, DeskGroup, get_case, list_desk
from mobility.services.people import find_known_person
from mobility.storage.db import db
from mobility.storage.models.cases import CaseFile
from mobility.storage.scope import CaseScope, set_scope

GROWTH_GOAL = 1.5
DEPTH_GOAL = 1.5
TEXT_GOAL_MS = 1
DEPTH_PERCENT = 90
SAMPLES = 7
TIMES = 20
LISTS = ("list", "overdue", "reference", "search")

Sent = list[tuple[str, Any]]


def measure() -> Iterator[Figure]:
    """Compare the small with the large installation on each database."""
    small, large, large_on_postgresql = sizes()
    for kind, most in (("sqlite", large), ("postgresql", large_on_postgresql)):
        with settled(), ExitStack() as stack:
            few, many = (Prepared(stack, installation(kind, cases)) for cases in (small, most))
            for name in LISTS:
                yield from _growth(name, few, many)
            yield _depth(many)


class Prepared:
    """An open installation with the statements of its lists, ready to be sent again."""

    def __init__(self, stack: ExitStack, instance: Instance) -> None:
        self.instance = instance
        app = stack.enter_context(instance.app())
        with opened_session(app) as session:
            desk = busiest_desk(session)
            asked = _questions(session, desk)
            self.engine: Engine = db.engine
            self.sent: dict[str, Sent] = {}
            for name, ask in asked.items():
                with statements(app) as sent:
                    ask()
                self.sent[name] = [each for each in sent if each[0].lstrip().startswith(("SELECT", "WITH"))]

    def run(self, name: str) -> Work:
        """Return the sending of a list's statements, every row read."""
        cursor = self.engine.raw_connection().cursor()

        def send() -> None:
            for statement, parameters in self.sent[name]:
                cursor.execute(statement, parameters)
                cursor.fetchall()

        return Work(send, times=TIMES)


def _questions(session: Session, desk: Desk) -> dict[str, Callable[[], object]]:
    """Return what each list asks for; from here on the session sees what the officer sees."""
    known = find_known_person(session, desk.officer_id)
    assert known is not None
    actor = known.actor
    latin = session.scalar(select(CaseFile.applicant_name_latin).where(CaseFile.id == desk.case_id)) or ""
    deep = _cursor_at(session, desk)
    session.rollback()
    set_scope(session, principals_of(actor))
    return {
        "list": lambda: _desk(session, actor, desk, DeskFilters()),
        "overdue": lambda: _desk(session, actor, desk, DeskFilters(state=DeskGroup.LATE)),
        "reference": lambda: get_case(session, desk.reference),
        "search": lambda: _desk(session, actor, desk, DeskFilters(text=latin.split()[-1])),
        "deep": lambda: _desk(session, actor, desk, DeskFilters(), after=deep),
    }


def _desk(session: Session, actor: Actor, desk: Desk, filters: DeskFilters, after: str | None = None) -> object:
    return list_desk(session, actor, desk.office_id, filters=filters, now=utc_now(), after=after, limit=PAGE_ROWS)


def _cursor_at(session: Session, desk: Desk) -> str:
    """Return where the page begins that lies nine tenths down the queue."""
    mine = (CaseScope.principal == f"o:{desk.office_id}", CaseScope.is_open.is_(True))
    total = session.scalar(select(func.count()).select_from(CaseScope).where(*mine)) or 0
    query = select(CaseScope.due_on, CaseScope.case_id).where(*mine).order_by(CaseScope.due_on, CaseScope.case_id)
    row = session.execute(query.offset(total * DEPTH_PERCENT // 100).limit(1)).one()
    return f"{row.due_on.isoformat()}.{row.case_id}"


def _growth(name: str, few: Prepared, many: Prepared) -> Iterator[Figure]:
    before, after = interleaved([few.run(name), many.run(name)], samples=SAMPLES, clock=perf_counter)
    label = many.instance.label
    yield Figure(name=f"sql_{name}_growth_{label}", value=after / before, unit="times", goal=GROWTH_GOAL)
    if name == "search":
        yield Figure(name=f"sql_search_{label}", value=after * 1000, unit="ms", goal=TEXT_GOAL_MS)


def _depth(many: Prepared) -> Figure:
    first, deep = interleaved([many.run("list"), many.run("deep")], samples=SAMPLES, clock=perf_counter)
    return Figure(name=f"sql_depth_90_{many.instance.label}", value=deep / first, unit="times", goal=DEPTH_GOAL)
