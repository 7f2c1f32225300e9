"""Whose flows are counted, as conditions on flows, imported rows and sums; and which stays are over or lie ahead."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, or_

from mobility.storage.models.reciprocity import Flow, FlowImport, FlowSummary, ImportedFlow

Days = tuple[date, date]
"""First and last day, both included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowSource:
    """Whose flows are counted: programmes with what was imported for them, or one collection that has no programme.

    Empty `discipline`: all. Empty `countries`: all, else only flows between them.
    """

    programme_ids: frozenset[int]
    collection: int | None = None
    discipline: str = ""
    countries: frozenset[str] = frozenset()

    def of_cases(self) -> list[ColumnElement[bool]]:
        """Conditions on `flow`."""
        wanted: list[ColumnElement[bool]] = [Flow.programme_id.in_(sorted(self.programme_ids)), *self._within(Flow)]
        return [*wanted, Flow.discipline == self.discipline] if self.discipline else wanted

    def of_imports(self) -> list[ColumnElement[bool]]:
        """Conditions on `imported_flow` joined with `flow_import`."""
        owner = (
            FlowImport.programme_id.in_(sorted(self.programme_ids))
            if self.collection is None
            else FlowImport.id == self.collection
        )
        wanted = [owner, FlowImport.status == "imported", *self._within(ImportedFlow)]
        return [*wanted, ImportedFlow.discipline == self.discipline] if self.discipline else wanted

    @property
    def sums_form(self) -> "SumsForm":
        """Which conditions `of_sums` makes for this source."""
        return SumsForm(
            is_collection=self.collection is not None,
            is_one_programme=len(self.programme_ids) == 1,
            is_among_countries=bool(self.countries),
        )

    @property
    def sums_values(self) -> dict[str, Any]:
        """What stands in those conditions, for the execution of their statement."""
        return {
            "discipline": self.discipline,
            "collection": self.collection,
            "programme_id": min(self.programme_ids, default=0),
            "programme_ids": sorted(self.programme_ids),
            "countries": sorted(self.countries),
        }

    def _within(self, rows: Any) -> list[ColumnElement[bool]]:
        codes = sorted(self.countries)
        return [rows.origin.in_(codes), rows.host.in_(codes)] if codes else []


@dataclass(frozen=True, slots=True, kw_only=True)
class SumsForm:
    """What conditions on `flow_summary` look like, whatever is asked for: statements of one form are built once."""

    is_collection: bool
    is_one_programme: bool
    is_among_countries: bool


def of_sums(form: SumsForm) -> list[ColumnElement[bool]]:
    """Conditions on `flow_summary`; the statement is executed with the source's `sums_values`."""
    rows = FlowSummary
    wanted = [rows.discipline == bindparam("discipline")]
    if form.is_among_countries:
        codes: BindParameter[str] = bindparam("countries", expanding=True)
        wanted += [rows.origin.in_(codes), rows.host.in_(codes)]
    if form.is_collection:
        return [rows.programme_id == 0, rows.import_id == bindparam("collection"), *wanted]
    if form.is_one_programme:
        return [rows.programme_id == bindparam("programme_id"), *wanted]  # in the order of the key
    return [rows.programme_id.in_(bindparam("programme_ids", expanding=True)), *wanted]


def is_over(today: date) -> ColumnElement[bool]:
    """Condition of an actual stay: it has ended. One under way, or without an end, is not counted yet."""
    return and_(Flow.status == "actual", Flow.end_on.is_not(None), Flow.end_on <= today)


def is_under_way(today: date) -> ColumnElement[bool]:
    """Condition of a stay that has begun and not ended; in two parts, so that an index serves each."""
    return and_(Flow.status == "actual", or_(Flow.end_on.is_(None), Flow.end_on > today))


def is_ahead(today: date) -> ColumnElement[bool]:
    """Condition of a planned stay: it lies ahead or is under way."""
    return or_(Flow.status == "planned", is_under_way(today))


def counts(planned: bool, today: date) -> ColumnElement[bool]:
    """Condition of the flows that a report counts."""
    return is_ahead(today) if planned else is_over(today)
