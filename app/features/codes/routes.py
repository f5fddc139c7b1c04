"""Coming in with a voting code, and what organisers do with batches of them: requests in, answers out."""

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import format_datetime
from flask_babel import gettext as _

from app.db import db
from app.domain import voting_codes
from app.domain.decision import Decision
from app.features.codes import forms, queries, service
from app.features.codes.letters import Order
from app.features.codes.service import NoEntry
from app.kit import clock, doors, identity, paths, pdf
from app.kit.i18n import language
from app.kit.identity import the_person
from app.kit.limits import ROOM, caller, limiter
from app.policies.codes import may_make_codes
from app.records import calls, kept_actions

bp = Blueprint("codes", __name__)

PER_CODE = "20 per 10 minutes"
NOWHERE = ("/inloggen", "/uitgelogd", "/uitloggen", "/demo/", "/uitnodiging/")
"""Pages that only serve to come in or go out; nobody is led back to them."""


def _whose_code() -> str:
    """A code that is written right is counted by itself, from whichever address; anything else by who sends it."""
    try:
        return f"code:{service.code_hash(voting_codes.read(request.form.get('code', '')))}"
    except voting_codes.NotACode:
        return caller()


@bp.route("/inloggen/stemcode", methods=["GET", "POST"])
@doors.public
@limiter.limit(ROOM, methods=["POST"])
@limiter.limit(PER_CODE, key_func=_whose_code, methods=["POST"], exempt_when=lambda: not _is_code())
def enter() -> ResponseReturnValue:
    """Let in whoever types the code of a letter, on any device; the first time makes the person."""
    form = forms.CodeForm()
    if request.method == "GET":
        form.next.data = _way_on(request.args.get("next"))
    typed = request.form.get("code", "")
    if form.validate_on_submit():
        try:
            return _arrive(service.enter(str(form.code.data), language(), clock.now()), form.next.data)
        except NoEntry as refusal:
            db.session.rollback()
            form.code.errors = [_sentence(refusal)]
    if form.is_submitted():
        form.code.data = typed[:40]
    promise = kept_actions.promise(kept_actions.of_browser(), clock.now())
    shown = render_template("codes/enter.html", form=form, promise=promise)
    page = make_response(shown, 400 if form.is_submitted() else 200)
    page.headers["Cache-Control"] = "no-store"
    return page


@bp.get("/beheer/stemcodes")
@doors.organiser
def index() -> ResponseReturnValue:
    """The batches with how many of their codes were used, and the form for another."""
    return _index_page()


@bp.post("/beheer/stemcodes")
@doors.organiser
def make() -> ResponseReturnValue:
    """Make a batch; its letters are the answer, this once."""
    now = clock.now()
    form = _batch_form()
    if not form.validate_on_submit():
        return _index_page(400, form)
    decision = may_make_codes(the_person(), form.chosen_call, now)
    if not decision:
        form.call.errors = [_(decision.refusal, **decision.values)]
        return _index_page(400, form)
    order = Order(
        form.chosen_call,
        int(form.count.data or 0),
        str(form.name.data or ""),
        form.expires_at,
        str(form.language.data),
    )
    # Setting letters takes seconds, in which others may write.
    db.session.rollback()
    printed = service.print_letters(order)
    try:
        seen = paths.number(form.seen.data or "0")
        batch = service.keep(printed, the_person(), clock.now(), seen=seen)
    except ValueError:
        abort(400)
    except service.Overtaken as late:
        db.session.rollback()
        form.seen.data = str(queries.last_batch())
        return _index_page(409, form, late.decision)
    answer = Response(printed.pdf, content_type=pdf.MEDIA_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="stemcodes-{batch.id}.pdf"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@bp.get("/beheer/stemcodes/<int:batch_id>")
@doors.organiser
def show(batch_id: int) -> ResponseReturnValue:
    """One batch, with the form that takes it back."""
    return _batch_page(batch_id)


@bp.post("/beheer/stemcodes/<int:batch_id>/intrekken")
@doors.organiser
def revoke(batch_id: int) -> ResponseReturnValue:
    """Take a batch back."""
    form = forms.RevokeForm(prefix="revoke-")
    if not form.validate_on_submit():
        return _batch_page(batch_id, 400, form)
    try:
        service.revoke(the_person(), batch_id, str(form.reason.data), clock.now())
    except LookupError:
        abort(404)
    except service.Overtaken as late:
        db.session.rollback()
        return _batch_page(batch_id, 409, form, late.decision)
    flash(_("The batch has been revoked. Nobody comes in with these codes any more."))
    return redirect(url_for("codes.index"), code=303)


def _is_code() -> bool:
    return _whose_code().startswith("code:")


def _way_on(path: str | None) -> str:
    safe = paths.same_site(path)
    return "" if safe.removeprefix("/en").startswith(NOWHERE) else safe


def _arrive(arrival: service.Arrival, following: str | None) -> ResponseReturnValue:
    if identity.needs_second_step(arrival.person):
        # Who ties an account of a provider to theirs can have one; then a letter alone opens nothing.
        flash(_("Your account has a second step. Sign in in another way."), "warning")
        return redirect(url_for("accounts.sign_in"), code=303)
    begun, wanted = kept_actions.of_browser(), request.form.get(kept_actions.ANSWER) != kept_actions.ONLY
    identity.start_session(arrival.person)
    outcome = kept_actions.after_sign_in(arrival.person, begun, clock.now(), wanted=wanted)
    way_on = _way_on(following) or url_for("ideas.index", oproep=arrival.call_slug)
    if not arrival.is_new:
        flash(_("You are signed in as %(name)s.", name=arrival.person.name))
    if outcome:
        way_on = outcome.address
        flash(outcome.sentence, outcome.kind)
    if arrival.is_new:
        return redirect(url_for("accounts.choose_name", next=way_on), code=303)
    return redirect(way_on, code=303)


def _sentence(refusal: NoEntry) -> str:
    until = format_datetime(refusal.until, "d MMMM y, HH:mm") if refusal.until else ""
    return str(_(service.SENTENCES[refusal.problem], until=until))


def _batch_form(blank: bool = False) -> forms.BatchForm:
    now = clock.now()
    open_calls = [call for call in calls.every() if may_make_codes(the_person(), call, now)]
    if blank:
        data = {"seen": str(queries.last_batch()), "language": language()}
        return forms.BatchForm(open_calls, now, formdata=None, prefix="batch-", data=data)
    return forms.BatchForm(open_calls, now, prefix="batch-")


def _index_page(
    status: int = 200, form: forms.BatchForm | None = None, late: Decision | None = None
) -> ResponseReturnValue:
    page = render_template(
        "codes/index.html",
        form=form or _batch_form(blank=True),
        sent=form,
        late=late,
        rows=queries.batches(),
        most=service.MOST_AT_ONCE,
    )
    return page, status


def _batch_page(
    batch_id: int,
    status: int = 200,
    form: forms.RevokeForm | None = None,
    late: Decision | None = None,
) -> ResponseReturnValue:
    page = render_template(
        "codes/show.html",
        batch=queries.batch(batch_id) or abort(404),
        form=form or forms.RevokeForm(prefix="revoke-", formdata=None),
        sent=form,
        late=late,
    )
    return page, status
