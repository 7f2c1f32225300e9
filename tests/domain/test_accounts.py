"""Names keep their script and lose what only disguises; roles come with their place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.domain.access import Role
from mobility.domain.accounts import Grant, check_grant, clean_language, clean_name, is_latin, latin_form
from mobility.domain.errors import InvalidInput


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Selin   Aydın ", "Selin Aydın"),
        ("ليلى حداد", "ليلى حداد"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("Selin\u202egnikcah", "Selingnikcah"),
        ("A\r\nBcc: x", "A Bcc: x"),
        ("Zoe\u0308", "Zoë"),
        ("王\u0000芳", "王芳"),
    ],
)
def test_a_name_keeps_its_script_and_loses_disguises(typed: str, kept: str) -> None:
    assert clean_name(typed) == kept


@pytest.mark.parametrize(("typed", "reason"), [("", "missing"), (" \u202e\n", "missing"), ("x" * 201, "too_long")])
def test_an_empty_or_endless_name_is_refused(typed: str, reason: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        clean_name(typed)
    assert refused.value.parameters["reason"] == reason
    assert refused.value.parameters["field"] == "name"


@given(st.text(max_size=200))
def test_cleaning_a_name_twice_changes_nothing_more(typed: str) -> None:
    try:
        once = clean_name(typed)
    except InvalidInput:
        return
    assert clean_name(once) == once
    assert not any(character in once for character in "\r\n\t\u202e\u2066")


@pytest.mark.parametrize(
    ("name", "given_form", "stored"),
    [
        ("Selin Aydın", "", "Selin Aydın"),
        ("Nguyễn Thị Hương", "", "Nguyễn Thị Hương"),
        ("ليلى حداد", "Layla Haddad", "Layla Haddad"),
        ("O’Brien-Müller", "", "O’Brien-Müller"),
    ],
)
def test_the_latin_form_is_the_name_itself_where_it_is_latin(name: str, given_form: str, stored: str) -> None:
    assert latin_form(name, given_form) == stored


@pytest.mark.parametrize(
    ("name", "given_form", "reason"),
    [("ليلى حداد", "", "latin_needed"), ("王芳", "王芳", "not_latin"), ("Анна", "Aннa", "not_latin")],
)
def test_a_name_in_another_script_needs_a_latin_form(name: str, given_form: str, reason: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        latin_form(name, given_form)
    assert refused.value.parameters["reason"] == reason


def test_digits_and_signs_do_not_make_a_name_foreign() -> None:
    assert is_latin("Jean-Luc 2.")
    assert not is_latin("Jean-Luc 二")


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
def test_a_role_without_a_place_takes_none(role: Role) -> None:
    check_grant(Grant(role=role))
    for misplaced in (Grant(role=role, office_id=1), Grant(role=role, programme_id=1)):
        with pytest.raises(InvalidInput):
            check_grant(misplaced)


@pytest.mark.parametrize(
    ("grant", "reason"),
    [
        (Grant(role=Role.OFFICER), "office_needed"),
        (Grant(role=Role.HEAD, programme_id=2), "office_needed"),
        (Grant(role=Role.MANAGER), "programme_needed"),
        (Grant(role=Role.MANAGER, office_id=1, programme_id=2), "no_office"),
        (Grant(role=Role.OFFICER, office_id=1, programme_id=2), "no_programme"),
    ],
)
def test_a_role_comes_with_its_place(grant: Grant, reason: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_grant(grant)
    assert refused.value.parameters["reason"] == reason


@pytest.mark.parametrize("tag", ["", "ar", "zh-Hans", "pt-BR"])
def test_language_tags(tag: str) -> None:
    assert clean_language(tag) == tag


@pytest.mark.parametrize("tag", ["x", "AR", "ar;DROP", "a" * 17, "zh_Hans"])
def test_anything_else_is_no_language_tag(tag: str) -> None:
    with pytest.raises(InvalidInput):
        clean_language(tag)
