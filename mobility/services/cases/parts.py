"""The parts of a case page that are read and shaped one by one: stages, questions, thread, money, history.

Each function makes one statement at most; `pages` puts them together.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from mobility.domain.access import Actor
from mobility.domain.plan import StageNeed
from mobility.domain.stages import StageKind, StageStatus, StageStep, outcome_of, permitted_steps
from mobility.domain.stays import days_of_stay
from mobility.services.case_files import find_seat
from mobility.services.cases.views import (
    BudgetView,
    ClockView,
    DateMove,
    DocumentView,
    HistoryEntry,
    MessageView,
    OfficeView,
    PaymentView,
    RequestView,
    StageView,
    StayView,
    StepRecord,
    Uncomputed,
)
from mobility.services.stages import permitted, waits_for
from mobility.storage.models.cases import CaseFile, Stage
from mobility.storage.models.documents import Document
from mobility.storage.models.funding import BudgetLine, Payment
from mobility.storage.prepared import Statement, prepared
from mobility.storage.queries.cases import (
    list_documents,
    list_history,
    list_messages,
    list_offices,
    list_requests,
    list_steps,
)

NOT_FOR_APPLICANTS: Final = frozenset(
    {
        "message_requeued",
        "message_uncertain",
        "note_written",
        "stage_assigned",
        "stage_step_proposed",
        "stage_step_rejected",
        "grant_set",
        "payment_proposed",
        "payment_approved",
        "payment_rejected",
    }
)
"""What offices do among themselves; the applicant learns of the decision."""


def office_views(session: Session, ids: set[int]) -> dict[int, OfficeView]:
    """Return offices by id."""
    return {row.id: OfficeView(**row._mapping) for row in list_offices(session, ids)}


def document_views(session: Session, case_id: int) -> tuple[DocumentView, ...]:
    """Return the documents of a case."""
    return tuple(_document(row) for row in list_documents(session, case_id))


def _document(row: Document) -> DocumentView:
    return DocumentView(
        id=row.id,
        kind=row.kind,
        version=row.version,
        file_name=row.file_name,
        media_type=row.media_type,
        size=row.size,
        status=row.status,
        reason=row.reason,
        rights=row.rights,
        sent_at=row.sent_at,
        checked_at=row.checked_at,
        request_id=row.request_id,
        row_version=row.row_version,
    )


def request_views(
    session: Session, case_id: int, offices: Mapping[int, OfficeView], documents: Sequence[DocumentView]
) -> tuple[RequestView, ...]:
    """Return the questions: the open ones by the day to answer, then the others, the latest first."""
    views = []
    for row, stage_kind, asked_by_name in list_requests(session, case_id):
        views.append(
            RequestView(
                id=row.id,
                stage=StageKind(stage_kind) if stage_kind else None,
                office=offices[row.office_id],
                asked_by_name=asked_by_name,
                document_kind=row.document_kind,
                text=row.text,
                text_language=row.text_language,
                asked_at=row.asked_at,
                asked_on=row.asked_on,
                answer_by=row.answer_by,
                answer_text=row.answer_text,
                answered_at=row.answered_at,
                answered_on=row.answered_on,
                withdrawn_at=row.withdrawn_at,
                row_version=row.row_version,
                documents=tuple(each for each in documents if each.request_id == row.id),
            )
        )
    waiting = sorted((view for view in views if view.is_open), key=lambda view: (view.answer_by, view.id))
    return (*waiting, *(view for view in views if not view.is_open))


def message_views(
    session: Session, case: CaseFile, actor: Actor, offices: Mapping[int, OfficeView], *, with_notes: bool
) -> tuple[MessageView, ...]:
    """Return the thread, oldest first."""
    return tuple(
        MessageView(
            id=row.id,
            author_name=name if row.author_id == case.person_id else name_latin,
            is_mine=row.author_id == actor.person_id,
            is_applicant=row.author_id == case.person_id,
            office=offices.get(row.office_id or 0),
            is_internal=row.is_internal,
            text=row.text,
            language=row.language,
            sent_at=row.sent_at,
        )
        for row, name, name_latin in list_messages(session, case.id, with_notes=with_notes)
    )


def step_records(session: Session, case: CaseFile) -> dict[int, list[StepRecord]]:
    """Return the steps by the id of their stage, oldest first."""
    kinds = {stage.id: StageKind(stage.kind) for stage in case.stages}
    found: dict[int, list[StepRecord]] = {}
    for row, proposed_by_name, confirmed_by_name in list_steps(session, case.id):
        record = StepRecord(
            id=row.id,
            stage=kinds[row.stage_id],
            step=StageStep(row.step),
            facts=row.facts,
            taken_on=row.taken_on,
            proposed_by_id=row.proposed_by,
            proposed_by_name=proposed_by_name,
            proposed_at=row.proposed_at,
            confirmed_by_name=confirmed_by_name or "",
            confirmed_at=row.confirmed_at,
            rejected_at=row.rejected_at,
            needs_second=row.needs_second,
        )
        found.setdefault(row.stage_id, []).append(record)
    return found


def stage_view(
    stage: Stage,
    case: CaseFile,
    actor: Actor,
    *,
    office: OfficeView,
    officer_name: str,
    needs: Mapping[StageKind, StageNeed],
    clocks: Sequence[ClockView],
    steps: Sequence[StepRecord],
    for_office: bool,
) -> StageView:
    """Return a stage as this reader sees it; what an office proposes stays in the office."""
    kind, status = StageKind(stage.kind), StageStatus(stage.status)
    is_mine = find_seat(actor, stage.office_id, stage.kind) is not None
    pending = next((step for step in steps if step.is_pending), None) if for_office else None
    known = steps if for_office else [step for step in steps if not step.is_pending and step.rejected_at is None]
    need = needs.get(kind)
    return StageView(
        id=stage.id,
        kind=kind,
        position=stage.position,
        status=status,
        outcome=outcome_of(kind, status),
        office=office,
        officer_id=stage.officer_id,
        officer_name=officer_name,
        facts=stage.facts,
        ended_on=stage.ended_on,
        waits_for=waits_for(stage, case.stages, sorted(need.waits_for) if need is not None else ()),
        row_version=stage.row_version,
        clocks=tuple(clock for clock in clocks if clock.stage is kind),
        steps=tuple(known),
        pending=pending,
        can_confirm=is_mine and pending is not None and pending.proposed_by_id != actor.person_id,
        offers=() if pending is not None else permitted(actor, case, stage),
        may_ask=is_mine and pending is None and _may_ask(case, kind, status),
        is_mine=is_mine,
    )


def _may_ask(case: CaseFile, kind: StageKind, status: StageStatus) -> bool:
    if not case.is_open or status is StageStatus.WAITING:
        return False
    steps = permitted_steps(kind, status)
    return StageStep.REQUEST_DOCUMENTS in steps or StageStep.RECEIVE_DOCUMENTS in steps


def budget_views(session: Session, case_id: int) -> tuple[BudgetView, ...]:
    """Return the budget in the order in which it was sent."""
    return tuple(BudgetView(**row._mapping) for row in session.execute(_budget(), {"case_id": case_id}))


@prepared
def _budget() -> Statement:
    query = select(
        BudgetLine.id,
        BudgetLine.line,
        BudgetLine.payer,
        BudgetLine.requested_minor,
        BudgetLine.granted_minor,
        BudgetLine.currency,
    )
    return query.where(BudgetLine.case_id == bindparam("case_id")).order_by(BudgetLine.id)


def list_payments(session: Session, case_id: int) -> list[Payment]:
    """Return the instalments in the order in which they were proposed."""
    return list(session.scalars(_payments(), {"case_id": case_id}))


@prepared
def _payments() -> Statement:
    return select(Payment).where(Payment.case_id == bindparam("case_id")).order_by(Payment.id)


def payment_view(row: Payment, actor: Actor, names: Mapping[int, str], *, is_funder: bool) -> PaymentView:
    """Return an instalment as this reader sees it."""
    return PaymentView(
        id=row.id,
        payer=row.payer,
        beneficiary=row.beneficiary,
        milestone=row.milestone,
        amount_minor=row.amount_minor,
        currency=row.currency,
        rate=row.rate,
        rate_on=row.rate_on,
        rate_source=row.rate_source,
        amount_eur_minor=row.amount_eur_minor,
        status=row.status,
        proposed_by_id=row.proposed_by,
        proposed_by_name=names.get(row.proposed_by, ""),
        proposed_at=row.proposed_at,
        approved_by_name=names.get(row.approved_by or 0, ""),
        approved_at=row.approved_at,
        paid_on=row.paid_on,
        row_version=row.row_version,
        can_approve=is_funder and row.status == "proposed" and row.proposed_by != actor.person_id,
        can_mark_paid=is_funder and row.status == "approved",
    )


def stay_view(row: Any) -> StayView | None:
    """Return the stay from the facts of its case, or None before the arrival."""
    if row.arrived_on is None:
        return None
    return StayView(
        arrived_on=row.arrived_on,
        departed_on=row.departed_on,
        days=days_of_stay(row.arrived_on, row.departed_on) if row.departed_on is not None else None,
        recorded_at=row.stay_recorded_at,
        row_version=row.stay_row_version,
    )


def history_entries(session: Session, case: CaseFile, *, for_office: bool) -> tuple[HistoryEntry, ...]:
    """Return what the log holds about a case, the latest first."""
    rows = list_history(session, case.id, without=() if for_office else NOT_FOR_APPLICANTS)
    return tuple(
        HistoryEntry(
            seq=row.seq,
            at=row.at,
            actor_name=row.actor_name or "",
            is_applicant=row.actor_id == case.person_id,
            code=row.code,
            parameters=row.parameters,
            moves=tuple(_move(each) for each in row.parameters.get("clocks", ())),
        )
        for row in rows
    )


def _move(data: Mapping[str, Any]) -> DateMove:
    return DateMove(
        clock_id=int(data["clock"]),
        provision=str(data["provision"]),
        kinds=tuple(data["kinds"]),
        was_on=date.fromisoformat(data["was"]) if data["was"] else None,
        is_on=date.fromisoformat(data["is"]) if data["is"] else None,
    )


def uncomputed_in(history: Sequence[HistoryEntry]) -> tuple[Uncomputed, ...]:
    """Return the provisions that the engine refused, each once."""
    pairs = dict.fromkeys((str(a), str(b)) for entry in history for a, b in entry.parameters.get("uncomputed", ()))
    return tuple(Uncomputed(provision=provision, code=code) for provision, code in pairs)
