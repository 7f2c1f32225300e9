"""Waiting to be told to stop by a signal; what is then finished or given up is decided by whoever waits.

A handler runs in the middle of anything, also of what it would have to wait for itself. So handlers do nothing here,
and the interpreter writes the number of each signal to a socket, from whichever thread the system gave it to.
"""

import select
import signal
import socket
from collections.abc import Iterable
from types import FrameType, TracebackType
from typing import Self


class Stopping:
    """While this is open, the signals are only noted: `wait` tells whether one came. For the main thread."""

    def __init__(self, numbers: Iterable[signal.Signals]) -> None:
        self._numbers = frozenset(numbers)
        self._is_told = False

    def __enter__(self) -> Self:
        self._reading, self._writing = socket.socketpair()
        for end in (self._reading, self._writing):
            end.setblocking(False)
        self._former_fd = signal.set_wakeup_fd(self._writing.fileno(), warn_on_full_buffer=False)
        self._former = {number: signal.signal(number, _noted) for number in self._numbers}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._former.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._former_fd)
        self._reading.close()
        self._writing.close()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until told, at most so many seconds; tells whether a signal has come since this was opened."""
        while not self._is_told and select.select([self._reading], [], [], seconds)[0]:
            self._is_told = not self._numbers.isdisjoint(self._reading.recv(4096))
        return self._is_told


def _noted(number: int, frame: FrameType | None) -> None:
    pass


def forget(numbers: Iterable[signal.Signals]) -> None:
    """In a forked child: hear the signals as a program does that was just started."""
    signal.set_wakeup_fd(-1)
    for number in numbers:
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
