"""A case with its people at their desks, and short ways to act in it; used by the tests of cases and stages."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event, select

from mobility.domain.access import principals_of
from mobility.domain.stages import StageStep
from mobility.services.case_files import find_stage, get_case
from mobility.services.cases import declare_admissible
from mobility.services.stages import take_step
from mobility.storage.db import write_unit
from mobility.storage.models.clocks import Clock
from mobility.storage.models.offices import Office
from tests.factories import NOW, actor_for, make_case, make_officer, make_programme, make_route

ALL_OFFICES = ("case", "visa", "recognition", "funding", "language")


class Scene:
    """A case, its applicant, the receiving post; `now` moves when a test says so."""

    def __init__(self, session, *, stages=("visa",), after=None, provisions=None, admitted=True, **case) -> None:
        self.session, self.now = session, NOW
        programme = make_programme(session, stages=stages)
        if after:
            with write_unit(session):
                for needed in programme.stages:
                    needed.after = after.get(needed.stage, [])
        self.route = make_route(session, programme=programme, provisions=provisions)
        made = make_case(session, route=self.route, **case)
        self.case_id = made.id
        self.applicant = actor_for(made.person)
        self.post = self.officer("case")
        if admitted:
            self.admit()

    @property
    def case(self):
        return get_case(self.session, self.case_id)

    def stage(self, kind="visa"):
        return find_stage(self.case, kind)

    def office(self, kind):
        return self.session.get_one(Office, {each.stage: each.office_id for each in self.route.stages}[kind])

    def officer(self, kind):
        office = self.office(kind)
        return actor_for(make_officer(self.session, office), office)

    def admit(self):
        self.do(declare_admissible, self.post, row_version=self.case.row_version)

    @contextmanager
    def as_reader(self, actor):
        """See no more than the actor does, keeping the rows that the test holds."""
        before = self.session.info["scope"]
        self.session.info |= {"scope": principals_of(actor), "opened_cases": set()}
        try:
            yield self.session
        finally:
            self.session.info |= {"scope": before, "opened_cases": set()}

    def do(self, service, actor, *args, **values):
        """Call a service on this case in a unit of its own, under the actor's scope."""
        with self.as_reader(actor), write_unit(self.session):
            return service(self.session, actor, self.case_id, *args, now=self.now, **values)

    def take(self, actor, step, facts=None, *, kind="visa", version=None, **more):
        with self.as_reader(actor), write_unit(self.session):
            wanted = self.stage(kind).row_version if version is None else version
            return take_step(
                self.session,
                actor,
                self.case_id,
                kind,
                StageStep(step),
                facts or {},
                row_version=wanted,
                now=self.now,
                **more,
            )

    def read(self, service, actor, *args, **values):
        """Call a reading service under the actor's scope, with rows read anew."""
        with self.as_reader(actor):
            self.session.expire_all()
            return service(self.session, actor, *args, **values)

    def clocks(self):
        rows = self.session.scalars(select(Clock).order_by(Clock.id)).all()
        return {row.provision_version.provision.code: row for row in rows}


@contextmanager
def counted(session) -> Iterator[list[str]]:
    """Collect the SQL statements that run inside the block."""
    statements: list[str] = []

    def note(connection, cursor, statement, parameters, context, executemany) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE")):
            statements.append(statement)

    session.expire_all()
    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(connection, "before_cursor_execute", note)
