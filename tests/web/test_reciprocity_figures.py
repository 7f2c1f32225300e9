"""The drawings: geometry as in the look, mirrored by computing x, nothing in a hidden figure that tells its size."""

import itertools
import re
from dataclasses import replace
from fractions import Fraction
from xml.etree import ElementTree

import jinja2
import pytest

from mobility.domain.reciprocity.flows import pool_flows
from mobility.domain.reciprocity.lamps import Lamp, LampCode, LampState
from mobility.domain.reciprocity.ledger import LedgerTerms, PeriodFlow, keep_ledger, tolerance_bands
from mobility.domain.reciprocity.report import build_matrix
from mobility.domain.reciprocity.service import proportion
from mobility.resources import resource_dir
from mobility.web.reciprocity import figures
from mobility.web.reciprocity.ledger_figure import LedgerWords, ledger_figure, ledger_figures, tick_step
from mobility.web.shared.shapes import Circle, Path, Rect, Sheet, Text

SENT_AND_HOSTED = [(20, 14), (18, 15), (16, 17), (21, 16), (4, 3), (6, 9), (14, 19), (17, 18), (18, 19), (19, 21)]
SVG = "{http://www.w3.org/2000/svg}"


def closes(*more, terms=None):
    flows = [
        PeriodFlow(period=2016 + i, sent=sent, hosted=hosted)
        for i, (sent, hosted) in enumerate([*SENT_AND_HOSTED, (15, 21), *more])
    ]
    return keep_ledger(flows, terms or LedgerTerms(expires_after=4))


def signed(value):
    return f"+{value}" if value > 0 else f"−{-value}" if value else "0"


WORDS = LedgerWords(
    title="Ledger of places",
    desc="It stands at minus 9.",
    standing="Egypt is ahead by 9",
    even="even",
    period=str,
    short_period=lambda year: f"’{year % 100}",
    signed=lambda value: signed(round(value)),
    expired=lambda value: f"{value} expired",
    tolerance=lambda value: f"tolerance {signed(round(value))}",
)


def ledger_drawn(size="w", rtl=False, found=None, words=WORDS):
    found = found or closes()
    return ledger_figure(found, tolerance_bands(found, Fraction(1, 5)), words, size, rtl=rtl)


def all_figures(rtl):
    tilting = Lamp(code=LampCode.TIME, state=LampState.TILTS_TO_B, tilt=Fraction(-43, 100))
    return [
        figures.lamp_figure(tilting, name_a="Germany", name_b="Egypt", rtl=rtl),
        figures.mirror_figure("m1", 58, 97, 100, rtl=rtl),
        figures.mirror_figure("m2", None, 97, 100, rtl=rtl),
        figures.interval_figure("approved", proportion(52, 55), proportion(61, 88), rtl=rtl),
        figures.hidden_mark("h", rtl=rtl),
        *(ledger_drawn(size, rtl) for size in ("n", "m", "w")),
    ]


def shapes(figure, kind):
    return [shape for shape in figure.shapes if isinstance(shape, kind)]


def span(shape, rtl=False, width=0):
    """(first, last) x of a shape; of a right-to-left one as it would stand from left to right."""
    if isinstance(shape, Rect):
        xs = [shape.x, shape.x + shape.width]
    elif isinstance(shape, Path):
        xs = [x for x, _ in shape.points]
    else:
        xs = [shape.x]
    xs = [width - x for x in xs] if rtl else xs
    return pytest.approx((min(xs), max(xs)), abs=0.11)


# ------------------------------------------------------------------ geometry


def test_every_x_is_mirrored_by_computing_it():
    for ltr, rtl in zip(all_figures(False), all_figures(True), strict=True):
        assert rtl.rtl
        assert len(ltr.shapes) == len(rtl.shapes)
        for one, other in zip(ltr.shapes, rtl.shapes, strict=True):
            assert span(one) == span(other, rtl=True, width=rtl.width).expected


def test_nothing_leaves_the_frame():
    for figure in (*all_figures(False), *all_figures(True)):
        for shape in figure.shapes:
            first, last = span(shape).expected
            assert first >= -0.1, (figure.name, shape)
            assert last <= figure.width + 0.1, (figure.name, shape)


def lamp(state, tilt, **more):
    drawn = Lamp(code=LampCode.PEOPLE, state=state, tilt=tilt)
    return figures.lamp_figure(drawn, name_a="Germany", name_b="Egypt", width=224, **more)


def test_a_balanced_lamp_is_a_ring_inside_the_band_as_in_the_look():
    drawn = lamp(LampState.BALANCED, Fraction(-8, 100))
    band, ring = shapes(drawn, Rect)[0], shapes(drawn, Circle)[0]
    assert (band.x, band.width) == (92, 40)
    assert (ring.x, ring.y, ring.cls) == (104, 12, "f-paper acc")


def test_a_tilting_lamp_has_a_diamond_on_the_side_that_receives_more():
    to_b = lamp(LampState.TILTS_TO_B, Fraction(-43, 100))
    assert shapes(to_b, Path)[-1].points[0] == (69, 4)
    to_a = lamp(LampState.TILTS_TO_A, Fraction(26, 100))
    assert shapes(to_a, Path)[-1].points[0] == (138, 4)
    assert shapes(to_a, Path)[-1].cls == "f-acc"


@pytest.mark.parametrize("state", [LampState.TOO_FEW, LampState.NOT_APPLICABLE, LampState.HIDDEN, LampState.MIXED])
def test_a_lamp_that_is_not_judged_is_a_dotted_track_and_shows_no_position(state):
    drawn = lamp(state, Fraction(7, 10))
    assert [path.cls for path in shapes(drawn, Path)] == ["ink2 dot"]
    assert shapes(drawn, Circle) == shapes(drawn, Rect) == []


def test_a_tilt_beyond_the_track_stays_at_its_end():
    assert shapes(lamp(LampState.TILTS_TO_A, Fraction(3)), Path)[-1].points[0] == (212, 4)


def test_the_band_follows_the_treaty_s_tolerance():
    assert shapes(lamp(LampState.BALANCED, Fraction(0), tolerance=Fraction(1, 10)), Rect)[0].width == 20


def test_the_countries_stand_at_the_ends_and_below_one_another_when_long():
    short = lamp(LampState.BALANCED, Fraction(0))
    assert [(text.words, text.anchor) for text in shapes(short, Text)] == [("Egypt", "start"), ("Germany", "end")]
    assert len({text.y for text in shapes(short, Text)}) == 1
    drawn = Lamp(code=LampCode.PEOPLE, state=LampState.BALANCED, tilt=Fraction(0))
    long = figures.lamp_figure(drawn, name_a="United Kingdom", name_b="Bosnia & Herzegovina")
    assert len({text.y for text in shapes(long, Text)}) == 2
    assert long.height > short.height


def test_mirrored_bars_stand_on_one_scale_as_in_the_look():
    sent, hosted = shapes(figures.mirror_figure("m", 58, 97, 100), Rect)
    assert (sent.x, sent.width, sent.cls) == (62.8, 81.2, "f-acc")
    assert (hosted.x, hosted.width, hosted.cls) == (144, 135.8, "f-paper acc")


def test_a_bar_of_nought_is_no_bar():
    assert shapes(figures.mirror_figure("m", 0, 0, 0), Rect) == []
    assert len(shapes(figures.mirror_figure("m", 0, 3, 10), Rect)) == 1


def test_a_hidden_bar_has_one_length_and_is_hatched():
    drawn = figures.mirror_figure("m", None, None, 500)
    hatches = [rect for rect in shapes(drawn, Rect) if rect.hatched]
    assert [rect.width for rect in hatches] == [figures.HIDDEN_LENGTH] * 2
    assert drawn.hatched
    assert drawn == figures.mirror_figure("m", None, None, 7)


def test_intervals_lie_on_an_axis_from_nought_to_one():
    drawn = figures.interval_figure("approved", proportion(52, 55), None)
    assert [path.points[0][0] for path in shapes(drawn, Path)[:3]] == [4, 144, 284]
    assert [circle.x for circle in shapes(drawn, Circle)] == [268.7]


def test_cells_take_their_class_from_the_step():
    rows = [("DE", "MA", 12), ("MA", "DE", 30), ("DE", "FR", 64), ("FR", "DE", 71), ("DE", "DE", 14)]
    germany = build_matrix(pool_flows(rows), ["DE", "FR", "MA", "EG"]).rows[0]
    looks = [figures.cell_look(cell) for cell in germany.cells]
    assert [(look.cls, look.step) for look in looks] == [("m-dom", None), ("", 0), ("b2", 2), ("", None)]
    assert figures.cell_look(germany.cells[2], hidden=True) == figures.CellLook(cls="m-hidden", step=None)
    morocco = build_matrix(pool_flows(rows), ["MA", "DE"]).rows[0]
    assert figures.cell_look(morocco.cells[1]).cls == "b-2"


# ------------------------------------------------------------------ the ledger


def test_the_ledger_is_a_line_of_steps_with_every_value_written():
    drawn = ledger_drawn()
    line = next(path for path in shapes(drawn, Path) if path.cls == "acc")
    assert len(line.points) == 22
    written = [text.words for text in shapes(drawn, Text) if text.cls == "tb halo"]
    assert written == ["+6", "+9", "+8", "+13", "+9", "+6", "+1", "0", "−1", "−3", "−9"]
    assert [text.words for text in shapes(drawn, Text) if text.cls == "t2 halo"] == ["5 expired"]
    assert "Egypt is ahead by 9" in [text.words for text in shapes(drawn, Text)]


def test_the_first_period_stands_at_the_start_side():
    ltr, rtl = ledger_drawn(), ledger_drawn(rtl=True)
    year = [next(t for t in shapes(drawn, Text) if "2016" in t.words) for drawn in (ltr, rtl)]
    assert year[0].x + year[1].x == ltr.width
    assert year[0].x < year[1].x


def test_numbers_are_isolated_where_text_runs_from_right_to_left():
    words = [text.words for text in shapes(ledger_drawn(rtl=True), Text) if text.cls == "tb halo"]
    assert words[-1] == "\u2068−9\u2069"


def test_higher_balances_stand_higher_and_nought_on_the_zero_line():
    drawn = ledger_drawn()
    line = next(path for path in shapes(drawn, Path) if path.cls == "acc")
    zero = next(path for path in shapes(drawn, Path) if path.cls == "ink" and path.stroke == 1.2)
    by_value = sorted(zip([close.closing for close in closes()], line.points[::2], strict=True))
    heights = [y for _, (_, y) in by_value]
    assert heights == sorted(heights, reverse=True)
    assert line.points[14][1] == zero.points[0][1]


@pytest.mark.parametrize("size", ["n", "m", "w"])
@pytest.mark.parametrize("periods", [1, 3, 30])
def test_labels_below_the_axis_never_touch(size, periods):
    found = keep_ledger([PeriodFlow(period=1990 + i, sent=i, hosted=1) for i in range(periods)], LedgerTerms())
    drawn = ledger_figure(found, [0] * periods, WORDS, size)
    labels = [text for text in shapes(drawn, Text) if text.anchor == "middle" and text.cls == "t2"]
    assert labels[-1].words.endswith(str(1989 + periods)[2:])
    for one, other in itertools.pairwise(labels):
        assert other.x - one.x >= len(one.words) * 6


def test_a_ledger_that_never_moved_can_be_drawn():
    found = keep_ledger([PeriodFlow(period=2026, sent=0, hosted=0)], LedgerTerms())
    drawn = ledger_figure(found, [0], WORDS, "w")
    assert [text.words for text in shapes(drawn, Text) if text.cls == "tb halo"] == ["0"]


def test_end_labels_do_not_lie_on_one_another():
    drawn = ledger_drawn()
    heights = sorted(text.y for text in shapes(drawn, Text) if text.x > 850)
    assert all(below - above >= 15 for above, below in itertools.pairwise(heights))


def test_long_end_labels_get_room():
    words = replace(WORDS, standing="Bosnia & Herzegovina is ahead by 120 person-months")
    line = next(path for path in shapes(ledger_drawn(words=words), Path) if path.cls == "acc")
    assert line.points[-1][0] + 12 + len(words.standing) * 6 <= 1056


def test_three_drawings_or_none():
    found = closes()
    bands = tolerance_bands(found, Fraction(1, 5))
    assert [drawn.cls for drawn in ledger_figures(found, bands, WORDS)] == ["m-w", "m-m", "m-n"]
    assert ledger_figures([], [], WORDS) == []
    with pytest.raises(ValueError, match="without periods"):
        ledger_figure([], [], WORDS, "w")
    with pytest.raises(ValueError, match="shorter"):
        ledger_figure(found, bands[:-1], WORDS, "w")


@pytest.mark.parametrize(("reach", "step"), [(1, 1), (5, 2), (25, 10), (60, 50), (900, 500), (12_000, 5000)])
def test_ticks_are_round_numbers(reach, step):
    assert tick_step(reach) == step


def test_coordinates_have_one_digit_and_whole_ones_none():
    sheet = Sheet(name="s", width=100, height=10)
    sheet.line(1.04, 2, 33.333, 2.0, "ink")
    assert sheet.shapes[0].d == "M1 2L33.3 2"


# ------------------------------------------------------------------ the markup


@pytest.fixture(scope="module")
def macros():
    loader = jinja2.FileSystemLoader(str(resource_dir("templates")))
    environment = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined)
    environment.globals["_"] = lambda message, **values: message % values
    return environment.get_template("reciprocity/figures.html").module


def test_every_figure_is_well_formed_without_styles_scripts_or_transforms(macros):
    for figure in (*all_figures(False), *all_figures(True)):
        markup = str(macros.figure(figure))
        root = ElementTree.fromstring(markup)
        assert root.tag == f"{SVG}svg"
        assert root.get("direction") == ("rtl" if figure.rtl else None)
        assert not re.search(r"style=|transform|<script|nan|None|on\w+=", markup), markup
        assert len(list(root.iter(f"{SVG}text"))) == len(shapes(figure, Text))


def test_a_figure_of_its_own_has_title_and_description_and_one_beside_a_row_is_hidden(macros):
    ledger = ElementTree.fromstring(str(macros.figure(ledger_drawn())))
    assert ledger.get("role") == "img"
    names = [ledger.find(f"{SVG}{part}").get("id") for part in ("title", "desc")]
    assert ledger.get("aria-labelledby").split() == names
    assert ledger.find(f"{SVG}title").text == "Ledger of places"
    mirror = ElementTree.fromstring(str(macros.figure(figures.mirror_figure("m", 3, 4, 5))))
    assert mirror.get("aria-hidden") == "true"
    assert mirror.get("role") is None


def test_a_hatch_refers_to_its_own_pattern(macros):
    root = ElementTree.fromstring(str(macros.figure(figures.mirror_figure("mirror-CN", None, 4, 5))))
    pattern = root.find(f"{SVG}defs/{SVG}pattern").get("id")
    assert next(rect.get("fill") for rect in root.iter(f"{SVG}rect")) == f"url(#{pattern})"


def test_names_are_escaped(macros):
    drawn = Lamp(code=LampCode.PEOPLE, state=LampState.BALANCED, tilt=Fraction(0))
    markup = str(macros.figure(figures.lamp_figure(drawn, name_a="<b>", name_b="Trinidad & Tobago")))
    assert "<b>" not in markup
    assert "Trinidad &amp; Tobago" in markup


def test_the_markup_of_a_lamp_is_that_of_the_look(macros):
    markup = str(macros.figure(lamp(LampState.BALANCED, Fraction(-8, 100))))
    for line in (
        '<rect class="f-hair" x="92" y="5" width="40" height="14"/>',
        '<path class="ink2" stroke-width="1" d="M12 12L212 12"/>',
        '<circle class="f-paper acc" stroke-width="2.5" cx="104" cy="12" r="5.5"/>',
        '<text class="t3" x="212" y="36" text-anchor="end">Germany</text>',
    ):
        assert line in markup


def test_lamps_and_cells_say_in_words_what_they_draw(macros):
    drawn = lamp(LampState.BALANCED, Fraction(0))
    markup = str(macros.lamp("People", "Balanced", drawn, "52 sent, 61 hosted."))
    assert "<h3>People</h3>" in markup
    assert '<p class="m-lamp__say">Balanced</p>' in markup
    look = figures.CellLook(cls="b2", step=2)
    cell = str(macros.matrix_cell(look, 12, str, signed))
    assert cell == '<td class="b2"><bdi>12</bdi> <small><bdi>+2</bdi></small></td>'


def test_a_hidden_cell_shows_the_word_and_no_number(macros):
    look, mark = figures.CellLook(cls="m-hidden", step=None), figures.hidden_mark("h1")
    cell = str(macros.matrix_cell(look, 3, str, signed, mark))
    assert "hidden" in cell
    assert ">3<" not in cell
    svg = ElementTree.fromstring(cell).find(f"{SVG}svg")
    assert (svg.get("width"), svg.get("height")) == ("24", "12")


def test_rows_and_figures_are_wrapped_as_the_style_sheet_expects(macros):
    found = closes()
    drawings = ledger_figures(found, tolerance_bands(found, Fraction(1, 5)), WORDS)
    assert str(macros.ledger(drawings)).count("<svg class=") == 3
    assert str(macros.mirror(figures.mirror_figure("m", 1, 2, 3))).startswith('<td class="m-mirror">')
    wilson = figures.interval_figure("approved", proportion(18, 20), proportion(2, 40))
    assert str(macros.interval(wilson)).startswith('<td class="m-wil">')
