"""A process dies at each step of sending a message: nothing is lost, and at two steps only can it arrive twice.

The steps are reached from outside: the unit of work and the standard library's SMTP client are wrapped in the process
that is to die, which then kills itself.
"""

import os
import signal
import smtplib
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from bench.figures import Figure
from mobility.services.dispatch import Post, dispatch_until_idle
from tests.drills.delivery import addresses
from tests.drills.ground import DrillFailed, Ground, wait_for

MESSAGES = 3
AFTER_DOT, AFTER_YES = "after the final dot", "after the 250, before the mark is committed"
Arming = Callable[[Post], Post]


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(60)


def _around_unit(number: int, *, before: bool) -> Arming:
    """Die before or after the commit of a unit: 1 claims, 2 fences the first message, 3 marks it, 4 the second."""

    def arm(post: Post) -> Post:
        opened = [0]

        @contextmanager
        def units() -> Iterator[Session]:
            opened[0] += 1
            with post.units() as session:
                yield session
                if before and opened[0] == number:
                    session.flush()
                    _die()
            if not before and opened[0] == number:
                _die()

        make: Callable[[], AbstractContextManager[Session]] = units
        return replace(post, units=make)

    return arm


def _around_call(name: str, *, before: bool, share: float = 1.0, verb: str = "") -> Arming:
    """Die before or after a call of the SMTP client, with a verb where it has one; of the text only a share leaves."""

    def arm(post: Post) -> Post:
        real = getattr(smtplib.SMTP, name)

        def call(server: smtplib.SMTP, *arguments: Any) -> Any:
            if verb and not arguments[0].startswith(verb):
                return real(server, *arguments)
            if name == "send" and not (isinstance(arguments[0], bytes) and arguments[0].endswith(b"\r\n.\r\n")):
                return real(server, *arguments)
            if before:
                _die()
            if share < 1:
                arguments = (arguments[0][: int(len(arguments[0]) * share)],)
            said = real(server, *arguments)
            time.sleep(0.1)  # the server reads what was sent
            _die()
            return said

        setattr(smtplib.SMTP, name, call)
        return post

    return arm


STEPS: dict[str, Arming] = {
    "before the claim is committed": _around_unit(1, before=True),
    "after the claim": _around_unit(1, before=False),
    "before the fence is committed": _around_unit(2, before=True),
    "after the fence": _around_unit(2, before=False),
    "after the greeting": _around_call("ehlo_or_helo_if_needed", before=False),
    "after the sender": _around_call("docmd", before=False, verb="MAIL"),
    "after the recipient": _around_call("docmd", before=False, verb="RCPT"),
    "before the text": _around_call("send", before=True),
    "in the middle of the text": _around_call("send", before=False, share=0.5),
    AFTER_DOT: _around_call("send", before=False),
    AFTER_YES: _around_unit(3, before=True),
    "after the mark": _around_unit(3, before=False),
}


def everywhere(ground: Ground) -> Iterator[Figure]:
    """Let a process die at each step, let another go on when its lease has run out, and count."""
    lost, doubled, unmarked = {}, {}, 0
    with ground.fresh() as sink:
        for number, (step, arm) in enumerate(STEPS.items()):
            wanted = addresses(MESSAGES, f"step{number}-")
            ground.put(wanted)
            victim = ground.fork(lambda: dispatch_until_idle(arm(ground.post(sink.url))))  # noqa: B023
            if wait_for(victim) != -signal.SIGKILL:
                raise DrillFailed(f"the process did not die {step}")
            ground.send_rest(sink.url, ground.lease + timedelta(seconds=1))
            arrived = {key: count for key, count in sink.keys().items() if key in wanted}
            lost[step] = len(wanted.keys() - arrived.keys()) + ground.count_open()
            doubled[step] = sum(arrived.values()) - len(arrived)
            unmarked += len({key for key, count in arrived.items() if count > 1} - ground.uncertain())
    at = {step for step, count in doubled.items() if count}
    yield ground.figure("crash_steps", len(STEPS), "steps", 8, at_least=True)
    yield ground.figure("crash_lost", sum(lost.values()), "messages", 0)
    yield ground.figure("crash_steps_that_can_double", len(at), "steps", 2)
    yield ground.figure("crash_steps_that_double_and_must_not", len(at - {AFTER_DOT, AFTER_YES}), "steps", 0)
    yield ground.figure("crash_most_doubles_at_a_step", max(doubled.values()), "messages", 1)
    yield ground.figure("crash_doubled_but_not_marked", unmarked, "messages", 0)
