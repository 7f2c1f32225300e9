"""Reads released statistics; they are public and hold no case data."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from mobility.storage.models.public_statistics import StatisticsRelease
from mobility.storage.models.treaties import InstrumentRow


def list_newest(session: Session) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the newest revision of every released table, the newest period first."""
    newest = (
        select(
            StatisticsRelease.instrument_id,
            StatisticsRelease.starts_on,
            func.max(StatisticsRelease.revision).label("revision"),
        )
        .group_by(StatisticsRelease.instrument_id, StatisticsRelease.starts_on)
        .subquery()
    )
    query = (
        select(
            InstrumentRow.code,
            InstrumentRow.short_title,
            StatisticsRelease.starts_on,
            StatisticsRelease.ends_on,
            StatisticsRelease.revision,
            StatisticsRelease.released_at,
        )
        .join(InstrumentRow, InstrumentRow.id == StatisticsRelease.instrument_id)
        .join(
            newest,
            (newest.c.instrument_id == StatisticsRelease.instrument_id)
            & (newest.c.starts_on == StatisticsRelease.starts_on)
            & (newest.c.revision == StatisticsRelease.revision),
        )
        .order_by(StatisticsRelease.starts_on.desc(), InstrumentRow.code)
    )
    return session.execute(query).all()


def list_of_period(session: Session, instrument_code: str, year: int) -> list[StatisticsRelease]:
    """Return every revision of the table whose period begins in a year, oldest first."""
    query = (
        select(StatisticsRelease)
        .join(InstrumentRow, InstrumentRow.id == StatisticsRelease.instrument_id)
        .where(
            InstrumentRow.code == instrument_code,
            StatisticsRelease.starts_on.between(date(year, 1, 1), date(year, 12, 31)),
        )
        .order_by(StatisticsRelease.starts_on, StatisticsRelease.revision)
    )
    return list(session.scalars(query))


def list_overlapping(session: Session, instrument_id: int, first: date, last: date) -> list[StatisticsRelease]:
    """Return every release of an instrument that shares a day with a period, oldest first."""
    query = (
        select(StatisticsRelease)
        .where(
            StatisticsRelease.instrument_id == instrument_id,
            StatisticsRelease.starts_on <= last,
            StatisticsRelease.ends_on >= first,
        )
        .order_by(StatisticsRelease.revision, StatisticsRelease.id)
    )
    return list(session.scalars(query))
