"""`mobility flows` and `mobility reciprocity verify` from the command line."""

from contextlib import contextmanager

import pytest
from click.testing import CliRunner
from sqlalchemy import update

from mobility.cli.context import CommandContext
from mobility.cli.flows import group as flows
from mobility.cli.reciprocity import group as reciprocity
from mobility.storage.db import write_unit
from mobility.storage.models.reciprocity import FlowSummary
from tests.factories import make_imports

YEARLY = "year,origin,destination,people\n2018,NA,DE,3\n2018,DE,NA,2\n"
FROM = ("--source", "A yearbook", "--licence", "CC BY 4.0")


@pytest.fixture
def run(session, tmp_path):
    class Here(CommandContext):
        @contextmanager
        def session(self):
            yield session

    def run(command, *arguments, content=None):
        path = tmp_path / "flows.csv"
        if content is not None:
            path.write_text(content, encoding="utf-8")
            arguments = (arguments[0], str(path), *arguments[1:])
        return CliRunner().invoke(command, arguments, obj=Here())

    return run


def test_a_file_is_imported_listed_and_taken_back(run):
    done = run(flows, "import", *FROM, content=YEARLY)
    assert done.exit_code == 0, done.output
    assert "2 rows, 5 people, 2 countries, 2018-01-01 to 2018-12-31" in done.stdout
    number = done.stdout.rsplit(" ", 1)[1].strip()
    again = run(flows, "import", *FROM, content=YEARLY)
    assert (again.exit_code, again.stdout.endswith("Nothing was changed.\n")) == (0, True)
    assert "A yearbook; CC BY 4.0" in run(flows, "list").stdout
    assert run(reciprocity, "verify").stdout == "Every sum equals a full recount.\n"
    assert run(flows, "undo", number).exit_code == 0
    assert run(flows, "undo", number).exit_code == 2


def test_the_list_is_whole(run, session):
    make_imports(session, 120)
    listed = run(flows, "list").stdout.splitlines()
    assert [line.split("  (")[0].rsplit("  ", 1)[1] for line in listed] == [f"Import {n}" for n in range(119, -1, -1)]


def test_a_dry_run_says_what_the_file_holds(run):
    done = run(flows, "import", *FROM, "--dry-run", content=YEARLY)
    assert "Nothing was imported" in done.stdout
    assert run(flows, "list").stdout == ""


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (YEARLY + "2018,ZZ,DE,1\n", "flows.csv:4: “ZZ” in column “origin” is no country code."),
        (YEARLY + "2018,NA,DE,1\n", "flows.csv:4: The row says the same as line 2."),
        ("year,from,people\n2018,DE,1\n", "There is no column “host”"),
        ("", "The file is empty"),
    ],
)
def test_bad_files_end_with_status_2_and_named_faults(run, content, said):
    done = run(flows, "import", *FROM, content=content)
    assert done.exit_code == 2
    assert said in done.stderr
    assert run(flows, "list").stdout == ""


def test_an_unknown_programme_and_an_empty_source_are_named(run):
    missing = run(flows, "import", *FROM, "--programme", "NOPE", content=YEARLY)
    assert (missing.exit_code, "There is no programme “NOPE”." in missing.stderr) == (2, True)
    empty = run(flows, "import", "--source", " ", "--licence", "x", content=YEARLY)
    assert "Say where the file comes from" in empty.stderr
    assert run(flows, "undo", "999").exit_code == 2


def test_verify_names_what_differs_and_repairs_it(run, session):
    run(flows, "import", *FROM, content=YEARLY)
    with write_unit(session):
        session.execute(update(FlowSummary).where(FlowSummary.origin == "NA").values(heads=9))
    found = run(reciprocity, "verify")
    assert found.exit_code == 1
    assert "2018 NA-DE" in found.stdout
    assert run(reciprocity, "verify", "--repair").exit_code == 0
    assert run(reciprocity, "verify").exit_code == 0


@pytest.mark.parametrize(
    ("kind", "start"),
    [("json", b'{"programmes": []'), ("csv", b"\xef\xbb\xbfcountry,partner"), ("xlsx", b"PK"), ("pdf", b"%PDF")],
)
def test_the_report_of_an_import_in_every_format(run, tmp_path, kind, start):
    number = run(flows, "import", *FROM, content=YEARLY).stdout.rsplit(" ", 1)[1].strip()
    made = tmp_path / f"report.{kind}"
    days = ("--from", "2018-01-01", "--to", "2018-12-31")
    asked = ("report", "--collection", number, *days, "--country", "de", "--format", kind, "--output", str(made))
    done = run(reciprocity, *asked)
    assert (done.exit_code, done.stdout) == (0, ""), done.output
    assert made.read_bytes().startswith(start)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--collection", "999999"), "There is no programme “999999”."),
        (("--programme", "NOPE"), "There is no programme “NOPE”."),
        (("--collection", "1", "--among", "ZZ"), "“ZZ” is no country code."),
    ],
)
def test_a_report_of_nothing_known_is_refused(run, more, said):
    done = run(reciprocity, "report", "--from", "2018-01-01", "--to", "2018-12-31", *more)
    assert done.exit_code == 1
    assert said in done.stderr
