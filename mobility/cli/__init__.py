"""The command line, in groups: `mobility --help`. Each command parses, opens one write unit, calls one service."""
