"""Keeps the last figures in docs/benchmarks.md, one line each, with the day, the machine and the sizes."""

import os
import platform
import re
import sqlite3
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from bench.figures import Figure
from bench.instances import ROOT, sizes

REPORT = ROOT / "docs" / "benchmarks.md"
_HEAD = """# Benchmarks

Written by `make bench`; every figure is a ratio or a count against its goal, medians of interleaved samples
(`bench/`). Absolute times drift with the machine and are asserted nowhere. `make bench BENCH="pages queries"` measures
only those groups and leaves the other lines as they are.

| Figure | Value | Unit | Goal | Holds | Measured |
|---|--:|---|--:|---|---|
"""
_LINE = re.compile(r"^\| `(?P<name>[^`]+)` \|")


def record(figures: Iterable[Figure], today: date, path: Path = REPORT) -> None:
    """Write the figures into the table; lines of figures that were not measured now stay."""
    lines = _known(path)
    for figure in figures:
        lines[figure.name] = _line(figure, today)
    body = "\n".join(lines[name] for name in sorted(lines))
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{_HEAD}{body}\n\n{_machine()}\n", encoding="utf-8")


def _known(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    found = ((_LINE.match(line), line) for line in path.read_text(encoding="utf-8").splitlines())
    return {match["name"]: line for match, line in found if match}


def _line(figure: Figure, today: date) -> str:
    goal = f"{'≥' if figure.at_least else '≤'} {figure.goal:g}"
    holds = "yes" if figure.holds else "**no**"
    return f"| `{figure.name}` | {figure.value:.3g} | {figure.unit} | {goal} | {holds} | {today.isoformat()} |"


def _machine() -> str:
    small, large, large_on_postgresql = sizes()
    return (
        f"Last run: {os.cpu_count()} processors ({platform.machine()}), {platform.system()}, Python "
        f"{platform.python_version()}, SQLite {sqlite3.sqlite_version}; {small:,} and {large:,} demo cases on SQLite, "
        f"{small:,} and {large_on_postgresql:,} on PostgreSQL."
    )
