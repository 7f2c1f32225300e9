"""Statements in storage: who sees and does what, what is frozen, what is carried over, and what a hash says."""

from datetime import date

import pytest

from mobility.domain.access import Actor
from mobility.domain.errors import ChangedMeanwhile, InvalidInput, NotFound, NotPermitted, TransitionNotPermitted
from mobility.domain.statements import (
    EntryCode,
    NotTheOtherSide,
    StatementReplaced,
    StatementState,
    Verdict,
    hash_of,
)
from mobility.services.statements import (
    Agreed,
    Ask,
    answer_statement,
    check_hash,
    correct_statement,
    count_again,
    freeze_statement,
    get_entry_page,
    get_statement_page,
    get_text,
    list_choices,
    list_statement_lines,
    sign_statement,
    verify_statements,
    write_remark,
)
from mobility.storage.db import write_unit
from mobility.storage.models.programmes import Programme
from mobility.storage.models.reminders import OutboxMessage
from mobility.storage.models.statements import Statement
from mobility.storage.models.treaties import InstrumentRow
from tests.factories import (
    NOW,
    actor_for,
    make_flow,
    make_grant,
    make_office,
    make_officer,
    make_person,
    make_programme,
    make_route,
)

ALL_FINE = dict.fromkeys(EntryCode, Verdict.CONFIRMED)


class Exchange:
    """Egypt and Germany with a post each, a manager in France, and stays of 2024 and 2025."""

    def __init__(self, session) -> None:
        self.session = session
        programme = make_programme(session)
        self.programme_id = programme.id
        of_de = make_office(session, country="DE", seat_country="EG")
        of_eg = make_office(session, country="EG", seat_country="DE")
        for sending, receiving, post, other in (("EG", "DE", of_de, of_eg), ("DE", "EG", of_eg, of_de)):
            make_route(
                session,
                programme=programme,
                sending=sending,
                receiving=receiving,
                office=post,
                sending_office_id=other.id,
            )
        german, egyptian = make_officer(session, of_de), make_officer(session, of_eg)
        manager = make_person(session, country="FR")
        make_grant(session, manager, "manager", programme=programme)
        self.german, self.egyptian = actor_for(german, of_de), actor_for(egyptian, of_eg)
        self.manager = actor_for(manager, programmes=[programme])
        instrument = session.get_one(InstrumentRow, programme.instrument_id)
        self.ask = Ask(instrument=instrument.code, pair=("DE", "EG"), year=2025)

    def stays(self, origin: str, host: str, number: int, year: int = 2025) -> None:
        for _ in range(number):
            programme = self.session.get_one(Programme, self.programme_id)
            make_flow(self.session, programme, origin, host, date(year, 3, 1), date(year, 3, 10))

    def freeze(self, year: int = 2025) -> int:
        with write_unit(self.session) as unit:
            return freeze_statement(
                unit, self.manager, Ask(instrument=self.ask.instrument, pair=("DE", "EG"), year=year), now=NOW
            )

    def newest(self, year: int) -> int:
        lines = list_statement_lines(self.session, self.manager)
        return next(line.statement_id for line in lines if line.period.year == year)

    def version(self, statement_id: int) -> int:
        return self.session.get_one(Statement, statement_id).row_version

    def sign(self, actor: Actor, statement_id: int) -> None:
        with write_unit(self.session) as unit:
            sign_statement(unit, actor, statement_id, row_version=self.version(statement_id), now=NOW)

    def answer(self, actor: Actor, statement_id: int, **disputed: str) -> StatementState:
        codes = {EntryCode(code): words for code, words in disputed.items()}
        verdicts = ALL_FINE | dict.fromkeys(codes, Verdict.DISPUTED)
        with write_unit(self.session) as unit:
            row_version = self.version(statement_id)
            return answer_statement(
                unit, actor, statement_id, verdicts, remarks=codes, row_version=row_version, now=NOW
            )

    def correct(self, statement_id: int, why: str = "counted again", **agreed: tuple[int, str]) -> int:
        figures = {EntryCode(code): Agreed(value=value, reason=reason) for code, (value, reason) in agreed.items()}
        with write_unit(self.session) as unit:
            return correct_statement(
                unit,
                self.manager,
                statement_id,
                agreed=figures,
                why=why,
                row_version=self.version(statement_id),
                now=NOW,
            )

    def mails(self) -> list[tuple[str, int | None]]:
        rows = self.session.query(OutboxMessage).order_by(OutboxMessage.id)
        return [(row.template, row.recipient_id) for row in rows if row.template.startswith("statement_")]


@pytest.fixture
def exchange(session) -> Exchange:
    made = Exchange(session)
    made.stays("DE", "EG", 3)
    made.stays("EG", "DE", 5)
    return made


def figures(page) -> dict[str, int]:
    return {entry.code.value: entry.value for entry in page.content.entries}


def test_a_statement_is_disputed_corrected_and_confirmed(session, exchange):
    first = exchange.freeze()
    page = get_statement_page(session, exchange.egyptian, first)
    told = {"people_ab": 3, "people_ba": 5, "days_ab": 30, "days_ba": 50, "opening": 0, "closing": -2, "tolerance": 20}
    assert figures(page) == told | {"money_ab": 0, "money_ba": 0}
    assert page.standing.waits_for == ("DE", "EG")

    exchange.sign(exchange.german, first)
    assert exchange.mails() == [("statement_signed", exchange.egyptian.person_id)]
    assert exchange.answer(exchange.egyptian, first, people_ba="We sent six.") is StatementState.DISPUTED
    assert {recipient for name, recipient in exchange.mails() if name == "statement_answered"} == {
        exchange.german.person_id,
        exchange.manager.person_id,
    }

    second = exchange.correct(first, people_ba=(6, "One came without an application."))
    page = get_statement_page(session, exchange.german, second)
    assert (page.content.version, page.content.replaces) == (2, get_text(session, exchange.german, first)[1])
    assert (figures(page)["people_ba"], figures(page)["closing"]) == (6, -3)
    assert [row.version for row in page.versions] == [2, 1]
    thread = get_entry_page(session, exchange.german, second, EntryCode.PEOPLE_BA).thread
    assert [row.text for row in thread] == ["We sent six."]
    with pytest.raises(StatementReplaced):
        exchange.answer(exchange.egyptian, first)

    exchange.sign(exchange.egyptian, second)
    assert exchange.answer(exchange.german, second) is StatementState.CONFIRMED
    assert get_statement_page(session, exchange.german, second).standing.waits_for == ()


def test_the_balance_follows_from_the_confirmed_statement_and_not_from_the_records(session, exchange):
    exchange.stays("DE", "EG", 4, year=2024)
    before = exchange.freeze(2024)
    assert figures(get_statement_page(session, exchange.german, exchange.freeze(2025)))["opening"] == 4
    agreed = exchange.correct(before, people_ab=(7, "Three travelled on a list of the ministry."))
    exchange.sign(exchange.german, agreed)
    assert exchange.answer(exchange.egyptian, agreed) is StatementState.CONFIRMED
    exchange.stays("DE", "EG", 9, year=2024)  # found later: what was confirmed stays
    again = exchange.correct(exchange.newest(2025))
    page = get_statement_page(session, exchange.german, again)
    assert page.content.opening_from == get_text(session, exchange.german, agreed)[1]
    assert (figures(page)["opening"], figures(page)["closing"]) == (7, 5)


def test_a_year_without_a_confirmed_statement_is_closed_with_the_records(session, exchange):
    before = exchange.correct(exchange.freeze(2023), opening=(4, "As agreed by letter."))
    exchange.sign(exchange.german, before)
    exchange.answer(exchange.egyptian, before)
    exchange.stays("EG", "DE", 1, year=2024)
    page = get_statement_page(session, exchange.german, exchange.freeze(2025))
    assert (figures(page)["opening"], figures(page)["closing"]) == (3, 1)
    assert page.content.lots == ((2022, 1),)


def test_nobody_else_learns_that_a_statement_exists(session, exchange):
    statement_id = exchange.freeze()
    stranger = actor_for(*_officer(session, "FR"))
    same_state = actor_for(*_officer(session, "DE"))
    other_manager = actor_for(make_person(session, country="DE"), programmes=[make_programme(session)])
    for actor in (stranger, same_state, other_manager, Actor(person_id=99, is_administrator=True)):
        assert list_statement_lines(session, actor) == []
        assert list_choices(session, actor, NOW.date()) == []
        with pytest.raises(NotFound):
            get_statement_page(session, actor, statement_id)
        with pytest.raises(NotFound), write_unit(session) as unit:
            freeze_statement(unit, actor, exchange.ask, now=NOW)
    assert [line.is_yours for line in list_statement_lines(session, exchange.german)] == [True]
    assert [line.is_yours for line in list_statement_lines(session, exchange.manager)] == [False]


def _officer(session, country: str):
    office = make_office(session, country=country)
    return make_officer(session, office), office


def test_only_a_side_signs_and_only_the_other_answers(session, exchange):
    statement_id = exchange.freeze()
    with pytest.raises(NotPermitted):
        exchange.sign(exchange.manager, statement_id)
    with pytest.raises(NotPermitted), write_unit(session) as unit:
        freeze_statement(unit, exchange.german, exchange.ask, now=NOW)
    with pytest.raises(NotPermitted), write_unit(session) as unit:
        count_again(unit, exchange.german, statement_id, now=NOW)
    exchange.sign(exchange.german, statement_id)
    for actor in (exchange.german, exchange.manager):
        with pytest.raises(NotTheOtherSide):
            exchange.answer(actor, statement_id)


def test_a_dispute_needs_words_and_a_stale_page_changes_nothing(session, exchange):
    statement_id = exchange.freeze()
    exchange.sign(exchange.german, statement_id)
    with pytest.raises(InvalidInput, match="no_words"):
        exchange.answer(exchange.egyptian, statement_id, days_ab="  ")
    with pytest.raises(ChangedMeanwhile), write_unit(session) as unit:
        answer_statement(unit, exchange.egyptian, statement_id, ALL_FINE, remarks={}, row_version=1, now=NOW)
    assert get_statement_page(session, exchange.egyptian, statement_id).standing.state is StatementState.SIGNED


def test_a_period_must_be_over_and_has_one_first_version(session, exchange):
    exchange.freeze()
    with pytest.raises(InvalidInput, match="already_frozen"):
        exchange.freeze()
    with pytest.raises(InvalidInput, match="period_not_over"):
        exchange.freeze(2026)


def test_a_correction_needs_a_reason_and_an_agreed_figure_too(session, exchange):
    statement_id = exchange.freeze()
    for why, agreed in (("", {}), ("again", {"days_ab": (31, "")}), ("again", {"days_ab": (-1, "x")})):
        with pytest.raises(InvalidInput):
            exchange.correct(statement_id, why, **agreed)
    assert [row.version for row in get_statement_page(session, exchange.manager, statement_id).versions] == [1]


def test_a_remark_goes_to_the_other_side(session, exchange):
    statement_id = exchange.freeze()
    with write_unit(session) as unit:
        write_remark(unit, exchange.german, statement_id, EntryCode.OPENING, "Since when?", now=NOW)
    assert exchange.mails() == [("statement_remark", exchange.egyptian.person_id)]
    assert get_statement_page(session, exchange.egyptian, statement_id).remarks == {"opening": 1}


def test_a_hash_says_which_version_it_is_and_finds_every_change(session, exchange):
    statement_id = exchange.freeze()
    text, digest = get_text(session, exchange.german, statement_id)
    assert digest == hash_of(text)
    checked = check_hash(session, f" {digest.upper()}\n")
    assert checked is not None
    assert (checked.version, checked.is_intact, checked.is_current, checked.state) == (
        1,
        True,
        True,
        StatementState.FROZEN,
    )
    exchange.correct(statement_id)
    assert [each.is_current for each in verify_statements(session)] == [False, True]
    changed = text.replace('"value":3', '"value":4')
    with write_unit(session):
        row = session.get_one(Statement, statement_id)
        row.content = changed
    assert check_hash(session, digest).is_intact is False
    with write_unit(session):
        row = session.get_one(Statement, statement_id)
        row.content_hash = hash_of(changed)
    assert check_hash(session, digest) is None
    assert [each.is_intact for each in verify_statements(session)] == [False, True]
    assert check_hash(session, "0" * 64) is None
    with pytest.raises(InvalidInput):
        check_hash(session, "not a hash")


def test_a_statement_of_another_accounting_year_is_not_corrected_into_other_days(session, exchange):
    statement_id = exchange.freeze()
    with write_unit(session):
        session.get_one(Programme, exchange.programme_id).accounting_month = 4
    assert not get_statement_page(session, exchange.manager, statement_id).may_correct
    with pytest.raises(TransitionNotPermitted):
        exchange.correct(statement_id)
    page = get_statement_page(session, exchange.manager, statement_id)
    assert (page.standing.is_replaced, len(page.versions)) == (False, 1)
