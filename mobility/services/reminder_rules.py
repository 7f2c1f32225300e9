"""Which rules of notices hold for a clock: those of the installation, changed by its programme, then by its office.

A change holds for notices planned from then on; what is planned already goes out as it was planned, until its clock
moves.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from mobility.domain.access import Actor
from mobility.domain.errors import InvalidInput, NotPermitted
from mobility.domain.reminders import Audience, ReminderRule, RuleChange, check_change, with_changes
from mobility.services.audit import record_event
from mobility.storage.models.cases import CaseFile
from mobility.storage.models.clocks import Clock
from mobility.storage.models.notices import ReminderRuleChange
from mobility.storage.reminder_files import reminder_rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """All changes that were entered, by whose they are, and the programme of each case where that matters."""

    of_programmes: Mapping[int, Sequence[RuleChange]] = field(default_factory=dict)
    of_offices: Mapping[int, Sequence[RuleChange]] = field(default_factory=dict)
    programmes: Mapping[int, int] = field(default_factory=dict)

    def rules_for(self, clock: Clock) -> tuple[ReminderRule, ...]:
        """Return the rules of a clock, by the kind of its provision."""
        rules = reminder_rules().for_kind(str(clock.provision_version.terms["kind"]))
        programme = self.of_programmes.get(self.programmes.get(clock.case_id, 0), ())
        office = self.of_offices.get(clock.office_id or 0, ())
        return with_changes(rules, (*programme, *office)) if programme or office else rules


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLine:
    """One rule as a screen shows it: the days here, and those it has where nothing was changed."""

    code: str
    audience: Audience
    offset_days: int | None
    usual_days: int
    min_period_days: int
    is_mandatory: bool
    is_at_opening: bool

    @property
    def is_changed(self) -> bool:
        return self.offset_days != self.usual_days


def read_changes(session: Session, case_ids: Collection[int]) -> Changes:
    """Read what was changed anywhere; in one statement where nothing was, in two elsewhere."""
    row = ReminderRuleChange
    query = select(row.programme_id, row.office_id, row.rule, row.audience, row.offset_days).order_by(row.id)
    programmes: dict[int, list[RuleChange]] = {}
    offices: dict[int, list[RuleChange]] = {}
    for found in session.execute(query):
        change = RuleChange(code=found.rule, audience=Audience(found.audience), offset_days=found.offset_days)
        if found.programme_id is not None:
            programmes.setdefault(found.programme_id, []).append(change)
        else:
            offices.setdefault(found.office_id, []).append(change)
    if not programmes:
        return Changes(of_offices=offices)
    cases = session.execute(select(CaseFile.id, CaseFile.programme_id).where(CaseFile.id.in_(sorted(case_ids))))
    return Changes(of_programmes=programmes, of_offices=offices, programmes={each.id: each[1] for each in cases})


def list_rules(session: Session, *, programme_id: int | None = None, office_id: int | None = None) -> list[RuleLine]:
    """Return all rules as one programme or one office has them."""
    query = select(ReminderRuleChange).where(
        ReminderRuleChange.programme_id == programme_id, ReminderRuleChange.office_id == office_id
    )
    changed = {(row.rule, row.audience): row.offset_days for row in session.scalars(query)}
    return [
        RuleLine(
            code=rule.code,
            audience=rule.audience,
            offset_days=changed.get((rule.code, rule.audience.value), rule.offset_days),
            usual_days=rule.offset_days,
            min_period_days=rule.min_period_days,
            is_mandatory=rule.is_mandatory,
            is_at_opening=rule.anchor.value == "trigger",
        )
        for rule in reminder_rules().rules
    ]


def change_rules(
    session: Session,
    actor: Actor,
    wanted: Mapping[tuple[str, str], int | None],
    *,
    now: datetime,
    programme_id: int | None = None,
    office_id: int | None = None,
) -> None:
    """Keep what a programme (its manager) or an office (an administrator) has otherwise; `wanted` is by rule and
    audience, None switches off. Raises NotPermitted, and InvalidInput for a change that may not be."""
    _require(actor, programme_id, office_id)
    rules = {(rule.code, rule.audience.value): rule for rule in reminder_rules().rules}
    for key, days in wanted.items():
        if key not in rules:
            raise InvalidInput(field="rule", reason="unknown", rule=":".join(key))
        check_change(rules[key], days)
    session.execute(
        delete(ReminderRuleChange).where(
            ReminderRuleChange.programme_id == programme_id, ReminderRuleChange.office_id == office_id
        )
    )
    changed = {key: days for key, days in wanted.items() if days != rules[key].offset_days}
    for (code, audience), days in sorted(changed.items()):
        session.add(
            ReminderRuleChange(
                programme_id=programme_id,
                office_id=office_id,
                rule=code,
                audience=audience,
                offset_days=days,
                entered_by=actor.person_id,
                entered_at=now,
            )
        )
    session.flush()
    _record(session, actor, changed, now, programme_id=programme_id, office_id=office_id)


def _require(actor: Actor, programme_id: int | None, office_id: int | None) -> None:
    if (programme_id is None) == (office_id is None):
        raise ValueError("either a programme or an office")
    allowed = actor.is_administrator if programme_id is None else programme_id in actor.managed_programmes
    if not allowed:
        raise NotPermitted(step="change_reminder_rules")


def _record(
    session: Session,
    actor: Actor,
    changed: Mapping[tuple[str, str], int | None],
    now: datetime,
    *,
    programme_id: int | None,
    office_id: int | None,
) -> None:
    parameters: dict[str, Any] = {":".join(key): days for key, days in changed.items()}
    record_event(
        session,
        actor,
        "reminder_rules_changed",
        at=now,
        subject="office" if programme_id is None else "programme",
        subject_id=office_id if programme_id is None else programme_id,
        parameters={"rules": parameters},
    )
