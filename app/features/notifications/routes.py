"""Following, the inbox, what is mailed, and unsubscribing with one click: requests in, answers out."""

from datetime import timedelta
from urllib.parse import urlsplit

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.db import begin_write, db
from app.features.notifications import digests, fan_out, queries, service, unsubscribing, words
from app.features.notifications.forms import ButtonForm, ChoiceForm, UpToForm
from app.features.notifications.queries import Thing
from app.kit import clock, doors, jobs, paths
from app.kit.forms import csrf
from app.kit.identity import current_person, the_person
from app.kit.limits import ROOM, limiter
from app.models.following import NoticeKind
from app.models.person import Digest, Person
from app.policies.following import may_follow
from app.records import follows
from app.records.follows import Subject

bp = Blueprint("notifications", __name__)
WHAT = "any(" + ",".join(subject.value for subject in Subject) + ")"


@bp.route(f"/volgen/<{WHAT}:what>/<int:number>", methods=["GET", "POST"])
@doors.signed_in
@limiter.limit(ROOM, methods=["POST"])
def follow(what: str, number: int) -> ResponseReturnValue:
    """Follow something or stop. Who was signed out when they pressed the button confirms it here."""
    thing = _thing(what, number)
    may_follow(thing.state).or_raise()
    form = ButtonForm()
    if request.method == "POST":
        if form.wanted.data == "no":
            service.stop(the_person(), thing.subject, number)
        else:
            service.follow(the_person(), thing, clock.now())
        return redirect(_back_to(form.back.data, thing), code=303)
    state = follows.state(the_person().id, thing.subject, number)
    return render_template("notifications/follow.html", thing=thing, state=state)


@bp.get("/mijn/volgend")
@doors.signed_in
def following() -> ResponseReturnValue:
    """Everything that somebody follows."""
    person = the_person()
    return render_template("notifications/following.html", things=queries.followed(person.id))


@bp.post(f"/mijn/volgend/<{WHAT}:what>/<int:number>/stoppen")
@doors.signed_in
def stop(what: str, number: int) -> ResponseReturnValue:
    """Follow something no longer, whatever became of it."""
    service.stop(the_person(), Subject(what), number)
    flash(_("You do not follow this any more."))
    return redirect(url_for("notifications.following"), code=303)


@bp.get("/mijn/berichten")
@doors.signed_in
def inbox() -> ResponseReturnValue:
    """The messages of one person, newest first."""
    person = the_person()
    before = request.args.get("voor", type=paths.number)
    return render_template(
        "notifications/inbox.html",
        page=queries.inbox(person.id, before),
        before=before,
        icons=words.ICONS,
        unread=person.unread or 0,
    )


@bp.get("/mijn/berichten/<int:number>")
@doors.signed_in
def open_message(number: int) -> ResponseReturnValue:
    """Go to the page that a message is about, and know that it was read."""
    person_id = the_person().id
    begin_write()
    path = service.read(person_id, number, clock.now())
    if path is None:  # somebody else's, or gone
        return redirect(url_for("notifications.inbox"), code=303)
    return redirect(request.script_root + (paths.same_site(path) or "/"), code=303)


@bp.post("/mijn/berichten/gelezen")
@doors.signed_in
def read_all() -> ResponseReturnValue:
    """Mark everything as read that was there when the page was."""
    form = UpToForm()
    try:
        service.read_all(the_person().id, paths.number(form.up_to.data or ""), clock.now())
    except ValueError:
        abort(400)
    return redirect(url_for("notifications.inbox"), code=303)


@bp.route("/mijn/berichten/instellingen", methods=["GET", "POST"])
@doors.signed_in
def settings() -> ResponseReturnValue:
    """How often to be mailed, and about what."""
    person = the_person()
    form = ChoiceForm(is_moderator=person.is_moderator)
    if form.validate_on_submit():
        service.choose(person, Digest(form.digest.data), form.by_mail, bool(form.voted.data), clock.now())
        flash(_("Your choice has been saved."))
        return redirect(url_for("notifications.settings"), code=303)
    if request.method == "GET":
        chosen = queries.choices(person.id)
        form.digest.data = person.digest.value
        form.kinds.data = [kind.value for kind in words.KINDS if kind not in chosen.switched_off]
        form.voted.data = chosen.hears_of_votes
        if "desk" in form:
            form.desk.data = NoticeKind.DESK not in chosen.switched_off
    status = 400 if form.is_submitted() else 200
    return render_template("notifications/settings.html", form=form, person=person), status


@bp.post("/mijn/berichten/mijn-stemmen")
@doors.signed_in
def wish() -> ResponseReturnValue:
    """Hear what becomes of the ideas one voted on, or no longer."""
    form = ButtonForm()
    service.wish(the_person(), form.wanted.data != "no", clock.now())
    back = paths.same_site(form.back.data) or url_for("notifications.settings")
    return redirect(urlsplit(back)._replace(fragment="wish").geturl(), code=303)


@bp.route("/afmelden/<token>", methods=["GET", "POST"])
@doors.public
@csrf.exempt
@limiter.limit(ROOM, methods=["POST"])
def unsubscribe(token: str) -> ResponseReturnValue:
    """End the digests of whoever got this link, without signing in. The page has a button: scanners follow links."""
    number = unsubscribing.person_of(token)
    person = None if number is None else db.session.get(Person, number)
    if person is None:
        return _unkept(render_template("notifications/unsubscribe.html", state="unknown"), 400)
    if request.method == "POST":
        service.unsubscribe(person.id)
        if request.form.get("List-Unsubscribe") == "One-Click":
            return _unkept("", 204)
        return redirect(url_for("notifications.unsubscribe", token=token), code=303)
    state = "done" if person.digest is Digest.OFF else "ask"
    return _unkept(render_template("notifications/unsubscribe.html", state=state, token=token), 200)


@bp.record
def _set_up(setup: BlueprintSetupState) -> None:
    jobs.register(fan_out.JOB)
    jobs.register(
        jobs.Job(
            name="digests",
            every=timedelta(minutes=1),
            run=digests.run,
            lease=timedelta(minutes=15),
            is_due=lambda: digests.is_due(clock.now()),
        )
    )
    setup.app.jinja_env.globals["follow_state"] = _state


def _state(what: str, number: int) -> follows.State | None:
    """What the buttons on a page say; None for whoever is signed out."""
    person = current_person()
    return None if person is None else follows.state(person.id, Subject(what), number)


def _thing(what: str, number: int) -> Thing:
    return queries.thing(Subject(what), number) or abort(404)


def _back_to(back: str | None, thing: Thing) -> str:
    """The page on which the button was pressed, at the button; else the page of the thing."""
    page = urlsplit(paths.same_site(back) or thing.url)
    return page._replace(fragment=f"follow-{thing.subject.value}-{thing.number}").geturl()


def _unkept(page: str, status: int) -> Response:
    """An answer that no browser or proxy keeps."""
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response
