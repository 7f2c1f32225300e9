"""The file store a database session works with, handed over where the session is opened, like its keys."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from mobility.files.store import FileStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """Where files are kept, and how large one may be."""

    store: FileStore
    megabytes: int = 10


def give_files(session: Session, files: Files) -> None:
    """Hand the file store to a session."""
    session.info["files"] = files


def files_of(session: Session) -> Files:
    """Return the session's file store; raises LookupError when it was opened without one."""
    found = session.info.get("files")
    if not isinstance(found, Files):
        raise LookupError("this session was opened without a file store")
    return found
