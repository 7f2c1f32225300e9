"""The root command. A group is imported only when it is called, so that small commands start at once."""

import click

from mobility import __version__
from mobility.loading import load

# Name of the command -> module and attribute; the module carries the capability word.
COMMANDS = {
    "run": "mobility.cli.run:run",
    "web": "mobility.cli.web:web",
    "scheduler": "mobility.cli.scheduler:scheduler",
    "db": "mobility.cli.db:db",
    "demo": "mobility.cli.demo:group",
    "users": "mobility.cli.users:group",
    "treaties": "mobility.cli.treaties:group",
    "deadlines": "mobility.cli.deadlines:group",
    "reminders": "mobility.cli.reminders:group",
    "flows": "mobility.cli.flows:group",
    "reciprocity": "mobility.cli.reciprocity:group",
    "statements": "mobility.cli.statements:group",
    "audit": "mobility.cli.audit:group",
    "translations": "mobility.cli.translations:group",
}


class LazyGroup(click.Group):
    """A group whose commands are looked up in `COMMANDS` when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order in which people meet them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command; None for a name that is not in the table."""
        target = COMMANDS.get(cmd_name)
        if target is None:
            return None
        found = load(target)
        assert isinstance(found, click.Command)
        return found


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mobility")
def root() -> None:
    """Mobility: residency and exchange cases on legal clocks.

    Start with `mobility run`; every command has --help with an example.
    """
