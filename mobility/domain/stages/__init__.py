"""The four stages a case passes through: what may be done in each, by whom, with which facts and events.

One file per kind holds its table (`visa`, `recognition`, `funding`, `language`); `vocabulary` the words,
`grounds` why a stage is refused, `ending` the lines all kinds share, `transitions` the questions the tables
answer, `facts` the check of what is given with a step. A new kind is a new file and a line in `transitions`.
"""

from mobility.domain.stages.facts import check_facts
from mobility.domain.stages.grounds import (
    ExemptionGround,
    FundingGround,
    LanguageGround,
    LapseGround,
    RecognitionGround,
    VisaGround,
)
from mobility.domain.stages.language import Level, is_level_reached
from mobility.domain.stages.transitions import (
    INITIAL_STATUS,
    TABLES,
    SecondPersonRequired,
    apply_step,
    check_second_person,
    get_transition,
    outcome_of,
    permitted_steps,
    side_awaited,
)
from mobility.domain.stages.visa import ConsultationAnswer, Entries, VisaKind
from mobility.domain.stages.vocabulary import (
    FactField,
    FactType,
    Outcome,
    Side,
    StageKind,
    StageStatus,
    StageStep,
    StageTable,
    Transition,
)

__all__ = [
    "INITIAL_STATUS",
    "TABLES",
    "ConsultationAnswer",
    "Entries",
    "ExemptionGround",
    "FactField",
    "FactType",
    "FundingGround",
    "LanguageGround",
    "LapseGround",
    "Level",
    "Outcome",
    "RecognitionGround",
    "SecondPersonRequired",
    "Side",
    "StageKind",
    "StageStatus",
    "StageStep",
    "StageTable",
    "Transition",
    "VisaGround",
    "VisaKind",
    "apply_step",
    "check_facts",
    "check_second_person",
    "get_transition",
    "is_level_reached",
    "outcome_of",
    "permitted_steps",
    "side_awaited",
]
