"""While somebody writes an idea: keep it, find ideas like it, give hints, throw it away: requests in, answers out."""

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_datetime
from flask_babel import gettext as _

from app.db import db
from app.domain.decision import NotAllowed
from app.features.ideas import drafting, preview, service
from app.features.ideas.forms import IdeaForm
from app.features.ideas.kept import NEW
from app.kit import clock, doors, html
from app.kit.identity import DRAFT, current_person, the_person
from app.kit.limits import ROOM, limiter
from app.policies.ideas import may_throw_away
from app.records import drafts, frames, ideas

bp = Blueprint("writing", __name__)
LONGEST_TITLE = 300
TYPING = "1200 per 10 minutes"
"""For what pages ask by themselves: a full room behind one address types at once."""


@bp.get("/ideeen/lijkt-op")
@doors.public
def similar() -> ResponseReturnValue:
    """Published ideas like the text (`tekst`), as a page or as the piece of one (`deel`)."""
    typed = " ".join(html.tidy(request.args.get("tekst", "")).split())[:LONGEST_TITLE]
    slug = request.args.get("oproep", "")
    frame = preview.frame_of(slug)
    if frame is None:
        return render_template("ideas/nothing.html")
    rows = preview.alike_rows(typed, "", frame, _number(request.args.get("behalve")))
    template = "ideas/_alike.html" if request.args.get("deel") else "ideas/similar.html"
    return render_template(template, alike=rows, typed=typed, call=frame.call, chosen=slug)


@bp.post("/ideeen/nieuw/advies")
@doors.public
@limiter.limit(TYPING)
def advise() -> ResponseReturnValue:
    """Hints towards plain language for what stands in the form; nothing is kept."""
    form = IdeaForm([], [], as_draft=True)
    return render_template("ideas/_advice.html", advice=preview.advice_for(form))


@bp.post("/ideeen/nieuw/bewaren")
@doors.signed_in
@limiter.limit(ROOM)
def keep() -> ResponseReturnValue:
    """Keep the draft as it is typed, and say when, or why not."""
    now, person = clock.now(), the_person()
    number = _number(request.form.get("idea"))
    idea = ideas.one(number) if number else None
    slug = idea.call.slug if idea else request.form.get("call", "")
    frame = frames.of_call(slug) or frames.of_call() or abort(404)
    form = IdeaForm([frame.call], frame.themes, as_draft=True)
    form.prepare(person, [frame.call], now, idea)
    if request.form.get("for_other"):
        return _not_kept(_("An idea for somebody else is not kept while you type."))
    form.validate()
    if form.all_errors:
        return _not_kept(_("Not saved yet: %(fault)s", fault=form.all_errors[0][1]))
    try:
        saved = drafting.keep(
            person,
            frame.call,
            form.content(),
            form.submission_key.data or "",
            number,
            _number(form.version.data),
            now,
        )
    except NotAllowed as no:
        db.session.rollback()
        return _not_kept(_(no.decision.refusal, **no.decision.values))
    except service.Outdated:
        db.session.rollback()
        return _not_kept(_("Not saved yet."))
    sentence = _("Saved at %(time)s.", time=format_datetime(now, "HH:mm"))
    if saved.elsewhere:
        sentence += " " + _(
            "You had changed this draft in another window as well. What you typed here counts now."
        )
    return jsonify({"saved": True, "sentence": sentence, "version": saved.version, "idea": saved.id})


@bp.post("/ideeen/nieuw/weggooien")
@doors.public
@limiter.limit(ROOM)
def throw_away() -> ResponseReturnValue:
    """Throw away what was typed: the draft of somebody who signed in, and what waited for a stranger to sign in."""
    now, person = clock.now(), current_person()
    number = _number(request.form.get("idea"))
    if person is not None and number:
        idea = ideas.one(number) or abort(404)
        may_throw_away(person, idea).or_raise()
    if person is not None:
        drafting.throw_away(person, request.form.get("submission_key", ""), number)
    token = session.get(DRAFT, "")
    if token and drafts.find(NEW, token, now) is not None:
        service.forget_typed(token)
        session.pop(DRAFT)
    flash(_("Your text has been thrown away. Nothing of it is left."))
    return redirect(url_for("ideas.new"), code=303)


def _not_kept(sentence: str) -> ResponseReturnValue:
    return jsonify({"saved": False, "sentence": sentence}), 409


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0
