"""Which wording of a provision governs a day, and whether a version survives being stored."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.domain.events import EventCode
from mobility.domain.law_codes import (
    Confidence,
    Direction,
    ExtensionModel,
    InstrumentKind,
    LegalStage,
    OwedBy,
    PeriodUnit,
    ProvisionKind,
    Silence,
    SuspensionModel,
)
from mobility.domain.treaties import (
    Extension,
    Instrument,
    NoVersionInForce,
    OverlappingVersions,
    Party,
    Provision,
    ProvisionVersion,
    Suspension,
    counting_direction,
    counting_params,
    find_version_in_force,
    matching_provisions,
    overlapping_versions,
    version_in_force,
)
from mobility.domain.treaty_data import (
    content_hash,
    instrument_as_data,
    version_as_data,
    version_from_data,
)

OLD_END = date(2020, 2, 1)
NEW_START = date(2020, 2, 2)

VERSION = ProvisionVersion(
    number=1,
    valid_from=date(2010, 4, 5),
    article="23(1)",
    stage=LegalStage.VISA,
    kind=ProvisionKind.DECISION,
    starts_on=EventCode.VISA_LODGED,
    met_by=(EventCode.VISA_ISSUED, EventCode.VISA_REFUSED),
    period="15",
    unit=PeriodUnit.CALENDAR_DAYS,
    direction=Direction.FORWARD,
    owed_by=OwedBy.POST,
    rule_set="EU1182",
    calendar="actor",
    params={"candidates": [{"event": "planned_arrival"}]},
    suspension=Suspension(
        model=SuspensionModel.STOP_AND_RESUME,
        from_event=EventCode.DOCUMENTS_REQUESTED,
        to_event=EventCode.DOCUMENTS_RECEIVED,
        article="34(3)",
    ),
    extension=Extension(
        model=ExtensionModel.NEW_TOTAL, period="45", unit=PeriodUnit.CALENDAR_DAYS, ground="More scrutiny."
    ),
    silence=Silence.REMEDY,
    owes="The consulate decides on the application.",
    source="the text",
    checked_on=date(2026, 11, 21),
    confidence=Confidence.SEEN,
)
OLD = replace(VERSION, valid_until=OLD_END, period="30", rows=("V07",))
NEW = replace(VERSION, number=2, valid_from=NEW_START, period="45")
PROVISION = Provision(code="V06", instrument="visa_code", versions=(OLD, NEW))


@pytest.mark.parametrize(
    ("on", "period"),
    [(date(2010, 4, 5), "30"), (OLD_END, "30"), (NEW_START, "45"), (date(2040, 1, 1), "45")],
)
def test_a_trigger_is_governed_by_the_wording_of_its_day(on: date, period: str) -> None:
    assert version_in_force(PROVISION, on).period == period


def test_before_the_first_wording_nothing_governs() -> None:
    on = date(2010, 4, 4)
    assert find_version_in_force(PROVISION, on) is None
    with pytest.raises(NoVersionInForce) as raised:
        version_in_force(PROVISION, on)
    assert raised.value.parameters == {"provision": "V06", "on": "2010-04-04"}


def test_a_wording_without_first_day_reaches_back_without_limit() -> None:
    provision = replace(PROVISION, versions=(replace(OLD, valid_from=None), NEW))
    assert version_in_force(provision, date(1950, 1, 1)).period == "30"


def test_overlapping_wordings_are_an_error_that_names_both() -> None:
    overlapping = replace(PROVISION, versions=(replace(OLD, valid_until=NEW_START), NEW))
    assert version_in_force(overlapping, OLD_END).number == 1
    with pytest.raises(OverlappingVersions) as raised:
        version_in_force(overlapping, NEW_START)
    assert (raised.value.parameters["first"], raised.value.parameters["second"]) == (1, 2)


def test_versions_that_touch_do_not_overlap_and_one_common_day_does() -> None:
    assert overlapping_versions((OLD, NEW)) == []
    longer = replace(OLD, valid_until=NEW_START)
    assert overlapping_versions((longer, NEW)) == [(longer, NEW)]
    assert overlapping_versions((VERSION, NEW)) == [(VERSION, NEW)]


_DAYS = st.dates(date(1990, 1, 1), date(2040, 1, 1))


@given(_DAYS, st.integers(0, 4000), _DAYS, st.integers(0, 4000))
def test_overlap_means_that_some_day_has_two_wordings(
    first: date, first_days: int, second: date, second_days: int
) -> None:
    one = replace(OLD, valid_from=first, valid_until=first + timedelta(days=first_days))
    two = replace(NEW, valid_from=second, valid_until=second + timedelta(days=second_days))
    later_start = max(first, second)
    both = one.covers(later_start) and two.covers(later_start)
    assert bool(overlapping_versions((one, two))) is both


@pytest.mark.parametrize(
    ("direction", "counted"),
    [
        (Direction.FORWARD_MAX, "forward"),
        (Direction.BACKWARD_EARLIEST, "backward"),
        (Direction.BACKWARD_LATEST, "backward"),
        (Direction.PERIODIC, "periodic"),
        (Direction.ROLLING, "max_continuous"),
        (Direction.BAR, "forward"),
    ],
)
def test_the_engine_knows_fewer_directions(direction: Direction, counted: str) -> None:
    assert counting_direction(direction) == counted


def test_the_engine_gets_only_the_parameters_it_counts_with() -> None:
    params = {"candidates": [{"event": "arrived"}], "per": "receiving_state", "month": 12, "day": 31}
    assert counting_params(replace(VERSION, params=params)) == {"candidates": [{"event": "arrived"}]}


def test_a_clock_starts_only_where_an_event_starts_and_another_meets_it() -> None:
    assert VERSION.starts_a_clock
    assert not replace(VERSION, met_by=()).starts_a_clock
    assert not replace(VERSION, starts_on=None, trigger="in words").starts_a_clock


def test_recalled_or_unchecked_wording_is_not_verified() -> None:
    assert VERSION.is_verified
    assert not replace(VERSION, checked_on=None).is_verified
    assert not replace(VERSION, confidence=Confidence.RECALLED).is_verified


@pytest.mark.parametrize(
    ("party", "on", "bound"),
    [
        (Party(country="CH", in_force_on=date(2016, 8, 1)), date(2016, 7, 31), False),
        (Party(country="CH", in_force_on=date(2016, 8, 1)), date(2016, 8, 1), True),
        (
            Party(country="CN", in_force_on=date(2007, 7, 26), provisional_from=date(2005, 11, 10)),
            date(2006, 1, 1),
            True,
        ),
        (Party(country="GB", in_force_on=date(2007, 10, 20), withdrawn_on=date(2021, 1, 1)), date(2020, 12, 31), True),
        (Party(country="GB", in_force_on=date(2007, 10, 20), withdrawn_on=date(2021, 1, 1)), date(2021, 1, 1), False),
        (Party(country="LU", signed_on=date(1974, 1, 1)), date(2026, 1, 1), False),
    ],
)
def test_a_party_is_bound_from_force_or_provisional_application_to_withdrawal(
    party: Party, on: date, bound: bool
) -> None:
    assert party.is_bound_on(on) is bound


def test_provisions_are_found_by_code_by_older_name_and_by_the_stem_of_a_split_article() -> None:
    split = [replace(PROVISION, code=code, versions=(VERSION,)) for code in ("S34b", "S34a", "S3")]
    everything = [*split, PROVISION]
    assert [found.code for found in matching_provisions(everything, "S34")] == ["S34a", "S34b"]
    assert [found.code for found in matching_provisions(everything, "S3")] == ["S3"]
    assert [found.code for found in matching_provisions(everything, "V07")] == ["V06"]
    assert matching_provisions(everything, "X99") == []


def test_a_version_survives_storage_as_json() -> None:
    stored = json.loads(json.dumps(version_as_data(VERSION)))
    assert version_from_data(stored) == VERSION
    bare = replace(VERSION, suspension=None, extension=None, starts_on=None, unit=None, valid_from=None, params={})
    assert version_from_data(json.loads(json.dumps(version_as_data(bare)))) == bare


def test_the_hash_follows_the_wording_and_not_the_day_of_the_check() -> None:
    assert content_hash(replace(VERSION, checked_on=date(2027, 1, 1), number=7)) == content_hash(VERSION)
    changes = {
        "period": "16",
        "article": "23(2)",
        "owes": "Something else.",
        "met_by": (EventCode.VISA_ISSUED,),
        "params": {},
        "suspension": None,
        "confidence": Confidence.RECALLED,
        "valid_until": OLD_END,
    }
    hashes = {content_hash(replace(VERSION, **{key: value})) for key, value in changes.items()}
    assert len(hashes | {content_hash(VERSION)}) == len(changes) + 1


def test_the_hash_is_stable_across_releases() -> None:
    """A change of this value makes every registry load all law again as new versions: do not do it lightly."""
    assert content_hash(VERSION) == content_hash(version_from_data(version_as_data(VERSION)))
    assert len(content_hash(VERSION)) == 64


def test_the_dates_of_a_party_are_data() -> None:
    instrument = Instrument(
        code="x",
        title="A treaty",
        short_title="Treaty",
        kind=InstrumentKind.TREATY,
        parties=(Party(country="CH", in_force_on=date(2016, 8, 1)),),
    )
    assert instrument_as_data(instrument)["parties"][0]["in_force_on"] == "2016-08-01"
