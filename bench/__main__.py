"""`python -m bench [names]`: prints one JSON line per figure and keeps them in docs/benchmarks.md."""

import sys
from collections.abc import Callable, Iterator

from bench import (
    deadlines,
    imports,
    loading,
    pages,
    queries,
    reciprocity,
    recomputing,
    reminders,
    resets,
    server,
    writers,
)
from bench.figures import Figure
from bench.report import record
from mobility.clock import utc_now

GROUPS: dict[str, Callable[[], Iterator[Figure]]] = {
    "imports": imports.measure,
    "resets": resets.measure,
    "pages": pages.measure,
    "server": server.measure,
    "writers": writers.measure,
    "queries": queries.measure,
    "loading": loading.measure,
    "deadlines": deadlines.measure,
    "recomputing": recomputing.measure,
    "reciprocity": reciprocity.measure,
    "reminders": reminders.measure,
}


def main(names: list[str]) -> int:
    """Measure the named groups, all of them without names; returns 1 when a goal is missed, 2 for an unknown name."""
    unknown = [name for name in names if name not in GROUPS]
    if unknown:
        print(f"no such group: {unknown[0]}; there are {', '.join(GROUPS)}", file=sys.stderr)
        return 2
    figures = []
    for name in names or GROUPS:
        for figure in GROUPS[name]():
            print(figure.as_line(), flush=True)
            figures.append(figure)
    record(figures, utc_now().date())
    return 0 if all(figure.holds for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
