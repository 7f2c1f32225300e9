"""The command `mobility`."""

import sys

from mobility.cli.root import root


def main() -> None:
    """Run the command line; an unsafe setting ends it with one line and status 2."""
    try:
        root(prog_name="mobility")
    except Exception as error:
        # Found by name, so that commands without settings do not pay for importing them.
        if type(error).__name__ != "SettingsRefused":
            raise
        sys.stderr.write(f"mobility: {error}\n")
        sys.exit(2)


if __name__ == "__main__":
    main()
