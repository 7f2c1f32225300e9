"""One world for tests that walk the whole product: two exchanges with everybody who has anything to do with them.

`make_world` gives a route with all its desks, people in every role, and cases of one applicant in the states in
which each screen can be used; every text that a person wrote carries the world's mark. Dates stand around the real
day, because views read the real clock.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from io import BytesIO
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.clock import utc_now
from mobility.domain.access import SYSTEM
from mobility.domain.law_codes import ExtensionModel, PeriodUnit
from mobility.domain.stages import StageStep as Do
from mobility.domain.thresholds import Threshold, ThresholdKind
from mobility.domain.treaties import Extension
from mobility.services.case_files import get_case
from mobility.services.cases import declare_admissible
from mobility.services.documents import store_document
from mobility.services.flow_imports import ImportRequest, import_staged, stage_flows
from mobility.services.people import find_known_person
from mobility.services.public_statistics import release_statistics
from mobility.services.requests import ask
from mobility.services.sealing import seal
from mobility.services.stages import take_step
from mobility.services.statements import Ask, freeze_statement, sign_statement
from mobility.services.threads import post_message
from mobility.services.thresholds import follow_threshold
from mobility.storage.db import write_unit
from mobility.storage.models.applications import Application
from mobility.storage.models.cases import CaseFile, Stage, StageStep, Stay
from mobility.storage.models.clocks import Clock
from mobility.storage.models.funding import BudgetLine
from mobility.storage.models.notices import CalendarFeed, Snooze
from mobility.storage.models.offices import Office
from mobility.storage.models.reminders import OutboxMessage
from mobility.storage.scope import CaseScope
from tests.factories import (
    actor_for,
    keep,
    make_application,
    make_call,
    make_case,
    make_grant,
    make_instrument,
    make_office,
    make_officer,
    make_payment,
    make_person,
    make_programme,
    make_provision,
    make_route,
)
from tests.files import samples

DAY = timedelta(days=1)
DESKS = {"visa": "post", "recognition": "recognition", "funding": "funder", "language": "school"}
LONGER = Extension(
    model=ExtensionModel.NEW_TOTAL, period="45", unit=PeriodUnit.CALENDAR_DAYS, ground="Further scrutiny is needed."
)


@dataclass(slots=True, kw_only=True)
class CaseIds:
    """What belongs to one case, by id: no row outlives the unit it was read in."""

    id: int
    reference: str
    row_version: int
    document: int = 0
    request: int = 0
    clock: int = 0
    payment: int = 0
    approved: int = 0
    proposal: int = 0
    budget_line: int = 0
    stages: dict[str, int] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class World:
    """Everything by id or code; `people` and `offices` by what they are in this world."""

    mark: str
    now: datetime
    programme: str = ""
    programme_id: int = 0
    instrument: str = ""
    provision: str = ""
    route: int = 0
    call: str = ""
    hidden_call: str = ""
    draft: int = 0
    draft_document: int = 0
    sent: int = 0
    message: int = 0
    notice: int = 0
    feed: int = 0
    grant: int = 0
    statement: int = 0
    signed_statement: int = 0
    threshold: int = 0
    staged_import: int = 0
    counted_import: int = 0
    people: dict[str, int] = field(default_factory=dict)
    offices: dict[str, int] = field(default_factory=dict)
    cases: dict[str, CaseIds] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return self.now.date()


class Maker:
    """Makes a world step by step; kept apart from `World`, which holds no rows."""

    def __init__(self, session: Session, mark: str, sending: str, receiving: str) -> None:
        self.session, self.sending, self.receiving = session, sending, receiving
        self.world = World(mark=mark, now=utc_now())
        self.rows: dict[str, Any] = {}

    def words(self, about: str) -> str:
        """Return a text that nobody outside this world may meet."""
        return f"{self.world.mark}-{about}"

    def desks(self) -> None:
        kinds = {"post": ("post", ("case", "visa")), "recognition": ("recognition_body", ("recognition",))}
        kinds |= {"funder": ("funder", ("funding",)), "school": ("school", ("language",)), "powerless": ("post", ())}
        for name, (kind, competences) in kinds.items():
            self._office(name, self.receiving, kind, competences)
        self._office("sending", self.sending, "post", ("case", "visa", "recognition", "funding", "language"))

    def _office(self, name: str, country: str, kind: str, competences: tuple[str, ...]) -> None:
        office = make_office(self.session, country=country, kind=kind, competences=competences)
        self.rows[name], self.world.offices[name] = office, office.id
        person = make_officer(self.session, office, name=self.words(f"name-{name}"))
        self.rows[f"{name}-person"], self.world.people[name] = person, person.id

    def law(self) -> None:
        instrument = make_instrument(self.session, parties=(self.sending, self.receiving))
        terms = {"starts_on": "visa_lodged", "met_by": ("visa_decided",), "calendar": "actor", "extension": LONGER}
        provision = make_provision(self.session, instrument=instrument, **terms)
        self.world.instrument, self.world.provision = instrument.code, provision.code
        names = {"en": self.words("programme")}
        programme = make_programme(self.session, instrument=instrument, names=names)
        self.world.programme, self.world.programme_id = programme.code, programme.id
        route = make_route(
            self.session,
            programme=programme,
            sending=self.sending,
            receiving=self.receiving,
            office=self.rows["post"],
            provisions={"visa": [provision.code]},
            sending_office_id=self.world.offices["sending"],
        )
        with write_unit(self.session):
            for each in self.session.merge(route, load=True).stages:
                each.office_id = self.world.offices[DESKS.get(each.stage, "post")]
        self.rows["route"], self.world.route = route, route.id
        manager = make_person(self.session, name=self.words("name-manager"), country=self.receiving)
        make_grant(self.session, manager, "manager", programme=programme)
        self.world.people["manager"] = manager.id

    def call(self, about: str = "call", **values: Any) -> Any:
        texts = {"en": {"title": self.words(about), "summary": self.words(f"{about}-summary")}}
        today = self.world.today
        return make_call(self.session, route=self.rows["route"], today=today, texts=texts, **values)

    def calls(self) -> None:
        self.rows["call"] = self.call()
        self.world.call = self.rows["call"].code
        self.world.hidden_call = self.call("hidden", is_published=False).code

    def applicant(self, name: str) -> None:
        person = make_person(self.session, name=self.words(f"name-{name}"), country=self.sending)
        self.rows[name], self.world.people[name] = person, person.id
        with write_unit(self.session):
            seal(self.session, person.id, "passport_number", self.words(f"{name}-passport"))

    def draft(self, name: str) -> None:
        self._own(self.rows["call"], name)

    def _own(self, call: Any, name: str) -> None:
        draft = make_application(self.session, person=self.rows[name], call=call, **self._days())
        with write_unit(self.session):
            work = next(each for each in draft.sections if each.code == "your_work")
            work.answers = dict(work.answers) | {"title": self.words("draft"), "statement": self.words("draft-text")}
        self.world.draft = draft.id
        self.world.draft_document = self._document(self.rows[name], application_id=draft.id, about="draft-document")

    def _days(self) -> dict[str, date]:
        return {"arrival_on": self.world.today + 80 * DAY, "departure_on": self.world.today + 149 * DAY}

    def _document(self, person: Any, *, about: str, **owner: int) -> int:
        with write_unit(self.session):
            if case_id := owner.get("case_id"):
                get_case(self.session, case_id)
            row = store_document(
                self.session,
                actor_for(person),
                kind="passport",
                stream=BytesIO(samples.pdf()),
                file_name=f"{self.words(about)}.pdf",
                now=self.world.now,
                **owner,
            )
        return row.id

    def case(self, name: str, person: str, **values: Any) -> CaseFile:
        """Send an application; `name` is what the world calls its case."""
        lines = [{"line": "travel", "amount_minor": 42000, "currency": "EUR", "payer": self.receiving}]
        call = self.call(f"call-{name}")
        made = make_case(
            self.session,
            call=call,
            person=self.rows[person],
            now=self.world.now,
            lines=lines,
            **self._days(),
            **values,
        )
        self.world.cases[name] = CaseIds(id=made.id, reference=made.reference, row_version=made.row_version)
        if name == "main":
            self.world.sent = made.application_id or 0
        with write_unit(self.session):
            application = self.session.get_one(Application, made.application_id)
            application.status, application.submitted_at = "submitted", self.world.now
            made.answers = dict(made.answers) | {
                "your_work": {
                    "discipline": "theatre",
                    "title": self.words(f"{name}-work"),
                    "statement": self.words(f"{name}-text"),
                }
            }
            self.session.add(CaseScope(principal=f"o:{self.world.offices['powerless']}", case_id=made.id))
        return made

    def admit(self, name: str) -> None:
        with write_unit(self.session):
            case = get_case(self.session, self.world.cases[name].id)
            declare_admissible(
                self.session, self.actor("post"), case.id, row_version=case.row_version, now=self.world.now
            )

    def actor(self, name: str) -> Any:
        return actor_for(self.rows[f"{name}-person"], self.session.get_one(Office, self.world.offices[name]))

    def worked_on(self, name: str, person: str) -> None:
        """Lodge the visa, ask, write, note, propose: what a case file is full of."""
        self.admit(name)
        ids, session, now = self.world.cases[name], self.session, self.world.now
        with write_unit(session):
            version = self._stage(ids.id, "visa").row_version
            facts = {"lodged_on": self.world.today}
            post = self.actor("post")
            take_step(session, post, ids.id, "visa", Do.LODGE, facts, row_version=version, now=now)
            question = self.words(f"{name}-question")
            ids.request = ask(
                session, post, ids.id, "visa", text=question, answer_by=self.world.today + 9 * DAY, now=now
            ).id
            post_message(session, actor_for(self.rows[person]), ids.id, text=self.words(f"{name}-letter"), now=now)
            post_message(session, post, ids.id, text=self.words(f"{name}-reply"), now=now)
            post_message(session, post, ids.id, text=self.words(f"{name}-internal-note"), internal=True, now=now)
        ids.document = self._document(self.rows[person], about=f"{name}-document", case_id=ids.id)
        self._propose(ids, name)

    def _stage(self, case_id: int, kind: str) -> Stage:
        return next(each for each in get_case(self.session, case_id).stages if each.kind == kind)

    def _propose(self, ids: CaseIds, name: str) -> None:
        colleague = make_officer(self.session, self.rows["funder"], name=self.words("name-colleague"))
        self.world.people.setdefault("colleague", colleague.id)
        with write_unit(self.session):
            stage = self._stage(ids.id, "funding")
            stage.status = "requested"
            step = StageStep(
                case_id=ids.id,
                stage_id=stage.id,
                step=Do.ASSESS.value,
                facts={"amount": "420", "currency": "EUR", "assessment": self.words(f"{name}-assessment")},
                taken_on=self.world.today,
                proposed_by=colleague.id,
                proposed_at=self.world.now,
                needs_second=True,
            )
            self.session.add(step)
        ids.proposal = step.id

    def paying(self, name: str) -> None:
        ids, proposer = self.world.cases[name], self.world.people["colleague"]
        with write_unit(self.session):
            self._stage(ids.id, "funding").status = "signed"
        case = self.session.get_one(CaseFile, ids.id)
        by = {"proposed_by": proposer, "payer": self.receiving, "paid_on": None, "amount_eur_minor": None}
        ids.payment = make_payment(self.session, case, status="proposed", **by).id
        ids.approved = make_payment(self.session, case, status="approved", approved_by=proposer, **by).id

    def status(self, name: str, status: str, *, visa: str = "", is_open: bool = True) -> None:
        """Put a case into a state that would take many steps to reach."""
        with write_unit(self.session):
            case = get_case(self.session, self.world.cases[name].id)
            case.status, case.is_open = status, is_open
            if visa:
                self._stage(case.id, "visa").status = visa
            if status == "travelling":
                self.session.add(
                    Stay(case_id=case.id, arrived_on=self.world.today - 5 * DAY, recorded_at=self.world.now)
                )

    def finish(self) -> World:
        for ids in self.world.cases.values():
            case = get_case(self.session, ids.id)
            ids.row_version = case.row_version
            ids.stages = {each.kind: each.id for each in case.stages}
            ids.versions = {each.kind: each.row_version for each in case.stages}
            ids.clock = self.session.scalar(select(Clock.id).where(Clock.case_id == ids.id).order_by(Clock.id)) or 0
            query = select(BudgetLine.id).where(BudgetLine.case_id == ids.id).order_by(BudgetLine.id)
            ids.budget_line = self.session.scalar(query) or 0
        return self.world


def make_world(session: Session, mark: str = "alpha", *, sending: str = "EG", receiving: str = "DE") -> World:
    """Return a world of one route: `own` has a draft and cases in six states, `neighbour` one case beside them."""
    maker = Maker(session, mark, sending, receiving)
    maker.desks()
    maker.law()
    maker.calls()
    for name in ("own", "neighbour"):
        maker.applicant(name)
    maker.draft("own")
    for name in ("main", "sent", "paying", "ready", "travelling", "ineligible"):
        maker.case(name, "own")
    maker.case("neighbour", "neighbour")
    maker.worked_on("main", "own")
    maker.worked_on("neighbour", "neighbour")
    maker.admit("paying")
    maker.paying("paying")
    for name in ("ready", "travelling"):
        maker.admit(name)
    maker.status("ready", "ready", visa="issued")
    maker.status("travelling", "travelling", visa="issued")
    maker.status("ineligible", "ineligible")
    return maker.finish()


def add_governance(session: Session, world: World) -> None:
    """Add an administrator, an auditor, a colleague whose role can be taken away, and a letter that was given up."""
    for name in ("administrator", "auditor"):
        person = make_person(session, name=f"{world.mark}-name-{name}", country="FR")
        make_grant(session, person, name)
        world.people[name] = person.id
    target = make_person(session, name=f"{world.mark}-name-target", country="FR")
    office = session.get_one(Office, world.offices["school"])
    world.people["target"], world.grant = target.id, make_grant(session, target, "officer", office=office).id
    letter = OutboxMessage(
        key=f"{world.mark}:reset",
        template="reset_password",
        recipient_id=target.id,
        address="",
        locale="en",
        parameters={},
        status="dead",
        due_at=world.now,
        next_at=world.now,
        message_id=f"<{world.mark}@example.org>",
        created_at=world.now,
    )
    world.message = keep(session, letter).id
    add_notices(session, world)
    add_statements(session, world)
    add_imports(session, world)


def add_notices(session: Session, world: World) -> None:
    """Mail something to the applicant, give them a calendar, and let the post put off the notices of its clock."""
    case = world.cases["main"]
    letter = OutboxMessage(
        key=f"{world.mark}:closed",
        template="case_closed",
        recipient_id=world.people["own"],
        address="",
        locale="en",
        parameters={"reference": case.reference, "path": f"/stays/{case.reference}", "status": "closed"},
        status="sent",
        due_at=world.now,
        next_at=world.now,
        message_id=f"<{world.mark}-closed@example.org>",
        created_at=world.now,
        in_app=True,
    )
    world.notice = keep(session, letter).id
    feed = CalendarFeed(person_id=world.people["own"], token_hash="0" * 64, created_at=world.now)
    world.feed = keep(session, feed).id
    off = Snooze(clock_id=case.clock, case_id=case.id, person_id=world.people["post"], reason=f"{world.mark}-snooze")
    off.until_on, off.snoozed_at = world.today + DAY, world.now
    keep(session, off)


def add_imports(session: Session, world: World) -> None:
    """Check one file of flows for the programme, and count another."""
    content = "year,origin,host,people\n{year},EG,DE,2\n"
    numbers = []
    for year in (2018, 2019):
        request = ImportRequest(
            file_name=f"{world.mark}.csv", source=f"{world.mark}-source", licence="CC0", programme=world.programme
        )
        stream = BytesIO(content.format(year=year).encode())
        number, _ = stage_flows(session, SYSTEM, stream, request, now=world.now, write=write_unit)
        assert number is not None
        numbers.append(number)
    world.staged_import, world.counted_import = numbers
    with write_unit(session):
        import_staged(session, SYSTEM, world.counted_import, now=world.now)


def add_statements(session: Session, world: World) -> None:
    """Freeze a statement of last year, and one of the year before that the receiving state has signed."""
    manager = find_known_person(session, world.people["manager"])
    post = find_known_person(session, world.people["post"])
    assert manager is not None
    assert post is not None
    ids = []
    for year in (world.today.year - 1, world.today.year - 2):
        ask = Ask(instrument=world.instrument, pair=("DE", "EG"), year=year)
        with write_unit(session) as unit:
            ids.append(freeze_statement(unit, manager.actor, ask, now=world.now))
    world.statement, world.signed_statement = ids
    with write_unit(session) as unit:
        release_statistics(unit, manager.actor, world.instrument, world.today.year - 1, now=world.now)
        wish = Threshold(kind=ThresholdKind.R_BELOW, level=Fraction(1, 2))
        world.threshold = follow_threshold(unit, manager.actor, world.instrument, wish, now=world.now)
    with write_unit(session) as unit:
        sign_statement(unit, post.actor, world.signed_statement, row_version=1, now=world.now)
