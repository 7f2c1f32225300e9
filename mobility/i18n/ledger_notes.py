"""What stands beside a ledger of which some years are signed by both sides, in words."""

from collections.abc import Sequence
from typing import Any, Protocol

from mobility.domain.reciprocity.accounting import Period
from mobility.domain.reciprocity.ledger import LedgerClose, PeriodFlow
from mobility.domain.reciprocity.quantities import Quantity
from mobility.i18n.case_page_words import listed
from mobility.i18n.current import gettext as _
from mobility.i18n.reciprocity_labels import period_name, quantity, standing_words


class Line(Protocol):
    """What is told of one close; `confirmed` is None where the records were counted."""

    @property
    def period(self) -> Period: ...
    @property
    def close(self) -> LedgerClose: ...
    @property
    def recorded(self) -> PeriodFlow: ...
    @property
    def closed_before(self) -> Quantity: ...
    @property
    def confirmed(self) -> Any: ...
    @property
    def is_changed(self) -> bool: ...
    @property
    def opens_otherwise(self) -> bool: ...


def ledger_notes(lines: Sequence[Line], a: str, b: str) -> list[str]:
    """Return how the years came about and where what was signed differs from the records; nothing if none is signed.

    `a` and `b` are the names of the two countries, the first the one whose ledger it is.
    """
    confirmed = [line for line in lines if line.confirmed is not None]
    if not confirmed:
        return []
    years = listed([period_name(line.period) for line in confirmed])
    told = [_("As signed by both sides: %(years)s. All other years are counted from the records.", years=years)]
    told += [_changed(line) for line in confirmed if line.is_changed]
    return told + [_opened(line, a, b) for line in confirmed if line.opens_otherwise]


def _changed(line: Line) -> str:
    return _(
        "%(year)s: both sides signed %(sent)s sent and %(hosted)s hosted. The records now give %(sent_now)s and "
        "%(hosted_now)s.",
        year=period_name(line.period),
        sent=quantity(line.close.sent),
        hosted=quantity(line.close.hosted),
        sent_now=quantity(line.recorded.sent),
        hosted_now=quantity(line.recorded.hosted),
    )


def _opened(line: Line, a: str, b: str) -> str:
    return _(
        "%(year)s: the opening balance that both sides signed (%(opening)s) is not the closing balance of the year "
        "before (%(before)s).",
        year=period_name(line.period),
        opening=standing_words(line.close.opening, a, b),
        before=standing_words(line.closed_before, a, b),
    )
