"""Who was asked to come answers by the link in the mail, without signing in."""

from flask import Blueprint, Response, abort, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.db import db
from app.domain.decision import NotAllowed
from app.features.workshop import forms, inviting
from app.kit import clock, doors
from app.kit.limits import ROOM, limiter
from app.models.workshop import AgendaInvitation, Answer
from app.policies.workshop import may_answer
from app.records import agenda_invitations, agendas

bp = Blueprint("agenda_answers", __name__)


@bp.route("/uitnodiging-agenda/<token>", methods=["GET", "POST"])
@doors.public
@limiter.limit(ROOM, methods=["POST"])
def answer(token: str) -> ResponseReturnValue:
    """What somebody is asked, and their answer; opening the link answers nothing."""
    invitation = agenda_invitations.with_token(token) or abort(404)
    form = forms.AnswerForm(
        data={
            "answer": invitation.answer.value if invitation.answer else None,
            "shows_name": invitation.shows_name,
            "note": invitation.note,
        }
    )
    if form.validate_on_submit():
        given = Answer(form.answer.data)
        try:
            inviting.answer(token, given, bool(form.shows_name.data), form.note.data or "", clock.now())
        except LookupError:
            abort(404)
        except NotAllowed:
            db.session.rollback()
            return _page(agenda_invitations.with_token(token) or abort(404), form, 403)
        return redirect(url_for("agenda_answers.answer", token=token), code=303)
    return _page(invitation, form, 400 if form.is_submitted() else 200)


def _page(invitation: AgendaInvitation, form: forms.AnswerForm, status: int) -> Response:
    workshop = agendas.workshop(invitation.workshop_id) or abort(404)
    page = render_template(
        "workshop/answer.html",
        invitation=invitation,
        theme=invitation.theme,
        workshop=workshop,
        form=form,
        may=may_answer(workshop, clock.now()),
    )
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
