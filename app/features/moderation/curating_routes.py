"""Taking an idea out of a theme, splitting it, masking, taking its image off: requests in, answers out."""

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.db import db
from app.domain import masking as rules
from app.domain.decision import Decision, NotAllowed
from app.domain.lifecycle import RefusalReason
from app.features.moderation import curating, masking, masking_jobs, picture, queries
from app.features.moderation.curating_forms import DetachForm, MaskForm, PictureForm, SplitForm
from app.features.moderation.routes import cited_rules
from app.kit import clock, doors, html, jobs
from app.kit.forms import Form
from app.kit.identity import the_person
from app.models.argument import Argument
from app.models.idea import Idea
from app.policies.curating import may_mask_argument, may_mask_idea, may_split, may_take_image
from app.policies.moderation import may_decide, may_read

bp = Blueprint("curating", __name__)


@bp.record
def _set_up(_state: BlueprintSetupState) -> None:
    jobs.register(masking_jobs.DESTROY)


@bp.route("/moderatie/ideeen/<int:idea_id>/thema", methods=["GET", "POST"])
@doors.moderator
def detach(idea_id: int) -> ResponseReturnValue:
    """Take an idea out of one of its themes."""
    idea = _idea(idea_id)
    themes = curating.themes_in(idea.call.process_id)
    form = DetachForm()
    form.offer(themes, curating.themes_of(idea.id))
    if not form.is_submitted():
        return _page("moderation/detach.html", idea, form, _may_curate(idea, may_split(idea.state)))
    if not form.validate():
        return _page("moderation/detach.html", idea, form, _may_curate(idea), 400)
    try:
        curating.detach(
            the_person(),
            idea,
            form.theme.data,
            form.into.data or None,
            str(form.sentence.data),
            clock.now(),
        )
    except NotAllowed as no:
        return _refused("moderation/detach.html", _again(idea_id), form, no)
    flash(_("The idea is no longer in that theme. The author hears why."))
    return redirect(url_for("moderation.review", idea_id=idea_id), code=303)


@bp.route("/moderatie/ideeen/<int:idea_id>/splitsen", methods=["GET", "POST"])
@doors.moderator
def split(idea_id: int) -> ResponseReturnValue:
    """Make a part of an idea an idea of its own."""
    idea = _idea(idea_id)
    form = SplitForm()
    form.offer(curating.themes_in(idea.call.process_id))
    if not form.is_submitted():
        form.version.data, form.body.data = idea.version, idea.body
        form.themes.data = sorted(curating.themes_of(idea.id))
        return _page("moderation/split.html", idea, form, _may_curate(idea, may_split(idea.state)))
    if not form.validate():
        return _page("moderation/split.html", idea, form, _may_curate(idea), 400)
    part = curating.Part(
        form.title.data or "",
        form.summary.data or "",
        form.body.data or "",
        tuple(form.themes.data or ()),
        form.leaves.data,
    )
    try:
        decision = curating.split(
            the_person(), idea, part, form.version.data or 0, str(form.sentence.data), clock.now()
        )
    except NotAllowed as no:
        return _refused("moderation/split.html", _again(idea_id), form, no)
    flash(_("There are two ideas now. The author hears why."))
    return redirect(url_for("moderation.review", idea_id=decision.before["idea"]), code=303)


@bp.route("/moderatie/ideeen/<int:idea_id>/afschermen", methods=["GET", "POST"])
@doors.moderator
def mask_idea(idea_id: int) -> ResponseReturnValue:
    """Make personal data in an idea unreadable."""
    idea = _idea(idea_id)
    here = url_for("moderation.review", idea_id=idea_id)
    return _mask(idea, may_mask_idea(idea.state), here)


@bp.route("/moderatie/argumenten/<int:argument_id>/afschermen", methods=["GET", "POST"])
@doors.moderator
def mask_argument(argument_id: int) -> ResponseReturnValue:
    """The same in an argument, question or reply."""
    argument = db.get_or_404(Argument, argument_id)
    here = url_for("moderation.argument", argument_id=argument_id)
    return _mask(argument, may_mask_argument(argument.state), here)


@bp.route("/moderatie/ideeen/<int:idea_id>/beeld", methods=["GET", "POST"])
@doors.moderator
def take_image(idea_id: int) -> ResponseReturnValue:
    """Take the image off an idea, and leave the text."""
    idea, form = _idea(idea_id), PictureForm()
    image = queries.beside(idea).image
    shown: dict[str, Any] = {"image": image, "hints": cited_rules()}
    if not form.is_submitted():
        form.key.data = image.key if image else ""
        possible = may_take_image(idea.state, has_image=image is not None)
        return _page("moderation/picture.html", idea, form, _may_curate(idea, possible), **shown)
    if not form.validate():
        return _page("moderation/picture.html", idea, form, _may_curate(idea), 400, **shown)
    reason, sentence = RefusalReason(form.reason.data), str(form.sentence.data)
    try:
        picture.take(the_person(), idea, str(form.key.data), reason, sentence, clock.now())
    except NotAllowed as no:
        again = _again(idea_id)
        image = queries.beside(again).image
        form.key.data = image.key if image else ""
        return _refused("moderation/picture.html", again, form, no, image=image, hints=cited_rules())
    flash(_("The image is off the idea. The author hears why."))
    return redirect(url_for("moderation.review", idea_id=idea_id), code=303)


@bp.get("/moderatie/besluiten/<int:decision_id>/beeld")
@doors.moderator
def taken_image(decision_id: int) -> ResponseReturnValue:
    """The image that was taken off, as long as it is kept, for whoever answers the appeal."""
    response = Response(picture.kept(decision_id) or abort(404), mimetype="image/webp")
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Disposition"] = "inline"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _mask(text: Idea | Argument, possible: Decision, here: str) -> ResponseReturnValue:
    form, number = MaskForm(), text.id
    kind: type[Idea | Argument] = type(text)
    texts = [field.text for field in masking.fields_of(text)]
    shown: dict[str, Any] = {"here": here, "texts": [html.from_plain(said) for said in texts if said]}
    if not form.is_submitted():
        found = rules.proposed(texts)
        form.passages.data = "\n".join(found)
        return _page("moderation/mask.html", text, form, _may_curate(text, possible), found=found, **shown)
    if not form.validate():
        return _page("moderation/mask.html", text, form, _may_curate(text), 400, **shown)
    try:
        masking.mask(the_person(), text, form.lines, str(form.sentence.data), clock.now())
    except NotAllowed as no:
        db.session.rollback()
        return _refused("moderation/mask.html", db.get_or_404(kind, number), form, no, **shown)
    more = masking.elsewhere(text, form.lines)
    flash(_("These words can no longer be read. The author hears why."))
    if more:
        flash(
            ngettext(
                "The same words stand in %(num)s other text that belongs to this one. Look at it as well.",
                "The same words stand in %(num)s other texts that belong to this one. Look at them as well.",
                more,
            ),
            "info",
        )
    return redirect(here, code=303)


def _idea(idea_id: int) -> Idea:
    idea = db.get_or_404(Idea, idea_id)
    if not may_read(the_person(), idea):
        abort(404)
    return idea


def _again(idea_id: int) -> Idea:
    """The idea as it is now, after what was begun was dropped."""
    db.session.rollback()
    return _idea(idea_id)


def _may_curate(text: Idea | Argument, possible: Decision | None = None) -> Decision:
    may = may_decide(
        the_person(),
        text.author_id,
        curating.reporters_of(text),
        curating.posted_by(text) if isinstance(text, Idea) else None,
    )
    return may if possible is None or not may else possible


def _page(
    template: str, text: Idea | Argument, form: Form, may: Decision, status: int = 200, **more: Any
) -> ResponseReturnValue:
    shown = {"refused": None, "found": [], **more}
    return render_template(
        template, text=text, form=form, may=may, sent=request.method == "POST", **shown
    ), status


def _refused(
    template: str, text: Idea | Argument, form: Form, no: NotAllowed, **more: Any
) -> ResponseReturnValue:
    """The form with what was typed, and the sentence that says why it was not done."""
    may = _may_curate(text)
    may.or_raise()
    status = 409 if isinstance(no, curating.Overtaken) else 400
    return _page(template, text, form, may, status, refused=no.decision, **more)
