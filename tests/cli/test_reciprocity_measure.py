"""`mobility reciprocity measure`: one JSON object on stdout or one line on stderr, never both."""

import json

import pytest
from click.testing import CliRunner

from mobility.cli.reciprocity import group


@pytest.fixture
def run(tmp_path):
    def run(content, *options, name="flows.csv"):
        path = tmp_path / name
        if content is not None:
            path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return CliRunner().invoke(group, ["measure", str(path), *options])

    return run


def test_the_example_prints_one_object_and_nothing_else(run):
    result = run("origin,host,weight\nA,B,10\nB,A,6\nA,C,4\nB,C,3\nC,B,3\nA,A,5\n")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.count("\n") == 1
    found = json.loads(result.stdout)
    assert list(found) == [
        "total",
        "domestic",
        "pairs",
        "r",
        "mei",
        "gl",
        "binary_reciprocity",
        "top_imbalances",
    ]
    assert '"total": 26,' in result.stdout
    assert found["r"] == pytest.approx(18 / 26, abs=1e-6)


def test_columns_are_chosen_by_option(run):
    result = run("f,t,n\nDE,NA,3\n", "--origin", "f", "--host", "t", "--weight", "n")
    assert json.loads(result.stdout)["top_imbalances"][0]["b"] == "NA"


def test_a_file_without_rows_has_null_ratios_and_succeeds(run):
    result = run("origin,host,weight\n")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["r"] is None
    assert "NaN" not in result.stdout


def test_a_byte_order_mark_is_allowed(run):
    assert json.loads(run("\ufefforigin,host,weight\nA,B,1\n").stdout)["total"] == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("origin,host,weight\nA,B,1\n,B,1\n", "flows.csv:3: The country in column “origin” is blank."),
        ("origin,host,weight\nA,B,\n", "flows.csv:2: The number in column “weight” is missing."),
        ("origin,host,weight\nA,B,-4\n", "flows.csv:2: “-4” in column “weight” is less than 0."),
        ("origin,host,weight\nA,B,inf\n", "flows.csv:2: “inf” in column “weight” is not a finite number."),
        ("origin,host,weight\nA,B,x\n", "flows.csv:2: “x” in column “weight” is not a number"),
        ("origin,host,weight\nA,B,1,5\n", "flows.csv:2: The row has more cells than the header"),
        ('origin,host,weight\nA,"B" b,1\n', "flows.csv:2: The row cannot be read"),
        ("origin,to,weight\n", "There is no column “host”; the file has: origin, to, weight."),
        ("origin,origin,host,weight\n", "The column “origin” stands in the header twice."),
        ("", "flows.csv:1: The file is empty"),
        (b"origin,host,weight\nA,\xff,1\n", "flows.csv is not UTF-8 text."),
        (None, "No such file or directory"),
    ],
)
def test_faults_go_to_stderr_with_status_2_and_nothing_on_stdout(run, content, said):
    result = run(content)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_semicolons_tabs_and_other_encodings_are_named_by_options(run):
    semicolons = run("f;t;n\nNA;DE;3\n", "--origin", "f", "--host", "t", "--weight", "n", "--delimiter", ";")
    assert json.loads(semicolons.stdout)["top_imbalances"][0]["b"] == "NA"
    assert json.loads(run("origin\thost\tweight\nA\tB\t3\n", "--delimiter", "\\t").stdout)["total"] == 3
    content = "origin,host,weight\nCôte,B,3\n".encode("cp1252")
    assert json.loads(run(content, "--encoding", "cp1252").stdout)["top_imbalances"][0]["b"] == "Côte"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--delimiter", ";;"), "It must be one character"),
        (("--encoding", "klingon"), "There is no encoding “klingon”."),
        (("--encoding", "ascii"), "is not text in ascii."),
    ],
)
def test_an_option_that_cannot_be_used_is_status_2(run, options, said):
    result = run("origin,host,weight\né,B,1\n", *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


def test_a_folder_is_no_file(tmp_path):
    result = CliRunner().invoke(group, ["measure", str(tmp_path)])
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Is a directory" in result.stderr


def test_one_column_for_two_things_is_refused(run):
    result = run("origin,host,weight\nA,B,1\n", "--host", "origin")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "is named for two things" in result.stderr


def test_a_missing_argument_or_unknown_option_is_status_2_as_well(run):
    assert CliRunner().invoke(group, ["measure"]).exit_code == 2
    assert run("origin,host,weight\n", "--periods", "3").exit_code == 2


def test_help_shows_an_example():
    shown = CliRunner().invoke(group, ["measure", "--help"])
    assert "Example: mobility reciprocity measure" in shown.stdout
