"""Why a clock ends when it does: the steps of the count, the provision behind it, what happened, what was told before.

The same facts as JSON with `?format=json`. How its calendar is drawn day by day is decided in `plate`.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for

from mobility import calendars
from mobility.clock import utc_now
from mobility.domain.time_limits import Answer
from mobility.i18n.derivations import ExplainedStep, as_plain, calendar_name, cautions, explain
from mobility.i18n.law_texts import law_text
from mobility.i18n.time_zones import city_of
from mobility.services.cases import Lamp
from mobility.services.cases.clock_views import days_left, lamp_of, working_days_left
from mobility.services.clocks import ClockExplanation, calendar_source, explain_clock
from mobility.services.deadlines import holiday_in_current_language
from mobility.storage.db import db
from mobility.web.clocks.ask_links import ask_address
from mobility.web.clocks.plate_page import plate_of
from mobility.web.clocks.words import CLOCK_WORDS, name_in
from mobility.web.shared.access import current_actor, signed_in

blueprint = Blueprint("clocks", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the explained clock stands on the day of asking, for the words of `clock_words`."""

    lamp: Lamp
    days_left: int
    earliest_on: date
    latest_on: date
    paused_since: date | None


@blueprint.get("/clocks/<int:clock_id>/why")
@signed_in
def why(clock_id: int) -> str | Response:
    """Every step behind one date, for whoever may see its case."""
    found = explain_clock(db.session(), current_actor(), clock_id, utc_now())
    steps = explain(found.answer, provision=_citation(found), holiday_name=holiday_in_current_language)
    if request.args.get("format") == "json":
        return jsonify(_as_data(found, steps))
    return render_template(
        "clocks/why.html",
        why=found,
        steps=steps,
        cautions=cautions(_without_two_readings(found.answer)),
        standing=_standing(found),
        working=_working_days(found, found.state.earliest_on),
        working_later=_working_days(found, found.state.latest_on),
        case_url=_case_url(found),
        office_name=name_in(found.clock.office.names) if found.clock.office is not None else "",
        calendar_words=calendar_name(found.clock.calendar) if found.clock.calendar else "",
        city=city_of(found.clock.time_zone),
        ask_url=ask_address(
            provision=found.provision_code,
            day=found.clock.trigger_on,
            calendar=found.clock.calendar,
            pauses=tuple((pause.first_on, pause.last_on) for pause in found.state.pauses),
        ),
        plate=plate_of(found.answer, calendar_source(db.session()), found.today),
        **CLOCK_WORDS,
    )


def _without_two_readings(answer: Answer) -> Answer:
    """The page says in its first lines that there are two readings; that caution is not repeated."""
    return replace(answer, flags=answer.flags - {"debatable"})


def _citation(found: ClockExplanation) -> str:
    return f"{law_text(found.instrument_short_title)}, {found.terms.article}"


def _standing(found: ClockExplanation) -> Standing:
    state = found.state
    return Standing(
        lamp=lamp_of(
            state.status,
            today=found.today,
            earliest_on=state.earliest_on,
            latest_on=state.latest_on,
            met_late=state.met_late,
        ),
        days_left=days_left(state.earliest_on, state.latest_on, found.today),
        earliest_on=state.earliest_on,
        latest_on=state.latest_on,
        paused_since=state.paused_since,
    )


def _working_days(found: ClockExplanation, day: date) -> int | None:
    """Return the working days to one reading; None without a calendar."""
    if not found.clock.calendar:
        return None
    return working_days_left(calendars.source(), found.clock.calendar, day, day, found.today)


def _case_url(found: ClockExplanation) -> str:
    is_own = found.case.person_id == current_actor().person_id
    return url_for("cases.show" if is_own else "desk.show", reference=found.case.reference)


def _as_data(found: ClockExplanation, steps: list[ExplainedStep]) -> dict[str, Any]:
    return {
        "clock": found.clock.id,
        "case": found.case.reference,
        "provision": found.provision_code,
        "instrument": found.instrument_code,
        "article": found.terms.article,
        "url": found.url,
        "confidence": found.terms.confidence,
        "is_verified": found.terms.is_verified,
        "status": found.state.status,
        "trigger_on": found.clock.trigger_on.isoformat(),
        "due_on": found.state.due_on.isoformat(),
        "earliest_on": found.state.earliest_on.isoformat(),
        "latest_on": found.state.latest_on.isoformat(),
        "calendar": found.clock.calendar,
        "calendar_version": found.clock.calendar_version,
        "time_zone": found.clock.time_zone,
        "answer": found.answer.to_dict(),
        "explanation": as_plain(steps),
        "cautions": cautions(found.answer),
        "events": [
            {"seq": each.seq, "kind": each.kind, "on": each.on_day.isoformat(), "by": each.actor_name}
            for each in found.events
        ],
        "earlier": [
            {
                "due_on": each.due_on.isoformat(),
                "earliest_on": each.earliest_on.isoformat(),
                "latest_on": each.latest_on.isoformat(),
                "from": each.from_at.isoformat(),
            }
            for each in found.earlier
        ],
    }
