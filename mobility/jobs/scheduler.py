"""The scheduler's own process: APScheduler wakes the jobs of `jobs/work.py`; they live nowhere but in memory.

What is due is in the database, so nothing is lost when this process is killed, and it may run any number of times:
the lease decides which one works. A run that comes late is run, several missed ones are one, none overlaps itself.
"""

import logging
import signal
from collections.abc import Callable
from datetime import UTC
from typing import Any

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy.exc import DBAPIError

from mobility.clock import utc_now
from mobility.jobs.work import Worker, dispatch, tidy_up
from mobility.stopping import Stopping

log = structlog.get_logger()
HOUR_SECONDS = 3600
Job = Callable[[Worker], dict[str, Any] | None]


def run_once(worker: Worker) -> dict[str, dict[str, Any] | None]:
    """Do every job once and give the lease back; a job is None where another scheduler holds the lease."""
    try:
        return {"dispatch": dispatch(worker), "tidy_up": tidy_up(worker)}
    finally:
        worker.give_back_lease()


def run_until_told_to_stop(worker: Worker) -> None:
    """Run the jobs until SIGTERM or SIGINT; the message in hand is finished, the lease given back.

    A supervisor that signals every process of a group tells this one twice; the second time changes nothing.
    """
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a tick that found the last one busy is no news
    with Stopping((signal.SIGTERM, signal.SIGINT)) as stopping:
        scheduler = make_scheduler(worker)
        try:
            scheduler.start()
            stopping.wait()
            worker.stop.set()
            scheduler.shutdown(wait=True)
        finally:
            worker.give_back_lease()


def make_scheduler(worker: Worker) -> BackgroundScheduler:
    """Return a scheduler with its two jobs, not yet started."""
    scheduler = BackgroundScheduler(
        jobstores={"default": MemoryJobStore()},
        executors={"default": ThreadPoolExecutor(max_workers=2)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        timezone=UTC,
    )
    jobs: tuple[tuple[Job, int], ...] = ((dispatch, worker.settings.dispatch_seconds), (tidy_up, HOUR_SECONDS))
    for job, seconds in jobs:
        scheduler.add_job(
            guarded(job),
            IntervalTrigger(seconds=seconds, timezone=UTC),
            args=[worker],
            id=job.__name__,
            next_run_time=utc_now(),
        )
    return scheduler


def guarded(job: Job) -> Callable[[Worker], None]:
    """Return a job that outlives its failures: what was due then is due at the next tick."""

    def run(worker: Worker) -> None:
        try:
            job(worker)
        except DBAPIError as error:
            log.error("database_unavailable", job=job.__name__, error=type(error.orig).__name__)
        except Exception as error:
            log.error("job_failed", job=job.__name__, exc_info=error)

    return run
