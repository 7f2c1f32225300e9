"""The event of an effect clause: one's own instrument, or the N-th of all."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.domain.effect_events import InstrumentsMissing, event_of_effect

DEPOSITS = [date(1998, 4, 1), date(1998, 2, 1), date(1998, 12, 17), date(1999, 3, 1), date(1998, 2, 2)]


@pytest.mark.parametrize(
    ("own", "expected"),
    [(date(1998, 2, 1), date(1998, 12, 17)), (date(1998, 12, 17), date(1998, 12, 17)), (date(1999, 3, 1),) * 2],
)
def test_the_first_states_share_the_event_of_the_last_of_them(own: date, expected: date) -> None:
    assert event_of_effect(own, DEPOSITS, needed=4) == expected


def test_without_enough_instruments_there_is_no_event() -> None:
    with pytest.raises(InstrumentsMissing) as missing:
        event_of_effect(date(1998, 2, 1), DEPOSITS, needed=6)
    assert missing.value.parameters == {"needed": 6, "deposited": 5}
    with pytest.raises(ValueError, match="at least one"):
        event_of_effect(date(1998, 2, 1), DEPOSITS, needed=0)


@given(st.lists(st.dates(), min_size=1, max_size=40), st.integers(1, 40), st.data())
def test_the_event_is_never_before_ones_own_instrument(deposits: list[date], needed: int, data: st.DataObject) -> None:
    needed = min(needed, len(deposits))
    own = data.draw(st.sampled_from(deposits))
    event = event_of_effect(own, deposits, needed=needed)
    assert event >= own
    assert event in deposits
    assert sum(each <= event for each in deposits) >= needed
