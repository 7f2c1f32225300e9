"""Shared builders: each makes one row (and what it needs) with sensible values, and returns it.

They write in the unit that is open, or open one of their own, so a test may call them anywhere. Codes are unique
by counting. Append builders for your own rows; keep the keywords of those that are here.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from mobility.domain.access import Actor, OfficeSeat, Role
from mobility.domain.law_codes import Confidence, Direction, LegalStage, OwedBy, PeriodUnit, ProvisionKind
from mobility.domain.treaties import ProvisionVersion
from mobility.domain.treaty_data import content_hash, version_as_data
from mobility.storage.db import write_unit
from mobility.storage.models.accounts import Person, RoleGrant
from mobility.storage.models.applications import Application, ApplicationSection
from mobility.storage.models.cases import CaseFile
from mobility.storage.models.clocks import Clock
from mobility.storage.models.funding import Payment
from mobility.storage.models.offices import Office, OfficeCompetence
from mobility.storage.models.programmes import Call, Programme, ProgrammeStage, Route, RouteStage
from mobility.storage.models.reciprocity import Flow, FlowImport
from mobility.storage.models.treaties import InstrumentRow, PartyRow, ProvisionRow, ProvisionVersionRow
from mobility.storage.schema import Base

NOW = datetime(2026, 12, 14, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
ALL_STAGES = ("visa", "recognition", "funding", "language")

_numbers = count(1)
Row = TypeVar("Row", bound=Base)


def keep(session: Session, row: Row) -> Row:
    """Add a row and give it its id, in the open unit or in one of its own."""
    if session.info.get("writing"):
        session.add(row)
        session.flush()
    else:
        with write_unit(session):
            session.add(row)
    return row


def make_person(session: Session, *, name: str = "Layla Haddad", country: str = "EG", **values: Any) -> Person:
    """A confirmed applicant without any role."""
    number = next(_numbers)
    given = {"email": f"person{number}@example.org", "name_latin": name, "created_at": NOW, "confirmed_at": NOW}
    return keep(session, Person(**(given | {"name": name, "country": country} | values)))


def make_office(
    session: Session,
    *,
    country: str = "DE",
    kind: str = "post",
    competences: Sequence[str] = ("case", "visa"),
    seat_country: str = "",
    **values: Any,
) -> Office:
    """A desk of a country, at home unless `seat_country` says otherwise; a post decides cases and visas."""
    code = f"{country.lower()}-{kind}-{next(_numbers)}"
    given = {"code": code, "seat_city": "Berlin", "time_zone": "Europe/Berlin", "calendar": country}
    named = {"names": {"en": f"Office {code}"}, "seat_country": seat_country or country}
    office = Office(**(given | named | {"country": country, "kind": kind} | values))
    office.competences = [OfficeCompetence(competence=each) for each in competences]
    return keep(session, office)


def make_grant(session: Session, person: Person, role: str, *, office: Any = None, programme: Any = None) -> RoleGrant:
    """Give a person a role at an office or in a programme."""
    grant = RoleGrant(person_id=person.id, role=role, granted_at=NOW)
    grant.office_id, grant.programme_id = office and office.id, programme and programme.id
    return keep(session, grant)


def make_officer(session: Session, office: Office, *, name: str = "Selin Aydın", role: str = "officer") -> Person:
    """A person with a seat at that office."""
    person = make_person(session, name=name, country=office.country)
    make_grant(session, person, role, office=office)
    return person


def actor_for(person: Person, *offices: Office, programmes: Sequence[Programme] = (), role: str = "officer") -> Actor:
    """The actor behind a person, with seats and programmes as given (the rows of the grants are not read)."""
    seats = tuple(
        OfficeSeat(
            office_id=office.id,
            role=Role(role),
            country=office.country,
            time_zone=office.time_zone,
            competences=frozenset(each.competence for each in office.competences),
        )
        for office in offices
    )
    managed = frozenset(programme.id for programme in programmes)
    return Actor(person_id=person.id, seats=seats, managed_programmes=managed)


def make_instrument(session: Session, *, parties: Sequence[str] = ("DE", "EG"), **values: Any) -> InstrumentRow:
    """An instrument in force since 2010 between its parties."""
    code = f"instrument-{next(_numbers)}"
    given = {"code": code, "kind": "treaty", "title": "Agreement on cultural exchange", "short_title": "Exchange 2010"}
    row = InstrumentRow(**(given | values))
    row.parties = [PartyRow(country=each, in_force_on=date(2010, 1, 1)) for each in parties]
    return keep(session, row)


def make_provision(
    session: Session, *, instrument: InstrumentRow | None = None, code: str = "", stage: str = "visa", **terms: Any
) -> ProvisionRow:
    """A provision with one version in force since 2010; `terms` are fields of `ProvisionVersion`."""
    instrument = instrument or make_instrument(session)
    given: dict[str, Any] = {
        "number": 1,
        "valid_from": date(2010, 1, 1),
        "article": "23(1)",
        "stage": LegalStage(stage),
        "kind": ProvisionKind.DECISION,
        "period": "15",
        "unit": PeriodUnit.CALENDAR_DAYS,
        "direction": Direction.FORWARD,
        "owed_by": OwedBy.POST,
        "rule_set": "EU1182",
        "owes": "The consulate decides on the application.",
        "source": "made for a test",
        "checked_on": date(2026, 11, 1),
        "confidence": Confidence.SEEN,
    }
    version = ProvisionVersion(**(given | terms))
    row = ProvisionRow(instrument_id=instrument.id, code=code or f"T{next(_numbers)}", stage=stage)
    row.versions = [_version_row(version)]
    return keep(session, row)


def _version_row(version: ProvisionVersion) -> ProvisionVersionRow:
    return ProvisionVersionRow(
        content_hash=content_hash(version),
        valid_from=version.valid_from,
        valid_until=version.valid_until,
        article=version.article,
        confidence=version.confidence,
        checked_on=version.checked_on,
        terms=version_as_data(version),
        loaded_at=NOW,
    )


def make_programme(
    session: Session, *, instrument: InstrumentRow | None = None, stages: Sequence[str] = ALL_STAGES, **values: Any
) -> Programme:
    """A residency programme whose stages run side by side."""
    instrument = instrument or make_instrument(session)
    given = {"code": f"P{next(_numbers)}", "kind": "residency", "names": {"en": "Stage and Space"}}
    programme = Programme(**(given | {"instrument_id": instrument.id, "language_level": "a2"} | values))
    programme.stages = [ProgrammeStage(stage=each, position=position) for position, each in enumerate(stages)]
    return keep(session, programme)


def make_route(
    session: Session,
    *,
    programme: Programme | None = None,
    sending: str = "EG",
    receiving: str = "DE",
    office: Office | None = None,
    provisions: dict[str, Sequence[str]] | None = None,
    **values: Any,
) -> Route:
    """A direction of a programme; the receiving state's post decides visas, other desks are made as needed.

    `provisions` maps a stage (or "case") to the codes of the provisions whose clocks run there.
    """
    programme = programme or make_programme(session)
    office = office or make_office(session, country=receiving)
    kinds = {"visa": "post", "recognition": "recognition_body", "funding": "funder", "language": "school"}
    route = Route(programme_id=programme.id, sending=sending, receiving=receiving, receiving_office_id=office.id)
    for key, value in values.items():
        setattr(route, key, value)
    codes = provisions or {}
    desks = {"case": office.id, "visa": office.id}
    for stage in [each.stage for each in programme.stages if each.stage not in desks]:
        desks[stage] = make_office(session, country=receiving, kind=kinds[stage], competences=[stage]).id
    wanted = {"case", *(each.stage for each in programme.stages)}
    route.stages = [
        RouteStage(stage=stage, office_id=desk, provisions=list(codes.get(stage, [])))
        for stage, desk in desks.items()
        if stage in wanted
    ]
    return keep(session, route)


def make_call(
    session: Session, *, route: Route | None = None, today: date = TODAY, closes_in_days: int = 28, **values: Any
) -> Call:
    """A published call, open since ten days before `today`, for stays of 30 to 90 days in the half year after it."""
    route = route or make_route(session)
    given: dict[str, Any] = {
        "code": f"call-{next(_numbers)}",
        "opens_on": today - timedelta(days=10),
        "closes_on": today + timedelta(days=closes_in_days),
        "time_zone": "Europe/Berlin",
        "stay_from": today + timedelta(days=60),
        "stay_until": today + timedelta(days=240),
        "min_days": 30,
        "max_days": 90,
        "places": 6,
        "host": "Festspielhaus Hellerau",
        "host_city": "Dresden",
        "texts": {"en": {"title": "Residencies in scenography", "summary": "Studio and travel for three months."}},
        "is_published": True,
    }
    return keep(session, Call(route_id=route.id, **(given | values)))


def make_application(
    session: Session,
    *,
    person: Person | None = None,
    call: Call | None = None,
    arrival_on: date = date(2027, 3, 1),
    departure_on: date = date(2027, 5, 9),
    lines: Sequence[dict[str, Any]] = (),
    **values: Any,
) -> Application:
    """A complete draft for a stay of 70 days in the window of `make_call`."""
    person, call = person or make_person(session), call or make_call(session)
    application = Application(person_id=person.id, call_id=call.id, created_at=NOW, updated_at=NOW)
    answers: dict[str, dict[str, Any]] = {
        "your_work": {"discipline": "theatre", "title": "Light for small stages", "statement": "…", "links": []},
        "your_stay": {"arrival_on": arrival_on.isoformat(), "departure_on": departure_on.isoformat()},
        "funding": {"lines": list(lines)},
    }
    for key, value in values.items():
        setattr(application, key, value)
    application.sections = [
        ApplicationSection(code=code, answers=given, is_complete=True, saved_at=NOW) for code, given in answers.items()
    ]
    return keep(session, application)


def make_case(session: Session, *, route: Route | None = None, now: datetime = NOW, **values: Any) -> CaseFile:
    """A case as it stands when its application was sent, through `open_case`; keywords of `make_application`."""
    from mobility.services.cases import open_case  # here, so that builders of law and desks need no clocks

    call = values.pop("call", None) or make_call(session, route=route)
    application = make_application(session, call=call, **values)
    person = session.get_one(Person, application.person_id)
    if session.info.get("writing"):
        return open_case(session, actor_for(person), application, now)
    with write_unit(session):
        return open_case(session, actor_for(person), session.get_one(Application, application.id), now)


def make_clock(session: Session, case: CaseFile, *, office: Office | None = None, **values: Any) -> Clock:
    """A running clock of the visa stage, owed by the office, of 15 days from `TODAY`; no events, nothing planned."""
    provision = values.pop("provision", None) or make_provision(session)
    given: dict[str, Any] = {
        "provision_version_id": provision.versions[0].id,
        "stage_kind": "visa",
        "owed_by": "office",
        "time_zone": "Europe/Berlin",
        "trigger_on": TODAY,
        "due_on": date(2026, 12, 29),
        "earliest_on": date(2026, 12, 29),
        "latest_on": date(2026, 12, 29),
    }
    office_id = office.id if office else session.get_one(Route, case.route_id).receiving_office_id
    return keep(session, Clock(case_id=case.id, office_id=office_id, **(given | values)))


def make_flow(
    session: Session,
    programme: Programme,
    origin: str = "EG",
    host: str = "DE",
    start_on: date = date(2026, 3, 1),
    end_on: date | None = date(2026, 5, 9),
    **values: Any,
) -> Flow:
    """An actual stay without a case, as history from before this system would be."""
    given: dict[str, Any] = {"discipline": "theatre", "status": "actual", "instrument_id": programme.instrument_id}
    days = {"start_on": start_on, "end_on": end_on}
    return keep(session, Flow(programme_id=programme.id, origin=origin, host=host, **days, **(given | values)))


def make_imports(session: Session, number: int) -> list[FlowImport]:
    """Collections without a row, already taken back."""
    given = {"columns": {}, "source": "A yearbook", "licence": "CC0", "file_name": "f.csv", "staged_at": NOW}
    made = [FlowImport(status="undone", title=f"Import {n}", digest=str(n), **given) for n in range(number)]
    with write_unit(session):
        session.add_all(made)
    return made


def make_payment(session: Session, case: CaseFile, *, payer: str = "DE", **values: Any) -> Payment:
    """An instalment of 900 euros paid on 2 March 2026 for the person of the case."""
    given: dict[str, Any] = {
        "beneficiary": case.sending,
        "milestone": "arrival",
        "amount_minor": 90_000,
        "currency": "EUR",
        "amount_eur_minor": 90_000,
        "status": "paid",
        "proposed_by": case.person_id,
        "proposed_at": NOW,
        "paid_on": date(2026, 3, 2),
    }
    return keep(session, Payment(case_id=case.id, payer=payer, **(given | values)))


def columns_of(row: Any) -> dict[str, Any]:
    """What a row holds, by column, to write many like it at once."""
    return {column.key: getattr(row, column.key) for column in row.__mapper__.column_attrs}
