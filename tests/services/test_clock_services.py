"""Clocks at work: longer by law and with a reason, decided by silence, and every date explained."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from mobility.domain.access import SYSTEM, principals_of
from mobility.domain.errors import ChangedMeanwhile, InvalidInput, NotFound, NotPermitted
from mobility.domain.events import EventCode
from mobility.domain.law_codes import ExtensionModel, PeriodUnit, SuspensionModel
from mobility.domain.treaties import Extension
from mobility.services.clocks import (
    ExtensionNotAllowed,
    apply_silence,
    explain_clock,
    extend_clock,
    record_case_event,
    refresh_next_due,
    resume_elapsed,
)
from mobility.services.requests import answer, ask
from mobility.storage.db import write_unit
from mobility.storage.models.audit import AuditEntry
from mobility.storage.models.clocks import Clock, ClockEventRow
from mobility.storage.models.offices import CalendarOverride
from mobility.storage.models.reminders import Reminder
from mobility.storage.models.treaties import ProvisionVersionRow
from mobility.storage.scope import ALL, set_scope
from tests.factories import NOW, actor_for, keep, make_person, make_provision
from tests.services.scenes import Scene, counted
from tests.services.test_case_requests import pausing

TODAY = NOW.date()
TO_45_DAYS = Extension(
    model=ExtensionModel.NEW_TOTAL, period="45", unit=PeriodUnit.CALENDAR_DAYS, ground="Further scrutiny is needed."
)


def lodged(session, **values):
    given = {"code": "V05", "starts_on": "visa_lodged", "met_by": ("visa_decided",), "calendar": "actor"}
    make_provision(session, **(given | values))
    scene = Scene(session, provisions={"visa": ["V05"]})
    scene.take(scene.post, "lodge", {"lodged_on": TODAY})
    return scene


def extend(scene, actor=None, **values):
    clock = scene.clocks()["V05"]
    given = {"reason": "The register is searched.", "row_version": clock.row_version, "now": scene.now}
    with write_unit(scene.session):
        return extend_clock(scene.session, actor or scene.post, clock.id, **(given | values))


def test_an_extension_gives_the_new_total_once(session) -> None:
    scene = lodged(session, extension=TO_45_DAYS)
    extend(scene)
    clock = scene.clocks()["V05"]
    assert (clock.due_on, clock.due_version) == (date(2027, 1, 28), 2)
    assert scene.case.next_due_on == clock.earliest_on
    assert clock.events[-1].data["reason"] == "The register is searched."
    with pytest.raises(ExtensionNotAllowed):
        extend(scene)


def test_an_extension_needs_a_reason_a_seat_and_time_left(session) -> None:
    scene = lodged(session, extension=TO_45_DAYS)
    with pytest.raises(InvalidInput):
        extend(scene, reason=" ")
    with pytest.raises(NotPermitted):
        extend(scene, scene.applicant)
    with pytest.raises(ChangedMeanwhile):
        extend(scene, row_version=99)
    scene.now = NOW + timedelta(days=60)
    with pytest.raises(ExtensionNotAllowed):
        extend(scene)


def test_a_law_without_extension_is_not_extended(session) -> None:
    with pytest.raises(ExtensionNotAllowed):
        extend(lodged(session))


def test_where_the_law_sets_no_length_the_office_names_the_day(session) -> None:
    scene = lodged(session, extension=Extension(model=ExtensionModel.NEW_DATE, ground="Unusually complex."))
    for until in (None, TODAY):
        with pytest.raises(InvalidInput):
            extend(scene, until=until)
    extend(scene, until=date(2027, 2, 1))
    assert scene.clocks()["V05"].due_on == date(2027, 2, 1)


def test_an_extension_of_a_clock_outside_the_scope_is_not_found(session) -> None:
    scene = lodged(session, extension=TO_45_DAYS)
    clock_id = scene.clocks()["V05"].id
    stranger = actor_for(make_person(session))
    set_scope(session, principals_of(stranger))
    with pytest.raises(NotFound), write_unit(session):
        extend_clock(session, stranger, clock_id, reason="x", row_version=1, now=NOW)
    with pytest.raises(NotFound):
        explain_clock(session, stranger, clock_id, NOW)
    set_scope(session, ALL)


def requested(session, silence):
    make_provision(
        session, code="F12", stage="funding", starts_on="funding_requested", owed_by="funder", calendar="actor",
        met_by=("funding_offered", "funding_refused"), period="20", unit="days", kind="silence", silence=silence,
    )  # fmt: skip
    scene = Scene(session, stages=("funding",), provisions={"funding": ["F12"]})
    scene.take(scene.applicant, "request", {"amount": Decimal(100), "currency": "EUR"}, kind="funding")
    return scene


def silence_at(scene, moment):
    with write_unit(scene.session):
        return apply_silence(scene.session, moment)


def test_silence_refuses_only_when_the_last_day_has_ended_where_the_answer_was_owed(session) -> None:
    scene = requested(session, "refusal")
    latest = scene.clocks()["F12"].latest_on
    last_minute = NOW.replace(
        year=latest.year, month=latest.month, day=latest.day, hour=22, minute=59
    )  # 23:59 in Berlin
    assert silence_at(scene, last_minute) == 0
    assert silence_at(scene, last_minute + timedelta(minutes=1)) == 1
    assert (scene.clocks()["F12"].state, scene.stage("funding").status, scene.case.status) == (
        "lapsed",
        "refused",
        "refused",
    )
    entry = session.scalars(select(AuditEntry).where(AuditEntry.code == "decision_deemed")).one()
    assert (entry.actor_id, entry.parameters["silence"], entry.parameters["provision"]) == (None, "refusal", "F12")
    assert silence_at(scene, last_minute + timedelta(days=1)) == 0


def test_a_pause_for_the_time_allowed_ends_with_it(session) -> None:
    pausing(session, model=SuspensionModel.TIME_ALLOWED)
    scene = Scene(session, provisions={"visa": ["S01"]})
    scene.take(scene.post, "lodge", {"lodged_on": TODAY})
    scene.do(ask, scene.post, "visa", text="?", answer_by=TODAY + timedelta(days=10))

    def sweep(days: int) -> int:
        with write_unit(session):
            return resume_elapsed(session, NOW + timedelta(days=days))

    assert (sweep(10), scene.clocks()["S01"].state) == (0, "paused")
    assert (sweep(11), scene.clocks()["S01"].state) == (1, "running")
    assert sweep(12) == 0
    assert scene.clocks()["S01"].events[-1].on_day == TODAY + timedelta(days=10)
    assert scene.case.next_due_on == scene.clocks()["S01"].earliest_on


def test_silence_without_meaning_changes_nothing(session) -> None:
    scene = requested(session, "remedy")
    assert silence_at(scene, NOW + timedelta(days=400)) == 0
    assert scene.clocks()["F12"].state == "running"


def test_a_consulted_state_that_is_silent_agrees(session) -> None:
    make_provision(
        session, code="V04", starts_on="visa_consulted", met_by=("visa_consultation_answered",), period="7",
        kind="silence", silence="acceptance", owed_by="consulted_state", calendar="consulted_state",
    )  # fmt: skip
    scene = Scene(session, provisions={"visa": ["V04"]})
    scene.take(scene.post, "lodge", {"lodged_on": TODAY})
    scene.take(scene.post, "admit")
    scene.take(scene.post, "consult", {"consulted": "FR"})
    clock = scene.clocks()["V04"]
    assert (clock.owed_by, clock.calendar) == ("party", "FR")
    assert scene.case.next_due_on is None  # nobody here owes it
    assert silence_at(scene, NOW + timedelta(days=30)) == 1
    assert scene.stage().status == "admissible"


def test_a_date_is_explained_with_provision_answer_and_events(session) -> None:
    pausing(session, article="34(1)", url="https://eur-lex.europa.eu/eli/dir/2016/801")
    scene = Scene(session, provisions={"visa": ["S01"]})
    scene.take(scene.post, "lodge", {"lodged_on": TODAY})
    scene.take(scene.post, "admit")
    request = scene.do(ask, scene.post, "visa", text="?", answer_by=TODAY + timedelta(days=9))
    with write_unit(session):
        answer(session, scene.applicant, request.id, text="!", now=NOW + timedelta(days=5))
    told = explain_clock(session, scene.applicant, scene.clocks()["S01"].id, NOW + timedelta(days=6))
    assert (told.provision_code, told.terms.article, told.url) == (
        "S01",
        "34(1)",
        "https://eur-lex.europa.eu/eli/dir/2016/801",
    )
    assert told.answer.steps
    assert told.answer.calendar_code == "DE"
    assert [event.kind for event in told.events] == ["started", "suspended", "resumed"]
    assert told.events[0].actor_name == "Selin Aydın"
    assert told.earlier[-1].due_on == date(2027, 3, 15)  # the 90th day is a Sunday
    assert told.answer.last_day == scene.clocks()["S01"].due_on


def test_an_entered_holiday_is_counted(session) -> None:
    author = make_person(session)
    day = date(2026, 12, 29)
    values = {"day": day, "is_working": False, "name": "Mourning", "reason": "Decree", "entered_by": author.id}
    keep(session, CalendarOverride(calendar="DE", entered_at=NOW, **values))
    scene = lodged(session)
    assert scene.clocks()["V05"].due_on == date(2026, 12, 30)


def test_events_of_a_case_take_a_fixed_number_of_statements(session) -> None:
    codes = [f"V{number}" for number in range(50, 58)]
    for code in codes:
        make_provision(session, code=code, starts_on="visa_lodged", met_by=("visa_decided",), calendar="actor")

    def cost(provisions) -> int:
        scene = Scene(session, provisions={"visa": provisions})
        scene.take(scene.post, "lodge", {"lodged_on": TODAY})
        case = scene.case
        with write_unit(session), counted(session) as statements:
            case = scene.case
            record_case_event(session, SYSTEM, case, "visa", EventCode.VISA_APPOINTMENT_GIVEN, TODAY, NOW)
        return len(statements)

    assert cost(codes) == cost(codes[:1])


def test_reminders_are_planned_with_the_clock_and_called_off_with_it(session) -> None:
    scene = lodged(session)
    planned = session.scalars(select(Reminder.state).where(Reminder.state == "planned")).all()
    assert planned
    scene.take(scene.applicant, "withdraw")
    assert session.scalars(select(Reminder.state).where(Reminder.state == "planned")).all() == []


def test_next_dates_can_be_written_anew(session) -> None:
    scene = lodged(session)
    with write_unit(session):
        case = scene.case
        case.next_due_on = None
        refresh_next_due(session, case)
    assert scene.case.next_due_on == scene.clocks()["V05"].earliest_on


def test_a_clock_points_at_the_wording_that_governed_its_trigger(session) -> None:
    scene = lodged(session)
    clock = session.scalars(select(Clock)).one()
    row = session.get_one(ProvisionVersionRow, clock.provision_version_id)
    with write_unit(session):
        row.superseded_at = NOW
    scene.take(scene.post, "admit")
    assert scene.clocks()["V05"].state == "running"
    assert session.scalars(select(ClockEventRow.kind)).all() == ["started"]
