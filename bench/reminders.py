"""Goals 13 and 14: the sweep of due notices against a loop over ORM objects, and sending against the usual way to send.

Ten thousand notices are due among a million (MOBILITY_BENCH_REMINDERS changes that), each to a reader of its own. The
loop does what the sweep does, in portions of the same size, as one writes it with objects: look at the clock, make the
message, change the state. An empty sweep is timed by the statement that finds out, sent through the driver.

The usual way to send makes an EmailMessage and opens a connection for each message; ours writes the bytes and keeps
the connection. The mail server is a process of its own. Both are timed with and without making the words.
"""

import os
import random
import smtplib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import delete, insert, literal, select, update
from sqlalchemy.orm import Session

from bench.browsing import opened_session, statements
from bench.figures import Figure, Work, interleaved, median_of, settled
from mobility.app import create_app
from mobility.mail.messages import RenderedMail, render
from mobility.mail.samples import SAMPLES
from mobility.mail.transport import SmtpTransport
from mobility.mail.wire import write_mail
from mobility.services.handing_over import hand_over_due
from mobility.settings import load_settings
from mobility.storage.db import db, write_unit
from mobility.storage.models.accounts import Person
from mobility.storage.models.cases import CaseFile
from mobility.storage.models.clocks import Clock
from mobility.storage.models.reminders import OutboxMessage, Reminder
from mobility.storage.schema import Base
from mobility.storage.scope import ALL, set_scope
from tests.databases import fresh_postgresql
from tests.drills.copies import START, insert_notices, make_copies
from tests.drills.sink import LOOPBACK, open_sink

ALL_NOTICES = int(os.environ.get("MOBILITY_BENCH_REMINDERS", "1000000"))
DUE = max(100, ALL_NOTICES // 100)
SWEEP_GOAL = 6
EMPTY_GOAL_MS = {"sqlite": 0.1, "postgresql": 0.2}
SEND_GOAL = 2.5
PORTION = 200
SITE = "https://mobility.example"
SENDER = "post@mobility.example"
NOON = START + timedelta(hours=3)  # nobody is asleep: all readers are in one zone


def measure() -> Iterator[Figure]:
    """Measure the sweep on each database, then sending."""
    for kind in ("sqlite", "postgresql"):
        with settled(), _installation(kind) as app, opened_session(app) as session:
            _fill(session)
            yield from _sweep(app, session, kind)
    with settled(), tempfile.TemporaryDirectory() as folder, open_sink(Path(folder) / "sink") as sink:
        yield from _sending(sink.port)


@contextmanager
def _installation(kind: str) -> Iterator[Flask]:
    with tempfile.TemporaryDirectory() as folder:
        address = "" if kind == "sqlite" else fresh_postgresql(f"mobility_bench_reminders_{os.getpid()}")
        app = create_app(
            load_settings(instance=Path(folder), database_url=address, environment="production", secret_key="b" * 40)
        )
        with app.app_context():
            Base.metadata.create_all(db.engine)
        yield app
        with app.app_context():
            db.engine.dispose()


def _fill(session: Session) -> None:
    """Write the due notices, and for each so many that are past or far ahead."""
    set_scope(session, ALL)
    with write_unit(session):
        clocks = make_copies(session, DUE, random.Random(13), zones=("Europe/Berlin",), days=(9, 30))
        insert_notices(session, [(clock, START + timedelta(hours=1)) for clock in clocks])
    columns = [column for column in Reminder.__table__.columns if column.name not in ("id", "key", "state", "next_at")]
    for number in range(ALL_NOTICES // DUE - 1):
        state, ahead = ("planned", timedelta(days=60 + number)) if number % 5 == 0 else ("handed_over", timedelta(0))
        copied = select(
            Reminder.key + f":{number}", literal(state), literal(NOON + ahead, Reminder.next_at.type), *columns
        ).where(Reminder.key.like("%:due"))
        with write_unit(session):
            session.execute(
                insert(Reminder).from_select(["key", "state", "next_at", *(c.name for c in columns)], copied)
            )


def _sweep(app: Flask, session: Session, kind: str) -> Iterator[Figure]:
    label = f"{DUE}_of_{ALL_NOTICES}_{kind}"
    ours, loop = [], []
    for _ in range(2):
        ours.append(_timed(session, _swept))
        loop.append(_timed(session, _looped))
    yield Figure(
        name=f"sweep_{label}_over_orm_loop", value=min(loop) / min(ours), unit="times", goal=SWEEP_GOAL, at_least=True
    )
    yield Figure(name=f"sweep_{label}_seconds", value=min(ours), unit="s", goal=10)
    _swept(session)
    with statements(app) as sent, write_unit(session):
        assert hand_over_due(session, NOON).total == 0
    asked = [each for each in sent if each[0].lstrip().startswith("SELECT")]
    cursor = db.engine.raw_connection().cursor()

    def ask() -> None:
        for statement, parameters in asked:
            cursor.execute(statement, parameters)
            cursor.fetchall()

    seconds = median_of(lambda: [ask() for _ in range(100)], samples=7) / 100
    yield Figure(name=f"sweep_empty_{kind}", value=seconds * 1000, unit="ms", goal=EMPTY_GOAL_MS[kind])


def _timed(session: Session, sweep: Any) -> float:
    """Put everything back as it was, then time one sweep to its end."""
    with write_unit(session):
        session.execute(delete(OutboxMessage))
        session.execute(update(Reminder).where(Reminder.key.like("%:due")).values(state="planned", next_at=NOON))
    started = perf_counter()
    sweep(session)
    seconds = perf_counter() - started
    with write_unit(session):
        assert len(session.scalars(select(OutboxMessage.id)).all()) == DUE
    session.expunge_all()
    return seconds


def _swept(session: Session) -> None:
    while True:
        with write_unit(session):
            if not hand_over_due(session, NOON, limit=PORTION).total:
                return


def _looped(session: Session) -> None:
    while True:
        with write_unit(session):
            due = select(Reminder).where(Reminder.state == "planned", Reminder.next_at <= NOON)
            rows = session.scalars(due.order_by(Reminder.next_at, Reminder.id).limit(PORTION)).all()
            for row in rows:
                _hand_over(session, row)
        if not rows:
            return


def _hand_over(session: Session, row: Reminder) -> None:
    """Turn one notice into a message, as one does with objects."""
    clock, case = session.get_one(Clock, row.clock_id), session.get_one(CaseFile, row.case_id)
    person = session.get_one(Person, row.recipient_id)
    if clock.state != "running" or clock.due_version != row.due_version or not person.is_active:
        row.state = "cancelled"
        return
    version = clock.provision_version
    message = OutboxMessage(
        key=f"reminder:{row.key}",
        template="reminder",
        recipient_id=person.id,
        case_id=case.id,
        address="",
        locale="",
        due_at=NOON,
        next_at=NOON,
        message_id=f"<{row.key}@mobility.example>",
        created_at=NOON,
        parameters={
            "reference": case.reference,
            "clock_id": clock.id,
            "due_version": clock.due_version,
            "owes": version.terms["owes"],
            "article": version.article,
            "instrument": version.provision.instrument.short_title,
            "office_names": clock.office.names if clock.office else {},
            "earliest_on": clock.earliest_on.isoformat(),
            "latest_on": clock.latest_on.isoformat(),
            "time_zone": clock.time_zone,
            "derivation": clock.derivation,
        },
    )
    session.add(message)
    row.state, row.handed_over_at, row.message_key = "handed_over", NOON, message.key


def _sending(port: int) -> Iterator[Figure]:
    words, transport = _words(), SmtpTransport(urlsplit(f"smtp://{LOOPBACK}:{port}"))
    usual, ours, usual_worded, ours_worded = interleaved(
        [
            Work(lambda: _send_usually(port, words), times=50),
            Work(lambda: transport.send(_written(words)), times=50),
            Work(lambda: _send_usually(port, _words()), times=50),
            Work(lambda: transport.send(_written(_words())), times=50),
        ],
        samples=7,
        clock=perf_counter,
    )
    transport.rest()
    yield Figure(name="sending_over_usual", value=usual / ours, unit="times", goal=SEND_GOAL, at_least=True)
    yield Figure(
        name="sending_over_usual_with_words",
        value=usual_worded / ours_worded,
        unit="times",
        goal=SEND_GOAL,
        at_least=True,
    )


def _words() -> RenderedMail:
    return render("reminder", "en", SAMPLES["reminder"], SITE)


def _written(words: RenderedMail) -> Any:
    return write_mail(
        words, sender=SENDER, to="reader@ok.example", message_id="<a@mobility.example>", key="bench", now=NOON
    )


def _send_usually(port: int, words: RenderedMail) -> None:
    message = EmailMessage(policy=SMTP)
    headers: dict[str, str | datetime] = {
        "From": SENDER,
        "To": "reader@ok.example",
        "Subject": words.subject,
        "Date": NOON,
        "Message-ID": "<a@mobility.example>",
        "X-Mobility-Reminder": "bench",
    }
    for name, value in headers.items():
        message[name] = value
    message.set_content(words.text)
    message.add_alternative(words.html, subtype="html")
    with smtplib.SMTP(LOOPBACK, port, timeout=20) as server:
        server.send_message(message)
