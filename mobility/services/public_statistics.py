"""Statistics for the public: one fixed table per instrument and accounting year, released by a manager.

The table is people by origin, host and field of work with every sum of them; small figures are hidden by
`domain.reciprocity.cube`. Nothing is public before it is released, and a released table is a frozen row: a later
revision hides at least what the first did, shows nothing that together with it would give a hidden figure away, and
is refused where that cannot be had. Periods of one instrument never overlap, so no table is the difference of two.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import MAXYEAR, MINYEAR, date, datetime
from typing import Any, Final

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from mobility.domain.access import SYSTEM, Actor
from mobility.domain.applications.vocabulary import Discipline
from mobility.domain.errors import InvalidInput, NotFound
from mobility.domain.reciprocity.accounting import Period
from mobility.domain.reciprocity.cube import Cube, PublishedCube, build_cube, suppress_cube
from mobility.domain.reciprocity.suppression import SMALLEST_SHOWN
from mobility.domain.statements import canonical_text, hash_of
from mobility.services.audit import record_event
from mobility.services.reciprocity import ReportQuery, list_report_choices, resolve_scope
from mobility.storage.models.public_statistics import StatisticsRelease
from mobility.storage.models.treaties import InstrumentRow
from mobility.storage.queries import public_statistics as queries
from mobility.storage.queries.flow_source import FlowSource
from mobility.storage.queries.flow_sums import sum_flows

FORMAT: Final = "mobility.statistics/1"
TOTAL: Final = "_T"
"""SDMX's code for a total."""

UNSPECIFIED: Final = "_U"
"""SDMX's code for what is not known: a stay without a field of work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Releasable:
    """An instrument whose tables this manager may release, and its periods that are over, the newest first."""

    code: str
    title: str
    periods: tuple[Period, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would be released, beside the true figures; not for publication."""

    code: str
    title: str
    period: Period
    cube: Cube
    published: PublishedCube
    revision: int
    is_unchanged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A released table as the public sees it."""

    code: str
    title: str
    period: Period
    revision: int
    released_at: datetime
    content_hash: str
    text: str
    published: PublishedCube
    revisions: int


def list_releasable(session: Session, actor: Actor, today: date) -> list[Releasable]:
    """Return the instruments under which the actor manages a programme, by title."""
    titles = {each.instrument_code: each.instrument_title for each in list_report_choices(session, actor)}
    found = []
    for code, title in titles.items():
        year = resolve_scope(session, SYSTEM, ReportQuery(instrument=code)).year
        found.append(Releasable(code=code, title=title, periods=year.finished(today)))
    return sorted(found, key=lambda each: each.title)


def preview_release(session: Session, actor: Actor, code: str, year: int, now: datetime) -> Preview:
    """Return what a release would show now.

    Raises NotFound for an instrument the actor manages nothing under, InvalidInput for a period that is not over or
    overlaps a released one, CannotBeProtected where an earlier revision shows too much.
    """
    resolve_scope(session, actor, ReportQuery(instrument=code))
    scope = resolve_scope(session, SYSTEM, ReportQuery(instrument=code))
    period = scope.year.period(year)
    if period.ends_on >= now.date():
        raise InvalidInput(field="year", reason="period_not_over", value=year)
    earlier = _earlier(session, _instrument_id(session, code), period)
    cube = build_cube(_cells(session, scope.source, period, now.date()))
    published = suppress_cube(cube, earlier=[_cube_of(row.content) for row in earlier])
    return Preview(
        code=code,
        title=scope.instrument_title,
        period=period,
        cube=cube,
        published=published,
        revision=len(earlier) + 1,
        is_unchanged=bool(earlier) and dict(_cube_of(earlier[-1].content).values) == dict(published.values),
    )


def _instrument_id(session: Session, code: str) -> int:
    found = session.scalar(select(InstrumentRow.id).where(InstrumentRow.code == code))
    if found is None:
        raise NotFound(instrument=code)
    return found


def _earlier(session: Session, instrument_id: int, period: Period) -> list[StatisticsRelease]:
    rows = queries.list_overlapping(session, instrument_id, period.starts_on, period.ends_on)
    for row in rows:
        if (row.starts_on, row.ends_on) != (period.starts_on, period.ends_on):
            raise InvalidInput(field="year", reason="overlaps_a_release", value=period.year)
    return rows


def _cells(session: Session, source: FlowSource, period: Period, today: date) -> list[tuple[str, str, str, int]]:
    """Return people by origin, host and field of work; stays within one country are no exchange."""
    whole = _heads(session, source, period, today)
    cells = []
    for discipline in Discipline:
        heads = _heads(session, replace(source, discipline=discipline.value), period, today)
        whole.subtract(heads)
        cells += [(origin, host, discipline.value, people) for (origin, host), people in heads.items()]
    return cells + [(origin, host, UNSPECIFIED, people) for (origin, host), people in whole.items() if people]


def _heads(session: Session, source: FlowSource, period: Period, today: date) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for each in sum_flows(session, source, [(period.starts_on, period.ends_on)], planned=False, today=today):
        if each.origin != each.host and each.heads[0]:
            found[each.origin, each.host] += each.heads[0]
    return found


def release_statistics(session: Session, actor: Actor, code: str, year: int, *, now: datetime) -> int:
    """Release the table and return its revision; raises what the preview raises, and InvalidInput for no change."""
    preview = preview_release(session, actor, code, year, now)
    if preview.is_unchanged:
        raise InvalidInput(field="year", reason="nothing_new", value=year)
    text = _text(preview, now)
    row = StatisticsRelease(
        instrument_id=_instrument_id(session, code),
        starts_on=preview.period.starts_on,
        ends_on=preview.period.ends_on,
        revision=preview.revision,
        content=text,
        content_hash=hash_of(text),
        released_by=actor.person_id or None,
        released_at=now,
    )
    session.add(row)
    session.flush()
    record_event(
        session,
        actor,
        "statistics_released",
        at=now,
        subject="statistics_release",
        subject_id=row.id,
        parameters={"hash": row.content_hash, "revision": row.revision},
    )
    return row.revision


def _text(preview: Preview, now: datetime) -> str:
    return canonical_text(
        {
            "format": FORMAT,
            "instrument": preview.code,
            "title": preview.title,
            "period": {
                "first_day": preview.period.starts_on.isoformat(),
                "last_day": preview.period.ends_on.isoformat(),
            },
            "revision": preview.revision,
            "released_at": now.isoformat(timespec="seconds"),
            "unit": "people",
            "smallest_shown": SMALLEST_SHOWN,
            "total": TOTAL,
            "unspecified": UNSPECIFIED,
            "cells": rows_of(preview.published),
        }
    )


def rows_of(published: PublishedCube) -> list[dict[str, Any]]:
    """Return the table as rows with codes: `people` is None and `status` "hidden" for a hidden figure.

    What is in no row is a true zero.
    """
    return [
        {
            "origin": origin or TOTAL,
            "host": host or TOTAL,
            "field": field or TOTAL,
            "people": value,
            "status": "hidden" if value is None else "shown",
        }
        for (origin, host, field), value in published.values.items()
    ]


def _cube_of(text: str) -> PublishedCube:
    """Return the published table behind its frozen text."""
    data: Mapping[str, Any] = json.loads(text)
    values = {}
    for row in data["cells"]:
        origin, host, field = (None if row[name] == TOTAL else str(row[name]) for name in ("origin", "host", "field"))
        values[origin, host, field] = row["people"]
    axes = [tuple(sorted({name for place in values if (name := place[i]) is not None})) for i in range(3)]
    return PublishedCube(axes=(axes[0], axes[1], axes[2]), values=values)


def list_releases(session: Session) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return what was released, the newest period first; for everybody."""
    return queries.list_newest(session)


def get_release(session: Session, code: str, year: int) -> Release:
    """Return the newest revision of a released table; raises NotFound for what was not released."""
    rows = queries.list_of_period(session, code, year) if MINYEAR <= year <= MAXYEAR else []
    if not rows:
        raise NotFound(instrument=code, year=year)
    row = rows[-1]
    title = session.scalar(select(InstrumentRow.short_title).where(InstrumentRow.id == row.instrument_id)) or ""
    return Release(
        code=code,
        title=title,
        period=Period.of(row.starts_on, row.ends_on),
        revision=row.revision,
        released_at=row.released_at,
        content_hash=row.content_hash,
        text=row.content,
        published=_cube_of(row.content),
        revisions=len(rows),
    )
