"""What a start loads, and what it leaves for later."""

import ast
import gc
import subprocess
import sys
from pathlib import Path

import pytest

from mobility.loading import deferred, load

ROOT = Path(__file__).resolve().parents[2]
LATER = ("icalendar", "holidays", "email_validator", "typst", "structlog", "babel.messages.pofile")
FRAMEWORK = {"flask", "flask_login", "flask_wtf", "werkzeug", "wtforms", "apscheduler"}


def _deferred_names() -> set[str]:
    calls = (
        node
        for path in (ROOT / "mobility").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "deferred"
    )
    return {call.args[0].value for call in calls if isinstance(call.args[0], ast.Constant)}


def test_libraries_that_few_requests_use_are_not_part_of_the_start() -> None:
    code = f"import sys, mobility.app; print([name for name in {LATER!r} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert found.stdout.strip() == "[]"


def test_deferring_is_no_way_around_the_layers() -> None:
    names = {name.split(".")[0] for name in _deferred_names()}
    assert "typst" in names
    assert names & (FRAMEWORK | {"mobility"}) == set()


def test_a_deferred_library_is_there_when_it_is_used() -> None:
    colours = deferred("colorsys")
    sys.modules.pop("colorsys", None)
    assert colours.rgb_to_hsv(0, 0, 0) == (0.0, 0.0, 0)
    assert "colorsys" in sys.modules


def test_a_deferred_library_that_is_missing_says_so() -> None:
    with pytest.raises(ModuleNotFoundError, match="no_such_library"):
        _ = deferred("no_such_library").anything


@pytest.mark.parametrize("enabled", [True, False])
def test_loading_leaves_the_collector_as_it_was(enabled: bool) -> None:
    try:
        (gc.enable if enabled else gc.disable)()
        assert load("colorsys:rgb_to_hsv")(0, 0, 0) == (0.0, 0.0, 0)
        assert gc.isenabled() is enabled
    finally:
        gc.enable()


def test_loading_a_name_that_is_not_there_says_so() -> None:
    with pytest.raises(AttributeError, match="nothing"):
        load("colorsys:nothing")
