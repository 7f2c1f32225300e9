"""The base form and the fields that several screens use; each screen's own forms are beside its views.

Labels and messages are in the reader's language; what was typed is always shown again as it was typed.
"""

from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField
from wtforms.i18n import get_translations
from wtforms.validators import InputRequired, Length, ValidationError

from mobility.domain.errors import InvalidInput
from mobility.domain.typed_days import FIRST_YEAR, LAST_YEAR, read_day
from mobility.i18n import WIRED, current_code
from mobility.i18n import gettext as _
from mobility.i18n import lazy_gettext as _l
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


class NamesForm(EditForm):
    """A form on something that has a name in each language; only the English one is needed."""

    name_en = StringField(_l("Name in English"), [InputRequired(_l("Fill this in.")), Length(max=200)])
    name_ar = StringField(_l("Name in Arabic"), [Length(max=200)])
    name_zh = StringField(_l("Name in Chinese"), [Length(max=200)])
    name_fr = StringField(_l("Name in French"), [Length(max=200)])
    name_ru = StringField(_l("Name in Russian"), [Length(max=200)])
    name_es = StringField(_l("Name in Spanish"), [Length(max=200)])

    def fields_of_names(self) -> list[Any]:
        """Return the fields for names, English first."""
        return [self.name_en, *(self[f"name_{each.code}"] for each in WIRED if each.code != "en")]

    def names(self) -> dict[str, str]:
        """Return the names by language, empty where none was given."""
        return {each.code: self[f"name_{each.code}"].data or "" for each in WIRED}


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


class WholeNumberField(StringField):
    """A whole number in the digits of any script, `number` None for an empty one; keeps what was typed when it is none.

    `most_digits` bounds it, `signed` lets it be below zero, `words` are said of what is none.
    """

    def __init__(
        self,
        label: Any = None,
        validators: Any = None,
        *,
        most_digits: int = 9,
        signed: bool = False,
        words: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(label, validators, **options)
        self.number: int | None = None
        self._most_digits, self._signed, self._words = most_digits, signed, words

    def process_data(self, value: int | str | None) -> None:
        self.data = "" if value is None else str(value)

    def pre_validate(self, form: Any) -> None:
        typed = str(self.data or "").strip().replace("−", "-")
        if not typed:
            return
        digits = typed.removeprefix("-") if self._signed else typed
        if not digits.isdecimal() or len(digits) > self._most_digits:
            raise ValidationError(str(self._words or _("Give a whole number, for example 24.")))
        self.number = int(typed)


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
