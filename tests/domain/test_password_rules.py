"""Passwords that others would guess are refused with the reason; long unrelated words are taken, in any script."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.domain.password_rules import LONGEST, PasswordRefused, check_password, normal_password

COMMON = frozenset({"password", "iloveyou", "welcome", "correct horse battery staple", "пароль"})
OWN = ("Selin Aydın", "selin.aydin@kultur.example")


def reason_for(password: str) -> str:
    with pytest.raises(PasswordRefused) as refused:
        check_password(password, OWN, COMMON)
    assert len(password) < 8 or password not in str(refused.value), "the refusal must never carry the password"
    return str(refused.value.parameters["reason"])


@pytest.mark.parametrize(
    "password",
    [
        "tram lemon orbit paint",
        "a1b2c3d4e5f6g7h8",
        "我在大使馆工作已经三年了从来没有休息",
        "قهوة الصباح في دمشق القديمة",
        "восемь тихих лодок у причала",
        "my password is not this: plum, gravel",
        "x" * 3 + "plum gravel kite" + "y" * 60,
    ],
)
def test_long_and_unrelated_words_are_taken(password: str) -> None:
    check_password(password, OWN, COMMON)


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("", "too_short"),
        ("Tr0ub4dor&3", "too_short"),
        ("fourteen chars", "too_short"),
        ("x" * (LONGEST + 1), "too_long"),
        ("aaaaaaaaaaaaaaa", "repeated"),
        ("abcabcabcabcabcabc", "repeated"),
        ("passwordpassword", "repeated"),
        ("passwordpassword1", "common"),
        ("P4ssw0rd!P4ssw0rd", "common"),
        ("iloveyou welcome!", "common"),
        ("correct horse battery staple", "common"),
        ("парольпароль12!", "common"),
        ("abcdefghijklmnop", "sequence"),
        ("987654321987654", "sequence"),
        ("qwertyuiop123456", "sequence"),
        ("1qaz2wsx3edc4rfv", "sequence"),
        ("poiuytrewq09876", "sequence"),
        ("selin.aydin2026!!", "own_words"),
        ("kultur-kultur-Selin", "own_words"),
        ("Mobility-Mobility-1", "own_words"),
    ],
)
def test_what_anybody_would_guess_is_refused_with_the_reason(password: str, reason: str) -> None:
    assert reason_for(password) == reason


def test_the_refusal_says_how_many_characters_are_missing() -> None:
    with pytest.raises(PasswordRefused) as refused:
        check_password("only eleven", (), COMMON)
    assert refused.value.parameters == {"field": "password", "reason": "too_short", "least": 15, "given": 11}


def test_a_password_is_the_same_however_a_keyboard_composed_it() -> None:
    assert normal_password("cafe\u0301 ﬁn") == normal_password("café fin")


@given(st.text(max_size=14))
def test_nothing_shorter_than_fifteen_is_taken(password: str) -> None:
    if len(normal_password(password)) < 15:
        assert reason_for(password) == "too_short"


@given(st.text(alphabet="abcd", min_size=15, max_size=80))
def test_four_different_characters_are_never_enough(password: str) -> None:
    assert reason_for(password) in {"repeated", "sequence"}


@given(st.text(min_size=15, max_size=LONGEST), st.lists(st.text(max_size=40), max_size=4))
def test_the_check_always_ends_in_a_yes_or_a_named_reason(password: str, own: list[str]) -> None:
    reasons = {"", "too_short", "too_long", "repeated", "sequence", "common", "own_words"}
    refusal = None
    try:
        check_password(password, own, COMMON)
    except PasswordRefused as refused:
        refusal = refused
    assert (refusal.parameters["reason"] if refusal else "") in reasons
