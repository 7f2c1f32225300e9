"""What happens at the end of a period: added days, calendar months of effect clauses, roll, minimum working days."""

from datetime import date, timedelta

from mobility.domain.time_limits.arithmetic import first_of_month, last_of_month, shift_days
from mobility.domain.time_limits.counting import in_standstill
from mobility.domain.time_limits.lengths import Length
from mobility.domain.time_limits.rule_sets import Backward, Result, RollTo, RuleSet, Unit
from mobility.domain.time_limits.run import Run

_SATURDAY = 5
LISTED_DAYS = 200
_ENOUGH_DAYS = 60


def end_forward(run: Run, event: date, raw: date, lengths: tuple[Length, ...]) -> date:
    """Return the last day for a forward period that ends on `raw` before any adjustment."""
    rules, kind = run.rules, run.asked.kind
    end = _shifted(run, raw)
    run.watch(end)
    if kind in rules.rolls:
        _open_calendar(run, end)
        _note_holidays_inside(run, event, raw)
        end = _rolled(run, end, skip_standstill=_stands_still(rules, lengths))
    else:
        _note_not_moved(run, end, "kind" if rules.rolls else "never")
    if needs_minimum(run, event, raw, lengths):
        end = _at_least_working_days_forward(run, event, end)
    return end


def end_backward(run: Run, event: date, raw: date, lengths: tuple[Length, ...]) -> date:
    """Return the day for a period counted back that reaches `raw` before any adjustment."""
    rules = run.rules
    end = raw
    if rules.backward is Backward.FULL_DAYS:
        end = shift_days(end, -1)
        run.note("full_days_between", end)
    elif rules.backward is Backward.EVENT_DAY_COUNTED:
        end = shift_days(end, 1)
        run.note("event_day_counted", end)
    run.watch(end)
    if run.asked.kind in rules.rolls_backward:
        moved = run.days.previous(end)
        if moved != end:
            skipped = run.days.skipped(shift_days(moved, 1), end)
            run.note("rolled_back", moved, skipped=skipped, calendar=run.days.code)
        end = moved
    else:
        _note_not_moved(run, end, "backward")
    if needs_minimum(run, event, raw, lengths):
        end = _at_least_working_days_backward(run, event, end)
    return end


def _open_calendar(run: Run, end: date) -> None:
    """Load the year of the end first: whether that day is a working day is what the calendar is needed for."""
    run.days.is_working(end)


def _shifted(run: Run, raw: date) -> date:
    rules = run.rules
    end = raw
    if rules.days_after_end:
        end = shift_days(end, rules.days_after_end)
        run.note("day_added", end, days=rules.days_after_end)
    if run.asked.kind in rules.forward_full_days:
        end = shift_days(end, 1)
        run.note("both_ends_excluded", end)
    return _as_result(run, end)


def _as_result(run: Run, end: date) -> date:
    match run.rules.result:
        case Result.DAY_AFTER:
            end = shift_days(end, 1)
        case Result.FIRST_OF_NEXT_MONTH:
            end = first_of_month(end, 1)
        case Result.FIRST_OF_MONTH:
            end = first_of_month(end, 0)
        case Result.LAST_OF_MONTH:
            end = last_of_month(end, 0)
        case Result.LAST_DAY:
            return end
    run.note(run.rules.result.value, end)
    return end


def _rolled(run: Run, end: date, *, skip_standstill: bool) -> date:
    if run.rules.roll_to is RollTo.PREVIOUS:
        moved = run.days.previous(end)
        if moved != end:
            skipped = run.days.skipped(shift_days(moved, 1), end)
            run.note("rolled_back", moved, skipped=skipped, calendar=run.days.code)
        return moved
    moved = run.days.next(end)
    standstill = in_standstill(run.rules, moved) if skip_standstill and moved != end else None
    while standstill:
        moved = run.days.next(shift_days(standstill[1], 1))
        standstill = in_standstill(run.rules, moved)
    if moved != end:
        _note_roll(run, end, moved)
    return moved


def _note_roll(run: Run, end: date, moved: date) -> None:
    skipped = run.days.skipped(end, shift_days(moved, -1))
    run.note("rolled", moved, skipped=skipped, calendar=run.days.code)


def _stands_still(rules: RuleSet, lengths: tuple[Length, ...]) -> bool:
    in_days = any(length.unit is Unit.DAYS for length in lengths)
    return rules.rolls_past_standstill and bool(rules.standstills) and in_days


def _note_not_moved(run: Run, end: date, reason: str) -> None:
    """Say that a day nobody works stays where it is; only Saturdays and Sundays are known without a calendar."""
    calendar = run.used_calendar
    closed = not calendar.is_working(end) if calendar and calendar.covers(end) else end.weekday() >= _SATURDAY
    if closed:
        run.note("not_moved", end, reason=reason, kind=run.asked.kind.value)


def _note_holidays_inside(run: Run, event: date, raw: date) -> None:
    """Name the holidays that count like any other day; those of a pause are left out anyway."""
    inside = any(step.code == "working_days_counted" for step in run.steps)
    if inside or run.used_calendar is None or (raw - event).days > LISTED_DAYS:
        return
    run.days.reach_if_known(event)
    found = [
        each
        for each in run.days.holidays_among(shift_days(event, 1), shift_days(raw, -1))
        if not _is_paused(run, date.fromisoformat(each[0]))
    ]
    if found:
        run.note("holidays_inside", None, holidays=found, calendar=run.days.code)


def _is_paused(run: Run, day: date) -> bool:
    return any(first <= day <= last for first, last in run.asked.parameters.suspensions)


def needs_minimum(run: Run, event: date, raw: date, lengths: tuple[Length, ...]) -> bool:
    """Apply the minimum to periods of two days or more; a single day, however counted, is not such a period."""
    rules = run.rules
    if not rules.minimum_working_days or run.asked.kind not in rules.minimum_kinds:
        return False
    single = len(lengths) == 1 and lengths[0].unit in (Unit.DAYS, Unit.WORKING_DAYS)
    if single:
        return lengths[0].count >= rules.minimum_working_days
    return abs((raw - event).days) >= rules.minimum_working_days


def _at_least_working_days_forward(run: Run, event: date, end: date) -> date:
    first = max(shift_days(event, 1), end - timedelta(days=min(_ENOUGH_DAYS, (end - event).days)))
    missing = run.rules.minimum_working_days - run.days.between(first, end)
    if missing <= 0:
        return end
    moved = run.days.nth(end, missing)
    run.note("minimum_working_days", moved, minimum=run.rules.minimum_working_days, added=missing)
    return moved


def _at_least_working_days_backward(run: Run, event: date, end: date) -> date:
    full_days = run.rules.backward is Backward.FULL_DAYS
    first = shift_days(end, 1) if full_days else end
    last = min(shift_days(event, -1), first + timedelta(days=min(_ENOUGH_DAYS, (event - end).days)))
    missing = run.rules.minimum_working_days - run.days.between(first, last)
    if missing <= 0:
        return end
    moved = run.days.nth(first, -missing)
    if full_days:
        moved = shift_days(moved, -1)
    run.note("minimum_working_days", moved, minimum=run.rules.minimum_working_days, added=missing)
    return moved
