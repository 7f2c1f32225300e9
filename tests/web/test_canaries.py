"""Texts that only some may meet, and everybody's walk through all pages that links lead to.

Every text in `tests/web/world.py` carries the mark of its world, its case and its kind. Each person starts at home
and follows every link, files for download included; what was met is compared with what that person may meet.
"""

import html
import re
from collections.abc import Iterable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.storage.models.reminders import OutboxMessage
from tests.web.forms import sign_in
from tests.web.world import World, add_governance, make_world

DEEPEST, MOST_PAGES, MOST_OF_ONE_PATH = 4, 60, 2
_CANARY = re.compile(r"\b(?:alpha|beta)-[a-z][a-z-]*[a-z]")
_LINK = re.compile(r'href="(/[^"]*)"')
_SKIPPED = ("/static/", "/language/", "/sign-in", "/register", "/forgotten", "/signed-out")

PUBLIC = r"(alpha|beta)-(programme|call(-[a-z]+)*)"
PEOPLES_NAMES = r"(alpha|beta)-name-[a-z]+"
CASES = "(main|sent|paying|ready|travelling|ineligible)"
ABOUT_ONESELF = "(letter|reply|question|document|work|text)"
OFFICE_NAMES = "name-(post|sending|recognition|funder|school|colleague)"


def case_files(world: str) -> str:
    """What offices of a route may meet: the whole of each of its cases, but no draft and no sealed value."""
    people = "name-(own|neighbour|post|sending|recognition|funder|school|colleague|manager|target)"
    return rf"{world}-({people}|({CASES}|neighbour)-(?!passport)[a-z-]+)"


def own_things(world: str, person: str, cases: str) -> str:
    return rf"{world}-(name-{person}|{OFFICE_NAMES}|{cases}-{ABOUT_ONESELF}|{person}-passport)"


def may_meet(person: str) -> tuple[str, ...]:
    """Return patterns of everything that the person may read somewhere."""
    drafts = r"alpha-draft(-text|-document)?"
    special = {
        "anonymous": (),
        "own": (own_things("alpha", "own", CASES), drafts),
        "neighbour": (own_things("alpha", "neighbour", "neighbour"),),
        "beta-own": (own_things("beta", "own", CASES), r"beta-draft(-text|-document)?"),
        "beta-post": (case_files("beta"),),
        "beta-powerless": ("beta-name-powerless",),
        "beta-manager": (case_files("beta"), "beta-hidden(-summary)?"),
        "manager": (case_files("alpha"), "alpha-hidden(-summary)?", "alpha-source"),
        "post": (case_files("alpha"), "alpha-snooze"),
        "powerless": ("alpha-name-powerless",),
        "administrator": (PEOPLES_NAMES, "(alpha|beta)-source"),  # whose flows they import
        "auditor": (PEOPLES_NAMES,),
    }
    return (PUBLIC, *special.get(person, (case_files("alpha"),)))


MUST_MEET = {
    "own": {"alpha-main-letter", "alpha-main-reply", "alpha-main-question", "alpha-draft", "alpha-main-document"},
    "neighbour": {"alpha-neighbour-letter", "alpha-neighbour-question"},
    "post": {"alpha-main-internal-note", "alpha-neighbour-letter", "alpha-main-text", "alpha-sent-text"},
    "sending": {"alpha-main-letter"},
    "funder": {"alpha-main-assessment"},
    "manager": {"alpha-hidden", "alpha-main-letter"},
    "beta-post": {"beta-main-internal-note"},
    "administrator": {"alpha-name-own", "beta-name-own"},
    "anonymous": {"alpha-call", "beta-call"},
}


@pytest.fixture
def world(session: Session) -> World:
    made = make_world(session)
    add_governance(session, made)
    beta = make_world(session, "beta", sending="FR", receiving="MA")
    made.people |= {f"beta-{name}": number for name, number in beta.people.items()}
    return made


def crawl(client: Any, *homes: str) -> tuple[set[str], list[str]]:
    """Follow links breadth first; return the canaries met and the addresses that failed."""
    met: set[str] = set()
    broken: list[str] = []
    seen, now = set(homes), list(homes)
    for _ in range(DEEPEST):
        later: list[str] = []
        for address in now:
            answer = client.get(address, buffered=True)
            if answer.status_code >= 400:
                broken.append(f"{address}: {answer.status_code}")
            met |= set(_CANARY.findall(answer.headers.get("Content-Disposition", "")))
            if answer.mimetype.startswith("text/"):
                met |= set(_CANARY.findall(answer.text))
            links = [*_LINK.findall(answer.text)] if answer.mimetype == "text/html" else []
            later += new_links([*links, answer.headers.get("Location", "")], seen)
        now = later
    return met, broken


def new_links(found: Iterable[str], seen: set[str]) -> list[str]:
    fresh = []
    for link in found:
        address = html.unescape(link).split("#")[0]
        if address.startswith("/") and not address.startswith(_SKIPPED) and address not in seen:
            if len(seen) >= MOST_PAGES or sum(_path(each) == _path(address) for each in seen) >= MOST_OF_ONE_PATH:
                continue
            seen.add(address)
            fresh.append(address)
    return fresh


def _path(address: str) -> str:
    """Return what tells pages apart: a list with other filters is one list, and so are calls, notices and entries."""
    alike = r"^/(calls|notices|statements/\d+/entries)/[\w-]+$"
    return re.sub(alike, r"/\1", address.split("?")[0])


HOMES = {"own": "/stays", "neighbour": "/stays", "beta-own": "/stays", "manager": "/programmes/"}
HOMES |= {"beta-manager": "/programmes/", "administrator": "/people", "auditor": "/audit", "anonymous": "/"}
CRAWLERS = (*HOMES, "post", "sending", "recognition", "funder", "school", "powerless", "beta-post", "beta-powerless")


def planned(world: World, person: str) -> list[str]:
    """Return where a manager finds the cases behind a figure: the crawl opens the report with one choice of each."""
    where = f"/reciprocity/cases?programme={world.programme}&origin=EG&host=DE&stays=planned"
    return [where] if person == "manager" else []


@pytest.mark.timeout(900)
def test_everybody_meets_what_is_theirs_and_nothing_else(client: Any, session: Session, world: World) -> None:
    wrong = []
    for person in CRAWLERS:
        browser = client.application.test_client()
        if person != "anonymous":
            sign_in(browser, world.people[person])
        met, broken = crawl(browser, HOMES.get(person, "/desk"), *planned(world, person))
        allowed = may_meet(person)
        strange = {each for each in met if not any(re.fullmatch(pattern, each) for pattern in allowed)}
        wrong += [f"{person} met {each}" for each in sorted(strange)]
        wrong += [f"{person} never met {each}" for each in sorted(MUST_MEET.get(person, set()) - met)]
        wrong += [f"{person} was led to {each}" for each in broken]
    assert not wrong, "\n".join(wrong)


def test_no_message_carries_what_people_wrote(session: Session, world: World) -> None:
    """Mails lead to the page; the words of a letter, a note or a statement stay there."""
    carried = {
        word for each in session.scalars(select(OutboxMessage)) for word in _CANARY.findall(str(each.parameters))
    }
    assert {word for word in carried if not re.fullmatch(rf"{PUBLIC}|{PEOPLES_NAMES}", word)} == set()
    assert "alpha-programme" in carried
