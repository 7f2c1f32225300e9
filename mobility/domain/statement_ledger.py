"""The ledger of a pair of states where both have confirmed statements of some of its periods.

Decides which figures and lots a period has: those that were signed and confirmed, else those of the records, counted
on from the last confirmed lots. Closing a period is `reciprocity/ledger`; what a statement holds is `statements`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from mobility.domain.reciprocity.accounting import Period
from mobility.domain.reciprocity.ledger import LedgerClose, LedgerTerms, Lot, PeriodFlow
from mobility.domain.statements import Content, EntryCode, close_ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPeriod:
    """One period of the ledger: the lots it opened with, its flow by the records, its close, and what was confirmed."""

    period: Period
    opened: tuple[Lot, ...]
    recorded: PeriodFlow
    close: LedgerClose
    confirmed: Content | None


def keep_ledger_of_pair(
    periods: Sequence[Period],
    flows: Sequence[PeriodFlow],
    terms: LedgerTerms,
    *,
    confirmed: Iterable[Content],
    country: str,
    days: bool = False,
) -> list[KeptPeriod]:
    """Close every period in turn, seen from one of the two states.

    `confirmed`: the newest confirmed version of each period, oldest first. A statement holds lots of people only: of
    `days` its figures are taken, and carried on by the terms. One whose days are no period of this ledger, because the
    accounting year was changed since or the ledger looks less far back, is carried into the period after it.
    """
    contents = list(confirmed)
    kept: list[KeptPeriod] = []
    for period, flow in zip(periods, flows, strict=True):
        lots = _opened(contents, kept[-1] if kept else None, period, country, days=days)
        signed = next((each for each in contents if _days_of(each) == (period.starts_on, period.ends_on)), None)
        close = _close(flow, signed, lots, terms, country, days=days)
        kept.append(KeptPeriod(period=period, opened=lots, recorded=flow, close=close, confirmed=signed))
    return kept


def _opened(
    contents: Iterable[Content], before: KeptPeriod | None, period: Period, country: str, *, days: bool
) -> tuple[Lot, ...]:
    since = before.period.starts_on if before else date.min
    ended = [each for each in contents if since <= _days_of(each)[1] < period.starts_on]
    if ended and not days:
        return confirmed_close(ended[-1], country).lots
    return before.close.lots if before else ()


def _close(
    flow: PeriodFlow, signed: Content | None, lots: tuple[Lot, ...], terms: LedgerTerms, country: str, *, days: bool
) -> LedgerClose:
    if signed is None:
        return close_ledger(flow, lots, terms)
    if days:
        sent, hosted = _both(signed, (EntryCode.DAYS_AB, EntryCode.DAYS_BA), country)
        return close_ledger(PeriodFlow(period=flow.period, sent=sent, hosted=hosted), lots, terms)
    return confirmed_close(signed, country)


def confirmed_close(content: Content, country: str) -> LedgerClose:
    """Return the close of a statement's period as it was signed; what the balance lost is told as expired."""
    sign = 1 if country == content.sides[0] else -1
    sent, hosted = _both(content, (EntryCode.PEOPLE_AB, EntryCode.PEOPLE_BA), country)
    opening, closing = (sign * content.entry(code).value for code in (EntryCode.OPENING, EntryCode.CLOSING))
    return LedgerClose(
        period=_days_of(content)[0].year,
        sent=sent,
        hosted=hosted,
        opening=opening,
        expired=opening + sent - hosted - closing,
        dropped=0,
        closing=closing,
        lots=tuple(Lot(period=year, amount=sign * places) for year, places in content.lots),
    )


def _both(content: Content, codes: tuple[EntryCode, EntryCode], country: str) -> tuple[int, int]:
    ab, ba = (content.entry(code).value for code in codes)
    return (ab, ba) if country == content.sides[0] else (ba, ab)


def _days_of(content: Content) -> tuple[date, date]:
    return date.fromisoformat(content.starts_on), date.fromisoformat(content.ends_on)
