"""What an office writes: messages to the applicant, notes that stay among offices."""

from sqlalchemy.orm import Session

from mobility.clock import utc_now
from mobility.i18n import current_code
from mobility.i18n import gettext as _
from mobility.services.threads import post_message
from mobility.web.desk.acting import OFFICERS, Collision, Page, perform
from mobility.web.desk.forms import LetterForm
from mobility.web.desk.views import blueprint, case_file
from mobility.web.shared.access import current_actor, needs_role


@blueprint.post("/desk/cases/<reference>/messages")
@needs_role(*OFFICERS)
def message(reference: str) -> Page:
    """Write to the applicant."""
    return _write(reference, "message", internal=False, done=_("The message was sent to the applicant."))


@blueprint.post("/desk/cases/<reference>/notes")
@needs_role(*OFFICERS)
def note(reference: str) -> Page:
    """Write a note for offices only."""
    return _write(reference, "note", internal=True, done=_("The note is kept. Only offices of this case can read it."))


def _write(reference: str, name: str, *, internal: bool, done: str) -> Page:
    form = LetterForm(prefix=f"{name}-")

    def work(session: Session, case_id: int) -> None:
        post_message(
            session,
            current_actor(),
            case_id,
            text=form.text.data or "",
            internal=internal,
            language=current_code(),
            now=utc_now(),
        )

    return perform(
        reference,
        form,
        work,
        done=done,
        again=lambda: case_file(reference, **{name: form}),
        collision=lambda page: Collision(label="", theirs="", yours="", can_repeat=True),
        anchor="thread",
    )
