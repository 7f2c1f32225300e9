"""Makes the PDF of a report in one offered language, or in two side by side for the two parties."""

from collections.abc import Sequence
from dataclasses import dataclass

from mobility.domain.errors import InvalidInput
from mobility.files.typesetting import pdf_bytes
from mobility.i18n import use_locale
from mobility.i18n.locales import WIRED
from mobility.services.reciprocity import Report
from mobility.services.report_pdf.document import describe_report

MOST_LANGUAGES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfOptions:
    """The languages by their codes, in the order in which they stand."""

    languages: tuple[str, ...]


def report_pdf(report: Report, options: PdfOptions) -> bytes:
    """Return the PDF. Raises InvalidInput for a language that is not spoken here, or for more than two."""
    languages = tuple(dict.fromkeys(options.languages))
    known = {language.code for language in WIRED}
    unknown = [code for code in languages if code not in known]
    if unknown or not 1 <= len(languages) <= MOST_LANGUAGES:
        raise InvalidInput(field="language", reason="not_a_choice", value=unknown[0] if unknown else "")
    return pdf_bytes("reciprocity", {"languages": _described(report, languages)})


def _described(report: Report, languages: Sequence[str]) -> list[dict[str, object]]:
    found = []
    for code in languages:
        with use_locale(code):
            found.append(describe_report(report, narrow=len(languages) > 1))
    return found
