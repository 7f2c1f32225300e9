"""What becomes of a surplus in the ledger of a programme, in words."""

from mobility.domain.reciprocity.ledger import LedgerTerms
from mobility.i18n.current import gettext as _
from mobility.i18n.current import ngettext
from mobility.i18n.formats import format_number


def ledger_terms_words(terms: LedgerTerms) -> str:
    """Return what becomes of a surplus under the programme."""
    told = []
    if terms.expires_after is None:
        told.append(_("Nothing expires."))
    else:
        told.append(
            ngettext(
                "A surplus can be used for %(num)s more year and then expires.",
                "A surplus can be used for %(num)s more years and then expires.",
                terms.expires_after,
            )
        )
    if terms.cap is not None:
        told.append(_("At most %(number)s are carried on.", number=format_number(int(terms.cap))))
    return " ".join(told)
