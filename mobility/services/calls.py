"""Open calls as anybody may read them: the list with its filters, and one call with the time limits of its stages.

Whether somebody may apply is decided when the application is sent (`services/applications`); writing calls is the
programme managers' matter.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row
from sqlalchemy.orm import Session

from mobility.domain.applications.vocabulary import CallFacts
from mobility.domain.errors import InvalidInput
from mobility.domain.law_codes import Confidence
from mobility.domain.stages import StageKind
from mobility.storage.models.programmes import Call, RouteStage
from mobility.storage.queries import calls as queries
from mobility.storage.queries.calls import OpenCalls

PAGE = 20
MOST_SEARCHED = 2000
"""Words are looked for in Python, because the two databases fold case and accents differently."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLine:
    """One line of the list; `texts` maps a language to title and summary."""

    code: str
    texts: Mapping[str, Any]
    host: str
    host_city: str
    sending: str
    receiving: str
    discipline: str
    closes_on: date
    time_zone: str
    days_left: int
    instrument: str
    stages: tuple[StageKind, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallChoices:
    """What there is to filter by: codes that occur among open calls, whatever was chosen."""

    sending: tuple[str, ...]
    receiving: tuple[str, ...]
    disciplines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPage:
    """A page of the list; `next_key` continues it, "" at the end. `count` is that of all pages together."""

    lines: tuple[CallLine, ...]
    count: int
    next_key: str
    choices: CallChoices


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalTerm:
    """One time limit of a stage as the law has it; `is_verified` False must be said where the term is shown."""

    code: str
    owes: str
    period: str
    unit: str
    direction: str
    article: str
    instrument: str
    url: str
    is_verified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StageTerms:
    """A stage of the route ("case" for admission and travel), who decides it, and its time limits."""

    stage: str
    office_names: Mapping[str, Any]
    seat_city: str
    terms: tuple[LegalTerm, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallView:
    """Everything the page of a call shows."""

    call_id: int
    code: str
    texts: Mapping[str, Any]
    programme_names: Mapping[str, Any]
    instrument: str
    instrument_url: str
    host: str
    host_city: str
    sending: str
    receiving: str
    discipline: str
    language_level: str
    opens_on: date
    closes_on: date
    time_zone: str
    stay_from: date
    stay_until: date
    min_days: int
    max_days: int
    places: int
    days_left: int
    is_open: bool
    stages: tuple[StageTerms, ...]


def list_calls(
    session: Session,
    *,
    sending: str = "",
    receiving: str = "",
    discipline: str = "",
    words: str = "",
    after: str = "",
    now: datetime,
) -> CallPage:
    """Return a page of open calls, the next one to close first; every word must occur in a call's texts or place.

    An empty code wants all. Raises InvalidInput for a key that no page gave out.
    """
    wanted = OpenCalls(sending=sending, receiving=receiving, discipline=discipline)
    key = _read_key(after)
    needles = _folded(words).split()
    is_open = queries.find_open_at(session, now)
    counts = queries.count_open_calls(session, is_open)
    if needles:
        found = queries.list_open_calls(session, wanted, is_open, after=None, limit=MOST_SEARCHED)
        rows = [row for row in found if _has(row, needles)]
        count = len(rows)
        rows = [row for row in rows if key is None or (row.closes_on, row.id) > key]
    else:
        rows = list(queries.list_open_calls(session, wanted, is_open, after=key, limit=PAGE + 1))
        count = _counted(counts, wanted)
    shown = rows[:PAGE]
    following = f"{shown[-1].closes_on.isoformat()}.{shown[-1].id}" if len(rows) > PAGE else ""
    lines = tuple(_lines(session, shown, now))
    return CallPage(lines=lines, count=count, next_key=following, choices=_choices(counts))


def _counted(counts: Sequence[Row[str, str, str, int]], wanted: OpenCalls) -> int:
    return sum(
        number
        for sending, receiving, discipline, number in counts
        if wanted.sending in ("", sending)
        and wanted.receiving in ("", receiving)
        and (not wanted.discipline or discipline in (wanted.discipline, ""))
    )


def _choices(counts: Sequence[Row[str, str, str, int]]) -> CallChoices:
    return CallChoices(
        sending=tuple(sorted({row.sending for row in counts})),
        receiving=tuple(sorted({row.receiving for row in counts})),
        disciplines=tuple(sorted({row.discipline for row in counts if row.discipline})),
    )


def get_call(session: Session, code: str, now: datetime) -> CallView:
    """Return one published call, open or closed; raises NotFound."""
    call = queries.get_published_call(session, code)
    route, programme = call.route, call.route.programme
    return CallView(
        call_id=call.id,
        code=call.code,
        texts=call.texts,
        programme_names=programme.names,
        instrument=programme.instrument.short_title,
        instrument_url=programme.instrument.url,
        host=call.host,
        host_city=call.host_city,
        sending=route.sending,
        receiving=route.receiving,
        discipline=call.discipline,
        language_level=programme.language_level.lower(),
        opens_on=call.opens_on,
        closes_on=call.closes_on,
        time_zone=call.time_zone,
        stay_from=call.stay_from,
        stay_until=call.stay_until,
        min_days=call.min_days,
        max_days=call.max_days,
        places=call.places,
        days_left=(call.closes_on - today_at(call, now)).days,
        is_open=is_open_at(call, now),
        stages=_stage_terms(session, call, now),
    )


def today_at(call: Call, now: datetime) -> date:
    """Return the day it is where the call closes."""
    return now.astimezone(ZoneInfo(call.time_zone)).date()


def is_open_at(call: Call, now: datetime) -> bool:
    """True from 0:00 of the first day to 24:00 of the last one, in the call's own zone."""
    return call.is_published and call.opens_on <= today_at(call, now) <= call.closes_on


def facts_of(call: Call, now: datetime) -> CallFacts:
    """Return what an application to this call is measured against."""
    programme = call.route.programme
    return CallFacts(
        sending=call.route.sending,
        receiving=call.route.receiving,
        discipline=call.discipline,
        stay_from=call.stay_from,
        stay_until=call.stay_until,
        min_days=call.min_days,
        max_days=call.max_days,
        stages=frozenset(StageKind(each.stage) for each in programme.stages),
        language_level=programme.language_level.lower(),
        currency=programme.currency,
        today=today_at(call, now),
    )


def _read_key(text: str) -> tuple[date, int] | None:
    if not text:
        return None
    day, _, number = text.partition(".")
    try:
        key = date.fromisoformat(day), int(number)
    except ValueError:
        raise InvalidInput(field="after", reason="not_a_page", value=text) from None
    if not 0 <= key[1] < 2**63:
        raise InvalidInput(field="after", reason="not_a_page", value=text)
    return key


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text)
    return "".join(character for character in plain if not unicodedata.combining(character)).casefold()


def _has(row: Row[Any], needles: Iterable[str]) -> bool:
    texts = [" ".join(str(part) for part in each.values()) for each in row.texts.values()]
    haystack = _folded(" ".join([*texts, row.host, row.host_city]))
    return all(needle in haystack for needle in needles)


def _lines(session: Session, rows: Sequence[Row[Any]], now: datetime) -> Iterable[CallLine]:
    stages: dict[int, list[StageKind]] = {}
    for pair in queries.list_stages_of(session, sorted({row.programme_id for row in rows})):
        stages.setdefault(pair.programme_id, []).append(StageKind(pair.stage))
    for row in rows:
        yield CallLine(
            code=row.code,
            texts=row.texts,
            host=row.host,
            host_city=row.host_city,
            sending=row.sending,
            receiving=row.receiving,
            discipline=row.discipline,
            closes_on=row.closes_on,
            time_zone=row.time_zone,
            days_left=(row.closes_on - now.astimezone(ZoneInfo(row.time_zone)).date()).days,
            instrument=row.short_title,
            stages=tuple(stages.get(row.programme_id, ())),
        )


def _stage_terms(session: Session, call: Call, now: datetime) -> tuple[StageTerms, ...]:
    by_stage = {each.stage: each for each in call.route.stages}
    codes = sorted({code for each in call.route.stages for code in each.provisions})
    rows = queries.list_current_terms(session, codes, today_at(call, now)) if codes else []
    terms = {row.code: _term(row) for row in rows}
    order = ["case", *(each.stage for each in call.route.programme.stages)]
    return tuple(_terms_of(by_stage[stage], terms) for stage in order if stage in by_stage)


def _terms_of(stage: RouteStage, terms: Mapping[str, LegalTerm]) -> StageTerms:
    office = stage.office
    return StageTerms(
        stage=stage.stage,
        office_names=office.names if office else {},
        seat_city=office.seat_city if office else "",
        terms=tuple(terms[code] for code in stage.provisions if code in terms),
    )


def _term(row: Row[Any]) -> LegalTerm:
    terms = row.terms
    return LegalTerm(
        code=row.code,
        owes=terms["owes"],
        period=terms["period"],
        unit=terms["unit"] or "",
        direction=terms["direction"],
        article=row.article,
        instrument=row.short_title,
        url=terms["url"] or "",
        is_verified=row.confidence != Confidence.RECALLED and bool(terms["checked_on"]),
    )
