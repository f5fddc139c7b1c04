"""Who is in the room, for facilitators: the code, the doors, badges to confirm; and the poster with the code."""

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.domain.ballot import GROUPS, Group
from app.features.room import hall_service, words
from app.kit import clock, doors, qr
from app.kit.identity import the_person
from app.policies.room import may_check_in, may_lead
from app.records import attendees, rooms
from app.records.rooms import RoomRow

bp = Blueprint("hall", __name__)
WISHES = ("open", "close", "clock")


@bp.get("/werkateliers/<int:workshop_id>/zaal")
@doors.facilitator
def show(workshop_id: int) -> ResponseReturnValue:
    """Who is there, with names; the code and the doors."""
    room, now = _room(workshop_id), clock.now()
    people = attendees.everybody(workshop_id)
    waiting = {
        group: sum(each.group is group and each.confirmed_at is None for each in people) for group in GROUPS
    }
    heads = {group: sum(each.group is group for each in people) for group in GROUPS}
    return render_template(
        "room/hall.html",
        room=room,
        people=people,
        heads=heads,
        waiting=waiting,
        decision=may_lead(the_person(), room, now),
        doors=may_check_in(room, now),
        address=_address(room),
        qr=_qr(room),
        words=words,
        groups=GROUPS,
    )


@bp.get("/werkateliers/<int:workshop_id>/zaal/affiche")
@doors.facilitator
def poster(workshop_id: int) -> ResponseReturnValue:
    """A page to print and hang at the door: no names, only how to come in."""
    room = _room(workshop_id)
    return render_template(
        "room/poster.html", room=room, address=_address(room), qr=_qr(room), words=words, groups=GROUPS
    )


@bp.post("/werkateliers/<int:workshop_id>/zaal/deuren")
@doors.facilitator
def set_doors(workshop_id: int) -> ResponseReturnValue:
    """Open or close the doors by hand, or leave them to the clock."""
    room, wish = _room(workshop_id), request.form.get("wish", "")
    if wish not in WISHES:
        abort(400)
    hall_service.set_doors(the_person(), room, wish, clock.now())
    flash(
        {
            "open": _("The doors are open. People can check in for eight hours, or until you close them."),
            "close": _("The doors are closed. Nobody new can check in."),
            "clock": _("The doors follow the clock: from three hours before the beginning until the end."),
        }[wish]
    )
    return _back(room)


@bp.post("/werkateliers/<int:workshop_id>/zaal/code")
@doors.facilitator
def renew_code(workshop_id: int) -> ResponseReturnValue:
    """Give another code."""
    room = _room(workshop_id)
    code = hall_service.renew_code(the_person(), room, clock.now())
    flash(
        _(
            "The code is %(code)s now. The old one opens nothing any more. Open the screen anew from the desk.",
            code=code,
        )
    )
    return _back(room)


@bp.post("/werkateliers/<int:workshop_id>/zaal/bevestigen")
@doors.facilitator
def confirm(workshop_id: int) -> ResponseReturnValue:
    """Confirm one badge (`wie`), or all of a colour (`groep`)."""
    room, person = _room(workshop_id), the_person()
    attendee, group = request.form.get("wie", type=int), request.form.get("groep", "")
    if attendee is not None and 0 < attendee < 2**31:
        hall_service.confirm(person, room, attendee, clock.now())
        flash(_("The badge has been confirmed."))
    elif group in tuple(Group):
        number = hall_service.confirm_all(person, room, Group(group), clock.now())
        flash(ngettext("%(num)d badge has been confirmed.", "%(num)d badges have been confirmed.", number))
    else:
        abort(400)
    return _back(room, "people")


@bp.post("/werkateliers/<int:workshop_id>/zaal/<int:attendee_id>/groep")
@doors.facilitator
def change_group(workshop_id: int, attendee_id: int) -> ResponseReturnValue:
    """Give somebody the badge that they wear."""
    room, group = _room(workshop_id), request.form.get("groep", "")
    if group not in tuple(Group):
        abort(400)
    hall_service.change_group(the_person(), room, attendee_id, Group(group), clock.now())
    flash(_("The badge has been changed and confirmed."))
    return _back(room, "people")


@bp.post("/werkateliers/<int:workshop_id>/zaal/<int:attendee_id>/weg")
@doors.facilitator
def remove(workshop_id: int, attendee_id: int) -> ResponseReturnValue:
    """Take a phone out of the room."""
    room = _room(workshop_id)
    hall_service.remove(the_person(), room, attendee_id, clock.now())
    flash(_("The phone is no longer in the room. What it chose in the open round does not count any more."))
    return _back(room, "people")


@bp.post("/werkateliers/<int:workshop_id>/zaal/onbevestigd-weg")
@doors.facilitator
def remove_waiting(workshop_id: int) -> ResponseReturnValue:
    """Take everybody out whose badge was not confirmed."""
    room = _room(workshop_id)
    number = hall_service.remove_waiting(the_person(), room, clock.now())
    flash(
        ngettext(
            "%(num)d phone is no longer in the room.", "%(num)d phones are no longer in the room.", number
        )
    )
    return _back(room, "people")


def _room(workshop_id: int) -> RoomRow:
    return rooms.get(workshop_id) or abort(404)


def _back(room: RoomRow, anchor: str | None = None) -> ResponseReturnValue:
    return redirect(url_for("hall.show", workshop_id=room.id, _anchor=anchor), code=303)


def _address(room: RoomRow) -> str:
    site: str = current_app.config["SITE"].site_url
    return site + url_for("room.check_in", code=room.join_code)


def _qr(room: RoomRow) -> str:
    return qr.drawing(_address(room), _("QR code to %(address)s", address=_address(room)))
