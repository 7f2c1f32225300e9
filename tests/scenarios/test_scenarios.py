"""Every worked case of the TOML files here, from the provision as installed to the state of its clock.

The files are for lawyers to read and to add to; a provision's wording, its article and its counting come from
config/treaties, the days from the engine.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mobility import calendars
from mobility.domain.clocks import ClockEvent, ClockEventKind, ClockTerms, replay
from mobility.domain.law_codes import ExtensionModel, ProvisionKind, SuspensionModel
from mobility.domain.time_limits import TimeLimitRefused
from mobility.domain.treaties import Provision, ProvisionVersion, counting_params, find_version_in_force
from mobility.resources import resource_dir
from mobility.services.clocks import clock_terms
from mobility.storage.rule_set_files import installed_rule_sets
from mobility.storage.treaty_files import read_treaties

Scenario = Mapping[str, Any]

HERE = Path(__file__).parent
PROVISIONS: dict[str, Provision] = {each.code: each for each in read_treaties(resource_dir("config") / "treaties")[1]}
KNOWN_KEYS = {
    *(
        "title",
        "provision",
        "instrument",
        "article",
        "place",
        "started",
        "facts",
        "events",
        "asked_on",
        "expect",
        "why",
    ),
}


def read() -> Iterator[tuple[str, Scenario]]:
    for path in sorted(HERE.glob("*.toml")):
        for number, scenario in enumerate(tomllib.loads(path.read_text(encoding="utf-8"))["scenario"], start=1):
            yield f"{path.stem}-{number}-{scenario['provision']}", scenario


SCENARIOS = dict(read())
PARAMETERS = [pytest.param(scenario, id=name) for name, scenario in SCENARIOS.items()]


def started_on(scenario: Scenario) -> date:
    return date.fromisoformat(str(scenario["started"])[:10])


def wording(scenario: Scenario) -> ProvisionVersion:
    provision = PROVISIONS[scenario["provision"]]
    return find_version_in_force(provision, started_on(scenario)) or provision.latest


def terms(scenario: Scenario) -> ClockTerms:
    """The terms of the clock; what a case decides (candidates, the other state) stands in `facts`."""
    version = wording(scenario)
    plain = replace(version, params={k: v for k, v in counting_params(version).items() if k != "candidates"})
    named = version.calendar.split(":")[-1] if ":" in version.calendar else ""
    made = clock_terms(plain, None, scenario.get("place", named))
    return replace(made, params={**made.params, **scenario.get("facts", {})})


def events(scenario: Scenario) -> list[ClockEvent]:
    started, on = scenario["started"], started_on(scenario)
    data = {"start": started} if isinstance(started, str) else {}
    found = [ClockEvent(kind=ClockEventKind.STARTED, on=on, seq=1, data=data)]
    for seq, event in enumerate(scenario.get("events", ()), start=2):
        rest = {key: value for key, value in event.items() if key not in ("on", "what")}
        found.append(ClockEvent(kind=ClockEventKind(event["what"]), on=event["on"], seq=seq, data=rest))
    return found


def state(scenario: Scenario) -> Any:
    return replay(
        terms(scenario),
        events(scenario),
        rule_sets=installed_rule_sets(),
        calendars=calendars.source(),
        today=scenario.get("asked_on", started_on(scenario)),
    )


@pytest.mark.parametrize("scenario", PARAMETERS)
def test_scenario(scenario: Scenario) -> None:
    expected = scenario["expect"]
    if "refused" in expected:
        with pytest.raises(TimeLimitRefused) as refused:
            state(scenario)
        assert refused.value.code == expected["refused"]
        return
    found = state(scenario)
    due = expected["due"]
    days = (found.due_on, found.earliest_on, found.latest_on)
    assert days == (due, expected.get("earliest", due), expected.get("latest", due)), scenario["why"]
    assert (found.status, found.days_late) == (expected.get("status", "running"), expected.get("days_late", 0))


@pytest.mark.parametrize("scenario", PARAMETERS)
def test_a_scenario_cites_the_wording_that_governs_it(scenario: Scenario) -> None:
    provision = PROVISIONS[scenario["provision"]]
    assert (scenario["instrument"], scenario["article"]) == (provision.instrument, wording(scenario).article)
    assert set(scenario) <= KNOWN_KEYS
    assert scenario["title"]
    assert scenario["why"].endswith((".", ")"))


def computed() -> list[ProvisionVersion]:
    return [wording(scenario) for scenario in SCENARIOS.values()]


def test_there_are_enough_and_no_two_have_one_title() -> None:
    assert len(SCENARIOS) >= 60
    titles = [scenario["title"] for scenario in SCENARIOS.values()]
    assert len(set(titles)) == len(titles)


def test_every_kind_of_provision_that_a_clock_counts_is_there() -> None:
    """A suspension, a quota and a deemed event have no clock of their own; they are there as refused."""
    assert {str(version.kind) for version in computed()} >= {str(kind) for kind in ProvisionKind} - {"milestone"}


def test_every_rule_set_that_a_provision_names_is_there() -> None:
    named = {version.rule_set for provision in PROVISIONS.values() for version in provision.versions}
    assert named - {version.rule_set for version in computed()} == set()


def test_every_model_of_pause_and_extension_that_a_provision_names_is_there() -> None:
    used = {event["what"]: set() for scenario in SCENARIOS.values() for event in scenario.get("events", ())}
    for scenario in SCENARIOS.values():
        version = wording(scenario)
        for event in scenario.get("events", ()):
            model = version.suspension if event["what"] == "suspended" else version.extension
            if model is not None:
                used[event["what"]].add(ExtensionModel.NEW_DATE if "until" in event else model.model)
    wanted = [version for provision in PROVISIONS.values() for version in provision.versions]
    pauses = {version.suspension.model for version in wanted if version.suspension}
    assert pauses - used["suspended"] == {SuspensionModel.SEASONAL}  # part of the counting, never an event
    assert {version.extension.model for version in wanted if version.extension} - used["extended"] == set()
