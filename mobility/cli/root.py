"""The root command; each group lives in the module of its capability word."""

import click

from mobility import __version__
from mobility.cli.db import db
from mobility.cli.reciprocity import group as reciprocity
from mobility.cli.translations import group as translations


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mobility")
def root() -> None:
    """Mobility: residency and exchange cases on legal clocks.

    Start with `mobility run`; every command has --help with an example.
    """


root.add_command(db, "db")
root.add_command(reciprocity, "reciprocity")
root.add_command(translations, "translations")
