"""Loading the law: idempotent, old wording kept, people's own instruments left alone."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mobility.domain.access import SYSTEM
from mobility.domain.errors import NotFound
from mobility.domain.law_codes import (
    Confidence,
    Direction,
    InstrumentKind,
    LegalStage,
    OwedBy,
    PeriodUnit,
    ProvisionKind,
)
from mobility.domain.treaties import Instrument, Party, Provision, ProvisionVersion
from mobility.services.treaties import (
    ProvisionBelongsElsewhere,
    TreatiesLoaded,
    governing_version,
    load_treaties,
    version_of,
)
from mobility.storage.db import write_unit
from mobility.storage.models.audit import AuditEntry
from mobility.storage.models.treaties import InstrumentRow, PartyRow, ProvisionRow, ProvisionVersionRow

NOW = datetime(2026, 12, 14, 9, 0, tzinfo=UTC)
LATER = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)

WORDING = ProvisionVersion(
    number=1,
    valid_from=date(2010, 4, 5),
    article="23(1)",
    stage=LegalStage.VISA,
    kind=ProvisionKind.DECISION,
    trigger="an application was lodged",
    period="15",
    unit=PeriodUnit.DAYS,
    direction=Direction.FORWARD,
    owed_by=OwedBy.POST,
    rule_set="EU1182",
    owes="The consulate decides.",
    source="the text",
    checked_on=date(2026, 11, 21),
    confidence=Confidence.SEEN,
)
CODE = Instrument(
    code="test_visa_code",
    title="A code on visas",
    short_title="Visa Code",
    kind=InstrumentKind.EU_ACT,
    parties=(Party(country="CH", in_force_on=date(2010, 4, 5)), Party(country="FR", in_force_on=date(2010, 4, 5))),
)
DECISION = Provision(code="X05", instrument="test_visa_code", versions=(WORDING,))


def load(
    session: Session,
    *,
    instruments: tuple[Instrument, ...] = (CODE,),
    provisions: tuple[Provision, ...] = (DECISION,),
    now: datetime = NOW,
) -> TreatiesLoaded:
    with write_unit(session):
        return load_treaties(session, SYSTEM, law=(instruments, provisions), now=now)


def versions_of(session: Session, code: str = "X05") -> list[ProvisionVersionRow]:
    query = select(ProvisionVersionRow).join(ProvisionRow).where(ProvisionRow.code == code)
    return list(session.scalars(query.order_by(ProvisionVersionRow.id)))


def counts(session: Session) -> list[int]:
    tables = (InstrumentRow, PartyRow, ProvisionRow, ProvisionVersionRow, AuditEntry)
    return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def test_the_files_that_ship_are_loaded_once_and_then_change_nothing(session: Session) -> None:
    with write_unit(session):
        first = load_treaties(session, now=NOW)
    assert len(first.added) == first.provisions
    before = counts(session)
    with write_unit(session):
        again = load_treaties(session, now=LATER)
    assert not again.changed
    assert counts(session) == before


def test_what_is_stored_is_read_back_as_the_same_wording(session: Session) -> None:
    load(session)
    row = governing_version(session, "X05", date(2026, 1, 1))
    assert version_of(row) == WORDING
    assert (row.valid_from, row.article, row.confidence) == (date(2010, 4, 5), "23(1)", "seen")


def test_a_changed_wording_is_another_row_and_the_old_one_stays(session: Session) -> None:
    load(session)
    (old,) = versions_of(session)
    changed = replace(DECISION, versions=(replace(WORDING, period="20"),))
    loaded = load(session, provisions=(changed,), now=LATER)
    assert (loaded.added, loaded.superseded) == (("X05",), ("X05",))
    kept, new = versions_of(session)
    assert kept.id == old.id
    assert (kept.superseded_at, kept.terms["period"]) == (LATER, "15")
    assert governing_version(session, "X05", date(2026, 1, 1)).id == new.id


def test_a_wording_that_returns_takes_its_old_row_back(session: Session) -> None:
    load(session)
    (old,) = versions_of(session)
    load(session, provisions=(replace(DECISION, versions=(replace(WORDING, period="20"),)),))
    load(session, now=LATER)
    first, second = versions_of(session)
    assert first.id == old.id
    assert first.superseded_at is None
    assert second.superseded_at == LATER


def test_a_new_check_is_no_new_wording(session: Session) -> None:
    load(session)
    checked = replace(WORDING, checked_on=date(2027, 1, 2))
    loaded = load(session, provisions=(replace(DECISION, versions=(checked,)),), now=LATER)
    assert not loaded.changed
    (row,) = versions_of(session)
    assert row.checked_on == date(2027, 1, 2)
    assert version_of(row).checked_on == date(2027, 1, 2)


def test_each_day_is_governed_by_its_own_version(session: Session) -> None:
    old = replace(WORDING, valid_until=date(2020, 2, 1), period="30")
    new = replace(WORDING, number=2, valid_from=date(2020, 2, 2), period="45")
    load(session, provisions=(replace(DECISION, versions=(old, new)),))
    assert governing_version(session, "X05", date(2020, 2, 1)).terms["period"] == "30"
    assert governing_version(session, "X05", date(2020, 2, 2)).terms["period"] == "45"
    with pytest.raises(NotFound):
        governing_version(session, "X05", date(2010, 4, 4))
    with pytest.raises(NotFound):
        governing_version(session, "X99", date(2026, 1, 1))


def test_a_provision_that_left_the_files_is_superseded_not_deleted(session: Session) -> None:
    load(session)
    loaded = load(session, provisions=(), now=LATER)
    assert loaded.superseded == ("X05",)
    (row,) = versions_of(session)
    assert row.superseded_at == LATER
    assert not load(session, provisions=()).changed


def test_an_instrument_that_people_drafted_is_left_alone(session: Session) -> None:
    with write_unit(session):
        drafted = InstrumentRow(code="drafted", kind="agreement", title="Ours", short_title="Ours", file_name="")
        drafted.provisions.append(ProvisionRow(code="X77", stage="visa"))
        load_treaties(session, SYSTEM, law=((CODE,), (DECISION,)), now=NOW)
        session.add(drafted)
    with write_unit(session):
        drafted.provisions[0].versions.append(
            ProvisionVersionRow(
                content_hash="0" * 64, article="1", confidence="seen", terms={"period": "1"}, loaded_at=NOW
            )
        )
    assert load(session, now=LATER).superseded == ()
    assert versions_of(session, "X77")[0].superseded_at is None


def test_parties_follow_the_file(session: Session) -> None:
    load(session)
    moved = Party(country="CH", in_force_on=date(2011, 1, 1))
    joined = Party(country="LI", in_force_on=date(2011, 12, 19))
    loaded = load(session, instruments=(replace(CODE, parties=(moved, joined)),))
    assert loaded.changed_instruments == ("test_visa_code",)
    row = session.scalar(select(InstrumentRow).where(InstrumentRow.code == "test_visa_code"))
    assert row is not None
    session.expire_all()
    assert [(party.country, party.in_force_on) for party in row.parties] == [
        ("CH", date(2011, 1, 1)),
        ("LI", date(2011, 12, 19)),
    ]


def test_a_changed_title_is_a_change_and_is_audited_as_codes(session: Session) -> None:
    load(session)
    loaded = load(session, instruments=(replace(CODE, title="Another title"),), now=LATER)
    assert loaded.changed_instruments == ("test_visa_code",)
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc())).first()
    assert entry is not None
    assert entry.code == "treaties_loaded"
    assert entry.parameters == {"instruments": ["test_visa_code"], "added": [], "superseded": []}


def test_a_code_of_another_instrument_is_refused_and_nothing_is_kept(session: Session) -> None:
    load(session)
    before = counts(session)
    other = replace(CODE, code="other")
    with pytest.raises(ProvisionBelongsElsewhere) as refused:
        load(session, instruments=(CODE, other), provisions=(replace(DECISION, instrument="other"),))
    assert refused.value.parameters["registered"] == "test_visa_code"
    assert counts(session) == before
