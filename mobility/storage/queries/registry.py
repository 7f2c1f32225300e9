"""The registry of law as its pages read it: instruments in a list, one with parties and provisions, one provision."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, distinct, func, or_, select
from sqlalchemy.orm import Session, selectinload

from mobility.domain.errors import NotFound
from mobility.storage.models.treaties import InstrumentRow, PartyRow, ProvisionRow, ProvisionVersionRow


def list_instrument_lines(session: Session) -> Sequence[Row[Any]]:
    """Return every instrument with the number of its parties and of its provisions, by code."""
    parties = select(func.count(PartyRow.id)).where(PartyRow.instrument_id == InstrumentRow.id).scalar_subquery()
    provisions = (
        select(func.count(ProvisionRow.id)).where(ProvisionRow.instrument_id == InstrumentRow.id).scalar_subquery()
    )
    query = select(
        InstrumentRow.code,
        InstrumentRow.kind,
        InstrumentRow.title,
        InstrumentRow.short_title,
        parties.label("parties"),
        provisions.label("provisions"),
    ).order_by(InstrumentRow.code)
    return session.execute(query).all()


def count_unverified(session: Session) -> dict[str, int]:
    """Return for each instrument the number of provisions with wording that nobody compared with a text."""
    query = (
        select(InstrumentRow.code, func.count(distinct(ProvisionRow.id)))
        .join(ProvisionRow, ProvisionRow.instrument_id == InstrumentRow.id)
        .join(ProvisionVersionRow, ProvisionVersionRow.provision_id == ProvisionRow.id)
        .where(
            ProvisionVersionRow.superseded_at.is_(None),
            or_(ProvisionVersionRow.confidence == "recalled", ProvisionVersionRow.checked_on.is_(None)),
        )
        .group_by(InstrumentRow.code)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def get_instrument(session: Session, code: str) -> InstrumentRow:
    """Return an instrument with parties, provisions and versions; raises NotFound."""
    query = (
        select(InstrumentRow)
        .where(InstrumentRow.code == code)
        .options(
            selectinload(InstrumentRow.parties),
            selectinload(InstrumentRow.provisions).selectinload(ProvisionRow.versions),
        )
    )
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound(instrument=code)
    return found


def get_provision(session: Session, code: str) -> ProvisionRow:
    """Return a provision with its instrument and every version that was ever loaded; raises NotFound."""
    query = (
        select(ProvisionRow)
        .where(ProvisionRow.code == code)
        .options(selectinload(ProvisionRow.instrument), selectinload(ProvisionRow.versions))
    )
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound(provision=code)
    return found


def list_present_wordings(session: Session, on: date) -> list[Row[Any]]:
    """Return for each provision its wording as `present_version` chooses it, with `terms` and its instrument's names.

    One statement of columns: the whole registry is read for a list of choices on a public page.
    """
    query = (
        select(
            ProvisionRow.code,
            InstrumentRow.code.label("instrument_code"),
            InstrumentRow.short_title,
            ProvisionVersionRow.terms,
            ProvisionVersionRow.valid_from,
            ProvisionVersionRow.valid_until,
        )
        .join(ProvisionRow, ProvisionVersionRow.provision_id == ProvisionRow.id)
        .join(InstrumentRow, ProvisionRow.instrument_id == InstrumentRow.id)
        .where(ProvisionVersionRow.superseded_at.is_(None))
        .order_by(ProvisionRow.code, ProvisionVersionRow.valid_from, ProvisionVersionRow.id)
    )
    found: dict[str, Row[Any]] = {}
    for row in session.execute(query):
        if row.code not in found or _covers(row, on) or not _covers(found[row.code], on):
            found[row.code] = row
    return list(found.values())


def present_version(provision: ProvisionRow, on: date) -> ProvisionVersionRow | None:
    """Return the wording in force on a day; without one, the last that no later load replaced."""
    current = [each for each in provision.versions if each.superseded_at is None]
    in_force = [each for each in current if _covers(each, on)]
    return (in_force or current or [None])[-1]  # type: ignore[list-item]


def _covers(wording: Any, on: date) -> bool:
    begins, ends = wording.valid_from, wording.valid_until
    return (begins is None or begins <= on) and (ends is None or on <= ends)
