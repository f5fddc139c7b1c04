"""The screen in the room, live: requests in, answers out."""

from urllib.parse import urlsplit

import segno
from flask import Blueprint, Response, abort, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from app.features.projector import board
from app.kit import clock, doors
from app.kit.i18n import language

bp = Blueprint("projector", __name__)
SCENES = ("themas", "ideeen", "agenda")
POLL = 800
"""Milliseconds between two questions of a screen."""


@bp.get("/werkateliers/<int:workshop_id>/scherm")
@doors.public
def screen(workshop_id: int) -> ResponseReturnValue:
    """The screen with one scene (`beeld`): the ranking of themes, of ideas, or the agenda."""
    found = board.of_workshop(workshop_id, language(), clock.now()) or abort(404)
    wanted = request.args.get("beeld", "")
    join = url_for("ideas.index", oproep=found.frame.call.slug)
    site = current_app.config["SITE"].site_url
    return render_template(
        "projector/screen.html",
        board=found,
        scenes=_scenes(),
        scene=wanted if wanted in SCENES else SCENES[0],
        poll=POLL,
        host=urlsplit(site).netloc,
        qr=_qr(site + join, _("QR code to %(address)s", address=urlsplit(site).netloc)),
    )


@bp.get("/werkateliers/<int:workshop_id>/scherm/stand")
@doors.public
def state(workshop_id: int) -> ResponseReturnValue:
    """What the screen shows now, as JSON; 304 while nothing has changed."""
    found = board.of_workshop(workshop_id, language(), clock.now()) or abort(404)
    answer = Response(found.body, content_type="application/json")
    answer.set_etag(found.etag)
    # Not kept by anybody: the board itself is shared for a moment, a page cache would add a second to that.
    answer.headers["Cache-Control"] = "no-cache"
    return answer.make_conditional(request)


def _scenes() -> list[tuple[str, str]]:
    """Key and short name of every scene."""
    return [("themas", _("Themes")), ("ideeen", _("Ideas")), ("agenda", _("Agenda"))]


def _qr(address: str, name: str) -> Markup:
    """The address as a drawing that a telephone can read, with the quiet edge that it needs."""
    drawing = segno.make(address, error="m", micro=False).svg_inline(
        border=2, omitsize=True, svgclass="screen__qr", lineclass=None
    )
    return Markup('<span role="img" aria-label="{}">{}</span>').format(name, Markup(drawing))  # noqa: S704
