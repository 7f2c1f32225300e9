"""The demo's desks, programmes, routes and calls: what must be there before anybody can apply.

Days are counted from the day of loading. Each route has three calls: two that are closed, for the cases that began
long ago, and the one that is open now.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.domain.errors import NotFound
from mobility.services.demo.files import DemoFiles, Table
from mobility.storage.models.funding import ExchangeRate
from mobility.storage.models.offices import Office, OfficeCompetence
from mobility.storage.models.programmes import Call, Programme, ProgrammeStage, Route, RouteStage
from mobility.storage.models.treaties import InstrumentRow

COMPETENCES: Final = {
    "post": ("case", "visa"),
    "recognition_body": ("recognition",),
    "funder": ("funding",),
    "school": ("language",),
}
RATE_DAYS: Final = 560


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """When one call of a route was open, in days from today, and when its guests arrive."""

    opens: int
    closes: int
    arrive_from: int
    arrive_until: int


PAST_ROUNDS: Final = (
    Round(opens=-560, closes=-301, arrive_from=-400, arrive_until=-120),
    Round(opens=-300, closes=-111, arrive_from=-160, arrive_until=130),
)
FIRST_OPEN: Final = -110
FIRST_ARRIVAL: Final = 21
LAST_ARRIVAL: Final = 240


@dataclass(slots=True, kw_only=True)
class Foundation:
    """What was made, by its codes; the calls of a route in the order of their rounds."""

    today: date
    offices: dict[str, Office] = field(default_factory=dict)
    programmes: dict[str, Programme] = field(default_factory=dict)
    routes: dict[tuple[str, str, str], Route] = field(default_factory=dict)
    calls: dict[tuple[str, str, str], list[Call]] = field(default_factory=dict)

    def call_open_on(self, key: tuple[str, str, str], day: date) -> Call:
        """Return the call of a route that took applications on a day; raises NotFound."""
        found = next((call for call in self.calls[key] if call.opens_on <= day <= call.closes_on), None)
        if found is None:
            raise NotFound(route="-".join(key), day=day)
        return found


def lay_foundation(session: Session, files: DemoFiles, today: date) -> Foundation:
    """Make desks, programmes, routes, calls and rates; raises NotFound for an instrument that is not registered."""
    foundation = Foundation(today=today)
    for table in files.offices:
        foundation.offices[table["code"]] = _office(table)
    session.add_all(foundation.offices.values())
    session.flush()
    for table in files.programmes:
        _add_programme(session, foundation, table)
    session.add_all(_rates(files, today))
    session.flush()
    return foundation


def _office(table: Table) -> Office:
    office = Office(
        code=table["code"],
        kind=table["kind"],
        country=table["country"],
        seat_country=table.get("seat_country", table["country"]),
        seat_city=table["seat_city"],
        time_zone=table["time_zone"],
        calendar=table["calendar"],
        email=f"{table['code']}@offices.example.org",
        names=dict(table["names"]),
    )
    office.competences = [OfficeCompetence(competence=each) for each in COMPETENCES[table["kind"]]]
    return office


def _add_programme(session: Session, foundation: Foundation, table: Table) -> None:
    instrument_id = session.scalar(select(InstrumentRow.id).where(InstrumentRow.code == table["instrument"]))
    if instrument_id is None:
        raise NotFound(instrument=table["instrument"])
    month, day = table["accounting"]
    programme = Programme(
        code=table["code"],
        kind=table["kind"],
        instrument_id=instrument_id,
        names=dict(table["names"]),
        accounting_month=month,
        accounting_day=day,
        tolerance_percent=table["tolerance_percent"],
        underuse_neutral=table["underuse_neutral"],
        language_level=table["language_level"],
        currency=table["currency"],
    )
    programme.stages = [
        ProgrammeStage(stage=each["stage"], position=position, after=list(each.get("after", [])))
        for position, each in enumerate(table["stages"])
    ]
    session.add(programme)
    session.flush()
    foundation.programmes[table["code"]] = programme
    for route_table in table["route"]:
        _add_route(session, foundation, table, route_table, programme)


def _add_route(session: Session, made: Foundation, table: Table, given: Table, programme: Programme) -> None:
    post = made.offices[given["post"]]
    route = Route(
        programme_id=programme.id,
        sending=given["sending"],
        receiving=given["receiving"],
        receiving_office_id=post.id,
        sending_office_id=made.offices[given["sending_post"]].id,
        quota_people=given.get("quota_people"),
        quota_days=given.get("quota_days"),
    )
    clocks: Mapping[str, Sequence[str]] = given.get("clocks", {})
    desks = {"case": given["post"], "visa": given["post"], **given["desks"]}
    route.stages = [
        RouteStage(stage=stage, office_id=made.offices[desks[stage]].id, provisions=list(clocks.get(stage, ())))
        for stage in ("case", *(each["stage"] for each in table["stages"]))
    ]
    session.add(route)
    session.flush()
    key = (table["code"], given["sending"], given["receiving"])
    made.routes[key] = route
    rounds = (*PAST_ROUNDS, _present_round(given["call"]["closes_in_days"]))
    made.calls[key] = [_call(table, given, route, post, each, made.today) for each in rounds]
    session.add_all(made.calls[key])


def _present_round(closes: int) -> Round:
    return Round(opens=FIRST_OPEN, closes=closes, arrive_from=FIRST_ARRIVAL, arrive_until=LAST_ARRIVAL)


def _call(table: Table, given: Table, route: Route, post: Office, each: Round, today: date) -> Call:
    closes_on = today + timedelta(days=each.closes)
    offered = given["call"]
    return Call(
        code=f"{table['code']}-{given['sending']}-{given['receiving']}-{closes_on:%Y-%m}".lower(),
        route_id=route.id,
        discipline=offered["discipline"],
        opens_on=today + timedelta(days=each.opens),
        closes_on=closes_on,
        time_zone=post.time_zone,
        stay_from=today + timedelta(days=each.arrive_from),
        stay_until=today + timedelta(days=each.arrive_until + table["max_days"]),
        min_days=table["min_days"],
        max_days=table["max_days"],
        places=offered["places"],
        host=offered["host"],
        host_city=offered["host_city"],
        texts=_texts(table, given),
        is_published=True,
    )


def _texts(table: Table, given: Table) -> dict[str, Any]:
    """A title in every language it was given in; the summary is the programme's, in English where none is there."""
    summaries = table["summary"]
    return {
        locale: {"title": title, "summary": summaries[locale]}
        for locale, title in given["title"].items()
        if locale in summaries
    }


def _rates(files: DemoFiles, today: date) -> list[ExchangeRate]:
    """One rate a month and currency, on the first, as far back as the demo's payments go."""
    firsts = sorted({(today - timedelta(days=days)).replace(day=1) for days in range(0, RATE_DAYS, 20)})
    return [
        ExchangeRate(currency=currency, day=day, rate=rate, source=files.rate_source)
        for day in firsts
        for currency, rate in files.rates.items()
    ]
