"""Every step, question and caution has words; placeholders fit; sentences for mails."""

import re
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import mobility.domain.time_limits as package
from mobility.calendars import CalendarFileInvalid
from mobility.domain.calendars import CalendarMissing
from mobility.domain.time_limits import Answer, Step, TimeLimitRefused
from mobility.i18n import derivation_words as words
from mobility.i18n import use_locale
from mobility.i18n.deadlines_labels import DEADLINE_ERRORS
from mobility.i18n.derivations import (
    as_plain,
    calendar_name,
    cautions,
    explain,
    one_sentence,
    period_title,
    result_text,
)
from mobility.i18n.labels import error_sentence
from mobility.resources import resource_dir
from mobility.storage.rule_set_files import RuleSetFileInvalid, installed_rule_sets
from tests.domain.engine_questions import ask
from tests.domain.test_time_limits import BACKWARD, FORWARD

BRUSSELS = {"time_zone": "Europe/Brussels", "display_zone": "Asia/Tokyo"}
PAUSE = [{"from": "2026-10-06", "to": "2026-10-23"}]


def many_answers() -> list[Answer]:
    """One answer of every shape, so that every step occurs."""
    found = [ask(rules, start, period, unit, **more) for rules, start, period, unit, more, _ in FORWARD]
    found += [ask(r, start, period, unit, direction="backward", **more) for r, start, period, unit, more, _ in BACKWARD]
    berlin: dict[str, Any] = {"params": {"time_zone": "Europe/Berlin"}}
    term = {"notice": {"period": 3, "unit": "months"}, "reference_date": "2024-06-01"}
    stays = [{"from": "2026-01-01", "to": "2026-03-31"}]
    candidates = {"candidates": [{"date": "2026-09-01"}]}
    return [
        *found,
        ask("BGB_SUSP", "2026-09-14", "3", "months", params={"suspensions": PAUSE}),
        ask("DAYS_NOROLL", "2026-09-14", "3", "months", params={"suspensions": PAUSE, "suspension_model": "restart"}),
        ask(
            "DAYS_NOROLL",
            "2026-09-14",
            "3",
            "months",
            params={"suspensions": PAUSE, "suspension_model": "start_on_completion"},
        ),
        ask("CHVWVG", "2026-09-14", "60", "days", params={"suspensions": PAUSE}),
        ask("EU1182", "2026-06-01", "15", "days", params={"extensions": [{"period": 45, "unit": "days"}]}),
        ask("BGB190", "2026-05-16", "2", "weeks", params={"extensions": [{"period": 10, "unit": "days"}]}),
        ask("BGB190", "2026-05-16", "2", "weeks", params={"extensions": [{"date": "2026-12-26"}]}),
        ask("EU1182", datetime(2026, 7, 3, 15, 40), "24", "hours", **berlin),
        ask("FRCP6", datetime(2026, 12, 24, 9, 30), "24", "hours", **berlin),
        ask("ELAPSED", datetime(2026, 3, 28, 20, 0), "24", "hours", **berlin),
        ask("DAYS_NOROLL", datetime(2026, 3, 28, 20, 0), "24", "days", **berlin),
        ask("ENDOFDAY", "2026-06-30", params=BRUSSELS),
        ask("TREATY_TERM", "2020-01-01", "5", "years", params=term),
        ask("TREATY_TERM", "2020-01-01", "5", "years", params=term | {"reference_date": "2024-12-01"}),
        ask("PERIODIC", "2026-01-31", "1", "months", direction="periodic", params={"after": "2026-03-01"}),
        ask("ROLL90_180", "2026-06-01", "", "", direction="max_continuous"),
        ask("ROLL90_180", "2026-04-01", "5", "days", direction="earliest_reentry", params={"stays": stays}),
        ask("MIN", "2026-08-20", "30", "days", params=candidates),
        ask("MAX", "2026-08-20", "30", "days", params=candidates),
        ask("BACKSUB", "2026-09-30", "120", "days", direction="backward"),
    ]


ANSWERS = many_answers()


def test_every_step_is_told_with_nothing_left_to_fill_in() -> None:
    for answer in ANSWERS:
        told = explain(answer)
        assert [step.code for step in told] == [step.code for step in answer.steps]
        for step in told:
            assert step.title
            assert step.sentence
            assert "%(" not in step.title + step.sentence
            assert "None" not in step.sentence


def test_every_code_that_the_engine_notes_has_words() -> None:
    source = "".join(
        path.read_text() for path in (resource_dir("config").parent / "mobility/domain/time_limits").glob("*.py")
    )
    noted = set(re.findall(r'\.note\(\s*"([a-z_]+)"', source)) | set(re.findall(r'code = "([a-z_]+)" if', source))
    special = {"period_counted", "working_days_counted", "not_moved"}
    assert noted - special <= set(words.STEPS), noted - special - set(words.STEPS)


def test_every_question_and_flag_has_words() -> None:
    asked = {reading.question for rules in installed_rule_sets().values() for reading in rules.readings}
    assert asked | {"D12", "order", "pause_day"} <= set(words.QUESTIONS)
    flags = set().union(*(answer.flags for answer in ANSWERS))
    assert flags <= set(words.FLAGS)


def test_words_and_placeholders_are_whole_sentences() -> None:
    for title, sentence in words.STEPS.values():
        assert title[0].isupper() or title.startswith("%(")
        assert sentence.endswith(".") or sentence.startswith("%(")
    for text in (*words.QUESTIONS.values(), *words.FLAGS.values(), *words.PERIODS.values(), *words.SENTENCES.values()):
        assert text.endswith(".")


def test_the_page_behind_why_this_date() -> None:
    answer = ask("BGB_SUSP", "2026-09-14", "3", "months", kind="decision", params={"suspensions": PAUSE})
    told = explain(answer, provision="BQFG, section 6(3)")
    assert [(step.title, step.day) for step in told if step.day] == [
        ("The clock starts", date(2026, 9, 14)),
        ("3 months later", date(2026, 12, 14)),
        ("The clock was stopped for 18 days", date(2027, 1, 1)),
        ("A period cannot end on a closed day", date(2027, 1, 4)),
        ("The other reading", date(2026, 12, 31)),
    ]
    assert told[0].article == "BQFG, section 6(3); BGB, section 187(1)"
    assert "Fri 1 Jan, New Year's Day · Sat 2 Jan · Sun 3 Jan" in told[-2].sentence
    assert told[-2].article == "BGB, section 193"


def test_a_provision_stands_alone_where_the_rule_has_no_article() -> None:
    answer = ask("WORKDAYS", "2026-06-01", "3", "working_days")
    assert explain(answer, provision="Visa agreement, Art 7")[0].article == "Visa agreement, Art 7"


def test_holidays_are_named_by_the_caller_first() -> None:
    answer = ask("EU1182", "2026-12-10", "15", "days")

    def name(code: str, day: date) -> str | None:
        assert code == "XA"
        return "Noël" if day == date(2026, 12, 25) else None

    rolled = next(step for step in explain(answer, holiday_name=name) if step.code == "rolled")
    assert "Noël" in rolled.sentence
    assert "Second Day of Christmas" in rolled.sentence


def test_steps_of_a_newer_release_are_left_out() -> None:
    answer = ask("EU1182", "2026-06-01", "10", "days")
    newer = Answer(
        rule_set="EU1182",
        last_day=answer.last_day,
        earliest=answer.earliest,
        latest=answer.latest,
        steps=(*answer.steps, Step(code="foreseen")),
    )
    assert len(explain(newer)) == len(explain(answer))


def test_one_sentence_for_each_situation() -> None:
    plain = one_sentence(ask("EU1182", "2026-06-01", "10", "days"))
    assert plain == "The period began on Monday 1 June 2026 and ends on Thursday 11 June 2026."
    rolled = one_sentence(ask("EU1182", "2026-12-10", "15", "days"))
    assert "cannot end on a closed day" in rolled
    paused = one_sentence(ask("EU1182", "2026-09-14", "3", "months", params={"suspensions": PAUSE}))
    assert "stopped for 18 days" in paused
    both = one_sentence(ask("BGB_SUSP", "2026-09-14", "3", "months", params={"suspensions": PAUSE}))
    assert "Thursday 31 December 2026" in both
    assert "Monday 4 January 2027" in both
    for answer in ANSWERS:
        assert "%(" not in one_sentence(answer)


def test_cautions_are_sentences() -> None:
    assert cautions(ask("EU1182", "2026-06-01", "10", "days")) == []
    assert cautions(ask("FRFRANC", "2026-06-01", "2", "months")) == ["This rule was not checked against a text."]


@pytest.mark.parametrize(
    ("unit", "count", "direction", "title"),
    [
        ("days", 1, "forward", "1 day later"),
        ("days", 15, "backward", "15 days before"),
        ("months", 12, "forward", "1 year later"),
        ("months", 18, "backward", "18 months before"),
        ("months", 24, "backward", "2 years before"),
        ("weeks", 2, "forward", "2 weeks later"),
        ("weeks", 1, "backward", "1 week before"),
        ("months", 3, "forward", "3 months later"),
        ("working_days", 8, "forward", "8 working days later"),
        ("working_days", 1, "backward", "1 working day before"),
    ],
)
def test_titles_of_periods(unit: str, count: int, direction: str, title: str) -> None:
    assert period_title(unit, count, direction) == title


def test_calendars_have_names() -> None:
    assert calendar_name("DE") == "Germany"
    assert calendar_name("DE-BY") == "Germany (BY)"
    assert calendar_name("CJEU") == "Court of Justice of the European Union"
    with use_locale("fr"):
        assert calendar_name("DE") == "Allemagne"


def test_results_in_words() -> None:
    assert result_text(date(2026, 12, 31)) == "Thursday 31 December 2026"
    assert result_text(datetime(2026, 7, 1, 7, 0, tzinfo=ZoneInfo("Asia/Tokyo"))) == "Wednesday 1 July 2026, 07:00"


def test_told_steps_as_plain_texts() -> None:
    told = as_plain(explain(ask("EU1182", "2026-12-10", "15", "days")))
    assert told[-1]["day"] == "2026-12-28"
    assert set(told[0]) == {"code", "title", "sentence", "day", "article"}


def test_institutions_of_the_installation_have_names_to_translate() -> None:
    files = {path.stem for path in (resource_dir("config") / "calendars").glob("*.toml")}
    assert files - {"weekends", "cautions"} <= set(words.INSTITUTIONS)


def test_every_refusal_has_words() -> None:
    refusals = [
        CalendarMissing,
        CalendarFileInvalid,
        RuleSetFileInvalid,
        TimeLimitRefused,
        *TimeLimitRefused.__subclasses__(),
    ]
    for refusal in refusals:
        assert error_sentence(refusal()).endswith("."), refusal.code
        assert refusal.code in DEADLINE_ERRORS


def test_the_package_offers_what_callers_use() -> None:
    assert set(package.__all__) >= {"Answer", "RuleSet", "Step", "TimeLimit", "compute", "end_of_day"}
