"""A real site for the browser: database, demo people, web and scheduler as the README starts them.

A missing Chromium is a failure, never a skip. Every page a test looks at is checked with axe (WCAG 2.2 A and AA).
"""

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
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

MOBILITY = [sys.executable, "-m", "mobility"]


@dataclass
class Site:
    """A running installation."""

    address: str
    instance: Path

    @property
    def mail(self) -> Path:
        return self.instance / "mail"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_up(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(240):
        if process.poll() is not None:
            raise RuntimeError(f"mobility run ended with status {process.returncode}")
        try:
            with urllib.request.urlopen(f"{address}/health/live", timeout=2):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.25)
    raise RuntimeError(f"nothing answers at {address}")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    instance = tmp_path_factory.mktemp("site")
    port = _free_port()
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("MOBILITY_")},
        "MOBILITY_INSTANCE": str(instance),
        "MOBILITY_PORT": str(port),
        "MOBILITY_DISPATCH_SECONDS": "1",
    }
    subprocess.run(
        [*MOBILITY, "db", "prepare", "--demo"], env=environment, check=True, capture_output=True, timeout=300
    )
    log = (instance / "run.log").open("wb")
    process = subprocess.Popen([*MOBILITY, "run"], env=environment, stdout=log, stderr=log, start_new_session=True)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_up(address, process)
        yield Site(address=address, instance=instance)
    finally:
        os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
        log.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    found = shutil.which("chromium")
    if not found:
        raise RuntimeError("the browser tests need Chromium: apt-get install chromium fonts-noto-core")
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
    arguments += ["--no-first-run", "--disable-component-update", "--disable-sync"]
    playwright: Playwright
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=arguments)
        yield browser
        browser.close()
