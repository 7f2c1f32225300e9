"""`mobility web`: the pages, served by gunicorn with threads, so that a restart answers every request in hand."""

import gc
import socket
from typing import Any

import click
from gunicorn.app.base import BaseApplication

from mobility.loading import load
from mobility.settings import Settings, load_settings


class WebServer(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn with our settings: modules are imported once, before the workers are forked and share them.

    Each worker makes the application for itself, because engines do not fork.
    """

    def __init__(self, settings: Settings, *, workers: int, threads: int) -> None:
        self._options = {
            "bind": f"{bracketed(settings.host)}:{settings.port}",
            "workers": workers,
            "threads": threads,
            "worker_class": "gthread",
            "preload_app": False,
            "control_socket_disable": True,
            "graceful_timeout": 30,
            "timeout": 60,
            "loglevel": "warning",
            "proc_name": "mobility-web",
        }
        self._make_app = load("mobility.app:create_app")
        gc.freeze()  # a collection that walked what was imported would copy it into every worker
        super().__init__()

    def load_config(self) -> None:
        """Take our settings; no file and no variable of gunicorn's is read."""
        for key, value in self._options.items():
            self.cfg.set(key, value)

    def load(self) -> Any:
        """Make the application, in the worker."""
        return self._make_app()


def bracketed(host: str) -> str:
    """Return a host as it stands in an address."""
    return f"[{host}]" if ":" in host else host


def refuse_used_port(settings: Settings) -> None:
    """End with one line where somebody else listens already, or the address is not this machine's."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        socket.create_server((settings.host, settings.port), family=family).close()
    except OSError as error:
        why = "is in use" if error.errno == 98 else f"cannot be used: {error.strerror or error}"
        raise click.ClickException(
            f"port {settings.port} on {settings.host} {why}; MOBILITY_PORT and MOBILITY_HOST choose another"
        ) from error


@click.command()
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Processes.")
@click.option("--threads", default=4, show_default=True, type=click.IntRange(1, 64), help="Threads in each process.")
def web(workers: int, threads: int) -> None:
    """Serve the pages; ends on Ctrl-C and SIGTERM when every request in hand is answered.

    Example: MOBILITY_PORT=8080 mobility web --workers 4
    """
    settings = load_settings()
    refuse_used_port(settings)
    WebServer(settings, workers=workers, threads=threads).run()
