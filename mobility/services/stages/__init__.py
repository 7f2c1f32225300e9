"""The stages of a case at work: what may be done to one, and doing it.

`offers` says what, `taking` is the one command, `effects` what follows from a step. The tables are in
`mobility.domain.stages`.
"""

from mobility.services.stages.effects import Taken, list_needs, open_stages
from mobility.services.stages.offers import StepOffer, check_step, permitted, waits_for
from mobility.services.stages.taking import (
    StepAwaitsConfirmation,
    confirm_step,
    find_pending,
    reject_step,
    take_step,
    take_step_for,
)

__all__ = [
    "StepAwaitsConfirmation",
    "StepOffer",
    "Taken",
    "check_step",
    "confirm_step",
    "find_pending",
    "list_needs",
    "open_stages",
    "permitted",
    "reject_step",
    "take_step",
    "take_step_for",
    "waits_for",
]
