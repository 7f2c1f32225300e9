"""Following a threshold on screen: from the report, with a level, and no more."""

import html
import re
from datetime import date

import pytest

from mobility.domain.law_codes import Direction, PeriodUnit, ProvisionKind
from tests.factories import (
    make_flow,
    make_grant,
    make_instrument,
    make_person,
    make_programme,
    make_provision,
    make_route,
)
from tests.web.forms import post, sentences, sign_in


@pytest.fixture
def code(client, session):
    instrument = make_instrument(session)
    series = {"direction": Direction.PERIODIC, "unit": PeriodUnit.YEARS, "period": "2", "rule_set": "PERIODIC"}
    make_provision(session, instrument=instrument, stage="reciprocity", kind=ProvisionKind.REPORT, **series)
    programme = make_programme(session, instrument=instrument)
    make_route(session, programme=programme)
    for _ in range(20):
        make_flow(session, programme, start_on=date(2025, 3, 1), end_on=date(2025, 3, 9))
    manager = make_person(session)
    make_grant(session, manager, "manager", programme=programme)
    code = programme.instrument.code
    sign_in(client, manager)
    return code


def told(page) -> str:
    return " ".join(sentences(page))


def test_a_threshold_is_followed_from_the_report_and_left(client, code):
    report = client.get(f"/reciprocity/report?instrument={code}")
    assert f'href="/thresholds/?what={code}:DE:EG"' in report.text.replace("%3A", ":")
    chosen = client.get(f"/thresholds/?what={code}:DE:EG")
    assert f'<option value="{code}:DE:EG" selected>' in chosen.text
    page = told(post(client, "/thresholds/", {"what": f"{code}:DE:EG", "level": "20"}, follow_redirects=True))
    assert "The balance of Germany and Egypt leaves the tolerance of 20%" in page
    assert "crossed since" in page
    assert "measured: 100%" in page
    day = re.search(r"By (\w+ 1 January \d{4})\.", page).group(1)
    why = next(line for line in client.get("/thresholds/").text.split('"') if line.startswith("/ask?"))
    assert day in told(client.get(html.unescape(why)))
    address = next(line for line in client.get("/thresholds/").text.split('"') if line.endswith("/leave"))
    left = told(post(client, address, page="/thresholds/", follow_redirects=True))
    assert "You follow nothing yet." in left


@pytest.mark.parametrize("level", ["0", "100", "", "a fifth"])
def test_a_level_that_is_none_is_refused_and_kept(client, code, level):
    page = post(client, "/thresholds/", {"what": f"{code}::", "level": level})
    assert page.status_code == 422
    assert f'value="{level}"' in page.text
