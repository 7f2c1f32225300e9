"""A mail server on loopback that misbehaves at one named step: greeting, EHLO, MAIL, RCPT, DATA, text, dot, after."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO

CLOSE, HANG = "close", "hang"
_USUAL = {"greeting": "220 here", "EHLO": "250-here\r\n250 8BITMIME", "DATA": "354 go on", "dot": "250 taken"}


class FaultyServer:
    """Answers as usual except at the steps in `faults`: an answer, CLOSE, HANG, or seconds to wait first."""

    def __init__(self, faults: dict[str, str | float]) -> None:
        self.faults = faults
        self.accepted: list[bytes] = []  # every text whose dot came in, whatever was answered
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._stop = threading.Event()
        self._peer: socket.socket | None = None
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def close(self) -> None:
        self._stop.set()
        self._listener.close()
        if self._peer is not None:
            with suppress(OSError):
                self._peer.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)

    def _serve(self) -> None:
        self._listener.settimeout(0.05)
        while not self._stop.is_set():
            try:
                peer, _ = self._listener.accept()
            except OSError:
                continue
            self.connections += 1
            self._peer = peer
            with peer:
                peer.settimeout(5)
                with suppress(OSError, ValueError, IndexError), peer.makefile("rb") as lines:
                    self._converse(peer, lines)

    def _converse(self, peer: socket.socket, lines: BinaryIO) -> None:
        if not self._answer(peer, "greeting"):
            return
        while line := lines.readline():
            verb = line.split()[0].decode().upper()
            if not self._answer(peer, verb):
                return
            if verb == "QUIT":
                return
            if verb == "DATA" and "DATA" not in self.faults:
                if self.faults.get("text") == CLOSE:
                    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
                    return
                text = b"".join(iter(lines.readline, b".\r\n"))
                self.accepted.append(text)
                if not self._answer(peer, "dot") or self.faults.get("after") == CLOSE:
                    return

    def _answer(self, peer: socket.socket, step: str) -> bool:
        fault = self.faults.get(step)
        if fault == CLOSE:
            return False
        if fault == HANG:
            self._stop.wait(3)
            return False
        if isinstance(fault, float):
            time.sleep(fault)
        said = fault if isinstance(fault, str) else _USUAL.get(step, "250 fine")
        peer.sendall(said.encode() + b"\r\n")
        return not said.startswith("421")


@contextmanager
def faulty_server(faults: dict[str, str | float] | None = None) -> Iterator[FaultyServer]:
    server = FaultyServer(faults or {})
    try:
        yield server
    finally:
        server.close()
