"""Words of programmes, routes and calls: kinds, and why an answer about them is refused."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from mobility.domain.errors import InvalidInput
from mobility.i18n.accounts_labels import reason_sentence
from mobility.i18n.current import lazy_gettext as _l

KINDS: Final[Mapping[str, Any]] = MappingProxyType({"residency": _l("Residency"), "exchange": _l("Exchange")})
STAGES: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "case": _l("Admission and travel"),
        "visa": _l("Visa"),
        "recognition": _l("Recognition"),
        "funding": _l("Funding"),
        "language": _l("Language training"),
    }
)
REASONS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "not_a_choice": _l("Choose from the list."),
        "not_a_code": _l("Two to 32 letters, digits, points, lines: for example STAGE-SPACE."),
        "programme_code_taken": _l("Another programme has this code."),
        "call_code_taken": _l("Another call has this code."),
        "not_a_percentage": _l("A whole number from 0 to 100."),
        "no_such_day_every_year": _l("Not every year has this day: “%(value)s”."),
        "no_stage": _l("Choose at least one stage."),
        "stages_circle": _l("These stages wait for each other in a circle, so none of them could begin."),
        "stages_not_there": _l("A stage waits for one that the programme does not require."),
        "stages_twice": _l("A stage stands there twice."),
        "instrument_in_use": _l("People have applied under the present instrument, so it stays."),
        "same_country": _l("A route leads from one country to another."),
        "route_there": _l("The programme has a route in this direction already."),
        "not_competent": _l("Choose an office that is competent for this."),
        "not_a_quota": _l("A whole number from 0 to 1,000,000, or nothing for no quota."),
        "not_binding": _l("This provision does not bind either of the two states today."),
        "closed_already": _l("The call has closed already. Give it a later closing day first."),
        "route_incomplete": _l("The route has no office yet for every stage. Complete the route first."),
        "closes_before_opening": _l("The call would close before it opens."),
        "stay_before_closing": _l("Stays can begin only after the call has closed."),
        "ends_before_beginning": _l("The last day lies before the first."),
        "not_a_number_of_days": _l("A whole number of days from 1 to %(most)s."),
        "not_a_number_of_places": _l("A whole number from 1 to 10,000."),
        "most_below_least": _l("The longest stay is shorter than the shortest."),
        "longer_than_window": _l("The days offered leave room for %(most)s days only."),
    }
)


def programme_reason(error: InvalidInput) -> str:
    """Return why an answer is refused, in the reader's language."""
    sentence = REASONS.get(str(error.parameters.get("reason", "")))
    return reason_sentence(error) if sentence is None else str(sentence) % error.parameters
