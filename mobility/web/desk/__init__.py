"""The officer's side: the queue of a desk, and the case file with everything an office can do in it."""

from mobility.web.desk import asking, case_steps, correcting, letters, money, stage_steps, travel
from mobility.web.desk.views import blueprint

__all__ = ["asking", "blueprint", "case_steps", "correcting", "letters", "money", "stage_steps", "travel"]
