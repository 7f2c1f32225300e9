"""The language of the moment: set once per request, per mail or per command, and the functions that speak it.

Usable without Flask: the scheduler renders each message inside `use_locale(reader.locale)`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from babel import Locale
from babel.support import LazyProxy

from mobility.i18n.catalogs import translations_for
from mobility.i18n.locales import SOURCE

_current: ContextVar[str] = ContextVar("mobility_locale", default=SOURCE)


def current_code() -> str:
    """Return the code of the language being spoken."""
    return _current.get()


def current_locale() -> Locale:
    """Return the Babel locale being spoken."""
    return Locale.parse(_current.get())


def set_locale(code: str) -> None:
    """Speak this language from here on, in this context."""
    _current.set(code)


@contextmanager
def use_locale(code: str) -> Iterator[None]:
    """Speak this language inside the block."""
    token = _current.set(code)
    try:
        yield
    finally:
        _current.reset(token)


def gettext(message: str, /, **variables: Any) -> str:
    """Return the message in the current language, its %(name)s filled in."""
    text = str(translations_for(_current.get()).ugettext(message))
    return text % variables if variables else text


def ngettext(singular: str, plural: str, num: int, /, **variables: Any) -> str:
    """Return the form that fits `num`, which is also available as %(num)s."""
    text = str(translations_for(_current.get()).ungettext(singular, plural, num))
    return text % ({"num": num} | variables)


def plural_form(singular: str, plural: str, num: int) -> str:
    """Return the form that fits `num` with its placeholders left open: Jinja fills them itself, after escaping."""
    return str(translations_for(_current.get()).ungettext(singular, plural, num))


def lazy_gettext(message: str, /, **variables: Any) -> Any:
    """Return a stand-in that is translated when it is shown; for labels made at import time."""
    return LazyProxy(gettext, message, enable_cache=False, **variables)
