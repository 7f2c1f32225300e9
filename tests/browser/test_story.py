"""The story of the README, one test for each hand-over, in English and from right to left in Arabic."""

from collections.abc import Callable

import pytest

from mobility.i18n import offered_locales
from tests.browser.story import CHAPTERS, Story

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.timeout(600),
    pytest.mark.parametrize("language", ["en", "ar"]),
]
Stories = Callable[[str], Story]


def play(stories: Stories, language: str, chapter: str) -> Story:
    assert language in offered_locales(), f"the catalogue of {language} is not complete"
    story = stories(language)
    story.play(chapter)
    return story


def test_an_applicant_registers_applies_and_gets_a_reference(stories: Stories, language: str) -> None:
    assert play(stories, language, "applies").reference.startswith("EG-DE-")


def test_the_receiving_post_admits_the_case(stories: Stories, language: str) -> None:
    play(stories, language, "is_admitted")


def test_the_post_asks_for_a_document_and_the_clock_stops(stories: Stories, language: str) -> None:
    play(stories, language, "is_asked")


def test_the_applicant_answers_and_the_date_has_moved_by_the_pause(stories: Stories, language: str) -> None:
    play(stories, language, "answers")


def test_the_post_decides_the_visa(stories: Stories, language: str) -> None:
    play(stories, language, "visa_is_decided")


def test_the_recognition_body_recognises_the_degree(stories: Stories, language: str) -> None:
    play(stories, language, "degree_is_recognised")


def test_two_people_of_the_fund_decide_and_pay(stories: Stories, language: str) -> None:
    play(stories, language, "grant_is_signed")


def test_the_language_school_certifies_the_level(stories: Stories, language: str) -> None:
    play(stories, language, "language_is_learnt")


def test_arrival_departure_and_report_are_recorded(stories: Stories, language: str) -> None:
    play(stories, language, "travels")


def test_the_post_closes_the_case(stories: Stories, language: str) -> None:
    play(stories, language, "is_closed")


def test_the_manager_finds_the_case_behind_people_days_and_money(stories: Stories, language: str) -> None:
    story = play(stories, language, "is_balanced")
    assert story.played == list(CHAPTERS)
