"""The demo world: invented people, desks and programmes under real instruments, and cases in every state.

Everything is the same for a seed and a day. `foundation` and `people` make what must be there first.
"""

from mobility.services.demo.files import read_demo_files
from mobility.services.demo.loading import (
    DemoAlreadyThere,
    LogIn,
    has_people,
    hash_of_demo_password,
    list_log_ins,
    load_world,
)

__all__ = [
    "DemoAlreadyThere",
    "LogIn",
    "has_people",
    "hash_of_demo_password",
    "list_log_ins",
    "load_world",
    "read_demo_files",
]
