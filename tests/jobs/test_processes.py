"""The real processes: they end in good order, end together, and refuse to start with one line."""

import email
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from email.policy import SMTP
from pathlib import Path
from urllib.request import urlopen

import pytest

PATIENCE = 60


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def clean_environment() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith("MOBILITY_")}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return clean_environment() | {
        "MOBILITY_INSTANCE": str(tmp_path),
        "MOBILITY_PORT": str(free_port()),
        "PYTHONUNBUFFERED": "1",
    }


@pytest.fixture
def started(environment):
    running: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "mobility", *arguments]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        running.append(subprocess.Popen(command, env=environment, start_new_session=True, **pipes))
        return running[-1]

    yield start
    for process in running:
        if process.poll() is None:
            process.kill()
        process.wait(PATIENCE)
        process.stdin.close()
        process.stdout.close()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory) -> Path:
    instance = tmp_path_factory.mktemp("migrated")
    environment = clean_environment() | {"MOBILITY_INSTANCE": str(instance)}
    command = [sys.executable, "-m", "mobility", "db", "upgrade"]
    subprocess.run(command, env=environment, check=True, capture_output=True, timeout=PATIENCE)
    return instance / "mobility.sqlite"


@pytest.fixture
def database_there(migrated, tmp_path) -> None:
    shutil.copy(migrated, tmp_path)


def until(condition, process) -> None:
    give_up_at = time.monotonic() + PATIENCE
    while not condition():
        assert process.poll() is None, process.stdout.read()
        assert time.monotonic() < give_up_at, "waited in vain"
        time.sleep(0.05)


def answers(environment) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{environment['MOBILITY_PORT']}/health/live", timeout=5) as page:
            return page.status == 200
    except OSError:
        return False


def children_of(process) -> list[int]:
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(process.pid)], capture_output=True, text=True, check=False
    )
    return [int(line) for line in listed.stdout.split()]


@pytest.mark.parametrize("command", ["run", "scheduler"])
def test_without_a_database_one_line_says_what_to_run(started, command) -> None:
    process = started(command)
    said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert said.startswith("Error: there is no database at")
    assert said.endswith("run: mobility db upgrade\n")
    assert said.count("\n") == 1


@pytest.mark.parametrize("command", ["run", "web"])
def test_a_port_in_use_is_one_line(started, database_there, environment, command) -> None:
    with socket.create_server(("127.0.0.1", int(environment["MOBILITY_PORT"]))):
        process = started(command)
        said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert said == (
        f"Error: port {environment['MOBILITY_PORT']} on 127.0.0.1 is in use; "
        "MOBILITY_PORT and MOBILITY_HOST choose another\n"
    )


def test_a_database_in_use_by_something_else_is_one_line(started, database_there, tmp_path) -> None:
    with sqlite3.connect(tmp_path / "mobility.sqlite", isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        process = started("db", "prepare")
        said, _ = process.communicate(timeout=PATIENCE)
    other.close()
    assert (process.returncode, len(said.splitlines())) == (3, 1), said
    assert said == "mobility: the database cannot be used now: database is locked\n"


def test_the_scheduler_sends_and_ends_in_good_order(started, database_there, tmp_path, environment) -> None:
    put(environment, "a")
    process = started("scheduler")
    until(lambda: list((tmp_path / "mail").glob("*.eml")), process)
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=PATIENCE)
    assert (process.returncode, "Traceback" in said) == (0, False)
    (mail,) = (tmp_path / "mail").glob("*.eml")
    assert email.message_from_bytes(mail.read_bytes(), policy=SMTP)["X-Mobility-Reminder"] == "a"
    following = started("scheduler", "--once")
    said, _ = following.communicate(timeout=PATIENCE)
    assert following.returncode == 0, said  # the place was given back


def test_a_group_whose_every_process_is_signalled_ends_in_good_order(started, database_there, environment) -> None:
    """As a service manager does it: the parent is told, and so are the children, who then hear it from the parent."""
    process = started("run")
    until(lambda: answers(environment), process)
    until(lambda: len(children_of(process)) == 2, process)
    for each in (process.pid, *children_of(process)):
        os.kill(each, signal.SIGTERM)
    said, _ = process.communicate(timeout=PATIENCE)
    assert "Traceback" not in said, said


def put(environment, key: str) -> None:
    code = (
        "import sys; from mobility.app import create_app; from tests.jobs.conftest import Installation; "
        "from pathlib import Path; Installation(create_app(), Path('.')).put(sys.argv[1])"
    )
    subprocess.run([sys.executable, "-c", code, key], env=environment, check=True, timeout=PATIENCE)


def test_run_starts_both_and_ends_both(started, database_there, environment) -> None:
    process = started("run")
    until(lambda: answers(environment), process)
    until(lambda: len(children_of(process)) == 2, process)
    children = children_of(process)
    process.send_signal(signal.SIGINT)  # Ctrl-C
    said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, said
    assert f"Mobility is at http://127.0.0.1:{environment['MOBILITY_PORT']}" in said
    assert not [child for child in children if Path(f"/proc/{child}").exists()]
    assert not answers(environment)


def test_run_with_the_demo_prepares_first_and_starts_both(started, database_there, tmp_path, environment) -> None:
    made = started("users", "create", "--email", "mei@example.org", "--name", "Mei Tan", "--password-stdin")
    made.communicate("plum gravel kite orbit\n", timeout=PATIENCE)
    assert made.returncode == 0
    process = started("run", "--demo")
    until(lambda: answers(environment), process)
    with sqlite3.connect(tmp_path / "mobility.sqlite") as connection:
        (provisions,) = connection.execute("SELECT count(*) FROM provision").fetchone()
        (people,) = connection.execute("SELECT count(*) FROM person").fetchone()
    connection.close()
    assert provisions > 140
    assert people == 1  # the demo never mixes with real people
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, said


def test_if_one_dies_the_other_is_ended_and_the_status_says_so(started, database_there, environment) -> None:
    process = started("run")
    until(lambda: answers(environment), process)
    children = children_of(process)
    os.kill(max(children), signal.SIGKILL)
    said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert "ended by itself with status -9" in said
    assert not [child for child in children if Path(f"/proc/{child}").exists()]


def test_a_database_of_another_schema_is_refused(started, database_there, tmp_path) -> None:
    with sqlite3.connect(tmp_path / "mobility.sqlite") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000'")
    connection.close()
    process = started("run")
    said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert said.startswith("Error: the database is at schema 0000, not ")
