"""Tells people when an exchange becomes uneven, and calls for the review that the instrument foresees.

A threshold is looked at every hour and when a statement is confirmed, on the people of the last three accounting years
that are over. Crossing it is told once; it is told again only after it was on the right side in between.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from functools import cache
from typing import Any, Final
from urllib.parse import urlencode

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from mobility.domain.access import SYSTEM, Actor
from mobility.domain.errors import DomainError, InvalidInput, NotFound
from mobility.domain.law_codes import ProvisionKind
from mobility.domain.reciprocity.accounting import DEFAULT_WINDOW_PERIODS, Period
from mobility.domain.reciprocity.flows import FlowTable, pool_flows
from mobility.domain.thresholds import Measured, Threshold, ThresholdKind, measure
from mobility.services.asking import Question, reply
from mobility.services.audit import record_event
from mobility.services.outbox import enqueue
from mobility.services.reciprocity import ReportQuery, list_report_choices, resolve_scope
from mobility.services.treaties import version_of
from mobility.storage.models.accounts import Person
from mobility.storage.models.thresholds import FollowedThreshold, TriggeredReview
from mobility.storage.models.treaties import InstrumentRow, PartyRow, ProvisionRow, ProvisionVersionRow
from mobility.storage.queries import statements as pairs
from mobility.storage.queries import thresholds as queries
from mobility.storage.queries.flow_sums import sum_flows
from mobility.storage.queries.registry import present_version

REVIEWS: Final = frozenset({ProvisionKind.REPORT, ProvisionKind.ACT})
"""What an instrument can foresee about reciprocity that somebody has to do: a quota only sets a number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Followable:
    """An instrument whose reports this manager may read, with the pairs of states it links."""

    code: str
    title: str
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A review that the instrument foresees: what is owed, under which article, by when (None: no length is named)."""

    owes: str
    article: str
    due_on: date | None


def list_followable(session: Session, actor: Actor) -> list[Followable]:
    """Return what a manager may follow, by title."""
    titles = {each.instrument_code: each.instrument_title for each in list_report_choices(session, actor)}
    ids = {
        row.id: row.code
        for row in session.execute(
            select(InstrumentRow.id, InstrumentRow.code).where(InstrumentRow.code.in_(sorted(titles)))
        )
    }
    linked: dict[str, set[tuple[str, str]]] = {}
    for route in pairs.list_routes(session, everything=True):
        if route.instrument_id in ids:
            linked.setdefault(ids[route.instrument_id], set()).add(route.pair)
    return [
        Followable(code=code, title=title, pairs=tuple(sorted(linked.get(code, ()))))
        for code, title in sorted(titles.items(), key=lambda each: each[1])
    ]


def follow_threshold(session: Session, actor: Actor, code: str, threshold: Threshold, *, now: datetime) -> int:
    """Follow a threshold of an instrument the actor reads reports of; following it again changes the level.

    Raises NotFound for any other instrument, InvalidInput for two states it does not link.
    """
    known = {each.code: each for each in list_followable(session, actor)}
    if code not in known:
        raise NotFound(instrument=code)
    if threshold.pair is not None and threshold.pair not in known[code].pairs:
        raise InvalidInput(field="pair", reason="not_a_pair", value="–".join(threshold.pair))
    a, b = threshold.pair or ("", "")
    row = FollowedThreshold(
        person_id=actor.person_id,
        instrument_id=session.scalars(select(InstrumentRow.id).where(InstrumentRow.code == code)).one(),
        kind=threshold.kind.value,
        country_a=a,
        country_b=b,
        level_percent=int(threshold.level * 100),
        created_at=now,
    )
    same = queries.find_same(session, row)
    if same is not None:
        same.level_percent, same.is_crossed, same.crossed_on = row.level_percent, False, None
        row = same
    else:
        session.add(row)
    session.flush()
    record_event(session, actor, "threshold_followed", at=now, subject="threshold", subject_id=row.id)
    _check(session, [row], now)
    return row.id


def leave_threshold(session: Session, actor: Actor, threshold_id: int, *, now: datetime) -> None:
    """Stop following; raises NotFound for what somebody else follows."""
    row = session.get(FollowedThreshold, threshold_id)
    if row is None or row.person_id != actor.person_id:
        raise NotFound(threshold=threshold_id)
    session.delete(row)
    record_event(session, actor, "threshold_left", at=now, subject="threshold", subject_id=threshold_id)


def list_followed(session: Session, actor: Actor) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return what the actor follows, with what was measured last."""
    return queries.list_of_person(session, actor.person_id)


def list_reviews(session: Session, actor: Actor) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the reviews that were called for under the instruments whose reports the actor reads."""
    return queries.list_reviews(session, {each.instrument_code for each in list_report_choices(session, actor)})


def check_thresholds(session: Session, now: datetime, instrument_ids: Collection[int] | None = None) -> int:
    """Look at every followed threshold (of these instruments) and tell who follows one that was crossed.

    Returns how many were crossed since the last look. Flows are no case data, so any scope may ask.
    """
    return _check(session, queries.list_followed(session, instrument_ids), now)


def _check(session: Session, rows: Sequence[FollowedThreshold], now: datetime) -> int:
    crossed = 0

    @cache
    def table(instrument_id: int) -> tuple[str, FlowTable, Sequence[Period]]:
        return _people(session, instrument_id, now.date())

    for row in rows:
        code, people, periods = table(row.instrument_id)
        found = measure(_threshold(row), people)
        is_news = found.is_crossed and not row.is_crossed
        row.is_crossed, row.checked_at = found.is_crossed, now
        row.measured = "" if found.value is None else str(found.value)
        if is_news:
            row.crossed_on = now.date()
            _tell(session, row, code, found, periods, now)
            crossed += 1
    session.flush()
    return crossed


def _threshold(row: FollowedThreshold) -> Threshold:
    return Threshold(
        kind=ThresholdKind(row.kind),
        level=Fraction(row.level_percent, 100),
        pair=(row.country_a, row.country_b) if row.country_a else None,
    )


def _people(session: Session, instrument_id: int, today: date) -> tuple[str, FlowTable, Sequence[Period]]:
    """Return the instrument's code, its people in the last accounting years that are over, and those years."""
    code = session.scalars(select(InstrumentRow.code).where(InstrumentRow.id == instrument_id)).one()
    try:
        scope = resolve_scope(session, SYSTEM, ReportQuery(instrument=code))
    except NotFound:  # its last programme is gone: nothing is counted under it any more
        return code, pool_flows(()), ()
    periods = scope.year.window(scope.year.period_of(today).year - 1, DEFAULT_WINDOW_PERIODS)
    window = periods[0].starts_on, periods[-1].ends_on
    sums = sum_flows(session, scope.source, [window], planned=False, today=today)
    return code, pool_flows((each.origin, each.host, each.heads[0]) for each in sums), periods


def _tell(
    session: Session, row: FollowedThreshold, code: str, found: Measured, periods: Sequence[Period], now: datetime
) -> None:
    reviews = call_for_reviews(session, row.instrument_id, now)
    title = session.scalars(select(InstrumentRow.short_title).where(InstrumentRow.id == row.instrument_id)).one()
    first, last = periods[0], periods[-1]
    asked: dict[str, Any] = {"instrument": code, "from": first.year, "to": last.year}
    asked |= {"country": row.country_a, "partner": row.country_b} if row.country_a else {}
    session.flush()
    record_event(session, SYSTEM, "threshold_crossed", at=now, subject="threshold", subject_id=row.id)
    enqueue(
        session,
        key=f"threshold_crossed:{row.id}:{now.isoformat(timespec='seconds')}",
        template="threshold_crossed",
        recipient=session.get_one(Person, row.person_id),
        now=now,
        parameters={
            "path": f"/reciprocity/report?{urlencode(asked)}",
            "instrument": title,
            "kind": row.kind,
            "country_a": row.country_a,
            "country_b": row.country_b,
            "level": row.level_percent,
            "measured": round(float(found.value or 0) * 100),
            "starts_on": first.starts_on.isoformat(),
            "ends_on": last.ends_on.isoformat(),
            "reviews": [_as_fact(each) for each in reviews],
        },
    )


def _as_fact(review: Review) -> Mapping[str, str]:
    due_on = review.due_on.isoformat() if review.due_on else ""
    return {"owes": review.owes, "article": review.article, "due_on": due_on}


def call_for_reviews(session: Session, instrument_id: int, now: datetime) -> list[Review]:
    """Return what the instrument foresees, and note each as called for unless it already is and not due yet."""
    found = []
    for provision in queries.list_provisions(session, instrument_id):
        row = present_version(provision, now.date())
        if row is None or version_of(row).kind not in REVIEWS:
            continue
        called = queries.find_open_review(session, row.id, now.date()) or _call(session, provision, row, now)
        found.append(Review(owes=version_of(row).owes, article=row.article, due_on=called.due_on))
    return found


def _call(session: Session, provision: ProvisionRow, version: ProvisionVersionRow, now: datetime) -> TriggeredReview:
    review = TriggeredReview(
        instrument_id=provision.instrument_id,
        provision_version_id=version.id,
        triggered_on=now.date(),
        due_on=_due_day(session, provision, version, now.date()),
        created_at=now,
    )
    session.add(review)
    session.flush()
    record_event(session, SYSTEM, "review_triggered", at=now, subject="review", subject_id=review.id)
    return review


def _due_day(session: Session, provision: ProvisionRow, version: ProvisionVersionRow, today: date) -> date | None:
    """Return by when the review is due: the next of a series since entry into force, or counted from today.

    None where the engine has no answer, such as for a review without a length.
    """
    is_series = str(version_of(version).direction) == "periodic"
    start = _in_force_on(session, provision.instrument_id, version) if is_series else today
    try:
        answer = reply(session, Question(start=start or today, provision=provision.code, second_on=today)).answer
    except DomainError:
        return None
    return answer.earliest


def _in_force_on(session: Session, instrument_id: int, version: ProvisionVersionRow) -> date | None:
    """Return since when the wording holds; without such a day, when the instrument entered into force."""
    if version.valid_from is not None:
        return version.valid_from
    return session.scalar(select(func.min(PartyRow.in_force_on)).where(PartyRow.instrument_id == instrument_id))
