"""Changing an idea in view of everybody after others reacted, what changed so far, and taking it back."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField, TextAreaField

from app.db import db
from app.domain.decision import N_, NotAllowed
from app.features.ideas import amendments, pages, queries, service
from app.features.ideas.forms import IdeaForm
from app.kit import clock, doors, headers
from app.kit.forms import csrf, length
from app.kit.identity import current_person, the_person
from app.kit.limits import ROOM, limiter
from app.models.person import Person
from app.policies.ideas import is_recalled, may_amend, may_read, may_withdraw
from app.records import frames, ideas
from app.records.ideas import IdeaRow

bp = Blueprint("changes", __name__)
REASON_LENGTH = (10, 300)


class AmendForm(IdeaForm):
    """The text of an idea with the reason of the change. Call and themes stay: people voted for it under them."""

    reason = TextAreaField(
        _l("Why do you change it?"),
        [
            length(
                REASON_LENGTH,
                N_("Write at least %(least)d characters here. There are %(now)d now."),
                N_("Write at most %(most)d characters here. There are %(now)d now."),
            )
        ],
    )

    def validate_themes(self, field: SelectMultipleField) -> None:
        """They are not on this form."""


@bp.route("/ideeen/<int:idea_id>/wijzigen", methods=["GET", "POST"])
@doors.signed_in
@csrf.exempt
@limiter.limit(ROOM, methods=["POST"])
def amend(idea_id: int) -> ResponseReturnValue:
    now, person = clock.now(), the_person()
    idea = _idea(idea_id)
    allowed = may_amend(person, idea, idea.call, idea.amended.made_at if idea.amended else None, now)
    if not allowed and person.id != idea.author_id:
        allowed.or_raise()
    form = _form(idea, person)
    shown: dict[str, Any] = {"form": form, "idea": idea, "notice": ""}
    headers.allow_map()
    if not form.is_submitted():
        if allowed and not queries.has_reactions(idea_id):
            return redirect(url_for("ideas.edit", idea_id=idea_id), code=303)
        allowed.or_raise()
        pages.fill(form, pages.typed_of(idea))
        return render_template("ideas/amend.html", **shown)
    form.validate()
    if form.all_errors or form.is_stale:
        _keep_image(form, person)
        if not form.all_errors:
            shown["notice"] = _("Your session had expired. Your text is still here: send it once more.")
        return render_template("ideas/amend.html", **shown), 400
    try:
        amendments.amend(person, idea_id, form.content(), form.reason.data or "", now)
    except amendments.Unchanged:
        db.session.rollback()
        shown["notice"] = _("Nothing has changed yet. Change the text, or go back to your idea.")
        return render_template("ideas/amend.html", **shown), 400
    except NotAllowed as no:
        db.session.rollback()
        _keep_image(form, person)
        shown["notice"] = _(no.decision.refusal, **no.decision.values)
        return render_template("ideas/amend.html", **shown), 403
    flash(_("Your changes have been saved. Everybody can see what changed and why."))
    return redirect(url_for("ideas.show", idea_id=idea_id), code=303)


@bp.get("/ideeen/<int:idea_id>/wijzigingen")
@doors.public
def history(idea_id: int) -> ResponseReturnValue:
    idea = _idea(idea_id)
    allowed = may_read(current_person(), idea)
    if not allowed:
        status = 410 if idea.published_at is not None and not is_recalled(idea) else 403
        return render_template("ideas/gone.html", idea=idea, decision=allowed), status
    return render_template("ideas/history.html", idea=idea, changes=amendments.history(idea))


@bp.get("/ideeen/<int:idea_id>/intrekken")
@doors.signed_in
def withdrawing(idea_id: int) -> ResponseReturnValue:
    idea = _idea(idea_id)
    may_withdraw(the_person(), idea, idea.call).or_raise()
    return render_template("ideas/withdraw.html", idea=idea)


def _idea(idea_id: int) -> IdeaRow:
    return ideas.one(idea_id) or abort(404)


def _form(idea: IdeaRow, person: Person) -> AmendForm:
    frame = frames.of_call(idea.call.slug) or abort(404)
    form = AmendForm([idea.call], frame.themes)
    form.themes.data = [theme.slug for theme in idea.themes]
    form.prepare(person, [idea.call], clock.now(), idea)
    return form


def _keep_image(form: AmendForm, person: Person) -> None:
    if form.new_image is not None and (form.chose_image or not form.kept_image.data):
        form.kept_image.data = service.keep_image(person, form.new_image, clock.now())
