"""A real site to look at: an instance with the demo's people, and web and scheduler started as the README does it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

from mobility.clock import utc_now

MOBILITY = [sys.executable, "-m", "mobility"]
AHEAD = Path(__file__).parent / "ahead"
REPOSITORY = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 60
ZONES = ("Africa/Cairo", "Europe/Berlin")
"""Where the offices of the story are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A running installation whose clock may be set ahead."""

    address: str
    instance: Path

    def move_to(self, days: int) -> None:
        """Let it be `days` days later than it is."""
        _write(self.instance / "days_ahead", str(days))

    @property
    def days_ahead(self) -> int:
        return int((self.instance / "days_ahead").read_text(encoding="ascii"))

    @property
    def today(self) -> date:
        """The day it is on this site, by now at every office of the story: late in the evening two days are today."""
        return min((utc_now().astimezone(ZoneInfo(zone)) + timedelta(days=self.days_ahead)).date() for zone in ZONES)

    def read_mail(self, recipient: str, text: str) -> str:
        """Wait for a mail to this address with these words in subject or text; return its text, the newest first."""
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < give_up_at:
            for path in sorted((self.instance / "mail").glob("*.eml"), reverse=True):
                found = _text_for(path, recipient)
                if text in " ".join(found.split()):
                    return found
            time.sleep(0.2)
        raise AssertionError(f"no mail to {recipient} says {text!r}")


def _text_for(path: Path, recipient: str) -> str:
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    if recipient not in str(mail["To"]):
        return ""
    body = mail.get_body(("plain",))
    return f"{mail['Subject']}\n\n{body.get_content() if body is not None else ''}"


def _write(path: Path, text: str) -> None:
    whole = path.with_suffix(".new")
    whole.write_text(text, encoding="ascii")
    whole.replace(path)


def _environment(instance: Path, **more: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("MOBILITY_")}
    return {**kept, "MOBILITY_INSTANCE": str(instance), **more}


def chromium_path() -> str:
    """Return where Debian's Chromium lies, the headless shell before the one with windows."""
    found = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if not found:
        raise RuntimeError("the browser tests need Chromium: apt-get install chromium-headless-shell fonts-noto-core")
    return found


def prepare(instance: Path, *, cases: int) -> None:
    """Migrate, load the law and the demo's people with some cases."""
    for command in (["db", "prepare"], ["demo", "load", "--cases", str(cases)]):
        done = subprocess.run(
            [*MOBILITY, *command], env=_environment(instance), cwd=REPOSITORY, capture_output=True, timeout=600
        )
        assert done.returncode == 0, done.stderr.decode()


@contextmanager
def running(prepared: Path, instance: Path) -> Iterator[Site]:
    """Start a copy of a prepared instance and end it afterwards."""
    shutil.copytree(prepared, instance)
    _write(instance / "days_ahead", "0")
    port = _free_port()
    environment = _environment(
        instance,
        MOBILITY_PORT=str(port),
        MOBILITY_DISPATCH_SECONDS="1",
        BROWSER_TEST_DAYS_AHEAD=str(instance / "days_ahead"),
        PYTHONPATH=f"{AHEAD}{os.pathsep}{REPOSITORY}",
    )
    address = f"http://127.0.0.1:{port}"
    with (instance / "run.log").open("wb") as log:
        process = subprocess.Popen(
            [*MOBILITY, "run"], env=environment, cwd=REPOSITORY, stdout=log, stderr=log, start_new_session=True
        )
        try:
            _wait_until_up(address, process, instance / "run.log")
            yield Site(address=address, instance=instance)
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout=45)
            except subprocess.TimeoutExpired:
                process.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_up(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < give_up_at:
        assert process.poll() is None, f"the site ended by itself:\n{log.read_text()}"
        try:
            with urllib.request.urlopen(f"{address}/health/live", timeout=2):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise AssertionError(f"nothing answers at {address}:\n{log.read_text()}")
