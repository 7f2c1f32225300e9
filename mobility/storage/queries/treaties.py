"""Reading the registry of law. Versions that a later load replaced stay readable: clocks point at them."""

from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from mobility.storage.models.treaties import InstrumentRow, ProvisionRow, ProvisionVersionRow


def list_instruments(session: Session) -> list[InstrumentRow]:
    """Return all instruments by code with their parties, provisions and versions."""
    query = (
        select(InstrumentRow)
        .order_by(InstrumentRow.code)
        .options(
            selectinload(InstrumentRow.parties),
            selectinload(InstrumentRow.provisions).selectinload(ProvisionRow.versions),
        )
    )
    return list(session.scalars(query))


def list_versions_in_force(session: Session, code: str, on: date) -> list[ProvisionVersionRow]:
    """Return the versions of one provision, not superseded, that cover a day: one, unless something is wrong."""
    row = ProvisionVersionRow
    query = (
        select(row)
        .join(row.provision)
        .where(
            ProvisionRow.code == code,
            row.superseded_at.is_(None),
            or_(row.valid_from.is_(None), row.valid_from <= on),
            or_(row.valid_until.is_(None), row.valid_until >= on),
        )
        .order_by(row.id)
    )
    return list(session.scalars(query))
