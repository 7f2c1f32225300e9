"""The calendar of one date: every day is what the steps say, inside the frame, mirrored by computing x."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mobility import calendars
from mobility.domain.errors import DomainError
from mobility.domain.time_limits import Answer, Step
from mobility.i18n import use_locale
from mobility.services.deadlines import compute_question, question_from
from mobility.web.clocks.plate_days import DayKind, read_plate
from mobility.web.clocks.plate_page import plate_of
from mobility.web.shared.shapes import Path, Rect, Text

TODAY = date(2026, 12, 14)
PAUSED = {"suspensions": [{"from": "2026-10-06", "to": "2026-10-23"}]}


def ask(rule_set, start, period, unit, country="", **more):
    line = {"rule_set": rule_set, "start": start, "period": period, "unit": unit, "country": country, "params": {}}
    return compute_question(question_from(line | more))


def kinds(answer, calendar=None):
    plate = read_plate(answer, calendar=calendar, today=TODAY)
    assert plate is not None
    return plate


def paused_and_moved():
    return ask("BGB_SUSP", "2026-09-14", "3", "months", "DE-BY", kind="decision", params=PAUSED)


def drawn(answer, language="en"):
    with use_locale(language):
        return plate_of(answer, calendars.source(), TODAY)


def test_the_plate_of_the_look():
    plate = kinds(paused_and_moved())
    assert plate.kind(date(2026, 9, 14)) is DayKind.TRIGGER
    assert plate.kind(date(2026, 9, 15)) is DayKind.COUNTED
    assert plate.kind(date(2026, 10, 3)) is DayKind.COUNTED
    assert plate.kind(date(2026, 10, 6)) is plate.kind(date(2026, 10, 23)) is DayKind.STOPPED
    assert plate.kind(date(2026, 10, 24)) is DayKind.COUNTED
    assert plate.kind(date(2026, 12, 31)) is DayKind.EARLIEST
    assert [plate.kind(date(2027, 1, day)) for day in (1, 2, 3)] == [DayKind.SKIPPED] * 3
    assert plate.kind(date(2027, 1, 4)) is DayKind.LAST
    assert plate.kind(date(2027, 1, 5)) is DayKind.OUTSIDE
    assert plate.counted == 91
    assert plate.number(DayKind.STOPPED) == 18


def test_a_count_in_working_days_leaves_out_the_closed_ones():
    plate = kinds(ask("WORKDAYS", "2026-12-10", "15", "working_days", "US"))
    assert plate.counted == 15
    assert plate.kind(date(2026, 12, 25)) is plate.kind(date(2026, 12, 26)) is DayKind.NOT_COUNTED
    assert plate.kind(date(2026, 12, 24)) is DayKind.COUNTED


def test_a_long_count_in_working_days_asks_the_calendar():
    calendar = calendars.source().calendar("US", 2026, 2027)
    plate = kinds(ask("WORKDAYS", "2026-03-10", "120", "working_days", "US"), calendar)
    assert plate.counted == 120


def test_a_period_counted_back_ends_before_its_event():
    plate = kinds(ask("BACKSUB", "2027-02-01", "15", "days", "DE", direction="backward"))
    assert plate.kind(date(2027, 2, 1)) is DayKind.TRIGGER
    assert plate.kind(date(2027, 1, 25)) is DayKind.COUNTED
    assert plate.first_on == date(2027, 1, 16)
    assert plate.kind(date(2027, 1, 15)) is DayKind.OUTSIDE


def test_a_composite_period_counts_each_part_in_its_own_way():
    plate = kinds(ask("DE_AUFENTHV31", "2026-12-10", "3w+2wd", "composite", "DE", kind="silence"))
    assert plate.kind(date(2026, 12, 26)) is DayKind.COUNTED
    assert plate.kind(date(2027, 1, 1)) is DayKind.NOT_COUNTED


@pytest.mark.parametrize(
    "answer",
    [
        Answer(rule_set="X", last_day=TODAY, earliest=TODAY, latest=TODAY),
        Answer(
            rule_set="MIN",
            last_day=TODAY,
            earliest=TODAY,
            latest=TODAY,
            steps=(Step(code="event_excluded", day=TODAY), Step(code="candidate", day=TODAY)),
        ),
    ],
)
def test_an_answer_without_one_counted_period_has_no_calendar(answer):
    assert read_plate(answer) is None
    assert drawn(answer) is None


def test_the_page_has_both_drawings_a_sentence_a_key_and_the_holidays():
    plate = drawn(paused_and_moved())
    assert [figure.cls for figure in plate.figures] == ["m-w", "m-n m-m"]
    assert plate.sentence == (
        "The period has 91 counted days. 18 days are left out of the count. "
        "3 closed days cannot be the last and are skipped."
    )
    words = [text for _, text in plate.key]
    assert "the event, not counted" in words
    assert "last day, later reading" in words
    assert "today" in words
    assert any("New Year" in line for line in plate.holidays)
    for figure in plate.figures:
        assert "31 December 2026 on the earlier reading" in figure.desc


def test_one_reading_has_one_last_day():
    words = [text for _, text in drawn(ask("BGB187_1", "2026-12-01", "2", "weeks", "DE-BY")).key]
    assert "last day" in words
    assert "last day, later reading" not in words


def test_a_long_period_shows_only_the_months_in_which_something_happens():
    plate = drawn(ask("BGB187_1", "2026-03-02", "2", "years", "DE-BY", kind="decision"))
    wide = plate.figures[0]
    words = [text.words for text in wide.flat if isinstance(text, Text)]
    assert any(line.startswith("…") for line in words)
    assert wide.height < 400
    assert "Mar 2026" in words
    assert "Mar 2028" in words


def test_a_period_of_many_years_is_condensed_too():
    plate = drawn(ask("BGB187_1", "2000-03-02", "30", "years", "DE-BY", kind="validity"))
    assert plate.figures[0].height < 400
    assert len(plate.holidays) < 20


def test_right_to_left_is_the_mirror_and_the_week_begins_where_the_reader_begins_it():
    ltr, rtl = drawn(paused_and_moved()), drawn(paused_and_moved(), "ar")
    wide, mirrored = ltr.figures[0], rtl.figures[0]
    assert mirrored.rtl
    numbers = [text for text in wide.flat if isinstance(text, Text) and text.anchor == "middle"]
    others = [text for text in mirrored.flat if isinstance(text, Text) and text.anchor == "middle"]
    by_day = {(text.y, round(text.x)): text.words for text in numbers}
    shared = [text for text in others if (text.y, round(wide.width - text.x)) in by_day]
    assert len(shared) > 90
    for text in shared:
        assert text.words.strip("\u2068\u2069") == by_day[text.y, round(wide.width - text.x)]


@given(
    start=st.dates(date(2024, 1, 1), date(2027, 6, 30)),
    count=st.integers(1, 400),
    unit=st.sampled_from(["days", "weeks", "months", "working_days"]),
    rules=st.sampled_from(["EU1182", "BGB187_1", "WORKDAYS", "FRCPC", "BACKSUB", "CHVWVG"]),
    country=st.sampled_from(["DE-BY", "FR", "EG", "CH-ZH"]),
    direction=st.sampled_from(["forward", "backward"]),
    language=st.sampled_from(["en", "ar", "fr"]),
)
@settings(deadline=None, max_examples=25)
def test_every_shape_lies_inside_and_the_last_days_are_there(start, count, unit, rules, country, direction, language):
    try:
        answer = ask(rules, start.isoformat(), str(count), unit, country, direction=direction)
    except DomainError:
        return
    plate = drawn(answer, language)
    assert plate is not None
    for figure in plate.figures:
        assert outside(figure) == []
        assert any(isinstance(shape, Rect) and shape.cls == "f-acc" for shape in figure.flat)


def outside(figure):
    found = []
    for shape in figure.flat:
        if isinstance(shape, Rect):
            xs, ys = (shape.x, shape.x + shape.width), (shape.y, shape.y + shape.height)
        elif isinstance(shape, Path):
            xs, ys = tuple(x for x, _ in shape.points), tuple(y for _, y in shape.points)
        else:
            xs, ys = (shape.x,), (shape.y - 10, shape.y + 2)
        if min(xs) < 0 or max(xs) > figure.width or min(ys) < 0 or max(ys) > figure.height:
            found.append(shape)
    return found


def test_the_line_of_counted_days_is_broken_by_a_stop():
    figure = drawn(paused_and_moved()).figures[0]
    lines = [shape for shape in figure.flat if isinstance(shape, Path) and shape.cls == "ink" and shape.stroke == 1.5]
    plate = kinds(paused_and_moved())
    assert len(lines) == plate.number(DayKind.COUNTED) + 1
    assert timedelta(days=1) * len(lines) < plate.last_on - plate.first_on
