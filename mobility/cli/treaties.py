"""`mobility treaties`: checks the files of law, lists and shows what they say, and loads them.

`check`, `list` and `show` read the files only and need no database. What is wrong with a file is written by
`mobility.storage.treaty_files`; here it is printed.
"""

import json
from pathlib import Path

import click

from mobility.cli.context import CommandContext, pass_context
from mobility.clock import utc_now
from mobility.domain.law_codes import LegalStage
from mobility.domain.treaties import Instrument, Provision, ProvisionVersion, matching_provisions
from mobility.domain.treaty_data import content_hash, instrument_as_data, version_as_data
from mobility.i18n import gettext as _
from mobility.i18n.law_texts import law_text
from mobility.resources import resource_dir
from mobility.services.treaties import ProvisionBelongsElsewhere, load_treaties
from mobility.storage.db import write_unit
from mobility.storage.rule_set_files import RuleSetFileInvalid
from mobility.storage.treaty_files import TreatyFilesRefused, read_treaties

Law = tuple[tuple[Instrument, ...], tuple[Provision, ...]]

_folder = click.option(
    "--folder",
    type=click.Path(path_type=Path),
    help="Folder with the treaty files; default: config/treaties of this installation.",
)
_as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON value for programs to read.")


class CannotAnswer(click.ClickException):
    """The code is in no file, or the files cannot be used: one line and exit status 1."""

    exit_code = 1


@click.group("treaties")
def group() -> None:
    """The law as data: instruments, parties, provisions and their versions."""


@group.command("check")
@_folder
def check(folder: Path | None) -> None:
    """Check every treaty file; exit status 1 with the list of faults, else 0 with a count.

    Example: mobility treaties check --folder config/treaties
    """
    instruments, provisions = _read(folder)
    unverified = [provision for provision in provisions if _has_unverified(provision)]
    click.echo(
        _(
            "%(instruments)d instruments, %(provisions)d provisions, %(unverified)d unverified",
            instruments=len(instruments),
            provisions=len(provisions),
            unverified=len(unverified),
        )
    )


@group.command("list")
@_folder
@click.option("--stage", type=click.Choice([str(stage) for stage in LegalStage]), help="Only this stage.")
@click.option("--instrument", "code", help="Only this instrument, by its code.")
@click.option("--unverified", is_flag=True, help="Only provisions with wording that nobody has checked.")
@_as_json
def list_provisions(folder: Path | None, stage: str | None, code: str | None, unverified: bool, as_json: bool) -> None:
    """List provisions: code, instrument, article, period and what is owed.

    Example: mobility treaties list --stage visa
    """
    instruments, provisions = _read(folder)
    if code is not None and code not in [instrument.code for instrument in instruments]:
        raise CannotAnswer(_("There is no instrument “%(code)s”.", code=code))
    chosen = [
        provision
        for provision in provisions
        if (stage is None or stage == provision.latest.stage)
        and (code is None or code == provision.instrument)
        and (not unverified or _has_unverified(provision))
    ]
    if as_json:
        click.echo(json.dumps([_provision_data(provision) for provision in chosen], ensure_ascii=False))
        return
    titles = {instrument.code: law_text(instrument.short_title) for instrument in instruments}
    for provision in chosen:
        click.echo(_line(provision, titles[provision.instrument]))


@group.command("show")
@click.argument("code")
@_folder
@_as_json
def show(code: str, folder: Path | None, as_json: bool) -> None:
    """Show a provision (V05), the rules that share an article (S34), or an instrument (visa_code).

    Example: mobility treaties show V05 --json
    """
    instruments, provisions = _read(folder)
    by_code = {instrument.code: instrument for instrument in instruments}
    found = matching_provisions(provisions, code)
    if as_json and (found or code in by_code):
        click.echo(json.dumps(_shown_data(by_code, found, code), ensure_ascii=False, indent=2))
    elif found:
        for provision in found:
            _print_provision(provision, by_code[provision.instrument])
    elif code in by_code:
        held = [provision for provision in provisions if provision.instrument == code]
        _print_instrument(by_code[code], held)
    else:
        raise CannotAnswer(_("There is no provision and no instrument “%(code)s”.", code=code))


@group.command("load")
@_folder
@_as_json
@pass_context
def load(context: CommandContext, folder: Path | None, as_json: bool) -> None:
    """Load the files into the registry; doing it again changes nothing, old versions stay.

    Example: mobility treaties load
    """
    law = _read(folder)
    try:
        with context.session() as session, write_unit(session):
            loaded = load_treaties(session, law=law, now=utc_now())
    except ProvisionBelongsElsewhere as taken:
        raise CannotAnswer(
            _(
                "%(file)s: provision %(provision)s already belongs to %(registered)s.",
                **{key: str(value) for key, value in taken.parameters.items()},
            )
        ) from taken
    counts = {
        "instruments": loaded.instruments,
        "provisions": loaded.provisions,
        "changed_instruments": len(loaded.changed_instruments),
        "added": len(loaded.added),
        "superseded": len(loaded.superseded),
    }
    if as_json:
        click.echo(json.dumps(counts))
        return
    click.echo(
        _(
            "%(instruments)d instruments, %(provisions)d provisions: %(added)d with new wording, "
            "%(superseded)d with superseded wording",
            **{key: value for key, value in counts.items() if key != "changed_instruments"},
        )
    )
    if loaded.superseded:
        command = "mobility deadlines recompute --dry-run"
        click.echo(_("Open clocks keep their dates until you count them again: %(command)s", command=command))


def _read(folder: Path | None) -> Law:
    """Read the files or end with every fault on a line of its own and exit status 1."""
    try:
        return read_treaties(folder or resource_dir("config") / "treaties")
    except TreatyFilesRefused as refused:
        for problem in refused.problems:
            click.echo(str(problem), err=True)
        raise SystemExit(1) from refused
    except RuleSetFileInvalid as invalid:
        raise CannotAnswer(str(invalid)) from invalid


def _has_unverified(provision: Provision) -> bool:
    return any(not version.is_verified for version in provision.versions)


def _period(version: ProvisionVersion) -> str:
    return f"{version.period} {version.unit}" if version.unit else "–"


def _line(provision: Provision, title: str) -> str:
    version = provision.latest
    mark = "?" if _has_unverified(provision) else " "
    return (
        f"{provision.code:<6}{mark} {version.stage:<12}{_period(version):<20} "
        f"{title}, {version.article}: {law_text(version.owes)}"
    )


def _print_instrument(instrument: Instrument, provisions: list[Provision]) -> None:
    click.echo(f"{instrument.code}: {law_text(instrument.title)}")
    facts = {
        "kind": str(instrument.kind),
        "url": instrument.url or "",
        "parties": " ".join(party.country for party in instrument.parties),
        "parties_complete": str(instrument.parties_complete).lower(),
        "parties_source": instrument.parties_source,
    }
    _print_facts(facts)
    for provision in provisions:
        click.echo(_line(provision, law_text(instrument.short_title)))


def _print_provision(provision: Provision, instrument: Instrument) -> None:
    click.echo(f"{provision.code}: {law_text(instrument.title)}")
    for version in provision.versions:
        data = version_as_data(version)
        click.echo(f"  version {version.number}")
        _print_facts({key: _shown(value) for key, value in data.items() if key != "number"})


def _print_facts(facts: dict[str, str]) -> None:
    for key, value in facts.items():
        if value:
            click.echo(f"    {key:<22}{value}")


def _shown(value: object) -> str:
    if value is None or value is False or value == [] or value == {}:
        return ""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _provision_data(provision: Provision) -> dict[str, object]:
    versions = [version_as_data(version) | {"content_hash": content_hash(version)} for version in provision.versions]
    return {"code": provision.code, "instrument": provision.instrument, "versions": versions}


def _shown_data(by_code: dict[str, Instrument], found: list[Provision], code: str) -> object:
    if not found:
        return instrument_as_data(by_code[code])
    shown = [
        _provision_data(provision) | {"instrument": instrument_as_data(by_code[provision.instrument])}
        for provision in found
    ]
    return shown[0] if len(shown) == 1 else shown
