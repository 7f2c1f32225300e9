"""Calendars of this installation: the package's pitfalls, institutions' lists, overrides, names, failing closed."""

from datetime import date
from pathlib import Path

import pytest

from mobility import calendars
from mobility.calendars.files import read_corrections, read_institution
from mobility.domain.calendars import CalendarMissing, Override
from mobility.resources import resource_dir


def working(code: str, *days: date) -> list[bool]:
    calendar = calendars.source().calendar(code, min(days).year, max(days).year)
    return [calendar.is_working(day) for day in days]


def test_the_same_calendar_is_handed_out_again() -> None:
    source = calendars.source()
    assert source is calendars.source()
    assert source.calendar("DE-BY", 2026, 2027) is source.calendar("DE-BY", 2026, 2027)


def test_package_and_version_are_told() -> None:
    calendar = calendars.source().calendar("FR", 2026, 2026)
    assert calendar.package == "holidays"
    assert calendar.package_version.count(".") >= 1


def test_a_subdivision_has_its_own_holidays() -> None:
    epiphany = date(2026, 1, 6)
    assert working("DE-BY", epiphany) == [False]
    assert working("DE-BE", epiphany) == [True]
    assert "subdivision_missing" in calendars.source().calendar("DE", 2026, 2026).flags
    assert "subdivision_missing" not in calendars.source().calendar("DE-BY", 2026, 2026).flags
    assert "subdivision_missing" not in calendars.source().calendar("EG", 2026, 2026).flags


def test_weekends_change_on_their_date() -> None:
    assert working("AE", date(2021, 12, 31), date(2022, 1, 2), date(2022, 1, 7)) == [False, False, True]
    assert working("EG", date(2026, 10, 2), date(2026, 10, 4)) == [False, True]


def test_weekends_that_the_package_has_wrong_are_corrected() -> None:
    friday, saturday, sunday = date(2026, 10, 2), date(2026, 10, 3), date(2026, 10, 4)
    assert working("LY", friday, saturday, sunday) == [False, False, True]
    assert working("PS", friday, saturday, sunday) == [False, False, True]
    assert working("MR", friday, saturday, sunday) == [True, False, False]
    assert working("MR", date(2013, 10, 4), date(2013, 10, 6)) == [False, True]
    assert working("NP", date(2026, 2, 6), date(2026, 2, 7), date(2026, 2, 8)) == [True, False, True]
    for code in ("LY", "NP", "DJ", "IR"):
        assert "weekend_unverified" in calendars.source().calendar(code, 2026, 2026).flags
    assert "weekend_unverified" not in calendars.source().calendar("EG", 2026, 2026).flags


def test_make_up_days_and_their_absence() -> None:
    assert working("CN", date(2026, 10, 10), date(2026, 10, 17)) == [True, False]
    assert "make_up_days_unknown" in calendars.source().calendar("CN", 2027, 2027).flags
    assert "make_up_days_unknown" not in calendars.source().calendar("CN", 2026, 2026).flags


def test_estimated_days_are_marked_and_named_plainly() -> None:
    morocco = calendars.source().calendar("MA", 2026, 2026)
    assert morocco.is_estimated(date(2026, 3, 20))
    assert morocco.holiday_name(date(2026, 3, 20)) == "Eid al-Fitr"
    assert not morocco.is_estimated(date(2026, 1, 1))
    saudi = calendars.source().calendar("SA", 2026, 2027)
    assert saudi.is_estimated(date(2027, 3, 9)), "the moon decides, though the package does not say so"
    assert not saudi.is_estimated(date(2026, 9, 23))


def test_an_empty_calendar_is_right_only_where_the_law_says_so() -> None:
    ukraine = calendars.source().calendar("UA", 2026, 2026)
    assert ukraine.is_working(date(2026, 8, 24))
    assert "calendar_suspended_by_law" in ukraine.flags
    assert ukraine.otherwise is not None
    assert not ukraine.otherwise.is_working(date(2026, 8, 24))
    assert not ukraine.otherwise.is_working(date(2026, 3, 9)), "8 March is a Sunday and moves on"
    assert calendars.source().calendar("UA", 2021, 2021).otherwise is None
    with pytest.raises(CalendarMissing) as refused:
        calendars.source().calendar("BV", 2026, 2026)
    assert refused.value.parameters["reason"] == "no_holidays_for_year"


@pytest.mark.parametrize(
    ("code", "year", "reason"),
    [
        ("ZZ", 2026, "unknown_calendar"),
        ("UK", 2026, "unknown_calendar"),
        ("de", 2026, "unknown_calendar"),
        ("DEU", 2026, "unknown_calendar"),
        ("", 2026, "unknown_calendar"),
        ("DE-", 2026, "unknown_calendar"),
        ("EU-PARL", 2026, "unknown_calendar"),
        ("DE-ZZ", 2026, "unknown_subdivision"),
        ("DE", 1980, "year_outside_data"),
        ("DE", 2101, "year_outside_data"),
        ("CJEU", 1990, "year_outside_data"),
        ("EU-COM", 2099, "year_outside_data"),
    ],
)
def test_what_has_no_data_is_refused(code: str, year: int, reason: str) -> None:
    with pytest.raises(CalendarMissing) as refused:
        calendars.source().calendar(code, year, year)
    assert refused.value.parameters["calendar"] == code
    assert refused.value.parameters["reason"] == reason


def test_years_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(CalendarMissing):
        calendars.source().calendar("DE", 2027, 2026)


def test_the_court_has_its_own_days() -> None:
    court = calendars.source().calendar("CJEU", 2026, 2026)
    closed = [day for day, _ in court.holidays_between(date(2026, 1, 1), date(2026, 12, 31))]
    assert closed == [
        date(2026, 1, 1),
        date(2026, 4, 6),
        date(2026, 5, 1),
        date(2026, 5, 14),
        date(2026, 5, 25),
        date(2026, 6, 23),
        date(2026, 8, 15),
        date(2026, 11, 1),
        date(2026, 12, 25),
        date(2026, 12, 26),
    ]
    assert court.is_working(date(2026, 4, 3)), "Good Friday is not on the Court's list"
    assert not court.flags


def test_the_commission_s_usual_list_is_marked_as_such() -> None:
    typical = calendars.source().calendar("EU-COM", 2026, 2026)
    assert "typical_holiday_list" in typical.flags
    assert not typical.is_working(date(2026, 4, 2)), "Maundy Thursday"
    assert not typical.is_working(date(2026, 12, 30))
    assert typical.is_working(date(2026, 6, 23))


def test_a_published_list_replaces_the_usual_one() -> None:
    published = calendars.source().calendar("EU-COM", 2023, 2023)
    assert not published.flags
    assert published.is_working(date(2023, 12, 22))
    assert not published.is_working(date(2023, 12, 27))
    luxembourg = calendars.source().calendar("EU-COM-LU", 2023, 2023)
    assert [luxembourg.is_working(day) for day in (date(2023, 6, 23), date(2023, 7, 21))] == [False, True]


def test_overrides_win_over_every_source() -> None:
    overrides = (
        Override(calendar="DE-BE", day=date(2026, 6, 17), working=False, name="Day of mourning", author="admin"),
        Override(calendar="DE-BE", day=date(2026, 5, 1), working=True, reason="open by decision", author="admin"),
        Override(calendar="DE-BE", day=date(2026, 5, 2), working=True, reason="open Saturday", author="admin"),
        Override(calendar="CJEU", day=date(2026, 4, 3), working=False, name="Good Friday", author="admin"),
    )
    source = calendars.source(overrides)
    berlin = source.calendar("DE-BE", 2026, 2026)
    assert not berlin.is_working(date(2026, 6, 17))
    assert berlin.holiday_name(date(2026, 6, 17)) == "Day of mourning"
    assert berlin.is_working(date(2026, 5, 1))
    assert berlin.is_working(date(2026, 5, 2))
    assert berlin.overrides == overrides[:3]
    assert not source.calendar("CJEU", 2026, 2026).is_working(date(2026, 4, 3))
    assert calendars.source().calendar("DE-BE", 2026, 2026).is_working(date(2026, 6, 17))
    assert calendars.source(overrides) is source


def test_names_in_the_reader_s_language() -> None:
    christmas = date(2026, 12, 25)
    german = calendars.holiday_names("DE", christmas, "de")
    assert german is not None
    assert (german.text, german.is_fallback) == ("Erster Weihnachtstag", False)
    egypt = calendars.holiday_names("EG", date(2026, 10, 6), "ar") or calendars.holiday_names(
        "EG", date(2026, 10, 8), "ar"
    )
    assert egypt is not None
    assert not egypt.is_fallback
    assert egypt.text.isprintable()
    assert not egypt.text.isascii()
    missing = calendars.holiday_names("DE", christmas, "ar")
    assert missing is not None
    assert (missing.language, missing.is_fallback) == ("en", True)
    assert missing.text == "Christmas Day"
    english = calendars.holiday_names("DE", christmas, "en")
    assert english is not None
    assert not english.is_fallback
    assert calendars.holiday_names("DE", date(2026, 12, 23), "en") is None
    assert calendars.holiday_names("EU-COM", date(2026, 12, 23), "en") is None


def test_estimated_suffixes_do_not_belong_to_a_name() -> None:
    feast = calendars.holiday_names("MA", date(2026, 5, 27), "fr")
    assert feast is not None
    assert feast.text == "Fête du sacrifice"


def test_countries_without_translations_have_english_names() -> None:
    name = calendars.holiday_names("ZA", date(2026, 12, 25), "fr")
    assert name is not None
    assert name.is_fallback


def test_names_of_an_institution() -> None:
    name = calendars.holiday_names("CJEU", date(2026, 6, 23), "fr")
    assert name is not None
    assert (name.text, name.is_fallback) == ("National Day of Luxembourg", True)


def test_what_can_be_chosen() -> None:
    assert {"DE", "EG", "UA"} <= set(calendars.list_countries())
    assert "UK" not in calendars.list_countries()
    assert "BY" in calendars.list_subdivisions("DE")
    assert calendars.list_subdivisions("EG") == []
    assert ("CJEU", "Court of Justice of the European Union") in calendars.list_institutions()


INSTITUTION = """
code = "XX-INST"
name = "An institution"
source = "its journal"
first_year = 2026
last_year = 2026
weekend = ["friday", "saturday"]
[[holiday]]
name = "A day"
day = "06-17"
"""


def test_an_institution_may_have_another_weekend(tmp_path: Path) -> None:
    path = tmp_path / "XX-INST.toml"
    path.write_text(INSTITUTION)
    institution = read_institution(path)
    assert institution.weekend(date(2026, 6, 19))
    assert not institution.weekend(date(2026, 6, 21))
    assert list(institution.holidays(2026)) == [date(2026, 6, 17)]


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('"friday"', '"fryday"', "weekend"),
        ('"06-17"', '"06-37"', "holiday"),
        ('day = "06-17"', 'moon = "full"', "holiday"),
        ("first_year = 2026", "", "code, name, source, first_year or last_year"),
        ("[[holiday]]", "[[holiday", ""),
        (
            "[[holiday]]",
            "[[published]]\nyear = 2026\nholidays = [{day = 2027-01-01, name = 'x'}]\n[[holiday]]",
            "published",
        ),
    ],
)
def test_a_wrong_institution_file_names_its_place(tmp_path: Path, old: str, new: str, key: str) -> None:
    path = tmp_path / "XX-INST.toml"
    path.write_text(INSTITUTION.replace(old, new))
    with pytest.raises(calendars.CalendarFileInvalid) as refused:
        read_institution(path)
    assert refused.value.parameters["file"] == "XX-INST.toml"
    assert refused.value.parameters["key"] == key


def test_wrong_corrections_name_their_file(tmp_path: Path) -> None:
    folder = resource_dir("config") / "calendars"
    wrong = tmp_path / "weekends.toml"
    wrong.write_text('[[weekend]]\ncountry = "LY"\nfrom = 2026-01-01\ndays = ["fryday"]\nconfidence = "recalled"\n')
    with pytest.raises(calendars.CalendarFileInvalid) as refused:
        read_corrections(wrong, folder / "cautions.toml")
    assert refused.value.parameters["file"] == "weekends.toml"
    wrong = tmp_path / "cautions.toml"
    wrong.write_text('[[moon]]\ncountry = "SA"\n')
    with pytest.raises(calendars.CalendarFileInvalid) as refused:
        read_corrections(folder / "weekends.toml", wrong)
    assert refused.value.parameters["file"] == "cautions.toml"
