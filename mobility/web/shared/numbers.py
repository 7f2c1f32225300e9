"""Numbers of rows in addresses: what no database can hold is no such page, never a crash."""

from typing import Any

from werkzeug.routing import IntegerConverter, Map

LARGEST = 2**63 - 1


class RowNumber(IntegerConverter):
    """The converter `int` of every route."""

    def __init__(self, map: Map, *args: Any, **kwargs: Any) -> None:
        super().__init__(map, *args, **({"max": LARGEST} | kwargs))


def row_number(text: str) -> int:
    """Read a row number from a query string; raises ValueError, which `request.args.get(type=…)` takes for absent."""
    number = int(text)
    if not 0 <= number <= LARGEST:
        raise ValueError(text)
    return number
