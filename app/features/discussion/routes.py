"""Arguments, replies, helpful marks and reports by readers: requests in, answers out.

Whoever was signed out while typing loses nothing: the text waits on the server until they are back.
"""

from dataclasses import dataclass

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.db import db
from app.domain.ballot import Side
from app.domain.decision import N_, Decision, NotAllowed
from app.features.discussion import fragments, kept, marks, places, queries, reporting, service
from app.features.discussion.forms import (
    ArgumentForm,
    ChangeForm,
    MarkForm,
    RemoveForm,
    ReplyForm,
)
from app.features.discussion.queries import ArgumentHead
from app.kit import clock, doors, proof
from app.kit.errors import error_page, problem, status_of, wants_json
from app.kit.forms import Form, csrf
from app.kit.i18n import hours_filter
from app.kit.identity import DRAFT, current_person
from app.kit.limits import ROOM, limiter
from app.models.process import Curation
from app.policies.discussion import may_change, may_delete, may_reply
from app.policies.friction import POST
from app.policies.taking_part import may_argue
from app.records import checks, curation, drafts, friction, heads, unplaced
from app.records.arguments import Discussion
from app.records.calls import CallRow
from app.records.heads import IdeaHead
from app.records.unplaced import OwnText

bp = Blueprint("discussion", __name__)
bp.record(kept.set_up)


def _succeeded(response: Response) -> bool:
    return response.status_code == 303


posts = limiter.shared_limit(
    lambda: "20 per 10 minutes" if current_person() else ROOM,
    scope="discussion",
    methods=["POST"],
    deduct_when=_succeeded,
)
"""How often one person may post; a form that comes back with faults does not count."""


reports = limiter.shared_limit(
    lambda: "20 per 10 minutes" if current_person() else ROOM,
    scope="reports",
    methods=["POST"],
    deduct_when=_succeeded,
)
"""The same for reports; a room full of strangers shares an address. What strangers can do to one text together is
limited by the text itself (`conduct.MOST_WITHOUT_ACCOUNT`)."""


@dataclass(frozen=True, slots=True)
class Writing:
    """What somebody is writing, and on which page."""

    kind: str
    subject: int
    idea: IdeaHead
    argument: ArgumentHead | None = None

    @property
    def address(self) -> str:
        """The page with the form."""
        if self.kind == "argue":
            return url_for(f"discussion.{self.kind}", idea_id=self.subject)
        return url_for(f"discussion.{self.kind}", argument_id=self.subject)

    @property
    def way_out(self) -> str:
        """The text that it is about."""
        if self.argument is None:
            return url_for("ideas.show", idea_id=self.idea.id)
        return places.of_text(self.idea.id, self.argument.id, self.argument.top_id)


bp.add_app_template_global(fragments.ready_sides)


@bp.app_template_global()
def argument_form() -> ArgumentForm:
    """An empty form, for the page of an idea."""
    return ArgumentForm(formdata=None)


@bp.app_template_global()
def reading_promise(call: CallRow) -> str:
    """What happens with a text that is posted now, where a moderator reads it; nothing where none does by itself."""
    person = current_person()
    way = curation.of_arguments(call, person.id if person is not None else None)
    time = hours_filter(call.promised_hours)
    if not way.is_live:
        return _("A moderator reads your text first, within %(time)s. Then others see it.", time=time)
    if way.waits:
        return _("Your text appears at once. A moderator reads it within %(time)s.", time=time)
    return ""


@bp.app_template_global()
def own_unplaced(idea_id: int, call: CallRow, talk: Discussion) -> list[OwnText]:
    """What the visitor said here that readers do not see (yet); asked only where that happens."""
    person = current_person()
    curated = call.argument_curation in (Curation.BEFORE, Curation.TRUSTED)
    if person is None or not (curated or talk.waits_for_own):
        return []
    return unplaced.of_person(idea_id, person.id)


@bp.route("/ideeen/<int:idea_id>/argumenten", methods=["GET", "POST"])
@doors.public
@csrf.exempt
@posts
def argue(idea_id: int) -> ResponseReturnValue:
    """Post an argument or a question."""
    writing, form, person, now = (
        Writing("argue", idea_id, _idea(idea_id)),
        ArgumentForm(),
        current_person(),
        clock.now(),
    )
    decision = may_argue(person, writing.idea.state, writing.idea.call, now)
    if person is None or not decision:
        return _not_now(writing, form, decision)
    if not form.validate_on_submit():
        return _form_page("discussion/argue.html", writing, form)
    if not friction.refusal(POST, proof.sent(), person, now):
        return render_template("discussion/argue.html", writing=writing, form=form), 429
    body = form.body.data or ""
    hint = checks.hint(body)  # before the text is posted: afterwards the database would be asked once more
    try:
        number = service.add_argument(
            person, writing.idea, Side(form.side.data), body, now, _used_draft(writing)
        )
    except NotAllowed as no:
        return _hand_back(writing, body, no)
    _tell(hint)
    return _posted(writing, number, number)


@bp.route("/argumenten/<int:argument_id>/reacties", methods=["GET", "POST"])
@doors.public
@csrf.exempt
@posts
def reply(argument_id: int) -> ResponseReturnValue:
    """Reply to an argument."""
    writing, form, person, now = _about("reply", argument_id), ReplyForm(), current_person(), clock.now()
    argument = writing.argument or abort(404)
    decision = may_reply(person, writing.idea.state, argument.state, writing.idea.call, now)
    if person is None or not decision:
        return _not_now(writing, form, decision)
    if not form.validate_on_submit():
        return _form_page("discussion/reply.html", writing, form)
    if not friction.refusal(POST, proof.sent(), person, now):
        return render_template("discussion/reply.html", writing=writing, form=form), 429
    body = form.body.data or ""
    hint = checks.hint(body)
    try:
        number = service.reply(person, writing.idea, argument, body, now, _used_draft(writing))
    except NotAllowed as no:
        return _hand_back(writing, body, no)
    _tell(hint)
    return _posted(writing, number, argument.top_id)


def _posted(writing: Writing, number: int, top_id: int) -> ResponseReturnValue:
    """To the text where it stands now, or to what the idea says about those that wait."""
    if places.waits(writing.idea.call, number):
        flash(_("Your text has been sent in. A moderator reads it first."), "info")
        return redirect(places.of_waiting(writing.idea.id), code=303)
    return redirect(places.of_text(writing.idea.id, number, top_id), code=303)


@bp.get("/argumenten/<int:argument_id>")
@doors.public
def show(argument_id: int) -> ResponseReturnValue:
    """The lasting address of a text: it leads to the place where it stands now."""
    return redirect(_about("show", argument_id).way_out, code=302)


@bp.post("/ideeen/<int:idea_id>/nuttig")
@doors.public
@csrf.exempt
@limiter.limit("120 per minute", exempt_when=lambda: current_person() is None)
def mark(idea_id: int) -> ResponseReturnValue:
    """Say that a text helped, or no longer. Open to all, so that an expired session leads to signing in and back."""
    form, person, idea, now = MarkForm(), current_person(), _idea(idea_id), clock.now()
    argument = queries.argument(form.argument_id)
    if argument is not None and argument.idea_id != idea_id:
        argument = None
    if person is None:
        return _sign_in_to_mark(idea, argument, may_argue(None, idea.state, idea.call, now))
    if not form.validate():
        return error_page(
            400, _("Your session had expired, so your mark was not counted. Press the button once more.")
        )
    if argument is None:
        abort(404 if form.argument_id else 400)
    count = marks.put(person, idea, argument, now, helpful=form.is_helpful)
    if wants_json():
        answer = jsonify(
            helpful=form.is_helpful,
            count=count,
            sentence=_("You find this helpful.") if form.is_helpful else _("You took your mark back."),
        )
        answer.headers["Cache-Control"] = "no-store"
        return answer
    return redirect(_back_to(form, argument), code=303)


def _sign_in_to_mark(
    idea: IdeaHead, argument: ArgumentHead | None, decision: Decision
) -> ResponseReturnValue:
    if not decision.needs_sign_in:
        raise NotAllowed(decision)
    text = url_for("discussion.show", argument_id=argument.id) if argument else None
    address = url_for("accounts.sign_in", next=text or url_for("ideas.show", idea_id=idea.id))
    if wants_json():
        return problem(401, _("Sign in to mark a text as helpful."), sign_in=address)
    return redirect(address, code=303)


def _back_to(form: MarkForm, argument: ArgumentHead) -> str:
    return places.of_text(argument.idea_id, argument.id, argument.top_id, form.argumenten.data or "")


@bp.route("/argumenten/<int:argument_id>/bewerken", methods=["GET", "POST"])
@doors.public
@csrf.exempt
@posts
def change(argument_id: int) -> ResponseReturnValue:
    """Mend a text that one posted just now."""
    writing, form, person, now = _about("change", argument_id), ChangeForm(), current_person(), clock.now()
    argument = writing.argument or abort(404)
    decision = may_change(
        person,
        argument.author_id,
        argument.created_at,
        argument.state,
        writing.idea.state,
        writing.idea.call,
        now,
        is_answered=queries.is_answered(argument),
        is_recalled=argument.is_recalled,
        is_read_first=person is not None and not curation.of_arguments(writing.idea.call, person.id).is_live,
    )
    if person is None or not decision:
        return _not_now(writing, form, decision)
    if not form.validate_on_submit():
        if request.method == "GET":
            form.body.data = argument.body
        return _form_page("discussion/change.html", writing, form)
    body = form.body.data or ""
    try:
        service.change(person, writing.idea, argument, body, now, _used_draft(writing))
    except NotAllowed as no:
        return _hand_back(writing, body, no)
    flash(_("Your text has been changed."))
    return redirect(writing.way_out, code=303)


@bp.route("/argumenten/<int:argument_id>/verwijderen", methods=["GET", "POST"])
@doors.public
@csrf.exempt
@posts
def remove(argument_id: int) -> ResponseReturnValue:
    """Take back one's own text, after asking once more."""
    writing, form, person = _about("remove", argument_id), RemoveForm(), current_person()
    argument = writing.argument or abort(404)
    decision = may_delete(person, argument.author_id, argument.state, is_recalled=argument.is_recalled)
    if person is None or not decision:
        return _not_now(writing, form, decision)
    if not form.validate_on_submit():
        return _form_page("discussion/remove.html", writing, form)
    service.remove(person, argument, clock.now())
    flash(_("Your text has been removed."))
    return redirect(writing.way_out, code=303)


@bp.route("/ideeen/<int:idea_id>/melden", methods=["GET", "POST"])
@doors.public
@csrf.exempt
@reports
def report_idea(idea_id: int) -> ResponseReturnValue:
    """Tell the moderators that an idea breaks the rules."""
    return reporting.page("idea", idea_id, current_person(), clock.now())


@bp.route("/argumenten/<int:argument_id>/melden", methods=["GET", "POST"])
@doors.public
@csrf.exempt
@reports
def report_argument(argument_id: int) -> ResponseReturnValue:
    """Tell the moderators that an argument or reply breaks the rules."""
    return reporting.page("argument", argument_id, current_person(), clock.now())


@bp.route("/praktijk/<int:practice_id>/melden", methods=["GET", "POST"])
@doors.public
@csrf.exempt
@reports
def report_practice(practice_id: int) -> ResponseReturnValue:
    """Tell the moderators that an example in the library breaks the rules."""
    return reporting.page("practice", practice_id, current_person(), clock.now())


def _hand_back(writing: Writing, text: str, no: NotAllowed) -> ResponseReturnValue:
    """Say why a text was not posted, and give it back."""
    db.session.rollback()
    sentence = _(no.decision.refusal, **no.decision.values)
    page = render_template("discussion/kept.html", writing=writing, sentence=sentence, text=text)
    return page, status_of(no.decision)


def _tell(hint: str) -> None:
    """What the writer may want to take out again, while that can still be done; it stands in nobody's way."""
    if hint:
        flash(_("%(hint)s You can change your text for ten minutes.", hint=hint), "info")


def _idea(idea_id: int) -> IdeaHead:
    """An idea that everybody may read."""
    idea = heads.of_idea(idea_id)
    if idea is None or not idea.is_readable:
        abort(404)
    return idea


def _about(kind: str, argument_id: int) -> Writing:
    argument = queries.argument(argument_id) or abort(404)
    return Writing(kind, argument_id, _idea(argument.idea_id), argument)


def _typed(form: Form) -> dict[str, str]:
    return {field.name: field.data or "" for field in form if field.name != form.meta.csrf_field_name}


def _not_now(writing: Writing, form: Form, decision: Decision) -> ResponseReturnValue:
    """Lead a stranger to the sign-in page and back, or say no; what was typed is kept or handed back."""
    typed = _typed(form) if request.method == "POST" else _waiting_draft(writing) or {}
    if decision.needs_sign_in:
        if typed and request.method == "POST":
            session[DRAFT] = service.keep_for_later(
                writing.kind, writing.subject, typed, clock.now(), session.get(DRAFT, "")
            )
        return redirect(url_for("accounts.sign_in", next=writing.address), code=303)
    text = typed.get("body") or typed.get("explanation")
    if not text:
        raise NotAllowed(decision)
    sentence = _(decision.refusal, **decision.values)
    return render_template("discussion/kept.html", writing=writing, sentence=sentence, text=text), 403


def _form_page(template: str, writing: Writing, form: Form, **more: object) -> ResponseReturnValue:
    """The form: empty, with what was typed before signing in, or with its faults."""
    if request.method == "POST":
        return render_template(template, writing=writing, form=form, **more), 400
    if waiting := _waiting_draft(writing):
        form.process(data=waiting)
    return render_template(template, writing=writing, form=form, waiting=bool(waiting), **more)


def _waiting_draft(writing: Writing) -> dict[str, str] | None:
    waiting = drafts.find(writing.kind, session.get(DRAFT, ""), clock.now())
    return waiting if waiting and waiting.get("subject") == writing.subject else None


def _used_draft(writing: Writing) -> str:
    """The token of the kept text that is being sent now, taken out of the session."""
    return session.pop(DRAFT) if _waiting_draft(writing) else ""


@bp.errorhandler(429)
def too_often(_error: object) -> ResponseReturnValue:
    """Hand the text back to somebody who posts too fast."""
    kind = request.endpoint.rpartition(".")[2] if request.endpoint else ""
    number = next(iter((request.view_args or {}).values()), 0)
    if kind in reporting.KINDS:
        return reporting.too_often(kind, number, _(TOO_OFTEN))
    writing = (
        Writing(kind, number, _idea(number))
        if "idea_id" in (request.view_args or {})
        else _about(kind, number)
    )
    sentence = _(TOO_OFTEN)
    text = request.form.get("body") or request.form.get("explanation") or ""
    return render_template("discussion/kept.html", writing=writing, sentence=sentence, text=text), 429


TOO_OFTEN = N_("You have posted a lot in a short time. Wait ten minutes, then send this again.")
