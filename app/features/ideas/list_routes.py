"""Views of the list of ideas for other programs: as a feed, and as points on a map."""

from flask import Blueprint, Response, abort, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from app.features.ideas import exposure, listing, map_view
from app.features.ideas import feed as atom
from app.features.ideas.listing import Listing
from app.kit import clock, doors
from app.kit.identity import current_person

bp = Blueprint("lists", __name__)
bp.record(exposure.set_up)


@bp.get("/ideeen.atom")
@doors.public
def feed() -> ResponseReturnValue:
    found = _asked()
    if found.choice.is_personal:
        abort(404)  # a reader of feeds signs in nowhere
    site = current_app.jinja_env.globals["site"]
    body = atom.write(found, site.url, site.name)  # type: ignore[attr-defined]
    return Response(body, mimetype=atom.MIMETYPE)


@bp.get("/ideeen/kaart.json")
@doors.public
def points() -> ResponseReturnValue:
    answer = jsonify(map_view.points(_asked()))
    answer.mimetype = "application/geo+json"
    return answer


def _asked() -> Listing:
    now, person = clock.now(), current_person()
    choice = listing.choose(request.args, now, "", ())
    if choice is None or (choice.is_personal and person is None):
        abort(404)
    return listing.read(choice, now, person.id if person else None)
