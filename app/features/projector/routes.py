"""The screen in the room, and the same as text: requests in, answers out."""

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.domain.evening import Scene
from app.features.projector import board, channel
from app.features.projector.board import Board
from app.kit import clock, doors, live
from app.kit.caching import UNKEPT
from app.kit.i18n import language
from app.kit.identity import current_person
from app.policies.room import hours_awake
from app.records.evening_words import moods

bp = Blueprint("projector", __name__)
FIXED = {
    "themas": Scene.THEMES,
    "ideeen": Scene.IDEAS,
    "agenda": Scene.PROGRAMME,
    "aanmelden": Scene.JOIN,
    "klok": Scene.TIMER,
    "focus": Scene.FOCUS,
}
"""What a second screen can show (`beeld`), whatever the desk does."""
POLL = 800
"""Milliseconds between two questions of a screen."""
POLL_TEXT = 3000
"""The same of who reads along: many phones, and nothing there moves fast."""


@bp.record
def _set_up(_state: BlueprintSetupState) -> None:
    live.register(channel.CHANNEL)


@bp.get("/werkateliers/<int:workshop_id>/scherm")
@doors.public
def screen(workshop_id: int) -> ResponseReturnValue:
    """The screen: it follows the control desk, or keeps to one scene (`beeld`). The code to join in is on one that a
    facilitator opened (`sleutel`); with another key, or one that is over, it is the screen of everybody."""
    found = _board(workshop_id)
    person, joining = current_person(), found.opened_with(request.args.get("sleutel", ""))
    leads = person is not None and person.is_facilitator and not _wanted()
    answer = make_response(
        render_template(
            "projector/screen.html",
            board=found,
            picture=found.picture_with(joining) if joining else found.picture,
            joining=joining,
            way=found.drawn["way"],
            host=found.drawn["host"],
            beeld=_wanted(),
            scenes=_scenes(),
            leads=leads,
            awake=hours_awake(found.workshop, clock.now()) if leads else None,
            poll=POLL,
            moods={mood.value: said for mood, said in moods().items()},
        )
    )
    if "sleutel" in request.args:
        answer.headers["Cache-Control"] = UNKEPT
    return answer


@bp.get("/werkateliers/<int:workshop_id>/scherm/openen")
@doors.facilitator
def open_screen(workshop_id: int) -> ResponseReturnValue:
    """To the screen with the code to join in, at an address that brings it back after a browser crashed."""
    joining = _board(workshop_id).joining
    where = url_for(
        "projector.screen",
        workshop_id=workshop_id,
        beeld=_wanted() or None,
        sleutel=joining.key if joining else None,
    )
    return redirect(where, code=303)


@bp.get("/werkateliers/<int:workshop_id>/scherm/stand")
@doors.public
def state(workshop_id: int) -> ResponseReturnValue:
    """What the screen shows now, as JSON; 304 while nothing has changed."""
    found = _board(workshop_id)
    answer = Response(found.body, content_type="application/json")
    answer.set_etag(found.etag)
    # Not kept by anybody: the board itself is shared for a moment, a page cache would add a second to that.
    answer.headers["Cache-Control"] = "no-cache"
    return answer.make_conditional(request)


@bp.get("/werkateliers/<int:workshop_id>/volgen")
@doors.public
def follow(workshop_id: int) -> ResponseReturnValue:
    """The same as text, for a phone or a screen reader; tells politely what changes."""
    found = board.of_workshop(workshop_id, language(), clock.now()) or abort(404)
    return render_template(
        "projector/follow.html",
        board=found,
        poll=POLL_TEXT,
        moods={mood.value: said for mood, said in moods().items()},
    )


def _board(workshop_id: int) -> Board:
    wanted = FIXED.get(_wanted())
    now = clock.now()
    if wanted is None:
        return board.of_workshop(workshop_id, language(), now) or abort(404)
    return board.fixed(workshop_id, wanted, language(), now) or abort(404)


def _wanted() -> str:
    """The scene that a second screen keeps to; empty for the one that follows the desk."""
    wanted = request.args.get("beeld", "")
    return wanted if wanted in FIXED else ""


def _scenes() -> list[tuple[str, str]]:
    """Key and short name of what a screen can keep to; the first follows the desk."""
    return [("", _("Live")), ("themas", _("Themes")), ("ideeen", _("Ideas")), ("agenda", _("Agenda"))]
