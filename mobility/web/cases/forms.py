"""What an applicant can fill in on the page of a case. What an answer must be is decided by the services."""

from typing import Any

from wtforms import FileField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from mobility.i18n import lazy_gettext as _l
from mobility.web.shared.forms import DayField, EditForm, Form

_NEEDED = InputRequired(_l("Fill this in."))


class AnswerForm(Form):
    """The answer to a question: words, a file, or both."""

    file = FileField(_l("File"))
    rights = StringField(_l("Rights in these works"), [Length(max=400)])
    text = TextAreaField(_l("Message (if you like)"), [Length(max=4000)])


class DocumentForm(Form):
    """A document sent by itself: a newer version of one that was returned, or a further one."""

    file = FileField(_l("File"))
    rights = StringField(_l("Rights in these works"), [Length(max=400)])


class MessageForm(Form):
    """A message to the offices of the case."""

    text = TextAreaField(_l("Write a message"), [_NEEDED, Length(max=8000)])


class ReportForm(Form):
    """The report after the stay."""

    text = TextAreaField(_l("Your report"), [_NEEDED, Length(max=8000)])


class ArrivalForm(Form):
    """The day of arrival, as it was."""

    arrived_on = DayField(_l("Day of arrival"), [_NEEDED])


class DepartureForm(EditForm):
    """The day of departure, as it was."""

    departed_on = DayField(_l("Day of departure"), [_NEEDED])


class AppealForm(EditForm):
    """Why a decision on the case as a whole is wrong."""

    statement = TextAreaField(_l("Reasons for the appeal"), [_NEEDED, Length(max=4000)])


class WithdrawForm(EditForm):
    """Asks only once more."""


def empty(kind: type[Form], **options: Any) -> Any:
    """Return a form that shows nothing of what this request sent."""
    return kind(formdata=None, **options)
