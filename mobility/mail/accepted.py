"""What this machine knows of messages that a mail server took: a line in a file, written before anything else.

The row of a message is marked a moment after the server's yes, when the database lets us. A process that dies in that
moment leaves a row that nobody can read; the line tells the next process on this machine that the message arrived. It
only ever prevents a second copy: without the file everything works as before. What is done with it is decided in
`services/dispatch.py`.
"""

import hashlib
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from mobility.clock import utc_now
from mobility.loading import deferred

if TYPE_CHECKING:
    import structlog
else:
    structlog = deferred("structlog")

_KEPT_SECONDS = 7 * 24 * 3600  # far beyond the tries of one message


class AcceptedNotes:
    """Notes of one sender in a folder that all senders of this machine read."""

    def __init__(self, folder: Path, owner: str) -> None:
        self._folder = folder
        self._own = folder / f"{hashlib.sha256(owner.encode()).hexdigest()[:24]}.txt"

    def note(self, message_id: str) -> None:
        """Note that the server took a message; one write, so that whatever dies leaves whole lines."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._own, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                os.write(handle, f"{message_id}\n".encode())
            finally:
                os.close(handle)
        except OSError as error:
            structlog.get_logger().warning("acceptance_not_noted", error=type(error).__name__)

    def holds(self, message_id: str) -> bool:
        """Tell whether any sender of this machine noted that the server took this message."""
        line = f"{message_id}\n"
        return any(line in _text(path) for path in self._folder.glob("*.txt"))

    def forget(self) -> None:
        """Drop the own notes, once every message of them is marked, and what others left long ago."""
        old = [path for path in self._folder.glob("*.txt") if _age_seconds(path) > _KEPT_SECONDS]
        for path in (self._own, *old):
            with suppress(OSError):
                path.unlink()


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""


def _age_seconds(path: Path) -> float:
    try:
        return utc_now().timestamp() - path.stat().st_mtime  # both are this machine's clock
    except OSError:
        return 0.0
