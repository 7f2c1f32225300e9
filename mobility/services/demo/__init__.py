"""The demo world: invented people, desks and programmes under real instruments, and cases in every state.

Everything is the same for a seed and a day. `foundation` and `people` make what must be there first, `staging` plays
the cases of config/demo through the services and `agreements` what states settle with each other, `copies` makes many
cases of them.
"""

from mobility.services.demo.applying import prepare_papers
from mobility.services.demo.copies import Copying, many_rows, plan_copies
from mobility.services.demo.files import read_demo_files
from mobility.services.demo.loading import (
    DemoAlreadyThere,
    LogIn,
    has_people,
    hash_of_demo_password,
    list_log_ins,
    load_world,
)
from mobility.services.demo.staging import PLAYED, play_cases

__all__ = [
    "PLAYED",
    "Copying",
    "DemoAlreadyThere",
    "LogIn",
    "has_people",
    "hash_of_demo_password",
    "list_log_ins",
    "load_world",
    "many_rows",
    "plan_copies",
    "play_cases",
    "prepare_papers",
    "read_demo_files",
]
