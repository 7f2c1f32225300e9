"""What the tests of sending work on: messages in the outbox, a clock that is set by hand, a server that obeys."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.message import EmailMessage

from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.mail.wire import FinishedMail
from mobility.services.dispatch import Post
from mobility.services.outbox import enqueue
from mobility.storage.db import write_unit
from mobility.storage.models.reminders import OutboxMessage
from tests.mail.letters import read

FACTS = {"reference": "EG-DE-2027-000418-K", "path": "/stays/EG-DE-2027-000418-K"}


class Crash(BaseException):
    """The process dies here: nothing after this runs, as after SIGKILL."""


class Server:
    """Takes messages; `faults` are raised for the next messages in order, None takes one."""

    def __init__(self, *faults: BaseException | None) -> None:
        self.faults = list(faults)
        self.taken: list[EmailMessage] = []
        self.rested = 0

    def send(self, mail: FinishedMail) -> str:
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None:
            raise fault
        self.taken.append(read(mail.content))
        return "250 taken"

    def rest(self) -> None:
        self.rested += 1

    @property
    def keys(self) -> list[str]:
        return [message["X-Mobility-Reminder"] for message in self.taken]


class Bench:
    """One process that dispatches: call `run` to send what is due at `now`."""

    def __init__(self, session: Session, now: datetime, *faults: BaseException | None, owner: str = "one") -> None:
        self.session, self.now, self.server, self.owner = session, now, Server(*faults), owner
        self.go_on: Callable[[], bool] = lambda: True
        self.units_opened = 0
        self.crash_at: tuple[int, str] | None = None  # (number of the unit, "before" or "after" its commit)

    @contextmanager
    def unit(self) -> Iterator[Session]:
        self.units_opened += 1
        with write_unit(self.session) as unit:
            yield unit
            if self.crash_at == (self.units_opened, "before"):
                raise Crash
        if self.crash_at == (self.units_opened, "after"):
            raise Crash

    def post(self, **changes) -> Post:
        given = {
            "units": self.unit,
            "transport": self.server,
            "owner": self.owner,
            "sender": "Mobility <post@mobility.example>",
            "site": "https://mobility.example",
            "read_now": lambda session: self.now,
            "go_on": lambda: self.go_on(),
        }
        return Post(**(given | changes))

    def later(self, **lengths: float) -> None:
        self.now += timedelta(**lengths)

    def put(self, key: str, **values) -> None:
        given = {"template": "case_closed", "address": f"{key}@example.org", "locale": "en", "parameters": FACTS}
        with write_unit(self.session) as unit:
            assert enqueue(unit, key=key, now=self.now, **(given | values)) is not None

    def row(self, key: str) -> OutboxMessage:
        self.session.rollback()
        self.session.expire_all()
        return self.session.scalars(select(OutboxMessage).where(OutboxMessage.key == key)).one()
