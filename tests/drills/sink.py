"""A mail server in a process of its own that keeps one line about each message, and fails as the recipient asks it to.

`python -m tests.drills.sink FOLDER` listens on a free port, which it writes to FOLDER/port. FOLDER/taken.jsonl gets a
line at each final dot, before the answer. How it fails follows from the recipient's domain, until FOLDER/healed exists.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

LOOPBACK = "127.0.0.1"
_EHLO = "250-sink\r\n250-8BITMIME\r\n250 SMTPUTF8"
AT_RCPT = {"later.example": "451 later", "leaving.example": "421 leaving", "unknown.example": "550 unknown"}
AT_DOT = {"full.example": "552 full", "busy.example": "450 busy"}
HANGS_EARLY, HANGS_LATE, DROPS, SLOW = "mute.example", "silent.example", "drops.example", "slow.example"
_FOREVER = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One message whose final dot came in; `seconds` is when."""

    key: str
    message_id: str
    recipient: str
    seconds: float


class _Dialogue:
    def __init__(
        self, folder: Path, log: int, slow_seconds: float, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.folder, self.log, self.slow_seconds = folder, log, slow_seconds
        self.reader, self.writer = reader, writer
        self.recipient = ""

    async def run(self) -> None:
        await self.say("220 sink")
        while line := await self.reader.readline():
            verb, argument = line[:4].upper(), line[4:].decode("utf-8", "replace").strip()
            if verb == b"QUIT":
                await self.say("221 bye")
                return
            if not await self.answer(verb, argument):
                return

    async def answer(self, verb: bytes, argument: str) -> bool:
        if verb == b"EHLO":
            await self.say(_EHLO)
        elif verb == b"RCPT":
            self.recipient = argument.partition("<")[2].partition(">")[0]
            return await self.at_recipient()
        elif verb == b"DATA":
            await self.say("354 go on")
            return await self.at_text()
        else:
            await self.say("250 fine")
        return True

    @property
    def domain(self) -> str:
        """Return the domain that asks for a fault; none once the server was healed."""
        domain = self.recipient.rpartition("@")[2]
        return "" if domain == "ok.example" or (self.folder / "healed").exists() else domain

    async def at_recipient(self) -> bool:
        domain = self.domain
        if domain == HANGS_EARLY:
            await asyncio.sleep(_FOREVER)
        answer = AT_RCPT.get(domain, "250 fine")
        await self.say(answer)
        return not answer.startswith("421")

    async def at_text(self) -> bool:
        text = await self.reader.readuntil(b"\r\n.\r\n")
        domain = self.domain
        if domain not in AT_DOT:
            self.keep(text)
        if domain == HANGS_LATE:
            await asyncio.sleep(_FOREVER)
        if domain == DROPS:
            return False
        if domain == SLOW:
            await asyncio.sleep(self.slow_seconds)
        await self.say(AT_DOT.get(domain, "250 taken"))
        return True

    def keep(self, text: bytes) -> None:
        facts = {"recipient": self.recipient, "seconds": time.time()}
        for line in text.partition(b"\r\n\r\n")[0].decode("utf-8").split("\r\n"):
            name, _, value = line.partition(": ")
            if name == "X-Mobility-Reminder":
                facts["key"] = value
            elif name == "Message-ID":
                facts["message_id"] = value
        os.write(self.log, json.dumps(facts).encode() + b"\n")

    async def say(self, line: str) -> None:
        self.writer.write(line.encode() + b"\r\n")
        await self.writer.drain()


async def _serve(folder: Path, slow_seconds: float) -> None:
    log = os.open(folder / "taken.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await _Dialogue(folder, log, slow_seconds, reader, writer).run()
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    server = await asyncio.start_server(converse, LOOPBACK, 0, limit=1 << 22)
    whole = folder / "port.new"
    whole.write_text(str(server.sockets[0].getsockname()[1]))
    whole.replace(folder / "port")
    async with server:
        await server.serve_forever()


@dataclass(slots=True)
class Sink:
    """The drill's side of the mail server."""

    folder: Path
    port: int
    _read: int = 0
    _count: int = 0
    _seen: list[Taken] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"smtp://{LOOPBACK}:{self.port}"

    def taken(self) -> list[Taken]:
        """Return every message so far whose final dot came in."""
        log = self.folder / "taken.jsonl"
        if log.exists():
            with log.open("rb") as lines:
                lines.seek(self._read)
                for line in lines:
                    if not line.endswith(b"\n"):
                        break
                    self._read += len(line)
                    self._seen.append(Taken(**json.loads(line)))
        return self._seen

    def keys(self) -> Counter[str]:
        """Return how often each key arrived."""
        return Counter(each.key for each in self.taken())

    def changed_identities(self) -> int:
        """Return how many keys arrived under more than one Message-ID."""
        identities = {(each.key, each.message_id) for each in self.taken()}
        return len(identities) - len({key for key, _ in identities})

    def heal(self) -> None:
        """From now on take everything."""
        (self.folder / "healed").touch()


@contextmanager
def open_sink(folder: Path, *, slow_seconds: float = 10) -> Iterator[Sink]:
    """Start a server and end it afterwards."""
    folder.mkdir(parents=True)
    process = subprocess.Popen([sys.executable, "-m", "tests.drills.sink", str(folder), str(slow_seconds)])
    try:
        give_up_at = time.monotonic() + 30
        while not (folder / "port").exists():
            if process.poll() is not None or time.monotonic() > give_up_at:
                raise RuntimeError("the mail server did not start")
            time.sleep(0.02)
        yield Sink(folder, int((folder / "port").read_text()))
    finally:
        process.kill()
        process.wait()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1]), float(sys.argv[2])))
