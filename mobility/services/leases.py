"""Which of several schedulers may work: the one that holds the lease, for as long as it renews it.

The database keeps the time, so machines whose clocks differ agree. A holder that is killed is followed after
`LEASE_SECONDS`; one that ends in good order is followed at once.
"""

import os
import secrets
import socket

from sqlalchemy.orm import Session

from mobility.storage.queries import leases as queries
from mobility.storage.queries.leases import LeaseFacts, database_now

__all__ = ["DISPATCHER", "LEASE_SECONDS", "database_now", "find_lease", "give_back_lease", "new_holder", "take_lease"]

DISPATCHER = "dispatcher"
LEASE_SECONDS = 60


def new_holder() -> str:
    """Return a name for this process that no other process has, and that tells an administrator where it runs."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"


def take_lease(session: Session, holder: str, *, name: str = DISPATCHER, seconds: float = LEASE_SECONDS) -> int | None:
    """Take or renew the lease; returns its epoch, or None while another process holds it."""
    return queries.take_lease(session, name, holder, seconds)


def give_back_lease(session: Session, holder: str, *, name: str = DISPATCHER) -> None:
    """End the lease, if this process has it."""
    queries.give_back_lease(session, name, holder)


def find_lease(session: Session, *, name: str = DISPATCHER) -> LeaseFacts | None:
    """Return who held the lease last and how long it still runs."""
    return queries.find_lease(session, name)
