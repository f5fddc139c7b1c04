"""Streams of frames, on the process that serves them."""

from flask import Blueprint, Response, abort, current_app, request
from flask.typing import ResponseReturnValue

from app.kit import doors, live
from app.kit.i18n import language

bp = Blueprint("live", __name__)
COME_BACK = 20
"""Seconds after which whoever finds no place, or no database, may try again."""


@bp.get("/live/<string:channel>/<int:key>")
@doors.public
def stream(channel: str, key: int) -> ResponseReturnValue:
    """Frames as server-sent events, the present one first; for anybody, so no cookie is looked at.

    Pages are served elsewhere by threads, of which every stream would hold one: there is no stream there.
    """
    hub = live.hub() or abort(404)
    answer = Response(content_type="text/event-stream; charset=utf-8")
    if request.method == "GET":
        known = request.headers.get("Last-Event-ID", "")
        try:
            answer.response = hub.follow(channel, key, language(), request.remote_addr or "", known)
        except live.Unknown:
            answer = _plain("There is no such thing to follow.", 404)
        except (live.Full, live.Silent):
            answer = _plain("No place to follow now. The page asks how it stands instead.", 503)
            answer.headers["Retry-After"] = str(COME_BACK)
    answer.headers["Access-Control-Allow-Origin"] = current_app.config["SITE"].site_url
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Accel-Buffering"] = "no"  # nginx would gather frames until it has a page full
    return answer


def _plain(sentence: str, status: int) -> Response:
    return Response(f"{sentence}\n", status, content_type="text/plain; charset=utf-8")
