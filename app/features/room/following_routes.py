"""What the phones in the room ask for by script: whether something else is asked, and the answers of others."""

from flask import Blueprint, Response, abort, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from app.domain.decision import NotAllowed
from app.features.room import frame
from app.features.room.routes import COOKIE
from app.kit import doors, live
from app.kit.caching import UNKEPT
from app.kit.i18n import language
from app.kit.identity import person_number
from app.policies.room import NOT_HERE
from app.records import attendees, rooms

bp = Blueprint("following", __name__)


@bp.record
def _set_up(_state: BlueprintSetupState) -> None:
    live.register(frame.CHANNEL)


@bp.get("/werkateliers/<int:workshop_id>/meedoen/stand")
@doors.public
def state(workshop_id: int) -> ResponseReturnValue:
    """What the phones follow, as JSON; 304 while nothing has changed."""
    if rooms.get(workshop_id) is None:
        abort(404)
    found = frame.of_workshop(workshop_id, language()) or abort(404)
    answer = Response(found.body, content_type="application/json")
    answer.set_etag(found.etag)
    answer.headers["Cache-Control"] = "no-cache"
    return answer.make_conditional(request)


@bp.get("/werkateliers/<int:workshop_id>/meedoen/<int:round_id>/antwoorden")
@doors.public
def answers(workshop_id: int, round_id: int) -> ResponseReturnValue:
    """The answers to an open question as JSON, [number, text] each, for who is in the room. Raises NotAllowed.

    The same for every phone, so it is read once a second and not three hundred times.
    """
    here = attendees.whose(workshop_id, request.cookies.get(COOKIE, ""), person_number())
    if here is None or here.removed_at is not None:
        raise NotAllowed(NOT_HERE)
    body = frame.answers_of(workshop_id, round_id)
    answer = Response(body or abort(404), content_type="application/json")
    answer.headers["Cache-Control"] = UNKEPT
    return answer
