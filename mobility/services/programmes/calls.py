"""Calls of a programme: made and changed as drafts or published, published once the route can carry a case.

A call belongs to one route for good. Taking a published call back hides it from the list of open calls; applications
that were begun stay, and can be sent as long as the call is open again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from mobility.domain.access import Actor
from mobility.domain.accounts import clean_name
from mobility.domain.applications.vocabulary import Discipline
from mobility.domain.errors import InvalidInput
from mobility.i18n.time_zones import known_time_zones
from mobility.services.audit import record_event
from mobility.services.case_files import check_version
from mobility.services.programmes.choices import CASE
from mobility.services.programmes.permits import get_managed
from mobility.services.programmes.settings import clean_code
from mobility.storage.models.programmes import Call, Programme, Route
from mobility.storage.queries import programmes as queries

LONGEST_TITLE, LONGEST_SUMMARY, LONGEST_CITY = 200, 4000, 80
MOST_PLACES: Final = 10_000
MOST_DAYS: Final = 1830


@dataclass(frozen=True, slots=True, kw_only=True)
class CallDraft:
    """What is said about a call; `texts` by language hold title and summary, English always there."""

    discipline: str
    opens_on: date
    closes_on: date
    time_zone: str
    stay_from: date
    stay_until: date
    min_days: int
    max_days: int
    places: int
    host: str
    host_city: str
    texts: Mapping[str, Mapping[str, str]]


def get_call(session: Session, actor: Actor, programme_code: str, code: str) -> tuple[Programme, Call]:
    """Return a programme that the actor manages, and one of its calls; raises NotFound."""
    programme = get_managed(session, actor, programme_code)
    return programme, queries.get_call_of(session, programme.id, code, lock=bool(session.info.get("writing")))


def create_call(
    session: Session, actor: Actor, programme_code: str, route_id: int, code: str, draft: CallDraft, now: datetime
) -> Call:
    """Make a call that nobody sees yet; its code stays for good."""
    programme = get_managed(session, actor, programme_code)
    route = next((each for each in programme.routes if each.id == route_id), None)
    if route is None:
        raise InvalidInput(field="route", reason="not_a_choice", value=route_id)
    code = clean_code(code)
    if queries.is_code_taken(session, Call, code):
        raise InvalidInput(field="code", reason="call_code_taken", value=code)
    call = Call(code=code, route_id=route.id, is_published=False)
    _write(call, clean_call(draft))
    session.add(call)
    session.flush()
    _record(session, actor, "call_created", call, now)
    return call


def change_call(
    session: Session, actor: Actor, programme_code: str, code: str, draft: CallDraft, *, row_version: int, now: datetime
) -> Call:
    """Save a call, published or not; raises ChangedMeanwhile when the form was opened on an older version."""
    _, call = get_call(session, actor, programme_code, code)
    check_version(call, row_version)
    changed = _write(call, clean_call(draft))
    if changed:
        session.flush()
        _record(session, actor, "call_changed", call, now, fields=changed)
    return call


def publish_call(
    session: Session, actor: Actor, programme_code: str, code: str, *, row_version: int, now: datetime
) -> Call:
    """Let everybody see a call. Raises InvalidInput if it has closed, or a stage of its route has no desk."""
    programme, call = get_call(session, actor, programme_code, code)
    check_version(call, row_version)
    if call.is_published:
        return call
    if now.astimezone(ZoneInfo(call.time_zone)).date() > call.closes_on:
        raise InvalidInput(field="closes_on", reason="closed_already", value=call.closes_on.isoformat())
    missing = stages_without_desk(programme, call.route)
    if missing:
        raise InvalidInput(field="route", reason="route_incomplete", value=", ".join(missing))
    call.is_published = True
    session.flush()
    _record(session, actor, "call_published", call, now)
    return call


def take_call_back(
    session: Session, actor: Actor, programme_code: str, code: str, *, row_version: int, now: datetime
) -> Call:
    """Hide a published call again."""
    _, call = get_call(session, actor, programme_code, code)
    check_version(call, row_version)
    if call.is_published:
        call.is_published = False
        session.flush()
        _record(session, actor, "call_taken_back", call, now)
    return call


def stages_without_desk(programme: Programme, route: Route) -> list[str]:
    """Return the stages of the programme that nobody decides on this route."""
    named = {each.stage for each in route.stages if each.office_id is not None}
    return [each.stage for each in programme.stages if each.stage not in named and each.stage != CASE]


def clean_call(draft: CallDraft) -> CallDraft:
    """Return a draft as it is stored; raises InvalidInput naming the first answer that cannot be used."""
    if draft.discipline and draft.discipline not in set(Discipline):
        raise InvalidInput(field="discipline", reason="not_a_choice", value=draft.discipline)
    if draft.time_zone not in known_time_zones():
        raise InvalidInput(field="time_zone", reason="not_a_time_zone", value=draft.time_zone)
    _check_days(draft)
    if not 1 <= draft.places <= MOST_PLACES:
        raise InvalidInput(field="places", reason="not_a_number_of_places", value=draft.places)
    return CallDraft(
        discipline=draft.discipline,
        opens_on=draft.opens_on,
        closes_on=draft.closes_on,
        time_zone=draft.time_zone,
        stay_from=draft.stay_from,
        stay_until=draft.stay_until,
        min_days=draft.min_days,
        max_days=draft.max_days,
        places=draft.places,
        host=clean_name(draft.host, "host"),
        host_city=_within(clean_name(draft.host_city, "host_city"), "host_city", LONGEST_CITY),
        texts=_texts(draft.texts),
    )


def _check_days(draft: CallDraft) -> None:
    if draft.closes_on < draft.opens_on:
        raise InvalidInput(field="closes_on", reason="closes_before_opening", value=draft.closes_on.isoformat())
    if draft.stay_from <= draft.closes_on:
        raise InvalidInput(field="stay_from", reason="stay_before_closing", value=draft.stay_from.isoformat())
    if draft.stay_until < draft.stay_from:
        raise InvalidInput(field="stay_until", reason="ends_before_beginning", value=draft.stay_until.isoformat())
    if not 1 <= draft.min_days <= MOST_DAYS:
        raise InvalidInput(field="min_days", reason="not_a_number_of_days", value=draft.min_days, most=MOST_DAYS)
    if draft.max_days < draft.min_days:
        raise InvalidInput(field="max_days", reason="most_below_least", value=draft.max_days)
    room = (draft.stay_until - draft.stay_from).days + 1
    if draft.max_days > room:
        raise InvalidInput(field="max_days", reason="longer_than_window", value=draft.max_days, most=room)


def _texts(texts: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """Return the languages that have a title and a summary; a language with only one of them is refused."""
    found = {}
    for language, text in texts.items():
        title, summary = text.get("title", "").strip(), text.get("summary", "").strip()
        if not title and not summary and language != "en":
            continue
        title = _within(clean_name(title, f"title_{language}"), f"title_{language}", LONGEST_TITLE)
        if not summary:
            raise InvalidInput(field=f"summary_{language}", reason="missing", value="")
        found[language] = {"title": title, "summary": _within(summary, f"summary_{language}", LONGEST_SUMMARY)}
    if "en" not in found:
        raise InvalidInput(field="title_en", reason="missing", value="")
    return found


def _within(text: str, field: str, most: int) -> str:
    if len(text) > most:
        raise InvalidInput(field=field, reason="too_long", value=text, most=most)
    return text


def _write(call: Call, draft: CallDraft) -> list[str]:
    plain = (
        "discipline",
        "opens_on",
        "closes_on",
        "time_zone",
        "stay_from",
        "stay_until",
        "min_days",
        "max_days",
        "places",
        "host",
        "host_city",
        "texts",
    )
    changed = [name for name in plain if getattr(call, name) != getattr(draft, name)]
    for name in changed:
        setattr(call, name, getattr(draft, name))
    return changed


def _record(session: Session, actor: Actor, code: str, call: Call, now: datetime, **facts: Any) -> None:
    record_event(session, actor, code, at=now, subject="call", subject_id=call.id, parameters=facts)
