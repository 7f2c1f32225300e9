"""Goals 1 and 5: what a list page costs against a bare Flask route, and how many statements pages need."""

from collections.abc import Iterator

from flask import Flask

from bench.browsing import Desk, busiest_desk, opened_session, page, sign_in, statements
from bench.figures import Figure, Work, interleaved, settled
from bench.instances import Instance, installation, sizes

LIST_GOAL = 12
LIST_STATEMENTS = 4
CASE_STATEMENTS = 20
_OWN_STATEMENTS = ("SAVEPOINT", "ROLLBACK", "BEGIN", "PRAGMA", "SET ")


def measure() -> Iterator[Figure]:
    """Measure on every installation; the cost of a page on the small one and the large one on SQLite."""
    small, large, large_on_postgresql = sizes()
    for kind, cases in (
        ("sqlite", small),
        ("sqlite", large),
        ("postgresql", small),
        ("postgresql", large_on_postgresql),
    ):
        instance = installation(kind, cases)
        with settled(), instance.app() as app:
            with opened_session(app) as session:
                desk = busiest_desk(session)
                officer, applicant = sign_in(session, desk.officer_id), sign_in(session, desk.applicant_id)
            yield from _statements(app, instance, desk, officer, applicant)
            if kind == "sqlite":
                yield _cost(app, instance, desk, officer)


def bare_route() -> Flask:
    """Return the smallest Flask application that answers."""
    bare = Flask("bare")
    bare.add_url_rule("/", view_func=lambda: "ok")
    return bare


def _cost(app: Flask, instance: Instance, desk: Desk, token: str) -> Figure:
    """CPU of the list page over that of a bare route, in one run."""
    works = [
        Work(page(app, f"/desk?office={desk.office_id}", token), times=10),
        Work(page(bare_route(), "/"), times=200),
    ]
    listed, empty = interleaved(works, samples=15)
    return Figure(
        name=f"list_page_over_bare_route_{instance.label}", value=listed / empty, unit="times", goal=LIST_GOAL
    )


def _statements(app: Flask, instance: Instance, desk: Desk, officer: str, applicant: str) -> Iterator[Figure]:
    pages = {
        "list_page_statements": (f"/desk?office={desk.office_id}", officer, LIST_STATEMENTS),
        "case_page_statements_officer": (f"/desk/cases/{desk.reference}", officer, CASE_STATEMENTS),
        "case_page_statements_applicant": (f"/stays/{desk.reference}", applicant, CASE_STATEMENTS),
    }
    for name, (path, token, goal) in pages.items():
        call = page(app, path, token)
        call()
        with statements(app) as sent:
            call()
        counted = [statement for statement, _ in sent if not statement.startswith(_OWN_STATEMENTS)]
        yield Figure(name=f"{name}_{instance.label}", value=len(counted), unit="statements", goal=goal)
