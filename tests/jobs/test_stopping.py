"""Waiting for a signal: noted whoever hears it and whatever runs, once, and everything is as before afterwards."""

import os
import signal
import subprocess
import sys
import threading
import time

from mobility.stopping import Stopping

BOTH = (signal.SIGTERM, signal.SIGINT)


def tell(number: int = signal.SIGTERM) -> None:
    os.kill(os.getpid(), number)


def test_nobody_told_it() -> None:
    with Stopping(BOTH) as stopping:
        assert not stopping.wait(0)
        assert not stopping.wait(0.01)


def test_told_before_it_waits_and_ever_after() -> None:
    with Stopping(BOTH) as stopping:
        tell(signal.SIGINT)
        tell()
        assert all(stopping.wait(seconds) for seconds in (None, 0, None))


def test_told_while_it_waits() -> None:
    with Stopping(BOTH) as stopping:
        later = threading.Timer(0.05, tell)
        later.start()
        assert stopping.wait(30)
        later.join()


def test_another_signal_is_not_meant() -> None:
    former = signal.signal(signal.SIGUSR1, lambda number, frame: None)
    try:
        with Stopping(BOTH) as stopping:
            tell(signal.SIGUSR1)
            assert not stopping.wait(0.05)
            tell()
            assert stopping.wait(30)
    finally:
        signal.signal(signal.SIGUSR1, former)


def test_afterwards_signals_mean_what_they_meant() -> None:
    before = [signal.getsignal(number) for number in BOTH]
    with Stopping(BOTH) as stopping:
        assert [signal.getsignal(number) for number in BOTH] != before
        assert not stopping.wait(0)
    assert [signal.getsignal(number) for number in BOTH] == before
    assert signal.set_wakeup_fd(-1) == -1


_FORKED = """
import os, signal, time
from mobility.stopping import Stopping, forget
with Stopping((signal.SIGTERM,)) as stopping:
    child = os.fork()
    if not child:
        forget((signal.SIGTERM,))
        time.sleep(60)
    time.sleep(0.3)
    os.kill(child, signal.SIGTERM)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), stopping.wait(0.1))
"""


def test_a_forked_child_that_forgets_is_ended_and_its_parent_is_not_told() -> None:
    begun = time.monotonic()
    said = subprocess.run([sys.executable, "-c", _FORKED], capture_output=True, text=True, timeout=60, check=True)
    assert said.stdout.split() == ["-15", "False"]
    assert time.monotonic() - begun < 50
