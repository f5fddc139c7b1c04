"""Every view wears one sign that says who may come in; a view without one stays closed."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Flask, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.domain.decision import N_, Decision, NotAllowed
from app.kit import paths, resending
from app.kit.errors import problem, wants_json
from app.kit.identity import current_person
from app.models.person import Person

View = TypeVar("View", bound=Callable[..., Any])
OPEN_ENDPOINTS = frozenset({"static"})


def _door(sign: str, may_enter: Callable[[Person], bool] | None, refusal: str = "") -> Callable[[View], View]:
    def hang(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if may_enter is not None:
                person = current_person()
                if person is None:
                    return _ask_to_sign_in()
                if not may_enter(person):
                    raise NotAllowed(Decision(refusal))
            return view(*args, **kwargs)

        guarded.__door__ = sign  # type: ignore[attr-defined]
        return cast(View, guarded)

    return hang


def _ask_to_sign_in() -> ResponseReturnValue:
    """A script hears that nobody is signed in, a form is handed back, and everybody else goes to sign in."""
    address = url_for("accounts.sign_in", next=_way_back() or None)
    if wants_json():
        return problem(401, _("You have to sign in again."), sign_in=address)
    return resending.page() or redirect(address, code=303)


def _way_back() -> str:
    """Where to return after signing in: this page, or the page with the form that was sent."""
    if request.method in ("GET", "HEAD"):
        return paths.same_site(request.script_root + request.full_path.rstrip("?"))
    origin = paths.split(request.referrer or "")
    if origin.netloc != request.host:
        return ""
    return paths.same_site(origin.path + (f"?{origin.query}" if origin.query else ""))


public = _door("public", None)
signed_in = _door("signed_in", lambda person: True)
moderator = _door("moderator", lambda p: p.is_moderator, N_("This page is for moderators."))
facilitator = _door("facilitator", lambda p: p.is_facilitator, N_("This page is for facilitators."))
organiser = _door("organiser", lambda p: p.is_organiser, N_("This page is for organisers."))


def init_app(app: Flask) -> None:
    @app.before_request
    def closed_unless_signed() -> None:
        """Deny by default: an endpoint whose view wears no sign is not served."""
        if request.endpoint is None or request.endpoint in OPEN_ENDPOINTS:
            return
        if not hasattr(current_app.view_functions[request.endpoint], "__door__"):
            abort(403)
