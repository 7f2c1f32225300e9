"""From which event a treaty counts for a state: its own instrument, or the one that brought the treaty to life.

A clause that needs N instruments ("three months after the twentieth deposit") gives all of the first N states one
event. The days that follow from the event are counted by `mobility.domain.time_limits`; successions and territories
follow declarations, not clauses, and are stored, never computed.
"""

from collections.abc import Iterable
from datetime import date

from mobility.domain.errors import DomainError


class InstrumentsMissing(DomainError):
    """Fewer instruments were deposited than the treaty needs, so it has no effect for anybody yet."""

    code = "instruments_missing"


def event_of_effect(own_on: date, deposits: Iterable[date], *, needed: int) -> date:
    """Return the day from which the effect clause counts for a state: the later of its deposit and the N-th of all.

    `deposits` are the days of all instruments, the state's own among them. Raises InstrumentsMissing.
    """
    ordered = sorted(deposits)
    if needed < 1:
        raise ValueError(f"a treaty needs at least one instrument, not {needed}")
    if len(ordered) < needed:
        raise InstrumentsMissing(needed=needed, deposited=len(ordered))
    return max(own_on, ordered[needed - 1])
