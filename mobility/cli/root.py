"""The root command; each group lives in the module of its capability word."""

import click

from mobility import __version__


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mobility")
def root() -> None:
    """Mobility: residency and exchange cases on legal clocks.

    Start with `mobility run`; every command has --help with an example.
    """
