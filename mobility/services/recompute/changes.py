"""What changed, and what that does to clocks: the difference is a value, to be shown before it is applied."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from mobility.domain.calendars import Override


class Cause(StrEnum):
    """Why clocks are counted again; kept with the event and told to the people concerned."""

    CALENDAR = "calendar"
    PROVISION = "provision"
    EVERYTHING = "everything"
    TRIGGER = "trigger"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change to look at: one day of one calendar, some provisions, or (neither given) whatever may have changed.

    `planned` is a day that is not entered yet: the clocks are counted as if it were.
    """

    calendar: str = ""
    day: date | None = None
    provisions: tuple[str, ...] = ()
    planned: Override | None = None

    def __post_init__(self) -> None:
        """Refuse a calendar without its day and a day without its calendar."""
        if bool(self.calendar) is not (self.day is not None):
            raise ValueError("a calendar and its day are given together")

    @classmethod
    def entering(cls, override: Override) -> "Change":
        """Return the change that entering a day would make."""
        return cls(calendar=override.calendar, day=override.day, planned=override)

    @property
    def cause(self) -> Cause:
        if self.provisions:
            return Cause.PROVISION
        return Cause.CALENDAR if self.calendar else Cause.EVERYTHING

    def as_data(self) -> dict[str, Any]:
        """Return what the event and the log keep of it."""
        data: dict[str, Any] = {"cause": self.cause.value}
        if self.calendar:
            data["calendar"] = self.calendar
        if self.day is not None:
            data["day"] = self.day.isoformat()
        if self.provisions:
            data["provisions"] = list(self.provisions)
        return data


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """The three days of a clock."""

    due_on: date
    earliest_on: date
    latest_on: date

    def as_data(self) -> dict[str, str]:
        """Return them as ISO texts."""
        return {name: getattr(self, name).isoformat() for name in ("due_on", "earliest_on", "latest_on")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One clock whose answer changes: its days before and after, and the wording it goes over to (0: its own).

    `is_replayed` where they came from its events, and not from the day of its trigger alone.
    """

    clock_id: int
    case_id: int
    reference: str
    provision: str
    stage: str
    was: Days
    becomes: Days
    becomes_overdue: bool
    version_id: int = 0
    is_replayed: bool = False

    def as_data(self) -> dict[str, Any]:
        """Return it for programs to read."""
        return {
            "clock": self.clock_id,
            "reference": self.reference,
            "provision": self.provision,
            "was": self.was.as_data(),
            "is": self.becomes.as_data(),
            "becomes_overdue": self.becomes_overdue,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What a change does: `looked_at` clocks were counted again, `moves` have another answer.

    `refused` are clocks that can no longer be counted (id and code of the error); they keep their days.
    """

    change: Change
    looked_at: int
    moves: tuple[Move, ...]
    refused: tuple[tuple[int, str], ...] = ()

    @property
    def cases(self) -> int:
        return len({move.case_id for move in self.moves})

    @property
    def newly_overdue(self) -> int:
        return sum(move.becomes_overdue for move in self.moves)
