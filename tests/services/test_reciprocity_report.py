"""The report from stored cases: what counts when, for whom, and that every figure equals its list and a recount."""

import json
import random
from collections import Counter
from contextlib import contextmanager
from datetime import date, timedelta
from fractions import Fraction

import pytest
from click.testing import CliRunner
from sqlalchemy import event, update

from mobility.cli.context import CommandContext
from mobility.cli.reciprocity import group
from mobility.domain.access import SYSTEM, principals_of
from mobility.domain.errors import InvalidInput, NotFound
from mobility.domain.reciprocity.accounting import AccountingYear, split_days
from mobility.domain.reciprocity.lamps import LampCode, LampReason, LampState
from mobility.domain.stages import TABLES, StageKind, StageStatus
from mobility.services.reciprocity import (
    TABLES as FILES,
)
from mobility.services.reciprocity import (
    About,
    CasesQuery,
    ReportQuery,
    StaysKind,
    Unit,
    build_report,
    list_cases_behind,
    list_report_choices,
    report_as_data,
)
from mobility.services.reciprocity.regions import by_region
from mobility.services.statistics import ServiceResult, result_of, statuses_of
from mobility.storage.db import write_unit
from mobility.storage.models.cases import CaseFile, Stage
from mobility.storage.models.clocks import CaseEvent
from mobility.storage.models.reciprocity import Flow
from mobility.storage.scope import set_scope
from tests.factories import (
    NOW,
    TODAY,
    actor_for,
    make_case,
    make_clock,
    make_flow,
    make_instrument,
    make_payment,
    make_person,
    make_programme,
    make_provision,
    make_route,
)

YEAR = (date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture
def exchange(session):
    """A programme between Egypt and Germany with a route each way."""
    programme = make_programme(session)
    make_route(session, programme=programme, quota_people=10)
    make_route(session, programme=programme, sending="DE", receiving="EG", quota_people=10)
    return programme


def report_of(session, programme, actor=SYSTEM, **choices):
    choices.setdefault("country", "DE")
    return build_report(session, actor, ReportQuery(programme=programme.code, **choices), now=NOW)


def weights(report):
    return {
        (cell.origin, cell.host): cell.weight
        for row in report.matrix.rows
        for cell in row.cells
        if cell.weight and not cell.domestic
    }


# ------------------------------------------------------------------ what counts


def test_a_stay_over_new_year_is_one_head_and_its_days_are_split(session, exchange):
    make_flow(session, exchange, start_on=date(2025, 12, 20), end_on=date(2026, 1, 10))
    for year, heads, days in ((2025, 1, 12), (2026, 0, 10)):
        asked = {"first_year": year, "last_year": year}
        assert weights(report_of(session, exchange, **asked)) == ({("EG", "DE"): heads} if heads else {})
        assert weights(report_of(session, exchange, unit=Unit.DAYS, **asked)) == {("EG", "DE"): days}


def test_only_stays_that_are_over_are_actual(session, exchange):
    make_flow(session, exchange, end_on=TODAY)
    make_flow(session, exchange, end_on=TODAY + timedelta(days=1))
    make_flow(session, exchange, end_on=None)
    make_flow(session, exchange, status="planned", start_on=date(2027, 2, 1), end_on=date(2027, 3, 1))
    make_flow(session, exchange, status="cancelled")
    found = report_of(session, exchange)
    assert weights(found) == {("EG", "DE"): 1}
    assert found.under_way == 2
    planned = report_of(session, exchange, stays=StaysKind.PLANNED)
    assert (planned.window.first_year, planned.window.last_year) == (2026, 2028)
    assert weights(planned) == {("EG", "DE"): 3}


def test_a_stay_without_an_end_has_no_days(session, exchange):
    make_flow(session, exchange, end_on=None)
    assert weights(report_of(session, exchange, stays=StaysKind.PLANNED, unit=Unit.DAYS)) == {}


def test_the_accounting_year_of_the_programme_decides_the_period(session, exchange):
    with write_unit(session):
        exchange.accounting_month = 4
    make_flow(session, exchange, start_on=date(2026, 3, 31), end_on=date(2026, 4, 1))
    make_flow(session, exchange, start_on=date(2026, 4, 1), end_on=date(2026, 4, 2))
    heads = [report_of(session, exchange, first_year=y, last_year=y).people.total for y in (2025, 2026)]
    days = [
        report_of(session, exchange, first_year=y, last_year=y, unit=Unit.DAYS).measures.total for y in (2025, 2026)
    ]
    assert (heads, days) == ([1, 1], [1, 3])
    assert report_of(session, exchange).window.first_on == date(2024, 4, 1)


def test_stays_within_one_country_are_counted_apart(session, exchange):
    make_flow(session, exchange, "DE", "DE")
    found = report_of(session, exchange)
    assert (found.measures.total, found.measures.domestic, found.measures.r) == (0, 1, None)


def test_nothing_measured_is_undefined_and_never_nought(session, exchange):
    found = report_of(session, exchange)
    assert found.measures.r is None
    assert found.pair.people.balance is None
    assert found.pair.lamps[0].reason is LampReason.NO_CASES
    data = report_as_data(found)
    assert data["measures"]["r"] is None
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert {row["status"] for row in data["ledger"]} == {"none"}


# ------------------------------------------------------------------ a naive recount


def recount(flows, year, periods, today):
    """Heads and days by direction, one stay at a time."""
    heads, days = Counter(), Counter()
    for flow in flows:
        if flow.status != "actual" or flow.end_on is None or flow.end_on > today:
            continue
        key = (flow.origin, flow.host)
        heads[key] += year.period_of(flow.start_on).year in periods
        days[key] += sum(n for period, n in split_days(flow.start_on, flow.end_on, year) if period.year in periods)
    return +heads, +days


@pytest.mark.parametrize("seed", range(4))
def test_the_figures_equal_a_recount_and_their_lists(session, seed):
    rnd = random.Random(seed)
    month, day = rnd.choice([(1, 1), (4, 1), (7, 15), (10, 31)])
    programme = make_programme(session, accounting_month=month, accounting_day=day)
    other = make_programme(session)
    with write_unit(session):
        for _ in range(120):
            start = date(2022, 6, 1) + timedelta(days=rnd.randrange(1700))
            length = rnd.choice([0, 1, 29, 60, 200, 400])
            make_flow(
                session,
                rnd.choice([programme, programme, other]),
                rnd.choice(["DE", "EG", "MA"]),
                rnd.choice(["DE", "EG", "MA"]),
                start,
                rnd.choice([None, start + timedelta(days=length), start + timedelta(days=length)]),
                status=rnd.choice(["actual", "actual", "actual", "planned", "cancelled"]),
            )
    year = AccountingYear(first_month=month, first_day=day)
    flows = session.query(Flow).filter(Flow.programme_id == programme.id).all()
    periods = range(2023, 2026)
    heads, days = recount(flows, year, periods, TODAY)
    for unit, counted in ((Unit.PEOPLE, heads), (Unit.DAYS, days)):
        found = report_of(session, programme, first_year=2023, last_year=2025, unit=unit)
        abroad = {key: n for key, n in counted.items() if key[0] != key[1]}
        assert weights(found) == abroad
        assert found.measures.domestic == sum(n for key, n in counted.items() if key[0] == key[1])
        assert found.measures.total == sum(abroad.values()) == found.matrix.total
        assert found.measures.r == found.measures.weighted_index
        assert sum(row.measures.ab for row in found.rows) == found.totals.ab
        for line in found.ledger:
            one = recount(flows, year, [line.period.year], TODAY)[0 if unit is Unit.PEOPLE else 1]
            pair = (found.country, found.partner)
            assert (line.close.sent, line.close.hosted) == (one[pair], one[pair[::-1]])
        lines = list_cases_behind(session, SYSTEM, CasesQuery(report=found.query, origin="EG", host="DE"), now=NOW)
        if unit is Unit.PEOPLE:
            assert lines.total == heads["EG", "DE"] == lines.without_case


# ------------------------------------------------------------------ whose figures


def test_a_manager_reads_the_programmes_they_manage_and_no_other(session, exchange):
    other = make_programme(session)
    manager = actor_for(make_person(session), programmes=[exchange])
    assert [each.code for each in list_report_choices(session, manager)] == [exchange.code]
    for actor, code in ((manager, other.code), (actor_for(make_person(session)), exchange.code), (manager, "")):
        with pytest.raises(NotFound):
            build_report(session, actor, ReportQuery(programme=code), now=NOW)
        with pytest.raises(NotFound):
            list_cases_behind(session, actor, CasesQuery(report=ReportQuery(programme=code)), now=NOW)


def test_an_instrument_counts_what_the_manager_manages_and_says_what_it_leaves_out(session):
    instrument = make_instrument(session)
    mine = [make_programme(session, instrument=instrument, tolerance_percent=percent) for percent in (20, 10)]
    foreign = make_programme(session, instrument=instrument)
    for programme in (*mine, foreign):
        make_flow(session, programme)
    with write_unit(session):
        mine[1].accounting_month = 4
    manager = actor_for(make_person(session), programmes=mine)
    found = build_report(session, manager, ReportQuery(instrument=instrument.code), now=NOW)
    assert found.people.total == 2
    assert found.scope.left_out == 1
    assert found.scope.years_differ
    assert found.scope.tolerance == Fraction(1, 10)
    assert found.window.first_on == date(2024, 1, 1)


def test_lists_stay_within_the_reader_s_scope_even_for_a_programme_they_manage(session, exchange):
    reference = make_case(session, route=exchange.routes[0]).reference
    manager = actor_for(make_person(session), programmes=[exchange])
    asked = CasesQuery(report=ReportQuery(programme=exchange.code, stays=StaysKind.PLANNED), origin="EG")
    set_scope(session, principals_of(manager))
    assert [line.reference for line in list_cases_behind(session, manager, asked, now=NOW).lines] == [reference]
    set_scope(session, ("g:999999",))
    assert list_cases_behind(session, manager, asked, now=NOW).lines == ()


def test_the_view_point_is_the_reader_s_country_or_the_busiest(session, exchange):
    for _ in range(3):
        make_flow(session, exchange, "EG", "MA")
    at_home = actor_for(make_person(session, country="DE"), programmes=[exchange])
    abroad = actor_for(make_person(session, country="JP"), programmes=[exchange])
    assert report_of(session, exchange, at_home, country="").country == "DE"
    found = report_of(session, exchange, abroad, country="")
    assert (found.country, found.partner) == ("EG", "MA")
    assert report_of(session, exchange, partner="MA").partner == "EG"  # no partner of Germany's


@pytest.mark.parametrize(
    ("choices", "field", "reason"),
    [
        ({"first_year": 1800}, "from", "year_out_of_range"),
        ({"last_year": 9999}, "to", "year_out_of_range"),
        ({"first_year": 2026, "last_year": 2025}, "to", "before_from"),
        ({"first_year": 1990, "last_year": 2026}, "from", "too_many_years"),
        ({"country": "JP"}, "country", "not_a_party"),
        ({"partner": "JP"}, "partner", "not_a_party"),
        ({"days": (date(2026, 2, 1), date(2026, 1, 1))}, "to", "before_from"),
    ],
)
def test_impossible_choices_are_named(session, exchange, choices, field, reason):
    with pytest.raises(InvalidInput) as refused:
        report_of(session, exchange, **choices)
    assert (refused.value.parameters["field"], refused.value.parameters["reason"]) == (field, reason)


@pytest.mark.parametrize("after", ["x", "2026-01-01", "2026-01-01.x", "2026-01-01.9999999999999999999"])
def test_a_key_that_no_page_gave_out_is_refused(session, exchange, after):
    with pytest.raises(InvalidInput):
        list_cases_behind(
            session, SYSTEM, CasesQuery(report=ReportQuery(programme=exchange.code), after=after), now=NOW
        )


# ------------------------------------------------------------------ money, places, service


def test_money_is_payer_by_side_and_what_has_no_rate_is_in_no_sum(session, exchange):
    case = make_case(session, route=exchange.routes[0])
    make_payment(session, case, payer="DE")
    make_payment(session, case, payer="EG", amount_eur_minor=30_000)
    make_payment(session, case, payer="DE", currency="EGP", amount_eur_minor=None)
    make_payment(session, case, payer="DE", status="approved")
    make_payment(session, case, payer="DE", paid_on=date(2023, 12, 31))
    found = report_of(session, exchange)
    cells = {(c.payer, c.beneficiary): (c.eur_minor, c.payments, c.not_converted) for c in found.money.cells}
    assert cells == {("DE", "EG"): (90_000, 2, 1), ("EG", "EG"): (30_000, 1, 0)}
    assert found.money.pair_heads == 1
    assert found.pair.lamps[2].reason is LampReason.NOT_CONVERTED
    assert [row["eur"] for row in FILES["money"](found)] == [900.0, 300.0]
    shares = {each.country: each.contribution_share for each in found.money.countries}
    assert shares == {"DE": Fraction(3, 4), "EG": Fraction(1, 4)}
    for about, payer, lines in ((About.MONEY, "DE", 2), (About.NOT_CONVERTED, "DE", 1), (About.MONEY, "EG", 1)):
        asked = CasesQuery(report=found.query, about=about, origin=payer, host="EG")
        assert len(list_cases_behind(session, SYSTEM, asked, now=NOW).lines) == lines


def test_only_payments_without_a_rate_make_no_amount_at_all(session, exchange):
    make_payment(session, make_case(session, route=exchange.routes[0]), amount_eur_minor=None)
    row = FILES["money"](report_of(session, exchange))[0]
    assert (row["eur"], row["not_converted"], row["status"]) == (None, 1, "none")


def test_quotas_hold_for_each_period_of_the_window(session, exchange):
    for number in range(12):
        make_flow(session, exchange, start_on=date(2025, 1, 1) + timedelta(days=number))
    uses = {(q.sending, q.receiving): q.use for q in report_of(session, exchange).quotas}
    assert (uses["EG", "DE"].used, uses["EG", "DE"].quota) == (12, 30)
    one_year = {
        (q.sending, q.receiving): q.use for q in report_of(session, exchange, first_year=2025, last_year=2025).quotas
    }
    assert (one_year["EG", "DE"].utilisation, one_year["EG", "DE"].beyond) == (Fraction(6, 5), 2)
    places = report_of(session, exchange, first_year=2025, last_year=2025).pair.lamps[3]
    assert places.state is LampState.TILTS_TO_B


def test_unused_places_are_not_held_against_a_side_where_the_programme_says_so(session, exchange):
    with write_unit(session):
        exchange.underuse_neutral = True
    assert report_of(session, exchange).pair.lamps[3].reason is LampReason.UNDERUSE_NEUTRAL


def give(session, case, kind, status, filed=None, decided=None, ended=None):
    """Put a stage where it should be, with the events behind it."""
    codes = {"visa": ("visa_lodged", "visa_decided")}
    with write_unit(session):
        session.execute(
            update(Stage).where(Stage.case_id == case.id, Stage.kind == kind).values(status=status, ended_on=ended)
        )
        for code, day in zip(codes[kind], (filed, decided), strict=True):
            if day is not None:
                session.add(CaseEvent(case_id=case.id, stage_kind=kind, code=code, on_day=day, recorded_at=NOW))


def test_service_counts_decisions_waits_and_time_limits_of_the_other_side_s_offices(session):
    programme = make_programme(session, stages=["visa"])
    route = make_route(session, programme=programme)
    effect = make_provision(session, kind="effect")
    cases = [make_case(session, route=route) for _ in range(4)]
    first = date(2026, 11, 1)
    give(session, cases[0], "visa", "issued", first, first + timedelta(days=10))
    give(session, cases[1], "visa", "refused", first, first + timedelta(days=20))
    give(session, cases[2], "visa", "withdrawn", first, ended=first + timedelta(days=30))
    give(session, cases[3], "visa", "lodged", first)
    make_clock(session, cases[0], state="met", met_on=date(2026, 12, 29))
    make_clock(session, cases[1], state="met", met_on=date(2026, 12, 30))
    make_clock(session, cases[2], state="running", latest_on=TODAY - timedelta(days=1))
    make_clock(session, cases[2], state="paused", latest_on=TODAY - timedelta(days=1))
    make_clock(session, cases[3], state="running", latest_on=TODAY)
    make_clock(session, cases[3], state="met", met_on=date(2026, 12, 30), provision=effect)
    make_clock(session, cases[3], state="met", met_on=date(2026, 12, 20), owed_by="applicant")
    found = report_of(session, programme, country="EG")
    mine, theirs = found.service
    counts = mine.counts
    assert (counts.approved, counts.refused, counts.withdrawn, counts.pending) == (1, 1, 1, 1)
    assert (counts.kept, counts.limited) == (1, 3)
    assert (mine.median_days, mine.waits) == (20, 4)
    assert (theirs.counts.applied, theirs.median_days) == (0, None)
    assert found.pair.lamps[4].state is LampState.TOO_FEW
    for about, number in ((About.APPROVED, 1), (About.PENDING, 1), (About.KEPT, 1), (About.LATE, 2)):
        asked = CasesQuery(report=found.query, about=about, origin="EG", host="DE")
        assert len(list_cases_behind(session, SYSTEM, asked, now=NOW).lines) == number, about


def test_service_looks_at_cases_applied_for_in_the_window(session):
    programme = make_programme(session, stages=["visa"])
    case = make_case(session, route=make_route(session, programme=programme))
    asked = {"country": "EG", "first_year": 2026, "last_year": 2026}
    assert report_of(session, programme, **asked).service[0].counts.applied == 1
    with write_unit(session):
        session.execute(update(CaseFile).where(CaseFile.id == case.id).values(submitted_at=NOW.replace(year=2025)))
    assert report_of(session, programme, **asked).service[0].counts.applied == 0


def test_every_status_of_every_stage_counts_as_one_result():
    pairs = [pair for result in ServiceResult for pair in statuses_of(result)]
    assert len(pairs) == len(set(pairs)) == sum(len(table.statuses()) for table in TABLES.values())
    assert result_of(StageKind.FUNDING, StageStatus.DECLINED) is ServiceResult.WITHDRAWN
    assert result_of(StageKind.VISA, StageStatus.REVOKED) is ServiceResult.REFUSED
    assert result_of(StageKind.LANGUAGE, StageStatus.WAIVED) is ServiceResult.NOT_ASKED
    assert result_of(StageKind.VISA, StageStatus.APPEALED) is ServiceResult.PENDING


# ------------------------------------------------------------------ order, cost, the command


def test_lists_go_on_where_the_page_ended(session, exchange):
    for _ in range(53):
        make_case(session, route=exchange.routes[0])
    asked = ReportQuery(programme=exchange.code, stays=StaysKind.PLANNED)
    first = list_cases_behind(session, SYSTEM, CasesQuery(report=asked), now=NOW)
    second = list_cases_behind(session, SYSTEM, CasesQuery(report=asked, after=first.next_after), now=NOW)
    references = [line.reference for page in (first, second) for line in page.lines]
    assert (len(first.lines), len(second.lines), second.next_after) == (50, 3, "")
    assert len(set(references)) == 53 == first.total


def test_countries_stand_by_region():
    assert by_region(["ZZ", "DE", "EG", "FR", "CN", "MA"]) == ["EG", "MA", "CN", "DE", "FR", "ZZ"]


@contextmanager
def counted(session):
    statements = []

    def note(conn, cursor, statement, *rest):
        statements.append(statement)

    engine = session.get_bind().engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_a_report_costs_the_same_few_statements_whatever_its_size(session, exchange):
    case = make_case(session, route=exchange.routes[0])
    make_payment(session, case)
    make_clock(session, case, state="met", met_on=TODAY)
    for code in ("MA", "FR", "CN"):
        make_flow(session, exchange, code, "DE")
    with counted(session) as statements:
        report_of(session, exchange)
    assert len(statements) <= 18


class Context(CommandContext):
    def __init__(self, session):
        self._session = session

    @contextmanager
    def session(self):
        yield self._session


def test_the_command_prints_the_report_of_a_programme(session, exchange):
    for _ in range(8):
        make_flow(session, exchange)
    make_flow(session, exchange, "DE", "EG")

    def run(*arguments):
        return CliRunner().invoke(group, ["report", *arguments], obj=Context(session))

    asked = ["--programme", exchange.code, "--from", "2026-01-01", "--to", "2026-12-31", "--country", "de"]
    told = run(*asked, "--json")
    data = json.loads(told.stdout)
    assert (told.exit_code, data["measures"]["total"], data["measures"]["r"]) == (0, 9, 0.222222)
    assert (data["from"], data["to"], data["country"], data["partner"]) == ("2026-01-01", "2026-12-31", "DE", "EG")
    people = next(lamp for lamp in data["lamps"] if lamp["lamp"] == LampCode.PEOPLE)
    assert people["state"] == "tilts_to_b"
    words = run(*asked)
    assert "Germany sent 1 person to Egypt and hosted 8. That tilts to Egypt." in words.stdout
    assert run("--programme", "NONE", *asked[2:]).exit_code == 1
    assert "2026-01-01" in run(*asked[:2], "--from", "2026-02-01", "--to", "2026-01-01").stderr
    assert run(*asked[:2], "--from", "yesterday", "--to", "2026-01-01").exit_code == 2
