"""The law that ships: readable without fault, sourced, checked or marked, and wide enough to carry a case."""

from datetime import date
from pathlib import Path

import pytest

from mobility.domain.law_codes import Confidence, LegalStage, SuspensionModel
from mobility.domain.treaties import Instrument, Provision, ProvisionVersion, matching_provisions, version_in_force
from mobility.domain.treaty_data import content_hash, version_as_data, version_from_data
from mobility.storage.treaty_files import read_treaties

Law = tuple[tuple[Instrument, ...], tuple[Provision, ...]]

ROWS = {"V": 20, "S": 46, "C": 20, "F": 12, "L": 5, "K": 3, "G": 27, "P": 8}
SPLIT = ["C08", "C12", "C15", "F07", "F09", "G09", "G21", "P02", "P07", "P08", "S34", "S42"]
SPOKEN = ("owes", "consequence", "trigger")


@pytest.fixture(scope="module")
def law() -> Law:
    return read_treaties(Path(__file__).resolve().parents[2] / "config" / "treaties")


@pytest.fixture(scope="module")
def versions(law: Law) -> list[tuple[str, ProvisionVersion]]:
    return [(provision.code, version) for provision in law[1] for version in provision.versions]


def test_the_whole_list_of_provisions_is_there(law: Law) -> None:
    wanted = [f"{letter}{number:02}" for letter, count in ROWS.items() for number in range(1, count + 1)]
    assert len(wanted) == 141
    assert [code for code in wanted if not matching_provisions(law[1], code)] == []


@pytest.mark.parametrize("code", SPLIT)
def test_two_rules_in_one_article_are_two_provisions(law: Law, code: str) -> None:
    assert len(matching_provisions(law[1], code)) >= 2


def test_every_stage_and_the_governance_of_treaties_are_covered(law: Law) -> None:
    held = {provision.latest.stage for provision in law[1]}
    assert held == set(LegalStage)
    assert len(law[0]) >= 20
    assert len(law[1]) >= 60


def test_every_wording_has_a_source_and_is_checked_or_says_that_it_is_not(
    versions: list[tuple[str, ProvisionVersion]],
) -> None:
    for code, version in versions:
        assert version.source, code
        assert (version.confidence is Confidence.RECALLED) is (version.checked_on is None), code
        if version.checked_on is not None:
            assert date(2026, 1, 1) <= version.checked_on, code


def test_addresses_are_those_of_official_publishers(law: Law, versions: list[tuple[str, ProvisionVersion]]) -> None:
    hosts = {
        "data.europa.eu",
        "www.coe.int",
        "www.ecfr.gov",
        "www.fedlex.admin.ch",
        "www.gesetze-im-internet.de",
        "www.gov.uk",
    }
    urls = [instrument.url for instrument in law[0]] + [version.url for _code, version in versions]
    assert {url.split("/")[2] for url in urls if url} <= hosts


def test_sentences_for_people_are_short_whole_sentences(versions: list[tuple[str, ProvisionVersion]]) -> None:
    for code, version in versions:
        for sentence in (version.owes, version.consequence):
            assert len(sentence) <= 110, (code, sentence)
            assert not sentence or (sentence[0].isupper() and sentence.endswith(".")), (code, sentence)
        assert not version.trigger.endswith("."), (code, version.trigger)
        assert all("%" not in getattr(version, key) for key in SPOKEN), code


def test_every_party_with_a_known_year_has_a_source(law: Law) -> None:
    for instrument in law[0]:
        assert bool(instrument.parties) is bool(instrument.parties_source), instrument.code
        for party in instrument.parties:
            assert party.in_force_on is None or party.in_force_on.year >= 1950, (instrument.code, party.country)


def test_each_version_can_be_stored_and_hashes_apart(versions: list[tuple[str, ProvisionVersion]]) -> None:
    for code, version in versions:
        assert version_from_data(version_as_data(version)) == version, code
    keys = [(code, content_hash(version)) for code, version in versions]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(
    ("code", "on", "period", "unit"),
    [
        ("V06", date(2020, 2, 1), "30", "calendar_days"),
        ("V06", date(2020, 2, 2), "45", "calendar_days"),
        ("V01", date(2020, 2, 1), "3", "months"),
        ("V01", date(2020, 2, 2), "6", "months"),
        ("S32", date(2024, 3, 31), "15", "calendar_days"),
        ("S32", date(2024, 4, 1), "15", "working_days"),
        ("P06", date(2024, 12, 31), "3", "days"),
        ("P06", date(2025, 1, 1), "4", "days"),
    ],
)
def test_old_cases_keep_old_law(law: Law, code: str, on: date, period: str, unit: str) -> None:
    (provision,) = matching_provisions(law[1], code)
    version = version_in_force(provision, on)
    assert (version.period, version.unit) == (period, unit)


def test_each_case_stage_has_clocks_that_an_event_starts_and_another_meets(law: Law) -> None:
    started = {provision.latest.stage for provision in law[1] if provision.latest.starts_a_clock}
    assert {LegalStage.VISA, LegalStage.RECOGNITION, LegalStage.FUNDING, LegalStage.LANGUAGE} <= started


def test_some_clock_of_a_case_stops_while_documents_are_awaited(law: Law) -> None:
    stopping = [
        provision.code
        for provision in law[1]
        if provision.latest.starts_a_clock
        and provision.latest.suspension is not None
        and provision.latest.suspension.model is SuspensionModel.STOP_AND_RESUME
        and provision.latest.suspension.from_event is not None
    ]
    assert {"S01", "C11", "F05"} <= set(stopping)
