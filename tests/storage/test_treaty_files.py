"""A treaty file is taken whole or refused whole, and the refusal says where the fault stands."""

from datetime import date
from pathlib import Path

import pytest

from mobility.domain.law_codes import DatePrecision, PeriodUnit
from mobility.domain.treaty_data import content_hash
from mobility.storage.rule_set_files import installed_rule_sets
from mobility.storage.treaty_files import TreatyFilesRefused, read_treaties
from mobility.storage.treaty_files.rules import period_fault

HEAD = """
[instrument]
code = "visa_code"
title = "A code on visas"
short_title = "Visa Code"
kind = "eu_act"
url = "https://example.org/visa"
parties_source = "its text"

[[party]]
countries = ["FR", "CH"]
in_force_on = 2010-04-05
"""

PROVISION = """
[[provision]]
code = "V05"
"""

VERSION = """
[[provision.version]]
valid_from = 2010-04-05
article = "23(1)"
stage = "visa"
kind = "decision"
owes = "The consulate decides on the application."
starts_on = "visa_lodged"
met_by = ["visa_issued", "visa_refused"]
period = 15
unit = "calendar_days"
direction = "forward"
owed_by = "post"
rule_set = "EU1182"
calendar = "actor"
source = "the text"
checked_on = 2026-11-21
confidence = "seen"
"""

GOOD = HEAD + PROVISION + VERSION


def written(folder: Path, text: str, name: str = "visa_code.toml") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def problems_of(folder: Path) -> list[str]:
    with pytest.raises(TreatyFilesRefused) as refused:
        read_treaties(folder)
    return [str(problem) for problem in refused.value.problems]


def test_a_good_file_becomes_an_instrument_and_its_provisions(tmp_path: Path) -> None:
    instruments, provisions = read_treaties(written(tmp_path, GOOD))
    (instrument,), (provision,) = instruments, provisions
    assert [party.country for party in instrument.parties] == ["CH", "FR"]
    assert instrument.parties_complete
    version = provision.latest
    assert (provision.code, provision.instrument, version.number) == ("V05", "visa_code", 1)
    assert (version.period, version.unit, version.rule_set) == ("15", PeriodUnit.CALENDAR_DAYS, "EU1182")
    assert version.checked_on == date(2026, 11, 21)


def test_reading_twice_gives_the_same_hashes(tmp_path: Path) -> None:
    written(tmp_path, GOOD)
    first, second = read_treaties(tmp_path), read_treaties(tmp_path)
    assert first == second
    assert content_hash(first[1][0].latest) == content_hash(second[1][0].latest)


def test_an_unknown_key_is_named_with_file_provision_and_version(tmp_path: Path) -> None:
    second = VERSION.replace("2010-04-05", "2020-02-02").replace("period =", "perod =")
    text = HEAD + PROVISION + VERSION.replace("article", "valid_until = 2020-02-01\narticle") + second
    found = problems_of(written(tmp_path, text))
    assert 'visa_code.toml: provision V05 version 2: unknown key "perod" (did you mean "period"?)' in found


FAULTS = [
    ("a missing article", 'article = "23(1)"\n', "", 'provision V05 version 1: missing key "article"'),
    ("a blank article", '"23(1)"', '" "', 'provision V05 version 1: "article" must be a text that is not empty'),
    ("a missing sentence", 'owes = "The consulate decides on the application."\n', "", 'missing key "owes"'),
    ("an unknown stage", '"visa"\nkind', '"visas"\nkind', 'unknown stage "visas" (did you mean "visa"?)'),
    ("an unknown kind", '"decision"', '"judgment"', 'provision V05 version 1: unknown kind "judgment"'),
    ("an unknown unit", '"calendar_days"', '"fortnights"', 'unknown unit "fortnights"'),
    ("an unknown rule set", '"EU1182"', '"EU1183"', 'unknown rule set "EU1183" (did you mean "EU1182"?)'),
    (
        "an unknown event",
        '"visa_lodged"',
        '"visa_loged"',
        'unknown starts on "visa_loged" (did you mean "visa_lodged"?)',
    ),
    ("an unknown met event", '"visa_issued", ', '"visa_isued", ', 'unknown met by "visa_isued"'),
    ("an unknown direction", '"forward"', '"sideways"', 'unknown direction "sideways"'),
    ("an unknown role", '"post"', '"postman"', 'unknown owed by "postman"'),
    ("an unknown calendar", '"actor"', '"country:QQ"', 'unknown calendar "country:QQ"'),
    ("an unknown country", '"FR", "CH"', '"FR", "QQ"', 'party 1: unknown country "QQ"'),
    ("a country twice", '"FR", "CH"', '"FR", "FR"', "FR"),
    ("an unknown instrument kind", '"eu_act"', '"eu_law"', 'instrument: unknown kind "eu_law"'),
    ("a code that is not the file's", 'code = "visa_code"', 'code = "visa"', "must be the name of the file"),
    ("a bad address", '"https://example.org/visa"', '"see above"', '"see above" is not a web address'),
    ("no parties' source", 'parties_source = "its text"\n', "", 'instrument: missing key "parties_source"'),
    ("a date as text", "valid_from = 2010-04-05", 'valid_from = "2010-04-05"', 'bad date in "valid_from"'),
    ("a date and time", "valid_from = 2010-04-05", "valid_from = 2010-04-05T00:00:00", 'bad date in "valid_from"'),
    ("an absurd year", "valid_from = 2010-04-05", "valid_from = 0210-04-05", "year 210 is not within"),
    ("a year for a check", "checked_on = 2026-11-21", "checked_on = 2026", "2026 is only a year"),
    ("a period of nothing", "period = 15", "period = 0", 'impossible period "0" in calendar_days'),
    ("a negative period", "period = 15", "period = -15", 'impossible period "-15" in calendar_days'),
    ("an absurd period", "period = 15", "period = 1000000000", 'impossible period "1000000000"'),
    ("half a day", "period = 15", 'period = "1.5"', 'impossible period "1.5" in calendar_days'),
    ("a period in words", "period = 15", 'period = "a while"', 'impossible period "a while"'),
    ("a period that is a date", "period = 15", "period = 2020-01-01", '"period" must be a whole number'),
    ("a unit without period", "period = 15\n", "", '"period" and "unit" come together'),
    ("no period at all", 'period = 15\nunit = "calendar_days"\n', "", "rule set EU1182 needs a period"),
    ("a unit it cannot count", '"EU1182"', '"WORKDAYS"', "rule set WORKDAYS cannot count calendar_days"),
    ("a direction it cannot count", '"forward"', '"periodic"', "rule set EU1182 cannot count periodic"),
    ("a period it cannot take", '"EU1182"', '"NATIONAL"', "rule set NATIONAL takes no period"),
    ("missing parameters", '"EU1182"', '"MIN"', 'rule set MIN needs "params.candidates"'),
    ("no trigger", 'starts_on = "visa_lodged"\n', "", 'needs "starts_on" (an event) or "trigger" (in words)'),
    ("met but never started", 'starts_on = "visa_lodged"\n', "", '"met_by" without "starts_on"'),
    ("seen but not checked", "checked_on = 2026-11-21\n", "", 'confidence "seen" needs "checked_on"'),
    ("recalled but checked", '"seen"', '"recalled"', 'confidence "recalled" was not checked'),
    ("no source", 'source = "the text"\n', "", 'missing key "source"'),
    (
        "validity backwards",
        "article",
        "valid_until = 2009-01-01\narticle",
        "valid until 2009-01-01, before it is valid",
    ),
    ("a code out of form", '"V05"', '"v 5"', "is not of the form"),
    ("an unknown top-level key", "[[provision]]", "[[provisions]]", 'unknown key "provisions"'),
    ("a text with a line break", '"the text"', '"""the\ntext"""', '"source" must be one line'),
    ("met_by as one text", '["visa_issued", "visa_refused"]', '"visa_issued"', '"met_by" must be a list of texts'),
    ("soft as text", 'confidence = "seen"', 'confidence = "seen"\nsoft = "yes"', '"soft" must be true or false'),
    ("a text too long", '"23(1)"', '"' + "9" * 121 + '"', '"article" has 121 characters, more than 120'),
    ("the same text twice", '"visa_issued", "visa_refused"', '"visa_issued", "visa_issued"', "names something twice"),
]


@pytest.mark.parametrize(("old", "new", "expected"), [fault[1:] for fault in FAULTS], ids=[f[0] for f in FAULTS])
def test_a_fault_is_named_with_its_place(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert old in GOOD
    found = problems_of(written(tmp_path, GOOD.replace(old, new)))
    assert any(problem.startswith("visa_code.toml: ") and expected in problem for problem in found), found


EXTRA_FAULTS = [
    ("[provision.version.params]\nwindw_days = 180", 'version 1: params: unknown key "windw_days"'),
    ("[provision.version.params]\nwindow_days = 0", '"window_days" must be a whole number from 1'),
    ("[provision.version.params]\nmonth = 2\nday = 30", "there is no day 30 of month 2"),
    ("[provision.version.params]\nmonth = 6", "there is no day None of month 6"),
    ('[provision.version.params]\nper = "village"', 'unknown per "village"'),
    ('[provision.version.params]\nexcluded = ["abroad", "holidays"]', 'unknown excluded "holidays"'),
    ("[provision.version.params]\nfirst_on = 2027", "2027 is only a year"),
    ("[provision.version.params]\nrenewal = { period = 1 }", 'params: renewal: "period" and "unit" come together'),
    ('[provision.version.params]\nrenewal = { period = 1, unit = "years", x = 1 }', 'params: renewal: unknown key "x"'),
    ("[provision.version.params]\nnotice = 6", '"notice" must be a table'),
    ("[provision.version.params]\ncandidates = [{}]", 'candidate 1: a candidate needs "event" or "trigger"'),
    ('[provision.version.params]\ncandidates = [{ event = "party" }]', 'unknown event "party"'),
    (
        '[provision.version.params]\ncandidates = [{ event = "arrived", period = 1, unit = "days", direction = "up" }]',
        'candidate 1: unknown direction "up"',
    ),
    ('[provision.version.params]\nseasons = [{ from = "02-30", to = "03-01" }]', 'bad day of the year in "from"'),
    ('[provision.version.params]\nseasons = [{ from = "easter-7" }]', 'season 1: missing key "to"'),
    ('[provision.version.params]\nsuspends = ["V99"]', 'params.suspends: unknown provision "V99"'),
    ('[provision.version.suspension]\nmodel = "sleep"', 'suspension: unknown model "sleep"'),
    ('[provision.version.suspension]\narticle = "1"', 'suspension: missing key "model"'),
    ('[provision.version.suspension]\nmodel = "restart"\nprovision = "V99"', 'suspension: unknown provision "V99"'),
    ('[provision.version.extension]\nmodel = "new_total"', 'extension: missing key "ground"'),
    (
        '[provision.version.extension]\nmodel = "new_total"\nground = "Why."\nperiod = 0\nunit = "days"',
        'extension: impossible period "0" in days',
    ),
]


@pytest.mark.parametrize(("extra", "expected"), EXTRA_FAULTS, ids=[fault[1] for fault in EXTRA_FAULTS])
def test_a_fault_in_a_sub_table_is_named_with_its_key_path(tmp_path: Path, extra: str, expected: str) -> None:
    found = problems_of(written(tmp_path, f"{GOOD}\n{extra}\n"))
    assert any("provision V05 version 1" in problem and expected in problem for problem in found), found


def test_overlapping_versions_are_named_with_both_numbers_and_their_dates(tmp_path: Path) -> None:
    found = problems_of(written(tmp_path, GOOD + VERSION.replace("2010-04-05", "2020-02-02")))
    assert found == [
        "visa_code.toml: provision V05: versions 1 and 2 overlap: 2010-04-05 to open and 2020-02-02 to open"
    ]


def test_old_and_new_wording_stand_side_by_side(tmp_path: Path) -> None:
    old = VERSION.replace("article", "valid_until = 2020-02-01\narticle")
    new = VERSION.replace("2010-04-05", "2020-02-02").replace("15", "45")
    _instruments, (provision,) = read_treaties(written(tmp_path, HEAD + PROVISION + old + new))
    assert [version.period for version in provision.versions] == ["15", "45"]
    assert [version.number for version in provision.versions] == [1, 2]


def test_a_year_alone_is_read_as_its_first_or_last_day_and_remembered_as_a_year(tmp_path: Path) -> None:
    text = GOOD.replace("valid_from = 2010-04-05", "valid_from = 2010\nvalid_until = 2019")
    _instruments, (provision,) = read_treaties(written(tmp_path, text))
    assert provision.latest.valid_from == date(2010, 1, 1)
    assert provision.latest.valid_until == date(2019, 12, 31)
    assert provision.latest.valid_from_precision is DatePrecision.YEAR


def test_every_fault_of_every_file_is_listed_and_nothing_is_returned(tmp_path: Path) -> None:
    written(tmp_path, GOOD)
    written(tmp_path, "this is not TOML", "broken.toml")
    written(tmp_path, GOOD.replace('"visa_code"', '"other"').replace("15", "0"), "other.toml")
    (tmp_path / "latin.toml").write_bytes(b'title = "\xe9"')
    written(tmp_path, PROVISION + VERSION, "headless.toml")
    found = problems_of(tmp_path)
    assert [line.split(":")[0] for line in found] == [
        "broken.toml",
        "headless.toml",
        "latin.toml",
        "other.toml",
        "visa_code.toml",
    ]
    assert "provision V05: the code is already used in other.toml" in found[-1]
    assert found[1] == 'headless.toml: missing table "instrument"'


def test_a_provision_without_versions_or_code_is_named_by_its_number(tmp_path: Path) -> None:
    found = problems_of(written(tmp_path, HEAD + "[[provision]]\n"))
    assert found == [
        'visa_code.toml: provision 1: missing key "code"',
        "visa_code.toml: provision 1: has no version",
    ]


@pytest.mark.parametrize("name", ["missing", "empty"])
def test_a_folder_without_files_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    assert problems_of(tmp_path / name) == [f"{tmp_path / name}: no treaty files in this folder"]


def test_rule_sets_are_data_and_may_be_named_by_the_caller(tmp_path: Path) -> None:
    written(tmp_path, GOOD.replace('"EU1182"', '"NEWLAW"'))
    _instruments, (provision,) = read_treaties(tmp_path, rule_sets={"NEWLAW": installed_rule_sets()["EU1182"]})
    assert provision.latest.rule_set == "NEWLAW"


@pytest.mark.parametrize(
    ("period", "unit", "possible"),
    [
        ("15", PeriodUnit.DAYS, True),
        ("1.5", PeriodUnit.MONTHS, True),
        ("1.33", PeriodUnit.MONTHS, False),
        ("0.0", PeriodUnit.MONTHS, False),
        ("3w+2wd", PeriodUnit.COMPOSITE, True),
        ("14d+2m+10d", PeriodUnit.COMPOSITE, True),
        ("3w+", PeriodUnit.COMPOSITE, False),
        ("3w+0d", PeriodUnit.COMPOSITE, False),
        ("15", PeriodUnit.COMPOSITE, False),
        ("101", PeriodUnit.YEARS, False),
        ("²", PeriodUnit.DAYS, False),
        ("", PeriodUnit.DAYS, False),
    ],
)
def test_possible_periods(period: str, unit: PeriodUnit, possible: bool) -> None:
    assert (period_fault(period, unit) is None) is possible
