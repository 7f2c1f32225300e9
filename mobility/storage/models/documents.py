"""Documents: what was sent, in which version, and whether it was accepted. The bytes lie in the file store."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from mobility.storage.schema import Base, BigId, Identified, Versioned
from mobility.storage.scope import OwnedScoped


class Document(Identified, Versioned, OwnedScoped, Base):
    """One version of one document; belongs to an application first and to its case after sending."""

    __tablename__ = "document"
    __table_args__ = (
        CheckConstraint("status IN ('to_check', 'accepted', 'returned', 'replaced')", name="status"),
        Index(None, "application_id", "kind"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    application_id: Mapped[int | None] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"))
    case_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("case_file.id", ondelete="CASCADE"), index=True)
    request_id: Mapped[int | None] = mapped_column(ForeignKey("request.id"))
    kind: Mapped[str] = mapped_column(String(32))  # passport, portfolio, diploma, invitation ...
    version: Mapped[int] = mapped_column(default=1)
    file_name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(40))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(12), default="to_check")
    reason: Mapped[str] = mapped_column(String(400), default="")
    rights: Mapped[str] = mapped_column(String(400), default="")  # whose work, under which licence, credit line
    sent_at: Mapped[datetime]
    checked_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    checked_at: Mapped[datetime | None]
