"""Which domains of recipients are left alone for a while, so that one that fails or dawdles does not hold up the rest.

Kept in memory by each process that sends: after a restart a domain is asked once more, which harms nobody. How long
a single message waits between its own tries is decided in `services/deliveries.py`.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from mobility.clock import monotonic_seconds

TRIES = 5
REST = timedelta(minutes=10)
SLOW_SECONDS = 5.0
SLOW_REST = timedelta(seconds=30)
_NOW = timedelta(0)


@dataclass(slots=True)
class Breakers:
    """By domain: failures in a row, and until when (of the process's own clock) it is left alone."""

    _failures: dict[str, int] = field(default_factory=dict)
    _until: dict[str, float] = field(default_factory=dict)

    def rest_of(self, domain: str) -> timedelta:
        """Return how long a domain is still left alone; nothing for one that may be tried."""
        until = self._until.get(domain)
        if until is None:
            return _NOW
        return max(_NOW, timedelta(seconds=until - monotonic_seconds()))

    def note_failure(self, domain: str, seconds: float) -> None:
        """Note that a domain did not take a message; after `TRIES` in a row, or one that took long, it gets a rest.

        After its rest it is tried once: one more failure gives it another.
        """
        self._failures[domain] = self._failures.get(domain, 0) + 1
        if self._failures[domain] >= TRIES or seconds > SLOW_SECONDS:
            self._rest(domain, REST)

    def note_success(self, domain: str, seconds: float) -> None:
        """Note that a domain answered; one that took long lets the others go first."""
        self._failures.pop(domain, None)
        self._until.pop(domain, None)
        if seconds > SLOW_SECONDS:
            self._rest(domain, SLOW_REST)

    def _rest(self, domain: str, length: timedelta) -> None:
        self._until[domain] = monotonic_seconds() + length.total_seconds()
