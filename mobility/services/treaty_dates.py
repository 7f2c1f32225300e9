"""The days in the life of a programme's treaty: notice windows, renewals, reports, meetings, days of each year, ends.

What the provisions say is read from the registry. Windows for notice are counted by the engine; what comes every so
many years starts where the text says, or on the day that a manager entered: the last meeting, the last report. A
provision whose start nobody knows yet gives no day and is listed as such.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from mobility.domain.access import Actor
from mobility.domain.errors import DomainError, InvalidInput, NotFound
from mobility.domain.law_codes import Direction, LegalStage, OwedBy, ProvisionKind
from mobility.domain.time_limits import Answer, TimeLimit, day_of
from mobility.domain.treaties import ProvisionVersion
from mobility.domain.treaty_data import version_from_data
from mobility.domain.treaty_life import LifeDate, LifeKind, next_periodic, next_yearly, version_of
from mobility.services.audit import record_event
from mobility.services.deadlines import compute_question
from mobility.storage.models.notices import TreatyAnchor
from mobility.storage.models.programmes import Programme, Route
from mobility.storage.models.treaties import InstrumentRow, PartyRow, ProvisionRow, ProvisionVersionRow

_STAGES: Final = frozenset({LegalStage.GOVERNANCE, LegalStage.RECIPROCITY})
DATES_PATH: Final = "/treaty-dates"
PREFIX: Final = "treaty"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownStart:
    """A recurring duty of a programme's treaty of which nobody said when it last took place."""

    programme_id: int
    programme_names: Mapping[str, Any]
    provision_id: int
    owes: str
    article: str
    instrument: str
    years: int
    on_day: date | None = None  # as entered


@dataclass(frozen=True, slots=True, kw_only=True)
class _Programme:
    id: int
    names: Mapping[str, Any]
    instrument_id: int
    countries: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Term:
    """One wording in force, of one instrument, seen from one programme."""

    programme: _Programme
    instrument: InstrumentRow
    provision: ProvisionRow
    version: ProvisionVersion
    bound_on: date | None
    anchor: date | None
    today: date

    def found(self, kind: LifeKind, on: date, name: str = "", **facts: Any) -> LifeDate:
        """Return a date of this wording."""
        occasion = f"{PREFIX}:{self.programme.id}:{self.provision.code}:{name or kind.value}"
        told = {
            "owes": self.version.owes,
            "consequence": self.version.consequence,
            "instrument": self.instrument.short_title,
            "article": self.version.article,
            "programme_names": dict(self.programme.names),
            "path": DATES_PATH,
        }
        return LifeDate(occasion=occasion, kind=kind, on=on, facts=told | facts, version=version_of(on))


def treaty_dates(session: Session, today: date, programme_ids: Collection[int] | None = None) -> list[LifeDate]:
    """Return the next day of everything that recurs or ends, for some programmes or all of them, soonest first."""
    programmes = _programmes(session, programme_ids)
    dates = [found for term in _terms(session, today, programmes) for found in _dates_of(term)]
    dates += _withdrawals(session, today, programmes)
    return sorted(dates, key=lambda each: (each.on, each.occasion))


def list_starts(session: Session, actor: Actor, today: date) -> list[UnknownStart]:
    """Return the recurring duties that count from a day which a manager knows, with the day where one was entered."""
    return [
        UnknownStart(
            programme_id=term.programme.id,
            programme_names=term.programme.names,
            provision_id=term.provision.id,
            owes=term.version.owes,
            article=term.version.article,
            instrument=term.instrument.short_title,
            years=int(term.version.period),
            on_day=term.anchor,
        )
        for term in _terms(session, today, _programmes(session, actor.managed_programmes))
        if _needs_start(term.version)
    ]


def enter_start(
    session: Session, actor: Actor, *, programme_id: int, provision_id: int, on: date, now: datetime
) -> None:
    """Keep when a recurring duty last took place. Raises NotFound for a programme of others, InvalidInput for a future
    day."""
    known = {(each.programme_id, each.provision_id) for each in list_starts(session, actor, now.date())}
    if (programme_id, provision_id) not in known:
        raise NotFound(programme=programme_id, provision=provision_id)
    if on > now.date():
        raise InvalidInput(field="on_day", reason="future", value=on.isoformat())
    row = session.scalars(
        select(TreatyAnchor).where(TreatyAnchor.programme_id == programme_id, TreatyAnchor.provision_id == provision_id)
    ).one_or_none()
    if row is None:
        row = TreatyAnchor(programme_id=programme_id, provision_id=provision_id)
        session.add(row)
    row.on_day, row.entered_by, row.entered_at = on, actor.person_id, now
    session.flush()
    record_event(
        session,
        actor,
        "treaty_start_entered",
        at=now,
        subject="programme",
        subject_id=programme_id,
        parameters={"provision": provision_id, "on": on.isoformat()},
    )


def _terms(session: Session, today: date, programmes: Sequence[_Programme]) -> Iterator[_Term]:
    anchors = {
        (row.programme_id, row.provision_id): row.on_day
        for row in session.execute(select(TreatyAnchor.programme_id, TreatyAnchor.provision_id, TreatyAnchor.on_day))
    }
    wordings = _wordings(session, {each.instrument_id for each in programmes}, today)
    for programme in programmes:
        for provision, version in wordings.get(programme.instrument_id, ()):
            instrument = provision.instrument
            yield _Term(
                programme=programme,
                instrument=instrument,
                provision=provision,
                version=version,
                bound_on=_bound_on(instrument.parties, programme.countries),
                anchor=anchors.get((programme.id, provision.id)),
                today=today,
            )


def _programmes(session: Session, programme_ids: Collection[int] | None) -> list[_Programme]:
    query = select(Programme.id, Programme.names, Programme.instrument_id).order_by(Programme.id)
    routes = select(Route.programme_id, Route.sending, Route.receiving)
    if programme_ids is not None:
        query = query.where(Programme.id.in_(sorted(programme_ids)))
        routes = routes.where(Route.programme_id.in_(sorted(programme_ids)))
    countries: dict[int, set[str]] = {}
    for route in session.execute(routes):
        countries.setdefault(route.programme_id, set()).update((route.sending, route.receiving))
    return [
        _Programme(
            id=row.id,
            names=row.names,
            instrument_id=row.instrument_id,
            countries=frozenset(countries.get(row.id, ())),
        )
        for row in session.execute(query)
    ]


def _wordings(
    session: Session, instrument_ids: Collection[int], today: date
) -> dict[int, list[tuple[ProvisionRow, ProvisionVersion]]]:
    """Return the wordings in force by instrument; of the stages of people only those that end."""
    query = (
        select(ProvisionRow, ProvisionVersionRow.terms)
        .join(ProvisionVersionRow, ProvisionVersionRow.provision_id == ProvisionRow.id)
        .where(ProvisionRow.instrument_id.in_(sorted(instrument_ids)), ProvisionVersionRow.superseded_at.is_(None))
        .options(selectinload(ProvisionRow.instrument).selectinload(InstrumentRow.parties))
        .order_by(ProvisionRow.code, ProvisionVersionRow.id)
    )
    found: dict[int, list[tuple[ProvisionRow, ProvisionVersion]]] = {}
    for provision, terms in session.execute(query):
        version = version_from_data(terms)
        if version.covers(today) and (version.stage in _STAGES or version.valid_until is not None):
            found.setdefault(provision.instrument_id, []).append((provision, version))
    return found


def _bound_on(parties: Sequence[PartyRow], countries: Collection[str]) -> date | None:
    """Return the day from which the instrument binds all of the programme's countries that are parties."""
    days = [party.in_force_on or party.provisional_from for party in parties if party.country in countries]
    known = [day for day in days if day is not None]
    return max(known) if known else None


def _dates_of(term: _Term) -> Iterator[LifeDate]:
    version = term.version
    if version.valid_until is not None and version.valid_until >= term.today:
        yield term.found(LifeKind.SUNSET, version.valid_until)
    if version.stage not in _STAGES:
        return
    if version.kind is ProvisionKind.NOTICE and version.direction is Direction.BACKWARD_LATEST:
        yield from _notices(term)
    elif version.direction is Direction.PERIODIC:
        yield from _periodic(term)
    elif version.direction is Direction.FIXED_DATE and not version.params.get("year_offset"):
        month, day = _number(version.params, "month"), _number(version.params, "day")
        yield term.found(LifeKind.AGREEMENT, next_yearly(month, day, term.today))


def _number(params: Mapping[str, object], name: str) -> int:
    value = params.get(name)
    return value if isinstance(value, int) else 0


def _notices(term: _Term) -> Iterator[LifeDate]:
    """Yield the last day for notice and, for terms that renew themselves, the end of the present one."""
    try:
        if "renewal" in term.version.params:
            if term.bound_on is not None:
                yield from _renewing(term, term.bound_on)
        elif "month" in term.version.params:
            yield from _before_a_day_of_the_year(term)
    except DomainError:
        return  # a wording that the engine refuses is found by `mobility treaties check`, not by a reminder


def _renewing(term: _Term, bound_on: date) -> Iterator[LifeDate]:
    answer = _asked(term, bound_on, {"reference_date": term.today})
    term_end = next((step.day for step in answer.steps if step.code == "term_ends"), None)
    if isinstance(term_end, date):
        yield term.found(LifeKind.RENEWAL, term_end)
        if "notice_too_late" in answer.flags:
            answer = _asked(term, bound_on, {"reference_date": term_end + timedelta(days=1)})
    yield term.found(LifeKind.NOTICE, day_of(answer.earliest))


def _before_a_day_of_the_year(term: _Term) -> Iterator[LifeDate]:
    month, day = _number(term.version.params, "month"), _number(term.version.params, "day")
    end = next_yearly(month, day, term.today)
    found = day_of(_asked(term, end, {}).earliest)
    if found < term.today:
        found = day_of(_asked(term, next_yearly(month, day, end + timedelta(days=1)), {}).earliest)
    yield term.found(LifeKind.NOTICE, found)


def _asked(term: _Term, start: date, extra: Mapping[str, Any]) -> Answer:
    version = term.version
    params = {key: value for key, value in version.params.items() if key in ("renewal", "notice")}
    return compute_question(
        TimeLimit(
            rule_set=version.rule_set,
            start=start,
            period=version.period,
            unit=version.unit.value if version.unit else "",
            direction="backward",
            params=params | dict(extra),
        )
    )


def _needs_start(version: ProvisionVersion) -> bool:
    is_periodic = version.stage in _STAGES and version.direction is Direction.PERIODIC
    return is_periodic and not {"first_on", "month"} & set(version.params) and version.period.isdecimal()


def _periodic(term: _Term) -> Iterator[LifeDate]:
    version, params = term.version, term.version.params
    kind = LifeKind.MEETING if version.owed_by is OwedBy.JOINT_COMMISSION else LifeKind.REPORT
    years = int(version.period) if version.period.isdecimal() else 0
    if years < 1:
        return
    if "first_on" in params:  # a day, which stored terms hold as text
        first_on = date.fromisoformat(str(params["first_on"]))
        yield term.found(kind, next_periodic(first_on, years, term.today))
    elif "month" in params:
        for party in term.instrument.parties:
            if party.country in term.programme.countries and party.in_force_on is not None:
                month, day = _number(params, "month"), _number(params, "day")
                on = next_periodic(party.in_force_on, years, term.today, month=month, day=day)
                yield term.found(kind, on, name=f"{kind.value}:{party.country}", party=party.country)
    elif term.anchor is not None:
        yield term.found(kind, next_periodic(term.anchor, years, max(term.today, term.anchor + timedelta(days=1))))


def _withdrawals(session: Session, today: date, programmes: Sequence[_Programme]) -> list[LifeDate]:
    """Return the days on which a party leaves an instrument that a programme stands on."""
    query = (
        select(PartyRow.instrument_id, PartyRow.country, PartyRow.withdrawn_on, InstrumentRow.short_title)
        .join(InstrumentRow, InstrumentRow.id == PartyRow.instrument_id)
        .where(PartyRow.instrument_id.in_({each.instrument_id for each in programmes}), PartyRow.withdrawn_on >= today)
        .order_by(PartyRow.country)
    )
    leaving: dict[int, list[Any]] = {}
    for row in session.execute(query):
        leaving.setdefault(row.instrument_id, []).append(row)
    return [_withdrawal(each, row) for each in programmes for row in leaving.get(each.instrument_id, ())]


def _withdrawal(programme: _Programme, row: Any) -> LifeDate:
    facts = {
        "owes": "",
        "instrument": row.short_title,
        "article": "",
        "programme_names": dict(programme.names),
        "party": row.country,
        "path": DATES_PATH,
    }
    return LifeDate(
        occasion=f"{PREFIX}:{programme.id}:withdrawal:{row.country}",
        kind=LifeKind.SUNSET,
        on=row.withdrawn_on,
        facts=facts,
        version=version_of(row.withdrawn_on),
    )
