"""Row types, one module per capability; importing this package maps them all."""

from mobility.storage.models import (
    accounts,
    applications,
    audit,
    cases,
    clocks,
    documents,
    funding,
    notices,
    offices,
    programmes,
    public_statistics,
    reciprocity,
    reminders,
    statements,
    thresholds,
    treaties,
)

__all__ = [
    "accounts",
    "applications",
    "audit",
    "cases",
    "clocks",
    "documents",
    "funding",
    "notices",
    "offices",
    "programmes",
    "public_statistics",
    "reciprocity",
    "reminders",
    "statements",
    "thresholds",
    "treaties",
]
