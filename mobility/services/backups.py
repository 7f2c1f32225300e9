"""Backups of the embedded database: a consistent copy while people work, and putting one back.

`VACUUM INTO` is used because copying the file loses committed rows and the incremental API restarts at each write.
PostgreSQL has its own tools (pg_dump with a role that may bypass row security); this module refuses it.
"""

import shutil
import sqlite3
from pathlib import Path

from mobility.domain.errors import DomainError


class BackupRefused(DomainError):
    """The copy cannot be made or put back; `reason` says why."""

    code = "backup_refused"


def back_up(source: Path, target: Path) -> int:
    """Write a whole, checked copy of the SQLite file and return its size in bytes; never overwrites."""
    if not source.is_file():
        raise BackupRefused(reason="no_database", path=str(source))
    if target.exists():
        raise BackupRefused(reason="target_exists", path=str(target))
    with sqlite3.connect(source) as connection:
        connection.execute("VACUUM INTO ?", (str(target),))
    connection.close()
    check_file(target)
    return target.stat().st_size


def restore(source: Path, target: Path) -> None:
    """Put a checked copy in the place of the database; the old file stays beside it with `.before-restore`."""
    check_file(source)
    if target.exists():
        shutil.move(target, target.with_name(target.name + ".before-restore"))
    shutil.copyfile(source, target)


def check_file(path: Path) -> None:
    """Raise BackupRefused when the file is no sound SQLite database."""
    if not path.is_file():
        raise BackupRefused(reason="no_database", path=str(path))
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    except sqlite3.DatabaseError as error:
        raise BackupRefused(reason="unreadable", path=str(path)) from error
    finally:
        connection.close()
    if verdict != "ok" or broken:
        raise BackupRefused(reason="unsound", path=str(path))
