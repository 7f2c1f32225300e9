"""Who somebody is to the system and which cases that opens to them.

A *principal* is a short text stored beside every case it may see (`p:12` the applicant, `o:7` an office
that acts in the case, `g:3` the managers of the programme). A reader's principals meet the stored ones or
the case does not exist for them. What a person may *do* to a case they see is decided by the services.
"""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person is in an office or a programme; an applicant has none of these."""

    OFFICER = "officer"
    HEAD = "head"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeSeat:
    """The desk a person sits at: `role` is officer or head; `competences` are stage kinds and "case"."""

    office_id: int
    role: Role
    country: str
    time_zone: str
    competences: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The person behind a request; `person_id` 0 is the system itself (scheduler, command line)."""

    person_id: int
    locale: str = "en"
    time_zone: str = "UTC"
    seats: tuple[OfficeSeat, ...] = ()
    managed_programmes: frozenset[int] = frozenset()
    is_administrator: bool = False
    is_auditor: bool = False

    @property
    def is_staff(self) -> bool:
        """True for everybody who works on other people's cases."""
        return bool(self.seats or self.managed_programmes or self.is_administrator or self.is_auditor)

    def seat_at(self, office_id: int) -> OfficeSeat | None:
        """Return the seat at that office, or None."""
        return next((seat for seat in self.seats if seat.office_id == office_id), None)


SYSTEM = Actor(person_id=0)


def principals_of(actor: Actor) -> tuple[str, ...]:
    """Return the principals of a person; an office without any competence opens nothing.

    Administrators and auditors see no case file: what they need (people, outbox, audit) is not case data.
    """
    offices = (f"o:{seat.office_id}" for seat in actor.seats if seat.competences)
    programmes = (f"g:{programme_id}" for programme_id in sorted(actor.managed_programmes))
    return (f"p:{actor.person_id}", *offices, *programmes)
