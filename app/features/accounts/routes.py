"""Signing in and out, the own page, and in the demo the people and the post: requests in, answers out."""

import re
from dataclasses import replace
from datetime import timedelta

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.db import db
from app.features.accounts import forms, kept, queries, second_step, service
from app.features.accounts.service import Arrival, NoEntry, Problem, TooManyMails
from app.kit import clock, doors, identity, jobs, paths, proof
from app.kit.i18n import language
from app.kit.identity import current_person, the_person
from app.kit.limits import ROOM, limiter
from app.models.person import Person
from app.policies.friction import SIGN_IN
from app.records import friction, kept_actions, sanctions

bp = Blueprint("accounts", __name__)

ASKED = "sign_in"
"""Where the session keeps the token of the mail that this browser asked for."""


@bp.route("/inloggen", methods=["GET", "POST"])
@doors.public
@limiter.limit(ROOM, methods=["POST"])
def sign_in() -> ResponseReturnValue:
    """Ask for an e-mail address and send a code and a link to it, whether or not somebody is known by it."""
    form = forms.SignInForm()
    if request.method == "GET":
        form.next.data = way_on(request.args.get("next"))
        if current_person():
            return redirect(form.next.data or url_for("accounts.mine"), code=303)
    if not form.validate_on_submit():
        return _sign_in_page(form, 400 if form.is_submitted() else 200)
    if not friction.refusal(SIGN_IN, proof.sent(), None, clock.now()):
        service.write_to_known(str(form.email.data), language(), clock.now(), way_on(form.next.data))
        return _sign_in_page(form, 429, held=True)
    try:
        asked = service.ask_to_sign_in(
            str(form.email.data),
            language(),
            clock.now(),
            next_path=way_on(form.next.data),
            draft_token=kept_actions.of_browser(),
        )
    except TooManyMails as refusal:
        return _sign_in_page(form, 429, refusal.minutes)
    session[ASKED] = asked.browser_token
    return redirect(url_for("accounts.enter_code"), code=303)


@bp.route("/inloggen/code", methods=["GET", "POST"])
@doors.public
@limiter.limit(ROOM, methods=["POST"])
def enter_code() -> ResponseReturnValue:
    """Let in whoever types the code in the browser that asked for it."""
    token = str(session.get(ASKED, ""))
    if not token:
        return redirect(url_for("accounts.mine" if current_person() else "accounts.sign_in"), code=303)
    form = forms.CodeForm()
    if form.validate_on_submit():
        try:
            arrival = service.enter_code(token, str(form.code.data), clock.now())
            return arrive(
                replace(
                    arrival,
                    draft_token=kept_actions.of_browser() or arrival.draft_token,
                    with_kept=request.form.get(kept_actions.ANSWER) != kept_actions.ONLY,
                )
            )
        except NoEntry as refusal:
            if refusal.problem is not Problem.WRONG:
                return _no_entry(refusal.problem)
            form.code.errors = [_wrong_code(refusal.tries_left)]
    asked = queries.mail_asked_by(token)
    problem = service.problem_of_link(asked, clock.now())
    if asked is None or problem:
        return _no_entry(problem or Problem.UNKNOWN)
    promise = kept_actions.promise(kept.of_code(asked), clock.now())
    page = render_template("accounts/code.html", form=form, asked=asked, minutes=_lifetime(), promise=promise)
    return _unkept(page, 400 if form.is_submitted() else 200)


@bp.route("/inloggen/link/<token>", methods=["GET", "POST"])
@doors.public
@limiter.limit(ROOM, methods=["POST"])
def open_link(token: str) -> ResponseReturnValue:
    """Show a button, because mail scanners follow links; the button lets in, on any device.

    What was begun elsewhere is shown and has a button of its own: somebody else may have begun it and asked for
    this mail.
    """
    asked = queries.mail_with_link(token)
    problem = service.problem_of_link(asked, clock.now())
    if asked is None or problem:
        person = current_person()
        if asked and person and problem is Problem.USED and person.email == asked.email:
            return redirect(way_on(asked.next_path) or url_for("accounts.mine"), code=303)
        return _no_entry(problem or Problem.UNKNOWN)
    form = forms.ConfirmForm()
    if form.validate_on_submit():
        try:
            arrival = service.open_link(token, clock.now())
            return arrive(
                replace(arrival, with_kept=request.form.get(kept_actions.ANSWER) == kept_actions.DO)
            )
        except NoEntry as refusal:
            return _no_entry(refusal.problem)
    promise = kept_actions.promise(asked.draft_token or "", clock.now())
    return _unkept(render_template("accounts/link.html", form=form, asked=asked, promise=promise), 200)


@bp.post("/uitloggen")
@doors.public
def sign_out() -> ResponseReturnValue:
    """End this session; also when it had ended by itself."""
    identity.end_session()
    return redirect(url_for("accounts.signed_out"), code=303)


@bp.get("/uitgelogd")
@doors.public
def signed_out() -> ResponseReturnValue:
    """Say that the session has ended."""
    return render_template("accounts/signed_out.html")


@bp.route("/mijn/naam", methods=["GET", "POST"])
@doors.signed_in
def choose_name() -> ResponseReturnValue:
    """Ask a new person what they want to be called; they may leave it for later."""
    person = the_person()
    onward = way_on(request.args.get("next")) or url_for("accounts.mine")
    form = forms.WelcomeForm()
    if form.validate_on_submit():
        service.introduce(person, str(form.name.data), str(form.postcode.data or ""))
        flash(_("Welcome, %(name)s.", name=person.name))
        return redirect(onward, code=303)
    status = 400 if form.is_submitted() else 200
    return render_template("accounts/name.html", form=form, person=person, way_on=onward), status


@bp.route("/mijn", methods=["GET", "POST"])
@doors.signed_in
def mine() -> ResponseReturnValue:
    """Everything of one person, for that person alone."""
    person = the_person()
    form = forms.ProfileForm(obj=person)
    if form.validate_on_submit():
        service.change_profile(
            person, str(form.name.data), str(form.postcode.data or ""), str(form.language.data)
        )
        flash(_("Your details have been saved."))
        return redirect(url_for("accounts.mine"), code=303)
    page = render_template(
        "accounts/mine.html",
        form=form,
        person=person,
        ideas=queries.own_ideas(person.id),
        arguments=queries.own_arguments(person.id),
        practices=queries.own_practices(person.id),
        votes=queries.own_vote_count(person.id),
    )
    return page, 400 if form.is_submitted() else 200


@bp.post("/mijn/overal-uitloggen")
@doors.signed_in
def end_sessions() -> ResponseReturnValue:
    """Sign the person out on every device, this one too."""
    service.end_all_sessions(the_person(), clock.now())
    identity.end_session()
    return redirect(url_for("accounts.signed_out"), code=303)


@doors.public
@limiter.limit(ROOM)
def demo_sign_in(person_id: int) -> ResponseReturnValue:
    """Become one of the made-up people of the demo."""
    person = db.session.get(Person, person_id)
    if person is None or person.demo_order is None:
        abort(404)
    sanctions.let_in(person, clock.now())
    arrival = Arrival(person, False, way_on(request.form.get("next")), kept_actions.of_browser())
    # Whoever tried out the second step as one of them shuts nobody else out.
    return arrive(arrival, second_step_taken=True)


@doors.public
def demo_post() -> ResponseReturnValue:
    """Show the mail that the demo would have sent."""
    messages = [(message, _with_links(message.text)) for message in queries.latest_mail()]
    return _unkept(render_template("accounts/demo_post.html", messages=messages), 200)


@bp.record
def _set_up(state: BlueprintSetupState) -> None:
    jobs.register(jobs.Job("forget-codes", timedelta(hours=1), service.forget_old_codes))
    # Without DEMO=1 these two do not exist at all.
    if state.app.config["SITE"].demo:
        state.add_url_rule("/demo/inloggen/<int:person_id>", "demo_sign_in", demo_sign_in, methods=["POST"])
        state.add_url_rule("/demo/post", "demo_post", demo_post, methods=["GET"])


def way_on(path: str | None) -> str:
    """A page of this site to go to, but none of those that only serve to come in or go out."""
    safe = paths.same_site(path)
    place = safe.removeprefix("/en")
    return "" if place.startswith(("/inloggen", "/uitgelogd", "/uitloggen", "/demo/")) else safe


def arrive(arrival: Arrival, *, second_step_taken: bool = False) -> ResponseReturnValue:
    """Sign in whoever proved who they are, complete what they began before, and lead them on; first to the second
    step, if they need one. Every way in ends here.
    """
    now = clock.now()
    if not second_step_taken and identity.needs_second_step(arrival.person):
        second_step.hold(arrival, now)
        return redirect(url_for("second_factor.ask"), code=303)
    identity.start_session(arrival.person, kept.carried(arrival, now), second_step=second_step_taken)
    outcome = kept.finish(arrival, now)
    onward = outcome.address if outcome else way_on(arrival.next_path) or url_for("accounts.mine")
    if not arrival.is_new:
        flash(_("You are signed in as %(name)s.", name=arrival.person.name))
    if outcome:
        flash(outcome.sentence, outcome.kind)
    if arrival.is_new:
        return redirect(url_for("accounts.choose_name", next=onward), code=303)
    return redirect(onward, code=303)


def _with_links(text: str) -> list[tuple[str, str]]:
    """A mail in parts of (words, address); the address of a link to this site is where the demo runs now."""
    site = current_app.config["SITE"].site_url
    parts = re.split(rf"({re.escape(site)}\S*)", text)
    return [(part, part.removeprefix(site) or "/") if i % 2 else (part, "") for i, part in enumerate(parts)]


def _wrong_code(tries_left: int) -> str:
    if tries_left == 1:
        return str(_("This code is not right. You have one more try."))
    return str(_("This code is not right. You have %(tries)d more tries.", tries=tries_left))


def _lifetime() -> int:
    return int(service.LIFETIME.total_seconds() // 60)


def _sign_in_page(
    form: forms.SignInForm, status: int, minutes: int = 0, *, held: bool = False
) -> ResponseReturnValue:
    people = queries.demo_people(clock.now()) if current_app.config["SITE"].demo else []
    promise = kept_actions.promise(kept_actions.of_browser(), clock.now())
    page = render_template(
        "accounts/sign_in.html", form=form, people=people, minutes=minutes, promise=promise, held=held
    )
    return page, status


def _no_entry(problem: Problem) -> ResponseReturnValue:
    status = 429 if problem in (Problem.TOO_MANY_TRIES, Problem.ONLY_LINKS) else 410
    return _unkept(render_template("accounts/no_entry.html", problem=problem, minutes=_lifetime()), status)


def _unkept(page: str, status: int) -> Response:
    """A page that no browser or proxy keeps."""
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response
