"""The base form and the fields that several screens use; each screen's own forms are beside its views.

Labels and messages are in the reader's language; what was typed is always shown again as it was typed.
"""

from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField
from wtforms.i18n import get_translations

from mobility.domain.errors import InvalidInput
from mobility.domain.typed_days import FIRST_YEAR, LAST_YEAR, read_day
from mobility.i18n import current_code
from mobility.i18n import gettext as _
from mobility.i18n.formats import format_date

FIRST_DAY = date(FIRST_YEAR, 1, 1)
LAST_DAY = date(LAST_YEAR, 12, 31)


class _Words:
    """WTForms' own messages in the language of the request."""

    def gettext(self, message: str) -> str:
        return str(get_translations([current_code()]).gettext(message))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return str(get_translations([current_code()]).ngettext(singular, plural, n))


class Form(FlaskForm):
    """Base of every form; carries the version of the row it was opened on."""

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: Any) -> _Words:
            return _Words()


class EditForm(Form):
    """A form on a row that two people may edit: the hidden version tells a stale save from a fresh one."""

    row_version = HiddenField()

    def version(self) -> int:
        """Return the version the form was opened on; 0 when it was tampered with, which no row has."""
        text = str(self.row_version.data or "")
        return int(text) if text.isdecimal() and len(text) < 19 else 0


class DayField(StringField):
    """A day typed as "30 4 2027", "30/4/2027", "30.4.2027" or "2027-04-30"; keeps what was typed when it is no day."""

    def __init__(self, label: Any = None, validators: Any = None, **options: Any) -> None:
        super().__init__(label, validators, **options)
        self.day: date | None = None

    def _value(self) -> str:
        if isinstance(self.data, date):
            return f"{self.data.day} {self.data.month} {self.data.year}"
        return str(self.data or "")

    def process_data(self, value: date | str | None) -> None:
        self.data = value
        if isinstance(value, date):
            self.day = value

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist:
            return
        self.data = valuelist[0].strip()
        if self.data:
            self.day = parse_day(self.data)


def parse_day(text: str) -> date:
    """Read a day as people type it; raises ValueError with a sentence for the reader."""
    try:
        return read_day(text)
    except InvalidInput as error:
        if error.parameters["reason"] == "not_a_day":
            raise ValueError(_("Give day, month and year, for example 30 4 2027.")) from None
        if error.parameters["reason"] == "no_such_day":
            raise ValueError(_("There is no such day: %(typed)s.", typed=text)) from None
        first, last = format_date(FIRST_DAY, "long"), format_date(LAST_DAY, "long")
        raise ValueError(_("Give a day between %(first)s and %(last)s.", first=first, last=last)) from None
