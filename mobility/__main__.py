"""The command `mobility`: joins the command groups with the application factory."""

import sys

from mobility.app import create_app
from mobility.cli import CommandContext, root
from mobility.settings import SettingsRefused


def main() -> None:
    """Run the command line; an unsafe setting ends it with one line and status 2."""
    try:
        root(obj=CommandContext(make_app=create_app), prog_name="mobility")
    except SettingsRefused as error:
        sys.stderr.write(f"mobility: {error}\n")
        sys.exit(2)


if __name__ == "__main__":
    main()
