"""Arrival, departure, report and closing; reciprocity's flow follows each of them at once."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from mobility.domain.access import principals_of
from mobility.domain.errors import ChangedMeanwhile, InvalidInput, NotFound, NotPermitted, TransitionNotPermitted
from mobility.services.cases import (
    CaseNotReadyToClose,
    appeal_case,
    close_case,
    decide_appeal,
    declare_admissible,
    declare_ineligible,
    open_case,
    return_case,
    withdraw_case,
)
from mobility.services.requests import ask
from mobility.services.stays import change_plan, record_arrival, record_departure, submit_report
from mobility.storage.db import write_unit
from mobility.storage.models.applications import Application
from mobility.storage.models.cases import ThreadMessage
from mobility.storage.models.reciprocity import Flow
from mobility.storage.models.reminders import OutboxMessage
from mobility.storage.scope import ALL, set_scope
from tests.factories import NOW, actor_for, make_person, make_provision
from tests.services.scenes import Scene

TODAY = NOW.date()
WAIVE = {"ground": "native_speaker", "legal_basis": "Call 2027, rule 9"}


@pytest.fixture
def ready(session):
    scene = Scene(session, stages=("language",))
    scene.take(scene.officer("language"), "waive", WAIVE, kind="language")
    assert scene.case.status == "ready"
    scene.now = NOW + timedelta(days=120)
    return scene


def flow_of(session):
    session.expire_all()
    flow = session.scalars(select(Flow)).one()
    return flow.status, flow.start_on, flow.end_on


ARRIVED, LEFT = date(2027, 3, 2), date(2027, 4, 10)


def arrive(scene, day=ARRIVED, actor=None):
    return scene.do(record_arrival, actor or scene.applicant, arrived_on=day)


def leave(scene, day=LEFT, actor=None, version=1):
    return scene.do(record_departure, actor or scene.post, departed_on=day, row_version=version)


def test_a_stay_from_arrival_to_departure_makes_the_flow_actual(session, ready) -> None:
    assert flow_of(session) == ("planned", date(2027, 3, 1), date(2027, 5, 9))
    arrive(ready)
    assert (ready.case.status, flow_of(session)) == ("travelling", ("actual", ARRIVED, None))
    leave(ready)
    assert (ready.case.status, flow_of(session)) == ("completed", ("actual", ARRIVED, LEFT))
    ready.do(close_case, ready.post, row_version=ready.case.row_version)
    assert (ready.case.status, ready.case.is_open, ready.case.closed_at) == ("closed", False, ready.now)
    assert session.scalars(select(OutboxMessage).where(OutboxMessage.template == "case_closed")).one()


@pytest.mark.parametrize(
    ("day", "reason"), [(date(2027, 6, 1), "in_the_future"), (date(9999, 1, 1), "year_out_of_range")]
)
def test_an_impossible_arrival_is_refused(session, ready, day, reason) -> None:
    with pytest.raises(InvalidInput) as refused:
        arrive(ready, day)
    assert refused.value.parameters["reason"] == reason
    assert ready.case.status == "ready"


def test_a_departure_before_the_arrival_is_refused(session, ready) -> None:
    arrive(ready)
    with pytest.raises(InvalidInput) as refused:
        leave(ready, ARRIVED - timedelta(days=1))
    assert refused.value.parameters["reason"] == "departure_before_arrival"
    assert flow_of(session)[2] is None


def test_nobody_leaves_who_has_not_arrived(session, ready) -> None:
    with pytest.raises(TransitionNotPermitted):
        leave(ready)


def test_a_wrong_day_is_corrected_and_the_flow_with_it(session, ready) -> None:
    arrive(ready)
    stay = arrive(ready, ARRIVED + timedelta(days=1), ready.post)
    assert flow_of(session)[1] == ARRIVED + timedelta(days=1)
    with pytest.raises(ChangedMeanwhile):
        leave(ready, version=stay.row_version - 1)
    leave(ready, version=stay.row_version)


def test_only_the_applicant_and_the_receiving_post_record_days(session, ready) -> None:
    with pytest.raises(NotPermitted):
        arrive(ready, actor=ready.officer("language"))
    stranger = actor_for(make_person(session))
    set_scope(session, principals_of(stranger))
    with pytest.raises(NotFound):
        arrive(ready, actor=stranger)
    set_scope(session, ALL)


def test_a_case_is_not_closed_while_something_is_owed(session, ready) -> None:
    arrive(ready)
    ready.do(ask, ready.post, None, text="The report, please.", answer_by=ready.now.date())
    leave(ready)
    with pytest.raises(CaseNotReadyToClose) as refused:
        ready.do(close_case, ready.post, row_version=ready.case.row_version)
    assert refused.value.parameters["reasons"] == ["open_requests"]


def test_the_report_is_sent_once_and_starts_what_waits_for_it(session) -> None:
    make_provision(
        session,
        code="F05",
        stage="language",
        starts_on="report_submitted",
        met_by=("payment_made",),
        calendar="actor",
        owed_by="school",
    )
    scene = Scene(session, stages=("language",), provisions={"language": ["F05"]})
    scene.take(scene.officer("language"), "waive", WAIVE, kind="language")
    scene.now = NOW + timedelta(days=120)
    with pytest.raises(TransitionNotPermitted):
        scene.do(submit_report, scene.applicant, text="Too early.")
    arrive(scene)
    leave(scene)
    scene.do(submit_report, scene.applicant, text="Two productions, four lectures.")
    assert session.scalars(select(ThreadMessage.text)).all() == ["Two productions, four lectures."]
    assert scene.clocks()["F05"].trigger_on == scene.now.date()
    with pytest.raises(TransitionNotPermitted):
        scene.do(submit_report, scene.applicant, text="Again.")
    with pytest.raises(CaseNotReadyToClose) as refused:
        scene.do(close_case, scene.post, row_version=scene.case.row_version)
    assert refused.value.parameters["reasons"] == ["running_clocks"]


def test_a_changed_plan_moves_the_clocks_that_count_back_and_the_planned_flow(session) -> None:
    make_provision(
        session,
        code="V02",
        starts_on="planned_arrival",
        met_by=("visa_lodged",),
        direction="backward_latest",
        kind="window_close",
        owed_by="applicant",
        calendar="actor",
    )
    scene = Scene(session, provisions={"visa": ["V02"]})
    before = scene.clocks()["V02"].due_on
    days = {"arrival_on": date(2027, 3, 8), "departure_on": date(2027, 5, 9)}
    with pytest.raises(NotPermitted):
        scene.do(change_plan, scene.applicant, **days, row_version=scene.case.row_version)
    scene.do(change_plan, scene.post, **days, row_version=scene.case.row_version)
    clock = scene.clocks()["V02"]
    assert ((clock.due_on - before).days, clock.due_version) == (7, 2)
    assert flow_of(session) == ("planned", date(2027, 3, 8), date(2027, 5, 9))
    for wrong in ({"arrival_on": date(2027, 5, 10)}, {"arrival_on": TODAY}):
        with pytest.raises(InvalidInput):
            scene.do(change_plan, scene.post, **(days | wrong), row_version=scene.case.row_version)


def test_a_withdrawn_case_counts_no_more(session) -> None:
    scene = Scene(session)
    with pytest.raises(NotPermitted):
        scene.do(withdraw_case, scene.post, row_version=scene.case.row_version)
    scene.do(withdraw_case, scene.applicant, row_version=scene.case.row_version)
    assert (scene.case.status, scene.case.is_open, flow_of(session)[0]) == ("withdrawn", False, "cancelled")


def test_a_returned_application_is_completed_and_sent_again(session) -> None:
    scene = Scene(session, admitted=False)
    version = scene.case.row_version
    for values in ({"ground": "mood", "reasons": "x"}, {"ground": "incomplete", "reasons": " "}):
        with pytest.raises(InvalidInput):
            scene.do(return_case, scene.post, **values, row_version=version)
    scene.do(return_case, scene.post, ground="incomplete", reasons="The statement is missing.", row_version=version)
    application = session.get_one(Application, scene.case.application_id)
    assert (scene.case.status, application.status) == ("returned", "draft")
    with write_unit(session):
        stay = next(each for each in application.sections if each.code == "your_stay")
        stay.answers = {"arrival_on": "2027-03-15", "departure_on": "2027-05-20"}
        open_case(session, scene.applicant, application, NOW)
    assert (scene.case.status, scene.case.planned_arrival_on) == ("submitted", date(2027, 3, 15))
    assert flow_of(session)[:2] == ("planned", date(2027, 3, 15))
    assert "decision" not in scene.case.answers


def test_ineligibility_is_appealed_and_the_appeal_decided(session) -> None:
    scene = Scene(session, admitted=False)
    grounds = {"ground": "not_covered", "legal_basis": "Agreement, Article 4"}
    with pytest.raises(InvalidInput):
        scene.do(
            declare_ineligible, scene.post, ground="not_covered", legal_basis="", row_version=scene.case.row_version
        )
    scene.do(declare_ineligible, scene.post, **grounds, row_version=scene.case.row_version)
    assert (scene.case.status, flow_of(session)[0]) == ("ineligible", "cancelled")
    scene.do(appeal_case, scene.applicant, statement="Article 5 covers it.", row_version=scene.case.row_version)
    scene.do(decide_appeal, scene.post, upheld=False, **grounds, row_version=scene.case.row_version)
    assert scene.case.status == "ineligible"
    scene.do(appeal_case, scene.applicant, statement="Look again.", row_version=scene.case.row_version)
    scene.do(decide_appeal, scene.post, upheld=True, row_version=scene.case.row_version)
    assert (scene.case.status, scene.stage().status, flow_of(session)[0]) == ("in_progress", "opened", "planned")


def test_two_officers_who_admit_at_once_admit_once(session) -> None:
    scene = Scene(session, admitted=False)
    version = scene.case.row_version
    scene.do(declare_admissible, scene.post, row_version=version)
    with pytest.raises(ChangedMeanwhile):
        scene.do(declare_ineligible, scene.officer("case"), ground="not_covered", legal_basis="x", row_version=version)
    assert scene.case.status == "in_progress"
