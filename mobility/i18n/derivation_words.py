"""The words of a derivation: title and sentence for each step of the time-limit engine, questions, holidays.

Source texts only, marked for extraction; `mobility.i18n.derivations` translates them and fills them in. Every
entry is a whole sentence with named placeholders.
"""

from collections.abc import Mapping


def N_(message: str) -> str:  # noqa: N802 - the usual mark for texts that are translated later
    """Mark a text for extraction."""
    return message


Words = tuple[str, str]

STEPS: Mapping[str, Words] = {
    "counted_as": (
        N_("Counted by another rule"),
        N_("This law does not say how to count here, so the general rule for such periods applies."),
    ),
    "event_in_zone": (
        N_("Which day it was"),
        N_("Where the rule applies it was %(time)s on %(day)s."),
    ),
    "event_excluded": (N_("The clock starts"), N_("It starts on %(day)s. That day itself is not counted.")),
    "first_day_counts": (N_("The period begins"), N_("It begins with %(day)s, and that day counts.")),
    "term_begins": (N_("The first term begins"), N_("It begins on %(day)s.")),
    "month_clamped": (
        N_("That month is shorter"),
        N_("It has no day %(missing_day)s, so its last day takes that place."),
    ),
    "month_overflowed": (
        N_("That month is shorter"),
        N_("It has no day %(missing_day)s, and here the first day of the next month takes that place."),
    ),
    "fraction_counted": (N_("Part of a month"), N_("A month has 30 days for this; that is %(days_text)s.")),
    "holidays_inside": (
        N_("Closed days inside count"),
        N_("Saturdays, Sundays and holidays inside the period count. Among them: %(list)s."),
    ),
    "standstill_left_out": (N_("The period stood still"), N_("The days from %(first)s to %(last)s are not counted.")),
    "pause_left_out": (N_("The clock was stopped"), N_("The days from %(first)s to %(last)s are not counted.")),
    "pause_added": (
        N_("The clock was stopped for %(days_text)s"),
        N_("It was stopped from %(first)s to %(last)s. Both days are left out, and the end moves by as many days."),
    ),
    "restarted": (N_("The period begins again"), N_("It begins anew on %(day)s. That day itself is not counted.")),
    "started_on_completion": (
        N_("The clock starts when everything is there"),
        N_("That was on %(day)s. Nothing before it counts."),
    ),
    "new_total": (
        N_("A longer period applies"),
        N_("It takes the place of the first period and is counted from the same day."),
    ),
    "new_date_named": (
        N_("A new day was named"),
        N_("The authority named %(day)s. A named day is not moved."),
    ),
    "extension_runs": (N_("The period was extended"), N_("The extension is counted from %(day)s.")),
    "day_added": (N_("One day more"), N_("Neither the first nor the last day of this period counts.")),
    "both_ends_excluded": (
        N_("Both ends are left out"),
        N_("The days must lie in full between the event and this day."),
    ),
    "full_days_between": (
        N_("Full days in between"),
        N_("The days must lie in full between this day and the event."),
    ),
    "event_day_counted": (N_("The day of the event counts"), N_("Counting back, it is the first day.")),
    "opens_after_clamped_day": (
        N_("The day after the shorter month"),
        N_("Counted forward from the day before, the period would end too early."),
    ),
    "day_after": (N_("The period must be over"), N_("This is the first day after it.")),
    "first_of_next_month": (
        N_("The first day of the following month"),
        N_("The agreement takes the first day of the month after the period has run."),
    ),
    "first_of_month": (N_("The first day of that month"), N_("The day of the month of the event plays no part.")),
    "last_of_month": (N_("The last day of that month"), N_("The day of the month of the event plays no part.")),
    "rolled": (
        N_("A period cannot end on a closed day"),
        N_("Skipped: %(list)s. The calendar is that of %(calendar)s."),
    ),
    "rolled_back": (
        N_("A period cannot end on a closed day"),
        N_("Counted back further, past: %(list)s. The calendar is that of %(calendar)s."),
    ),
    "rolled_same_time": (
        N_("A period cannot end on a closed day"),
        N_("Moved to the same time of day, %(time)s. Skipped: %(list)s. The calendar is that of %(calendar)s."),
    ),
    "minimum_working_days": (
        N_("At least %(minimum_text)s"),
        N_("The period held too few working days, so it goes on until it holds enough."),
    ),
    "series_member": (N_("The next date of the series"), N_("It is the first one after %(after)s.")),
    "window_limit": (
        N_("At most %(limit)s days in any %(window)s"),
        N_("On each day of the stay one looks back %(window)s days. The days of entry and of exit both count."),
    ),
    "stay_may_last_until": (
        N_("The stay may last %(days_text)s"),
        N_("One day more would be too many. Days of earlier stays that still count: %(used_before)s."),
    ),
    "stay_may_begin_on": (
        N_("The stay may begin"),
        N_("From this day a stay of %(days_text)s keeps within the limit."),
    ),
    "term_ends": (
        N_("The present term ends"),
        N_("Term number %(number)s holds %(reference)s, the day on which the question is asked."),
    ),
    "notice_before_end": (N_("Notice must be given before"), N_("Counted back from the last day of the term.")),
    "notice_too_late": (
        N_("Too late for this term"),
        N_("The last day for notice lies before %(reference)s; the agreement is renewed for another term."),
    ),
    "candidate": (N_("Possible day number %(number)s"), N_("This day competes with the others.")),
    "earliest_taken": (N_("Whichever is earlier"), N_("The earliest of these days decides.")),
    "latest_taken": (N_("Whichever is later"), N_("The latest of these days decides.")),
    "full_hour": (N_("The hour of the event is left out"), N_("The hours are counted from %(time)s.")),
    "hours_start_at_once": (N_("The clock starts at once"), N_("The hours are counted from %(time)s.")),
    "hours_counted": (N_("The hours that really pass"), N_("They end at %(time)s.")),
    "hours_on_the_clock": (N_("The hours on the clock"), N_("They end at %(time)s.")),
    "end_of_day": (N_("The day ends"), N_("It ends at 24:00 in the zone %(time_zone)s.")),
    "shown_in_zone": (N_("The same moment elsewhere"), N_("In the zone %(time_zone)s it is %(time)s.")),
    "other_reading": (N_("The other reading"), "%(questions_text)s"),
}

PERIODS: Mapping[tuple[str, str], str] = {
    ("days", "forward"): N_("Every day counts, Saturdays, Sundays and holidays included."),
    ("weeks", "forward"): N_("A period in weeks ends on the same day of the week."),
    ("months", "forward"): N_("A period in months ends on the day with the same number."),
    ("years", "forward"): N_("A period in years ends on the same date."),
    ("days", "backward"): N_("Counted back; every day counts, Saturdays, Sundays and holidays included."),
    ("weeks", "backward"): N_("Counted back to the same day of the week."),
    ("months", "backward"): N_("Counted back to the day with the same number."),
    ("years", "backward"): N_("Counted back to the same date."),
}

WORKING_DAYS = N_("Only working days count. The calendar is that of %(calendar)s.")
WORKING_DAYS_HOLIDAYS = N_(
    "Only working days count. Holidays left out: %(list)s. The calendar is that of %(calendar)s."
)

NOT_MOVED: Mapping[str, Words] = {
    "never": (N_("The day is not moved"), N_("It is a closed day, but this rule never moves the end.")),
    "kind": (N_("The day is not moved"), N_("It is a closed day, but this rule moves only steps that somebody takes.")),
    "backward": (N_("The day is not moved"), N_("It is a closed day, but a period counted back is not moved.")),
}

QUESTIONS: Mapping[str, str] = {
    "D1": N_("The law does not say whether whole months or days come first. Counted the other way it is this day."),
    "D2": N_(
        "The law does not say whether the two working days are needed when one counts back. If not, it is this day."
    ),
    "D3": N_("The law does not say whether the days must lie in full in between. Read the other way it is this day."),
    "D4": N_("The extension can be counted from the end before or after it moved past closed days."),
    "D5": N_("The law does not say whether 48 hours are a period of two days. If they are, it is this day."),
    "D6": N_(
        "The law does not say whether a period of silence moves past a closed day. Read the other way it is this day."
    ),
    "D7": N_("It is not settled whether Saturday is a working day here. Read the other way it is this day."),
    "D8": N_(
        "The period ends just before a standstill. It is not settled whether the next working day may lie inside it."
    ),
    "D9": N_("It is not settled whether a term ends on the anniversary or on the day before."),
    "D10": N_(
        "It is not settled whose holidays count at a consulate. By the calendar of the host state it is this day."
    ),
    "D11": N_("The clock changes in between. By the time on the clock it is this moment."),
    "D12": N_("Holidays are suspended there by emergency law. With the holidays as before it would be this day."),
    "weekend": N_("The law fixes Saturday and Sunday as the weekend. By the weekend of the country it is this day."),
    "order": N_("Nothing says in which order the parts of the period are counted. As written it is this day."),
    "unspecified": N_(
        "Nothing is said about a closed last day. If the end moves to the next working day, it is this day."
    ),
    "closed_office": N_(
        "If the court office is closed on the last day, the step may be taken on the next day it is open."
    ),
    "clear_day_closed": N_("The day found is a closed day; the open day before it is the safe one."),
    "fixed_date": N_("If the step is a declaration or a payment, a named day that is closed moves on."),
    "first_suspended_day": N_(
        "The law does not say whether the day of the request still counts. If it does, the end is earlier."
    ),
    "pause_day": N_(
        "The law does not say whether the day of the request still counts. If it does, the end is earlier."
    ),
    "day_of_issue": N_("It is not settled whether the day of issue counts. If it does not, it is this day."),
    "gap": N_("It is not settled whether the days must lie in full in between. If so, it is this day."),
}

FLAGS: Mapping[str, str] = {
    "debatable": N_("The law leaves two readings; warnings use the earlier one."),
    "estimated_holiday": N_("A holiday near this day is only estimated and may still move."),
    "subdivision_missing": N_("No region was named: only holidays of the whole country were counted."),
    "calendar_suspended_by_law": N_("Public holidays are suspended there by emergency law."),
    "typical_holiday_list": N_("The institution's list for that year is not loaded; its usual holidays were counted."),
    "weekend_unverified": N_("The weekend of this country could not be verified."),
    "make_up_days_unknown": N_("Working days that make up for long holidays are not announced yet for that year."),
    "notice_too_late": N_("The last day for notice is already past."),
    "rule_recalled": N_("This rule was not checked against a text."),
    "calendar_not_given": N_("No calendar was named, so the other reading could not be counted."),
    "pause_without_effect": N_("A pause is recorded, but this provision does not stop for it."),
}

INSTITUTIONS: Mapping[str, str] = {
    "CJEU": N_("Court of Justice of the European Union"),
    "EU-COM": N_("European Commission, Brussels"),
    "EU-COM-LU": N_("European Commission, Luxembourg"),
}

# (the clock was stopped, a closed day was skipped, the law leaves two readings)
SENTENCES: Mapping[tuple[bool, bool, bool], str] = {
    (False, False, False): N_("The period began on %(start)s and ends on %(last)s."),
    (False, True, False): N_("The period began on %(start)s; it cannot end on a closed day, so it ends on %(last)s."),
    (True, False, False): N_("The period began on %(start)s, was stopped for %(paused)s, and ends on %(last)s."),
    (True, True, False): N_(
        "The period began on %(start)s and was stopped for %(paused)s; it cannot end on a closed day, so it ends on"
        " %(last)s."
    ),
    (False, False, True): N_(
        "The period began on %(start)s and ends on %(earliest)s, or on %(latest)s on another reading of the law."
    ),
    (False, True, True): N_(
        "The period began on %(start)s; moved past closed days it ends on %(earliest)s, or on %(latest)s on another"
        " reading of the law."
    ),
    (True, False, True): N_(
        "The period began on %(start)s, was stopped for %(paused)s, and ends on %(earliest)s, or on %(latest)s on"
        " another reading of the law."
    ),
    (True, True, True): N_(
        "The period began on %(start)s and was stopped for %(paused)s; moved past closed days it ends on"
        " %(earliest)s, or on %(latest)s on another reading of the law."
    ),
}
