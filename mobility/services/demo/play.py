"""One case of the demo while it is played: its people act through the services, at the instant that is set."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from mobility.domain.access import Actor
from mobility.domain.case_grounds import CaseGround
from mobility.domain.stages import StageKind, StageStep
from mobility.services import cases, funding, requests, stages, stays, threads
from mobility.services.case_files import CASE, office_day
from mobility.services.demo.applying import Applicant, Desk
from mobility.services.demo.people import Population
from mobility.services.demo.plots import Plot, Script
from mobility.storage.models.cases import CaseFile, Request, Stage, Stay
from mobility.storage.models.cases import StageStep as StageStepRow
from mobility.storage.models.funding import BudgetLine, Payment

LEGAL_BASIS = "Section 4 of the rules of the programme"


@dataclass(slots=True, kw_only=True)
class Play:
    """`desks` maps a stage, or "case", to the code of its office; `now` is the instant of the act."""

    plot: Plot
    script: Script
    desk: Desk
    people: Population
    who: Applicant
    desks: dict[str, str]
    now: datetime
    application_id: int = 0
    case_id: int = 0

    @property
    def version(self) -> int:
        """The version of the case as it stands."""
        return self.desk.session.scalars(select(CaseFile.row_version).where(CaseFile.id == self.case_id)).one()

    def stage_version(self, kind: StageKind) -> int:
        """The version of a stage as it stands."""
        query = select(Stage.row_version).where(Stage.case_id == self.case_id, Stage.kind == kind.value)
        return self.desk.session.scalars(query).one()

    def officer(self, kind: StageKind | str, number: int = 0) -> Actor:
        """Somebody at the desk of a stage; `number` 1 is the second person."""
        return self.people.officer(self.desks[str(kind)], number)

    def today(self, kind: StageKind | str) -> date:
        """The day it is at the desk of a stage."""
        seat = self.officer(kind).seats[0]
        return office_day(self.now, seat.time_zone)

    # -- applying and admission ----------------------------------------------------------------------------------------

    def apply(self) -> None:
        """Begin, fill and send the application."""
        self.application_id = self.desk.begin(self.who, self.now)
        self.desk.fill(self.who, self.application_id, self.now)
        self.case_id = self.desk.send(self.who, self.application_id, self.now)

    def send_again(self) -> None:
        """Send the returned application as it is."""
        self.desk.send(self.who, self.application_id, self.now)

    def admit(self) -> None:
        cases.declare_admissible(
            self.desk.session, self.officer(CASE), self.case_id, row_version=self.version, now=self.now
        )

    def hand_back(self) -> None:
        self._turn_down(cases.return_case, "returned", CaseGround.DOCUMENTS_MISSING)

    def find_ineligible(self) -> None:
        self._turn_down(cases.declare_ineligible, "ineligible", CaseGround.CONDITIONS_NOT_MET, legal_basis=LEGAL_BASIS)

    def _turn_down(self, decide: Any, occasion: str, ground: CaseGround, **more: str) -> None:
        decide(
            self.desk.session,
            self.officer(CASE),
            self.case_id,
            ground=ground.value,
            reasons=self.script.text(occasion, self.officer(CASE).locale)[0],
            row_version=self.version,
            now=self.now,
            **more,
        )

    def object_to_case(self) -> None:
        cases.appeal_case(
            self.desk.session,
            self.who.actor,
            self.case_id,
            statement=self._words("appeal"),
            row_version=self.version,
            now=self.now,
        )

    def decide_objection(self) -> None:
        given = {} if self.plot.upheld else {"ground": "conditions_not_met", "legal_basis": LEGAL_BASIS}
        cases.decide_appeal(
            self.desk.session,
            self.officer(CASE),
            self.case_id,
            upheld=self.plot.upheld,
            row_version=self.version,
            now=self.now,
            **given,
        )

    def withdraw(self) -> None:
        cases.withdraw_case(self.desk.session, self.who.actor, self.case_id, row_version=self.version, now=self.now)

    def close(self) -> None:
        cases.close_case(self.desk.session, self.officer(CASE), self.case_id, row_version=self.version, now=self.now)

    # -- stages --------------------------------------------------------------------------------------------------------

    def assign(self, kind: StageKind) -> None:
        """Give a stage to the first person of its desk."""
        officer = self.officer(kind)
        cases.assign_officer(
            self.desk.session,
            officer,
            self.case_id,
            kind,
            officer.person_id,
            row_version=self.stage_version(kind),
            now=self.now,
        )

    def office_step(self, kind: StageKind, step: StageStep, **facts: object) -> None:
        """Let the desk take, or propose, a step."""
        self._step(self.officer(kind), kind, step, facts)

    def own_step(self, kind: StageKind, step: StageStep, **facts: object) -> None:
        """Let the applicant take a step."""
        self._step(self.who.actor, kind, step, facts)

    def _step(self, actor: Actor, kind: StageKind, step: StageStep, facts: dict[str, object]) -> None:
        version = self.stage_version(kind)
        stages.take_step(self.desk.session, actor, self.case_id, kind, step, facts, row_version=version, now=self.now)

    def confirm(self, kind: StageKind) -> None:
        """Let the second person confirm what was proposed."""
        query = (
            select(StageStepRow.id)
            .join(Stage, Stage.id == StageStepRow.stage_id)
            .where(
                Stage.case_id == self.case_id,
                Stage.kind == kind.value,
                StageStepRow.needs_second,
                StageStepRow.confirmed_at.is_(None),
                StageStepRow.rejected_at.is_(None),
            )
        )
        step_id = self.desk.session.scalars(query).one()
        stages.confirm_step(
            self.desk.session,
            self.officer(kind, 1),
            self.case_id,
            step_id,
            row_version=self.stage_version(kind),
            now=self.now,
        )

    def ask(self, kind: StageKind, answer_by: date) -> None:
        requests.ask(
            self.desk.session,
            self.officer(kind),
            self.case_id,
            kind,
            text=self.script.text(f"ask_{kind.value}", self.officer(kind).locale)[0],
            document_kind={"visa": "means", "recognition": "transcript"}.get(kind.value, ""),
            answer_by=answer_by,
            now=self.now,
        )

    def answer(self) -> None:
        """Answer the oldest open question."""
        query = select(Request.id).where(
            Request.case_id == self.case_id, Request.answered_at.is_(None), Request.withdrawn_at.is_(None)
        )
        request_id = self.desk.session.scalars(query.order_by(Request.id)).first()
        assert request_id is not None, "a question is answered after it was asked"
        requests.answer(self.desk.session, self.who.actor, request_id, text=self._words("answer"), now=self.now)

    # -- money, stay, words --------------------------------------------------------------------------------------------

    def grant(self) -> None:
        """Grant nine tenths of each line that was asked for, in whole hundreds of minor units."""
        query = select(BudgetLine).where(BudgetLine.case_id == self.case_id).order_by(BudgetLine.id)
        lines = self.desk.session.scalars(query)
        granted = {line.id: line.requested_minor * 9 // 1000 * 100 for line in lines}
        funding.set_granted(self.desk.session, self.officer(StageKind.FUNDING), self.case_id, granted, now=self.now)

    def propose_payment(self, milestone: str, percent: int) -> None:
        """Propose a share of what an average grant is, in the money of the state whose fund it is."""
        office = self.desks[StageKind.FUNDING.value]
        payer = next(table["country"] for table in self.desk.files.offices if table["code"] == office)
        euros = max(50, 44 * self.who.days * percent // 100)
        minor, currency = self.desk.minor_in_money_of(payer, euros)
        funding.propose_payment(
            self.desk.session,
            self.officer(StageKind.FUNDING),
            self.case_id,
            milestone=milestone,
            amount_minor=minor,
            currency=currency,
            payer=payer,
            now=self.now,
        )

    def approve_payment(self) -> None:
        payment = self._payment("proposed")
        actor = self.officer(StageKind.FUNDING, 1)
        funding.approve_payment(self.desk.session, actor, payment.id, row_version=payment.row_version, now=self.now)

    def pay(self) -> None:
        payment = self._payment("approved")
        funding.mark_paid(
            self.desk.session,
            self.officer(StageKind.FUNDING),
            payment.id,
            paid_on=self.today(StageKind.FUNDING),
            row_version=payment.row_version,
            now=self.now,
        )

    def _payment(self, status: str) -> Payment:
        query = select(Payment).where(Payment.case_id == self.case_id, Payment.status == status)
        return self.desk.session.scalars(query.order_by(Payment.id)).first() or _no_payment(status)

    def settle(self) -> None:
        self.office_step(StageKind.FUNDING, StageStep.SETTLE)

    def arrive(self) -> None:
        day = min(self.who.arrival_on, self.today(CASE))
        stays.record_arrival(self.desk.session, self.officer(CASE), self.case_id, arrived_on=day, now=self.now)

    def depart(self) -> None:
        stay = self.desk.session.scalars(select(Stay).where(Stay.case_id == self.case_id)).one()
        day = min(self.who.departure_on, self.today(CASE))
        stays.record_departure(
            self.desk.session,
            self.who.actor,
            self.case_id,
            departed_on=day,
            row_version=stay.row_version,
            now=self.now,
        )

    def report(self) -> None:
        stays.submit_report(self.desk.session, self.who.actor, self.case_id, text=self._words("report"), now=self.now)

    def write(self) -> None:
        """The applicant writes a line to the offices."""
        text, language = self.script.text("message", self.who.person.locale)
        threads.post_message(
            self.desk.session, self.who.actor, self.case_id, text=text, language=language, now=self.now
        )

    def write_back(self) -> None:
        """The post answers, and leaves a note for the other desks."""
        text, language = self.script.text("reply", "en")
        session, officer = self.desk.session, self.officer(CASE)
        threads.post_message(session, officer, self.case_id, text=text, language=language, now=self.now)
        note, language = self.script.text("note", "en")
        threads.post_message(session, officer, self.case_id, text=note, internal=True, language=language, now=self.now)

    def _words(self, occasion: str) -> str:
        return self.script.text(occasion, self.who.person.locale)[0]


def _no_payment(status: str) -> Payment:
    raise LookupError(f"no payment is {status}")
