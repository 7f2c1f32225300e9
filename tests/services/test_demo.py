"""The demo world: every state is there, everything went through the services, and copies are sound cases.

The eighty cases are played once, into a file of their own; what must hold on both databases is shown with a few.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session

from mobility.app import create_app
from mobility.cli.context import CommandContext
from mobility.cli.demo import load
from mobility.domain.access import SYSTEM
from mobility.domain.references import is_reference
from mobility.domain.statements import EntryCode, content_of
from mobility.files.of_session import give_files
from mobility.services import demo
from mobility.services.audit import verify_chain
from mobility.services.clocks import explain_clock
from mobility.services.demo.agreements import agreements_of
from mobility.services.demo.files import read_demo_files
from mobility.services.demo.names import NamePool, address_part
from mobility.services.demo.plots import read_script
from mobility.services.passwords import check_new_password, password_fits
from mobility.services.public_statistics import get_release
from mobility.services.reciprocity import ReportQuery, build_report
from mobility.services.statements import verify_statements
from mobility.settings import load_settings
from mobility.storage.db import db, write_unit
from mobility.storage.flow_counting import differences
from mobility.storage.keys import Keys, give_keys
from mobility.storage.models.accounts import Person, RoleGrant
from mobility.storage.models.applications import Application
from mobility.storage.models.audit import AuditEntry
from mobility.storage.models.cases import CaseFile, CaseNumber, Request, Stage, Stay
from mobility.storage.models.clocks import Clock, ClockEventRow
from mobility.storage.models.funding import Payment
from mobility.storage.models.offices import Office
from mobility.storage.models.programmes import Call, Programme, Route, RouteStage
from mobility.storage.models.public_statistics import StatisticsRelease
from mobility.storage.models.reciprocity import Flow, FlowImport
from mobility.storage.models.reminders import OutboxMessage, Reminder
from mobility.storage.models.statements import Statement, StatementRemark
from mobility.storage.models.thresholds import FollowedThreshold
from mobility.storage.models.treaties import ProvisionRow, ProvisionVersionRow
from mobility.storage.schema import Base
from mobility.storage.scope import ALL, NO_DATE, CaseScope, set_scope

NOW = datetime(2026, 12, 14, 9, 0, tzinfo=UTC)
PASSWORD_HASH = "the hash is made once, by the command"

pytestmark = [pytest.mark.xdist_group("demo"), pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """All eighty cases in a file of their own."""
    yield from _loaded(tmp_path_factory.mktemp("demo"), cases=demo.PLAYED)


def _loaded(instance: Path, *, cases: int, seed: int = 1) -> Iterator[Session]:
    instance.mkdir(exist_ok=True)
    app = create_app(load_settings(environment="testing", instance=instance, secret_key="t" * 40))
    with app.app_context():
        Base.metadata.create_all(db.engine)
        session = db.session()
        set_scope(session, ALL)
        give_keys(session, Keys.from_secret("t" * 40))
        give_files(session, app.config["FILES"])
        play(session, cases=cases, seed=seed)
        yield session
        db.session.remove()
        db.engine.dispose()


def play(session: Session, *, cases: int, seed: int = 1) -> None:
    papers = demo.prepare_papers(session)
    with write_unit(session):
        world = demo.load_world(session, seed=seed, password_hash=PASSWORD_HASH, now=NOW)
        assert list(demo.play_cases(session, world, papers, cases=cases))[-1:] == ([1000] if cases else [])


def rows(session: Session, *columns: Any) -> list[Any]:
    return list(session.execute(select(*columns)))


# -- the files ---------------------------------------------------------------------------------------------------------


def test_there_are_eight_programmes_and_more_than_a_dozen_countries() -> None:
    files = read_demo_files()
    assert len(files.programmes) == 8
    routes = [route for programme in files.programmes for route in programme["route"]]
    assert len({route["sending"] for route in routes} | {route["receiving"] for route in routes}) >= 12
    for programme in files.programmes:
        directions = {(route["sending"], route["receiving"]) for route in programme["route"]}
        assert directions == {(receiving, sending) for sending, receiving in directions}


def test_every_country_has_names_enough_in_its_own_script() -> None:
    files = read_demo_files()
    for code, country in files.countries.items():
        names = NamePool(files.countries, 1).all(code)
        assert len({name.own for name in names}) == len(names) >= 20
        assert all(name.latin and name.language == country["language"] for name in names)
        assert all(address_part(name.latin).replace(".", "").isascii() for name in names)


def test_the_password_of_the_demo_is_one_that_people_may_choose() -> None:
    files = read_demo_files()
    for account in files.accounts:
        name = account["name"]
        check_new_password(files.password, [*([name] if isinstance(name, str) else name), account["email"]])


def test_plots_are_eighty_cases_and_some_drafts() -> None:
    plots = read_script().plots
    assert sum(not plot.draft for plot in plots) == demo.PLAYED
    assert sum(plot.draft for plot in plots) >= 3


# -- the world ---------------------------------------------------------------------------------------------------------


def test_cases_stand_in_every_status(played: Session) -> None:
    found = Counter(status for (status,) in rows(played, CaseFile.status))
    assert sum(found.values()) == demo.PLAYED
    assert set(found) == {
        "submitted", "returned", "ineligible", "in_progress", "ready", "travelling", "completed", "closed",
        "withdrawn", "refused", "lapsed", "appealed",
    }  # fmt: skip
    drafts = played.scalar(select(func.count()).select_from(Application).where(Application.status == "draft"))
    assert drafts is not None
    assert drafts >= 3 + found["returned"]


def test_clocks_run_stand_still_are_met_and_are_late(played: Session) -> None:
    found = Counter(state for (state,) in rows(played, Clock.state))
    assert set(found) >= {"running", "paused", "met", "lapsed"}
    late = played.scalars(
        select(ProvisionRow.code)
        .join(ProvisionRow.versions)
        .join(Clock, Clock.provision_version_id == ProvisionVersionRow.id)
        .where(Clock.state == "running", Clock.latest_on < NOW.date(), Clock.owed_by == "office")
    ).all()
    assert {"V05", "C10", "S01"} <= set(late)


def test_every_provision_of_a_route_is_registered_and_starts_clocks(played: Session) -> None:
    registered = set(played.scalars(select(ProvisionRow.code)))
    listed = {code for provisions in played.scalars(select(RouteStage.provisions)) for code in provisions}
    assert listed <= registered
    started = set(
        played.scalars(
            select(ProvisionRow.code)
            .join(ProvisionRow.versions)
            .join(Clock, Clock.provision_version_id == ProvisionVersionRow.id)
        )
    )
    assert listed - started <= {"F05"}  # the report that starts it lies months ahead in most cases


def test_no_clock_was_refused_by_the_engine(played: Session) -> None:
    refused = [
        entry.parameters["uncomputed"]
        for entry in played.scalars(select(AuditEntry))
        if entry.parameters.get("uncomputed")
    ]
    assert refused == []


def test_both_directions_and_several_disciplines_and_moneys(played: Session) -> None:
    pairs = set(rows(played, CaseFile.sending, CaseFile.receiving))
    assert {("EG", "DE"), ("DE", "EG"), ("CH", "FR"), ("FR", "CH")} <= {tuple(pair) for pair in pairs}
    assert len({discipline for (discipline,) in rows(played, CaseFile.discipline)}) >= 4
    paid = played.execute(
        select(Payment.currency, Payment.rate, Payment.amount_eur_minor).where(Payment.status == "paid")
    )
    currencies = {row.currency for row in paid if row.amount_eur_minor}
    assert len(currencies) >= 5


def test_flows_follow_the_cases(played: Session) -> None:
    assert Counter(status for (status,) in rows(played, Flow.status)).keys() == {"planned", "actual", "cancelled"}
    travelling = played.scalars(
        select(Flow.end_on).join(CaseFile, CaseFile.id == Flow.case_id).where(CaseFile.status == "travelling")
    )
    assert set(travelling) == {None}


def test_names_keep_their_script_and_have_a_latin_form(played: Session) -> None:
    found = {language for (language,) in rows(played, CaseFile.applicant_name_language)}
    assert {"ar", "zh", "ja", "hy", "uk", "hi"} <= found
    assert all(
        latin.isascii() or latin == own
        for own, latin in rows(played, CaseFile.applicant_name, CaseFile.applicant_name_latin)
    )


def test_every_printed_account_can_sign_in_and_has_something_to_do(played: Session) -> None:
    for log_in in demo.list_log_ins():
        person = played.scalars(select(Person).where(Person.email == log_in.email)).one()
        assert person.is_active
        assert person.confirmed_at
        assert person.password_hash == PASSWORD_HASH
    waiting = played.scalars(
        select(CaseFile).join(Request, Request.case_id == CaseFile.id).join(Person, Person.id == CaseFile.person_id)
        .where(Person.email == "layla.haddad@artists.example.org", Request.answered_at.is_(None))
    ).one()  # fmt: skip
    assert waiting.status == "in_progress"
    paused = select(Clock.id).where(Clock.case_id == waiting.id, Clock.state == "paused")
    assert played.scalars(paused).first() is not None


def test_every_desk_has_two_people_for_decisions_about_money(played: Session) -> None:
    seated = Counter(played.scalars(select(RoleGrant.office_id).where(RoleGrant.office_id.is_not(None))))
    assert set(seated) == set(played.scalars(select(Office.id)))
    assert min(seated.values()) >= 2
    assert all(row.proposed_by != row.approved_by for row in rows(played, Payment.proposed_by, Payment.approved_by))


def test_open_calls_are_on_offer_in_three_languages(played: Session) -> None:
    calls = played.scalars(select(Call).where(Call.opens_on <= NOW.date(), Call.closes_on >= NOW.date())).all()
    assert len(calls) == played.scalar(select(func.count()).select_from(Route))
    assert all({"en", "fr", "ar"} <= set(call.texts) for call in calls)
    assert all(call.stay_from > NOW.date() for call in calls)


def test_nothing_of_the_past_leaves_the_house_and_the_future_stays_planned(played: Session) -> None:
    assert set(played.execute(select(OutboxMessage.status, OutboxMessage.reason))) == {("cancelled", "demo")}
    due = played.scalars(select(Reminder.state).where(Reminder.due_at <= NOW))
    assert "planned" not in set(due)
    ahead = played.scalar(
        select(func.count()).select_from(Reminder).where(Reminder.due_at > NOW, Reminder.state == "planned")
    )
    assert ahead


def test_the_log_tells_it_in_the_order_in_which_it_happened(played: Session) -> None:
    instants = played.scalars(select(AuditEntry.at).order_by(AuditEntry.seq)).all()
    assert list(instants) == sorted(instants)
    assert instants[-1] <= NOW
    assert verify_chain(played) is None


def test_every_programme_has_carried_a_case_to_its_end(played: Session) -> None:
    joined = select(Programme.code).join(CaseFile, CaseFile.programme_id == Programme.id)
    ended = set(played.scalars(joined.where(CaseFile.status.in_(("travelling", "completed", "closed")))))
    assert ended == set(played.scalars(select(Programme.code)))


def test_states_have_disputed_corrected_and_confirmed_a_statement_and_one_waits(played: Session) -> None:
    told = {
        (programme, a, b, version, state)
        for a, b, version, state, programme in played.execute(
            select(Statement.country_a, Statement.country_b, Statement.version, Statement.state, Programme.code).join(
                Programme, Programme.instrument_id == Statement.instrument_id
            )
        )
    }
    assert told == {
        ("stage-space", "DE", "EG", 1, "disputed"),
        ("stage-space", "DE", "EG", 2, "confirmed"),
        ("stage-space", "DE", "SN", 1, "signed"),
        ("research-2016", "DE", "EG", 1, "signed"),
    }
    assert all(each.is_intact for each in verify_statements(played))
    second = played.scalars(select(Statement).where(Statement.version == 2)).one()
    days = content_of(second.content).entry(EntryCode.DAYS_BA)
    assert (days.value - days.counted, bool(days.reason), len(days.cases)) == (3, True, 2)
    remarks = played.scalars(select(StatementRemark.entry)).all()
    assert remarks == ["days_ba", "days_ba"]


def test_two_years_are_released_and_a_threshold_followed_by_the_manager(played: Session) -> None:
    manager = played.scalars(select(Person.id).where(Person.email == "claire.delorme@programmes.example.org")).one()
    released = played.scalars(select(StatisticsRelease).order_by(StatisticsRelease.starts_on)).all()
    assert [(each.starts_on, each.ends_on) for each in released] == [
        (date(year, 1, 1), date(year, 12, 31)) for year in (2024, 2025)
    ]
    assert {each.released_by for each in released} == {manager}
    assert played.scalars(select(FollowedThreshold.person_id)).one() == manager


def test_an_older_register_gives_years_to_look_back_on_and_a_public_table_with_figures(played: Session) -> None:
    taken = played.scalars(select(FlowImport)).one()
    assert (taken.status, taken.first_on, taken.last_on) == ("imported", date(2022, 1, 1), date(2024, 12, 31))
    assert differences(played) == []
    table = get_release(played, "unesco_diversity_convention", 2024).published
    assert table.value("EG", "DE", None) == 27
    assert table.value(None, "EG", "music") is None  # four people
    query = ReportQuery(programme="stage-space", first_year=2022, last_year=2024, country="DE")
    measured = build_report(played, SYSTEM, query, now=NOW)
    assert (measured.totals.ab, measured.totals.ba) == (86, 109)


@pytest.mark.parametrize("now", [datetime(2027, 1, 2, 7, tzinfo=UTC), datetime(2027, 5, 3, 7, tzinfo=UTC)])
def test_what_states_agree_on_lies_between_the_end_of_the_year_and_the_day_of_loading(
    session: Session, now: datetime
) -> None:
    with write_unit(session):
        world = demo.load_world(session, seed=1, password_hash=PASSWORD_HASH, now=now)
        acts = list(agreements_of(session, world))
        for at, do in sorted(acts, key=lambda act: act[0]):
            do(at)
    assert len({at for at, _ in acts}) == len(acts)
    assert all(datetime(2026, 2, 1, tzinfo=UTC) < at <= now for at, _ in acts)
    assert session.scalar(select(func.count()).select_from(Statement)) == 4


# -- loading -----------------------------------------------------------------------------------------------------------


def snapshot(instance: Path, seed: int) -> list[tuple[Any, ...]]:
    for session in _loaded(instance, cases=3, seed=seed):
        cases = rows(session, CaseFile.reference, CaseFile.applicant_name, CaseFile.status, CaseFile.next_due_on)
        people = rows(session, Person.email, Person.name)
        return [tuple(row) for row in (*cases, *people)]
    raise AssertionError("nothing was loaded")


def test_the_same_seed_and_day_make_the_same_world(tmp_path: Path) -> None:
    first, again, other = (snapshot(tmp_path / str(place), seed) for place, seed in enumerate((7, 7, 8)))
    assert first == again
    assert first != other


def test_the_demo_is_loaded_into_an_empty_installation_only(session: Session) -> None:
    with write_unit(session):
        demo.load_world(session, seed=1, password_hash=PASSWORD_HASH, now=NOW)
    assert demo.has_people(session)
    with pytest.raises(demo.DemoAlreadyThere), write_unit(session):
        demo.load_world(session, seed=1, password_hash=PASSWORD_HASH, now=NOW)


def test_the_command_loads_once_and_prints_the_log_ins(tmp_path: Path) -> None:
    app = create_app(load_settings(environment="testing", instance=tmp_path, secret_key="t" * 40))
    with app.app_context():
        Base.metadata.create_all(db.engine)
    context = CommandContext(make_app=lambda: app)
    loaded = CliRunner().invoke(load, ["--cases", "2"], obj=context)
    assert loaded.exit_code == 0, loaded.output
    again = CliRunner().invoke(load, ["--once"], obj=context)
    refused = CliRunner().invoke(load, [], obj=context)
    for said in (loaded.output, again.output):
        assert "layla.haddad@artists.example.org" in said
        assert read_demo_files().password in said
    assert refused.exit_code == 1
    assert "empty database only" in refused.output
    with app.app_context():
        set_scope(db.session(), ALL)
        assert db.session().scalar(select(func.count()).select_from(CaseFile)) == 2
        person = db.session().scalars(select(Person).where(Person.email == "admin@mobility.example.org")).one()
        assert password_fits(person.password_hash, read_demo_files().password)
        db.session.remove()
        db.engine.dispose()


# -- copies ------------------------------------------------------------------------------------------------------------

COPIES = 240


@pytest.fixture
def copied(session: Session) -> Session:
    """Ten played cases of different states, and copies of them, on either database."""
    play(session, cases=10)
    run = demo.plan_copies(session, wanted=COPIES, seed=1, password_hash=PASSWORD_HASH, now=NOW)
    with demo.many_rows(session, write_unit, rebuild_indexes=True):
        while run.done < run.wanted:
            with write_unit(session):
                run.write_chunk(session)
        with write_unit(session):
            run.finish(session)
    return session


def test_copies_are_sound_cases(copied: Session) -> None:
    _references_are_valid_and_counted_on(copied)
    _people_see_their_own(copied)
    _clocks_hang_together(copied)
    _ended_copies_press_nobody(copied)
    _stays_and_flows_agree(copied)
    _a_copy_of_a_clock_can_be_explained(copied)
    _the_database_goes_on_as_before(copied)


def _last_played(session: Session) -> int:
    """The tenth id: PostgreSQL's sequences count on from what other tests have rolled back."""
    return session.scalars(select(CaseFile.id).order_by(CaseFile.id).offset(9).limit(1)).one()


def _references_are_valid_and_counted_on(session: Session) -> None:
    cases = rows(session, CaseFile.reference, CaseFile.sending, CaseFile.receiving, CaseFile.submitted_at)
    assert len({case.reference for case in cases}) == len(cases) == 10 + COPIES
    assert all(is_reference(case.reference) for case in cases)
    assert all(case.submitted_at <= NOW for case in cases)
    counted = Counter(case.reference[:10] for case in cases)
    for number in session.scalars(select(CaseNumber)):
        assert counted[f"{number.sending}-{number.receiving}-{number.year}"] == number.last


def _people_see_their_own(session: Session) -> None:
    own = {
        tuple(row) for row in rows(session, CaseScope.principal, CaseScope.case_id) if row.principal.startswith("p:")
    }
    assert own == {(f"p:{person_id}", case_id) for case_id, person_id in rows(session, CaseFile.id, CaseFile.person_id)}


def _clocks_hang_together(session: Session) -> None:
    events = rows(session, ClockEventRow.clock_id, ClockEventRow.case_id, ClockEventRow.seq)
    clocks = {row.id: row.case_id for row in rows(session, Clock.id, Clock.case_id)}
    assert all(clocks[event.clock_id] == event.case_id for event in events)
    assert set(clocks) == {event.clock_id for event in events if event.seq == 1}
    open_copies = set(session.scalars(select(CaseFile.id).where(CaseFile.is_open, CaseFile.id > _last_played(session))))
    assert open_copies & set(clocks.values())


def _ended_copies_press_nobody(session: Session) -> None:
    ended = select(CaseFile.id).where(CaseFile.is_open.is_(False), CaseFile.id > _last_played(session))
    assert set(session.scalars(select(CaseFile.next_due_on).where(CaseFile.id.in_(ended)))) == {None}
    scopes = session.execute(select(CaseScope.is_open, CaseScope.due_on).where(CaseScope.case_id.in_(ended)))
    assert {tuple(row) for row in scopes} == {(False, NO_DATE)}
    assert not session.scalars(select(Clock.id).where(Clock.case_id.in_(ended))).all()


def _stays_and_flows_agree(session: Session) -> None:
    joined = select(Stay.arrived_on, Stay.departed_on, Flow.start_on, Flow.end_on)
    stays = session.execute(joined.join(Flow, Flow.case_id == Stay.case_id)).all()
    assert len(stays) > 1
    for stay in stays:
        assert (stay.arrived_on, stay.departed_on) == (stay.start_on, stay.end_on)
        assert isinstance(stay.arrived_on, date)


def _a_copy_of_a_clock_can_be_explained(session: Session) -> None:
    query = select(Clock).where(Clock.case_id > _last_played(session), Clock.state == "running").order_by(Clock.id)
    clock = session.scalars(query).first()
    assert clock is not None
    assert clock.derivation == {}
    explained = explain_clock(session, SYSTEM, clock.id, NOW)
    assert explained.answer.steps
    assert abs(explained.state.due_on - clock.due_on) <= timedelta(days=21)  # holidays lie elsewhere in another week


def _the_database_goes_on_as_before(session: Session) -> None:
    for table in Base.metadata.sorted_tables:
        there = {index["name"] for index in inspect(session.connection()).get_indexes(table.name)}
        assert {index.name for index in table.indexes} <= there
    person = Person(email="next@example.org", name="Next", name_latin="Next", created_at=NOW)
    with write_unit(session):
        session.add(person)
    assert person.id == session.scalar(select(func.max(Person.id)))
    assert len(set(session.scalars(select(Stage.kind)))) == 4
