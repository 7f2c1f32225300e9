"""An application becomes a case: number, stages with their offices, who may see it, budget, flow, first clocks.

Called when the applicant sends the application; called again for the same one it returns the case. An application
that was returned and is sent again brings its new answers into the case it has. Whether the application is complete
is decided before, in `services/applications`.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from mobility.domain.access import Actor
from mobility.domain.cases import CaseStatus, CaseStep, next_case_status
from mobility.domain.errors import InvalidInput, NotPermitted
from mobility.domain.events import EventCode
from mobility.domain.references import build_reference
from mobility.domain.stages import INITIAL_STATUS
from mobility.domain.stays import check_stay
from mobility.services.audit import record_event
from mobility.services.case_files import CASE, get_case, office_day, set_status
from mobility.services.clocks import Happening, record_case_events
from mobility.services.notices import tell_applicant, tell_office
from mobility.storage.inserting import insert_into
from mobility.storage.models.accounts import Person
from mobility.storage.models.applications import Application
from mobility.storage.models.cases import CaseFile, CaseNumber, Stage
from mobility.storage.models.documents import Document
from mobility.storage.models.funding import BudgetLine
from mobility.storage.models.programmes import Call, Programme, Route
from mobility.storage.models.reciprocity import Flow
from mobility.storage.scope import CaseScope, remember_case

Answers = Mapping[str, Mapping[str, Any]]


def open_case(session: Session, actor: Actor, application: Application, now: datetime) -> CaseFile:
    """Return the case of an application, made or renewed from its answers.

    Raises NotPermitted for somebody else's application, InvalidInput for a stay that cannot be.
    """
    if application.person_id != actor.person_id:
        raise NotPermitted(application=application.id)
    if application.case_id is not None:
        case = get_case(session, application.case_id, lock=True)
        return _send_again(session, actor, case, application, now) if case.status == CaseStatus.RETURNED else case
    case = _make_case(session, application, now)
    application.case_id = case.id
    _make_children(session, case, application)
    _submit(session, actor, case, now, again=False)
    return case


def _send_again(session: Session, actor: Actor, case: CaseFile, application: Application, now: datetime) -> CaseFile:
    set_status(session, case, next_case_status(CaseStatus.RETURNED, CaseStep.SUBMIT), now)
    answers = _answers_of(application)
    case.answers = dict(answers)
    case.discipline = _discipline(answers, case.call)
    case.planned_arrival_on, case.planned_departure_on = _planned_days(answers)
    case.submitted_at = now
    flow = session.scalars(select(Flow).where(Flow.case_id == case.id)).one()
    flow.start_on, flow.end_on, flow.discipline = case.planned_arrival_on, case.planned_departure_on, case.discipline
    session.execute(delete(BudgetLine).where(BudgetLine.case_id == case.id))
    _add_budget(session, case)
    _adopt_documents(session, case, application)
    _submit(session, actor, case, now, again=True)
    return case


def _make_case(session: Session, application: Application, now: datetime) -> CaseFile:
    call = application.call
    route = call.route
    person = session.get_one(Person, application.person_id)
    answers = _answers_of(application)
    arrival_on, departure_on = _planned_days(answers)
    case = CaseFile(
        reference=_next_reference(session, route, office_day(now, call.time_zone).year),
        person_id=person.id,
        programme_id=route.programme_id,
        route=route,
        call=call,
        application_id=application.id,
        sending=route.sending,
        receiving=route.receiving,
        discipline=_discipline(answers, call),
        status=CaseStatus.SUBMITTED.value,
        planned_arrival_on=arrival_on,
        planned_departure_on=departure_on,
        applicant_name=person.name,
        applicant_name_language=person.name_language,
        applicant_name_latin=person.name_latin,
        submitted_at=now,
        answers=dict(answers),
    )
    session.add(case)
    session.flush()
    remember_case(session, case.id)  # it was made here, so rows may be added to it
    case.stages = _stages_of(case.id, route)
    session.flush()
    return case


def _stages_of(case_id: int, route: Route) -> list[Stage]:
    desks = {desk.stage: desk.office_id for desk in route.stages}
    return [
        Stage(
            case_id=case_id,
            kind=needed.stage,
            position=needed.position,
            office_id=desks.get(needed.stage) or route.receiving_office_id,
            status=INITIAL_STATUS.value,
        )
        for needed in route.programme.stages
    ]


def _next_reference(session: Session, route: Route, year: int) -> str:
    """Return the next reference between two states; the counter's row lock keeps two writers apart."""
    statement = (
        insert_into(session, CaseNumber)
        .values(sending=route.sending, receiving=route.receiving, year=year, last=1)
        .on_conflict_do_update(index_elements=["sending", "receiving", "year"], set_={"last": CaseNumber.last + 1})
        .returning(CaseNumber.last)
    )
    number = session.execute(statement).scalar_one()
    return build_reference(sending=route.sending, receiving=route.receiving, year=year, number=number)


def _make_children(session: Session, case: CaseFile, application: Application) -> None:
    offices = {case.route.receiving_office_id, case.route.sending_office_id, *(each.office_id for each in case.stages)}
    principals = {f"p:{case.person_id}", f"g:{case.programme_id}", *(f"o:{each}" for each in offices if each)}
    session.add_all(CaseScope(principal=each, case_id=case.id) for each in sorted(principals))
    programme = session.get_one(Programme, case.programme_id)
    session.add(
        Flow(
            case_id=case.id,
            instrument_id=programme.instrument_id,
            programme_id=programme.id,
            origin=case.sending,
            host=case.receiving,
            discipline=case.discipline,
            status="planned",
            start_on=case.planned_arrival_on,
            end_on=case.planned_departure_on,
        )
    )
    session.flush()  # the scope rows stand before anything is read through them
    _add_budget(session, case)
    _adopt_documents(session, case, application)


def _add_budget(session: Session, case: CaseFile) -> None:
    for line in case.answers.get("funding", {}).get("lines", []):
        session.add(
            BudgetLine(
                case_id=case.id,
                line=str(line["line"]),
                payer=str(line["payer"]),
                requested_minor=int(line["amount_minor"]),
                currency=str(line["currency"]),
            )
        )


def _adopt_documents(session: Session, case: CaseFile, application: Application) -> None:
    session.execute(
        update(Document)
        .where(Document.application_id == application.id, Document.case_id.is_(None))
        .values(case_id=case.id)
        .execution_options(synchronize_session="fetch")
    )


def _submit(session: Session, actor: Actor, case: CaseFile, now: datetime, *, again: bool) -> None:
    """Record the events of sending, which start the first clocks, write to both sides and to the log."""
    today = office_day(now, case.route.receiving_office.time_zone)
    happenings = [
        Happening(stage=CASE, code=EventCode.APPLICATION_SUBMITTED, on=today),
        Happening(stage=CASE, code=EventCode.PLANNED_ARRIVAL, on=case.planned_arrival_on),
        Happening(stage=CASE, code=EventCode.PLANNED_DEPARTURE, on=case.planned_departure_on),
    ]
    recorded = record_case_events(session, actor, case, happenings, now)
    entry = record_event(
        session,
        actor,
        "case_sent_again" if again else "case_opened",
        at=now,
        subject=CASE,
        subject_id=case.id,
        case_id=case.id,
        parameters=recorded.as_data(),
    )
    names = session.scalar(select(Programme.names).where(Programme.id == case.programme_id)) or {}
    occasion = f"sent-{entry.seq}"
    tell_applicant(session, case, "case_submitted", occasion, now, programme_names=names)
    tell_office(session, case, case.route.receiving_office_id, "case_submitted", occasion, now, programme_names=names)


def _answers_of(application: Application) -> dict[str, dict[str, Any]]:
    return {section.code: dict(section.answers) for section in application.sections}


def _planned_days(answers: Answers) -> tuple[date, date]:
    """Return the planned days; raises InvalidInput where they are missing or cannot be."""
    given = answers.get("your_stay", {})
    days = []
    for field in ("arrival_on", "departure_on"):
        try:
            days.append(date.fromisoformat(str(given[field])))
        except (KeyError, ValueError):
            raise InvalidInput(field=field, reason="missing", value=given.get(field)) from None
    stay = check_stay(days[0], days[1])
    return stay.first_on, stay.last_on


def _discipline(answers: Answers, call: Call) -> str:
    return str(answers.get("your_work", {}).get("discipline") or call.discipline)
