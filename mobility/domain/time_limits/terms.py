"""Fixed terms with tacit renewal, and the last day for giving notice before the end of the present term."""

from datetime import date

from mobility.domain.time_limits.arithmetic import shift_days, shift_months
from mobility.domain.time_limits.errors import ParameterMissing, TermOver, UnitNotCovered
from mobility.domain.time_limits.lengths import Length, need_lengths, read_lengths
from mobility.domain.time_limits.parameters import Span
from mobility.domain.time_limits.rule_sets import RuleSet, TermEnd, Unit
from mobility.domain.time_limits.run import Run

_WEEK = 7


def end_of_notice(run: Run) -> date:
    """Return the last day for notice before the end of the term that holds the reference date.

    A notice that is already too late for that term is flagged, and the day is still returned.
    """
    rules, asked = run.rules, run.asked
    reference = asked.parameters.reference_date
    if reference is None:
        raise ParameterMissing(rule_set=rules.code, parameter="reference_date")
    first_term = _single(need_lengths(asked.lengths, rules), rules)
    renewal = _read(asked.parameters.renewal, rules)
    run.note("term_begins", asked.event.day)
    number, anniversary = _term_at(run, asked.event.day, first_term, renewal, reference)
    last = shift_days(anniversary, -1)
    if rules.term_end is TermEnd.ANNIVERSARY:
        last = anniversary
    run.note("term_ends", last, number=number, reference=reference.isoformat())
    notice = _read(asked.parameters.notice, rules)
    day = last if notice is None else _shift(last, notice, -1)
    if notice is not None:
        run.note("notice_before_end", day, count=notice.count, unit=notice.unit.value)
    if day < reference:
        run.flags.add("notice_too_late")
        run.note("notice_too_late", day, reference=reference.isoformat())
    return day


def _read(span: Span | None, rules: RuleSet) -> Length | None:
    if span is None:
        return None
    return _single(need_lengths(read_lengths(span.period, span.unit, rules), rules), rules)


def _single(lengths: tuple[Length, ...], rules: RuleSet) -> Length:
    if len(lengths) > 1:
        raise UnitNotCovered(rule_set=rules.code, unit=Unit.COMPOSITE.value)
    return lengths[0]


def _shift(day: date, length: Length, times: int) -> date:
    if length.unit is Unit.MONTHS:
        return shift_months(day, times * length.count)
    return shift_days(day, times * length.count * (_WEEK if length.unit is Unit.WEEKS else 1))


def _term_at(run: Run, start: date, first_term: Length, renewal: Length | None, reference: date) -> tuple[int, date]:
    """Return the number of the term that holds the reference date and the anniversary that follows it."""
    number = 0
    while shift_days(anniversary := _anniversary(start, first_term, renewal, number), -1) < reference:
        if renewal is None:
            raise TermOver(rule_set=run.rules.code, last_day=anniversary.isoformat(), reference=reference.isoformat())
        number += 1
    return number + 1, anniversary


def _anniversary(start: date, first_term: Length, renewal: Length | None, renewals: int) -> date:
    """Return the day after the term with that many renewals, months counted from the start in one go."""
    if renewal is None or renewals == 0:
        return _shift(start, first_term, 1)
    if first_term.unit is renewal.unit is Unit.MONTHS:
        return shift_months(start, first_term.count + renewals * renewal.count)
    return _shift(_shift(start, first_term, 1), renewal, renewals)
