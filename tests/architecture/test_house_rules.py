"""The house rules that a machine can check: sizes, names, declared access, templates, vendored files, secrets."""

import ast
import hashlib
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from flask import Flask

from mobility.web.shared.access import Access, access_of

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "mobility").rglob("*.py"))
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc", "manager", "base", "util", "helper"}


def test_no_module_is_longer_than_400_lines() -> None:
    long = {str(path.relative_to(ROOT)): n for path in MODULES if (n := len(path.read_text().splitlines())) > 400}
    assert long == {}


def test_no_module_has_a_name_that_only_says_assists() -> None:
    assert [path.name for path in MODULES if path.stem in FORBIDDEN_NAMES] == []


def test_every_module_says_what_it_decides() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in MODULES
        if path.read_text().strip() and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


def test_no_function_is_longer_than_60_lines() -> None:
    long = []
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno + 1 > 60:
                long.append(f"{path.relative_to(ROOT)}:{node.name}")
    assert long == []


def test_the_domain_reads_no_files_and_no_clock() -> None:
    for path in (ROOT / "mobility" / "domain").rglob("*.py"):
        source = path.read_text()
        assert not re.search(r"\bopen\(|\.read_text\(|utc_now|today_in", source), path


@pytest.fixture
def routes(app: Flask) -> list[str]:
    return sorted({rule.endpoint for rule in app.url_map.iter_rules()})


def test_every_route_declares_its_access(app: Flask, routes: list[str]) -> None:
    assert [endpoint for endpoint in routes if not isinstance(access_of(app, endpoint), Access)] == []


def test_every_url_parameter_has_a_type_or_is_a_code(app: Flask) -> None:
    untyped = [
        rule.rule
        for rule in app.url_map.iter_rules()
        for name, converter in rule._converters.items()
        if type(converter).__name__ == "UnicodeConverter" and name.endswith("_id")
    ]
    assert untyped == []


def test_every_template_compiles(app: Flask) -> None:
    for path in sorted((ROOT / "templates").rglob("*.html")):
        app.jinja_env.get_template(str(path.relative_to(ROOT / "templates")))


def test_templates_carry_no_inline_script_or_style() -> None:
    """The content security policy would block it; `style=` in SVG too."""
    for path in sorted((ROOT / "templates").rglob("*.html")):
        if "mail" in path.parts:
            continue  # mail clients know no stylesheets: their layout carries its own
        source = re.sub(
            r"\{[%{#].*?[%}#]\}", "", path.read_text(), flags=re.DOTALL
        )  # arguments of macros are no attributes
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|hx-on|javascript:", source), path


def test_stylesheets_use_logical_properties_only() -> None:
    for name in ("mobility.css", "product.css"):
        source = (ROOT / "mobility" / "web" / "static" / name).read_text()
        assert not re.search(
            r"(?<![\w-])(margin|padding|border|inset)-(left|right)\b|text-align:\s*(left|right)", source
        )


def test_vendored_files_are_what_the_manifest_says() -> None:
    folder = ROOT / "mobility" / "web" / "static" / "vendor"
    manifest = json.loads((folder / "manifest.json").read_text())
    present = {path.name for path in folder.iterdir()} - {"manifest.json"}
    assert present == set(manifest)
    for name, entry in manifest.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == entry["sha256"]


def test_locks_hold_hashes_and_no_addresses() -> None:
    for path in ROOT.glob("requirements*.lock"):
        text = path.read_text()
        assert "--hash=sha256:" in text
        assert "://" not in text


def test_every_dependency_has_its_line_in_the_decisions() -> None:
    decided = (ROOT / "docs" / "decisions" / "0004-dependencies.md").read_text().lower()
    names = [re.split(r"[<>=\[ ]", line)[0] for line in (ROOT / "requirements.in").read_text().splitlines() if line]
    assert [name for name in names if name not in decided] == []


def test_config_files_hold_no_secret() -> None:
    for path in (ROOT / "config").glob("*.toml"):
        assert not {"secret_key", "database_url", "smtp_url"} & set(tomllib.loads(path.read_text()))


def test_the_web_application_imports_neither_alembic_nor_pandas() -> None:
    code = "import sys, mobility.app; print([m for m in ('alembic', 'pandas', 'apscheduler') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert found.stdout.strip() == "[]"
