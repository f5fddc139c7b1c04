"""Every error is a page with a way out; none shows a trace."""

import sqlite3
from http import HTTPStatus

import structlog
from flask import Flask, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from werkzeug.exceptions import HTTPException

from app.db import db
from app.domain.decision import Decision, NotAllowed, TooSoon
from app.kit import resending

PAGES = {400, 403, 404, 405, 409, 413, 429, 500}
COME_BACK = 30
"""Seconds after which whoever found the database away may try again."""
log = structlog.get_logger()


def wants_json() -> bool:
    """Whether the asker would rather have JSON than a page: a script, or another program."""
    accepted = request.accept_mimetypes
    return accepted["application/json"] > accepted["text/html"]


def problem(status: int, sentence: str = "", **more: object) -> Response:
    """The answer to a program for a status, with the sentence that explains it."""
    answer = jsonify(status=status, title=HTTPStatus(status).phrase, detail=sentence, **more)
    answer.content_type = "application/problem+json"
    answer.headers["Cache-Control"] = "no-store"
    answer.status_code = status
    return answer


def error_page(status: int, sentence: str = "") -> tuple[Response | str, int]:
    """The page for a status, with the sentence that explains it; for a program the same words as JSON."""
    if wants_json():
        return problem(status, sentence), status
    page = status if status in PAGES else (500 if status >= 500 else 400)
    return render_template(f"errors/{page}.html", sentence=sentence, status=status), status


def status_of(decision: Decision) -> int:
    """The status of a no: 429 where waiting helps, else 403."""
    return 429 if isinstance(decision, TooSoon) else 403


def is_away(error: DBAPIError) -> bool:
    """Whether a fault says that the database cannot be reached, stops, or is too busy: nothing that is wrong here."""
    state = getattr(error.orig, "sqlstate", None)
    if isinstance(error.orig, sqlite3.OperationalError):
        return "locked" in str(error.orig) or "busy" in str(error.orig)
    # Without a state there was no answer at all. 08: connection lost; 53: full; 57P: it is being stopped or started.
    return error.connection_invalidated or state is None or state[:2] in ("08", "53") or state[:3] == "57P"


def init_app(app: Flask) -> None:
    @app.errorhandler(NotAllowed)
    def not_allowed(error: NotAllowed) -> ResponseReturnValue:
        db.session.rollback()
        return error_page(status_of(error.decision), _(error.decision.refusal, **error.decision.values))

    @app.errorhandler(CSRFError)
    def stale_form(error: CSRFError) -> ResponseReturnValue:
        if wants_json():
            return problem(
                400, _("You signed in anew after this page was opened. Use its button, or reload it.")
            )
        again = resending.page()
        return again or error_page(
            400, _("Your session had expired. Go back, reload the page and send it again.")
        )

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> ResponseReturnValue:
        code = error.code or 500
        if code < 400 or error.response is not None:  # a limit may have a page of its own
            return error
        answer = error_page(code)
        if code == 405 and getattr(error, "valid_methods", None):
            return (*answer, {"Allow": ", ".join(sorted(error.valid_methods))})  # type: ignore[attr-defined]
        return answer

    @app.errorhandler(OperationalError)
    @app.errorhandler(InterfaceError)
    def database_error(error: DBAPIError) -> ResponseReturnValue:
        if not is_away(error):
            return unexpected(error)
        log.warning("database_away", path=request.path, method=request.method)
        db.session.rollback()
        if wants_json():
            sentence = _("The site cannot reach its data. What you just sent has not been saved.")
            answer = problem(503, sentence)
        else:
            answer = Response(render_template("errors/503.html", status=503), 503)
        answer.headers["Retry-After"] = str(COME_BACK)
        return answer

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> ResponseReturnValue:
        log.exception("unexpected_error", path=request.path, method=request.method)
        db.session.rollback()
        return render_template("errors/500.html", status=500), 500
