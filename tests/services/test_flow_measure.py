"""The batch protocol for a file of flows: the answer key by key, codes left alone, faults with their line."""

import contextlib
import csv
import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mobility.services.flow_measure import FlowFault, FlowFileRefused, measure_csv

REPOSITORY = Path(__file__).parents[2]
SAMPLE = REPOSITORY / "tests" / "data" / "scholars_2018_sample.csv"
HEADER = "origin,host,weight\n"


def measured(*rows, header=HEADER, **columns):
    return measure_csv([header, *(f"{row}\n" for row in rows)], **columns)


def refused(*rows, header=HEADER, **columns):
    with pytest.raises(FlowFileRefused) as found:
        measured(*rows, header=header, **columns)
    return found.value


def test_the_worked_example():
    assert measured("A,B,10", "B,A,6", "A,C,4", "B,C,3", "C,B,3", "A,A,5") == {
        "total": 26,
        "domestic": 5,
        "pairs": 3,
        "r": pytest.approx(0.692308, abs=1e-6),
        "mei": pytest.approx(30.769231, abs=1e-6),
        "gl": pytest.approx(0.692308, abs=1e-6),
        "binary_reciprocity": 0.8,
        "top_imbalances": [
            {"a": "A", "b": "B", "ab": 10, "ba": 6, "net": -4, "balance": -0.25},
            {"a": "A", "b": "C", "ab": 4, "ba": 0, "net": -4, "balance": -1.0},
        ],
    }


def test_na_is_namibia_and_other_words_for_missing_are_codes_too():
    found = measured("NA,DE,2", "DE,NA,5", "null,None,1", "nan,NULL,1")
    assert found["top_imbalances"][0] == {
        "a": "DE",
        "b": "NA",
        "ab": 5,
        "ba": 2,
        "net": -3,
        "balance": pytest.approx(-3 / 7),
    }
    assert found["pairs"] == 3


def test_codes_are_trimmed_and_compared_exactly():
    found = measured(" DE , FR ,1", "DE,FR,2", "de,FR,4")
    assert [(e["a"], e["ab"], e["ba"]) for e in found["top_imbalances"]] == [("FR", 0, 4), ("DE", 3, 0)]


def test_without_traffic_ratios_are_null():
    empty = {
        "total": 0,
        "domestic": 0,
        "pairs": 0,
        "r": None,
        "mei": None,
        "gl": None,
        "binary_reciprocity": None,
        "top_imbalances": [],
    }
    assert measured() == empty
    assert measured("A,B,0", "B,A,0.0") == empty
    assert measured("A,A,5") == {**empty, "domestic": 5}


def test_weight_nought_makes_no_link():
    found = measured("A,B,3", "B,A,0")
    assert (found["pairs"], found["binary_reciprocity"], found["r"]) == (1, 0.0, 0.0)


def test_at_most_ten_imbalances():
    rows = [f"A,B{i:02},{i}" for i in range(15)]
    found = measured(*rows)["top_imbalances"]
    assert [entry["b"] for entry in found] == [f"B{i:02}" for i in range(14, 4, -1)]


def test_order_is_by_code_point_not_by_alphabet():
    found = measured("é,z,1", "z,Z,1")["top_imbalances"]
    assert [(entry["a"], entry["b"]) for entry in found] == [("Z", "z"), ("z", "é")]


def test_decimal_weights_are_summed_exactly_and_whole_sums_print_as_whole_numbers():
    found = measured("A,B,0.1", "A,B,0.2", "B,A,0.3", "A,C,0.5", "A,C,.5", "C,A,2.", "A,C,1e1")
    assert found["top_imbalances"] == [
        {"a": "A", "b": "C", "ab": 11, "ba": 2, "net": -9, "balance": pytest.approx(-9 / 13)}
    ]
    assert json.dumps(found["total"]) == "13.6"
    assert json.dumps(found["top_imbalances"][0]["ab"]) == "11"


def test_very_large_whole_numbers_stay_exact():
    found = measured(f"A,B,{10**60 + 1}", "B,A,1")
    assert found["total"] == 10**60 + 2
    assert found["top_imbalances"][0]["balance"] == -1.0


def test_columns_may_stand_anywhere_under_any_name():
    header = "year, people ,from,to\n"
    found = measured("2018,7,DE,FR", header=header, origin="from", host="to", weight="people")
    assert found["top_imbalances"][0]["ab"] == 7


def test_a_byte_order_mark_is_not_part_of_the_first_column():
    assert measured("A,B,1", header="\ufeff" + HEADER)["total"] == 1


def test_quoted_cells_empty_lines_and_windows_line_ends_are_read():
    lines = ['"origin","host","weight"\r\n', '"A","B","1"\r\n', "\r\n", "B,A,2\r\n", "\n"]
    assert measure_csv(lines)["total"] == 3


def test_empty_cells_beyond_the_header_do_no_harm():
    assert measured("A,B,1,,")["total"] == 1


@pytest.mark.parametrize(
    ("row", "fault", "column", "value"),
    [
        (",B,1", FlowFault.BLANK_CODE, "origin", ""),
        ("A,  ,1", FlowFault.BLANK_CODE, "host", ""),
        ("A,B,", FlowFault.WEIGHT_EMPTY, "weight", ""),
        ("A,B", FlowFault.WEIGHT_EMPTY, "weight", ""),
        ("A", FlowFault.BLANK_CODE, "host", ""),
        ("A,B,-1", FlowFault.WEIGHT_NEGATIVE, "weight", "-1"),
        ("A,B,-0.5", FlowFault.WEIGHT_NEGATIVE, "weight", "-0.5"),
        ("A,B,inf", FlowFault.WEIGHT_NOT_FINITE, "weight", "inf"),
        ("A,B,NaN", FlowFault.WEIGHT_NOT_FINITE, "weight", "NaN"),
        ("A,B,1e999999999", FlowFault.WEIGHT_NOT_FINITE, "weight", "1e999999999"),
        ("A,B,1e400", FlowFault.WEIGHT_NOT_FINITE, "weight", "1e400"),
        ("A,B,many", FlowFault.WEIGHT_NOT_A_NUMBER, "weight", "many"),
        ("A,B,1_000", FlowFault.WEIGHT_NOT_A_NUMBER, "weight", "1_000"),
        ('A,B,"1,5"', FlowFault.WEIGHT_NOT_A_NUMBER, "weight", "1,5"),
        ("A,B,١٢", FlowFault.WEIGHT_NOT_A_NUMBER, "weight", "١٢"),
        ("A,B,0x10", FlowFault.WEIGHT_NOT_A_NUMBER, "weight", "0x10"),
        ("A,B,1,5", FlowFault.EXTRA_CELLS, "", "5"),
        ('A,"B" x,1', FlowFault.BROKEN_ROW, "", "',' expected after '\"'"),
    ],
)
def test_a_fault_names_line_column_and_value(row, fault, column, value):
    found = refused("A,B,1", row, "also wrong")
    assert (found.fault, found.line, found.column, found.value) == (fault, 3, column, value)
    assert found.parameters["reason"] == fault.value


def test_minus_nought_and_nought_with_a_huge_exponent_are_nought():
    assert measured("A,B,-0", "A,B,0e999999999")["total"] == 0


def test_lines_are_those_of_the_file_even_after_cells_that_span_several():
    found = refused('"A', 'A",B,1', "", "C,D,x")
    assert found.line == 5


def test_a_quote_that_never_ends_is_named_by_the_line_it_begins_on():
    found = refused("A,B,1", 'A,"B,1', "A,C,1")
    assert (found.fault, found.line) == (FlowFault.BROKEN_ROW, 3)


def test_faults_of_the_header():
    assert refused(header="").fault is FlowFault.NO_HEADER
    missing = refused(header="from,host,weight\n")
    assert (missing.fault, missing.column, missing.value) == (
        FlowFault.NO_COLUMN,
        "origin",
        "from, host, weight",
    )
    assert refused(header="origin;host;weight\n").fault is FlowFault.NO_COLUMN
    assert refused(header="origin,host,host,weight\n").fault is FlowFault.COLUMN_TWICE
    assert refused(host="origin").fault is FlowFault.SAME_COLUMN
    with pytest.raises(FlowFileRefused):
        measure_csv([])


@settings(deadline=None)
@given(st.text(alphabet='AB,"\n\r\t 0123456789.-eE+\x00é', max_size=80))
def test_whatever_is_in_the_file_it_is_measured_or_refused(text):
    with contextlib.suppress(FlowFileRefused):
        json.dumps(measure_csv([HEADER, *text.splitlines(keepends=True)]), allow_nan=False)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ABCD"), st.sampled_from("ABCD"), st.decimals("0", "99", places=3))))
def test_order_of_rows_changes_nothing(rows):
    lines = [f"{origin},{host},{weight:f}" for origin, host, weight in rows]
    assert measured(*lines) == measured(*lines[::-1])


def test_a_real_sample_of_flows_between_nine_countries():
    with SAMPLE.open(encoding="utf-8", newline="") as lines:
        found = measure_csv(lines, host="destination", weight="people")
    assert (found["total"], found["pairs"]) == (23604, 32)
    assert found["r"] == found["gl"] == pytest.approx(0.9100152516522624, abs=1e-6)
    assert found["mei"] == pytest.approx(7.8927300457549565, abs=1e-6)
    assert found["binary_reciprocity"] == pytest.approx(0.9841269841269841, abs=1e-6)
    assert [(e["a"], e["b"], e["ab"], e["ba"]) for e in found["top_imbalances"][:3]] == [
        ("IND", "USA", 1570, 877),
        ("IRN", "USA", 586, 179),
        ("CHN", "IND", 56, 232),
    ]
    assert any("NAM" in (e["a"], e["b"]) for e in found["top_imbalances"]) is False


def test_the_sample_says_where_it_comes_from():
    readme = (SAMPLE.parent / "README.md").read_text(encoding="utf-8")
    assert "10.4054/MPIDR-WP-2023-018" in readme
    with SAMPLE.open(encoding="utf-8", newline="") as lines:
        assert {row["year"] for row in csv.DictReader(lines)} == {"2018"}


def test_a_weight_is_never_rounded_on_the_way():
    found = measured("A,B,0.1", *["A,B,0.1"] * 9, "B,A,1")
    assert found["r"] == 1.0
    assert found["top_imbalances"] == []
    assert Decimal(str(found["total"])) == 2
