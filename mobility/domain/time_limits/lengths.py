"""Reads a period: a number and a unit, a decimal number of months, or steps such as 3w+2wd."""

import re
from dataclasses import dataclass
from fractions import Fraction as Ratio

from mobility.domain.time_limits.errors import (
    FractionNotCovered,
    PeriodInvalid,
    PeriodMissing,
    PeriodOutOfRange,
    UnitNotCovered,
    UnknownUnit,
)
from mobility.domain.time_limits.rule_sets import CompositeOrder, Fraction, RuleSet, Unit

_STEP = re.compile(r"([0-9]{1,1000})(h|d|wd|w|m|y)", re.ASCII)
_WHOLE = re.compile(r"-?[0-9]{1,1000}", re.ASCII)
_DECIMAL = re.compile(r"[0-9]{1,6}\.[0-9]{1,9}", re.ASCII)
_SUFFIXES = {
    "h": Unit.HOURS,
    "d": Unit.DAYS,
    "wd": Unit.WORKING_DAYS,
    "w": Unit.WEEKS,
    "m": Unit.MONTHS,
    "y": Unit.YEARS,
}
_SAME_AS = {Unit.CALENDAR_DAYS: Unit.DAYS, Unit.STAY_DAYS: Unit.DAYS}
_LONGEST = {
    Unit.HOURS: 100_000_000,
    Unit.DAYS: 4_000_000,
    Unit.WORKING_DAYS: 4_000_000,
    Unit.WEEKS: 600_000,
    Unit.MONTHS: 120_000,
    Unit.YEARS: 10_000,
}
_MONTHS_FIRST = (Unit.MONTHS, Unit.WEEKS, Unit.DAYS, Unit.WORKING_DAYS, Unit.HOURS)
_DAYS_FIRST = (Unit.DAYS, Unit.WORKING_DAYS, Unit.WEEKS, Unit.MONTHS, Unit.HOURS)
_DAYS_PER_MONTH = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """One step of a period; years are kept as months, and `of_month` marks days that were a part of a month."""

    count: int
    unit: Unit
    of_month: bool = False


def read_unit(text: str) -> Unit:
    """Return the unit; raises UnknownUnit."""
    try:
        return Unit(text)
    except ValueError:
        raise UnknownUnit(unit=text) from None


def read_lengths(period: str, unit_text: str, rules: RuleSet) -> tuple[Length, ...]:
    """Return the steps of the period in the order in which the rule set counts them.

    Raises UnknownUnit, UnitNotCovered, PeriodMissing, PeriodInvalid, PeriodOutOfRange or FractionNotCovered.
    """
    text = period.strip()
    if not text:
        if unit_text:
            read_unit(unit_text)
        return ()
    unit = read_unit(unit_text)
    _check_covered(unit, rules)
    if unit is Unit.COMPOSITE:
        return _ordered(tuple(_read_steps(text, rules)), rules)
    if _DECIMAL.fullmatch(text):
        return _ordered(_read_fraction(text, unit, rules), rules)
    if not _WHOLE.fullmatch(text):
        raise PeriodInvalid(period=period)
    return (_length(int(text), unit, period),)


def need_lengths(lengths: tuple[Length, ...], rules: RuleSet) -> tuple[Length, ...]:
    """Return the lengths; raises PeriodMissing when there are none."""
    if not lengths:
        raise PeriodMissing(rule_set=rules.code, period="")
    return lengths


def _length(count: int, unit: Unit, period: str) -> Length:
    unit = _SAME_AS.get(unit, unit)
    if not 1 <= count <= _LONGEST[unit]:
        raise PeriodOutOfRange(period=period, unit=unit.value)
    if unit is Unit.YEARS:
        return Length(count=count * 12, unit=Unit.MONTHS)
    return Length(count=count, unit=unit)


def _read_steps(text: str, rules: RuleSet) -> list[Length]:
    steps: list[Length] = []
    for part in text.split("+"):
        match = _STEP.fullmatch(part.strip())
        if match is None:
            raise PeriodInvalid(period=text, step=part.strip())
        unit = _SUFFIXES[match[2]]
        _check_covered(unit, rules)
        steps.append(_length(int(match[1]), unit, text))
    if len(steps) > 1 and any(step.unit is Unit.HOURS for step in steps):
        raise UnitNotCovered(rule_set=rules.code, unit=Unit.HOURS.value, period=text)
    return steps


def _check_covered(unit: Unit, rules: RuleSet) -> None:
    if unit not in rules.units:
        raise UnitNotCovered(rule_set=rules.code, unit=unit.value)


def _read_fraction(text: str, unit: Unit, rules: RuleSet) -> tuple[Length, ...]:
    ratio = Ratio(text)
    whole, part = divmod(ratio, 1)
    if unit is not Unit.MONTHS:
        raise PeriodInvalid(period=text, unit=unit.value)
    if ratio <= 0:
        raise PeriodOutOfRange(period=text, unit=unit.value)
    steps = (_length(int(whole), Unit.MONTHS, text),) if whole else ()
    days = part * _DAYS_PER_MONTH
    if not days:
        return steps
    half_only = rules.fraction is Fraction.HALF_MONTH and part != Ratio(1, 2)
    if rules.fraction is Fraction.NONE or half_only or days.denominator != 1:
        raise FractionNotCovered(rule_set=rules.code, period=text)
    return (*steps, Length(count=int(days), unit=Unit.DAYS, of_month=True))


def _ordered(steps: tuple[Length, ...], rules: RuleSet) -> tuple[Length, ...]:
    if rules.composite_order is CompositeOrder.AS_WRITTEN:
        return _merged_months(steps)
    order = _DAYS_FIRST if rules.composite_order is CompositeOrder.DAYS_FIRST else _MONTHS_FIRST
    return _merged_months(tuple(sorted(steps, key=lambda step: order.index(step.unit))))


def _merged_months(steps: tuple[Length, ...]) -> tuple[Length, ...]:
    """Add up neighbouring years and months: they are counted from the event in one go."""
    result: list[Length] = []
    for step in steps:
        if result and step.unit is Unit.MONTHS and result[-1].unit is Unit.MONTHS:
            result[-1] = Length(count=result[-1].count + step.count, unit=Unit.MONTHS)
        else:
            result.append(step)
    return tuple(result)
