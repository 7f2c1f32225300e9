"""Rows of files of flows: what each says, and the named fault with the offending value where it says nothing."""

from datetime import date
from decimal import Decimal

import pytest

from mobility.domain.flow_files import (
    FileFault,
    FlowFileUnreadable,
    RowFault,
    RowReader,
    RowRefused,
    match_columns,
)

TODAY = date(2026, 12, 14)
CURRENCIES = frozenset({"EUR", "JPY"})


def reader(header, **chosen):
    names = header.split(",")
    return RowReader(match_columns(names, chosen), names, TODAY, CURRENCIES)


def read(header, row, **chosen):
    return reader(header, **chosen).read(row.split(","))


def refused(header, row):
    with pytest.raises(RowRefused) as found:
        read(header, row)
    return found.value.fault, found.value.column, found.value.value


def test_a_year_of_a_pair():
    row = read("year,origin,destination,people", "2018,NAM,DE,3")
    assert (row.origin, row.host, row.people, row.start_on, row.end_on) == ("NA", "DE", 3, date(2018, 1, 1), None)


def test_na_is_namibia():
    assert read("year,origin,host", "2018,NA,na").origin == "NA"


def test_a_stay_from_day_to_day_is_one_person():
    row = read("start,end,origin,host,discipline", "2018-03-31,30.4.2018,EG,DE,music")
    assert (row.people, row.start_on, row.end_on) == (1, date(2018, 3, 31), date(2018, 4, 30))
    assert row.discipline == "music"


def test_person_days_instead_of_a_last_day():
    assert read("year,origin,host,people,days", "2018,EG,DE,2,120").days == 120


def test_whole_numbers_may_be_written_with_a_point():
    assert read("year,origin,host,people", "2018,EG,DE,12.0").people == 12


def test_money_names_payer_and_side():
    header = "year,origin,host,amount,currency,payer,beneficiary,paid_on"
    paid = read(header, "2018,EG,DE,10.50,eur,DE,EG,2018-05-04").paid
    assert (paid.payer, paid.beneficiary, paid.amount, paid.currency) == ("DE", "EG", Decimal("10.50"), "EUR")
    assert paid.paid_on == date(2018, 5, 4)
    assert read(header, "2018,EG,DE,,,,,").paid is None


YEARLY = "year,origin,host,people"
DAILY = "start,end,origin,host"
MONEY = "year,origin,host,amount,currency,payer,beneficiary"


@pytest.mark.parametrize(
    ("header", "row", "fault", "column", "value"),
    [
        (YEARLY, "2018,ZZ,DE,1", RowFault.UNKNOWN_COUNTRY, "origin", "ZZ"),
        (YEARLY, "2018,EG,,1", RowFault.COUNTRY_MISSING, "host", ""),
        (YEARLY, "2018,EG,DE,-1", RowFault.NUMBER_NEGATIVE, "people", "-1"),
        (YEARLY, "2018,EG,DE,1.5", RowFault.NUMBER_FRACTIONAL, "people", "1.5"),
        (YEARLY, "2018,EG,DE,many", RowFault.NOT_A_NUMBER, "people", "many"),
        (YEARLY, "2018,EG,DE,١", RowFault.NOT_A_NUMBER, "people", "١"),
        (YEARLY, "2018,EG,DE,NaN", RowFault.NOT_A_NUMBER, "people", "NaN"),
        (YEARLY, "2018,EG,DE,1e99", RowFault.NUMBER_TOO_LARGE, "people", "1e99"),
        (YEARLY, "2018,EG,DE,9999999999", RowFault.NUMBER_TOO_LARGE, "people", "9999999999"),
        (YEARLY, "2018,EG,DE,", RowFault.NUMBER_MISSING, "people", ""),
        (YEARLY, "2027,EG,DE,1", RowFault.LIES_AHEAD, "year", "2027"),
        (YEARLY, "1800,EG,DE,1", RowFault.YEAR_OUT_OF_RANGE, "year", "1800"),
        (YEARLY, "18,EG,DE,1", RowFault.NOT_A_YEAR, "year", "18"),
        (YEARLY, ",EG,DE,1", RowFault.DAY_MISSING, "year", ""),
        (YEARLY, "2018,EG,DE,1,x", RowFault.EXTRA_CELLS, "", "x"),
        (YEARLY, "2018,EG", RowFault.COUNTRY_MISSING, "host", ""),
        (DAILY, "2018-03-01,2018-02-28,EG,DE", RowFault.ENDS_BEFORE_START, "end", "2018-02-28"),
        (DAILY, "2008-03-01,2018-12-28,EG,DE", RowFault.STAY_TOO_LONG, "end", "2018-12-28"),
        (DAILY, "2018-03-01,,EG,DE", RowFault.DAY_MISSING, "end", ""),
        (DAILY, "1/2/2018,2018-02-28,EG,DE", RowFault.NOT_A_DAY, "start", "1/2/2018"),
        (DAILY, "2018-02-30,2018-03-28,EG,DE", RowFault.NOT_A_DAY, "start", "2018-02-30"),
        (DAILY, "2018-02-03,2026-12-15,EG,DE", RowFault.LIES_AHEAD, "end", "2026-12-15"),
        (DAILY, "1899-12-31,1900-01-15,EG,DE", RowFault.YEAR_OUT_OF_RANGE, "start", "1899-12-31"),
        (YEARLY + ",discipline", "2018,EG,DE,1,fishing", RowFault.UNKNOWN_DISCIPLINE, "discipline", "fishing"),
        (MONEY, "2018,EG,DE,5,XXQ,DE,EG", RowFault.UNKNOWN_CURRENCY, "currency", "XXQ"),
        (MONEY, "2018,EG,DE,-5,EUR,DE,EG", RowFault.NUMBER_NEGATIVE, "amount", "-5"),
        (MONEY, '2018,EG,DE,5€,EUR,DE,EG', RowFault.NOT_A_NUMBER, "amount", "5€"),
        (MONEY, "2018,EG,DE,1e14,EUR,DE,EG", RowFault.NUMBER_TOO_LARGE, "amount", "1e14"),
        (MONEY, "2018,EG,DE,5,EUR,,EG", RowFault.COUNTRY_MISSING, "payer", ""),
    ],
)  # fmt: skip
def test_a_fault_names_column_and_value(header, row, fault, column, value):
    assert refused(header, row) == (fault, column, value)


def test_usual_names_are_recognised_and_chosen_ones_win():
    columns = match_columns(["Year", "From", "to", "n"], {"people": "n"})
    assert columns.named() == {"year": "Year", "origin": "From", "host": "to", "people": "n"}
    assert match_columns(["year", "origin", "host", "count"], {"people": "-"}).people == ""


@pytest.mark.parametrize(
    ("header", "chosen", "fault", "column"),
    [
        ("year,origin,people", {}, FileFault.NO_COLUMN, "host"),
        ("year,origin,host", {"people": "n"}, FileFault.NO_COLUMN, "n"),
        ("year,origin,host,host", {}, FileFault.COLUMN_TWICE, "host"),
        ("origin,host,people", {}, FileFault.NO_TIME, ""),
        ("year,start,origin,host", {}, FileFault.TWO_TIMES, "year"),
        ("year,origin,host,amount", {}, FileFault.INCOMPLETE_MONEY, "amount"),
    ],
)
def test_faults_of_the_header(header, chosen, fault, column):
    with pytest.raises(FlowFileUnreadable) as found:
        match_columns(header.split(","), chosen)
    assert (found.value.fault, found.value.column) == (fault, column)


def test_what_makes_two_rows_the_same():
    one, other = (read(YEARLY, f"2018,EG,DE,{people}") for people in (1, 2))
    assert one.same_as(yearly=True) == other.same_as(yearly=True)
    assert one.same_as(yearly=False) != other.same_as(yearly=False)
    named = [read("reference,year,origin,host", f"{name},2018,EG,DE") for name in "ab"]
    assert named[0].same_as(yearly=True) != named[1].same_as(yearly=True)
