"""Goal 16: what the web application costs to import, against flask_sqlalchemy alone; and what must not be in it."""

import subprocess
import sys
from collections.abc import Iterator
from statistics import median

from bench.figures import Figure
from bench.instances import ROOT

RATIO_GOAL = 1.25
INTERPRETERS = 5
ABSENT = ("alembic", "pandas", "apscheduler")
_TIMED = "import time; t = time.process_time(); import {module}; print(time.process_time() - t)"
_LOADED = "import sys, mobility.app; print(sum(name in sys.modules for name in {names!r}))"


def measure() -> Iterator[Figure]:
    """Import both in fresh interpreters, in turns."""
    modules = ("mobility.app", "flask_sqlalchemy")
    taken: dict[str, list[float]] = {module: [] for module in modules}
    for number in range(INTERPRETERS + 1):
        for module in modules:
            seconds = float(_run(_TIMED.format(module=module)))
            if number:
                taken[module].append(seconds)
    ratio = median(taken["mobility.app"]) / median(taken["flask_sqlalchemy"])
    yield Figure(name="import_over_flask_sqlalchemy", value=ratio, unit="times", goal=RATIO_GOAL)
    unwanted = float(_run(_LOADED.format(names=ABSENT)))
    yield Figure(name="unwanted_modules_in_web", value=unwanted, unit="modules", goal=0)


def _run(code: str) -> str:
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return found.stdout.strip()
