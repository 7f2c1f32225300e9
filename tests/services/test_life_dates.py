"""Dates that are nobody's clock: of treaties, visas and calls; each with notices to whom it concerns."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from mobility.domain.errors import InvalidInput, NotFound
from mobility.domain.law_codes import Direction, LegalStage, OwedBy, PeriodUnit, ProvisionKind
from mobility.domain.treaty_life import LifeKind
from mobility.services.handing_over import hand_over_due
from mobility.services.life_dates import find_life_dates, list_own_dates, plan_life
from mobility.services.treaty_dates import enter_start, list_starts, treaty_dates
from mobility.storage.db import write_unit
from mobility.storage.models.applications import Application
from mobility.storage.models.cases import Stage
from mobility.storage.models.programmes import Call
from mobility.storage.models.reminders import OutboxMessage, Reminder
from mobility.storage.models.treaties import PartyRow, ProvisionVersionRow
from tests.factories import (
    actor_for,
    make_application,
    make_call,
    make_case,
    make_grant,
    make_instrument,
    make_person,
    make_programme,
    make_provision,
    make_route,
)
from tests.services.scenes import counted

GOVERNED = {"stage": "governance", "period": "", "unit": None, "owed_by": OwedBy.PARTIES}
REPORT = GOVERNED | {
    "kind": ProvisionKind.REPORT,
    "direction": Direction.PERIODIC,
    "rule_set": "PERIODIC",
    "period": "4",
    "unit": PeriodUnit.YEARS,
    "owes": "The party sends its periodic report.",
}


@pytest.fixture
def treaty(session):
    """An agreement in force since 2010, a programme between its parties, and the programme's manager."""

    class Treaty:
        instrument = make_instrument(session)
        programme = make_programme(session, instrument=instrument)
        route = make_route(session, programme=programme)
        manager = make_person(session, name="Manager", time_zone="Europe/Berlin")

        def provision(self, **terms):
            return make_provision(session, instrument=self.instrument, **({"code": "", "article": "9"} | terms))

    made = Treaty()
    make_grant(session, made.manager, "manager", programme=made.programme)
    return made


def dates(session, today=date(2026, 12, 14)):
    return [(each.kind, each.on) for each in treaty_dates(session, today)]


def planned(session, **where) -> list[Reminder]:
    session.rollback()
    rows = session.scalars(select(Reminder).where(Reminder.occasion != "").order_by(Reminder.due_at, Reminder.id))
    return [row for row in rows if all(getattr(row, key) == value for key, value in where.items())]


def plan(session, now) -> int:
    with write_unit(session) as unit:
        return plan_life(unit, now)


def test_a_report_on_a_common_day_comes_every_fourth_year(session, treaty) -> None:
    treaty.provision(**REPORT, params={"first_on": date(2027, 6, 30)})
    assert dates(session) == [(LifeKind.REPORT, date(2027, 6, 30))]
    assert dates(session, date(2027, 7, 1)) == [(LifeKind.REPORT, date(2031, 6, 30))]


def test_a_report_after_ratification_is_each_partys_own(session, treaty) -> None:
    with write_unit(session) as unit:
        unit.execute(update(PartyRow).where(PartyRow.country == "EG").values(in_force_on=date(2012, 5, 1)))
    treaty.provision(**REPORT, params={"month": 4, "day": 30})
    found = {each.facts["party"]: each.on for each in treaty_dates(session, date(2026, 12, 14))}
    assert found == {"DE": date(2030, 4, 30), "EG": date(2028, 4, 30)}


def test_a_term_that_renews_itself_has_a_window_for_notice_and_an_end(session, treaty) -> None:
    terms = {"renewal": {"period": 5, "unit": "years"}, "notice": {"period": 6, "unit": "months"}}
    term = {"kind": ProvisionKind.NOTICE, "direction": Direction.BACKWARD_LATEST, "rule_set": "TREATY_TERM"}
    length = {"period": "5", "unit": PeriodUnit.YEARS, "stage": "governance", "owed_by": OwedBy.DENOUNCING_PARTY}
    treaty.provision(**term, **length, params=terms, owes="A party that wishes to end the agreement gives notice.")
    assert dates(session) == [(LifeKind.NOTICE, date(2029, 6, 30)), (LifeKind.RENEWAL, date(2029, 12, 31))]
    after_notice = dates(session, date(2029, 8, 1))
    assert after_notice == [(LifeKind.RENEWAL, date(2029, 12, 31)), (LifeKind.NOTICE, date(2034, 6, 30))]


def test_a_yearly_end_has_a_last_day_for_notice(session, treaty) -> None:
    term = {"kind": ProvisionKind.NOTICE, "direction": Direction.BACKWARD_LATEST, "rule_set": "BACKSUB"}
    length = {"period": "6", "unit": PeriodUnit.MONTHS, "stage": "governance"}
    treaty.provision(**term, **length, params={"month": 12, "day": 31}, owes="Notice is given.")
    assert dates(session) == [(LifeKind.NOTICE, date(2027, 6, 30))]


def test_a_day_of_each_year_and_a_wording_that_ends(session, treaty) -> None:
    fixed = GOVERNED | {"kind": ProvisionKind.FIXED_DATE, "direction": Direction.FIXED_DATE, "rule_set": "FIXED_DATE"}
    treaty.provision(**fixed, params={"month": 7, "day": 1, "year_offset": 0}, owes="The parties agree a quota.")
    treaty.provision(**fixed, params={"month": 9, "day": 1, "year_offset": 1}, owes="It ends, if notice was given.")
    treaty.provision(valid_until=date(2027, 12, 31), stage=LegalStage.VISA.value)
    assert dates(session) == [(LifeKind.AGREEMENT, date(2027, 7, 1)), (LifeKind.SUNSET, date(2027, 12, 31))]


def test_a_party_that_leaves_is_told(session, treaty) -> None:
    with write_unit(session) as unit:
        unit.execute(update(PartyRow).where(PartyRow.country == "EG").values(withdrawn_on=date(2027, 3, 1)))
    (found,) = treaty_dates(session, date(2026, 12, 14))
    assert (found.kind, found.on, found.facts["party"]) == (LifeKind.SUNSET, date(2027, 3, 1), "EG")


def test_a_meeting_counts_from_the_last_one_that_a_manager_entered(session, treaty, now) -> None:
    meeting = REPORT | {"period": "2", "owed_by": OwedBy.JOINT_COMMISSION, "owes": "The joint commission meets."}
    provision = treaty.provision(**meeting, params={})
    assert dates(session) == []
    manager = actor_for(treaty.manager, programmes=[treaty.programme])
    (start,) = list_starts(session, manager, now.date())
    assert (start.provision_id, start.years, start.on_day) == (provision.id, 2, None)
    place = {"programme_id": treaty.programme.id, "provision_id": provision.id, "now": now}
    for _ in range(2):
        with write_unit(session) as unit:
            enter_start(unit, manager, on=date(2025, 10, 1), **place)
    assert dates(session) == [(LifeKind.MEETING, date(2027, 10, 1))]
    with pytest.raises(InvalidInput), write_unit(session) as unit:
        enter_start(unit, manager, on=date(2027, 1, 1), **place)
    with pytest.raises(NotFound), write_unit(session) as unit:
        enter_start(unit, actor_for(treaty.manager), on=date(2025, 10, 1), **place)


def test_the_managers_are_told_in_time_and_planning_twice_plans_nothing_twice(session, treaty, now) -> None:
    treaty.provision(**REPORT, params={"first_on": date(2027, 6, 30)})
    assert plan(session, now) == 5
    assert plan(session, now) == 0
    rows = planned(session)
    assert {row.recipient_id for row in rows} == {treaty.manager.id}
    assert [row.rule for row in rows] == ["before_180", "before_90", "before_30", "before_7", "due_today"]
    assert rows[0].due_at == datetime(2027, 1, 1, 7, tzinfo=UTC)


def test_what_is_due_goes_out_with_the_law_behind_it(session, treaty) -> None:
    treaty.provision(**REPORT, params={"first_on": date(2027, 6, 30)})
    at = datetime(2027, 1, 1, 7, tzinfo=UTC)
    plan(session, at)
    with write_unit(session) as unit:
        assert hand_over_due(unit, at).handed_over == 1
    message = session.scalars(select(OutboxMessage).where(OutboxMessage.template == "life_date")).one()
    assert (message.recipient_id, message.case_id) == (treaty.manager.id, None)
    assert message.parameters["owes"] == "The party sends its periodic report."
    assert message.parameters["article"] == "9"


def test_a_provision_that_is_withdrawn_takes_its_notices_along(session, treaty, now) -> None:
    provision = treaty.provision(**REPORT, params={"first_on": date(2027, 6, 30)})
    plan(session, now)
    with write_unit(session) as unit:
        for row in unit.scalars(select(ProvisionVersionRow).where(ProvisionVersionRow.provision_id == provision.id)):
            row.superseded_at = now
    with write_unit(session) as unit:
        done = hand_over_due(unit, datetime(2027, 1, 1, 7, tzinfo=UTC))
    assert (done.handed_over, done.cancelled) == (0, 1)
    plan(session, now)
    assert {(row.state, row.reason) for row in planned(session)} == {("cancelled", "date_gone")}


@pytest.fixture
def visa(session):
    """A case whose visa ends on 1 March."""
    case = make_case(session, person=make_person(session, time_zone="Africa/Cairo"))
    set_until(session, case, "2027-03-01")
    return case


def set_until(session, case, day, status="collected") -> None:
    with write_unit(session) as unit:
        stage = unit.scalars(select(Stage).where(Stage.case_id == case.id, Stage.kind == "visa")).one()
        stage.facts, stage.status = {**stage.facts, "valid_until": day}, status


def test_the_holder_is_told_when_a_visa_ends(session, visa) -> None:
    plan(session, datetime(2026, 12, 1, tzinfo=UTC))
    assert not [row for row in planned(session) if row.occasion.startswith("visa:")]  # too early to look at it
    at = datetime(2027, 1, 5, 9, tzinfo=UTC)
    plan(session, at)
    mine = [row for row in planned(session) if row.occasion.startswith("visa:")]
    assert [row.rule for row in mine] == ["before_60", "before_30", "before_14", "before_7", "due_today"]
    assert {(row.recipient_id, row.case_id) for row in mine} == {(visa.person_id, visa.id)}


def test_a_visa_that_is_extended_supersedes_its_notices(session, visa) -> None:
    at = datetime(2027, 1, 5, 9, tzinfo=UTC)
    plan(session, at)
    set_until(session, visa, "2027-03-03")
    plan(session, at)
    old = planned(session, about_on=date(2027, 3, 1))
    assert {(row.state, row.reason) for row in old} == {("superseded", "date_moved")}
    assert {row.state for row in planned(session, about_on=date(2027, 3, 3))} == {"planned"}
    set_until(session, visa, "2027-03-10")
    with write_unit(session) as unit:
        hand_over_due(unit, datetime(2027, 2, 2, 9, tzinfo=UTC))
    moved = {row.reason for row in planned(session, about_on=date(2027, 3, 3), rule="before_30")}
    assert moved == {"date_moved"}


def test_a_revoked_visa_reminds_nobody(session, visa) -> None:
    at = datetime(2027, 1, 5, 9, tzinfo=UTC)
    plan(session, at)
    set_until(session, visa, "2027-03-01", "revoked")
    plan(session, at)
    mine = [row for row in planned(session) if row.occasion.startswith("visa:")]
    assert {(row.state, row.reason) for row in mine} == {("cancelled", "date_gone")}


def test_a_call_that_closes_is_told_to_managers_and_to_who_began(session, treaty, now) -> None:
    call = make_call(session, route=treaty.route, closes_in_days=20)
    draft = make_application(session, call=call)
    plan(session, now)
    rows = planned(session)
    whom = {(row.occasion, row.recipient_id) for row in rows}
    assert whom == {(f"call:{call.id}", treaty.manager.id), (f"draft:{draft.id}", draft.person_id)}
    with write_unit(session) as unit:
        unit.execute(update(Application).where(Application.id == draft.id).values(status="submitted"))
    plan(session, now)
    assert {row.state for row in planned(session, occasion=f"draft:{draft.id}")} == {"cancelled"}
    with write_unit(session) as unit:
        unit.execute(update(Call).where(Call.id == call.id).values(closes_on=now.date() + timedelta(days=40)))
    plan(session, now)
    states = {(row.about_on, row.state) for row in planned(session, occasion=f"call:{call.id}")}
    assert states == {(date(2027, 1, 3), "superseded"), (date(2027, 1, 23), "planned")}


def test_each_sees_their_own_dates(session, treaty, visa, now) -> None:
    make_call(session, route=treaty.route)
    treaty.provision(**REPORT, params={"first_on": date(2027, 6, 30)})
    manager = actor_for(treaty.manager, programmes=[treaty.programme])
    kinds = {each.kind for each in list_own_dates(session, manager, now.date())}
    assert kinds == {LifeKind.CALL, LifeKind.REPORT}
    holder = actor_for(session.get_one(type(treaty.manager), visa.person_id))
    assert [each.kind for each in list_own_dates(session, holder, now.date())] == [LifeKind.VALIDITY]


def test_an_occasion_that_is_gone_is_not_found(session, now) -> None:
    assert find_life_dates(session, {"call:99", "visa:99", "draft:99", "treaty:9:X1:report"}, now) == {}


def test_the_dates_of_many_programmes_are_read_in_as_few_statements_as_of_one(session, treaty) -> None:
    treaty.provision(**REPORT, params={"first_on": date(2027, 6, 30)})
    with counted(session) as of_one:
        assert len(treaty_dates(session, date(2026, 12, 14))) == 1
    for _ in range(4):
        make_route(session, programme=make_programme(session, instrument=treaty.instrument))
    with counted(session) as of_five:
        assert len(treaty_dates(session, date(2026, 12, 14))) == 5
    assert len(of_five) == len(of_one)
