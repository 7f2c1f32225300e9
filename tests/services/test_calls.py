"""Open calls: which are open at an instant and a place, in which order, page by page, found by filters and words."""

from datetime import UTC, date, datetime, timedelta

import pytest

from mobility.domain.errors import InvalidInput, NotFound
from mobility.domain.stages import StageKind
from mobility.services import calls
from mobility.storage.scope import set_scope
from tests.factories import make_call, make_instrument, make_programme, make_provision, make_route


def codes(page):
    return [line.code for line in page.lines]


def test_the_next_to_close_stands_first(session, now) -> None:
    route = make_route(session)
    for days in (28, 4, 60):
        make_call(session, route=route, code=f"in-{days}", closes_in_days=days)
    page = calls.list_calls(session, now=now)
    assert codes(page) == ["in-4", "in-28", "in-60"]
    assert [line.days_left for line in page.lines] == [4, 28, 60]
    assert (page.count, page.next_key) == (3, "")


def test_what_is_not_open_is_not_listed(session, now, today) -> None:
    route = make_route(session)
    make_call(session, route=route, code="hidden", is_published=False)
    make_call(session, route=route, code="later", opens_on=today + timedelta(days=1))
    make_call(session, route=route, code="over", closes_in_days=-1)
    make_call(session, route=route, code="open", closes_in_days=0)
    assert codes(calls.list_calls(session, now=now)) == ["open"]


@pytest.mark.parametrize(
    ("zone", "moment", "is_open"),
    [
        ("Europe/Berlin", datetime(2026, 12, 14, 22, 59, 59, tzinfo=UTC), True),  # 23:59:59 there
        ("Europe/Berlin", datetime(2026, 12, 14, 23, 0, tzinfo=UTC), False),  # 24:00 there
        ("Pacific/Kiritimati", datetime(2026, 12, 14, 9, 59, tzinfo=UTC), True),
        ("Pacific/Kiritimati", datetime(2026, 12, 14, 10, 0, tzinfo=UTC), False),
        ("Pacific/Pago_Pago", datetime(2026, 12, 15, 10, 59, tzinfo=UTC), True),
        ("Pacific/Pago_Pago", datetime(2026, 12, 15, 11, 0, tzinfo=UTC), False),
    ],
)
def test_a_call_closes_at_midnight_where_it_says(session, zone, moment, is_open) -> None:
    make_call(session, code="edge", closes_in_days=0, time_zone=zone)
    make_call(session, code="elsewhere", closes_in_days=0, time_zone="UTC")
    assert ("edge" in codes(calls.list_calls(session, now=moment))) is is_open
    assert calls.get_call(session, "edge", moment).is_open is is_open


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [(datetime(2026, 12, 13, 22, 59, tzinfo=UTC), False), (datetime(2026, 12, 13, 23, 0, tzinfo=UTC), True)],
)
def test_a_call_opens_at_midnight_where_it_says(session, today, moment, is_open) -> None:
    make_call(session, code="edge", opens_on=today)
    assert codes(calls.list_calls(session, now=moment)) == (["edge"] if is_open else [])


def test_filters_by_country_and_field(session, now) -> None:
    there = make_route(session, sending="EG", receiving="DE")
    back = make_route(session, programme=there.programme, sending="DE", receiving="EG")
    make_call(session, route=there, code="there", discipline="music")
    make_call(session, route=back, code="back")

    def found(**wanted):
        return codes(calls.list_calls(session, now=now, **wanted))

    assert found(sending="EG") == ["there"]
    assert found(receiving="EG") == ["back"]
    assert found(sending="EG", receiving="EG") == []
    assert found(discipline="music") == ["there", "back"]  # a call open to all fields fits every field
    assert found(discipline="dance") == ["back"]
    choices = calls.list_calls(session, now=now).choices
    assert (choices.sending, choices.receiving) == (("DE", "EG"), ("DE", "EG"))
    assert choices.disciplines == ("music",)


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        ("scenography", True),
        ("SCENOGRAPHY dresden", True),
        ("théâtre", True),
        ("theatre", True),
        ("مسرح", True),
        ("hellerau", True),
        ("scenography paris", False),
        ("%", False),
        ("   ", True),
    ],
)
def test_words_are_found_in_any_language_without_accents_or_case(session, now, words, is_found) -> None:
    texts = {
        "en": {"title": "Scenography", "summary": "Three months"},
        "fr": {"title": "Scénographie", "summary": "Théâtre"},
        "ar": {"title": "فضاء المسرح", "summary": "ثلاثة أشهر"},
    }
    make_call(session, code="stage", texts=texts)
    page = calls.list_calls(session, words=words, now=now)
    assert (codes(page), page.count) == ((["stage"], 1) if is_found else ([], 0))


@pytest.mark.parametrize("words", ["", "residencies"])
def test_pages_follow_each_other_without_gap_or_repeat(session, now, words) -> None:
    route = make_route(session)
    made = [make_call(session, route=route, closes_in_days=days // 3).code for days in range(45)]
    seen, after = [], ""
    while True:
        page = calls.list_calls(session, words=words, after=after, now=now)
        seen += codes(page)
        assert page.count == 45
        if not page.next_key:
            break
        after = page.next_key
    assert seen == made


@pytest.mark.parametrize("after", ["x", "2026-12-14", "2026-13-01.5", "2026-12-14.five"])
def test_a_page_that_nobody_gave_out_is_refused(session, now, after) -> None:
    with pytest.raises(InvalidInput):
        calls.list_calls(session, after=after, now=now)


def test_everybody_may_read_calls(session, now) -> None:
    make_call(session, code="open")
    set_scope(session, ())
    assert codes(calls.list_calls(session, now=now)) == ["open"]
    assert calls.get_call(session, "open", now).is_open


def test_a_line_says_what_one_will_need(session, now) -> None:
    programme = make_programme(
        session, stages=["visa", "funding"], instrument=make_instrument(session, short_title="X")
    )
    make_call(session, route=make_route(session, programme=programme))
    [line] = calls.list_calls(session, now=now).lines
    assert (line.stages, line.instrument) == ((StageKind.VISA, StageKind.FUNDING), "X")


def test_the_page_of_a_call_lists_what_the_law_gives_each_stage(session, now) -> None:
    instrument = make_instrument(session, short_title="Visa Code")
    decide = make_provision(session, instrument=instrument, article="23(1)")
    old = make_provision(session, instrument=instrument, article="9(1)", valid_until=date(2020, 2, 1))
    recalled = make_provision(session, instrument=instrument, stage="recognition", confidence="recalled")
    codes_of = {"visa": [decide.code, old.code, "GONE"], "recognition": [recalled.code]}
    make_call(session, code="open", route=make_route(session, provisions=codes_of))
    view = calls.get_call(session, "open", now)
    assert [stage.stage for stage in view.stages] == ["case", "visa", "recognition", "funding", "language"]
    [term] = view.stages[1].terms
    assert (term.article, term.period, term.unit, term.instrument) == ("23(1)", "15", "calendar_days", "Visa Code")
    assert term.owes == "The consulate decides on the application."
    assert (term.is_verified, view.stages[2].terms[0].is_verified) == (True, False)
    assert view.stages[3].terms == ()


def test_a_call_that_is_not_published_does_not_exist(session, now) -> None:
    make_call(session, code="hidden", is_published=False)
    for code in ("hidden", "nothing"):
        with pytest.raises(NotFound):
            calls.get_call(session, code, now)


def test_a_closed_call_can_still_be_read(session, now) -> None:
    make_call(session, code="over", closes_in_days=-3)
    view = calls.get_call(session, "over", now)
    assert (view.is_open, view.days_left) == (False, -3)
