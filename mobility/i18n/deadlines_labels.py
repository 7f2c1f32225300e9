"""The words for what the time-limit engine, its calendars and their files refuse."""

from typing import Any

from mobility.i18n.current import lazy_gettext as _l

DEADLINE_ERRORS: dict[str, Any] = {
    "time_limit_refused": _l("This date cannot be computed."),
    "unknown_rule_set": _l("There is no body of rules with that code."),
    "rule_set_invalid": _l("The rules for this period contradict themselves. The date cannot be computed."),
    "rule_set_file_invalid": _l("The file of rule sets cannot be read. The date cannot be computed."),
    "not_computed_by_itself": _l("This code only says where the period comes from; choose the rules that count it."),
    "rule_set_not_in_force": _l("These rules were not in force on that day."),
    "unknown_unit": _l("There is no unit of time with that name."),
    "unit_not_covered": _l("This law does not say how to count in that unit."),
    "unknown_direction": _l("A period is counted forward or backward; that direction is not known."),
    "direction_not_covered": _l("This law does not count in that direction."),
    "unknown_kind": _l("That kind of time limit is not known."),
    "unknown_parameter": _l("One of the further details has a name that is not known."),
    "parameter_invalid": _l("One of the further details cannot be read."),
    "parameter_not_covered": _l("One of the further details has no meaning under this law."),
    "parameter_missing": _l("Under this law one more detail is needed."),
    "start_invalid": _l("Enter the day as a real date, such as 31 December 2026."),
    "naive_instant": _l("Say in which time zone that time is."),
    "instant_missing": _l("A period in hours needs the time of day of the event."),
    "unknown_time_zone": _l("There is no time zone with that name."),
    "period_invalid": _l("Enter the period as a number, or as steps such as 3w+2wd."),
    "period_missing": _l("Enter how long the period is."),
    "period_out_of_range": _l("The period must be at least 1 and short enough for a calendar."),
    "fraction_not_covered": _l("This law does not say how to count that part of a month."),
    "date_out_of_range": _l("The result lies outside the years 1 to 9999."),
    "calendar_not_given": _l("Say whose calendar counts: a country, a region or an institution."),
    "calendar_missing": _l("There are no holidays on record for that place or year, so the date is not computed."),
    "calendar_file_invalid": _l("A calendar file cannot be read. The date cannot be computed."),
    "clock_ended": _l("This time limit has ended. The day it counted from stays as it is."),
    "not_preparable": _l("This date must be counted one by one."),
    "suspension_invalid": _l("A pause must end on or after the day on which it began."),
    "suspensions_overlap": _l("Two pauses share a day. Give each day once."),
    "suspension_too_long": _l("A pause goes on longer than it may."),
    "stay_invalid": _l("A stay must end on or after the day on which it began."),
    "stay_not_allowed": _l("No further day of stay is allowed from that day."),
    "instruments_missing": _l("Too few states have deposited their instruments: the treaty has no effect yet."),
    "term_over": _l("The term had run out before that day and was not renewed."),
}
