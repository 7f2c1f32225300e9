"""Follow thresholds: what this manager follows, what was measured, which reviews were called for."""

from fractions import Fraction
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import SelectField
from wtforms.validators import InputRequired

from mobility.clock import utc_now
from mobility.domain.access import Role
from mobility.domain.errors import InvalidInput
from mobility.domain.thresholds import Threshold, ThresholdKind
from mobility.i18n import gettext as _
from mobility.i18n import lazy_gettext as _l
from mobility.i18n import thresholds_labels as labels
from mobility.i18n.formats import country_name
from mobility.i18n.law_texts import law_text
from mobility.services import thresholds
from mobility.services.thresholds import Followable
from mobility.storage.db import db, write_unit
from mobility.web.shared.access import current_actor, needs_role
from mobility.web.shared.forms import Form, WholeNumberField
from mobility.web.shared.refusals import choices

blueprint = Blueprint("thresholds", __name__, url_prefix="/thresholds")

Page = str | Response | tuple[str, int]
_NEEDED = InputRequired(_l("Fill this in."))


class FollowForm(Form):
    """What to follow: the whole instrument or one pair, and the level in per cent."""

    what = SelectField(_l("Tell me when"), [_NEEDED])
    level = WholeNumberField(_l("Level, in per cent"), [_NEEDED])

    def fill_choices(self, offered: list[Followable]) -> None:
        """Offer r of each instrument and the balance of each of its pairs."""
        told: list[tuple[str, str]] = []
        for each in offered:
            title = law_text(each.title)
            told.append((f"{each.code}::", _("%(instrument)s: reciprocity falls below the level", instrument=title)))
            for a, b in each.pairs:
                words = _(
                    "%(instrument)s: the balance of %(a)s and %(b)s leaves the tolerance",
                    instrument=title,
                    a=country_name(a),
                    b=country_name(b),
                )
                told.append((f"{each.code}:{a}:{b}", words))
        self.what.choices = choices(told, _("Choose"))

    def wish(self) -> tuple[str, Threshold]:
        """Return the instrument and the threshold of a valid form; raises InvalidInput for a level that is none."""
        code, a, b = str(self.what.data).rsplit(":", 2)
        kind = ThresholdKind.BALANCE_OUTSIDE if a else ThresholdKind.R_BELOW
        return code, Threshold(kind=kind, level=Fraction(self.level.number or 0, 100), pair=(a, b) if a else None)


@blueprint.get("/")
@needs_role(Role.MANAGER)
def index() -> str:
    """What this manager follows, and a form to follow more."""
    return _html(_form())


def _form() -> FollowForm:
    form = FollowForm(data={"what": request.args.get("what", "")})
    form.fill_choices(thresholds.list_followable(db.session(), current_actor()))
    return form


def _html(form: FollowForm) -> str:
    reader = current_actor()
    return render_template(
        "thresholds/index.html",
        form=form,
        remove=Form(),
        followed=thresholds.list_followed(db.session(), reader),
        reviews=thresholds.list_reviews(db.session(), reader),
        **_WORDS,
    )


@blueprint.post("/")
@needs_role(Role.MANAGER)
def follow() -> Page:
    """Follow one; it is looked at at once."""
    form = _form()
    if form.validate():
        try:
            code, threshold = form.wish()
            with write_unit(db.session()) as unit:
                thresholds.follow_threshold(unit, current_actor(), code, threshold, now=utc_now())
            flash(_("You are told by mail when it happens."))
            return redirect(url_for("thresholds.index"))
        except InvalidInput as error:
            form.level.errors = (*form.level.errors, labels.refusal_words(str(error.parameters.get("reason"))))
    return _html(form), 422


@blueprint.post("/<int:threshold_id>/leave")
@needs_role(Role.MANAGER)
def leave(threshold_id: int) -> Page:
    """Stop following one."""
    if not Form().validate():
        abort(400)
    with write_unit(db.session()) as unit:
        thresholds.leave_threshold(unit, current_actor(), threshold_id, now=utc_now())
    flash(_("You do not follow it any more."))
    return redirect(url_for("thresholds.index"))


_WORDS: dict[str, Any] = {"words": labels, "law_text": law_text}
