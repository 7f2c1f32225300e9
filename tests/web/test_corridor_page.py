"""The corridor of a real case: it tells the dates of the table, and is not drawn when there is no way left."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from mobility.domain.events import EventCode
from mobility.domain.law_codes import ExtensionModel, PeriodUnit, SuspensionModel
from mobility.domain.treaties import Extension, Suspension
from mobility.i18n import use_locale
from mobility.i18n.formats import format_date
from mobility.services.cases import case_for_applicant, case_for_officer
from mobility.services.cases.views import StayView
from mobility.services.requests import ask
from mobility.web.clocks.corridor_page import corridor_of
from mobility.web.shared.shapes import Text
from tests.factories import NOW, make_provision
from tests.services.scenes import Scene

TODAY = NOW.date()


@pytest.fixture
def scene(session):
    make_provision(
        session,
        code="S01",
        starts_on="visa_lodged",
        met_by=("visa_decided",),
        calendar="actor",
        period="20",
        unit="days",
        suspension=Suspension(
            model=SuspensionModel.STOP_AND_RESUME,
            from_event=EventCode.DOCUMENTS_REQUESTED,
            to_event=EventCode.DOCUMENTS_RECEIVED,
        ),
        extension=Extension(model=ExtensionModel.NEW_TOTAL, period="45", unit=PeriodUnit.DAYS, ground="Scrutiny."),
    )
    made = Scene(session, stages=("visa", "funding"), provisions={"visa": ["S01"]})
    made.take(made.officer("visa"), "lodge", {"lodged_on": TODAY - timedelta(days=4)})
    return made


def page_of(scene):
    return scene.read(case_for_applicant, scene.applicant, scene.case_id, scene.now)


def words_of(drawn, number=2):
    return [text.words for text in drawn.figures[number].flat if isinstance(text, Text)]


def test_the_picture_and_the_table_tell_the_same_dates(session, scene):
    page = page_of(scene)
    drawn = corridor_of(page)
    assert [figure.cls for figure in drawn.figures] == ["m-n", "m-m", "m-w"]
    for figure in drawn.figures:
        told = " ".join(text.words for text in figure.flat if isinstance(text, Text))
        for clock in page.clocks:
            assert format_date(clock.earliest_on, "short") in told
            assert format_date(clock.earliest_on, "short") in figure.desc
    assert any(format_date(page.planned_arrival_on, "medium") in words for words in words_of(drawn))
    assert any(words.startswith("Today, ") for words in words_of(drawn))


def test_the_latest_safe_day_of_each_open_stage_is_the_outlooks(session, scene):
    page = page_of(scene)
    told = words_of(corridor_of(page))
    for stage in page.outlook.stages:
        assert f"safe until {format_date(stage.finish_by, 'short')}" in told


def test_a_lawful_extension_is_foreseen_for_the_applicant_too(session, scene):
    clock = page_of(scene).clocks[0]
    assert clock.extendable_until > clock.latest_on
    assert clock.extendable_until >= TODAY - timedelta(days=4) + timedelta(days=45)
    assert "may lawfully be extended to" in [words for _, words in corridor_of(page_of(scene)).key]


def test_days_on_which_a_clock_stood_still_are_told(session, scene):
    officer = scene.officer("visa")
    scene.do(ask, officer, "visa", text="?", answer_by=TODAY + timedelta(days=30))
    clock = scene.read(case_for_officer, officer, scene.case_id, NOW + timedelta(days=3)).clocks[0]
    assert clock.stops == ((TODAY, TODAY + timedelta(days=3)),)
    assert clock.paused_days == 4
    page = page_of(scene)
    assert f"stopped since {format_date(TODAY, 'short')}" in words_of(corridor_of(page))
    assert "stopped" in [words for _, words in corridor_of(page).key]


def test_arabic_runs_from_right_to_left(session, scene):
    with use_locale("ar"):
        drawn = corridor_of(page_of(scene))
    assert all(figure.rtl for figure in drawn.figures)
    assert all(figure.rtl for figure, _ in drawn.key)


def test_there_is_none_for_a_closed_case_a_traveller_or_a_day_that_has_come(session, scene):
    page = page_of(scene)
    stay = StayView(arrived_on=TODAY, departed_on=None, days=None, recorded_at=NOW, row_version=1)
    assert corridor_of(page) is not None
    assert corridor_of(replace(page, is_open=False)) is None
    assert corridor_of(replace(page, stay=stay)) is None
    assert corridor_of(replace(page, today=page.planned_arrival_on)) is None
    assert corridor_of(replace(page, stages=())) is None


def test_a_case_without_clocks_shows_its_stages(session, scene):
    page = replace(page_of(scene), clocks=(), planned_arrival_on=date(2027, 2, 1))
    assert "lodged" in words_of(corridor_of(page))
