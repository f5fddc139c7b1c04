"""The image of an idea under its own address, and its poster, for whoever may read the idea."""

from flask import Blueprint, Response, abort, current_app, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.lifecycle import IdeaState
from app.features.ideas import poster as posters
from app.kit import clock, doors
from app.kit.identity import current_person
from app.kit.limits import limiter
from app.kit.pdf import MEDIA_TYPE
from app.policies.ideas import may_read
from app.records import ideas, images

bp = Blueprint("media", __name__)
FOR_EVER = "private, max-age=31536000, immutable"
"""In the browser of who saw it: no box between us and the visitor keeps an image that a moderator hides."""


@bp.get("/ideeen/<int:idea_id>/beeld/<string(length=32):key>-<int:width>.webp")
@doors.public
def image(idea_id: int, key: str, width: int) -> ResponseReturnValue:
    idea = ideas.one(idea_id)
    if idea is None or idea.image is None or idea.image.key != key:
        abort(404)
    if not may_read(current_person(), idea):
        abort(410 if idea.published_at is not None else 404)
    body = images.content(idea_id, key, width)
    if body is None:
        abort(404)
    response = Response(body, mimetype="image/webp")
    response.set_etag(f"{key}-{width}")
    response.headers["Cache-Control"] = FOR_EVER if idea.is_on_the_site else "private, no-store"
    response.headers["Content-Disposition"] = "inline"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response.make_conditional(request)


@bp.get("/ideeen/<int:idea_id>/poster.pdf")
@doors.public
@limiter.limit("30 per 10 minutes")
def poster(idea_id: int) -> ResponseReturnValue:
    idea = ideas.one(idea_id) or abort(404)
    if idea.state != IdeaState.PUBLISHED:
        abort(410 if idea.published_at is not None else 404)
    paper = request.args.get("formaat", posters.PAPERS[0])
    if paper not in posters.PAPERS:
        abort(404)
    address = current_app.config["SITE"].site_url + url_for("ideas.show", idea_id=idea_id)
    response = Response(posters.draw(idea, paper, address, clock.now()), mimetype=MEDIA_TYPE)
    response.headers["Cache-Control"] = "private, max-age=300"
    response.headers["Content-Disposition"] = f'attachment; filename="poster-{idea_id}-{paper}.pdf"'
    return response
