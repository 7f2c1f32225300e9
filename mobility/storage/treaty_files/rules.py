"""Which countries exist, which periods are possible, and which units and parameters go with a rule set.

These are the faults that a schema of keys cannot see. The engine refuses the same things when it computes;
here they are refused before a file is loaded, with the place in the file.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from babel import Locale

from mobility.domain.law_codes import CalendarOwner, PeriodUnit, ProvisionKind, RuleSetCode

# CLDR's exceptional reservations, groupings and pseudo-countries
_NO_STATES = {"AC", "CP", "CQ", "DG", "EA", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}
_TERRITORIES = frozenset(map(str, Locale("en").territories))
COUNTRIES = frozenset(code for code in _TERRITORIES - _NO_STATES if len(code) == 2 and code.isalpha())

_U, _R = PeriodUnit, RuleSetCode

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

_DATES = frozenset({_U.DAYS, _U.CALENDAR_DAYS, _U.WEEKS, _U.MONTHS, _U.YEARS, _U.COMPOSITE})
_MONTHS = frozenset({_U.MONTHS})
_UNITS: Mapping[str, frozenset[PeriodUnit]] = MappingProxyType(
    {
        _R.EU1182: _DATES | {_U.HOURS, _U.WORKING_DAYS},
        _R.FRCP6: _DATES | {_U.HOURS},
        _R.BGB187_1: _DATES | {_U.HOURS},
        _R.UNSPECIFIED: _DATES | {_U.WORKING_DAYS},
        _R.CONTRACT: _DATES | {_U.WORKING_DAYS},
        _R.SPAN: _DATES | {_U.STAY_DAYS},
        _R.UKCLEAR: frozenset({_U.DAYS, _U.CALENDAR_DAYS}),
        _R.UKCLEAR5: frozenset({_U.DAYS, _U.CALENDAR_DAYS}),
        _R.HOURSBACK: frozenset({_U.HOURS}),
        _R.ELAPSED: frozenset({_U.HOURS}),
        _R.WORKDAYS: frozenset({_U.WORKING_DAYS}),
        _R.DE_AUFENTHV31: frozenset({_U.COMPOSITE}),
        _R.ROLL90_180: frozenset({_U.STAY_DAYS}),
        _R.ROLL180_360: frozenset({_U.STAY_DAYS}),
        _R.QUOTA: frozenset({_U.PERSONS_PER_YEAR}),
        _R.ECHR: _MONTHS,
        _R.TREATY_NEXTMONTH: _MONTHS,
        _R.TREATY_NTHMONTH: _MONTHS,
        _R.TREATY_LASTDAY: _MONTHS,
        _R.TREATY_OVERFLOW: _MONTHS,
        _R.TREATY_TERM: frozenset({_U.MONTHS, _U.YEARS}),
    }
)

_WITHOUT_PERIOD = frozenset({_R.NATIONAL, _R.DECLARED, _R.SUSPEND, _R.CONDITION, _R.FIXED_DATE})
# An empty period under TREATY is effect on the day itself.
_PERIOD_OPTIONAL = frozenset({_R.TREATY})

_NEEDED_PARAMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        _R.TREATY_TERM: ("renewal", "notice"),
        _R.FIXED_DATE: ("month", "day"),
        _R.MIN: ("candidates",),
        _R.MAX: ("candidates",),
    }
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


def pairing_fault(rule_set: str, kind: ProvisionKind, unit: PeriodUnit | None) -> str | None:
    """Return why a rule set cannot go with a unit (None: no period at all), or None if it can."""
    if unit is None:
        seasonal = rule_set == RuleSetCode.CHVWVG and kind is ProvisionKind.SUSPENSION
        free = seasonal or rule_set in _WITHOUT_PERIOD or rule_set in _PERIOD_OPTIONAL
        return None if free else f"rule set {rule_set} needs a period"
    if rule_set in _WITHOUT_PERIOD:
        return f"rule set {rule_set} takes no period"
    if unit not in _UNITS.get(rule_set, _DATES):
        return f"rule set {rule_set} cannot count {unit}"
    return None


def missing_params(rule_set: str, params: Mapping[str, object]) -> list[str]:
    return [key for key in _NEEDED_PARAMS.get(rule_set, ()) if key not in params]


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
