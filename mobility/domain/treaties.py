"""Instruments, their parties, and provisions with the versions that applied on each day.

Says which wording governed on a date and which provisions two dates of validity set against each other.
How a period is counted is the engine's matter; where the files are read and checked, that of storage.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from mobility.domain.errors import DomainError
from mobility.domain.events import EventCode
from mobility.domain.law_codes import (
    CalendarOwner,
    Confidence,
    DatePrecision,
    Direction,
    ExtensionModel,
    InstrumentKind,
    LegalStage,
    OwedBy,
    PeriodUnit,
    ProvisionKind,
    Silence,
    SuspensionModel,
)

NO_PARAMS: Mapping[str, object] = MappingProxyType({})


class OverlappingVersions(DomainError):
    """Two versions of one provision claim the same day, so no date could be justified."""

    code = "overlapping_versions"


class NoVersionInForce(DomainError):
    """The provision had no wording in force on the day asked about."""

    code = "no_version_in_force"


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A country (or the Union, as `EU`) bound by an instrument, with the dates that say when."""

    country: str
    signed_on: date | None = None
    in_force_on: date | None = None
    in_force_precision: DatePrecision = DatePrecision.DAY
    provisional_from: date | None = None
    withdrawn_on: date | None = None
    confidence: Confidence = Confidence.SEEN

    def is_bound_on(self, on: date) -> bool:
        """True from entry into force (or provisional application) up to the day before withdrawal."""
        starts = [day for day in (self.in_force_on, self.provisional_from) if day is not None]
        if not starts or on < min(starts):
            return False
        return self.withdrawn_on is None or on < self.withdrawn_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """A treaty, act, agreement or set of programme rules.

    `parties_complete` False means that a country which is not listed may still be bound.
    """

    code: str
    title: str
    short_title: str
    kind: InstrumentKind
    url: str | None = None
    parties: tuple[Party, ...] = ()
    parties_complete: bool = True
    parties_source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """What stops the clock: from one event to another, or through another provision (`provision`)."""

    model: SuspensionModel
    from_event: EventCode | None = None
    to_event: EventCode | None = None
    article: str | None = None
    provision: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """How the period may become longer; `period` is empty where the authority sets the length."""

    model: ExtensionModel
    period: str = ""
    unit: PeriodUnit | None = None
    ground: str = ""
    article: str | None = None
    provision: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisionVersion:
    """One dated wording of a provision.

    `valid_from` None: the first day is not recorded; `valid_until` is inclusive, None means open.
    `period` is a whole number, a decimal number of months, or steps such as `3w+2wd`; empty where the law
    prescribes none. `rows` are the names under which this wording is known in lists of provisions.
    """

    number: int
    valid_from: date | None
    valid_from_precision: DatePrecision = DatePrecision.DAY
    valid_until: date | None = None
    article: str
    stage: LegalStage
    kind: ProvisionKind
    trigger: str = ""
    starts_on: EventCode | None = None
    met_by: tuple[EventCode, ...] = ()
    period: str = ""
    unit: PeriodUnit | None = None
    direction: Direction
    owed_by: OwedBy
    rule_set: str
    calendar: str = CalendarOwner.NONE
    params: Mapping[str, object] = field(default_factory=lambda: NO_PARAMS, hash=False)
    suspension: Suspension | None = None
    extension: Extension | None = None
    silence: Silence = Silence.NONE
    soft: bool = False
    owes: str
    consequence: str = ""
    url: str | None = None
    source: str
    checked_on: date | None = None
    confidence: Confidence
    rows: tuple[str, ...] = ()
    notes: str = ""

    @property
    def is_verified(self) -> bool:
        """False for wording that nobody compared with a text; its dates must say so where they are shown."""
        return self.confidence is not Confidence.RECALLED and self.checked_on is not None

    @property
    def starts_a_clock(self) -> bool:
        """True if an event of a case starts it and the result is a day that somebody has to keep."""
        return self.starts_on is not None and bool(self.met_by)

    def covers(self, on: date) -> bool:
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_until is None or on <= self.valid_until
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Provision:
    """A cited term of an instrument under a stable code, with every wording it has had, oldest first."""

    code: str
    instrument: str
    versions: tuple[ProvisionVersion, ...]

    @property
    def latest(self) -> ProvisionVersion:
        return self.versions[-1]


_COUNTING: Mapping[Direction, str] = MappingProxyType(
    {
        Direction.BACKWARD_LATEST: "backward",
        Direction.BACKWARD_EARLIEST: "backward",
        Direction.ROLLING: "max_continuous",
        Direction.PERIODIC: "periodic",
    }
)


def counting_direction(direction: Direction) -> str:
    """Return the engine's word for a direction: forward, backward, periodic or max_continuous."""
    return _COUNTING.get(direction, "forward")


_COUNTING_PARAMS = frozenset({"candidates", "renewal", "notice", "saturday"})


def counting_params(version: ProvisionVersion) -> dict[str, object]:
    """Return the parameters that the engine counts with; the others say to which facts the provision applies.

    Events among the candidates are still codes: whoever knows the case puts their days in their place.
    """
    return {key: value for key, value in version.params.items() if key in _COUNTING_PARAMS}


def overlapping_versions(
    versions: Sequence[ProvisionVersion],
) -> list[tuple[ProvisionVersion, ProvisionVersion]]:
    """Return every pair of versions that share at least one day, in order of their numbers."""
    return [
        (first, second)
        for position, first in enumerate(versions)
        for second in versions[position + 1 :]
        if _starts(first) <= _ends(second) and _starts(second) <= _ends(first)
    ]


def find_version_in_force(provision: Provision, on: date) -> ProvisionVersion | None:
    """Return the wording that governs a trigger on that day, or None between versions and before the first.

    Raises OverlappingVersions, naming both, when two claim the day.
    """
    governing = [version for version in provision.versions if version.covers(on)]
    if len(governing) > 1:
        raise OverlappingVersions(
            provision=provision.code, first=governing[0].number, second=governing[1].number, on=on.isoformat()
        )
    return governing[0] if governing else None


def version_in_force(provision: Provision, on: date) -> ProvisionVersion:
    """As `find_version_in_force`, but raises NoVersionInForce where there is none."""
    version = find_version_in_force(provision, on)
    if version is None:
        raise NoVersionInForce(provision=provision.code, on=on.isoformat())
    return version


def matching_provisions(provisions: Iterable[Provision], wanted: str) -> list[Provision]:
    """Return the provisions known by a code, by an older list's name for one of their versions, or by its
    stem: `S34` finds the two rules `S34a` and `S34b` that stand in one article. An exact code wins.
    """
    listed = sorted(provisions, key=lambda provision: provision.code)
    exact = [provision for provision in listed if provision.code == wanted]
    if exact:
        return exact
    return [
        provision
        for provision in listed
        if any(wanted in version.rows for version in provision.versions)
        or (provision.code[:-1] == wanted and provision.code[-1:].islower())
    ]


def _starts(version: ProvisionVersion) -> date:
    return version.valid_from or date.min


def _ends(version: ProvisionVersion) -> date:
    return version.valid_until or date.max
