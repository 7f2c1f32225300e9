"""Words for the codes of accounts, offices and sealed fields: roles, kinds of office, why an answer is refused."""

from typing import Any

from mobility.domain.access import Role
from mobility.domain.errors import InvalidInput
from mobility.i18n.current import gettext as _
from mobility.i18n.current import lazy_gettext as _l

ROLES: dict[Role, Any] = {
    Role.OFFICER: _l("Officer"),
    Role.HEAD: _l("Head of office"),
    Role.MANAGER: _l("Programme manager"),
    Role.ADMINISTRATOR: _l("Administrator"),
    Role.AUDITOR: _l("Auditor"),
}

OFFICE_KINDS: dict[str, Any] = {
    "post": _l("Embassy or consulate"),
    "recognition_body": _l("Recognition body"),
    "funder": _l("Funder"),
    "school": _l("Language school"),
}

COMPETENCES: dict[str, Any] = {
    "case": _l("The case as a whole: admissibility, travel, closing"),
    "visa": _l("Visa"),
    "recognition": _l("Recognition of qualifications"),
    "funding": _l("Funding"),
    "language": _l("Language training"),
}

SEALED: dict[str, Any] = {
    "passport_number": _l("Passport number"),
    "birth_date": _l("Date of birth"),
    "born_on": _l("Date of birth"),
    "bank_account": _l("Bank account"),
    "iban": _l("Bank account"),
}

ACCOUNT_ERRORS: dict[str, Any] = {
    "too_many_tries": _l("Too many tries. Wait a few minutes, then try again."),
    "link_spent": _l("This link no longer works."),
    "last_administrator": _l(
        "This is the last administrator who can sign in. Make somebody else administrator first; nothing was changed."
    ),
    "own_role": _l("Nobody gives a role to themselves. Ask another administrator."),
    "seal_broken": _l("A protected value cannot be opened. The administrator has to look at it."),
}

# Each sentence may use the parameters of its error by name.
_REASONS: dict[str, Any] = {
    "missing": _l("Fill this in."),
    "too_long": _l("At most %(most)s characters."),
    "not_latin": _l("Use Latin letters only, as in the machine-readable lines of a passport."),
    "latin_needed": _l("Write the name in Latin letters too, as in a passport: the other country must read it."),
    "not_a_language": _l("Choose a language from the list."),
    "not_a_country": _l("Choose a country from the list."),
    "not_a_time_zone": _l("Choose a time zone from the list."),
    "not_an_address": _l("This cannot be an e-mail address. It looks like name@example.org."),
    "address_taken": _l("Somebody already has an account with this address."),
    "no_invitation_open": _l("This person has a password already, or is disabled."),
    "too_short": _l("At least %(least)s characters; this has %(given)s. Four or five words are easy to remember."),
    "repeated": _l("The same characters repeat. Take several words that do not belong together."),
    "sequence": _l("Mostly a sequence such as 12345 or qwerty. Take several words that do not belong together."),
    "common": _l("This is made of words that everybody tries first. Take several words that do not belong together."),
    "own_words": _l("This is made of your name, your address or the name of this site. Take other words."),
    "wrong_password": _l("This is not your present password."),
    "office_needed": _l("Choose the office for this role."),
    "no_office": _l("This role is not held at an office. Leave the office empty."),
    "programme_needed": _l("Choose the programme for this role."),
    "no_programme": _l("This role is not held in a programme. Leave the programme empty."),
    "no_such_office": _l("There is no such office any more."),
    "no_such_programme": _l("There is no such programme any more."),
    "role_held": _l("The person holds this role already."),
    "not_a_code": _l("Two to 32 letters, digits, points, lines: for example EG-EMB-BERLIN."),
    "code_taken": _l("Another office has this code."),
    "not_a_calendar": _l("There is no such calendar. It looks like DE, DE-SN or EU-COM."),
    "not_a_kind": _l("Choose what kind of office it is."),
    "not_a_competence": _l("Choose from what an office can decide."),
    "no_such_case": _l("There is no case with this reference."),
    "no_such_person": _l("There is nobody with this address or number."),
    "override_there": _l("There is an entry for this calendar and day already."),
}


def reason_sentence(error: InvalidInput) -> str:
    """Return why an answer is refused, in the reader's language."""
    reason = str(error.parameters.get("reason", ""))
    if reason not in _REASONS:
        return _("This answer cannot be used.")
    return str(_REASONS[reason]) % error.parameters


def role_name(role: Role) -> str:
    """Return what a role is called."""
    return str(ROLES[role])


def sealed_name(code: str) -> str:
    """Return what a sealed field is called; the code where it has no words yet."""
    return str(SEALED.get(code, code))


def office_kind_name(code: str) -> str:
    """Return what kind of office that is, in words."""
    return str(OFFICE_KINDS[code])


def competence_name(code: str) -> str:
    """Return what a competence lets an office decide."""
    return str(COMPETENCES[code])
