"""Service to each other's people: approval, time limits kept and waiting time, for both sides of a pair.

"A's people at B's offices" are the stages of cases from A that an office of B decides, in the cases whose application
was sent in the window. Intervals and the median are computed in `domain.reciprocity.service`; who may ask is decided
by `services/reciprocity`.
"""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from sqlalchemy.orm import Session

from mobility.domain.clocks import OWED_BY_NOBODY
from mobility.domain.events import EventCode
from mobility.domain.reciprocity.service import ServiceCounts, Wait, median_wait_days
from mobility.domain.stages import TABLES, Outcome, StageKind, StageStatus
from mobility.storage.queries import statistics as queries
from mobility.storage.queries.statistics import Cohort

FILED: Final = frozenset(
    {
        EventCode.VISA_LODGED,
        EventCode.RECOGNITION_RECEIVED,
        EventCode.FUNDING_REQUESTED,
        EventCode.LANGUAGE_REGISTERED,
    }
)
"""From here the applicant waits for the office."""

DECIDED: Final = frozenset(
    {
        EventCode.VISA_DECIDED,
        EventCode.RECOGNITION_DECIDED,
        EventCode.FUNDING_OFFERED,
        EventCode.FUNDING_REFUSED,
        EventCode.LANGUAGE_COURSE_OFFERED,
        EventCode.LANGUAGE_CERTIFIED,
        EventCode.LANGUAGE_REFUSED,
    }
)
"""The office's answer, whatever it says; the first one ends the wait."""

_NOT_ASKED: Final = frozenset({StageStatus.NOT_REQUIRED, StageStatus.WAIVED})
_GIVEN_UP: Final = frozenset({StageStatus.WITHDRAWN, StageStatus.LAPSED, StageStatus.DECLINED})


class ServiceResult(StrEnum):
    """What became of one stage, for the rates: only the first two are decisions."""

    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    PENDING = "pending"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSide:
    """How the people of `sending` fared at the offices of `by`; `median_days` None: half are not decided yet."""

    sending: str
    by: str
    counts: ServiceCounts
    median_days: int | None
    waits: int


def result_of(kind: StageKind, status: StageStatus) -> ServiceResult:
    """Return how a stage counts: ended well is approved, refused, revoked or not passed is refused.

    Exempted and waived stages asked for no decision; what the applicant gave up is no decision either.
    """
    if status in _NOT_ASKED:
        return ServiceResult.NOT_ASKED
    if status in _GIVEN_UP:
        return ServiceResult.WITHDRAWN
    outcome = TABLES[kind].outcomes.get(status, Outcome.OPEN)
    return {
        Outcome.WELL: ServiceResult.APPROVED,
        Outcome.BADLY: ServiceResult.REFUSED,
        Outcome.OPEN: ServiceResult.PENDING,
    }[outcome]


def statuses_of(result: ServiceResult) -> frozenset[tuple[str, str]]:
    """Return the kinds and statuses that count as this result."""
    return frozenset(
        (kind.value, status.value)
        for kind, table in TABLES.items()
        for status in table.statuses()
        if result_of(kind, status) is result
    )


def measure_service(
    session: Session, programme_ids: Collection[int], a: str, b: str, window: tuple[date, date], today: date
) -> tuple[ServiceSide, ServiceSide]:
    """Return A's people at B's offices, and B's at A's: four statements."""
    cohort = cohort_of(programme_ids, a, b, window)
    results, limits, waits = _results(session, cohort), _limits(session, cohort, today), _waits(session, cohort, today)
    sides = []
    for pair in ((a, b), (b, a)):
        kept, late = limits[pair]
        counts = ServiceCounts(
            approved=results[pair][ServiceResult.APPROVED],
            refused=results[pair][ServiceResult.REFUSED],
            withdrawn=results[pair][ServiceResult.WITHDRAWN],
            pending=results[pair][ServiceResult.PENDING],
            kept=kept,
            limited=kept + late,
        )
        waited = waits[pair]
        sides.append(
            ServiceSide(
                sending=pair[0], by=pair[1], counts=counts, median_days=median_wait_days(waited), waits=len(waited)
            )
        )
    return sides[0], sides[1]


def cohort_of(programme_ids: Collection[int], a: str, b: str, window: tuple[date, date]) -> Cohort:
    """Return the cases between two countries whose application was sent in the window."""
    return Cohort(
        programme_ids=frozenset(programme_ids), countries=frozenset({a, b}), first_on=window[0], last_on=window[1]
    )


def _results(session: Session, cohort: Cohort) -> defaultdict[tuple[str, str], Counter[ServiceResult]]:
    found: defaultdict[tuple[str, str], Counter[ServiceResult]] = defaultdict(Counter)
    for sending, country, kind, status, number in queries.count_stages(session, cohort):
        found[sending, country][result_of(StageKind(kind), StageStatus(status))] += number
    return found


def _limits(session: Session, cohort: Cohort, today: date) -> defaultdict[tuple[str, str], tuple[int, int]]:
    """Return kept and late clocks per side, without those whose day comes by itself."""
    rows = queries.count_clocks(session, cohort, today)
    kinds = queries.kinds_of_versions(session, {row[2] for row in rows}) if rows else {}
    found: defaultdict[tuple[str, str], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for sending, country, version_id, kept, late in rows:
        if kinds[version_id] not in OWED_BY_NOBODY:
            before = found[sending, country]
            found[sending, country] = (before[0] + int(kept), before[1] + int(late))
    return found


def _waits(session: Session, cohort: Cohort, today: date) -> defaultdict[tuple[str, str], list[Wait]]:
    """Return the wait of every filed stage; one given up is censored on its last day, an open one today."""
    rows = queries.count_waits(session, cohort, filed=FILED, decided=DECIDED)
    found: defaultdict[tuple[str, str], list[Wait]] = defaultdict(list)
    for row in rows:
        sending, country, filed_on, decided_on, ended_on, number = tuple(row)
        until = decided_on or ended_on or today
        wait = Wait(days=max(0, (until - filed_on).days), decided=decided_on is not None)
        found[sending, country].extend([wait] * number)
    return found
