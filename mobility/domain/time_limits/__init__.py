"""Time limits: one small engine whose parameters are the bodies of law.

`compute` answers a `TimeLimit` with an `Answer`: the last day, its bounds where the law leaves two readings, and
the derivation as codes with arguments. The values of each `RuleSet` are data (`config/rule_sets.toml`, read by
`mobility.storage.rule_set_files`), calendars come from a `CalendarSource` (`mobility.calendars`), and the words of
a derivation are made in `mobility.i18n.derivations`.
"""

from mobility.domain.time_limits.answers import Answer, Step, day_of, end_of_day
from mobility.domain.time_limits.bulk import ManyStarts
from mobility.domain.time_limits.engine import compute, find_rules
from mobility.domain.time_limits.errors import (
    CalendarNotGiven,
    DateOutOfRange,
    DirectionNotCovered,
    FractionNotCovered,
    InstantMissing,
    NaiveInstant,
    NotComputedByItself,
    ParameterInvalid,
    ParameterMissing,
    ParameterNotCovered,
    PeriodInvalid,
    PeriodMissing,
    PeriodOutOfRange,
    RuleSetInvalid,
    RuleSetNotInForce,
    StartInvalid,
    StayInvalid,
    StayNotAllowed,
    SuspensionInvalid,
    SuspensionsOverlap,
    SuspensionTooLong,
    TermOver,
    TimeLimitRefused,
    UnitNotCovered,
    UnknownDirection,
    UnknownKind,
    UnknownParameter,
    UnknownRuleSet,
    UnknownTimeZone,
    UnknownUnit,
)
from mobility.domain.time_limits.prepared import NotPreparable, OutsidePreparedYears, PreparedPeriod, prepare
from mobility.domain.time_limits.questions import TimeLimit, read_start, read_zone
from mobility.domain.time_limits.rule_sets import Reading, RuleSet, Standstill

__all__ = [
    "Answer",
    "CalendarNotGiven",
    "DateOutOfRange",
    "DirectionNotCovered",
    "FractionNotCovered",
    "InstantMissing",
    "ManyStarts",
    "NaiveInstant",
    "NotComputedByItself",
    "NotPreparable",
    "OutsidePreparedYears",
    "ParameterInvalid",
    "ParameterMissing",
    "ParameterNotCovered",
    "PeriodInvalid",
    "PeriodMissing",
    "PeriodOutOfRange",
    "PreparedPeriod",
    "Reading",
    "RuleSet",
    "RuleSetInvalid",
    "RuleSetNotInForce",
    "Standstill",
    "StartInvalid",
    "StayInvalid",
    "StayNotAllowed",
    "Step",
    "SuspensionInvalid",
    "SuspensionTooLong",
    "SuspensionsOverlap",
    "TermOver",
    "TimeLimit",
    "TimeLimitRefused",
    "UnitNotCovered",
    "UnknownDirection",
    "UnknownKind",
    "UnknownParameter",
    "UnknownRuleSet",
    "UnknownTimeZone",
    "UnknownUnit",
    "compute",
    "day_of",
    "end_of_day",
    "find_rules",
    "prepare",
    "read_start",
    "read_zone",
]
