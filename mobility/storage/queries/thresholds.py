"""Reads followed thresholds and the reviews that were called for."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session, selectinload

from mobility.storage.models.thresholds import FollowedThreshold, TriggeredReview
from mobility.storage.models.treaties import InstrumentRow, ProvisionRow, ProvisionVersionRow


def list_of_person(session: Session, person_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return what a person follows, by instrument."""
    query = (
        select(
            FollowedThreshold.id,
            FollowedThreshold.kind,
            FollowedThreshold.country_a,
            FollowedThreshold.country_b,
            FollowedThreshold.level_percent,
            FollowedThreshold.is_crossed,
            FollowedThreshold.measured,
            FollowedThreshold.crossed_on,
            FollowedThreshold.checked_at,
            InstrumentRow.code,
            InstrumentRow.short_title,
        )
        .join(InstrumentRow, InstrumentRow.id == FollowedThreshold.instrument_id)
        .where(FollowedThreshold.person_id == person_id)
        .order_by(InstrumentRow.code, FollowedThreshold.id)
    )
    return session.execute(query).all()


def list_followed(session: Session, instrument_ids: Collection[int] | None) -> list[FollowedThreshold]:
    """Return what anybody follows under these instruments (None: all), by instrument."""
    query = select(FollowedThreshold).order_by(FollowedThreshold.instrument_id, FollowedThreshold.id)
    if instrument_ids is not None:
        query = query.where(FollowedThreshold.instrument_id.in_(sorted(instrument_ids)))
    return list(session.scalars(query))


def find_same(session: Session, wanted: FollowedThreshold) -> FollowedThreshold | None:
    """Return what the person follows already of the same kind and states."""
    query = select(FollowedThreshold).where(
        FollowedThreshold.person_id == wanted.person_id,
        FollowedThreshold.instrument_id == wanted.instrument_id,
        FollowedThreshold.kind == wanted.kind,
        FollowedThreshold.country_a == wanted.country_a,
        FollowedThreshold.country_b == wanted.country_b,
    )
    return session.scalars(query).one_or_none()


def list_provisions(session: Session, instrument_id: int) -> list[ProvisionRow]:
    """Return the provisions of an instrument about reciprocity, with their wordings."""
    query = (
        select(ProvisionRow)
        .where(ProvisionRow.instrument_id == instrument_id, ProvisionRow.stage == "reciprocity")
        .options(selectinload(ProvisionRow.versions))
        .order_by(ProvisionRow.code)
    )
    return list(session.scalars(query))


def find_open_review(session: Session, version_id: int, on: date) -> TriggeredReview | None:
    """Return a review under a wording that was called for and is not due yet."""
    query = (
        select(TriggeredReview)
        .where(
            TriggeredReview.provision_version_id == version_id,
            (TriggeredReview.due_on >= on) | (TriggeredReview.triggered_on == on),
        )
        .order_by(TriggeredReview.id.desc())
        .limit(1)
    )
    return session.scalars(query).one_or_none()


def list_reviews(session: Session, instrument_codes: Collection[str]) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the reviews that were called for under these instruments, the newest first."""
    query = (
        select(
            TriggeredReview.triggered_on,
            TriggeredReview.due_on,
            ProvisionVersionRow.article,
            ProvisionVersionRow.valid_from,
            ProvisionVersionRow.terms,
            ProvisionRow.code,
            InstrumentRow.short_title,
        )
        .join(InstrumentRow, InstrumentRow.id == TriggeredReview.instrument_id)
        .join(ProvisionVersionRow, ProvisionVersionRow.id == TriggeredReview.provision_version_id)
        .join(ProvisionRow, ProvisionRow.id == ProvisionVersionRow.provision_id)
        .where(InstrumentRow.code.in_(sorted(instrument_codes)))
        .order_by(TriggeredReview.triggered_on.desc(), TriggeredReview.id.desc())
    )
    return session.execute(query).all()
