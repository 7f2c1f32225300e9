"""Reference numbers: whoever mistypes one is told, and never finds another person's case."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mobility.domain.errors import InvalidInput
from mobility.domain.references import (
    ALPHABET,
    Reference,
    build_reference,
    check_character,
    is_reference,
    parse_reference,
)

COUNTRIES = st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=2, max_size=2)
REFERENCES = st.builds(
    build_reference,
    sending=COUNTRIES,
    receiving=COUNTRIES,
    year=st.integers(1990, 2100),
    number=st.integers(1, 9_999_999),
)


def test_the_check_character_agrees_with_a_published_one() -> None:
    # donation numbers (ISBT 128) carry the same check character; python-stdnum publishes this one with it
    assert check_character("G123489654321") == "Y"


def test_a_reference_is_built_and_taken_apart() -> None:
    text = build_reference(sending="EG", receiving="DE", year=2027, number=418)
    assert text.startswith("EG-DE-2027-000418-")
    assert parse_reference(text) == Reference(sending="EG", receiving="DE", year=2027, number=418)
    assert str(parse_reference(text)) == text


@pytest.mark.parametrize("typed", ["{}", " {} ", "{lower}", "{spaces}", "{dashes}", "{slashes}"])
def test_people_write_it_as_they_like(typed: str) -> None:
    text = build_reference(sending="EG", receiving="DE", year=2027, number=418)
    written = typed.format(
        text,
        lower=text.lower(),
        spaces=text.replace("-", " "),
        dashes=text.replace("-", "–"),
        slashes=text.replace("-", " / "),
    )
    assert is_reference(written)


@given(REFERENCES)
def test_every_reference_built_is_one(text: str) -> None:
    assert str(parse_reference(text)) == text


@given(REFERENCES, st.data())
def test_one_wrong_character_is_always_found(text: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from(ALPHABET))
    assume(other != text[place])
    assert not is_reference(text[:place] + other + text[place + 1 :])


@given(REFERENCES, st.data())
def test_two_neighbours_swapped_are_always_found(text: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text) - 2))
    assume(text[place] != text[place + 1])
    swapped = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    assert not is_reference(swapped)


@given(REFERENCES, st.data())
def test_neighbours_across_a_hyphen_swapped_are_found_too(text: str, data: st.DataObject) -> None:
    hyphens = [place for place, character in enumerate(text) if character == "-"]
    place = data.draw(st.sampled_from(hyphens))
    assume(text[place - 1] != text[place + 1])
    swapped = text[: place - 1] + text[place + 1] + "-" + text[place - 1] + text[place + 2 :]
    assert not is_reference(swapped)


@given(st.text(max_size=30))
def test_any_other_text_is_refused_and_never_breaks(text: str) -> None:
    if not is_reference(text):
        with pytest.raises(InvalidInput):
            parse_reference(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not_a_reference"),
        ("EG-DE-2027-418-K", "not_a_reference"),
        ("EGY-DE-2027-000418-K", "not_a_reference"),
        ("EG-DE-2027-٠٠٠٤١٨-K", "not_a_reference"),
        ("EG-DE-2027-000418-?", "not_a_reference"),
    ],
)
def test_why_it_is_not_one(text: str, reason: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_reference(text)
    assert refused.value.parameters == {"field": "reference", "reason": reason, "value": text}


def test_a_wrong_check_character_is_called_that() -> None:
    text = build_reference(sending="EG", receiving="DE", year=2027, number=418)
    wrong = "0" if text[-1] != "0" else "1"
    with pytest.raises(InvalidInput) as refused:
        parse_reference(text[:-1] + wrong)
    assert refused.value.parameters["reason"] == "check_character"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"sending": "eg"}, "sending"),
        ({"sending": "E"}, "sending"),
        ({"receiving": "ÄB"}, "receiving"),
        ({"year": 1899}, "year"),
        ({"year": 10000}, "year"),
        ({"number": 0}, "number"),
        ({"number": 10**9}, "number"),
    ],
)
def test_a_reference_is_not_built_from_nonsense(changes: dict[str, object], field: str) -> None:
    values: dict[str, object] = {"sending": "EG", "receiving": "DE", "year": 2027, "number": 1}
    with pytest.raises(InvalidInput) as refused:
        build_reference(**(values | changes))  # type: ignore[arg-type]
    assert refused.value.parameters["field"] == field


def test_a_large_number_only_makes_it_longer() -> None:
    assert (
        parse_reference(build_reference(sending="FR", receiving="JP", year=2030, number=1_234_567)).number == 1_234_567
    )
