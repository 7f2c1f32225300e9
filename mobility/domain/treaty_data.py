"""Provision versions as plain data and back, and the hash that tells whether a wording has changed.

The form is what the registry stores and what `--json` prints: JSON values only, dates as ISO text. Reading
back trusts its input, because only `version_as_data` writes it; files from outside go through storage.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from mobility.domain.events import EventCode
from mobility.domain.law_codes import (
    Confidence,
    DatePrecision,
    Direction,
    ExtensionModel,
    LegalStage,
    OwedBy,
    PeriodUnit,
    ProvisionKind,
    Silence,
    SuspensionModel,
)
from mobility.domain.treaties import Extension, Instrument, Party, ProvisionVersion, Suspension

# The day of the last check and the running number say nothing about the wording: they never make a version.
_OUTSIDE_THE_HASH = ("number", "checked_on")


def version_as_data(version: ProvisionVersion) -> dict[str, Any]:
    """Return every field of a version as JSON values."""
    return _as_data(version)


def instrument_as_data(instrument: Instrument) -> dict[str, Any]:
    """Return an instrument and its parties as JSON values."""
    return _as_data(instrument)


def version_from_data(data: Mapping[str, Any]) -> ProvisionVersion:
    """Rebuild a version from what `version_as_data` made; raises ValueError or KeyError for anything else."""
    suspension, extension = data["suspension"], data["extension"]
    return ProvisionVersion(
        **{key: data[key] for key in _PLAIN},
        valid_from=_day(data["valid_from"]),
        valid_from_precision=DatePrecision(data["valid_from_precision"]),
        valid_until=_day(data["valid_until"]),
        checked_on=_day(data["checked_on"]),
        stage=LegalStage(data["stage"]),
        kind=ProvisionKind(data["kind"]),
        unit=PeriodUnit(data["unit"]) if data["unit"] else None,
        direction=Direction(data["direction"]),
        owed_by=OwedBy(data["owed_by"]),
        silence=Silence(data["silence"]),
        confidence=Confidence(data["confidence"]),
        starts_on=_event(data["starts_on"]),
        met_by=tuple(EventCode(code) for code in data["met_by"]),
        rows=tuple(data["rows"]),
        params=MappingProxyType(dict(data["params"])),
        suspension=_suspension_from(suspension) if suspension else None,
        extension=_extension_from(extension) if extension else None,
    )


def content_hash(version: ProvisionVersion) -> str:
    """Return a SHA-256 that is the same for the same wording, whatever its number or last check."""
    return _digest({key: value for key, value in _as_data(version).items() if key not in _OUTSIDE_THE_HASH})


_PLAIN = (
    "number",
    "article",
    "trigger",
    "period",
    "rule_set",
    "calendar",
    "soft",
    "owes",
    "consequence",
    "url",
    "source",
    "notes",
)


def _suspension_from(data: Mapping[str, Any]) -> Suspension:
    events = {key: _event(data[key]) for key in ("from_event", "to_event")}
    return Suspension(**{**data, **events, "model": SuspensionModel(data["model"])})


def _extension_from(data: Mapping[str, Any]) -> Extension:
    unit = PeriodUnit(data["unit"]) if data["unit"] else None
    return Extension(**{**data, "model": ExtensionModel(data["model"]), "unit": unit})


def _event(code: str | None) -> EventCode | None:
    return EventCode(code) if code else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _digest(data: Mapping[str, Any]) -> str:
    canonical = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _as_data(record: ProvisionVersion | Instrument | Party | Suspension | Extension) -> dict[str, Any]:
    return {item.name: _plain(getattr(record, item.name)) for item in fields(record)}


def _plain(value: object) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, Party | Suspension | Extension):
        return _as_data(value)
    return value
