"""Sets a document as PDF with the fonts that are shipped; data goes in as JSON only, never as markup.

Every PDF is PDF/UA-1: a letter that no font has fails the compilation instead of printing a box. What a document says
is decided by the services, how it looks by its template in `templates/pdf`.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mobility.domain.errors import DomainError
from mobility.loading import deferred
from mobility.resources import resource_dir

if TYPE_CHECKING:
    import typst
else:
    typst = deferred("typst")

FONTS: Final = Path(__file__).with_name("fonts")
PDF: Final = "application/pdf"


class NotTypeset(DomainError):
    """The document cannot be set; `why` is what the typesetter says, such as a letter that no font has."""

    code = "not_typeset"


def pdf_bytes(template: str, data: Mapping[str, Any]) -> bytes:
    """Return the PDF of `templates/pdf/<template>.typ` with this data. Raises NotTypeset."""
    try:
        made = typst.compile(
            str(resource_dir("templates") / "pdf" / f"{template}.typ"),
            format="pdf",
            font_paths=_fonts(),
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            pdf_standards=["ua-1"],
        )
    except typst.TypstError as error:
        raise NotTypeset(why=str(error)[:500]) from error
    assert isinstance(made, bytes)
    return made


@cache
def _fonts() -> "typst.Fonts":
    """One set of fonts per process: read anew for each document they would fill the memory."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])
