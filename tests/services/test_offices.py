"""Offices and entered days: what is refused and why, and two administrators at one office."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from mobility.domain.access import Actor
from mobility.domain.errors import ChangedMeanwhile, InvalidInput, NotFound, NotPermitted
from mobility.services import offices
from mobility.services.offices import OfficeDraft, OverrideDraft
from mobility.storage.db import write_unit
from mobility.storage.models.audit import AuditEntry
from mobility.storage.models.offices import CalendarOverride, Office
from mobility.storage.queries.offices import PAGE
from tests.factories import make_office, make_officer, make_person

DRAFT = OfficeDraft(
    kind="post",
    country="EG",
    seat_country="DE",
    seat_city="Berlin",
    time_zone="Europe/Berlin",
    calendar="EG",
    names={"en": "Embassy of Egypt in Berlin", "ar": "السفارة المصرية في برلين", "fr": ""},
    competences=frozenset({"case", "visa"}),
)
DAY = OverrideDraft(calendar="DE", day=date(2027, 3, 22), is_working=False, name="Mourning", reason="Decree 12/2027")


@pytest.fixture
def admin(session):
    return Actor(person_id=make_person(session, name="Mei Tan").id, is_administrator=True)


def create(session, admin, now, code="EG-EMB-BERLIN", **changes):
    with write_unit(session) as unit:
        return offices.create_office(unit, admin, code, replace(DRAFT, **changes), now)


def change(session, admin, now, office, version, **changes):
    with write_unit(session) as unit:
        offices.change_office(unit, admin, office.id, replace(DRAFT, **changes), row_version=version, now=now)


def last_entry(session):
    return session.execute(
        select(AuditEntry.code, AuditEntry.parameters).order_by(AuditEntry.seq.desc()).limit(1)
    ).one()


def test_an_office_is_made_with_names_and_competences(session, now, admin):
    office = create(session, admin, now)
    assert office.names == {"en": "Embassy of Egypt in Berlin", "ar": "السفارة المصرية في برلين"}
    assert {each.competence for each in office.competences} == {"case", "visa"}
    assert last_entry(session) == ("office_created", {})


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"country": "ZZ"}, "country", "not_a_country"),
        ({"seat_country": ""}, "seat_country", "not_a_country"),
        ({"kind": "palace"}, "kind", "not_a_kind"),
        ({"competences": frozenset({"visa", "war"})}, "competences", "not_a_competence"),
        ({"time_zone": "Europe/Atlantis"}, "time_zone", "not_a_time_zone"),
        ({"calendar": "XX"}, "calendar", "not_a_calendar"),
        ({"calendar": "DE-ZZ"}, "calendar", "not_a_calendar"),
        ({"calendar": ""}, "calendar", "not_a_calendar"),
        ({"names": {"fr": "Ambassade"}}, "name_en", "missing"),
        ({"names": {"en": "x" * 201}}, "name_en", "too_long"),
        ({"seat_city": "\u202e"}, "seat_city", "missing"),
        ({"seat_city": "x" * 81}, "seat_city", "too_long"),
        ({"email": "not an address"}, "email", "not_an_address"),
    ],
)
def test_what_cannot_be_an_office_is_named(session, now, admin, changes, field, reason):
    with pytest.raises(InvalidInput) as refused:
        create(session, admin, now, **changes)
    assert (refused.value.parameters["field"], refused.value.parameters["reason"]) == (field, reason)
    assert session.scalar(select(Office.id)) is None


@pytest.mark.parametrize("code", ["", "x", "Ä1", "a b", "x" * 33, "-ab", "a/b"])
def test_what_cannot_be_a_code_is_refused(session, now, admin, code):
    with pytest.raises(InvalidInput) as refused:
        create(session, admin, now, code=code)
    assert refused.value.parameters["reason"] == "not_a_code"


def test_a_code_stands_for_one_office(session, now, admin):
    create(session, admin, now)
    with pytest.raises(InvalidInput) as refused:
        create(session, admin, now)
    assert refused.value.parameters["reason"] == "code_taken"


@pytest.mark.parametrize(("typed", "stored"), [("de-sn", "DE-SN"), (" EU-COM ", "EU-COM"), ("fr", "FR")])
def test_calendars_are_countries_their_parts_and_institutions(typed, stored):
    assert offices.clean_calendar(typed, 2026) == stored


def test_a_change_is_saved_once_and_names_its_fields(session, now, admin):
    office = create(session, admin, now)
    version = office.row_version
    change(session, admin, now, office, version, seat_city="Potsdam", email="Post@Example.org")
    assert (office.seat_city, office.email, office.row_version) == ("Potsdam", "post@example.org", version + 1)
    assert last_entry(session) == ("office_changed", {"fields": ["seat_city", "email"]})
    with pytest.raises(ChangedMeanwhile):
        change(session, admin, now, office, version, seat_city="Bonn")
    assert office.seat_city == "Potsdam"


def test_competences_alone_raise_the_version_too(session, now, admin):
    office = create(session, admin, now)
    version = office.row_version
    change(session, admin, now, office, version, competences=frozenset({"visa", "language"}))
    assert {each.competence for each in office.competences} == {"visa", "language"}
    assert office.row_version == version + 1
    with pytest.raises(ChangedMeanwhile):
        change(session, admin, now, office, version, competences=frozenset())


def test_saving_nothing_new_leaves_no_entry(session, now, admin):
    office = create(session, admin, now)
    change(session, admin, now, office, office.row_version)
    assert last_entry(session).code == "office_created"
    assert office.row_version == 1


def test_only_administrators_keep_offices(session, now):
    office, outsider = make_office(session), Actor(person_id=1, is_auditor=True)
    for service, arguments in [
        (offices.list_offices, (outsider,)),
        (offices.list_countries, (outsider,)),
        (offices.get_office, (outsider, office.id)),
        (offices.create_office, (outsider, "X1", DRAFT, now)),
        (offices.list_overrides, (outsider,)),
        (offices.enter_override, (outsider, DAY, now)),
    ]:
        with pytest.raises(NotPermitted), write_unit(session) as unit:
            service(unit, *arguments)


def test_an_unknown_office_is_not_found(session, admin):
    with pytest.raises(NotFound):
        offices.get_office(session, admin, 99_999)


def test_offices_are_listed_by_code_with_people_and_competences(session, admin):
    second = make_office(session, code="b2", country="DE", competences=("funding",), kind="funder")
    first = make_office(session, code="a1", country="EG", seat_country="DE")
    make_officer(session, first)
    lines, more = offices.list_offices(session, admin)
    assert [(line.code, line.people, line.competences) for line in lines] == [
        ("a1", 1, ("case", "visa")),
        ("b2", 0, ("funding",)),
    ]
    assert more is None
    assert [line.code for line in offices.list_offices(session, admin, "EG")[0]] == ["a1"]
    assert [line.code for line in offices.list_offices(session, admin, "DE")[0]] == ["a1", "b2"]
    assert offices.list_countries(session, admin) == ["DE", "EG"]
    assert second.code == "b2"


def test_the_list_of_offices_comes_in_pages(session, admin):
    with write_unit(session):
        for number in range(PAGE + 3):
            make_office(session, code=f"o{number:04}")
    first, after = offices.list_offices(session, admin)
    second, end = offices.list_offices(session, admin, "", after)
    codes = [line.code for line in first + second]
    assert codes == sorted(set(codes))
    assert len(codes) == PAGE + 3
    assert end is None


def enter(session, admin, now, **changes):
    with write_unit(session) as unit:
        return offices.enter_override(unit, admin, replace(DAY, **changes), now)


def test_a_day_is_entered_with_its_reason_and_who_answers_for_it(session, now, admin):
    row = enter(session, admin, now, calendar="de-sn")
    assert (row.calendar, row.day, row.is_working, row.entered_by) == ("DE-SN", DAY.day, False, admin.person_id)
    assert last_entry(session) == (
        "override_entered",
        {"calendar": "DE-SN", "day": "2027-03-22", "is_working": False},
    )
    (line,), more = offices.list_overrides(session, admin, "DE-SN")
    assert (line.entered_by, line.reason, more) == ("Mei Tan", "Decree 12/2027", None)
    assert offices.list_overrides(session, admin, "DE") == ([], None)


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"calendar": "XX"}, "calendar", "not_a_calendar"),
        ({"name": " "}, "name", "missing"),
        ({"name": "x" * 121}, "name", "too_long"),
        ({"reason": " \n "}, "reason", "missing"),
        ({"reason": "x" * 401}, "reason", "too_long"),
    ],
)
def test_what_cannot_be_entered_is_named(session, now, admin, changes, field, reason):
    with pytest.raises(InvalidInput) as refused:
        enter(session, admin, now, **changes)
    assert (refused.value.parameters["field"], refused.value.parameters["reason"]) == (field, reason)


def test_a_day_is_entered_once_per_calendar(session, now, admin):
    enter(session, admin, now)
    with pytest.raises(InvalidInput) as refused:
        enter(session, admin, now, is_working=True)
    assert refused.value.parameters["reason"] == "override_there"
    enter(session, admin, now, calendar="FR")


def test_entered_days_come_latest_first_in_pages(session, now, admin):
    with write_unit(session):
        for number in range(PAGE + 5):
            day = date(2027, 1 + number % 12, 1 + number // 12)
            given = {"is_working": True, "name": "n", "reason": "r", "entered_by": admin.person_id, "entered_at": now}
            session.add(CalendarOverride(calendar="DE", day=day, **given))
    first, after = offices.list_overrides(session, admin)
    second, end = offices.list_overrides(session, admin, "", after)
    days = [line.day for line in first + second]
    assert days == sorted(set(days), reverse=True)
    assert len(days) == PAGE + 5
    assert end is None
