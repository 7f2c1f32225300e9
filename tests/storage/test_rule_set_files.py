"""Rule sets are data: a new one is a table, and a wrong one is refused by file and key."""

from datetime import date
from pathlib import Path

import pytest

from mobility.domain.time_limits import Standstill, TimeLimit, compute
from mobility.domain.time_limits.rule_sets import Kind, Procedure, Unit
from mobility.storage.rule_set_files import RuleSetFileInvalid, installed_rule_sets, read_rule_sets
from tests.domain.engine_questions import HandMade

PLAIN = """
[NEW]
law = "A law of tomorrow"
units = ["days"]
rolls = ["acting"]
"""


def read(tmp_path: Path, text: str) -> dict[str, object]:
    path = tmp_path / "rule_sets.toml"
    path.write_text(text, encoding="utf-8")
    return dict(read_rule_sets(path))


def test_every_code_of_the_reference_is_installed() -> None:
    codes = """EU1182 FRCP6 UKCORR UKCLEAR UKCLEAR5 BACKSUB HOURSBACK ETS76 BGB187_1 BGB187_2 BGB190 BGB_SUSP
        DE_AUFENTHV31 FRCPC FRFRANC FRSILENCE CHVWVG CJEU_RP ECHR TREATY TREATY_NEXTMONTH TREATY_NTHMONTH
        TREATY_LASTDAY TREATY_OVERFLOW TREATY_TERM WORKDAYS DAYS_NOROLL JPCIV ROLL90_180 ROLL180_360 MIN MAX ENDOFDAY
        ELAPSED UNSPECIFIED NATIONAL CONTRACT DECLARED SPAN VALIDITY GAP BAR QUOTA LOOKBACK PERIODIC FIXED_DATE
        SUSPEND DEEMED CONDITION"""
    assert set(codes.split()) <= set(installed_rule_sets())


def test_every_rule_set_names_its_law_and_where_it_was_seen() -> None:
    for rules in installed_rule_sets().values():
        assert rules.law, rules.code
        assert rules.confidence in ("seen", "recalled"), rules.code


def test_a_new_rule_set_is_a_table(tmp_path: Path) -> None:
    """A law with a fixed weekend, a summer standstill, three working days at least and one day more."""
    text = """
        [NEW]
        law = "A law of tomorrow"
        units = ["days", "months"]
        rolls = ["acting"]
        standstills = [{ from = "08-01", to = "08-15" }]
        rolls_past_standstill = true
        minimum_working_days = 3
        minimum_kinds = ["act"]
        days_after_end = 1
        [NEW.articles]
        rolled = "section 7"
    """
    rule_sets = read_rule_sets(_write(tmp_path, text))
    question = TimeLimit(rule_set="NEW", start=date(2026, 7, 28), period="5", unit="days", calendar="XA")
    answer = compute(question, rule_sets=rule_sets, calendars=HandMade())
    assert answer.last_day == date(2026, 8, 18), "29 to 31 July, 16 and 17 August, one day more"
    weekend = TimeLimit(rule_set="NEW", start=date(2026, 6, 4), period="3", unit="days", calendar="XA")
    assert compute(weekend, rule_sets=rule_sets, calendars=HandMade()).last_day == date(2026, 6, 9)


def _write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "rule_sets.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_table_may_build_on_another(tmp_path: Path) -> None:
    text = PLAIN + '[NEWER]\nlike = "NEW"\nlaw = "A later law"\nrolls = []\n'
    rules = read_rule_sets(_write(tmp_path, text))["NEWER"]
    assert rules.law == "A later law"
    assert rules.units == {Unit.DAYS}
    assert not rules.rolls


def test_values_become_parameters() -> None:
    swiss = installed_rule_sets()["CHVWVG"]
    assert Standstill(easter=(-7, 7)) in swiss.standstills
    assert Standstill(days=((12, 18), (1, 2))) in swiss.standstills
    assert swiss.rolls == {Kind.ACT, Kind.DECISION, Kind.NOTICE, Kind.REPORT}
    assert installed_rule_sets()["QUOTA"].procedure is Procedure.NONE
    assert installed_rule_sets()["EU1182"].valid_from == date(1971, 7, 1)
    assert installed_rule_sets()["JPCIV"].closed == (((12, 29), (1, 3)),)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (PLAIN + 'colour = "red"', "NEW.colour"),
        (PLAIN + 'month_end = "stretch"', "NEW.month_end"),
        (PLAIN + "minimum_working_days = -2", "NEW.minimum_working_days"),
        (PLAIN + "minimum_working_days = true", "NEW.minimum_working_days"),
        (PLAIN + 'fixed_weekend = "yes"', "NEW.fixed_weekend"),
        (PLAIN + 'valid_from = "2026-01-01"', "NEW.valid_from"),
        (PLAIN + "valid_from = 2026-01-01\nvalid_to = 2025-01-01", "NEW.valid_to"),
        (PLAIN + 'standstills = [{ from = "02-30", to = "03-01" }]', "NEW.standstills"),
        (PLAIN + "standstills = [{ from_easter = 7, to_easter = -7 }]", "NEW.standstills"),
        (PLAIN + 'standstills = "summer"', "NEW.standstills"),
        (PLAIN + 'closed = [{ from = "08-01" }]', "NEW.closed"),
        (PLAIN + 'closed = "always"', "NEW.closed"),
        (PLAIN + "articles = { rolled = 7 }", "NEW.articles"),
        (PLAIN + 'saturday = "sometimes"', "NEW.saturday"),
        (PLAIN + 'backward_rules = "GONE"', "NEW.backward_rules"),
        (PLAIN + 'readings = "many"', "NEW.readings"),
        (PLAIN + "[[NEW.readings]]\nset = { rolls = [] }", "NEW.readings[0].question"),
        (PLAIN + '[[NEW.readings]]\nquestion = "Q"\nset = { colour = "red" }', "NEW.readings[0].set.colour"),
        (PLAIN + '[[NEW.readings]]\nquestion = "Q"\nset = 3', "NEW.readings[0].set"),
        (PLAIN + '[[NEW.readings]]\nquestion = "Q"\nmoon = "full"', "NEW.readings[0].moon"),
        (PLAIN + '[[NEW.readings]]\nquestion = "Q"\ncalendar = "guest"', "NEW.readings[0].calendar"),
        (PLAIN + '[[NEW.readings]]\nquestion = "Q"\nset = { law = "x" }', "NEW.readings.Q"),
        ('[NEW]\nunits = ["days"]', "NEW.law"),
        ('[NEW]\nlaw = "x"', "NEW.units"),
        ('[NEW]\nlaw = "x"\nunits = ["moons"]', "NEW.units"),
        ('[NEW]\nlaw = "x"\nunits = "days"', "NEW.units"),
        ('[NEW]\nlaw = 3\nunits = ["days"]', "NEW.law"),
        ('[NEW]\nlaw = "x"\nprocedure = "none"', "NEW.reason"),
        ('[NEW]\nlike = "GONE"', "NEW.like"),
        ('[NEW]\nlike = "NEW"', "NEW.like"),
        ('[A]\nlike = "B"\n[B]\nlike = "A"', "B.like"),
        ("NEW = 3", "NEW"),
        ("[NEW", ""),
    ],
)
def test_a_wrong_file_names_file_and_key(tmp_path: Path, text: str, key: str) -> None:
    with pytest.raises(RuleSetFileInvalid) as refused:
        read(tmp_path, text)
    assert refused.value.parameters["file"] == "rule_sets.toml"
    assert refused.value.parameters["key"] == key


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RuleSetFileInvalid):
        read_rule_sets(tmp_path / "none.toml")
