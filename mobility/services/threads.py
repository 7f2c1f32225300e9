"""One thread per case: messages between the applicant and the offices, and notes that only offices see."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from mobility.domain.access import Actor
from mobility.domain.errors import NotPermitted
from mobility.services.audit import record_event
from mobility.services.case_files import get_case, required_text
from mobility.services.notices import tell_applicant, tell_office
from mobility.storage.models.cases import CaseFile, ThreadMessage
from mobility.storage.models.offices import Office

LONGEST_TEXT: Final = 8000


def post_message(
    session: Session,
    actor: Actor,
    case_id: int,
    *,
    text: str,
    now: datetime,
    internal: bool = False,
    language: str = "",
    office_id: int | None = None,
) -> ThreadMessage:
    """Write into the thread of a case. A note (`internal`) is for offices: an applicant cannot write one.

    `office_id` says for which office somebody with several seats writes. Raises NotPermitted for a reader who
    neither is the applicant nor sits at an office of the case.
    """
    case = get_case(session, case_id)
    is_applicant = actor.person_id == case.person_id
    if is_applicant and internal:
        raise NotPermitted(case=case_id, internal=True)
    desk = None if is_applicant else _desk(actor, case, office_id)
    message = ThreadMessage(
        case_id=case.id,
        author_id=actor.person_id,
        office_id=desk,
        is_internal=internal,
        text=required_text("text", text, LONGEST_TEXT),
        language=language or actor.locale,
        sent_at=now,
    )
    session.add(message)
    session.flush()
    record_event(
        session,
        actor,
        "note_written" if internal else "message_written",
        at=now,
        subject="thread_message",
        subject_id=message.id,
        case_id=case.id,
    )
    if not internal:
        _tell(session, case, message, now)
    return message


def list_desks(actor: Actor, case: CaseFile) -> list[int]:
    """Return the offices of a case at which somebody sits, the stages' first."""
    return list(dict.fromkeys(_desks(actor, case)))


def _desks(actor: Actor, case: CaseFile) -> Iterator[int]:
    """The route is read only where no office of a stage will do: mostly one does, and others wait for this writer."""
    seats = {seat.office_id for seat in actor.seats if seat.competences}
    yield from (stage.office_id for stage in case.stages if stage.office_id in seats)
    of_route = (case.route.receiving_office_id, case.route.sending_office_id)
    yield from (each for each in of_route if each is not None and each in seats)


def _desk(actor: Actor, case: CaseFile, office_id: int | None) -> int:
    found = next((each for each in _desks(actor, case) if office_id in (None, each)), None)
    if found is None:
        raise NotPermitted(case=case.id, office=office_id)
    return found


def _tell(session: Session, case: CaseFile, message: ThreadMessage, now: datetime) -> None:
    """A message of the applicant goes to every office that works on the case now, one of an office to the applicant."""
    occasion = f"message-{message.id}"
    if message.office_id is not None:
        names = dict(session.get_one(Office, message.office_id).names)
        tell_applicant(session, case, "message_received", occasion, now, office_names=names)
        return
    working = {stage.office_id for stage in case.stages if not stage.is_ended and stage.status != "waiting"}
    for office_id in sorted(working or {case.route.receiving_office_id}):
        tell_office(session, case, office_id, "message_received", occasion, now)
