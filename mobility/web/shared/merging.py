"""Two people saved the same thing: the lines of the merge page, from what is saved now and what was just typed.

The page posts the form's own fields again: a choice between two values is a radio button with the field's name, so
saving the choices is the ordinary save, on the version that the page was made from.
"""

from dataclasses import dataclass
from typing import Any

from wtforms import BooleanField, Field, HiddenField, SelectField

from mobility.i18n import gettext as _
from mobility.web.shared.forms import Form


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeLine:
    """One field: both values as they are posted, and in words."""

    name: str
    label: str
    theirs: str
    yours: str
    theirs_words: str
    yours_words: str

    @property
    def differs(self) -> bool:
        """Tell whether there is anything to choose."""
        return self.theirs != self.yours


def merge_lines(theirs: Form, yours: Form) -> list[MergeLine]:
    """Return one line per field of two forms of one class: `theirs` filled from the row, `yours` from the request."""
    return [
        MergeLine(
            name=field.name,
            label=str(field.label.text),
            theirs=_posted(theirs[field.name]),
            yours=_posted(field),
            theirs_words=_words(theirs[field.name]),
            yours_words=_words(field),
        )
        for field in yours
        if not isinstance(field, HiddenField)
    ]


def _posted(field: Field) -> str:
    if isinstance(field, BooleanField):
        return "y" if field.data else ""
    if isinstance(field, SelectField):
        return str(field.data or "")
    return str(field._value())


def _words(field: Field) -> str:
    if isinstance(field, BooleanField):
        return _("yes") if field.data else _("no")
    if isinstance(field, SelectField):
        found: Any = next((choice for choice in field.iter_choices() if choice.value == field.data), None)
        return str(found.label) if found else str(field.data or "")
    return str(field._value())
