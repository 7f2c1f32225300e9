"""Every provision that ships and names a period is answered by the engine: law and rule sets fit each other."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from mobility.calendars import source
from mobility.domain.law_codes import Direction, PeriodUnit
from mobility.domain.time_limits import NotComputedByItself, RuleSet, TimeLimit, compute, day_of
from mobility.domain.treaties import ProvisionVersion, counting_direction, counting_params
from mobility.storage.rule_set_files import installed_rule_sets
from mobility.storage.treaty_files import read_treaties

TREATIES = Path(__file__).resolve().parents[2] / "config" / "treaties"
START = date(2026, 3, 31)  # a month's last day, before Easter
OWNERS = {"none": "", "receiving_state": "DE-BE", "addressee": "CH-ZH"}

WORDINGS = [
    pytest.param(version, id=f"{provision.code}-{version.number}")
    for provision in read_treaties(TREATIES)[1]
    for version in provision.versions
    if version.unit is not None
]


def question(version: ProvisionVersion) -> TimeLimit:
    params = counting_params(version)
    if "candidates" in params:
        params["candidates"] = [{"date": "2026-09-01"}]
    if "notice" in params:
        params["reference_date"] = "2026-05-01"
    if version.direction is Direction.PERIODIC:
        params["after"] = "2026-05-01"
    owner = version.calendar.split(":")[-1]
    windowed = version.direction is not Direction.ROLLING or version.rule_set.startswith("ROLL")
    return TimeLimit(
        rule_set=version.rule_set,
        start=datetime(2026, 3, 31, 12, tzinfo=UTC) if version.unit is PeriodUnit.HOURS else START,
        period=version.period,
        unit=str(version.unit),
        calendar=OWNERS.get(owner, "FR") if owner.islower() else owner,
        direction=counting_direction(version.direction) if windowed else "forward",
        kind=str(version.kind),
        params=params,
    )


@pytest.fixture(scope="module")
def rule_sets() -> dict[str, RuleSet]:
    return dict(installed_rule_sets())


@pytest.mark.parametrize("version", WORDINGS)
def test_the_engine_answers_on_the_right_side_of_the_trigger(
    version: ProvisionVersion, rule_sets: dict[str, RuleSet]
) -> None:
    asked = question(version)
    try:
        answer = compute(asked, rule_sets=rule_sets, calendars=source())
    except NotComputedByItself:
        assert version.rule_set in {"DEEMED", "LOOKBACK", "QUOTA"}
        return
    day = day_of(answer.last_day)
    assert answer.earliest <= answer.last_day <= answer.latest
    if asked.direction == "backward" and "notice" not in version.params:
        assert day < START
    else:
        assert day > START
