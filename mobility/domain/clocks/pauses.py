"""From "suspended" and "resumed" to the days on which a clock stood still.

Both ends are included, overlapping and touching pauses count once (RULES of counting: a day that two requests
suspend is one day). Whether a pause reaches the clock at all is decided in `counting`, where the end is known.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from mobility.domain.clocks.vocabulary import (
    ClockDataMissing,
    ClockEvent,
    ClockEventKind,
    Pause,
    PauseReading,
)
from mobility.domain.law_codes import SuspensionModel

ONE_DAY = timedelta(days=1)


def day_in(event: ClockEvent, key: str) -> date | None:
    """Return a date from an event's data, ISO text or date; None if absent; ValueError if it is no date."""
    value = event.data.get(key)
    if value is None or value == "":
        return None
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def pauses_from(events: Iterable[ClockEvent], *, model: SuspensionModel | None, until: date) -> tuple[Pause, ...]:
    """Return the pauses in order of their first day, one for each request, those not ended up to `until`.

    `events` are in order of day. With the model "time allowed" a pause also ends with the day set for the answer
    (CRPA L114-5); ClockDataMissing if that day was not recorded. A resumption without `ref` ends all that are open.
    """
    open_pauses: dict[str, tuple[date, date | None]] = {}
    found: list[Pause] = []
    for event in events:
        ref = str(event.data.get("ref", ""))
        if event.kind is ClockEventKind.SUSPENDED:
            open_pauses.setdefault(ref, (event.on, _allowed_until(event, model)))
        elif event.kind is ClockEventKind.RESUMED:
            for ended in [ref] if ref else list(open_pauses):
                if ended in open_pauses:
                    found.append(_closed(*open_pauses.pop(ended), event.on))
    found += [_unfinished(first_on, allowed, until) for first_on, allowed in open_pauses.values()]
    return tuple(sorted(found, key=lambda pause: (pause.first_on, pause.last_on)))


def _allowed_until(event: ClockEvent, model: SuspensionModel | None) -> date | None:
    if model is not SuspensionModel.TIME_ALLOWED:
        return None
    allowed = day_in(event, "allowed_until")
    if allowed is None:
        raise ClockDataMissing(field="allowed_until", event=event.kind, on=event.on.isoformat())
    return allowed


def _closed(first_on: date, allowed_until: date | None, resumed_on: date) -> Pause:
    last_on = resumed_on if allowed_until is None else min(resumed_on, allowed_until)
    return Pause(first_on=first_on, last_on=max(first_on, last_on))


def _unfinished(first_on: date, allowed_until: date | None, until: date) -> Pause:
    if allowed_until is not None and allowed_until < until:
        return _closed(first_on, allowed_until, until)
    return Pause(first_on=first_on, last_on=max(first_on, until), is_open=True)


def merged(pauses: Iterable[Pause]) -> tuple[Pause, ...]:
    """Return the same days as intervals that neither overlap nor touch, in order."""
    result: list[Pause] = []
    for pause in sorted(pauses, key=lambda each: (each.first_on, each.last_on)):
        if result and pause.first_on <= result[-1].last_on + ONE_DAY:
            before = result[-1]
            result[-1] = Pause(
                first_on=before.first_on,
                last_on=max(before.last_on, pause.last_on),
                is_open=before.is_open or pause.is_open,
            )
        else:
            result.append(pause)
    return tuple(result)


def as_read(pauses: Iterable[Pause], reading: PauseReading) -> tuple[Pause, ...]:
    """Return merged pauses under a reading; when the day of a request counts, its pause begins a day later."""
    if reading is not PauseReading.REQUEST_DAY_COUNTS:
        return merged(pauses)
    return merged(
        Pause(first_on=pause.first_on + ONE_DAY, last_on=pause.last_on, is_open=pause.is_open)
        for pause in pauses
        if pause.first_on < pause.last_on
    )
