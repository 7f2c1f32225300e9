"""What an account may be called, which roles go with what, and what can go wrong at the door.

Password rules are in `password_rules.py`; hashing, links and throttling are services.
"""

import re
import unicodedata
from dataclasses import dataclass

from mobility.domain.access import Role
from mobility.domain.errors import DomainError, InvalidInput, NotPermitted

LONGEST_NAME = 200
_DROPPED = ("Cc", "Cf", "Co", "Cs")
_JOINERS = "\u200c\u200d"  # Persian and Indic names need them; other format characters only disguise


class TooManyTries(DomainError):
    """A limit was reached; `minutes` until the window closes."""

    code = "too_many_tries"


class LinkSpent(DomainError):
    """A link from a mail is used, too old, unknown, or was overtaken by a newer one: the four are never told apart."""

    code = "link_spent"


class LastAdministrator(DomainError):
    """Nobody would be left who can give roles back."""

    code = "last_administrator"


class OwnRole(NotPermitted):
    """Nobody gives a role to themselves, whatever they are."""

    code = "own_role"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A role with the place it is held at: an office, a programme, or neither."""

    role: Role
    office_id: int | None = None
    programme_id: int | None = None


def clean_name(text: str, field: str = "name") -> str:
    """Return a name in NFC with single spaces; raises InvalidInput when nothing is left or it is too long.

    Control and format characters go, since they could turn the text of a page or a mail header around.
    """
    kept = "".join(
        character
        for character in unicodedata.normalize("NFC", text)
        if character in _JOINERS or character.isspace() or unicodedata.category(character) not in _DROPPED
    )
    name = " ".join(kept.split())
    if not name:
        raise InvalidInput(field=field, reason="missing", value=text)
    if len(name) > LONGEST_NAME:
        raise InvalidInput(field=field, reason="too_long", value=text, most=LONGEST_NAME)
    return name


def is_latin(text: str) -> bool:
    """Tell whether every letter of a text is Latin, accents included."""
    return all(
        unicodedata.name(character, "").startswith(("LATIN", "MODIFIER LETTER"))
        for character in text
        if character.isalpha()
    )


def latin_form(name: str, given: str) -> str:
    """Return the Latin form of a name: what was given, else the name itself where it is Latin already.

    Raises InvalidInput when the form is not in Latin letters; officers of the other country must be able to read it.
    """
    latin = clean_name(given or name, "name_latin")
    if not is_latin(latin):
        raise InvalidInput(field="name_latin", reason="not_latin" if given else "latin_needed", value=given)
    return latin


def check_grant(grant: Grant) -> None:
    """Refuse a role without its place, or with one that it does not have."""
    needs_office = grant.role in (Role.OFFICER, Role.HEAD)
    needs_programme = grant.role is Role.MANAGER
    if needs_office != (grant.office_id is not None):
        raise InvalidInput(
            field="office", reason="office_needed" if needs_office else "no_office", value=grant.office_id
        )
    if needs_programme != (grant.programme_id is not None):
        reason = "programme_needed" if needs_programme else "no_programme"
        raise InvalidInput(field="programme", reason=reason, value=grant.programme_id)


_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", re.ASCII)


def clean_language(tag: str, field: str = "name_language") -> str:
    """Return a language tag such as ar or zh-Hans; "" stays "" (not said). Raises InvalidInput for anything else."""
    if tag and (len(tag) > 16 or not _LANGUAGE.fullmatch(tag)):
        raise InvalidInput(field=field, reason="not_a_language", value=tag)
    return tag
