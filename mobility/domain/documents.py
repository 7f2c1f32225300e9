"""Documents as the rules see them: which kinds there are, which a programme needs, and why a file is refused.

How a file is opened and checked is the business of `mobility.files`; who may read it, of the scope.
"""

from collections.abc import Iterable
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from mobility.domain.errors import DomainError, InvalidInput
from mobility.domain.stages import StageKind


class DocumentKind(StrEnum):
    """What a document proves. The values are stored."""

    PASSPORT = "passport"
    CV = "cv"
    PORTFOLIO = "portfolio"
    DIPLOMA = "diploma"
    TRANSCRIPT = "transcript"
    INVITATION = "invitation"
    INSURANCE = "insurance"
    LODGING = "lodging"
    MEANS = "means"
    PHOTOGRAPH = "photograph"
    LANGUAGE_CERTIFICATE = "language_certificate"
    REPORT = "report"
    OTHER = "other"


class DocumentStatus(StrEnum):
    """Where one version of a document stands; `replaced` by a later version of the same kind."""

    TO_CHECK = "to_check"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    REPLACED = "replaced"


class FileFormat(StrEnum):
    """The formats that are taken; the value is the media type under which the file is sent back."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"


EXTENSIONS: Final = MappingProxyType(
    {".pdf": FileFormat.PDF, ".jpg": FileFormat.JPEG, ".jpeg": FileFormat.JPEG, ".png": FileFormat.PNG}
)
MOST_PAGES: Final = 200
MOST_MEGAPIXELS: Final = 40
LONGEST_RIGHTS: Final = 400
QUOTA_MEGABYTES: Final = 250
"""All that one person may keep here, every version counted."""

_ALWAYS: Final = (DocumentKind.CV, DocumentKind.PORTFOLIO)
_FOR_STAGE: Final = MappingProxyType(
    {
        StageKind.VISA: (DocumentKind.PASSPORT, DocumentKind.INVITATION),
        StageKind.RECOGNITION: (DocumentKind.DIPLOMA,),
        StageKind.FUNDING: (),
        StageKind.LANGUAGE: (),
    }
)
WORKS: Final = frozenset({DocumentKind.PORTFOLIO})
"""Kinds that show somebody's works: a statement of rights travels with them."""
COLLECTIONS: Final = frozenset({DocumentKind.OTHER})
"""Kinds of which several stand side by side; every other kind has one current version."""


def required_documents(stages: Iterable[StageKind]) -> tuple[DocumentKind, ...]:
    """Return the kinds an application needs for these stages, in the order of the enum."""
    needed = {*_ALWAYS, *(kind for stage in stages for kind in _FOR_STAGE[stage])}
    return tuple(kind for kind in DocumentKind if kind in needed)


class FileRefused(InvalidInput):
    """A file that is not taken; each way of being wrong is a kind of its own. `file_name` is what was sent."""

    code = "file_refused"

    def __init__(self, **parameters: object) -> None:
        super().__init__(field="file", reason=self.code, **parameters)


class FileMissing(FileRefused):
    """No file was chosen."""

    code = "file_missing"


class FileEmpty(FileRefused):
    """The file has no bytes."""

    code = "file_empty"


class FileTooLarge(FileRefused):
    """More bytes than `megabytes` allow."""

    code = "file_too_large"


class FileKindRefused(FileRefused):
    """The name ends in something other than .pdf, .jpg, .jpeg or .png."""

    code = "file_kind_refused"


class FileDisguised(FileRefused):
    """The first bytes are not those of the format that the name promises."""

    code = "file_disguised"


class FileMixed(FileRefused):
    """The file is valid in a second format too, which is how checks are tricked."""

    code = "file_mixed"


class FileUnreadable(FileRefused):
    """The file could not be read from beginning to end."""

    code = "file_unreadable"


class FileEncrypted(FileRefused):
    """The PDF is protected, with or without a password, so an office might be unable to read it."""

    code = "file_encrypted"


class FileActive(FileRefused):
    """The PDF carries a program, another file or a form that runs when it is opened."""

    code = "file_active"


class FileTooManyPages(FileRefused):
    """More pages than `most`."""

    code = "file_too_many_pages"


class FileTooManyPixels(FileRefused):
    """More than `most` million pixels."""

    code = "file_too_many_pixels"


class FileTooCostly(FileRefused):
    """Reading the file took more time or memory than any honest file does."""

    code = "file_too_costly"


class RightsMissing(InvalidInput):
    """Works were sent without saying whose they are and how they may be used."""

    code = "rights_missing"

    def __init__(self, **parameters: object) -> None:
        super().__init__(field="rights", reason=self.code, **parameters)


class QuotaReached(InvalidInput):
    """With this file the person would keep more than `megabytes` here."""

    code = "quota_reached"

    def __init__(self, **parameters: object) -> None:
        super().__init__(field="file", reason=self.code, **parameters)


class DocumentGone(DomainError):
    """The row is there and its bytes are not: the file store has lost them. `document_id` names the row."""

    code = "document_gone"


FILE_REFUSALS: Final[MappingProxyType[str, type[FileRefused]]] = MappingProxyType(
    {kind.code: kind for kind in FileRefused.__subclasses__()}
)
