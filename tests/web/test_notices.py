"""One's notices on the site, what one wants by mail, and calendars that another program reads (parsed by `vobject`)."""

from datetime import date, timedelta

import pytest
import vobject
from sqlalchemy import select, update

from mobility.clock import utc_now
from mobility.domain.law_codes import Direction, OwedBy, PeriodUnit, ProvisionKind
from mobility.services.reminders import hand_over_due, plan_for_clock
from mobility.storage.db import write_unit
from mobility.storage.models.clocks import Clock
from mobility.storage.models.notices import CalendarFeed, Unsubscription
from mobility.storage.models.reminders import OutboxMessage
from tests.factories import (
    make_case,
    make_clock,
    make_grant,
    make_officer,
    make_person,
    make_programme,
    make_provision,
    make_route,
)
from tests.web.forms import post, sentences, sign_in, sign_out

DAY = timedelta(days=1)


@pytest.fixture
def today():
    return utc_now().date()


@pytest.fixture
def case(session, today):
    return make_case(session, person=make_person(session, time_zone="Africa/Cairo"))


def clock_of(session, case, day: date, **values) -> int:
    given = {"owed_by": "applicant", "trigger_on": day - 30 * DAY, "due_on": day, "earliest_on": day, "latest_on": day}
    return make_clock(session, case, **(given | values)).id


def move(session, clock_id: int, day: date, state: str = "running") -> None:
    with write_unit(session) as unit:
        clock = unit.get_one(Clock, clock_id)
        clock.earliest_on = clock.due_on = clock.latest_on = day
        clock.state, clock.due_version = state, clock.due_version + 1


def new_calendar(client, office: str = "") -> str:
    page = post(client, "/notices/calendars", {"office": office}, page="/notices/settings")
    assert page.status_code == 200
    (address,) = [each for each in sentences(page) if "/calendar/" in each]
    return "/calendar/" + address.partition("/calendar/")[2]


def events(client, path: str):
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.mimetype == "text/calendar"
    return {each.uid.value: each for each in vobject.readOne(answer.text).contents.get("vevent", [])}


def letters_of(session, person_id: int) -> list[OutboxMessage]:
    session.rollback()
    return list(session.scalars(select(OutboxMessage).where(OutboxMessage.recipient_id == person_id)))


def test_a_calendar_moves_an_event_in_place_when_its_clock_moves(client, session, case, today) -> None:
    clock_id = clock_of(session, case, today + 10 * DAY)
    sign_in(client, case.person_id)
    path = new_calendar(client)
    sign_out(client)
    ((uid, before),) = [(uid, each) for uid, each in events(client, path).items() if uid.startswith("clock-")]
    assert before.dtstart.value == today + 10 * DAY
    move(session, clock_id, today + 20 * DAY)
    after = events(client, path)
    assert [each for each in after if each.startswith("clock-")] == [uid]
    assert after[uid].dtstart.value == today + 20 * DAY
    assert int(after[uid].sequence.value) > int(before.sequence.value)


def test_an_event_says_reference_and_step_and_in_its_description_the_law(client, session, case, today) -> None:
    clock_of(session, case, today + 10 * DAY)
    sign_in(client, case.person_id)
    (event,) = [each for uid, each in events(client, new_calendar(client)).items() if uid.startswith("clock-")]
    assert event.summary.value == f"{case.reference}: Visa"
    assert "The consulate decides on the application." in event.description.value
    assert "Under: Exchange 2010 23(1)" in event.description.value
    assert [alarm.trigger.value for alarm in event.valarm_list] == [timedelta(hours=9 - 72), timedelta(hours=9 - 24)]
    assert case.applicant_name not in event.serialize()


@pytest.mark.parametrize("state", ["met", "paused", "superseded"])
def test_what_is_done_or_stands_still_is_told_as_cancelled(client, session, case, today, state) -> None:
    clock_id = clock_of(session, case, today + 10 * DAY)
    sign_in(client, case.person_id)
    path = new_calendar(client)
    move(session, clock_id, today + 10 * DAY, state)
    (event,) = [each for uid, each in events(client, path).items() if uid.startswith("clock-")]
    assert event.status.value == "CANCELLED"
    assert "valarm" not in event.contents


def test_what_ended_long_ago_is_gone(client, session, case, today) -> None:
    clock_of(session, case, today - 90 * DAY, state="met")
    sign_in(client, case.person_id)
    assert not [uid for uid in events(client, new_calendar(client)) if uid.startswith("clock-")]


def test_a_revoked_address_opens_nothing(client, session, case) -> None:
    sign_in(client, case.person_id)
    path = new_calendar(client)
    feed_id = session.scalars(select(CalendarFeed.id)).one()
    token = path.removeprefix("/calendar/").removesuffix(".ics")
    assert token not in str(session.scalars(select(CalendarFeed.token_hash)).all())
    post(client, f"/notices/calendars/{feed_id}/revoke", page="/notices/settings")
    assert client.get(path).status_code == 404
    assert client.get("/calendar/nothing.ics").status_code == 404


def test_a_desk_has_a_calendar_for_as_long_as_one_sits_there(client, session, case, today) -> None:
    clock_id = clock_of(session, case, today + 5 * DAY, owed_by="office")
    office = session.get_one(Clock, clock_id).office
    officer = make_officer(session, office)
    sign_in(client, officer)
    path = new_calendar(client, office=str(office.id))
    assert [uid.partition("@")[0] for uid in events(client, path)] == [f"clock-{clock_id}"]
    assert "calendar" in client.get("/notices/settings").text
    with write_unit(session) as unit:
        for grant in list(unit.get_one(type(officer), officer.id).grants):
            unit.delete(grant)
    assert client.get(path).status_code == 404


def test_a_desk_of_others_has_no_calendar_for_me(client, session, case) -> None:
    sign_in(client, case.person_id)
    answer = post(client, "/notices/calendars", {"office": "1"}, page="/notices/settings")
    assert answer.status_code == 404


def test_a_calendar_shows_nobody_elses_cases(client, session, case, today) -> None:
    clock_of(session, case, today + 10 * DAY)
    sign_in(client, make_person(session, name="Somebody Else"))
    assert events(client, new_calendar(client)) == {}


def test_notices_are_listed_read_and_counted(client, session, case, today) -> None:
    clock_of(session, case, today + 10 * DAY)
    sign_in(client, case.person_id)
    page = client.get("/notices")
    assert f"Application received: {case.reference}" in sentences(page)
    assert "Notices (1)" in sentences(page)
    (letter,) = letters_of(session, case.person_id)
    opened = client.get(f"/notices/{letter.id}")
    assert "You are told as soon as that is decided." in opened.text
    assert "Notices" in sentences(client.get("/notices?show=unread"))
    assert "You have read everything." in client.get("/notices?show=unread").text
    post(client, "/notices/read", page="/notices")


def test_a_notice_that_cannot_be_written_any_more_says_so(client, session, case) -> None:
    (letter,) = letters_of(session, case.person_id)
    with write_unit(session) as unit:
        unit.execute(update(OutboxMessage).where(OutboxMessage.id == letter.id).values(template="gone"))
    sign_in(client, case.person_id)
    assert "gone" in sentences(client.get("/notices"))
    assert "cannot be shown any more" in client.get(f"/notices/{letter.id}").text


def test_what_one_wants_by_mail_is_kept(client, session, case) -> None:
    sign_in(client, case.person_id)
    done = post(client, "/notices/settings", {"sort": ["validity"]}, follow_redirects=True)
    assert "Your choice is saved." in done.text
    refused = {row.sort for row in session.scalars(select(Unsubscription))}
    assert refused == {"early", "calls"}
    post(client, "/notices/settings", {"sort": ["early", "validity", "calls"]})
    session.rollback()
    assert session.scalars(select(Unsubscription)).all() == []


def test_the_link_in_a_mail_asks_once_and_a_mail_program_may_click_it(client, session, case, today) -> None:
    clock_id = clock_of(session, case, today + 3 * DAY)
    noon = utc_now().replace(hour=10) + DAY
    with write_unit(session) as unit:
        plan_for_clock(unit, unit.get_one(Clock, clock_id), utc_now())
    with write_unit(session) as unit:
        hand_over_due(unit, noon)
    (mail,) = [each for each in letters_of(session, case.person_id) if each.template == "reminder"]
    path = mail.parameters["unsubscribe"]
    assert "Notices before a date" in client.get(path).text
    assert session.scalars(select(Unsubscription)).all() == []
    done = client.post(path, data={"List-Unsubscribe": "One-Click"})
    assert "You get no mail of this kind any more." in done.text
    session.rollback()
    assert [row.sort for row in session.scalars(select(Unsubscription))] == ["early"]
    assert client.get(path[:-1] + "_").status_code == 410


@pytest.fixture
def desk(client, session, case, today):
    """A date ten days ahead and an officer of its office, signed in."""
    clock_id = clock_of(session, case, today + 10 * DAY, owed_by="office")
    sign_in(client, make_officer(session, session.get_one(Clock, clock_id).office))
    return clock_id


def test_an_officer_puts_notices_off_and_takes_them_up_again(client, case, desk, today) -> None:
    until = today + 4 * DAY
    address, day = f"/clocks/{desk}/snooze", f"{until.day} {until.month} {until.year}"
    assert "Put off notices" in client.get(address).text
    wrong = post(client, address, {"until_on": f"1 1 {today.year + 2}", "reason": "The expert is ill."})
    assert wrong.status_code == 422
    assert "at the latest" in wrong.text
    assert post(client, address, {"until_on": day, "reason": ""}).status_code == 422
    done = post(client, address, {"until_on": day, "reason": "The expert is ill."})
    assert done.headers["Location"].endswith(f"/desk/cases/{case.reference}")
    assert "The expert is ill." in client.get("/desk/snoozed").text
    post(client, f"{address}/end", page="/desk/snoozed")
    assert "No notices are put off." in client.get("/desk/snoozed").text


def test_a_manager_sees_the_dates_of_treaties_and_says_when_the_last_meeting_was(client, session) -> None:
    programme = make_programme(session)
    make_route(session, programme=programme)
    terms = {"kind": "report", "direction": "periodic", "rule_set": "PERIODIC", "unit": "years", "stage": "governance"}
    meeting = terms | {"period": "2", "owed_by": "joint_commission", "owes": "The joint commission meets."}
    provision = make_provision(session, instrument=programme.instrument, **_as_enums(meeting))
    manager = make_person(session)
    make_grant(session, manager, "manager", programme=programme)
    sign_in(client, manager)
    assert "name no date that is to come" in client.get("/treaty-dates").text
    place = {"programme": programme.id, "provision": provision.id}
    assert post(client, "/treaty-dates", place | {"on_day": "never"}).status_code == 422
    assert post(client, "/treaty-dates", place | {"on_day": "1 1 2090"}).status_code == 422
    last = f"1 2 {utc_now().year - 1}"
    done = post(client, "/treaty-dates", place | {"on_day": last}, follow_redirects=True)
    assert f"1 February {utc_now().year + 1}" in done.text


def _as_enums(terms):
    kinds = {"kind": ProvisionKind, "direction": Direction, "unit": PeriodUnit, "owed_by": OwedBy}
    return {name: kinds[name](value) if name in kinds else value for name, value in terms.items()}


def test_a_manager_moves_notices_of_the_programme_and_silences_one(client, session) -> None:
    programme = make_programme(session)
    manager = make_person(session)
    make_grant(session, manager, "manager", programme=programme)
    sign_in(client, manager)
    address = f"/programmes/{programme.code}/notices"
    wrong = post(client, address, {"days-before_7-owing": "soon", "on-before_7-owing": "y"})
    assert (wrong.status_code, "Nothing was saved" in wrong.text) == (422, True)
    assert post(client, address, {"days-before_7-owing": "9999", "on-before_7-owing": "y"}).status_code == 422
    done = post(client, address, {"days-before_7-owing": "9", "on-before_7-owing": "y"}, follow_redirects=True)
    assert "usually 7" in done.text
    assert 'id="on-before_7-owing" name="on-before_7-owing" value="y" checked' in done.text
    assert 'id="on-before_3-owing" name="on-before_3-owing" value="y" checked' not in done.text


def test_an_administrator_sees_what_will_go_out_and_how_it_looks(client, session, case, today) -> None:
    clock_id = clock_of(session, case, today + 5 * DAY)
    with write_unit(session) as unit:
        plan_for_clock(unit, unit.get_one(Clock, clock_id), utc_now())
    administrator = make_person(session)
    make_grant(session, administrator, "administrator")
    sign_in(client, administrator)
    page = client.get("/outbox/ahead?days=30")
    assert case.reference in page.text
    assert "in the mail of the day" in page.text
    assert "by itself" in page.text
    planned = page.text.partition("planned=")[2].partition('"')[0]
    for language in ("en", "ar"):
        shown = client.get(f"/outbox/preview?planned={planned}&language={language}")
        assert case.reference in shown.text
        assert "frame-src 'self'" in shown.headers["Content-Security-Policy"]
    part = client.get("/outbox/preview/part?template=case_submitted&language=ar")
    assert 'dir="rtl"' in part.text
    assert "sandbox" in part.headers["Content-Security-Policy"]
    assert "The facts are those of message" in client.get("/outbox/preview?template=case_submitted").text
    assert "the facts are invented" in client.get("/outbox/preview?template=digest").text
    assert client.get("/outbox/preview?template=nothing").status_code == 404
    assert client.get("/outbox/preview?planned=999999").status_code == 404


def test_days_are_typed_in_any_digits_and_what_is_refused_stays_as_it_was_typed(client, session) -> None:
    programme = make_programme(session)
    manager = make_person(session)
    make_grant(session, manager, "manager", programme=programme)
    sign_in(client, manager)
    address = f"/programmes/{programme.code}/notices"
    wrong = post(client, address, {"days-before_7-owing": "soon", "on-before_7-owing": "y"})
    assert 'value="soon"' in wrong.text
    assert 'id="on-before_7-owing" name="on-before_7-owing" value="y" checked' in wrong.text
    assert 'id="on-before_3-owing" name="on-before_3-owing" value="y" checked' not in wrong.text
    done = post(client, address, {"days-before_7-owing": "٩", "on-before_7-owing": "y"}, follow_redirects=True)
    assert "usually 7" in done.text


def test_a_letter_of_the_past_that_never_left_is_not_unread(client, session, case) -> None:
    with write_unit(session) as unit:
        unit.execute(update(OutboxMessage).values(status="cancelled", reason="demo"))
    sign_in(client, case.person_id)
    assert f"Application received: {case.reference}" in sentences(client.get("/notices"))
    assert "You have read everything." in client.get("/notices?show=unread").text
