"""The audit log, newest first, with its filters in the address."""

from flask import Blueprint, render_template, request

from mobility.domain.access import Role
from mobility.domain.errors import InvalidInput
from mobility.i18n.accounts_labels import reason_sentence
from mobility.i18n.audit_labels import AUDIT_CODES, audit_words, subject_words
from mobility.services import audit
from mobility.services.audit import AuditLine
from mobility.storage.db import db
from mobility.web.shared.access import current_actor, needs_role
from mobility.web.shared.numbers import row_number

blueprint = Blueprint("audit", __name__)


@blueprint.get("/audit", endpoint="index")
@needs_role(Role.ADMINISTRATOR, Role.AUDITOR)
def list_entries() -> tuple[str, int]:
    """A page of entries; a filter that stands for nothing says so beside its field."""
    typed = {name: request.args.get(name, "").strip()[:254] for name in ("reference", "code", "person")}
    own, reader = db.session(), current_actor()
    entries: list[AuditLine] = []
    more, wrong = None, {}
    try:
        wanted = audit.make_filter(own, reader, **typed)
        entries, more = audit.list_entries(own, reader, wanted, request.args.get("before", type=row_number))
    except InvalidInput as error:
        wrong = {str(error.parameters["field"]): reason_sentence(error)}
    page = render_template(
        "audit/index.html",
        entries=entries,
        more=more,
        typed=typed,
        wrong=wrong,
        codes=sorted(((code, str(words)) for code, words in AUDIT_CODES.items()), key=lambda pair: pair[1].casefold()),
        words=audit_words,
        subject_words=subject_words,
    )
    return page, 422 if wrong else 200
