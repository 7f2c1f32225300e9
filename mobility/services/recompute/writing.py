"""Writes the difference that a change makes, some clocks at a time: set by set, because there may be many.

Each clock keeps its old answer in the event, gets new notices, and the people concerned are told. The difference is
counted again in the write unit, so that what was shown before never overwrites what happened since.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from mobility.domain.access import Actor
from mobility.domain.clocks import ClockEventKind, ClockStatus
from mobility.domain.reminders import Audience
from mobility.services.audit import append_entries
from mobility.services.case_files import office_day
from mobility.services.clocks import refresh_next_dues
from mobility.services.notices import CASE_PATH, DESK_PATH
from mobility.services.outbox import Letter, enqueue_many
from mobility.services.recompute.changes import Move
from mobility.services.recompute.counting import Recount, StoredAnswer
from mobility.services.reminder_recipients import Recipients, recipients_of_many
from mobility.services.reminders import plan_for_clocks
from mobility.storage.many_rows import insert_many, update_many
from mobility.storage.models.audit import AuditEntry
from mobility.storage.models.clocks import Clock, ClockEventRow
from mobility.storage.models.treaties import ProvisionVersionRow
from mobility.storage.queries import recompute as queries

CHUNK: Final = 500
"""How many clocks one write unit takes: others wait less than a second for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What one write unit did; `told` counts messages."""

    moved: int = 0
    told: int = 0


def apply_to(session: Session, actor: Actor, recount: Recount, clock_ids: Sequence[int]) -> Applied:
    """Count these clocks again and write those whose answer differs. Needs a write unit; at most CHUNK at a time.

    Running it twice changes nothing.
    """
    locked = queries.load_clocks(session, clock_ids)  # first, so that what is counted from now on still holds
    by_clock = {move.clock_id: move for move in recount.difference(session, clock_ids).moves}
    clocks = [clock for clock in locked if clock.id in by_clock]
    if not clocks:
        return Applied()
    answers = _answers(session, recount, clocks, by_clock)
    _write_events(session, actor, recount, clocks, by_clock)
    _write_clocks(session, clocks, by_clock, answers)
    told = _tell(session, clocks, by_clock, recount)
    refresh_next_dues(
        session,
        {clock.case_id for clock in clocks},
        {key: str(each.version.kind) for key, each in recount.wordings.items()},
    )
    append_entries(session, _entries(actor, recount, clocks, by_clock))
    return Applied(moved=len(clocks), told=told)


def _answers(
    session: Session, recount: Recount, clocks: Sequence[Clock], moves: Mapping[int, Move]
) -> dict[int, StoredAnswer]:
    replayed = {move.case_id for move in moves.values() if move.is_replayed}
    benches = {case_id: recount.bench(session, case_id) for case_id in sorted(replayed)}
    found: dict[int, StoredAnswer] = {}
    for clock in clocks:
        if not moves[clock.id].is_replayed:
            found[clock.id] = recount.answer(clock)
            continue
        state, _, calendar = recount.replayed(session, benches[clock.case_id], clock.id)
        kept = StoredAnswer(None, "", calendar)
        found[clock.id] = kept if state.is_provisional else StoredAnswer.of(state.answer, calendar)
    return found


def _write_events(
    session: Session, actor: Actor, recount: Recount, clocks: Sequence[Clock], moves: Mapping[int, Move]
) -> None:
    places = queries.last_seqs(session, moves)
    change = recount.change.as_data()
    rows = [
        {
            "clock_id": clock.id,
            "case_id": clock.case_id,
            "seq": places.get(clock.id, 0) + 1,
            "kind": ClockEventKind.RECOMPUTED.value,
            "on_day": office_day(recount.now, clock.time_zone),
            "recorded_at": recount.now,
            "actor_id": actor.person_id or None,
            "data": change | {"was": told_before(clock)},
        }
        for clock in clocks
    ]
    insert_many(session, ClockEventRow, rows)


def told_before(clock: Clock) -> dict[str, Any]:
    """Return the answer of a clock as it was told until now."""
    return {
        "due_on": clock.due_on.isoformat(),
        "earliest_on": clock.earliest_on.isoformat(),
        "latest_on": clock.latest_on.isoformat(),
        "due_version": clock.due_version,
        "provision_version": clock.provision_version_id,
        "calendar": clock.calendar,
        "calendar_version": clock.calendar_version,
        "derivation": clock.derivation,
    }


_WRITTEN: Final = (
    "id",
    "row_version",
    "provision_version_id",
    "calendar",
    "due_on",
    "earliest_on",
    "latest_on",
    "due_version",
    "derivation",
    "calendar_version",
)


def _write_clocks(
    session: Session, clocks: Sequence[Clock], moves: Mapping[int, Move], answers: Mapping[int, StoredAnswer]
) -> None:
    """Write the new answers in one statement; the objects leave the session, which would write them one by one."""
    for clock in clocks:
        move = moves[clock.id]
        session.expunge(clock)
        if move.version_id:
            clock.provision_version_id = move.version_id
            clock.provision_version = session.get_one(ProvisionVersionRow, move.version_id)
        _answer_anew(clock, move, answers[clock.id])
    update_many(session, Clock, [{name: getattr(clock, name) for name in _WRITTEN} for clock in clocks])


def _answer_anew(clock: Clock, move: Move, new: StoredAnswer) -> None:
    days = move.becomes
    if (clock.due_on, clock.earliest_on) != (days.due_on, days.earliest_on):
        clock.due_version += 1
    clock.due_on, clock.earliest_on, clock.latest_on = days.due_on, days.earliest_on, days.latest_on
    clock.calendar = new.calendar
    if new.derivation is not None:
        clock.derivation, clock.calendar_version = new.derivation, new.calendar_version


def _tell(session: Session, clocks: Sequence[Clock], moves: Mapping[int, Move], recount: Recount) -> int:
    """Plan the notices of clocks that run anew, and write to those who owe or watch what has another day now."""
    running = [clock for clock in clocks if clock.state == ClockStatus.RUNNING.value]
    if not running:
        return 0
    recipients = recipients_of_many(session, running)
    plan_for_clocks(session, running, recipients, recount.now)
    references = {move.case_id: move.reference for move in moves.values()}
    letters = [
        letter
        for clock in running
        if moves[clock.id].was.earliest_on != clock.earliest_on or moves[clock.id].was.due_on != clock.due_on
        for letter in letters_about(
            clock,
            recipients[clock.id],
            references[clock.case_id],
            moves[clock.id].was.earliest_on.isoformat(),
            recount.change.cause.value,
        )
    ]
    enqueue_many(session, "date_moved", letters, recount.now)
    return len(letters)


def letters_about(clock: Clock, recipients: Recipients, reference: str, was_on: str, cause: str) -> list[Letter]:
    """Return a letter to each person who owes or watches: what is owed, the day told before, the days that hold now."""
    terms: dict[str, Any] = clock.provision_version.terms
    by_applicant = clock.owed_by == "applicant"
    found: dict[int, Letter] = {}
    for audience in (Audience.OWING, Audience.WATCHING):
        for person in recipients[audience]:
            is_yours = by_applicant and audience is Audience.OWING
            path = (CASE_PATH if is_yours else DESK_PATH).format(reference=reference)
            parameters = {
                "reference": reference,
                "path": path,
                "stage_kind": clock.stage_kind,
                "cause": cause,
                "owes": terms["owes"],
                "instrument": clock.provision_version.provision.instrument.short_title,
                "article": clock.provision_version.article,
                "is_yours": is_yours,
                "was_on": was_on,
                "earliest_on": clock.earliest_on.isoformat(),
                "latest_on": clock.latest_on.isoformat(),
            }
            key = f"date_moved:{clock.id}:{clock.due_version}:{person.recipient_id}"
            letter = Letter(key=key, recipient_id=person.recipient_id, case_id=clock.case_id, parameters=parameters)
            found.setdefault(person.recipient_id, letter)
    return list(found.values())


def _entries(actor: Actor, recount: Recount, clocks: Sequence[Clock], moves: Mapping[int, Move]) -> list[AuditEntry]:
    """Return one entry for each case, with its clocks as every other change of clocks tells them."""
    by_case: dict[int, list[Clock]] = {}
    for clock in clocks:
        by_case.setdefault(clock.case_id, []).append(clock)
    return [_entry(actor, recount, case_id, held, moves) for case_id, held in by_case.items()]


def _entry(
    actor: Actor, recount: Recount, case_id: int, clocks: Sequence[Clock], moves: Mapping[int, Move]
) -> AuditEntry:
    changed = [
        {
            "clock": clock.id,
            "provision": moves[clock.id].provision,
            "kinds": [ClockEventKind.RECOMPUTED.value],
            "was": moves[clock.id].was.due_on.isoformat(),
            "is": clock.due_on.isoformat(),
        }
        for clock in clocks
    ]
    return AuditEntry(
        at=recount.now,
        actor_id=actor.person_id or None,
        code="clocks_recomputed",
        subject="case",
        subject_id=case_id,
        case_id=case_id,
        parameters=recount.change.as_data() | {"clocks": changed},
    )


def in_chunks(clock_ids: Sequence[int]) -> list[Sequence[int]]:
    """Return the ids in the portions that one write unit takes each."""
    return [clock_ids[start : start + CHUNK] for start in range(0, len(clock_ids), CHUNK)]
