"""One dated wording of a provision, read from its table and checked for what does not fit together."""

from collections.abc import Mapping

from mobility.domain.events import EventCode
from mobility.domain.law_codes import (
    CalendarOwner,
    Confidence,
    Direction,
    ExtensionModel,
    LegalStage,
    OwedBy,
    ProvisionKind,
    Silence,
    SuspensionModel,
)
from mobility.domain.time_limits import RuleSet
from mobility.domain.treaties import Extension, ProvisionVersion, Suspension
from mobility.storage.treaty_files.crosschecks import note_faults_of_version
from mobility.storage.treaty_files.params import read_params, read_period
from mobility.storage.treaty_files.rules import is_known_calendar
from mobility.storage.treaty_files.tables import Table


def read_version(table: Table, number: int, rule_sets: Mapping[str, RuleSet]) -> ProvisionVersion:
    valid_from, precision = table.dated("valid_from")
    valid_until, _precision = table.dated("valid_until", year_end=True)
    period, unit = read_period(table)
    version = ProvisionVersion(
        number=number,
        valid_from=valid_from,
        valid_from_precision=precision,
        valid_until=valid_until,
        article=table.text("article", required=True, longest=120),
        stage=table.code("stage", LegalStage),
        kind=table.code("kind", ProvisionKind),
        trigger=table.text("trigger"),
        starts_on=table.optional_code("starts_on", EventCode),
        met_by=table.codes("met_by", EventCode),
        period=period,
        unit=unit,
        direction=table.code("direction", Direction),
        owed_by=table.code("owed_by", OwedBy),
        rule_set=table.word("rule_set", rule_sets),
        calendar=_read_calendar(table),
        params=read_params(table.table("params")),
        suspension=_read_suspension(table.table("suspension")),
        extension=_read_extension(table.table("extension")),
        silence=table.code("silence", Silence, default=Silence.NONE),
        soft=table.flag("soft", default=False),
        owes=table.text("owes", required=True),
        consequence=table.text("consequence"),
        url=table.url("url"),
        source=table.text("source", required=True),
        checked_on=table.day("checked_on"),
        confidence=table.code("confidence", Confidence),
        rows=table.texts("rows"),
        notes=table.text("notes"),
    )
    table.close()
    note_faults_of_version(table, version, rule_sets.get(version.rule_set))
    return version


def _read_calendar(table: Table) -> str:
    calendar = table.text("calendar") or str(CalendarOwner.NONE)
    if not is_known_calendar(calendar):
        table.unknown("calendar", calendar, [str(owner) for owner in CalendarOwner])
    return calendar


def _read_suspension(table: Table | None) -> Suspension | None:
    if table is None:
        return None
    suspension = Suspension(
        model=table.code("model", SuspensionModel),
        from_event=table.optional_code("from_event", EventCode),
        to_event=table.optional_code("to_event", EventCode),
        article=table.optional_text("article"),
        provision=table.optional_text("provision"),
    )
    table.close()
    return suspension


def _read_extension(table: Table | None) -> Extension | None:
    if table is None:
        return None
    period, unit = read_period(table)
    extension = Extension(
        model=table.code("model", ExtensionModel),
        period=period,
        unit=unit,
        ground=table.text("ground", required=True),
        article=table.optional_text("article"),
        provision=table.optional_text("provision"),
    )
    table.close()
    return extension
