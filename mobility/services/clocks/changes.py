"""What a change did to the clocks of a case: kept in the audit entry of the change, shown in the history."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from mobility.storage.models.clocks import Clock


@dataclass(slots=True, kw_only=True)
class ClockChange:
    """One clock that an event touched; `kinds` are the events it got, the days those before and after."""

    clock: Clock
    provision: str
    kinds: list[str]
    was_on: date | None = None

    def as_data(self) -> dict[str, Any]:
        """Return what the audit entry holds; the clock must have been flushed."""
        return {
            "clock": self.clock.id,
            "provision": self.provision,
            "kinds": list(self.kinds),
            "was": self.was_on.isoformat() if self.was_on else None,
            "is": self.clock.due_on.isoformat(),
        }


@dataclass(slots=True, kw_only=True)
class Recorded:
    """The outcome of recording events: the clocks touched, and provisions the engine could not compute."""

    changes: list[ClockChange] = field(default_factory=list)
    uncomputed: list[tuple[str, str]] = field(default_factory=list)

    def as_data(self) -> dict[str, Any]:
        """Return the parameters to put into the audit entry; nothing where nothing happened to a clock."""
        data: dict[str, Any] = {}
        if self.changes:
            data["clocks"] = [change.as_data() for change in self.changes]
        if self.uncomputed:
            data["uncomputed"] = [list(pair) for pair in self.uncomputed]
        return data
