"""Reads one case for one reader, in at most twenty statements: facts, stages, clocks, whose turn, what may be done.

The applicant sees no notes and nothing that offices have only proposed; a manager sees what officers see and may do
none of it. Nobody else gets this far: outside the scope there is no case.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from mobility.domain.access import Actor
from mobility.domain.case_grounds import CASE_GROUNDS
from mobility.domain.cases import NEED_GROUND, CaseStatus, CaseStep, permitted_case_steps
from mobility.domain.clocks import ClockStatus
from mobility.domain.errors import NotFound
from mobility.domain.plan import StageNeed
from mobility.domain.stages import Side, StageKind, StageStatus
from mobility.domain.turns import OpenRequest, RunningClock, StagePosition, Turn, list_turns
from mobility.services.case_files import CASE, find_seat, get_case, office_day
from mobility.services.cases.clock_views import clock_views, kept_clocks
from mobility.services.cases.forecast import outlook_of, stay_advice_of
from mobility.services.cases.parts import (
    budget_views,
    document_views,
    history_entries,
    list_payments,
    message_views,
    office_views,
    payment_view,
    request_views,
    stage_view,
    stay_view,
    step_records,
    uncomputed_in,
)
from mobility.services.cases.views import (
    CasePage,
    CaseStepOffer,
    ClockView,
    MyCase,
    OfficeView,
    PersonView,
    RequestView,
    StageView,
)
from mobility.services.clocks import Bench, open_bench
from mobility.services.funding import GRANTABLE, PAYABLE
from mobility.services.stages import list_needs
from mobility.services.stays import CHANGEABLE
from mobility.storage.models.cases import CaseFile
from mobility.storage.models.funding import Payment
from mobility.storage.queries.cases import facts_of, list_cases_of, list_people_of_offices, names_of
from mobility.storage.queries.clocks import list_provisions_of_route

_BY_POST = (CaseStep.ADMIT, CaseStep.RETURN, CaseStep.DECLARE_INELIGIBLE, CaseStep.CLOSE)
_BY_POST_ON_APPEAL = (CaseStep.UPHOLD_APPEAL, CaseStep.CONFIRM_INELIGIBILITY)
_SIDES = {"applicant": Side.APPLICANT, "office": Side.OFFICE}


def case_for_applicant(session: Session, actor: Actor, case_id: int | str, now: datetime) -> CasePage:
    """Return the page of somebody's own case; NotFound for everybody else's."""
    case = get_case(session, case_id)
    if case.person_id != actor.person_id:
        raise NotFound(case=case_id)
    return _page(session, actor, case, now, for_office=False)


def case_for_officer(session: Session, actor: Actor, case_id: int | str, now: datetime) -> CasePage:
    """Return the case file for an office of the case or a manager of its programme; NotFound for the applicant."""
    case = get_case(session, case_id)
    if case.person_id == actor.person_id or not actor.is_staff:
        raise NotFound(case=case_id)
    return _page(session, actor, case, now, for_office=True)


def list_my_cases(session: Session, actor: Actor) -> list[MyCase]:
    """Return the actor's own cases, the latest first."""
    return [
        MyCase(**{**row._mapping, "status": CaseStatus(row.status)}) for row in list_cases_of(session, actor.person_id)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """What was read of a case before the page is put together."""

    session: Session
    actor: Actor
    case: CaseFile
    facts: Any
    bench: Bench
    offices: Mapping[int, OfficeView]
    clocks: tuple[ClockView, ...]
    today: date
    for_office: bool

    @property
    def my_offices(self) -> tuple[int, ...]:
        return tuple(office_id for office_id in self.offices if self.actor.seat_at(office_id) is not None)


def _page(session: Session, actor: Actor, case: CaseFile, now: datetime, *, for_office: bool) -> CasePage:
    reading = _read(session, actor, case, now, for_office=for_office)
    offices, clocks, facts = reading.offices, reading.clocks, reading.facts
    documents = document_views(session, case.id)
    requests = request_views(session, case.id, offices, documents)
    history = history_entries(session, case, for_office=for_office)
    needs, payments = list_needs(session, case), list_payments(session, case.id)
    names = _names(session, case, payments)
    stages = _stages(reading, needs, names)
    turns = _turns(case, requests, stages, clocks)
    next_clock, next_on = _next(reading, requests)
    listed = list_provisions_of_route(session, case.route_id)
    stay = stay_view(facts)
    return CasePage(
        **_identity(case, facts),
        receiving_office=offices[facts.receiving_office_id],
        sending_office=offices.get(facts.sending_office_id or 0),
        offices=tuple(offices.values()),
        today=reading.today,
        stages=stages,
        clocks=clocks,
        turn=turns[0] if turns else None,
        turns=turns,
        next_clock=next_clock,
        next_on=next_on,
        requests=requests,
        documents=documents,
        messages=message_views(session, case, actor, offices, with_notes=for_office),
        history=history,
        **_permissions(actor, case, facts.receiving_office_id, history_codes={entry.code for entry in history}),
        **_money(reading, stages, payments, names),
        stay=stay,
        stay_advice=stay_advice_of(session, case, listed, stay),
        outlook=outlook_of(reading.bench, case, listed, needs, clocks, reading.today),
        uncomputed=uncomputed_in(history),
        my_office_ids=reading.my_offices,
        officers=_officers(session, reading.my_offices) if for_office and reading.my_offices else (),
    )


def _read(session: Session, actor: Actor, case: CaseFile, now: datetime, *, for_office: bool) -> _Reading:
    facts = facts_of(session, case.id)
    bench = open_bench(session, actor, case, now)
    desk_ids = {facts.receiving_office_id, facts.sending_office_id, *(stage.office_id for stage in case.stages)}
    desk_ids |= {clock.office_id for clock in bench.clocks}
    offices = office_views(session, {each for each in desk_ids if each})
    return _Reading(
        session=session,
        actor=actor,
        case=case,
        facts=facts,
        bench=bench,
        offices=offices,
        clocks=clock_views(bench, actor, offices, for_office=for_office),
        today=office_day(now, offices[facts.receiving_office_id].time_zone),
        for_office=for_office,
    )


def _names(session: Session, case: CaseFile, payments: Sequence[Payment]) -> dict[int, str]:
    """Return the names of those who look after stages and deal with money."""
    wanted = {stage.officer_id for stage in case.stages} | {row.proposed_by for row in payments}
    return names_of(session, {each for each in wanted | {row.approved_by for row in payments} if each})


def _stages(reading: _Reading, needs: Sequence[StageNeed], names: Mapping[int, str]) -> tuple[StageView, ...]:
    steps = step_records(reading.session, reading.case)
    return tuple(
        stage_view(
            stage,
            reading.case,
            reading.actor,
            office=reading.offices[stage.office_id],
            officer_name=names.get(stage.officer_id or 0, ""),
            needs={need.kind: need for need in needs},
            clocks=reading.clocks,
            steps=steps.get(stage.id, []),
            for_office=reading.for_office,
        )
        for stage in reading.case.stages
    )


def _money(
    reading: _Reading, stages: Sequence[StageView], payments: Sequence[Payment], names: Mapping[int, str]
) -> dict[str, Any]:
    """Return budget and instalments; the applicant sees what was paid, offices what is proposed too."""
    funding = next((stage for stage in stages if stage.kind is StageKind.FUNDING), None)
    is_funder = funding is not None and funding.is_mine
    return {
        "budget": budget_views(reading.session, reading.case.id),
        "payments": tuple(
            payment_view(row, reading.actor, names, is_funder=is_funder)
            for row in payments
            if reading.for_office or row.status == "paid"
        ),
        "may_propose_payment": is_funder and funding is not None and funding.status in PAYABLE,
        "may_set_granted": is_funder and funding is not None and funding.status in GRANTABLE,
    }


def _identity(case: CaseFile, facts: Any) -> dict[str, Any]:
    """Return what identifies the case, its person, programme and call."""
    copied = (
        "id row_version reference is_open submitted_at closed_at sending receiving discipline planned_arrival_on "
        "planned_departure_on person_id programme_id call_id application_id answers"
    )
    named = (
        "programme_code programme_names programme_kind language_level currency instrument_code instrument_title "
        "call_code call_texts host host_city applicant_locale"
    )
    return {
        **{name: getattr(case, name) for name in copied.split()},
        **{name: getattr(facts, name) for name in named.split()},
        "status": CaseStatus(case.status),
        "planned_days": (case.planned_departure_on - case.planned_arrival_on).days + 1,
        "name": case.applicant_name,
        "name_language": case.applicant_name_language,
        "name_latin": case.applicant_name_latin,
    }


def _officers(session: Session, office_ids: Sequence[int]) -> tuple[PersonView, ...]:
    return tuple(PersonView(**row._mapping) for row in list_people_of_offices(session, office_ids))


def _turns(
    case: CaseFile, requests: Sequence[RequestView], stages: Sequence[StageView], clocks: Sequence[ClockView]
) -> tuple[Turn, ...]:
    return list_turns(
        case_status=CaseStatus(case.status),
        requests=[
            OpenRequest(request_id=each.id, office_id=each.office.id, answer_by=each.answer_by, stage=each.stage)
            for each in requests
            if each.is_open
        ],
        stages=[StagePosition(kind=each.kind, status=each.status, office_id=each.office.id) for each in stages],
        clocks=[
            RunningClock(
                clock_id=each.id,
                earliest_on=each.earliest_on,
                owed_by=_SIDES.get(each.owed_by),
                office_id=each.office.id if each.office is not None else None,
                stage=each.stage,
                is_paused=each.status is ClockStatus.PAUSED,
            )
            for each in kept_clocks(clocks)
        ],
    )


def _next(reading: _Reading, requests: Sequence[RequestView]) -> tuple[ClockView | None, date | None]:
    """Return the next date: for an office its own most pressing one, late or not; for the applicant what comes next."""
    running = [clock for clock in kept_clocks(reading.clocks) if clock.status is not ClockStatus.PAUSED]
    if reading.for_office:
        mine = [clock for clock in running if clock.office is not None and clock.office.id in reading.my_offices]
        own = [clock for clock in mine if clock.owed_by == "office"]
        first = next(iter(own or running), None)
        return first, first.earliest_on if first is not None else None
    ahead = [clock for clock in running if clock.earliest_on >= reading.today] or running
    first = next(iter(ahead), None)
    asked = min((request.answer_by for request in requests if request.is_open), default=None)
    if asked is not None and (first is None or asked <= first.earliest_on):
        return None, asked
    return first, first.earliest_on if first is not None else None


def _permissions(actor: Actor, case: CaseFile, office_id: int, *, history_codes: set[str]) -> dict[str, Any]:
    """Return what this reader may do to the case as a whole."""
    status = CaseStatus(case.status)
    is_applicant = actor.person_id == case.person_id
    is_post = not is_applicant and find_seat(actor, office_id, CASE) is not None
    steps = permitted_case_steps(status)
    own_appeal = status is CaseStatus.APPEALED and not any(
        stage.status == StageStatus.APPEALED for stage in case.stages
    )
    offered: list[CaseStep] = []
    if is_post:
        offered = [step for step in steps if step in _BY_POST or (own_appeal and step in _BY_POST_ON_APPEAL)]
    elif is_applicant and status is CaseStatus.INELIGIBLE:
        offered = [CaseStep.APPEAL]
    travels = is_applicant or is_post
    reported = "report_submitted" in history_codes
    return {
        "case_offers": tuple(
            CaseStepOffer(step=step, needs_ground=step in NEED_GROUND, grounds=tuple(CASE_GROUNDS.get(step, ())))
            for step in offered
        ),
        "may_withdraw": is_applicant and CaseStep.WITHDRAW in steps,
        "may_record_arrival": travels and CaseStep.RECORD_ARRIVAL in steps,
        "may_record_departure": travels and CaseStep.RECORD_DEPARTURE in steps,
        "may_submit_report": is_applicant and status in (CaseStatus.TRAVELLING, CaseStatus.COMPLETED) and not reported,
        "may_change_plan": is_post and status in CHANGEABLE,
        "may_ask_about_case": is_post and case.is_open,
    }
