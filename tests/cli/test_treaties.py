"""`mobility treaties`: counts or faults with an exit status, provisions on lines or as JSON, loading twice."""

import json
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session

from mobility.cli.context import CommandContext
from mobility.cli.treaties import group


class Context:
    """Stands for the command context: the session of the test."""

    def __init__(self, session: Session | None = None) -> None:
        self._session = session

    @contextmanager
    def session(self):
        yield self._session


@pytest.fixture
def run():
    def run_command(*arguments: str) -> Result:
        return CliRunner().invoke(group, list(arguments))

    return run_command


@pytest.fixture
def bad_folder(tmp_path: Path, repository: Path) -> Path:
    source = (repository / "config" / "treaties" / "visa_code.toml").read_text(encoding="utf-8")
    (tmp_path / "visa_code.toml").write_text(source.replace("period = 15", "perod = 15"), encoding="utf-8")
    return tmp_path


def test_check_counts_what_ships(run) -> None:
    result = run("check")
    assert result.exit_code == 0
    numbers = [int(word) for word in result.stdout.replace(",", "").split() if word.isdigit()]
    assert result.stdout.endswith(" unverified\n")
    assert numbers[0] >= 20
    assert numbers[1] >= 141
    assert 0 < numbers[2] < numbers[1]


def test_check_lists_every_fault_and_exits_1(run, bad_folder: Path) -> None:
    result = run("check", "--folder", str(bad_folder))
    assert result.exit_code == 1
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert 'visa_code.toml: provision V05 version 1: unknown key "perod" (did you mean "period"?)' in lines
    assert any(line.startswith("visa_code.toml: provision V02 version 1:") for line in lines)


def test_check_of_no_folder_is_a_fault(run, tmp_path: Path) -> None:
    result = run("check", "--folder", str(tmp_path / "nowhere"))
    assert result.exit_code == 1
    assert "nowhere: no treaty files in this folder" in result.stderr


def test_list_filters_by_stage_instrument_and_verification(run) -> None:
    language = run("list", "--stage", "language").stdout.splitlines()
    assert {line.split()[0] for line in language} == {"L01", "L02", "L03", "L04a", "L04b", "L05"}
    code = json.loads(run("list", "--instrument", "visa_code", "--json").stdout)
    assert [item["code"] for item in code] == ["V01", "V02", "V03", "V04", "V05", "V06", "V08"]
    unverified = run("list", "--unverified").stdout.splitlines()
    assert any(line.startswith("V08   ?") for line in unverified)
    assert not any(line.startswith("V05") for line in unverified)


def test_list_of_an_unknown_instrument_exits_1(run) -> None:
    result = run("list", "--instrument", "magna_carta")
    assert result.exit_code == 1
    assert "“magna_carta”" in result.stderr


def test_show_prints_every_wording_with_its_dates(run) -> None:
    lines = [line.split(maxsplit=1) for line in run("show", "V06").stdout.splitlines()]
    assert [line[1] for line in lines if line[0] == "valid_from"] == ["2010-04-05", "2020-02-02"]
    assert [line[1] for line in lines if line[0] == "period"] == ["30", "45"]


def test_show_finds_older_names_and_both_rules_of_an_article(run) -> None:
    assert json.loads(run("show", "V07", "--json").stdout)["code"] == "V06"
    assert [item["code"] for item in json.loads(run("show", "S34", "--json").stdout)] == ["S34a", "S34b"]


def test_show_gives_version_hash_and_parties_as_json(run) -> None:
    shown = json.loads(run("show", "V05", "--json").stdout)
    assert shown["instrument"]["short_title"] == "Visa Code"
    assert "FR" in [party["country"] for party in shown["instrument"]["parties"]]
    (version,) = shown["versions"]
    assert (version["article"], version["period"], version["unit"]) == ("23(1)", "15", "calendar_days")
    assert len(version["content_hash"]) == 64


def test_show_an_instrument(run) -> None:
    result = run("show", "visa_facilitation_ch_am")
    assert result.exit_code == 0
    assert "AM CH" in result.stdout
    assert any(line.startswith("V11") for line in result.stdout.splitlines())
    assert json.loads(run("show", "visa_facilitation_ch_am", "--json").stdout)["kind"] == "agreement"


@pytest.mark.parametrize("as_json", [[], ["--json"]])
def test_show_what_does_not_exist_exits_1(run, as_json: list[str]) -> None:
    result = run("show", "X99", *as_json)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "“X99”" in result.stderr


def test_load_twice_adds_nothing_the_second_time(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    context = CommandContext(make_app=lambda: None)
    monkeypatch.setattr(CommandContext, "session", lambda self: Context(session).session())
    first = json.loads(CliRunner().invoke(group, ["load", "--json"], obj=context).stdout)
    assert first["added"] == first["provisions"]
    again = CliRunner().invoke(group, ["load"], obj=context)
    assert again.exit_code == 0
    assert again.stdout.rstrip().endswith("0 with new wording, 0 with superseded wording")


def test_new_wording_says_how_open_clocks_are_counted_again(
    session: Session, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, repository: Path
) -> None:
    source = (repository / "config" / "treaties" / "visa_code.toml").read_text(encoding="utf-8")
    (tmp_path / "visa_code.toml").write_text(source, encoding="utf-8")
    context = CommandContext(make_app=lambda: None)
    monkeypatch.setattr(CommandContext, "session", lambda self: Context(session).session())
    loaded = CliRunner().invoke(group, ["load", "--folder", str(tmp_path)], obj=context)
    assert "recompute" not in loaded.stdout
    (tmp_path / "visa_code.toml").write_text(source.replace("period = 15", "period = 16"), encoding="utf-8")
    loaded = CliRunner().invoke(group, ["load", "--folder", str(tmp_path)], obj=context)
    assert loaded.stdout.rstrip().endswith("mobility deadlines recompute --dry-run")


def test_load_of_a_bad_file_changes_nothing(bad_folder: Path) -> None:
    result = CliRunner().invoke(group, ["load", "--folder", str(bad_folder)], obj=Context())
    assert result.exit_code == 1


@pytest.mark.parametrize("command", ["check", "list", "show", "load"])
def test_help_has_an_example(run, command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert f"Example: mobility treaties {command}" in result.stdout
