"""Hashing: argon2id, one normal form, as much work for nobody; and the shipped list of common words."""

import pytest

from mobility.domain.password_rules import PasswordRefused
from mobility.services import passwords


def test_a_hash_is_argon2id_salted_and_fits_only_its_password(app):
    first, second = passwords.hash_password("plum gravel kite"), passwords.hash_password("plum gravel kite")
    assert first.startswith("$argon2id$")
    assert first != second
    assert passwords.password_fits(first, "plum gravel kite")
    assert not passwords.password_fits(first, "Plum gravel kite")


def test_a_password_fits_however_it_was_composed(app):
    assert passwords.password_fits(passwords.hash_password("cafe\u0301 de la gare"), "café de la gare")


@pytest.mark.parametrize("stored", [None, "", "not a hash", "$argon2id$v=19$broken"])
def test_without_a_hash_nothing_fits_and_nothing_breaks(app, stored):
    assert not passwords.password_fits(stored, "nobody has this password")


def test_for_nobody_as_much_is_computed_as_for_somebody(app, monkeypatch):
    asked = []

    class Counting:
        hash = staticmethod(passwords.hash_password)

        def verify(self, stored, password):
            asked.append(stored[:10])
            return True

    stored = passwords.hash_password("plum gravel kite")
    passwords._nobody()
    monkeypatch.setattr(passwords._Cost, "hasher", Counting())
    assert not passwords.password_fits(None, "x")
    assert passwords.password_fits(stored, "x")
    assert asked == ["$argon2id$", "$argon2id$"]


def test_hashes_of_another_cost_are_outdated(app):
    dear = "$argon2id$v=19$m=65536,t=3,p=4$MIIRqgvgQbgj220jfp0MPA$YfwJSVjtjSU0zzV/P3S9nnQ/USre2wvJMjfCIjrTQbg"
    assert passwords.is_outdated(dear)
    assert not passwords.is_outdated(passwords.hash_password("plum gravel kite"))


def test_the_shipped_list_holds_words_worth_taking_out():
    words = passwords.common_words()
    assert {"password", "qwerty", "motdepasse", "пароль", "embassy"} <= words
    assert all(len(word) >= 2 and not word.startswith("#") for word in words)
    with pytest.raises(PasswordRefused):
        passwords.check_new_password("welcome embassy 2026", ())


def test_the_usual_cost_is_at_least_what_rfc_9106_recommends_for_little_memory():
    assert passwords.PasswordHasher().memory_cost >= 64 * 1024
    assert passwords.PasswordHasher().time_cost >= 3
