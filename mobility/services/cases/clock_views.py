"""How a clock looks to a reader on a day: its lamp, its days left, what may be done about it."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from mobility.domain.access import Actor
from mobility.domain.calendars import CalendarMissing, CalendarSource
from mobility.domain.clocks import (
    OWED_BY_NOBODY,
    ClockEvent,
    ClockEventKind,
    ClockStatus,
    Pause,
    may_extend,
    merged,
    replay,
)
from mobility.domain.errors import DomainError
from mobility.domain.stages import StageKind
from mobility.domain.treaties import ProvisionVersion
from mobility.services.case_files import CASE, find_seat
from mobility.services.cases.views import ClockView, Lamp, OfficeView
from mobility.services.clocks import Bench, clock_events
from mobility.storage.models.clocks import Clock
from mobility.storage.rule_set_files import installed_rule_sets

SOON_DAYS = 7
_MAY_GROW = frozenset({ClockStatus.RUNNING, ClockStatus.PAUSED})


def lamp_of(status: ClockStatus, *, today: date, earliest_on: date, latest_on: date, met_late: bool = False) -> Lamp:
    """Return the lamp; between the two readings the last day is taken to be today, because it may be."""
    match status:
        case ClockStatus.MET:
            return Lamp.DONE_LATE if met_late else Lamp.DONE
        case ClockStatus.PAUSED:
            return Lamp.STOPPED
        case ClockStatus.REACHED:
            return Lamp.REACHED
        case ClockStatus.LAPSED | ClockStatus.SUPERSEDED:
            return Lamp.ENDED
    if today > latest_on:
        return Lamp.LATE
    if today >= earliest_on:
        return Lamp.DUE_TODAY
    return Lamp.SOON if (earliest_on - today).days <= SOON_DAYS else Lamp.ON_TIME


def status_on(state: str, kind: str, latest_on: date, today: date) -> ClockStatus:
    """Return how a stored clock stands on a day: what follows from the day of asking is never stored."""
    stored = ClockStatus(state)
    if stored is not ClockStatus.RUNNING or today <= latest_on:
        return stored
    return ClockStatus.REACHED if kind in OWED_BY_NOBODY else ClockStatus.BREACHED


def days_left(earliest_on: date, latest_on: date, today: date) -> int:
    """Return the days to the day that warnings use; below 0 the days since the last defensible one."""
    return (latest_on - today).days if today > latest_on else max(0, (earliest_on - today).days)


def working_days_left(
    source: CalendarSource, calendar: str, earliest_on: date, latest_on: date, today: date
) -> int | None:
    """Return the same in working days of a calendar; None where it has no data."""
    is_late = today > latest_on
    first, last = (latest_on, today) if is_late else (today, max(today, earliest_on))
    try:
        days = source.calendar(calendar, first.year, last.year).working_days_between(first + timedelta(days=1), last)
    except CalendarMissing:
        return None
    return -days if is_late else days


def clock_views(
    bench: Bench, actor: Actor, offices: Mapping[int, OfficeView], *, for_office: bool
) -> tuple[ClockView, ...]:
    """Return the clocks of a case as this reader sees them: the live ones by their day, then the ended ones."""
    views = [_view(bench, clock, actor, offices, for_office=for_office) for clock in bench.clocks]
    return tuple(sorted(views, key=lambda view: (not view.is_live, view.earliest_on, view.id)))


def _view(
    bench: Bench, clock: Clock, actor: Actor, offices: Mapping[int, OfficeView], *, for_office: bool
) -> ClockView:
    version, today = bench.version(clock), bench.today(clock)
    due_on, earliest_on, latest_on = _days(bench, clock)
    status = status_on(clock.state, version.kind, latest_on, today)
    is_late = status is ClockStatus.MET and clock.met_on is not None and clock.met_on > latest_on
    is_late = is_late and version.kind not in OWED_BY_NOBODY
    extension = version.extension
    stops = _stops(clock, today)
    calendar = clock.calendar or (clock.office.calendar if clock.office is not None else "")
    provision = clock.provision_version.provision
    return ClockView(
        id=clock.id,
        stage=None if clock.stage_kind == CASE else StageKind(clock.stage_kind),
        provision=provision.code,
        instrument_code=provision.instrument.code,
        instrument_title=provision.instrument.short_title,
        article=version.article,
        url=version.url or provision.instrument.url,
        confidence=version.confidence,
        is_verified=version.is_verified,
        is_soft=version.soft,
        kind=version.kind,
        owes=version.owes,
        consequence=version.consequence,
        silence=version.silence,
        owed_by=clock.owed_by,
        office=offices.get(clock.office_id or 0),
        status=status,
        lamp=lamp_of(status, today=today, earliest_on=earliest_on, latest_on=latest_on, met_late=is_late),
        trigger_on=clock.trigger_on,
        trigger_code=version.starts_on or "",
        due_on=due_on,
        earliest_on=earliest_on,
        latest_on=latest_on,
        days_left=days_left(earliest_on, latest_on, today),
        working_days_left=working_days_left(bench.source, calendar, earliest_on, latest_on, today)
        if for_office and calendar
        else None,
        paused_since=clock.paused_since,
        paused_days=sum(pause.days for pause in stops),
        met_on=clock.met_on,
        can_extend=for_office and _can_extend(bench, clock, version, actor),
        can_correct=for_office and bench.may_correct(clock),
        extension_period=extension.period if extension is not None else "",
        extension_unit=str(extension.unit or "") if extension is not None else "",
        extension_ground=extension.ground if extension is not None else "",
        row_version=clock.row_version,
        stops=tuple((pause.first_on, pause.last_on) for pause in stops),
        extendable_until=_extendable_until(bench, clock, version, status),
    )


def _days(bench: Bench, clock: Clock) -> tuple[date, date, date]:
    """A clock that stands still is counted as if it went on today: its date moves by a day each day."""
    if clock.state != ClockStatus.PAUSED.value:
        return clock.due_on, clock.earliest_on, clock.latest_on
    state = bench.state(clock)
    return state.due_on, state.earliest_on, state.latest_on


def _can_extend(bench: Bench, clock: Clock, version: ProvisionVersion, actor: Actor) -> bool:
    if version.extension is None or find_seat(actor, clock.office_id or 0, clock.stage_kind) is None:
        return False
    return may_extend(bench.terms(clock), bench.state(clock))


def _stops(clock: Clock, today: date) -> tuple[Pause, ...]:
    """Return the days a clock stood still, both ends included and each day once."""
    opened: dict[str, date] = {}
    found: list[Pause] = []
    for event in clock.events:
        ref = str(event.data.get("ref", ""))
        if event.kind == "suspended":
            opened.setdefault(ref, event.on_day)
        elif event.kind == "resumed" and ref in opened:
            found.append(_pause(opened.pop(ref), event.on_day))
    return merged([*found, *(_pause(first_on, today) for first_on in opened.values())])


def _pause(first_on: date, last_on: date) -> Pause:
    return Pause(first_on=first_on, last_on=max(first_on, last_on))


def _extendable_until(bench: Bench, clock: Clock, version: ProvisionVersion, status: ClockStatus) -> date | None:
    """Return the last day if the extension that the law allows were granted today."""
    if version.extension is None or not version.extension.period or status not in _MAY_GROW:
        return None
    today = bench.today(clock)
    terms, events = bench.terms(clock), clock_events(clock)
    granted = ClockEvent(kind=ClockEventKind.EXTENDED, on=today, seq=max(each.seq for each in events) + 1)
    try:
        if not may_extend(terms, bench.state(clock)):
            return None
        longer = replay(terms, [*events, granted], rule_sets=installed_rule_sets(), calendars=bench.source, today=today)
    except DomainError:
        return None  # the picture then shows no extension; the clock's own day stands
    return longer.latest_on if longer.latest_on > clock.latest_on else None


def kept_clocks(views: Sequence[ClockView]) -> list[ClockView]:
    """Return the live clocks that the applicant or an office here has to keep."""
    return [view for view in views if view.is_live and view.owed_by != "party" and view.kind not in OWED_BY_NOBODY]
