"""Statements that are built once and sent with values: building one costs as much as sending it.

A prepared statement holds `bindparam`s where values stand. It is built at its first use, for each combination of the
arguments of its function (which parts a filter needs, never a value of a person); key and scope are then found once
as well.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, ParamSpec, cast

from sqlalchemy import Select

Arguments = ParamSpec("Arguments")
Statement = Select[*tuple[Any, ...]]
MARK = "prepared"
_FORMS = 256


def prepared(build: Callable[Arguments, Statement]) -> Callable[Arguments, Statement]:
    """Keep what a function builds, under its arguments, and mark it so that the scope keeps its narrowed form too."""

    @lru_cache(maxsize=_FORMS)
    def built(*args: Any, **kwargs: Any) -> Statement:
        return build(*args, **kwargs).execution_options(**{MARK: True})

    return cast(Callable[Arguments, Statement], built)
