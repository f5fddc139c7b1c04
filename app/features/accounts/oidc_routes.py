"""Signing in by the provider of the organisation: away to it and back again, or a page that says why not."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import structlog
from flask import (
    Blueprint,
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
from itsdangerous import BadData, URLSafeTimedSerializer

from app.db import begin_write, db
from app.features.accounts import oidc, oidc_service
from app.features.accounts.oidc import Flow, Known, Problem, ProviderFault
from app.features.accounts.routes import arrive, way_on
from app.kit import clock, doors, mail, tokens
from app.kit.i18n import DEFAULT_LANGUAGE, language, same_page_in
from app.kit.identity import current_person, the_person
from app.kit.limits import ROOM, limiter
from app.models.person import Person
from app.records import kept_actions

bp = Blueprint("provider", __name__)

AWAY = "provider"
"""Where the session keeps what it takes to come back: by state, for the last few windows."""
MOST_AWAY = 3
LIFETIME = timedelta(minutes=10)
LINKING = timedelta(hours=1)
"""How long the link on somebody's own page works."""
STATUS = {
    Problem.STATE: 400,
    Problem.TOKEN: 400,
    Problem.REFUSED: 403,
    Problem.LEVEL: 403,
    Problem.TAKEN: 409,
    Problem.OTHER_ACCOUNT: 409,
    Problem.DOWN: 502,
    Problem.GARBAGE: 502,
}
LONGEST_ANSWER = 4096
NOES = ("access_denied", "login_required", "consent_required", "interaction_required")
log = structlog.get_logger()


@doors.public
@limiter.limit(ROOM)
def start() -> ResponseReturnValue:
    """Send the browser to the provider.

    A link and no form: a browser does not let a form of ours end on another site (form-action).
    """
    person, link = current_person(), ""
    if request.args.get("koppel"):
        link = _checked_ticket(person)
        if not link:
            return _failed(ProviderFault(Problem.STATE, "ticket"))
    elif person:
        return redirect(way_on(request.args.get("next")) or url_for("accounts.mine"), code=303)
    db.session.rollback()  # nothing of ours waits while the provider thinks
    try:
        address, flow = _provider().leave(_redirect_uri(), again=bool(link))
    except ProviderFault as fault:
        return _failed(fault, way_on(request.args.get("next")))
    away: dict[str, Any] = dict(list(session.get(AWAY, {}).items())[1 - MOST_AWAY :])
    away[flow.state] = {
        "nonce": flow.nonce,
        "verifier": flow.verifier,
        "at": int(clock.now().timestamp()),
        "next": way_on(request.args.get("next")),
        "language": language(),
        "link": link,
    }
    session[AWAY] = away
    answer = redirect(address, code=303)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@doors.public
@limiter.limit(ROOM)
def back() -> ResponseReturnValue:
    """Take what the provider sends back; everything about it is checked before anything happens."""
    state = request.args.get("state", "")[:LONGEST_ANSWER]
    away: dict[str, Any] = session.get(AWAY, {})
    held = next((away[known] for known in away if tokens.same(known, state)), None)
    if held is None:
        # Some providers forget the state when somebody says no; nothing happens either way.
        return _failed(ProviderFault(Problem.REFUSED if _is_no() else Problem.STATE, "state"))
    if held["language"] != language():
        # The provider knows one address to come back to; who left from an English page returns to one.
        return redirect(same_page_in(held["language"]), code=303)
    session[AWAY] = {known: rest for known, rest in away.items() if known != state}
    try:
        known = _known(Flow(state, held["nonce"], held["verifier"]), int(held["at"]))
        if held["link"]:
            return _link(held["link"], known)
        found = oidc_service.arrival(known, language(), held["next"], clock.now())
        begin_write()
        found = replace(found, draft_token=kept_actions.of_browser())
        return arrive(found, second_step_taken=known.second_step)
    except ProviderFault as fault:
        return _failed(fault, held["next"])


@doors.signed_in
def unlink() -> ResponseReturnValue:
    """Stop coming in by the provider."""
    name = current_app.config["SITE"].oidc_name
    if oidc_service.unlink(the_person(), clock.now()):
        flash(_("You no longer sign in with %(name)s.", name=name))
    else:
        flash(_("You can only sign in with %(name)s, so that stays.", name=name), "warning")
    return redirect(url_for("accounts.mine"), code=303)


@bp.record
def _set_up(state: BlueprintSetupState) -> None:
    site = state.app.config["SITE"]
    # Without a provider in the settings none of this exists.
    state.app.jinja_env.globals["sign_in_provider"] = site.oidc_name if site.oidc_issuer else ""
    if not site.oidc_issuer:
        return
    state.app.extensions[AWAY] = oidc.Provider(
        oidc.Settings(
            site.oidc_issuer,
            site.oidc_client_id,
            site.oidc_client_secret,
            site.oidc_acr_values,
            site.oidc_second_factor,
        )
    )
    state.app.jinja_env.globals["link_ticket"] = _ticket
    state.add_url_rule("/inloggen/provider", "start", start, methods=["GET"])
    state.add_url_rule("/inloggen/provider/terug", "back", back, methods=["GET"])
    state.add_url_rule("/mijn/provider/ontkoppelen", "unlink", unlink, methods=["POST"])


def _provider() -> oidc.Provider:
    found: oidc.Provider = current_app.extensions[AWAY]
    return found


def _redirect_uri() -> str:
    return mail.address("provider.back", DEFAULT_LANGUAGE)


def _known(flow: Flow, left_at: int) -> Known:
    """Whom the answer in the address stands for. Raises ProviderFault."""
    answer = request.args
    now = clock.now()
    if not 0 <= now.timestamp() - left_at <= LIFETIME.total_seconds():
        raise ProviderFault(Problem.STATE, "too late")
    if "iss" in answer and not _provider().is_issuer(answer["iss"]):
        raise ProviderFault(Problem.STATE, "issuer")
    if "error" in answer:
        raise ProviderFault(Problem.REFUSED if _is_no() else Problem.GARBAGE, "error in answer")
    code = answer.get("code", "")
    if not code or len(code) > LONGEST_ANSWER:
        raise ProviderFault(Problem.GARBAGE, "no code in answer")
    db.session.rollback()  # nothing of ours waits while the provider thinks
    return _provider().come_back(flow, code, _redirect_uri(), int(now.timestamp()))


def _is_no() -> bool:
    """Whether the provider says that somebody did not want to go on."""
    return request.args.get("error") in NOES


def _link(key: str, known: Known) -> ResponseReturnValue:
    person = current_person()
    if person is None or person.get_id() != key:
        raise ProviderFault(Problem.STATE, "another person")
    oidc_service.link(person.id, known, clock.now())
    flash(_("From now on you can sign in with %(name)s.", name=current_app.config["SITE"].oidc_name))
    return redirect(url_for("accounts.mine"), code=303)


def _tickets() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="link-provider")


def _ticket(person: Person) -> str:
    """Proves that the link to begin linking stood on the person's own page: no other site can make them follow it."""
    return str(_tickets().dumps(person.get_id()))


def _checked_ticket(person: Person | None) -> str:
    """The key of the person who follows their own link, else nothing."""
    try:
        key = _tickets().loads(request.args["koppel"], max_age=int(LINKING.total_seconds()))
    except BadData:
        return ""
    return str(key) if person is not None and person.get_id() == key else ""


def _failed(fault: ProviderFault, next_path: str = "") -> ResponseReturnValue:
    """The page that says what happened and how else to come in; the log knows more, but nothing of the person."""
    db.session.rollback()
    log.warning("provider_sign_in_failed", problem=fault.problem.value, detail=fault.detail)
    page = render_template("accounts/provider_failed.html", problem=fault.problem, next_path=next_path)
    answer = make_response(page, STATUS[fault.problem])
    answer.headers["Cache-Control"] = "no-store"
    return answer
