"""Every error is a page with a way out; none shows a trace."""

from http import HTTPStatus

import structlog
from flask import Flask, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from app.db import db
from app.domain.decision import NotAllowed

PAGES = {400, 403, 404, 405, 409, 413, 429, 500}
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


def init_app(app: Flask) -> None:
    @app.errorhandler(NotAllowed)
    def not_allowed(error: NotAllowed) -> ResponseReturnValue:
        db.session.rollback()
        return error_page(403, _(error.decision.refusal, **error.decision.values))

    @app.errorhandler(CSRFError)
    def stale_form(error: CSRFError) -> ResponseReturnValue:
        return error_page(400, _("Your session had expired. Go back, reload the page and send it again."))

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> ResponseReturnValue:
        code = error.code or 500
        if code < 400:
            return error
        answer = error_page(code)
        if code == 405 and getattr(error, "valid_methods", None):
            return (*answer, {"Allow": ", ".join(sorted(error.valid_methods))})  # type: ignore[attr-defined]
        return answer

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> ResponseReturnValue:
        log.exception("unexpected_error", path=request.path, method=request.method)
        db.session.rollback()
        return render_template("errors/500.html", status=500), 500
