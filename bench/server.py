"""Goal 6: the spread of answer times, one client on loopback against gunicorn as people run it."""

import http.client
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from bench.browsing import busiest_desk, opened_session, sign_in
from bench.figures import Figure, percentile, settled
from bench.instances import ROOT, Instance, installation, sizes

SPREAD_GOAL = 2
REQUESTS = 600
WARM_UP = 60
_PATIENCE_SECONDS = 30


def measure() -> Iterator[Figure]:
    """Ask for the list page again and again over one connection."""
    instance = installation("sqlite", sizes()[0])
    with settled(), instance.app() as app, opened_session(app) as session:
        desk = busiest_desk(session)
        cookie = f"{app.session_interface.cookie}={sign_in(session, desk.officer_id)}"  # type: ignore[attr-defined]
    with _served(instance) as port:
        seconds = _answers(port, f"/desk?office={desk.office_id}", cookie)
    spread = percentile(seconds, 0.99) / percentile(seconds, 0.5)
    yield Figure(name="p99_over_p50_one_client", value=spread, unit="times", goal=SPREAD_GOAL)


@contextmanager
def _served(instance: Instance) -> Iterator[int]:
    """Serve an installation on a free port until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = int(found.getsockname()[1])
    command = [sys.executable, "-m", "mobility", "web", "--workers", "1"]
    environment = instance.environment() | {"MOBILITY_PORT": str(port)}
    server = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait(_PATIENCE_SECONDS)


def _wait_for(port: int) -> None:
    give_up_at = perf_counter() + _PATIENCE_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if perf_counter() > give_up_at:
                raise
            time.sleep(0.1)


def _answers(port: int, path: str, cookie: str) -> list[float]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    taken = []
    for number in range(WARM_UP + REQUESTS):
        started = perf_counter()
        connection.request("GET", path, headers={"Cookie": cookie})
        response = connection.getresponse()
        response.read()
        if response.status != 200:
            raise RuntimeError(f"{path} answered {response.status}")
        if number >= WARM_UP:
            taken.append(perf_counter() - started)
    connection.close()
    return taken
