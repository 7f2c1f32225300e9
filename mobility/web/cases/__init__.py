"""The applicant's own case: whose turn, the dates, questions to answer, documents, messages, the stay, the ways out."""

from mobility.web.cases import acts, steps
from mobility.web.cases.views import blueprint

__all__ = ["acts", "blueprint", "steps"]
