"""Proves that the sums of flows equal a full recount of cases and imports, and mends them if they do not."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from mobility.storage import flow_counting


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A sum that is kept and not counted, or counted and not kept; the numbers are heads, days and day sums."""

    programme_id: int
    discipline: str
    period: int
    origin: str
    host: str
    import_id: int
    numbers: tuple[int, ...]


def list_differences(session: Session) -> list[Difference]:
    """Return the first sums that differ from a recount, in order of programme and period; none is the proof."""
    return [
        Difference(
            programme_id=row[0],
            discipline=row[1],
            period=row[2],
            origin=row[3],
            host=row[4],
            import_id=row[5],
            numbers=tuple(map(int, row[6:])),
        )
        for row in flow_counting.differences(session)
    ]


def recount_flows(session: Session) -> None:
    """Compute all sums anew, in the open write unit."""
    flow_counting.recount(session)
