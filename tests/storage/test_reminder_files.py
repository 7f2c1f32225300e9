"""The rules of notices are read strictly; the shipped ones are what the domain knows words for."""

import pytest

from mobility.domain.law_codes import ProvisionKind
from mobility.domain.reminders import DEFAULT_RULES, Audience, RuleCode
from mobility.i18n.reminders_labels import RULES
from mobility.storage.reminder_files import ReminderFileRefused, read_reminder_rules, reminder_rules

GOOD = '[[rule]]\ncode = "before_7"\ndays = -7\naudience = "owing"\n'


def read(tmp_path, text: str):
    path = tmp_path / "reminders.toml"
    path.write_text(text, encoding="utf-8")
    return read_reminder_rules(path)


def test_the_shipped_rules_are_the_default_ones_and_the_watching_office() -> None:
    shipped = reminder_rules().for_kind(ProvisionKind.DECISION)
    assert [rule for rule in shipped if rule.audience is not Audience.WATCHING] == list(DEFAULT_RULES)
    assert [(rule.code, rule.offset_days) for rule in shipped if rule.audience is Audience.WATCHING] == [
        ("overdue_1", 1)
    ]


def test_every_rule_has_its_words() -> None:
    assert {rule.code for rule in reminder_rules().rules} <= set(RULES)
    assert set(RULES) == set(RuleCode)


def test_a_day_that_is_no_duty_has_no_overdue_notice() -> None:
    for kind in ("window_open", "validity", "effect", "bar", "stay", "deemed_event"):
        codes = {rule.code for rule in reminder_rules().for_kind(kind)}
        assert codes
        assert not {code for code in codes if code.startswith("overdue")}


def test_what_is_left_out_has_its_default(tmp_path) -> None:
    (rule,) = read(tmp_path, GOOD).rules
    assert (rule.code, rule.offset_days, rule.anchor, rule.min_period_days) == ("before_7", -7, "due", 0)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "expected"),
        ("rule = 3\n", "expected"),
        ("[[rule\n", "reminders.toml"),
        (GOOD + "\n[other]\nx = 1\n", "other"),
        ('[[rule]]\ncode = "a"\n', "rule 1"),
        (GOOD + '[[rule]]\ncode = "b"\ndays = 1\naudience = "owing"\nhour = 8\n', "rule 2"),
        (GOOD.replace("-7", "1.5"), "before_7"),
        (GOOD.replace("-7", "true"), "before_7"),
        (GOOD.replace("-7", '"seven"'), "before_7"),
        (GOOD.replace("before_7", "before 7"), "not a short name"),
        (GOOD.replace("before_7", "b" * 25), "not a short name"),
        (GOOD.replace("owing", "everybody"), "everybody"),
        (GOOD + 'anchor = "start"\n', "start"),
        (GOOD + "min_period_days = -1\n", "before_7"),
        (GOOD + GOOD, "stands twice"),
        (GOOD + '[only]\nwedding = ["before_7"]\n', "only.wedding"),
        (GOOD + '[only]\nvalidity = ["before_9"]\n', "only.validity"),
        (GOOD + '[only]\nvalidity = "before_7"\n', "only.validity"),
        ("only = 3\n" + GOOD, "table"),
    ],
)
def test_a_file_that_is_wrong_is_refused_whole_naming_the_place(tmp_path, text, place) -> None:
    with pytest.raises(ReminderFileRefused, match=place):
        read(tmp_path, text)


def test_a_file_that_is_not_there_is_refused(tmp_path) -> None:
    with pytest.raises(ReminderFileRefused, match=r"missing\.toml"):
        read_reminder_rules(tmp_path / "missing.toml")
