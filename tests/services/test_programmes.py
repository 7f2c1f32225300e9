"""Programmes made and changed by their managers; what is made on screen carries a case."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from mobility.domain.access import Actor
from mobility.domain.errors import ChangedMeanwhile, InvalidInput, NotFound, NotPermitted
from mobility.domain.events import EventCode
from mobility.domain.stages import StageKind
from mobility.services import programmes
from mobility.services.cases import open_case
from mobility.services.programmes import CallDraft, ProgrammeDraft, RouteDraft
from mobility.storage.db import write_unit
from mobility.storage.models.applications import Application
from mobility.storage.models.audit import AuditEntry
from mobility.storage.models.clocks import Clock
from mobility.storage.models.programmes import Programme, RouteStage
from mobility.storage.models.treaties import PartyRow
from tests.factories import (
    NOW,
    TODAY,
    actor_for,
    make_application,
    make_flow,
    make_instrument,
    make_office,
    make_person,
    make_programme,
    make_provision,
    make_route,
)

ADMINISTRATOR = Actor(person_id=1, is_administrator=True)
VISA, FUNDING, LANGUAGE = StageKind.VISA, StageKind.FUNDING, StageKind.LANGUAGE


def draft(session, **values):
    given = {
        "names": {"en": "Stage  and Space", "ar": "المسرح", "fr": ""},
        "kind": "residency",
        "stages": {FUNDING: frozenset({VISA}), VISA: frozenset()},
    }
    given["instrument_id"] = values.pop("instrument_id", None) or make_instrument(session).id
    return ProgrammeDraft(**(given | values))


def make(session, code="STAGE-SPACE", **values):
    wanted = draft(session, **values)
    with write_unit(session):
        return programmes.create_programme(session, ADMINISTRATOR, code, wanted, NOW)


def manager_of(session, *managed):
    return actor_for(make_person(session), programmes=managed)


@pytest.fixture
def desks(session):
    return {
        "post": make_office(session, country="DE"),
        "funder": make_office(session, country="DE", kind="funder", competences=["funding"]),
        "sending": make_office(session, country="EG"),
    }


def route_draft(desks, /, **values):
    given = {
        "sending": "EG",
        "receiving": "DE",
        "receiving_office_id": desks["post"].id,
        "sending_office_id": desks["sending"].id,
        "quota_people": 24,
        "desks": {"visa": desks["post"].id, "funding": desks["funder"].id},
        "provisions": {},
    }
    return RouteDraft(**(given | values))


def call_draft(**values):
    given = {
        "discipline": "",
        "opens_on": TODAY - timedelta(days=5),
        "closes_on": TODAY + timedelta(days=20),
        "time_zone": "Europe/Berlin",
        "stay_from": date(2027, 2, 1),
        "stay_until": date(2027, 9, 30),
        "min_days": 30,
        "max_days": 90,
        "places": 6,
        "host": "Festspielhaus Hellerau",
        "host_city": "Dresden",
        "texts": {"en": {"title": "Light for small stages", "summary": "Studio and travel."}, "fr": {}},
    }
    return CallDraft(**(given | values))


def reason_of(action, *arguments, **named):
    with pytest.raises(InvalidInput) as refused:
        action(*arguments, **named)
    return refused.value.parameters["field"], refused.value.parameters["reason"]


# ------------------------------------------------------------------ from nothing to a case


def test_a_programme_made_on_screen_carries_a_case(session, desks):
    own = make_instrument(session)
    decision = make_provision(
        session,
        instrument=own,
        starts_on=EventCode.APPLICATION_SUBMITTED,
        met_by=(EventCode.VISA_DECIDED,),
        rule_set="DAYS_NOROLL",
        calendar="none",
    )
    programme = make(session, instrument_id=own.id)
    manager = manager_of(session, programme)
    with write_unit(session):
        route = programmes.create_route(
            session,
            manager,
            "STAGE-SPACE",
            route_draft(desks, provisions={"visa": (decision.code,)}),
            row_version=1,
            now=NOW,
        )
        route_id = route.id
    with write_unit(session):
        call = programmes.create_call(session, manager, "STAGE-SPACE", route_id, "DRESDEN-2027", call_draft(), NOW)
        assert not call.is_published
    with write_unit(session):
        programmes.publish_call(session, manager, "STAGE-SPACE", "DRESDEN-2027", row_version=1, now=NOW)
    programme, call = programmes.get_call(session, manager, "STAGE-SPACE", "DRESDEN-2027")
    application = make_application(session, call=call)
    with write_unit(session):
        held = session.get_one(Application, application.id)
        case = open_case(session, Actor(person_id=held.person_id), held, NOW)
        stages = {stage.kind: (stage.office_id, stage.position) for stage in case.stages}
        clocks = session.scalars(select(Clock).where(Clock.case_id == case.id)).all()
        assert stages == {"visa": (desks["post"].id, 0), "funding": (desks["funder"].id, 1)}
        assert [(clock.stage_kind, clock.due_on) for clock in clocks] == [("visa", date(2026, 12, 29))]
    codes = session.scalars(select(AuditEntry.code).order_by(AuditEntry.seq)).all()
    assert codes[:4] == ["programme_created", "route_created", "call_created", "call_published"]


# ------------------------------------------------------------------ settings


def test_a_programme_is_stored_as_it_is_meant(session):
    programme = make(session, tolerance_percent=15, language_level="b1", currency="CHF", accounting_month=4)
    assert programme.names == {"en": "Stage and Space", "ar": "المسرح"}
    assert [(each.stage, each.after, each.position) for each in programme.stages] == [
        ("visa", [], 0),
        ("funding", ["visa"], 1),
    ]
    assert (programme.tolerance_percent, programme.language_level, programme.currency) == (15, "b1", "CHF")


@pytest.mark.parametrize(
    ("values", "field", "reason"),
    [
        ({"names": {"en": " ", "fr": "Scène"}}, "name_en", "missing"),
        ({"names": {"en": "x" * 201}}, "name_en", "too_long"),
        ({"kind": "holiday"}, "kind", "not_a_choice"),
        ({"instrument_id": 987_654}, "instrument", "not_a_choice"),
        ({"tolerance_percent": 101}, "tolerance_percent", "not_a_percentage"),
        ({"tolerance_percent": -1}, "tolerance_percent", "not_a_percentage"),
        ({"language_level": "z9"}, "language_level", "not_a_choice"),
        ({"currency": "XXX"}, "currency", "not_a_choice"),
        ({"accounting_month": 2, "accounting_day": 29}, "accounting_day", "no_such_day_every_year"),
        ({"accounting_month": 13}, "accounting_day", "no_such_day_every_year"),
        ({"stages": {}}, "stages", "no_stage"),
        ({"stages": {VISA: frozenset({FUNDING}), FUNDING: frozenset({VISA})}}, "stages", "stages_circle"),
        ({"stages": {VISA: frozenset({LANGUAGE})}}, "stages", "stages_not_there"),
    ],
)
def test_what_cannot_be_is_named(session, values, field, reason):
    wanted = draft(session, **values)
    with write_unit(session):
        refused = reason_of(programmes.create_programme, session, ADMINISTRATOR, "P-NEW", wanted, NOW)
    assert refused == (field, reason)


@pytest.mark.parametrize("code", ["", "x", "with space", "é-1", "../../etc", "a" * 33])
def test_a_code_is_short_and_plain(session, code):
    wanted = draft(session)
    with write_unit(session):
        assert reason_of(programmes.create_programme, session, ADMINISTRATOR, code, wanted, NOW)[1] == "not_a_code"


def test_a_code_is_given_once(session):
    make(session)
    wanted = draft(session)
    with write_unit(session):
        refused = reason_of(programmes.create_programme, session, ADMINISTRATOR, "STAGE-SPACE", wanted, NOW)
    assert refused == ("code", "programme_code_taken")


def test_only_administrators_make_programmes_and_only_managers_change_them(session):
    programme = make(session)
    manager, wanted = manager_of(session, programme), draft(session)
    with write_unit(session), pytest.raises(NotPermitted):
        programmes.create_programme(session, manager, "OTHER", wanted, NOW)
    for actor in (ADMINISTRATOR, manager_of(session, make_programme(session))):
        with write_unit(session), pytest.raises(NotFound):
            programmes.change_programme(session, actor, "STAGE-SPACE", wanted, row_version=1, now=NOW)
    assert [line.code for line in programmes.list_programmes(session, manager)] == ["STAGE-SPACE"]
    assert {line.is_managed for line in programmes.list_programmes(session, ADMINISTRATOR)} == {False}


def change(session, actor, wanted, row_version, code="STAGE-SPACE"):
    with write_unit(session):
        return programmes.change_programme(session, actor, code, wanted, row_version=row_version, now=NOW)


def test_a_second_save_of_the_same_form_overwrites_nothing(session):
    programme = make(session)
    manager = manager_of(session, programme)
    wanted = draft(session, instrument_id=programme.instrument_id, tolerance_percent=5)
    assert change(session, manager, wanted, 1).row_version == 2
    with pytest.raises(ChangedMeanwhile):
        change(session, manager, replace(wanted, tolerance_percent=50), 1)
    assert session.get_one(Programme, programme.id).tolerance_percent == 5
    assert change(session, manager, wanted, 2).row_version == 2  # nothing new: no version, no entry
    entries = session.scalars(select(AuditEntry.parameters).where(AuditEntry.code == "programme_changed")).all()
    assert entries == [{"fields": ["tolerance_percent"]}]


def test_the_instrument_stays_once_anybody_has_applied(session):
    programme = make(session)
    manager, other = manager_of(session, programme), make_instrument(session)
    wanted = draft(session, instrument_id=other.id)
    assert change(session, manager, wanted, 1).instrument_id == other.id
    make_flow(session, programme)
    back = draft(session)
    with pytest.raises(InvalidInput) as refused:
        change(session, manager, back, 2)
    assert refused.value.parameters["reason"] == "instrument_in_use"


def test_a_stage_that_is_no_longer_required_goes_with_its_desks(session, desks):
    programme = make(session)
    manager = manager_of(session, programme)
    with write_unit(session):
        programmes.create_route(session, manager, "STAGE-SPACE", route_draft(desks), row_version=1, now=NOW)
    stages = {LANGUAGE: frozenset(), VISA: frozenset()}
    change(session, manager, draft(session, instrument_id=programme.instrument_id, stages=stages), 2)
    view = programmes.view_programme(session, manager, "STAGE-SPACE", NOW)
    assert [stage.kind for stage in view.stages] == [LANGUAGE, VISA]
    assert not view.routes[0].is_complete
    assert set(session.scalars(select(RouteStage.stage))) == {"case", "visa"}


# ------------------------------------------------------------------ routes


@pytest.mark.parametrize(
    ("values", "field", "reason"),
    [
        ({"receiving": "EG"}, "receiving", "same_country"),
        ({"sending": "XX"}, "sending", "not_a_country"),
        ({"receiving_office_id": 0}, "receiving_office", "not_competent"),
        ({"sending_office_id": 0}, "sending_office", "not_competent"),
        ({"desks": {}}, "office_visa", "missing"),
        ({"quota_people": -1}, "quota_people", "not_a_quota"),
        ({"quota_days": 1_000_001}, "quota_days", "not_a_quota"),
        ({"provisions": {"visa": ("NOWHERE",)}}, "p_visa_NOWHERE", "not_binding"),
    ],
)
def test_a_route_that_cannot_be_is_refused(session, desks, values, field, reason):
    manager = manager_of(session, make(session))
    with write_unit(session):
        refused = reason_of(
            programmes.create_route,
            session, manager, "STAGE-SPACE", route_draft(desks, **values), row_version=1, now=NOW,
        )  # fmt: skip
    assert refused == (field, reason)


def test_a_stage_needs_an_office_that_is_competent_and_works(session, desks):
    manager = manager_of(session, make(session))
    closed = make_office(session, country="DE", kind="funder", competences=["funding"], is_active=False)
    foreign = make_office(session, country="JP", kind="funder", competences=["funding"])
    for office in (desks["post"], closed, foreign):
        wanted = route_draft(desks, desks={"visa": desks["post"].id, "funding": office.id})
        with write_unit(session):
            refused = reason_of(
                programmes.create_route, session, manager, "STAGE-SPACE", wanted, row_version=1, now=NOW
            )
        assert refused == ("office_funding", "not_competent")


def test_a_direction_is_there_once_and_routes_change_under_the_version_of_the_programme(session, desks):
    programme = make(session)
    manager = manager_of(session, programme)
    with write_unit(session):
        route = programmes.create_route(session, manager, "STAGE-SPACE", route_draft(desks), row_version=1, now=NOW)
        route_id = route.id
    with write_unit(session):
        refused = reason_of(
            programmes.create_route, session, manager, "STAGE-SPACE", route_draft(desks), row_version=2, now=NOW
        )
    assert refused == ("receiving", "route_there")
    wanted = route_draft(desks, quota_people=None, quota_days=300)
    with write_unit(session), pytest.raises(ChangedMeanwhile):
        programmes.change_route(session, manager, "STAGE-SPACE", route_id, wanted, row_version=1, now=NOW)
    with write_unit(session):
        programmes.change_route(session, manager, "STAGE-SPACE", route_id, wanted, row_version=2, now=NOW)
    kept = programmes.get_route(session, manager, "STAGE-SPACE", route_id)
    assert (kept[0].row_version, kept[1].quota_people, kept[1].quota_days) == (3, None, 300)


def test_only_provisions_that_bind_a_state_and_start_a_clock_are_on_offer(session, desks):
    programme = make(session)
    starting = {"starts_on": EventCode.VISA_LODGED, "met_by": (EventCode.VISA_DECIDED,)}
    binding = make_instrument(session, parties=["DE"])
    elsewhere = make_instrument(session, parties=["JP"])
    left = make_instrument(session, parties=["DE"])
    rules = make_instrument(session, parties=[])
    offered = [make_provision(session, instrument=each, **starting).code for each in (binding, rules)]
    make_provision(session, instrument=elsewhere, **starting)
    make_provision(session, instrument=binding)  # no event starts it
    make_provision(session, instrument=binding, valid_until=TODAY - timedelta(days=1), **starting)
    gone = make_provision(session, instrument=left, **starting).code
    stay = make_provision(session, instrument=binding, stage="stay", **starting).code
    with write_unit(session):
        session.scalars(select(PartyRow).where(PartyRow.instrument_id == left.id)).one().withdrawn_on = TODAY
    found = programmes.list_provision_choices(session, programme, "EG", "DE", TODAY)
    assert [(each.code, each.runs_in) for each in found] == [(stay, "case"), *((code, "visa") for code in offered)]
    kept = programmes.list_provision_choices(session, programme, "EG", "DE", TODAY, kept=[gone])
    assert {each.code: each.is_offered for each in kept}[gone] is False


def test_the_page_names_provisions_that_no_longer_have_a_wording(session):
    programme = make_programme(session, stages=["visa"])
    old = make_provision(session, valid_until=TODAY - timedelta(days=1))
    new = make_provision(session)
    make_route(session, programme=programme, provisions={"visa": [old.code, new.code]})
    manager = manager_of(session, programme)
    session.expire_all()
    view = programmes.view_programme(session, manager, programme.code, NOW)
    visa = next(desk for desk in view.routes[0].desks if desk.stage == "visa")
    assert ([each.code for each in visa.provisions], visa.lost) == ([new.code], (old.code,))


# ------------------------------------------------------------------ calls


@pytest.fixture
def routed(session):
    programme = make_programme(session, stages=["visa"])
    route = make_route(session, programme=programme)
    session.expire_all()
    return programme.code, route.id, manager_of(session, programme)


@pytest.mark.parametrize(
    ("values", "field", "reason"),
    [
        ({"discipline": "cookery"}, "discipline", "not_a_choice"),
        ({"time_zone": "Mars/Olympus"}, "time_zone", "not_a_time_zone"),
        ({"closes_on": TODAY - timedelta(days=6)}, "closes_on", "closes_before_opening"),
        ({"stay_from": TODAY}, "stay_from", "stay_before_closing"),
        ({"stay_until": date(2027, 1, 31)}, "stay_until", "ends_before_beginning"),
        ({"min_days": 0}, "min_days", "not_a_number_of_days"),
        ({"max_days": 29}, "max_days", "most_below_least"),
        ({"max_days": 300}, "max_days", "longer_than_window"),
        ({"places": 0}, "places", "not_a_number_of_places"),
        ({"host": " "}, "host", "missing"),
        ({"host_city": "x" * 81}, "host_city", "too_long"),
        ({"texts": {"fr": {"title": "Lumière", "summary": "…"}}}, "title_en", "missing"),
        ({"texts": {"en": {"title": "Light", "summary": ""}}}, "summary_en", "missing"),
    ],
)
def test_a_call_that_cannot_be_is_refused(session, routed, values, field, reason):
    code, route_id, manager = routed
    with write_unit(session):
        refused = reason_of(
            programmes.create_call, session, manager, code, route_id, "CALL-1", call_draft(**values), NOW
        )
    assert refused == (field, reason)


def test_a_call_is_published_taken_back_and_changed_under_its_own_version(session, routed):
    code, route_id, manager = routed
    with write_unit(session):
        programmes.create_call(session, manager, code, route_id, "CALL-1", call_draft(), NOW)
    with write_unit(session):
        assert reason_of(programmes.create_call, session, manager, code, route_id, "CALL-1", call_draft(), NOW) == (
            "code",
            "call_code_taken",
        )
    with write_unit(session):
        assert programmes.publish_call(session, manager, code, "CALL-1", row_version=1, now=NOW).is_published
    with write_unit(session), pytest.raises(ChangedMeanwhile):
        programmes.change_call(session, manager, code, "CALL-1", call_draft(places=9), row_version=1, now=NOW)
    with write_unit(session):
        programmes.change_call(session, manager, code, "CALL-1", call_draft(places=9), row_version=2, now=NOW)
    with write_unit(session):
        assert not programmes.take_call_back(session, manager, code, "CALL-1", row_version=3, now=NOW).is_published
    lines = programmes.view_programme(session, manager, code, NOW).calls
    assert [(line.code, line.places, line.is_published) for line in lines] == [("CALL-1", 9, False)]


def test_a_call_is_not_published_too_late_or_on_a_route_without_desks(session, routed):
    code, route_id, manager = routed
    past = call_draft(opens_on=TODAY - timedelta(days=9), closes_on=TODAY - timedelta(days=1))
    with write_unit(session):
        programmes.create_call(session, manager, code, route_id, "PAST", past, NOW)
        programmes.create_call(session, manager, code, route_id, "BARE", call_draft(), NOW)
    with write_unit(session):
        refused = reason_of(programmes.publish_call, session, manager, code, "PAST", row_version=1, now=NOW)
    assert refused == ("closes_on", "closed_already")
    with write_unit(session):
        session.get_one(RouteStage, (route_id, "visa")).office_id = None
    session.expire_all()
    with write_unit(session):
        refused = reason_of(programmes.publish_call, session, manager, code, "BARE", row_version=1, now=NOW)
    assert refused == ("route", "route_incomplete")


def test_calls_and_routes_of_another_programme_are_not_there(session, routed):
    code, route_id, manager = routed
    other = make_programme(session)
    both = manager_of(session, other)
    with pytest.raises(NotFound):
        programmes.get_route(session, both, other.code, route_id)
    with write_unit(session):
        programmes.create_call(session, manager, code, route_id, "CALL-1", call_draft(), NOW)
    with pytest.raises(NotFound):
        programmes.get_call(session, both, other.code, "CALL-1")
