"""The second step of signing in, and what people and organisers do about it: requests in, answers out."""

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
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.db import db
from app.features.accounts import second_factor, second_factor_forms, second_step
from app.features.accounts.routes import arrive
from app.features.accounts.second_factor import Problem, WrongCode
from app.features.accounts.service import Arrival
from app.kit import clock, doors, identity, qr
from app.kit.forms import Form
from app.kit.identity import the_person
from app.kit.limits import ROOM, limiter
from app.models.person import Person
from app.policies.accounts import may_go_without, may_reset_second_factor, may_set_up_second_factor

bp = Blueprint("second_factor", __name__)


@bp.route("/inloggen/tweede-stap", methods=["GET", "POST"])
@doors.public
@limiter.limit(ROOM, methods=["POST"])
def ask() -> ResponseReturnValue:
    """Let in whoever took the first step and now gives a code, or sets up where codes come from."""
    arrival = second_step.waiting(clock.now())
    if arrival is None:
        return redirect(url_for("accounts.sign_in"), code=303)
    if not second_factor.has_one(arrival.person):
        return _set_up_at_the_door(arrival)
    form = second_factor_forms.AppCodeForm()
    recovery = second_factor_forms.RecoveryForm()
    typed, field = (recovery, recovery.recovery) if "recovery" in request.form else (form, form.code)
    if typed.validate_on_submit():
        try:
            left = _take(arrival.person, str(field.data))
        except WrongCode as refusal:
            field.errors = [_sentence(refusal)]
        else:
            answer = arrive(arrival, second_step_taken=True)
            if left is not None:
                flash(_codes_left(left), "warning")
            return answer
    page = render_template("accounts/second_step.html", form=form, recovery=recovery)
    return _unkept(page, _status(typed))


@bp.route("/mijn/tweede-stap", methods=["GET", "POST"])
@doors.signed_in
@limiter.limit(ROOM, methods=["POST"])
def mine() -> ResponseReturnValue:
    """How the second step stands, and what can be changed about it with a present code."""
    person = the_person()
    state = second_factor.state_of(person)
    form = second_factor_forms.ProofForm()
    free = may_go_without(person, of_staff=_is_asked_of_staff())
    action = request.form.get("action", "")
    if request.method == "POST" and state.since is None:
        return redirect(url_for("second_factor.set_up"), code=303)
    if action == "stop":
        free.or_raise()
    if form.validate_on_submit():
        if action not in ("renew", "replace", "stop"):
            abort(400)
        try:
            _take(person, str(form.code.data))
        except WrongCode as refusal:
            form.code.errors = [_sentence(refusal)]
        else:
            return _change(person, action)
    page = render_template(
        "accounts/second_factor.html",
        form=form,
        state=state,
        free=free,
        decision=may_set_up_second_factor(person),
    )
    return _unkept(page, _status(form))


@bp.route("/mijn/tweede-stap/instellen", methods=["GET", "POST"])
@doors.signed_in
@limiter.limit(ROOM, methods=["POST"])
def set_up() -> ResponseReturnValue:
    """Set up the first app, or another one after a present code."""
    person = the_person()
    may_set_up_second_factor(person).or_raise()
    if second_factor.has_one(person) and not second_step.is_proved(clock.now()):
        return redirect(url_for("second_factor.mine"), code=303)
    form = second_factor_forms.AppCodeForm()
    codes = _set_up_app(person, form)
    if codes is None:
        return _set_up_page(person, form)
    session[identity.SECOND_STEP] = True
    second_step.show_codes(codes, url_for("second_factor.mine"))
    return redirect(url_for("second_factor.codes"), code=303)


@bp.route("/mijn/tweede-stap/herstelcodes", methods=["GET", "POST"])
@doors.signed_in
def codes() -> ResponseReturnValue:
    """Show the new recovery codes, this once, and go on when their person has kept them."""
    shown, way_on = second_step.shown_codes()
    if request.method == "POST" or not shown:
        second_step.forget_codes()
        return redirect(way_on or url_for("second_factor.mine"), code=303)
    written = [second_factor.written(code) for code in shown]
    return _unkept(render_template("accounts/recovery_codes.html", codes=written), 200)


@bp.get("/mijn/tweede-stap/herstelcodes.txt")
@doors.signed_in
def codes_as_text() -> ResponseReturnValue:
    """The same codes as a file."""
    shown, _way_on = second_step.shown_codes()
    if not shown:
        return redirect(url_for("second_factor.mine"), code=303)
    text = render_template(
        "accounts/recovery_codes.txt", codes=[second_factor.written(code) for code in shown], made=clock.now()
    )
    answer = _unkept(text, 200)
    answer.content_type = "text/plain; charset=utf-8"
    answer.headers["Content-Disposition"] = 'attachment; filename="herstelcodes.txt"'
    return answer


@bp.get("/beheer/tweede-stap")
@doors.organiser
def people() -> ResponseReturnValue:
    """Staff and everybody else with a second step."""
    words = request.args.get("zoek", "").strip()[:80]
    return render_template(
        "accounts/second_factor_people.html",
        holders=second_factor.holders(clock.now(), words),
        words=words,
        asked=_is_asked_of_staff(),
    )


@bp.route("/beheer/tweede-stap/<int:person_id>", methods=["GET", "POST"])
@doors.organiser
def reset(person_id: int) -> ResponseReturnValue:
    """Take the second step of somebody away who lost phone and codes; they set up a new one at the next sign-in."""
    person = db.session.get(Person, person_id) or abort(404)
    state = second_factor.state_of(person)
    form = second_factor_forms.ResetForm()
    decision = may_reset_second_factor(the_person(), person)
    if request.method == "POST":
        decision.or_raise()
    status = 200
    if form.validate_on_submit():
        if second_factor.reset(the_person(), person, str(form.reason.data), clock.now()):
            flash(_("%(name)s sets up a new second step at the next sign-in.", name=person.name))
            return redirect(url_for("second_factor.people"), code=303)
        status = 409
    page = render_template(
        "accounts/second_factor_reset.html", person=person, state=state, form=form, decision=decision
    )
    return _unkept(page, 400 if form.errors else status)


def _set_up_at_the_door(arrival: Arrival) -> ResponseReturnValue:
    form = second_factor_forms.AppCodeForm()
    found = _set_up_app(arrival.person, form)
    if found is None:
        return _set_up_page(arrival.person, form, at_the_door=True)
    answer = make_response(arrive(arrival, second_step_taken=True))
    second_step.show_codes(found, answer.headers["Location"])
    return redirect(url_for("second_factor.codes"), code=303)


def _set_up_app(person: Person, form: second_factor_forms.AppCodeForm) -> list[str] | None:
    """The recovery codes once the form holds a code of the new app."""
    if not form.validate_on_submit():
        return None
    try:
        return second_factor.set_up(person, second_step.secret(), str(form.code.data), clock.now())
    except WrongCode:
        form.code.errors = [
            _("This code is not right. Check the time on your phone, and fill in the code that it shows now.")
        ]
        return None


def _set_up_page(
    person: Person, form: second_factor_forms.AppCodeForm, *, at_the_door: bool = False
) -> ResponseReturnValue:
    secret = second_step.secret()
    site = current_app.config["SITE"]
    address = second_factor.app_address(secret, person.email or person.name, site.site_name)
    page = render_template(
        "accounts/second_factor_set_up.html",
        form=form,
        drawing=qr.drawing(address, _("QR code for your authenticator app")),
        address=address,
        groups=[secret[start : start + 4] for start in range(0, len(secret), 4)],
        at_the_door=at_the_door,
    )
    return _unkept(page, _status(form))


def _change(person: Person, action: str) -> ResponseReturnValue:
    if action == "replace":
        second_step.prove(clock.now())
        return redirect(url_for("second_factor.set_up"), code=303)
    if action == "stop":
        second_factor.stop(person, clock.now())
        flash(_("You sign in without a second step again."))
    else:
        codes = second_factor.renew_codes(person, clock.now())
        second_step.show_codes(codes, url_for("second_factor.mine"))
        return redirect(url_for("second_factor.codes"), code=303)
    return redirect(url_for("second_factor.mine"), code=303)


def _take(person: Person, code: str) -> int | None:
    """Take a code of either kind; how many recovery codes are left if it was one. Raises WrongCode."""
    if second_factor_forms.is_app_code(code):
        second_factor.check(person, code, clock.now())
        return None
    return second_factor.use_recovery_code(person, code, clock.now())


def _sentence(refusal: WrongCode) -> str:
    """What went wrong, and what to do."""
    if refusal.problem is Problem.USED:
        return str(_("This code has been used. Wait until your app shows the next one."))
    if refusal.problem is Problem.UNREADABLE:
        return str(_("We cannot check your codes any more. Ask an organiser to reset your second step."))
    if refusal.problem is Problem.TOO_MANY_TRIES:
        return str(
            ngettext(
                "Too many wrong codes. Try again in one minute.",
                "Too many wrong codes. Try again in %(num)d minutes.",
                refusal.minutes,
            )
        )
    if refusal.left == 1:
        return str(_("This code is not right. You have one more try."))
    return str(_("This code is not right. You have %(tries)d more tries.", tries=refusal.left))


def _codes_left(left: int) -> str:
    return str(
        ngettext(
            "You have one recovery code left. Make new ones on your own page.",
            "You have %(num)d recovery codes left. Did you lose your app? Replace it on your own page.",
            left,
        )
    )


def _is_asked_of_staff() -> bool:
    return bool(current_app.config["SITE"].asks_second_factor)


def _status(form: Form) -> int:
    return 400 if form.is_submitted() and form.errors else 200


def _unkept(page: str, status: int) -> Response:
    """A page that no browser or proxy keeps."""
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response
