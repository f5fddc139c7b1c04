"""Ideas: the list, one idea, the form: requests in, answers out."""

from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.db import db
from app.domain.decision import NotAllowed
from app.domain.lifecycle import IdeaState
from app.features.ideas import drafting, kept, list_page, listing, pages, posting, preview, queries, service
from app.features.ideas.forms import IdeaForm
from app.features.ideas.kept import NEW
from app.kit import clock, doors, headers, proof, shown
from app.kit.errors import status_of
from app.kit.forms import csrf
from app.kit.identity import DRAFT, current_person, the_person
from app.kit.limits import ROOM, limiter
from app.kit.tokens import new_token
from app.models.person import Person
from app.policies.friction import POST
from app.policies.ideas import is_recalled, may_edit, may_post_for_other, may_read
from app.policies.taking_part import may_submit
from app.records import (
    argument_views,
    course,
    curation,
    drafts,
    frames,
    friction,
    ideas,
    kept_actions,
    merges,
)
from app.records.calls import CallRow
from app.records.frames import Frame
from app.records.ideas import IdeaRow

bp = Blueprint("ideas", __name__)
bp.record(kept.set_up)


@bp.get("/ideeen")
@doors.public
def index() -> ResponseReturnValue:
    now, person = clock.now(), current_person()
    lots = listing.lots_of_person(now) if person else listing.lots_of_visitor(now)
    choice = listing.choose(request.args, now, lots[0], lots)
    if choice is None:
        if request.args.get("oproep"):
            abort(404)
        return render_template("ideas/nothing.html")
    if choice.is_personal and person is None:
        return redirect(url_for("accounts.sign_in", next=choice.address()), code=303)
    return list_page.render(choice, person, now)


@bp.get("/plannen")
@doors.public
def old_address() -> ResponseReturnValue:
    """The address of the list in the council letter; its query keeps its meaning."""
    query = request.query_string.decode("ascii", "ignore")
    return redirect(url_for("ideas.index") + (f"?{query}" if query else ""), code=308)


@bp.get("/ideeen/<int:idea_id>")
@doors.public
def show(idea_id: int) -> ResponseReturnValue:
    now, person = clock.now(), current_person()
    idea = _idea(idea_id)
    allowed = may_read(person, idea)
    if not allowed:
        # What reports took off the site may come back.
        status = 410 if idea.published_at is not None and not is_recalled(idea) else 403
        closing = course.closing_of(idea.id, idea.state)
        return render_template("ideas/gone.html", idea=idea, decision=allowed, closing=closing), status
    if idea.state == IdeaState.MERGED and merges.ORIGINAL not in request.args:
        # Not for ever: a merge can be undone, and then this address is the idea again.
        stays = merges.readable_end(idea.id)
        if stays is not None:
            anchor = merges.anchor(idea.id)
            return redirect(url_for("ideas.show", idea_id=stays.id, _anchor=anchor), code=303)
    if idea.state == IdeaState.PUBLISHED:
        shown.note((idea.id,))
    return render_template(
        "ideas/show.html", **pages.show(idea, person, now, argument_views.view_of(request.args))
    )


@bp.route("/ideeen/nieuw", methods=["GET", "POST"])
@doors.public
@csrf.exempt
@limiter.limit(ROOM, methods=["POST"])
def new() -> ResponseReturnValue:
    now, person = clock.now(), current_person()
    frame = frames.of_call(request.form.get("call") or request.args.get("oproep", "")) or frames.of_call()
    if frame is None:
        return render_template("ideas/nothing.html")
    choices = pages.call_choices(frame, person, now)
    open_calls = [choice.call for choice in choices if choice.is_open]
    action = request.form.get("action", "")
    as_draft = action == "draft"
    form = IdeaForm(open_calls, frame.themes, as_draft=as_draft)
    form.prepare(person, open_calls, now)
    form.may_post_for_other = bool(may_post_for_other(person, frame.call, now))
    headers.allow_map()
    shown: dict[str, Any] = {
        "form": form,
        "frame": frame,
        "choices": choices,
        "is_closed": not open_calls,
        "call_hints": {choice.call.slug: _(choice.audience) for choice in choices if choice.audience},
        "promises": pages.promises(choices, person),
        "closed": may_submit(person, frame.call, now),
    }
    if request.method == "GET":
        return _begun(form, frame, person, shown, now)
    if action in preview.ACTIONS:
        return preview.answer(action, form, "ideas/new.html", shown, person, now)
    answer = _check(form, "ideas/new.html", shown, NEW, url_for("ideas.new"))
    if answer is not None or person is None:
        return answer or abort(400)
    if not as_draft and not form.is_for_other and not friction.refusal(POST, proof.sent(), person, now):
        _keep_image(form)
        return render_template("ideas/new.html", **shown), 429
    call = next((call for call in open_calls if call.slug == form.call.data), frame.call)
    try:
        return redirect(_taken(person, call, form, now, as_draft=as_draft), code=303)
    except NotAllowed as no:
        return _refused(no, "ideas/new.html", shown)


def _begun(
    form: IdeaForm, frame: Frame, person: Person | None, shown: dict[str, Any], now: datetime
) -> ResponseReturnValue:
    """The form as it is found: with what was typed before signing in, or empty beside a draft that waits."""
    waiting = drafts.find(NEW, session.get(DRAFT, ""), now)
    if waiting is not None:
        pages.fill(form, waiting)
        return render_template("ideas/new.html", kept=True, **shown)
    form.neighbourhood.data = person.neighbourhood if person else ""
    form.submission_key.data = new_token()
    if frame.call.slug in form.call_slugs:
        form.call.data = frame.call.slug
    if person is not None and "begin" not in request.args:
        shown["unfinished_draft"] = drafting.unfinished(person.id, [call.id for call in frame.calls])
    return render_template("ideas/new.html", kept=False, **shown)


def _taken(person: Person, call: CallRow, form: IdeaForm, now: datetime, *, as_draft: bool) -> str:
    """Keep the idea or send it in, for oneself or for somebody else; the address to go on at. Raises NotAllowed."""
    key, content = form.submission_key.data or "", form.content()
    way = curation.of_ideas(call, None if form.is_for_other else person.id)
    if form.is_for_other:
        posting.post_for_other(person, call, content, form.source(), key, now)
        flash(
            _("The idea is on the site now.")
            if way.is_live
            else _("The idea has been sent in. Another moderator reads it before it appears on the site.")
        )
        return url_for("ideas.new", oproep=call.slug)
    if as_draft:
        number = service.keep_draft(person, call, content, key, now)
        flash(_("Your draft has been saved. Only you can see it."))
    else:
        number = service.put_forward(person, call, content, key, now)
        if way.is_live:
            flash(_("Thank you! Your idea is on the site now."))
    _forget_typed(NEW)
    return url_for("ideas.show", idea_id=number)


@bp.route("/ideeen/<int:idea_id>/bewerken", methods=["GET", "POST"])
@doors.public
@csrf.exempt
@limiter.limit(ROOM, methods=["POST"])
def edit(idea_id: int) -> ResponseReturnValue:
    now, person = clock.now(), current_person()
    idea = _idea(idea_id)
    kind, here = _kind(idea), url_for("ideas.edit", idea_id=idea.id)
    if person is None and request.method == "GET":
        return redirect(url_for("accounts.sign_in", next=here), code=303)
    allowed = may_edit(person, idea, idea.call, now, has_reactions=queries.has_reactions(idea.id))
    is_author = person is not None and person.id == idea.author_id
    if is_author and idea.state == IdeaState.PUBLISHED and not allowed and request.method == "GET":
        return redirect(url_for("changes.amend", idea_id=idea.id), code=303)
    if person is not None and not allowed and not (is_author and request.method == "POST"):
        allowed.or_raise()
    frame = frames.of_call(idea.call.slug) or abort(404)
    unfinished = idea.state in (IdeaState.DRAFT, IdeaState.RETURNED)
    action = request.form.get("action", "save")
    form = IdeaForm([idea.call], frame.themes, as_draft=unfinished and action not in ("send", preview.LOOK))
    form.prepare(person, [idea.call], now, idea)
    headers.allow_map()
    way = curation.of_ideas(idea.call, idea.author_id) if unfinished and person is not None else None
    shown: dict[str, Any] = {
        "form": form,
        "idea": idea,
        "frame": frame,
        "unfinished": unfinished,
        "promise": pages.promise(way, idea.call.promised_hours) if way else "",
        "request_of_moderator": (
            queries.last_decision(idea.id) if is_author and idea.state == IdeaState.RETURNED else None
        ),
    }
    if request.method == "GET":
        waiting = drafts.find(kind, session.get(DRAFT, ""), now)
        pages.fill(form, waiting or pages.typed_of(idea))
        return render_template("ideas/edit.html", kept=waiting is not None, **shown)
    if person is None:
        # Before anything is said about the form: the page names an idea that may be on nobody's screen yet.
        return _sign_in_first(form, kind, here)
    if action in preview.ACTIONS:
        return preview.answer(action, form, "ideas/edit.html", shown, person, now)
    answer = _check(form, "ideas/edit.html", shown, kind, here)
    if answer is not None:
        return answer
    if action == "send" and not friction.refusal(POST, proof.sent(), person, now):
        _keep_image(form)
        return render_template("ideas/edit.html", **shown), 429
    return _changed(person, idea, form, shown, now, send_in=action == "send")


def _changed(
    person: Person, idea: IdeaRow, form: IdeaForm, shown: dict[str, Any], now: datetime, *, send_in: bool
) -> ResponseReturnValue:
    """Keep the text; what was changed in the meantime comes back with everything that was typed."""
    try:
        service.change(person, idea.id, form.content(), _number(form.version.data), now, send_in=send_in)
    except NotAllowed as no:
        return _refused(no, "ideas/edit.html", shown)
    except service.Outdated:
        db.session.rollback()
        _keep_image(form)
        form.version.data = str(idea.version)
        notice = _(
            "The idea was changed in the meantime. Your text is still here: check it and save it again."
        )
        return render_template("ideas/edit.html", notice=notice, **shown), 409
    if not send_in:  # the page of an idea that was sent in says so itself, and what comes next
        flash(_("Your changes have been saved."))
    _forget_typed(_kind(idea))
    return redirect(url_for("ideas.show", idea_id=idea.id), code=303)


@bp.post("/ideeen/<int:idea_id>/intrekken")
@doors.signed_in
def withdraw(idea_id: int) -> ResponseReturnValue:
    _idea(idea_id)
    service.withdraw(the_person(), idea_id, clock.now())
    flash(_("You have withdrawn your idea."))
    return redirect(url_for("ideas.show", idea_id=idea_id), code=303)


def _idea(idea_id: int) -> IdeaRow:
    return ideas.one(idea_id) or abort(404)


def _kind(idea: IdeaRow) -> str:
    """Under which name changes of an idea are kept for who signs in first."""
    return f"{NEW}:{idea.id}"


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


def _check(
    form: IdeaForm, template: str, shown: dict[str, Any], kind: str, back: str
) -> ResponseReturnValue | None:
    """The answer to a form that cannot be used as it came, with everything that was typed; None for a good one.

    This view checks the token itself: who is signed out (or was, while typing) keeps the text and signs in, who
    sends an outdated form gets it back with a fresh token.
    """
    form.validate()
    if form.all_errors or form.is_stale:
        _keep_image(form)
    if form.all_errors:
        return render_template(template, **shown), 400
    if current_person() is None:
        return _sign_in_first(form, kind, back)
    if form.is_stale:
        notice = _("Your session had expired. Your text is still here: send it once more.")
        return render_template(template, notice=notice, **shown), 400
    return None


def _keep_image(form: IdeaForm) -> None:
    """Nobody chooses an image again because something else in the form needs another look."""
    person = current_person()
    if person is not None and form.new_image is not None and (form.chose_image or not form.kept_image.data):
        form.kept_image.data = service.keep_image(person, form.new_image, clock.now())


def _sign_in_first(form: IdeaForm, kind: str, back: str) -> ResponseReturnValue:
    """Keep what was typed on the server and lead to the sign-in page, and from there back to it."""
    now = clock.now()
    session[DRAFT] = service.keep_typed(kind, kept.typed(form), now, session.get(DRAFT, ""))
    if kept_actions.promise(session[DRAFT], now) is None:  # else the page to sign in says what it will do
        flash(_("We keep your text. Sign in to go on with it."), "info")
    return redirect(url_for("accounts.sign_in", next=back), code=303)


def _refused(no: NotAllowed, template: str, shown: dict[str, Any]) -> ResponseReturnValue:
    """The form with its text and the sentence that says why it was not accepted."""
    db.session.rollback()
    _keep_image(shown["form"])
    notice = _(no.decision.refusal, **no.decision.values)
    return render_template(template, notice=notice, **shown), status_of(no.decision)


def _forget_typed(kind: str) -> None:
    token = session.get(DRAFT, "")
    if token and drafts.find(kind, token, clock.now()) is not None:
        service.forget_typed(token)
        session.pop(DRAFT)
