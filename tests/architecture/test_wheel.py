"""The wheel carries everything it needs: built without network, installed elsewhere, run outside the checkout."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

CALLED = """
from mobility.app import create_app
from mobility.i18n import offered_locales
client = create_app().test_client()
for code in ("en", "fr"):
    if code in offered_locales():
        client.get(f"/language/{code}")
        answer = client.get("/")
        assert answer.status_code == 200, answer.text
        assert f'lang="{code}"' in answer.text, code
print("answered", *offered_locales())
"""


def run(command: Sequence[str | Path], folder: Path, **environment: str) -> str:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("MOBILITY_", "PYTHON"))}
    done = subprocess.run(
        [str(each) for each in command],
        cwd=folder,
        env=clean | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    checkout = Path(__file__).resolve().parents[2]
    target = tmp_path_factory.mktemp("wheel")
    run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", target], checkout)
    return next(target.glob("*.whl"))


@pytest.mark.timeout(600)
def test_the_wheel_has_pages_words_migrations_and_law(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for needed in (
        "mobility/_data/templates/base.html",
        "mobility/_data/translations/fr/LC_MESSAGES/messages.mo",
        "mobility/_data/migrations/env.py",
        "mobility/_data/config/default.toml",
        "mobility/_data/config/rule_sets.toml",
        "mobility/web/static/mobility.css",
    ):
        assert needed in names or (needed.endswith("env.py") and any("/migrations/" in each for each in names)), needed
    assert any(each.startswith("mobility/_data/config/treaties/") for each in names)
    assert not [each for each in names if "tests/" in each or each.endswith((".sqlite", "secret_key"))]


@pytest.mark.timeout(600)
def test_the_wheel_runs_outside_the_checkout(wheel: Path, tmp_path: Path) -> None:
    place = tmp_path / "venv"
    run([sys.executable, "-m", "venv", "--without-pip", place], tmp_path)
    site = next((place / "lib").glob("python*/site-packages"))
    run([sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--target", site, wheel], tmp_path)
    # the requirements come from the environment of the tests; `mobility` itself only from the wheel
    others = next(Path(each) for each in sys.path if each.endswith("site-packages"))
    python, instance = place / "bin" / "python", {"MOBILITY_INSTANCE": str(tmp_path / "instance")}
    (site / "requirements.pth").write_text(f"{others}\n", encoding="utf-8")
    where = run([python, "-c", "import mobility; print(mobility.__file__)"], tmp_path, **instance)
    assert where.startswith(str(site))
    assert "Usage" in run([python, "-m", "mobility", "--help"], tmp_path, **instance)
    run([python, "-m", "mobility", "treaties", "check"], tmp_path, **instance)
    run([python, "-m", "mobility", "db", "upgrade"], tmp_path, **instance)
    offered = run([python, "-c", CALLED], tmp_path, **instance)
    assert {"en", "fr", "ar"} <= set(offered.split())
