"""Followed thresholds: told once, told again after a recovery, and the review that the instrument foresees."""

from datetime import date, timedelta
from fractions import Fraction

import pytest

from mobility.domain.errors import InvalidInput, NotFound
from mobility.domain.law_codes import Direction, OwedBy, PeriodUnit, ProvisionKind
from mobility.domain.thresholds import Threshold, ThresholdKind
from mobility.mail.messages import render
from mobility.services.thresholds import (
    check_thresholds,
    follow_threshold,
    leave_threshold,
    list_followable,
    list_followed,
    list_reviews,
)
from mobility.storage.db import write_unit
from mobility.storage.models.programmes import Programme
from mobility.storage.models.reciprocity import Flow
from mobility.storage.models.reminders import OutboxMessage
from mobility.storage.models.treaties import InstrumentRow
from tests.factories import NOW, actor_for, make_flow, make_person, make_programme, make_provision, make_route
from tests.factories import make_instrument as an_instrument

BALANCE = Threshold(kind=ThresholdKind.BALANCE_OUTSIDE, level=Fraction(1, 5), pair=("DE", "EG"))
LATER = NOW + timedelta(days=1)


@pytest.fixture
def exchange(session):
    """A programme under an instrument whose commission meets every two years; (code, manager, add, programme id)."""
    instrument = an_instrument(session)
    make_provision(
        session,
        instrument=instrument,
        stage="reciprocity",
        article="12",
        kind=ProvisionKind.REPORT,
        owes="The joint commission examines the balance.",
        period="2",
        unit=PeriodUnit.YEARS,
        direction=Direction.PERIODIC,
        rule_set="PERIODIC",
        owed_by=OwedBy.JOINT_COMMISSION,
    )
    programme = make_programme(session, instrument=instrument)
    make_route(session, programme=programme)
    programme_id, code = programme.id, session.get_one(InstrumentRow, programme.instrument_id).code
    manager = actor_for(make_person(session), programmes=[programme])

    def add(origin: str, host: str, number: int) -> None:
        with write_unit(session):
            row = session.get_one(Programme, programme_id)
            for _ in range(number):
                make_flow(session, row, origin, host, date(2025, 3, 1), date(2025, 3, 9))

    return code, manager, add, programme_id


def mails(session) -> list[OutboxMessage]:
    return list(session.query(OutboxMessage).filter_by(template="threshold_crossed").order_by(OutboxMessage.id))


def check(session, now=LATER) -> int:
    with write_unit(session) as unit:
        return check_thresholds(unit, now)


def test_a_crossing_is_told_once_with_the_review_and_again_after_a_recovery(session, exchange):
    code, manager, add, programme_id = exchange
    with write_unit(session) as unit:
        follow_threshold(unit, manager, code, BALANCE, now=NOW)
    assert mails(session) == []
    add("EG", "DE", 20)
    assert check(session) == 1
    assert check(session, LATER + timedelta(hours=1)) == 0
    (mail,) = mails(session)
    assert mail.recipient_id == manager.person_id
    assert (mail.parameters["level"], mail.parameters["measured"]) == (20, 100)
    review = {"owes": "The joint commission examines the balance.", "article": "12", "due_on": "2028-01-01"}
    assert mail.parameters["reviews"] == [review]
    words = render(mail.template, "en", mail.parameters, "https://mobility.example").text
    assert "By Saturday 1 January 2028." in words
    assert f"https://mobility.example/reciprocity/report?instrument={code}&from=2023&to=2025&country=DE" in words

    add("DE", "EG", 20)
    assert check(session) == 0
    assert [row.is_crossed for row in list_followed(session, manager)] == [False]
    with write_unit(session):
        session.query(Flow).filter_by(origin="DE", programme_id=programme_id).delete()
    assert check(session, LATER + timedelta(days=2)) == 1
    assert len(mails(session)) == 2
    (called,) = list_reviews(session, manager)  # the one that is open is not called for twice
    assert (called.article, called.triggered_on, called.due_on) == ("12", LATER.date(), date(2028, 1, 1))


def test_following_looks_at_once_and_an_instrument_without_a_review_says_so(session):
    programme = make_programme(session)
    make_route(session, programme=programme)
    for _ in range(20):
        make_flow(session, programme, start_on=date(2025, 3, 1), end_on=date(2025, 3, 9))
    code = session.get_one(InstrumentRow, programme.instrument_id).code
    manager = actor_for(make_person(session), programmes=[programme])
    wish = Threshold(kind=ThresholdKind.R_BELOW, level=Fraction(1, 2))
    with write_unit(session) as unit:
        follow_threshold(unit, manager, code, wish, now=NOW)
    (mail,) = mails(session)
    assert mail.parameters["reviews"] == []
    assert "foresees no review" in render(mail.template, "en", mail.parameters, "https://mobility.example").text


def test_only_managers_under_the_instrument_follow_it_and_only_pairs_it_links(session, exchange):
    code, manager, *_ = exchange
    stranger = actor_for(make_person(session), programmes=[make_programme(session)])
    with pytest.raises(NotFound), write_unit(session) as unit:
        follow_threshold(unit, stranger, code, BALANCE, now=NOW)
    other = Threshold(kind=ThresholdKind.BALANCE_OUTSIDE, level=Fraction(1, 5), pair=("DE", "MA"))
    with pytest.raises(InvalidInput), write_unit(session) as unit:
        follow_threshold(unit, manager, code, other, now=NOW)
    assert [each.pairs for each in list_followable(session, manager)] == [(("DE", "EG"),)]


def test_following_again_changes_the_level_and_nobody_else_can_end_it(session, exchange):
    code, manager, *_ = exchange
    wider = Threshold(kind=BALANCE.kind, level=Fraction(1, 2), pair=BALANCE.pair)
    with write_unit(session) as unit:
        first = follow_threshold(unit, manager, code, BALANCE, now=NOW)
        assert follow_threshold(unit, manager, code, wider, now=NOW) == first
    assert [row.level_percent for row in list_followed(session, manager)] == [50]
    stranger = actor_for(make_person(session))
    with pytest.raises(NotFound), write_unit(session) as unit:
        leave_threshold(unit, stranger, first, now=NOW)
    with write_unit(session) as unit:
        leave_threshold(unit, manager, first, now=NOW)
    assert list_followed(session, manager) == []


def test_the_mail_opens_the_report_of_the_years_that_were_measured(session, exchange):
    code, manager, add, programme_id = exchange
    with write_unit(session):
        session.get_one(Programme, programme_id).accounting_day = 15  # of January
    add("EG", "DE", 60)
    with write_unit(session) as unit:
        follow_threshold(unit, manager, code, BALANCE, now=NOW)
    (mail,) = mails(session)
    assert "from=2023&to=2025" in mail.parameters["path"]
    assert (mail.parameters["starts_on"], mail.parameters["ends_on"]) == ("2023-01-15", "2026-01-14")
