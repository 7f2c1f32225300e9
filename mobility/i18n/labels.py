"""The words for every code that the domain or the storage knows: errors here, enum members in `label_*` tables.

A test asserts that every enum member and every error code has its words.
"""

from typing import Any

from mobility.domain.errors import DomainError
from mobility.i18n.accounts_labels import ACCOUNT_ERRORS
from mobility.i18n.applications_labels import APPLICATION_ERRORS, FILE_ERRORS
from mobility.i18n.cases_labels import CASE_ERRORS
from mobility.i18n.current import gettext as _
from mobility.i18n.current import lazy_gettext as _l
from mobility.i18n.deadlines_labels import DEADLINE_ERRORS
from mobility.i18n.flow_import_labels import IMPORT_ERRORS
from mobility.i18n.public_statistics_labels import STATISTICS_ERRORS
from mobility.i18n.statements_labels import STATEMENT_ERRORS

ERRORS: dict[str, Any] = {
    "not_found": _l("There is nothing here that you can see."),
    "not_permitted": _l("You can see this, but the step is for somebody else to take."),
    "transition_not_permitted": _l("This step is no longer possible. Open the page again to see what has changed."),
    "changed_meanwhile": _l("Somebody else saved this while you were writing. Nothing was overwritten."),
    "invalid_input": _l("One of the answers cannot be used as it is. Nothing was changed."),
}
ERRORS |= ACCOUNT_ERRORS
ERRORS |= APPLICATION_ERRORS
ERRORS |= FILE_ERRORS
ERRORS |= DEADLINE_ERRORS
ERRORS |= CASE_ERRORS
ERRORS |= STATEMENT_ERRORS
ERRORS |= IMPORT_ERRORS
ERRORS |= STATISTICS_ERRORS


def error_sentence(error: DomainError) -> str:
    """Return what happened, in the reader's language."""
    return str(ERRORS.get(error.code) or _("Something went wrong on our side. Nothing was changed."))
