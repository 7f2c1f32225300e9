"""What the bulk path of the demo takes: minutes for the large installation, and the size of its file."""

from collections.abc import Iterator

from bench.figures import Figure
from bench.instances import installation, sizes

MINUTES_GOAL = 15
GIGABYTES_GOAL = 6


def measure() -> Iterator[Figure]:
    """Report how long making the large SQLite installation took when it was made, and how large it is."""
    instance = installation("sqlite", sizes()[1])
    minutes, gigabytes = instance.loaded_seconds / 60, instance.file_bytes / 10**9
    yield Figure(name=f"demo_load_{instance.label}", value=minutes, unit="minutes", goal=MINUTES_GOAL)
    yield Figure(name=f"demo_file_{instance.label}", value=gigabytes, unit="GB", goal=GIGABYTES_GOAL)
