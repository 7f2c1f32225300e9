"""Making and changing a programme: names, instrument, accounting year, tolerance, level, currency, stages in order.

The instrument stays once anybody has applied, because stays are counted under it. A stage that is added later needs a
desk on every route before another call can be published; cases that are open keep the stages they have.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from mobility.domain.access import Actor
from mobility.domain.accounts import clean_name
from mobility.domain.applications.vocabulary import CURRENCIES
from mobility.domain.errors import InvalidInput
from mobility.domain.plan import StageNeed, StageOrderInvalid, stage_order
from mobility.domain.reciprocity.accounting import AccountingYear
from mobility.domain.stages import Level, StageKind
from mobility.services.audit import record_event
from mobility.services.case_files import check_version
from mobility.services.programmes.permits import get_managed, require_maker
from mobility.storage.models.programmes import Programme, ProgrammeStage
from mobility.storage.models.treaties import InstrumentRow
from mobility.storage.queries import programmes as queries

KINDS: Final = ("residency", "exchange")
CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,31}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeDraft:
    """What is said about a programme; `stages` maps each required stage to those it waits for."""

    names: Mapping[str, str]
    kind: str
    instrument_id: int
    accounting_month: int = 1
    accounting_day: int = 1
    tolerance_percent: int = 20
    underuse_neutral: bool = False
    balance_expires_after: int | None = None
    balance_cap: int | None = None
    language_level: str = ""
    currency: str = "EUR"
    stages: Mapping[StageKind, frozenset[StageKind]]


def clean_code(text: str) -> str:
    """Return a code as it is stored for good; raises InvalidInput."""
    code = text.strip()
    if not CODE.fullmatch(code):
        raise InvalidInput(field="code", reason="not_a_code", value=text)
    return code


def clean_names(names: Mapping[str, str]) -> dict[str, str]:
    """Return the names that were given, English among them; raises InvalidInput."""
    found = {code: clean_name(text, f"name_{code}") for code, text in names.items() if text.strip()}
    if "en" not in found:
        raise InvalidInput(field="name_en", reason="missing", value="")
    return found


def clean_draft(session: Session, draft: ProgrammeDraft) -> ProgrammeDraft:
    """Return a draft as it is stored; raises InvalidInput naming the first answer that cannot be used."""
    if draft.kind not in KINDS:
        raise InvalidInput(field="kind", reason="not_a_choice", value=draft.kind)
    if session.get(InstrumentRow, draft.instrument_id) is None:
        raise InvalidInput(field="instrument", reason="not_a_choice", value=draft.instrument_id)
    if not 0 <= draft.tolerance_percent <= 100:
        raise InvalidInput(field="tolerance_percent", reason="not_a_percentage", value=draft.tolerance_percent)
    if draft.language_level and draft.language_level not in set(Level):
        raise InvalidInput(field="language_level", reason="not_a_choice", value=draft.language_level)
    if draft.currency not in CURRENCIES:
        raise InvalidInput(field="currency", reason="not_a_choice", value=draft.currency)
    try:
        AccountingYear(first_month=draft.accounting_month, first_day=draft.accounting_day)
    except InvalidInput as error:
        raise InvalidInput(field="accounting_day", reason="no_such_day_every_year", **_value(error)) from error
    return replace(draft, names=clean_names(draft.names), stages=dict(_ordered(draft.stages)))


def _value(error: InvalidInput) -> dict[str, object]:
    return {"value": error.parameters["value"]}


def _ordered(stages: Mapping[StageKind, frozenset[StageKind]]) -> list[tuple[StageKind, frozenset[StageKind]]]:
    """Return the stages so that each comes after all it waits for; raises InvalidInput where that cannot be."""
    if not stages:
        raise InvalidInput(field="stages", reason="no_stage", value="")
    try:
        order = stage_order([StageNeed(kind=kind, waits_for=after) for kind, after in stages.items()])
    except StageOrderInvalid as error:
        raise InvalidInput(field="stages", reason=f"stages_{error.parameters['reason']}", value="") from error
    return [(kind, stages[kind]) for kind in order]


def create_programme(session: Session, actor: Actor, code: str, draft: ProgrammeDraft, now: datetime) -> Programme:
    """Make a programme without routes; its code stays for good. Administrators only."""
    require_maker(actor)
    code, draft = clean_code(code), clean_draft(session, draft)
    if queries.is_code_taken(session, Programme, code):
        raise InvalidInput(field="code", reason="programme_code_taken", value=code)
    programme = Programme(code=code)
    _write(session, programme, draft)
    session.add(programme)
    session.flush()
    record_event(session, actor, "programme_created", at=now, subject="programme", subject_id=programme.id)
    return programme


def change_programme(
    session: Session, actor: Actor, code: str, draft: ProgrammeDraft, *, row_version: int, now: datetime
) -> Programme:
    """Save a programme; raises ChangedMeanwhile when the form was opened on an older version."""
    programme = get_managed(session, actor, code)
    check_version(programme, row_version)
    draft = clean_draft(session, draft)
    if draft.instrument_id != programme.instrument_id and queries.has_flows(session, programme.id):
        raise InvalidInput(field="instrument", reason="instrument_in_use", value=draft.instrument_id)
    changed = _write(session, programme, draft)
    if changed:
        touch(programme, row_version)
        session.flush()
        record_event(
            session,
            actor,
            "programme_changed",
            at=now,
            subject="programme",
            subject_id=programme.id,
            parameters={"fields": changed},
        )
    return programme


def touch(programme: Programme, row_version: int) -> None:
    """Let the version rise also when only rows below the programme changed: they are edited under its version."""
    programme.row_version = row_version + 1


def _write(session: Session, programme: Programme, draft: ProgrammeDraft) -> list[str]:
    """Write a draft into a row and return the names of what changed."""
    plain = (
        "kind",
        "instrument_id",
        "accounting_month",
        "accounting_day",
        "tolerance_percent",
        "underuse_neutral",
        "balance_expires_after",
        "balance_cap",
        "language_level",
        "currency",
    )
    values = {name: getattr(draft, name) for name in plain} | {"names": dict(draft.names)}
    changed = [name for name, value in values.items() if getattr(programme, name) != value]
    for name in changed:
        setattr(programme, name, values[name])
    wanted = [(kind.value, sorted(each.value for each in after)) for kind, after in draft.stages.items()]
    if wanted != [(each.stage, sorted(each.after)) for each in programme.stages]:
        changed.append("stages")
        _write_stages(session, programme, wanted)
    return changed


def _write_stages(session: Session, programme: Programme, wanted: list[tuple[str, list[str]]]) -> None:
    present = {each.stage: each for each in programme.stages}
    for position, (kind, after) in enumerate(wanted):
        row = present.pop(kind, None)
        if row is None:
            row = ProgrammeStage(stage=kind)
            programme.stages.append(row)
        row.position, row.after = position, after
    for row in present.values():
        session.delete(row)
    # what ran in a stage that is no longer required must not be started by an event of the case
    for desk in [desk for route in programme.routes for desk in route.stages if desk.stage in present]:
        session.delete(desk)
