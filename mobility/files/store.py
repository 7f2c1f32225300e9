"""Where the bytes of documents lie: a store of five methods, addressed by content, in which nothing is overwritten.

The name of a content is its SHA-256, so writing it twice is harmless and a row in the database is the only truth
about what a file is. A local folder is the store that is built; another (a bucket) is another class of five methods.
Bytes that no row points at are harmless and are swept after a day.
"""

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final, Protocol
from urllib.parse import unquote, urlsplit

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


class FileStoreUnknown(Exception):
    """MOBILITY_FILES_URL names a kind of store that is not built in; the message names it."""


class FileStore(Protocol):
    """What a store must do; digests are 64 lower-case hexadecimal figures."""

    def put(self, content: bytes) -> str:
        """Keep the bytes and return their digest; keeping them again only renews their age."""

    def open(self, digest: str) -> BinaryIO:
        """Return the bytes as a stream; raises FileNotFoundError."""

    def has(self, digest: str) -> bool:
        """Tell whether the bytes are there."""

    def digests_older_than(self, moment: datetime) -> Iterator[str]:
        """Yield what was last kept before a moment, for the sweep."""

    def delete(self, digest: str) -> None:
        """Take the bytes away; absent ones are no error."""


class LocalFileStore:
    """A folder, two levels deep. Files are read-only and appear whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, content: bytes) -> str:
        """Write beside, then link into place: a crash leaves no half file under a digest."""
        digest = hashlib.sha256(content).hexdigest()
        path = self._path(digest)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix="new-") as beside:
            beside.write(content)
            beside.flush()
            os.fsync(beside.fileno())
            os.fchmod(beside.fileno(), 0o400)
            try:
                os.link(beside.name, path)
            except FileExistsError:
                os.utime(path)  # young again, so that the sweep leaves it to the row that is about to be written
        return digest

    def open(self, digest: str) -> BinaryIO:
        """Return the bytes as a stream; raises FileNotFoundError."""
        return self._path(digest).open("rb")

    def has(self, digest: str) -> bool:
        """Tell whether the bytes are there."""
        return self._path(digest).is_file()

    def digests_older_than(self, moment: datetime) -> Iterator[str]:
        """Yield what was last kept before a moment, in no particular order."""
        for path in self.folder.glob("??/*"):
            kept_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            if _DIGEST.fullmatch(path.name) and kept_at < moment:
                yield path.name

    def delete(self, digest: str) -> None:
        """Take the bytes away; absent ones are no error."""
        self._path(digest).unlink(missing_ok=True)

    def _path(self, digest: str) -> Path:
        if not _DIGEST.fullmatch(digest):
            raise FileNotFoundError(digest)
        return self.folder / digest[:2] / digest


def store_at(address: str, default_folder: Path) -> FileStore:
    """Return the store behind MOBILITY_FILES_URL: empty for the instance's own folder, or file:///a/folder.

    Raises FileStoreUnknown for any other scheme.
    """
    if not address:
        return LocalFileStore(default_folder)
    parts = urlsplit(address)
    if parts.scheme == "file" and not parts.netloc and parts.path.startswith("/"):
        return LocalFileStore(Path(unquote(parts.path)))
    raise FileStoreUnknown(f"MOBILITY_FILES_URL: {parts.scheme or address!r} is not a file store this version knows")
