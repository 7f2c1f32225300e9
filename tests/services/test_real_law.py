"""The law of this installation at work: every provision that an event starts can be counted on a real case."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from mobility.domain.access import SYSTEM
from mobility.domain.events import EventCode
from mobility.domain.stages import StageKind
from mobility.services.cases import case_for_applicant, case_for_officer
from mobility.services.clocks import explain_clock, record_case_event
from mobility.services.requests import answer, ask
from mobility.services.stages import confirm_step
from mobility.storage.db import write_unit
from mobility.storage.models.cases import StageStep as StageStepRow
from mobility.storage.models.clocks import Clock
from mobility.storage.models.treaties import ProvisionRow, ProvisionVersionRow
from tests.factories import NOW
from tests.services.scenes import Scene

TODAY = NOW.date()
STAGES = tuple(StageKind)
ARRIVAL = date(2027, 6, 1)


@pytest.fixture(scope="session")
def app(app_with_law):
    return app_with_law


def starting(session) -> dict[str, dict]:
    """The terms of every provision that an event of a case starts, as they read today."""
    rows = session.execute(
        select(ProvisionRow.code, ProvisionVersionRow.terms)
        .join(ProvisionVersionRow.provision)
        .where(ProvisionVersionRow.superseded_at.is_(None))
    ).all()
    return {row.code: row.terms for row in rows if row.terms["starts_on"]}


def test_every_provision_that_an_event_starts_is_counted_and_explained(session) -> None:
    terms = starting(session)
    assert len(terms) >= 20
    scene = Scene(
        session,
        stages=("visa",),
        provisions={"visa": sorted(terms)},
        arrival_on=ARRIVAL,
        departure_on=date(2027, 7, 30),
    )
    uncomputed = []
    for code in sorted({each["starts_on"] for each in terms.values()} - {"planned_arrival"}):
        with write_unit(session):
            recorded = record_case_event(session, SYSTEM, scene.case, "visa", EventCode(code), TODAY, NOW)
        uncomputed += recorded.uncomputed
    assert uncomputed == []
    counted = {row.provision_version.provision.code: row for row in session.scalars(select(Clock))}
    assert set(counted) == set(terms)
    for clock in counted.values():
        assert clock.earliest_on <= clock.due_on <= clock.latest_on
        assert explain_clock(session, scene.applicant, clock.id, NOW).answer.steps


def test_a_case_from_application_to_grant_on_real_law(session) -> None:
    scene = Scene(
        session,
        stages=STAGES,
        after={"visa": ["funding"]},
        provisions={
            "visa": ["V01", "V02", "V05"],
            "recognition": ["C10", "C11"],
            "funding": ["F01"],
            "language": ["L03"],
        },
        arrival_on=ARRIVAL,
        departure_on=date(2027, 7, 30),
    )
    window = scene.clocks()["V02"]
    assert (window.due_on, window.owed_by) == (date(2027, 5, 17), "applicant")  # 15 days before the arrival
    body, school = scene.officer("recognition"), scene.officer("language")
    funder, second = scene.officer("funding"), scene.officer("funding")

    scene.take(scene.applicant, "file", {"received_on": TODAY}, kind="recognition")
    scene.take(body, "acknowledge", kind="recognition")
    assert scene.clocks()["C10"].state == "met"
    scene.take(body, "declare_complete", {"complete_on": TODAY}, kind="recognition")
    before = scene.clocks()["C11"].latest_on
    request = scene.do(ask, body, "recognition", text="A sworn translation.", answer_by=TODAY + timedelta(days=30))
    assert scene.clocks()["C11"].state == "paused"
    scene.now = NOW + timedelta(days=17)
    with write_unit(session):
        answer(session, scene.applicant, request.id, text="Attached.", now=scene.now)
    clock = scene.clocks()["C11"]
    assert clock.state == "running"
    # three months from 14 December are 14 March; of the 18 days stopped the first did not count anyway
    assert (before, clock.latest_on) == (date(2027, 3, 15), date(2027, 3, 31))

    money = {"amount": Decimal("6450"), "currency": "EUR"}
    scene.take(scene.applicant, "request", money, kind="funding")
    for step, facts in (("assess", money | {"assessment": "Sound."}), ("offer", money)):
        scene.take(funder, step, facts, kind="funding")
        row = session.scalars(select(StageStepRow).order_by(StageStepRow.id.desc())).first()
        with write_unit(session):
            version = scene.stage("funding").row_version
            confirm_step(session, second, scene.case_id, row.id, row_version=version, now=scene.now)
    scene.take(scene.applicant, "accept", kind="funding")
    assert scene.stage("visa").status == "waiting"
    scene.take(funder, "sign", {"signed_on": scene.now.date()}, kind="funding")
    assert scene.stage("visa").status == "opened"
    assert scene.clocks()["F01"].state == "running"

    scene.take(school, "waive", {"ground": "native_speaker", "legal_basis": "Call, rule 9"}, kind="language")
    scene.take(scene.post, "lodge", {"lodged_on": scene.now.date()})
    assert {code: clock.state for code, clock in scene.clocks().items() if code[0] == "V"} == {
        "V01": "met",
        "V02": "met",
        "V05": "running",
    }
    page = case_for_applicant(session, scene.applicant, scene.case_id, scene.now)
    assert page.next_clock is not None
    assert page.next_clock.is_verified
    assert page.outlook is not None
    assert case_for_officer(session, body, scene.case_id, scene.now).next_clock.provision == "C11"
