"""The closed vocabularies of the law as data: what a treaty file may say, in codes.

Each enum is one column of a provision. The words that people read for these codes are made in
`mobility.i18n`; which rule sets there are is data itself (`config/rule_sets.toml`).
"""

from enum import StrEnum


class InstrumentKind(StrEnum):
    TREATY = "treaty"
    EU_ACT = "eu_act"
    NATIONAL_ACT = "national_act"
    AGREEMENT = "agreement"
    PROGRAMME_RULES = "programme_rules"
    RECOMMENDATION = "recommendation"


class LegalStage(StrEnum):
    """Where in a mobility the provision bites; only the first, third, fourth and fifth are case stages."""

    VISA = "visa"
    STAY = "stay"
    RECOGNITION = "recognition"
    FUNDING = "funding"
    LANGUAGE = "language"
    WORKS = "works"
    GOVERNANCE = "governance"
    RECIPROCITY = "reciprocity"
    PROCEDURE = "procedure"


class ProvisionKind(StrEnum):
    """What the date is for; together with the rule set it decides whether the last day rolls."""

    ACT = "act"
    DECISION = "decision"
    SILENCE = "silence"
    EFFECT = "effect"
    VALIDITY = "validity"
    STAY = "stay"
    NOTICE = "notice"
    WINDOW_OPEN = "window_open"
    WINDOW_CLOSE = "window_close"
    REPORT = "report"
    FIXED_DATE = "fixed_date"
    BAR = "bar"
    QUOTA = "quota"
    SUSPENSION = "suspension"
    DEEMED_EVENT = "deemed_event"
    ADD_ON = "add_on"
    MILESTONE = "milestone"


class PeriodUnit(StrEnum):
    HOURS = "hours"
    DAYS = "days"
    CALENDAR_DAYS = "calendar_days"
    WORKING_DAYS = "working_days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"
    STAY_DAYS = "stay_days"
    COMPOSITE = "composite"
    PERSONS_PER_YEAR = "persons_per_year"


class Direction(StrEnum):
    """How the period lies to its trigger; `counting_direction` in `treaties` gives the engine's word."""

    FORWARD = "forward"
    FORWARD_MAX = "forward_max"
    FORWARD_MIN = "forward_min"
    BACKWARD_LATEST = "backward_latest"
    BACKWARD_EARLIEST = "backward_earliest"
    ROLLING = "rolling"
    GAP = "gap"
    RANGE = "range"
    MAXIMUM = "maximum"
    VALIDITY = "validity"
    ENTITLEMENT = "entitlement"
    BAR = "bar"
    QUOTA = "quota"
    LOOK_BACK = "look_back"
    PERIODIC = "periodic"
    FIXED_DATE = "fixed_date"
    SUSPENSION = "suspension"
    ADD_ON = "add_on"
    CONDITION = "condition"
    MILESTONE = "milestone"


class OwedBy(StrEnum):
    """Who must act. The first five sit at desks of this product; `treaty_effect` means nobody has to."""

    APPLICANT = "applicant"
    POST = "post"
    RECOGNITION_BODY = "recognition_body"
    FUNDER = "funder"
    SCHOOL = "school"
    CONSULTED_STATE = "consulted_state"
    RESIDENCE_AUTHORITY = "residence_authority"
    HOME_AUTHORITY = "home_authority"
    SENDING_INSTITUTION = "sending_institution"
    RECEIVING_INSTITUTION = "receiving_institution"
    SPONSOR = "sponsor"
    AUTHORITY = "authority"
    SENDING_STATE = "sending_state"
    RECEIVING_STATE = "receiving_state"
    PARTIES = "parties"
    DENOUNCING_PARTY = "denouncing_party"
    JOINT_COMMISSION = "joint_commission"
    ASSOCIATION = "association"
    CUSTOMS = "customs"
    TREATY_EFFECT = "treaty_effect"


class CalendarOwner(StrEnum):
    """Whose working days count when no country or institution is named in the provision itself.

    Sending and receiving state are those of the mobility: a consulate acts on the calendar of the `actor`, its
    office, and it works in the sending state.
    """

    ACTOR = "actor"
    ADDRESSEE = "addressee"
    SENDING_STATE = "sending_state"
    RECEIVING_STATE = "receiving_state"
    HOST_STATE = "host_state"
    CONSULTED_STATE = "consulted_state"
    NONE = "none"


class SuspensionModel(StrEnum):
    """What the pause does to the period: the six models that the bodies of law use."""

    STOP_AND_RESUME = "stop_and_resume"
    TIME_ALLOWED = "time_allowed"
    RESTART = "restart"
    START_ON_COMPLETION = "start_on_completion"
    SEASONAL = "seasonal"
    EXCLUDED_TIME = "excluded_time"


class ExtensionModel(StrEnum):
    """From where a longer period is counted."""

    NEW_TOTAL = "new_total"
    FROM_ROLLED_END = "from_rolled_end"
    FROM_UNROLLED_END = "from_unrolled_end"
    NEW_DATE = "new_date"


class Silence(StrEnum):
    """What the law makes of it when the period ends and nobody has answered."""

    NONE = "none"
    REMEDY = "remedy"
    ACCEPTANCE = "acceptance"
    REFUSAL = "refusal"
    APPEAL = "appeal"
    LOSS = "loss"
    RENEWAL = "renewal"


class Confidence(StrEnum):
    """How the wording was checked; `recalled` is not verified law and says so wherever its date is shown."""

    SEEN = "seen"
    SEEN_PARALLEL = "seen-parallel"
    SEEN_SECONDARY = "seen-secondary"
    RECALLED = "recalled"


class DatePrecision(StrEnum):
    """Whether a validity date is known to the day or only by its year."""

    DAY = "day"
    YEAR = "year"
