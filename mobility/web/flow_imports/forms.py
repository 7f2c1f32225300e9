"""The form of an import: the file, whose flows they are, where they come from, and what its columns are."""

from collections.abc import Iterable
from typing import Any, Final

from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from mobility.domain.flow_files import USUAL_NAMES, FlowFileUnreadable
from mobility.i18n import flow_import_labels as words
from mobility.i18n import gettext as _
from mobility.i18n import lazy_gettext as _l
from mobility.i18n.formats import in_language
from mobility.services.flow_imports import FileOptions, ImportRequest
from mobility.web.shared.forms import Form
from mobility.web.shared.refusals import choices

_NEEDED: Final = InputRequired(_l("Fill this in."))
ENCODINGS: Final = (
    ("utf-8", "UTF-8"),
    ("cp1252", "Windows-1252"),
    ("iso8859-15", "ISO 8859-15"),
    ("cp1256", "Windows-1256"),
)


class ImportForm(Form):
    """One file; fields named `column_…` say which column is what, empty where the usual names are to be recognised."""

    file = FileField(_l("File"), [FileRequired(_l("Choose a file."))])
    programme = SelectField(_l("Whose flows are they?"))
    title = StringField(_l("Title"), [Length(max=200)])
    source = TextAreaField(_l("Source"), [_NEEDED, Length(max=1000)])
    licence = StringField(_l("Licence"), [_NEEDED, Length(max=200)])
    encoding = SelectField(_l("Encoding"))
    keep_unconverted = BooleanField(_l("Keep amounts without an exchange rate; they are in no total"))

    def fill_choices(self, programmes: Iterable[Any]) -> None:
        """Offer the reader's programmes, and a data set of its own."""
        own = [("", _("a data set of its own, of no programme"))]
        named = [(each.code, f"{in_language(each.names)[0]} ({each.code})") for each in programmes]
        self.programme.choices = choices([*own, *named])
        self.encoding.choices = choices(ENCODINGS)

    def request(self) -> ImportRequest:
        """Return what is asked for."""
        columns = {role: str(self[f"column_{role}"].data or "").strip() for role in USUAL_NAMES}
        return ImportRequest(
            file_name=str(self.file.data.filename or "")[:200],
            source=str(self.source.data),
            licence=str(self.licence.data),
            programme=str(self.programme.data or ""),
            title=str(self.title.data or ""),
            options=FileOptions(
                encoding=str(self.encoding.data or "utf-8"),
                columns={role: column for role, column in columns.items() if column},
            ),
            keep_unconverted=bool(self.keep_unconverted.data),
        )

    def columns(self) -> list[Any]:
        """Return the fields of the columns."""
        return [self[f"column_{role}"] for role in USUAL_NAMES]

    def refuse_file(self, error: FlowFileUnreadable) -> None:
        """Put what is wrong with the file beside it."""
        self.file.errors = (*self.file.errors, words.file_fault_words(error.fault, error.column, error.value))


for _role in USUAL_NAMES:
    setattr(ImportForm, f"column_{_role}", StringField(words.COLUMNS[_role], [Length(max=200)]))
