"""Questions to the applicant: asked by an office, answered once, or taken back; clocks stand still for them.

Whether a question stops a clock is the law's to say (`services/clocks`); here the question, its answer and the
documents that come with it are kept, and the stage follows as far as its table allows.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mobility.domain.access import Actor
from mobility.domain.errors import InvalidInput, NotFound, TransitionNotPermitted
from mobility.domain.events import EventCode
from mobility.domain.stages import (
    Outcome,
    StageKind,
    StageStatus,
    StageStep,
    Transition,
    get_transition,
    outcome_of,
)
from mobility.services.audit import record_event
from mobility.services.case_files import (
    CASE,
    check_applicant,
    check_version,
    find_stage,
    get_case,
    office_day,
    required_text,
    seat_for,
)
from mobility.services.clocks import Happening, Recorded, record_case_events, resume_clocks
from mobility.services.notices import tell_applicant, tell_officer
from mobility.services.stages import Taken, check_step, take_step_for
from mobility.storage.models.cases import CaseFile, Request, Stage
from mobility.storage.models.documents import Document

LONGEST_TEXT: Final = 4000


class RequestClosed(TransitionNotPermitted):
    """The question was answered or taken back already."""

    code = "request_closed"


def ask(
    session: Session,
    actor: Actor,
    case_id: int,
    stage_kind: StageKind | str | None,
    *,
    text: str,
    document_kind: str = "",
    answer_by: date,
    now: datetime,
    stage_row_version: int | None = None,
) -> Request:
    """Ask the applicant; `stage_kind` None or "case" is a question of the receiving post about the case itself.

    Raises InvalidInput for an empty text and for a day to answer by that is past or more than a year ahead.
    """
    case = get_case(session, case_id, lock=True)
    stage = None if stage_kind in (None, CASE) else find_stage(case, str(stage_kind))
    office = stage.office if stage is not None else case.route.receiving_office
    seat_for(actor, office.id, stage.kind if stage is not None else CASE)
    if stage is not None and stage_row_version is not None:
        check_version(stage, stage_row_version)
    _check_open(case, stage)
    today = office_day(now, office.time_zone)
    request = Request(
        case_id=case.id,
        stage=stage,
        office=office,
        asked_by=actor.person_id,
        document_kind=document_kind,
        text=required_text("text", text, LONGEST_TEXT),
        text_language=actor.locale,
        asked_at=now,
        asked_on=today,
        answer_by=_answer_day(answer_by, today),
    )
    session.add(request)
    session.flush()
    recorded = _ask_in_stage(session, actor, case, stage, request, now)
    _log(session, actor, case, request, "request_asked", recorded, now)
    tell_applicant(
        session,
        case,
        "request_asked",
        f"request-{request.id}",
        now,
        answer_by=answer_by.isoformat(),
        document_kind=document_kind,
        stage_kind=_kind(stage),
        office_names=dict(office.names),
    )
    return request


def answer(
    session: Session, actor: Actor, request_id: int, *, text: str = "", document_ids: Sequence[int] = (), now: datetime
) -> Request:
    """Answer a question with words, documents sent before, or both; only the applicant, only once.

    Raises RequestClosed, and InvalidInput for an empty answer or a document that is not theirs.
    """
    request, case = _load(session, request_id)
    check_applicant(actor, case)
    _check_unanswered(request)
    documents = _documents(session, case, document_ids)
    words = text.strip()
    if not words and not documents:
        raise InvalidInput(field="text", reason="missing")
    request.answer_text = required_text("text", text, LONGEST_TEXT) if words else ""
    request.answered_at, request.answered_on = now, office_day(now, request.office.time_zone)
    for document in documents:
        document.request_id = request.id
    recorded = _answer_in_stage(session, actor, case, request, request.answered_on, now)
    _log(session, actor, case, request, "request_answered", recorded, now)
    tell_officer(
        session,
        case,
        request.asked_by,
        "request_answered",
        f"request-{request.id}",
        now,
        document_kind=request.document_kind,
        stage_kind=_kind(request.stage),
        answered_on=request.answered_on.isoformat(),
    )
    return request


def withdraw_request(session: Session, actor: Actor, request_id: int, *, row_version: int, now: datetime) -> Request:
    """Take a question back: the clocks it stopped go on from today, and the stage returns where it stood."""
    request, case = _load(session, request_id)
    seat_for(actor, request.office_id, _kind(request.stage))
    check_version(request, row_version)
    _check_unanswered(request)
    request.withdrawn_at = now
    today = office_day(now, request.office.time_zone)
    line = _line(request.stage, StageStep.RECEIVE_DOCUMENTS)
    if request.stage is not None and line is not None and not _others_open(session, request):
        request.stage.status = line.target.value
    recorded = resume_clocks(session, actor, case, _ref(request), today, now)
    _log(session, actor, case, request, "request_withdrawn", recorded, now)
    return request


def _ask_in_stage(
    session: Session, actor: Actor, case: CaseFile, stage: Stage | None, request: Request, now: datetime
) -> Recorded:
    """Move the stage where its table knows the question; a further one only stops the clocks again."""
    line = _line(stage, StageStep.REQUEST_DOCUMENTS)
    if stage is None or line is None:
        event = Happening(
            stage=_kind(stage),
            code=EventCode.DOCUMENTS_REQUESTED,
            on=request.asked_on,
            ref=_ref(request),
            allowed_until=request.answer_by,
        )
        return record_case_events(session, actor, case, [event], now)
    check_step(actor, case, stage, StageStep.REQUEST_DOCUMENTS)
    facts = {"request": request.id, "reply_by": request.answer_by.isoformat()}
    taken = Taken(line=line, facts=facts, on=request.asked_on, ref=_ref(request), allowed_until=request.answer_by)
    take_step_for(session, actor, case, stage, taken, now)
    return Recorded()  # the entry of the step names the clocks


def _answer_in_stage(
    session: Session, actor: Actor, case: CaseFile, request: Request, on: date, now: datetime
) -> Recorded:
    stage, line = request.stage, _line(request.stage, StageStep.RECEIVE_DOCUMENTS)
    if stage is None or line is None or _others_open(session, request):
        event = Happening(stage=_kind(stage), code=EventCode.DOCUMENTS_RECEIVED, on=on, ref=_ref(request))
        return record_case_events(session, actor, case, [event], now)
    facts = {"received_on": on.isoformat()}
    take_step_for(session, actor, case, stage, Taken(line=line, facts=facts, on=on, ref=_ref(request)), now)
    return Recorded()


def _line(stage: Stage | None, step: StageStep) -> Transition | None:
    """Return the line of the stage's table for a step from where it stands, or None where there is none."""
    if stage is None:
        return None
    try:
        return get_transition(StageKind(stage.kind), StageStatus(stage.status), step)
    except TransitionNotPermitted:
        return None


def _check_open(case: CaseFile, stage: Stage | None) -> None:
    if not case.is_open:
        raise TransitionNotPermitted(case=case.status, step=StageStep.REQUEST_DOCUMENTS)
    if stage is None:
        return
    kind, status = StageKind(stage.kind), StageStatus(stage.status)
    if status is StageStatus.WAITING or outcome_of(kind, status) is Outcome.BADLY:
        raise TransitionNotPermitted(kind=kind, status=status, step=StageStep.REQUEST_DOCUMENTS)


def _check_unanswered(request: Request) -> None:
    if request.answered_at is not None or request.withdrawn_at is not None:
        raise RequestClosed(request=request.id)


def _answer_day(answer_by: date, today: date) -> date:
    if answer_by < today:
        raise InvalidInput(field="answer_by", reason="in_the_past", value=answer_by)
    if (answer_by - today).days > 366:
        raise InvalidInput(field="answer_by", reason="too_far", value=answer_by)
    return answer_by


def _documents(session: Session, case: CaseFile, ids: Sequence[int]) -> list[Document]:
    """Return the applicant's own documents of this case; NotFound if one of the ids is none."""
    query = select(Document).where(
        Document.id.in_(ids), Document.case_id == case.id, Document.person_id == case.person_id
    )
    found = list(session.scalars(query.order_by(Document.id))) if ids else []
    missing = set(ids) - {document.id for document in found}
    if missing:
        raise NotFound(document=min(missing))
    return found


def _load(session: Session, request_id: int) -> tuple[Request, CaseFile]:
    case_id = session.scalar(select(Request.case_id).where(Request.id == request_id))
    if case_id is None:
        raise NotFound(request=request_id)
    case = get_case(session, case_id, lock=True)
    query = select(Request).where(Request.id == request_id).execution_options(populate_existing=True)
    return session.scalars(query).one(), case


def _others_open(session: Session, request: Request) -> bool:
    query = select(func.count(Request.id)).where(
        Request.stage_id == request.stage_id,
        Request.id != request.id,
        Request.answered_at.is_(None),
        Request.withdrawn_at.is_(None),
    )
    return bool(session.scalar(query))


def _kind(stage: Stage | None) -> str:
    return stage.kind if stage is not None else CASE


def _ref(request: Request) -> str:
    return f"request:{request.id}"


def _log(
    session: Session, actor: Actor, case: CaseFile, request: Request, code: str, recorded: Recorded, now: datetime
) -> None:
    parameters: dict[str, Any] = {"stage": _kind(request.stage), "document_kind": request.document_kind}
    if code == "request_asked":
        parameters["answer_by"] = request.answer_by.isoformat()
    record_event(
        session,
        actor,
        code,
        at=now,
        subject="request",
        subject_id=request.id,
        case_id=case.id,
        parameters=parameters | recorded.as_data(),
    )
