"""Which countries exist, which periods are possible, and which units and parameters go with a rule set.

These are the faults that a schema of keys cannot see. The engine refuses the same things when it computes;
here they are refused before a file is loaded, with the place in the file.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from babel import Locale

from mobility.domain.law_codes import CalendarOwner, Direction, PeriodUnit, ProvisionKind
from mobility.domain.time_limits import RuleSet
from mobility.domain.time_limits.rule_sets import Procedure
from mobility.domain.treaties import counting_direction

# CLDR's exceptional reservations, groupings and pseudo-countries
_NO_STATES = {"AC", "CP", "CQ", "DG", "EA", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}
_TERRITORIES = frozenset(map(str, Locale("en").territories))
COUNTRIES = frozenset(code for code in _TERRITORIES - _NO_STATES if len(code) == 2 and code.isalpha())

_U = PeriodUnit

LONGEST: Mapping[PeriodUnit, int] = MappingProxyType(
    {
        _U.HOURS: 8_784,
        _U.DAYS: 36_525,
        _U.CALENDAR_DAYS: 36_525,
        _U.WORKING_DAYS: 3_650,
        _U.STAY_DAYS: 3_653,
        _U.WEEKS: 5_218,
        _U.MONTHS: 1_200,
        _U.YEARS: 100,
        _U.PERSONS_PER_YEAR: 10_000_000,
    }
)
"""The longest period that law can mean, about a hundred years: anything longer is a slip of the pen."""

_STEP_UNITS: Mapping[str, PeriodUnit] = MappingProxyType(
    {"h": _U.HOURS, "d": _U.DAYS, "wd": _U.WORKING_DAYS, "w": _U.WEEKS, "m": _U.MONTHS, "y": _U.YEARS}
)
_STEP = re.compile(r"(\d{1,6})(h|wd|d|w|m|y)")
_WHOLE = re.compile(r"\d{1,9}")
_HALVES = re.compile(r"\d{1,4}\.\d{1,2}")

# rule sets that hold a number without computing a day from it: for another clock, or of persons or years
_CARRY_A_PERIOD = frozenset({"DEEMED", "QUOTA", "LOOKBACK"})
_FIXED_DAY = "FIXED_DATE"

_NEEDED_PARAMS: Mapping[Procedure, tuple[str, ...]] = MappingProxyType(
    {Procedure.TERM: ("renewal", "notice"), Procedure.COMBINATION: ("candidates",)}
)

_CALENDAR = re.compile(r"(country|institution):([A-Z0-9-]+)")


def period_fault(period: str, unit: PeriodUnit) -> str | None:
    """Return what makes a period impossible in its unit, or None."""
    if unit is PeriodUnit.COMPOSITE:
        return _steps_fault(period)
    if unit is PeriodUnit.MONTHS and _HALVES.fullmatch(period):
        days = float(period) % 1 * 30
        return None if abs(days - round(days)) < 1e-6 and float(period) > 0 else _impossible(period, unit)
    if not _WHOLE.fullmatch(period) or not 1 <= int(period) <= LONGEST[unit]:
        return _impossible(period, unit)
    return None


def pairing_fault(rules: RuleSet, kind: ProvisionKind, unit: PeriodUnit | None, direction: Direction) -> str | None:
    """Return why a rule set cannot count this unit (None: no period at all) in this direction, or None if it can."""
    if unit is None:
        return None if _needs_no_period(rules, kind) else f"rule set {rules.code} needs a period"
    if rules.procedure is Procedure.NONE:
        return None if rules.code in _CARRY_A_PERIOD else f"rule set {rules.code} takes no period"
    if rules.code == _FIXED_DAY:
        return f"rule set {rules.code} takes no period"
    if str(unit) not in {str(known) for known in rules.units}:
        return f"rule set {rules.code} cannot count {unit}"
    counted = counting_direction(direction)
    # stays that roll over a window of months are counted by the stay rules, whatever the rule set
    if direction is not Direction.ROLLING and counted not in {str(known) for known in rules.directions}:
        return f"rule set {rules.code} cannot count {counted}"
    return None


def missing_params(rules: RuleSet, params: Mapping[str, object]) -> list[str]:
    """Return the parameters that the rule set cannot do without and that are not there."""
    needed = ("month", "day") if rules.code == _FIXED_DAY else _NEEDED_PARAMS.get(rules.procedure, ())
    return [key for key in needed if key not in params]


def _needs_no_period(rules: RuleSet, kind: ProvisionKind) -> bool:
    seasonal = bool(rules.standstills) and kind is ProvisionKind.SUSPENSION
    free = rules.procedure is Procedure.NONE and rules.code not in _CARRY_A_PERIOD
    return seasonal or free or rules.empty_period_is_same_day or rules.code == _FIXED_DAY


def is_known_calendar(calendar: str) -> bool:
    """True for an owner (`actor`), a country with or without subdivision, or an institution's code."""
    if calendar in [str(owner) for owner in CalendarOwner]:
        return True
    match = _CALENDAR.fullmatch(calendar)
    return match is not None and (match[1] == "institution" or match[2].split("-")[0] in COUNTRIES)


def _steps_fault(period: str) -> str | None:
    steps = [_STEP.fullmatch(step) for step in period.split("+")]
    if any(step is None or not 1 <= int(step[1]) <= LONGEST[_STEP_UNITS[step[2]]] for step in steps):
        return _impossible(period, PeriodUnit.COMPOSITE)
    return None


def _impossible(period: str, unit: PeriodUnit) -> str:
    return f'impossible period "{period}" in {unit}'
