"""How modules are loaded that need not be there at the start: dear libraries on first use, commands by their name.

A start imports what every page needs. A library that few requests use is named by `deferred` and imported when
something of it is used; the import stays visible to type checkers:

    if TYPE_CHECKING:
        import icalendar
    else:
        icalendar = deferred("icalendar")
"""

import gc
from importlib import import_module
from types import ModuleType
from typing import Any


class _Deferred(ModuleType):
    """Stands for a module; whoever asks for a name of it first waits for the import. Safe between threads."""

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self.__name__), name)


def deferred(name: str) -> ModuleType:
    """Return a stand-in for a library that is imported when something of it is used."""
    return _Deferred(name)


def load(target: str) -> Any:
    """Import what "package.module:attribute" names.

    Nothing that an import makes is garbage, and looking for it again and again costs a fifth of a start.
    """
    module, _, attribute = target.partition(":")
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        return getattr(import_module(module), attribute)
    finally:
        if was_enabled:
            gc.enable()
