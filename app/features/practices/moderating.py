"""Suggested practices before the moderators: requests in, answers out."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.db import db
from app.domain.decision import Decision
from app.domain.lifecycle import RefusalReason
from app.features.practices import queries, service
from app.features.practices.forms import NoteForm, PublishForm, RefuseForm
from app.features.practices.queries import Suggestion
from app.features.practices.reported import bp as bp
from app.kit import clock, doors
from app.kit.identity import the_person
from app.models.practice import PracticeState
from app.models.queue import QueueKind
from app.policies.moderation import may_decide
from app.records import claims, notes, queue


@bp.get("/moderatie/praktijken")
@doors.moderator
def suggestions() -> ResponseReturnValue:
    """What waits, the oldest first, and what was decided last."""
    return render_template(
        "practices/suggestions.html",
        waiting=queries.suggestions(waiting=True),
        decided=queries.suggestions(waiting=False, most=20),
        person=the_person(),
    )


@bp.get("/moderatie/praktijken/<int:practice_id>")
@doors.moderator
def review(practice_id: int) -> ResponseReturnValue:
    """One suggestion with the two decisions."""
    return _page(_suggestion(practice_id))


@bp.post("/moderatie/praktijken/<int:practice_id>/plaatsen")
@doors.moderator
def publish(practice_id: int) -> ResponseReturnValue:
    """Put it into the library."""
    suggestion, form = _suggestion(practice_id), PublishForm(prefix="publish-")
    if not form.validate_on_submit():
        return _page(suggestion, status=400)
    try:
        service.publish(the_person(), suggestion, clock.now())
    except service.Overtaken as overtaken:
        return _overtaken(practice_id, overtaken)
    flash(_("The example stands in the library. The person who suggested it gets a message."))
    return redirect(url_for("practices.suggestions"), code=303)


@bp.post("/moderatie/praktijken/<int:practice_id>/weigeren")
@doors.moderator
def refuse(practice_id: int) -> ResponseReturnValue:
    """Leave it out, with a sentence."""
    suggestion, form = _suggestion(practice_id), RefuseForm(prefix="refuse-")
    may_decide(the_person(), suggestion.by_id).or_raise()
    if not form.validate_on_submit():
        return _page(suggestion, form, 400)
    try:
        reason, sentence = RefusalReason(form.reason.data), str(form.sentence.data)
        service.refuse(the_person(), suggestion, reason, sentence, clock.now())
    except service.Overtaken as overtaken:
        return _overtaken(practice_id, overtaken, form)
    flash(_("The example is not placed. The person who suggested it reads why."))
    return redirect(url_for("practices.suggestions"), code=303)


def _suggestion(practice_id: int) -> Suggestion:
    return queries.suggestion(practice_id) or abort(404)


def _overtaken(
    practice_id: int, overtaken: service.Overtaken, form: RefuseForm | None = None
) -> ResponseReturnValue:
    """Show what was decided in the meantime, and what was typed."""
    db.session.rollback()
    return _page(_suggestion(practice_id), form, 409, overtaken)


def _is_free(suggestion: Suggestion) -> Decision:
    """Whether no other moderator is at it."""
    key = queue.key_of(QueueKind.PRACTICE, suggestion.practice)
    return claims.may_go_on_with(key, the_person(), clock.now())


def _page(
    suggestion: Suggestion,
    form: RefuseForm | None = None,
    status: int = 200,
    overtaken: service.Overtaken | None = None,
) -> ResponseReturnValue:
    page = render_template(
        "practices/review.html",
        suggestion=suggestion,
        practice=suggestion.practice,
        is_waiting=suggestion.practice.state == PracticeState.SUGGESTED,
        may=may_decide(the_person(), suggestion.by_id) and _is_free(suggestion),
        notes=notes.on(suggestion.practice),
        note_form=NoteForm(prefix="note-", formdata=None),
        publish_form=PublishForm(prefix="publish-", formdata=None),
        form=form or RefuseForm(prefix="refuse-", formdata=None),
        sent=form,
        overtaken=overtaken.decision if overtaken else None,
    )
    return page, status
