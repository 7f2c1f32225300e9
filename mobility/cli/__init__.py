"""The command line, in groups: `mobility --help`. Each command parses, opens one write unit, calls one service."""

from mobility.cli.context import CommandContext
from mobility.cli.root import root

__all__ = ["CommandContext", "root"]
