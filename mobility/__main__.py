"""The command `mobility`."""

import sys
from typing import NoReturn

from mobility.cli.root import root


def main() -> None:
    """Run the command line; one line and status 2 for an unsafe setting, 3 for a database that cannot be used now."""
    try:
        root(prog_name="mobility")
    except Exception as error:
        # Found by name, so that commands without settings or a database do not pay for importing them.
        if type(error).__name__ == "SettingsRefused":
            _end(str(error), 2)
        if type(error).__name__ == "OperationalError":
            _end(f"the database cannot be used now: {getattr(error, 'orig', error)}", 3)
        raise


def _end(line: str, status: int) -> NoReturn:
    sys.stderr.write(f"mobility: {line}\n")
    sys.exit(status)


if __name__ == "__main__":
    main()
