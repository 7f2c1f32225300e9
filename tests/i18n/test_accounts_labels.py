"""Every role, kind, competence, reason and audited event has words; zones are told by city."""

import ast
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mobility.domain.access import Role
from mobility.domain.errors import InvalidInput
from mobility.i18n import use_locale
from mobility.i18n.accounts_labels import (
    COMPETENCES,
    OFFICE_KINDS,
    ROLES,
    reason_sentence,
    role_name,
    sealed_name,
)
from mobility.i18n.audit_labels import AUDIT_CODES, audit_words, subject_words
from mobility.i18n.time_zones import city_of, known_time_zones, time_zone_choices, usual_time_zone
from mobility.services import offices

ROOT = Path(__file__).resolve().parents[2]


def test_every_role_kind_and_competence_has_words():
    assert set(ROLES) == set(Role)
    assert set(OFFICE_KINDS) == set(offices.KINDS)
    assert set(COMPETENCES) == set(offices.COMPETENCES)
    assert role_name(Role.HEAD) == "Head of office"


def test_a_reason_speaks_with_its_facts():
    error = InvalidInput(field="password", reason="too_short", least=15, given=5)
    assert reason_sentence(error).startswith("At least 15 characters; this has 5.")
    assert reason_sentence(InvalidInput(field="x", reason="never heard of")) == "This answer cannot be used."


def _reasons_raised() -> set[str]:
    modules = ["domain/accounts.py", "domain/password_rules.py"]
    modules += [f"services/{name}.py" for name in ("accounts", "roles", "offices", "audit", "password_reset")]
    modules += ["web/accounts/passwords.py"]
    found = set()
    for module in modules:
        for node in ast.walk(ast.parse((ROOT / "mobility" / module).read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "reason":
                found.update(_texts(node.value))
    return found


def _texts(node: ast.expr) -> set[str]:
    """Return the texts that an expression can be: itself, or either branch of a condition."""
    branches = [node.body, node.orelse] if isinstance(node, ast.IfExp) else [node]
    return {each.value for each in branches if isinstance(each, ast.Constant) and isinstance(each.value, str)}


def test_every_reason_that_is_raised_has_its_sentence():
    for reason in _reasons_raised():
        facts = {"least": 1, "given": 1, "most": 1}
        assert reason_sentence(InvalidInput(field="x", reason=reason, **facts)) != "This answer cannot be used.", reason


def _codes_recorded() -> set[str]:
    """Return every code that stands as a plain text in a call of `record_event`."""
    found = set()
    for path in (ROOT / "mobility" / "services").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "record_event" and len(node.args) > 2:
                found.update(_texts(node.args[2]))
    return found


def test_every_recorded_event_has_words():
    codes = _codes_recorded()
    assert "person_registered" in codes
    assert codes - set(AUDIT_CODES) == set()


def test_what_has_no_words_yet_shows_its_code():
    assert audit_words("new_thing") == "new_thing"
    assert subject_words("new_thing") == "new_thing"
    assert sealed_name("new_thing") == "new_thing"


@pytest.mark.parametrize(
    ("country", "zone"),
    [
        ("DE", "Europe/Berlin"),
        ("EG", "Africa/Cairo"),
        ("US", "America/New_York"),
        ("RU", "Europe/Moscow"),
        ("KZ", "Asia/Almaty"),
        ("CH", "Europe/Zurich"),
        ("", "UTC"),
        ("ZZ", "UTC"),
    ],
)
def test_the_usual_zone_of_a_country(country, zone):
    assert usual_time_zone(country) == zone


def test_every_offered_zone_can_be_computed_with():
    zones = [zone for zone, _ in time_zone_choices()]
    assert len(zones) == len(set(zones)) > 400
    assert set(zones) <= known_time_zones()
    assert all(ZoneInfo(zone) for zone in zones)


def test_a_zone_is_told_by_its_city_in_the_readers_language():
    assert city_of("Africa/Cairo") == "Cairo"
    with use_locale("fr"):
        assert city_of("Africa/Cairo") == "Le Caire"
        assert dict(time_zone_choices())["Africa/Cairo"] == "Le Caire (Égypte)"
