"""What a time limit can be refused for; each error names the offending value in its parameters."""

from mobility.domain.errors import DomainError


class TimeLimitRefused(DomainError):
    """The question has no answer; the subclasses say why."""

    code = "time_limit_refused"


class UnknownRuleSet(TimeLimitRefused):
    """No rule set has that code."""

    code = "unknown_rule_set"


class RuleSetInvalid(TimeLimitRefused):
    """A rule set's data contradict themselves; `key` and `value` name the place."""

    code = "rule_set_invalid"


class NotComputedByItself(TimeLimitRefused):
    """The code only says where the period comes from (national law, the authority, another clock)."""

    code = "not_computed_by_itself"


class RuleSetNotInForce(TimeLimitRefused):
    """The event lies outside the dates between which the rule set itself is in force."""

    code = "rule_set_not_in_force"


class UnknownUnit(TimeLimitRefused):
    """No unit of time has that name."""

    code = "unknown_unit"


class UnitNotCovered(TimeLimitRefused):
    """The unit exists, but this body of law does not say how to count it."""

    code = "unit_not_covered"


class UnknownDirection(TimeLimitRefused):
    """No direction has that name."""

    code = "unknown_direction"


class DirectionNotCovered(TimeLimitRefused):
    """This body of law does not count in that direction."""

    code = "direction_not_covered"


class UnknownKind(TimeLimitRefused):
    """No kind of time limit has that name."""

    code = "unknown_kind"


class UnknownParameter(TimeLimitRefused):
    """No parameter has that name."""

    code = "unknown_parameter"


class ParameterInvalid(TimeLimitRefused):
    """A parameter's value cannot be read; `parameter` and `value` name it."""

    code = "parameter_invalid"


class ParameterNotCovered(TimeLimitRefused):
    """The parameter exists, but this rule set has no use for it, so that ignoring it would mislead."""

    code = "parameter_not_covered"


class ParameterMissing(TimeLimitRefused):
    """The rule set cannot be computed without that parameter."""

    code = "parameter_missing"


class StartInvalid(TimeLimitRefused):
    """The start is not a date or a local or absolute time that can be read."""

    code = "start_invalid"


class NaiveInstant(TimeLimitRefused):
    """A time was given with neither an offset nor a time zone."""

    code = "naive_instant"


class InstantMissing(TimeLimitRefused):
    """A period in hours needs the time of the event, not only its date."""

    code = "instant_missing"


class UnknownTimeZone(TimeLimitRefused):
    """The IANA database has no such time zone."""

    code = "unknown_time_zone"


class PeriodInvalid(TimeLimitRefused):
    """The period cannot be read as a number or as steps such as 14d+2m."""

    code = "period_invalid"


class PeriodMissing(TimeLimitRefused):
    """The rule set needs a period and none was given."""

    code = "period_missing"


class PeriodOutOfRange(TimeLimitRefused):
    """The period is zero, negative or longer than any date can hold."""

    code = "period_out_of_range"


class FractionNotCovered(TimeLimitRefused):
    """The body of law does not define that fraction of a month, or it is not a whole number of days."""

    code = "fraction_not_covered"


class DateOutOfRange(TimeLimitRefused):
    """The result lies outside the years 1 to 9999."""

    code = "date_out_of_range"


class CalendarNotGiven(TimeLimitRefused):
    """The end depends on working days and nobody said whose."""

    code = "calendar_not_given"


class SuspensionInvalid(TimeLimitRefused):
    """A suspension ends before it starts, or an end of it is missing."""

    code = "suspension_invalid"


class SuspensionsOverlap(TimeLimitRefused):
    """Two suspensions claim one day; `day` and the later suspension's `from` name the place.

    A clock that two requests stop counts the day once by itself: it joins its pauses before it asks.
    """

    code = "suspensions_overlap"


class SuspensionTooLong(TimeLimitRefused):
    """A suspension goes on after the last day, or for more days, than its own `cap` allows."""

    code = "suspension_too_long"


class StayInvalid(TimeLimitRefused):
    """A stay ends before it starts."""

    code = "stay_invalid"


class StayNotAllowed(TimeLimitRefused):
    """No stay of that length, or beginning on that day, is compatible with the limit and the earlier stays."""

    code = "stay_not_allowed"


class TermOver(TimeLimitRefused):
    """The fixed term ran out before the reference date and is not renewed."""

    code = "term_over"
