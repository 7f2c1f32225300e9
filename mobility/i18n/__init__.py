"""Language, usable outside a request: catalogues, formats, labels. `_` is `gettext` by import."""

from mobility.i18n.catalogs import offered_locales
from mobility.i18n.current import (
    current_code,
    current_locale,
    gettext,
    lazy_gettext,
    ngettext,
    set_locale,
    use_locale,
)
from mobility.i18n.locales import WIRED, Language, direction_of, language_of, negotiate

__all__ = [
    "WIRED",
    "Language",
    "current_code",
    "current_locale",
    "direction_of",
    "gettext",
    "language_of",
    "lazy_gettext",
    "negotiate",
    "ngettext",
    "offered_locales",
    "set_locale",
    "use_locale",
]
