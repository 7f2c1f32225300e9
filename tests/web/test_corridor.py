"""The corridor: everything lies inside its frame, mirrored by computing x, and it tells the dates of the table."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mobility.web.clocks.corridor import SIZES, Corridor, CorridorLane, CorridorWords, corridor_figure, corridor_figures
from mobility.web.clocks.corridor_axis import Axis, axis_start, months_before
from mobility.web.clocks.corridor_bars import BarState, BarWords, CorridorBar
from mobility.web.clocks.corridor_key import _SIGNS, key_figure
from mobility.web.shared.shapes import Circle, Path, Rect, Text
from mobility.web.shared.text_width import SMALL, shortened, text_width, wrapped

DAY = timedelta(days=1)
ARRIVAL, TODAY = date(2027, 2, 1), date(2026, 12, 14)
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
TWELVE_PIXELS = {"n": 358 / 360, "m": 1.0, "w": 1.0}


def month(day, with_year):
    return f"{MONTHS[day.month - 1]} {day.year}" if with_year else MONTHS[day.month - 1]


def words(what="Decision", when="by 28 Dec", law="Visa Code 23(1)", note=""):
    return BarWords(what=what, when=when, law=law, note=note)


def bar(first=date(2026, 12, 10), due=date(2026, 12, 28), **more):
    given_words = more.pop("words", words())
    latest = more.pop("latest", due)
    return CorridorBar(
        state=more.pop("state", BarState.RUNS), first_on=first, due_on=due, latest_on=latest, words=given_words, **more
    )


def lane(*bars, safe_on=date(2027, 1, 29), **more):
    return CorridorLane(
        stage=more.get("stage", "Visa"),
        office=more.get("office", "German Embassy, Cairo"),
        bars=bars,
        empty=more.get("empty", "not yet open"),
        safe_on=safe_on,
        safe="safe until 29 Jan" if safe_on else "",
    )


def corridor(*lanes, arrival=ARRIVAL, today=TODAY):
    told = CorridorWords(
        title="The way", desc="What it shows.", today="Today, 14 Dec", arrival="Arrival, 1 Feb 2027", month=month
    )
    return Corridor(arrival_on=arrival, today=today, lanes=lanes, words=told)


def width_of(text):
    size = SMALL if "t3" in text.cls else 17 if text.cls == "th" else 13
    if text.spans:
        return sum(text_width(f"{span.words} ", bold=span.cls in ("tb", "ts")) for span in text.spans)
    return text_width(text.words, size, bold=text.cls in ("tb", "ta", "th"))


def reach(shape, figure):
    """Return the leftmost and rightmost x of a shape, as it is drawn."""
    if isinstance(shape, Rect):
        return shape.x, shape.x + shape.width
    if isinstance(shape, Circle):
        return shape.x - shape.r, shape.x + shape.r
    if isinstance(shape, Path):
        xs = [x for x, _ in shape.points]
        return min(xs), max(xs)
    room = width_of(shape)
    before = {"start": 0.0, "middle": room / 2, "end": room}[shape.anchor]
    begin, end = shape.x - before, shape.x - before + room
    if figure.rtl:
        begin, end = shape.x + before - room, shape.x + before
    return begin, end


def heights(shape):
    if isinstance(shape, Rect):
        return shape.y, shape.y + shape.height
    if isinstance(shape, Circle):
        return shape.y - shape.r, shape.y + shape.r
    if isinstance(shape, Path):
        ys = [y for _, y in shape.points]
        return min(ys), max(ys)
    return shape.y - 11, shape.y + 4


def outside(figure):
    found = []
    for shape in figure.flat:
        first, last = reach(shape, figure)
        top, bottom = heights(shape)
        if first < -1 or last > figure.width + 1 or top < 0 or bottom > figure.height + 0.5:
            found.append(shape)
    return found


def texts(figure):
    return [shape for shape in figure.flat if isinstance(shape, Text)]


def hatches(figure):
    return [shape for shape in figure.flat if isinstance(shape, Rect) and shape.hatched]


near = st.dates(min_value=date(2024, 1, 1), max_value=date(2029, 12, 31))
any_day = st.dates(min_value=date(1950, 1, 1), max_value=date(2150, 12, 31))
some_words = st.text(alphabet="abc DEF مفعوز中文,()1", min_size=1, max_size=120)


@st.composite
def bars(draw, days=near):
    stop = sorted([draw(days), draw(days)])
    return CorridorBar(
        state=draw(st.sampled_from(BarState)),
        first_on=draw(days),
        due_on=(due := draw(days)),
        latest_on=due + draw(st.integers(0, 40)) * DAY,
        ended_on=draw(st.none() | days),
        limit_on=draw(st.none() | days),
        stops=tuple(draw(st.sampled_from([(), ((stop[0], stop[1]),)]))),
        words=BarWords(what=draw(some_words), when=draw(some_words), law=draw(some_words), note=draw(some_words)),
    )


@given(
    rows=st.lists(st.lists(bars(), max_size=12), min_size=1, max_size=5),
    safe_on=near,
    today=near,
    ahead=st.integers(1, 900),
    size=st.sampled_from(SIZES),
    rtl=st.booleans(),
)
@settings(deadline=None, max_examples=60)
def test_everything_lies_inside_the_frame_whatever_the_dates_and_words(rows, safe_on, today, ahead, size, rtl):
    lanes = [lane(*row, safe_on=safe_on, office="Office " * 9) for row in rows]
    figure = corridor_figure(corridor(*lanes, arrival=today + ahead * DAY, today=today), size, rtl=rtl)
    assert outside(figure) == []


@given(rows=st.lists(bars(any_day), max_size=4), today=any_day)
@settings(deadline=None, max_examples=40)
def test_far_days_are_drawn_at_the_edges(rows, today):
    for figure in corridor_figures(corridor(lane(*rows), arrival=today + DAY, today=today)):
        assert outside(figure) == []


@given(rows=st.lists(bars(), max_size=6), size=st.sampled_from(SIZES))
@settings(deadline=None, max_examples=40)
def test_right_to_left_is_the_exact_mirror(rows, size):
    drawn = corridor(lane(*rows))
    ltr, rtl = corridor_figure(drawn, size), corridor_figure(drawn, size, rtl=True)
    assert (ltr.width, ltr.height, len(ltr.flat)) == (rtl.width, rtl.height, len(rtl.flat))
    for one, other in zip(ltr.flat, rtl.flat, strict=True):
        assert type(one) is type(other)
        if isinstance(one, Text):
            assert other.x == pytest.approx(ltr.width - one.x, abs=0.11)
            assert (other.words, other.anchor, other.y) == (one.words, one.anchor, one.y)
        elif isinstance(one, Path):
            mirrored = [(ltr.width - x, y) for x, y in one.points]
            for (x, y), (wanted, same) in zip(other.points, mirrored, strict=True):
                assert (x, y) == (pytest.approx(wanted, abs=0.11), same)
        else:
            first, last = reach(one, ltr)
            assert reach(other, rtl) == pytest.approx((ltr.width - last, ltr.width - first), abs=0.21)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("count", [0, 1, 12])
def test_clocks_stack_in_their_lane(size, count):
    rows = [bar(words=words(what=f"Step {number}")) for number in range(count)]
    figure = corridor_figure(corridor(lane(*rows), lane()), size)
    ys = [text.y for text in texts(figure) if text.spans and text.spans[0].words.startswith("Step")]
    assert len(ys) == count
    assert all(later - earlier >= 38 for earlier, later in itertools.pairwise(ys))
    assert outside(figure) == []
    assert ("not yet open" in [text.words for text in texts(figure)]) is True


def test_a_stage_without_a_clock_says_how_it_stands():
    drawn = texts(corridor_figure(corridor(lane(empty="contract signed", safe_on=None)), "w"))
    assert "contract signed" in [text.words for text in drawn]
    assert not [text for text in drawn if text.words.startswith("safe")]


@pytest.mark.parametrize("size", SIZES)
def test_text_is_never_under_twelve_pixels(size):
    """The style sheet gives 12 px to class t3, 13 to the rest; no drawing is shown smaller than its own width."""
    figure = corridor_figure(corridor(lane(bar())), size)
    assert figure.cls == f"m-{size}"
    for text in texts(figure):
        assert (12 if "t3" in text.cls else 13) * TWELVE_PIXELS[size] >= 12 or size == "n"
        assert size != "n" or "t3" not in text.cls


def test_the_bar_runs_from_the_trigger_to_the_earlier_reading_and_a_thin_one_to_the_later():
    figure = corridor_figure(corridor(lane(bar(date(2026, 9, 14), date(2026, 12, 31), latest=date(2027, 1, 4)))), "w")
    axis = Axis(opens_on=date(2026, 8, 1), ends_on=ARRIVAL, x0=196, x1=1198)
    rects = [shape for shape in figure.flat if isinstance(shape, Rect)]
    spans = {(round(rect.x), round(rect.x + rect.width), rect.height) for rect in rects}
    begin, due, later = (round(axis.at(day)) for day in (date(2026, 9, 14), date(2026, 12, 31), date(2027, 1, 4)))
    assert (begin, due, 8) in spans
    assert (due, later, 4) in spans
    assert (begin, round(axis.at(TODAY)), 8) in spans


def test_stopped_stretches_are_hatched_with_a_note_where_there_is_room():
    stop = (date(2026, 10, 6), date(2026, 10, 23))
    stopped = bar(date(2026, 9, 14), stops=(stop,), words=words(note="stopped 6 Oct to 23 Oct"))
    for size, has_note in (("n", False), ("m", True), ("w", True)):
        figure = corridor_figure(corridor(lane(stopped)), size)
        assert len(hatches(figure)) == 1
        assert figure.hatched
        assert ("stopped 6 Oct to 23 Oct" in [text.words for text in texts(figure)]) is has_note


def test_a_label_swings_to_the_end_side_when_it_would_leave_the_frame():
    late_bar = bar(date(2027, 1, 25), date(2027, 1, 31))
    early, late = (
        next(text for text in texts(corridor_figure(corridor(lane(each)), "w")) if text.spans)
        for each in (bar(date(2026, 9, 1)), late_bar)
    )
    assert (early.anchor, late.anchor) == ("start", "end")
    assert late.x <= 1198


def test_the_article_goes_first_when_a_label_is_too_long():
    narrow = corridor_figure(corridor(lane(bar(words=words(what="The consulate " * 6)))), "n")
    label = next(text for text in texts(narrow) if text.spans and "consulate" in text.words)
    assert "…" in label.words
    assert "by 28 Dec" in label.words
    assert "Visa Code" not in label.words


def test_a_clock_counted_back_is_a_flag_on_a_thin_line():
    figure = corridor_figure(corridor(lane(bar(ARRIVAL, date(2027, 1, 17)))), "w")
    assert not [shape for shape in figure.flat if isinstance(shape, Rect) and shape.cls == "f-acc"]
    assert [shape for shape in figure.flat if isinstance(shape, Path) and shape.cls == "f-acc"]


@pytest.mark.parametrize(
    ("state", "cls"), [(BarState.LATE, "f-stop"), (BarState.DONE, "f-ink"), (BarState.DONE_LATE, "f-stop")]
)
def test_met_and_late_have_their_marks(state, cls):
    overdue = bar(date(2026, 11, 16), date(2026, 11, 30), state=state, ended_on=date(2026, 12, 10))
    figure = corridor_figure(corridor(lane(overdue)), "w")
    assert any(shape.cls == cls for shape in figure.flat if not isinstance(shape, Text))


def test_the_longest_lawful_extension_is_dotted():
    figure = corridor_figure(corridor(lane(bar(limit_on=date(2027, 1, 25)))), "w")
    assert any(isinstance(shape, Path) and shape.cls == "acc dot" for shape in figure.flat)


def test_the_axis_begins_six_months_before_or_with_the_earliest_clock_and_never_further_than_it_can_be_read():
    assert axis_start(ARRIVAL, TODAY, []) == date(2026, 8, 1)
    assert axis_start(ARRIVAL, TODAY, [date(2026, 3, 5)]) == date(2026, 3, 5)
    assert axis_start(ARRIVAL, TODAY, [date(2019, 3, 5)]) == date(2025, 2, 1)
    assert months_before(date(2027, 8, 31), 6) == date(2027, 2, 28)
    assert months_before(date(2027, 3, 31), 6) == date(2026, 9, 28)


def test_names_of_months_do_not_run_into_each_other():
    for arrival in (ARRIVAL, date(2028, 11, 20)):
        for size in SIZES:
            drawn = corridor_figure(corridor(lane(bar(date(2026, 3, 5))), arrival=arrival), size)
            named = [text for text in texts(drawn) if text.words.split()[0] in MONTHS]
            names = sorted(named, key=lambda text: text.x)
            assert len(names) >= 4
            assert size == "n" or any("202" in text.words for text in names)
            ends = [text.x + width_of(text) for text in names]
            assert all(end <= later.x for end, later in zip(ends, names[1:], strict=False))


def test_the_key_has_a_drawing_for_every_sign():
    for sign in _SIGNS:
        for rtl in (False, True):
            figure = key_figure(sign, rtl=rtl)
            assert outside(figure) == []
            assert figure.title == ""


@given(text=some_words, room=st.floats(20, 400))
def test_shortened_words_fit(text, room):
    assert text_width(shortened(text, room)) <= room


def test_words_wrap_between_words():
    assert wrapped("Recognition Office of the Free State", 120) == ["Recognition Office", "of the Free State"]
    assert len(wrapped("many words " * 20, 120)) == 2
    assert wrapped("", 120) == []
