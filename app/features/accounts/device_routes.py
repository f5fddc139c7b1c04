"""My sessions: on which devices somebody is signed in, and signing out there: requests in, answers out."""

from datetime import timedelta

from flask import Blueprint, flash, jsonify, redirect, render_template, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.features.accounts import devices
from app.kit import clock, doors, identity, jobs
from app.kit.devices import in_words
from app.kit.identity import the_person

bp = Blueprint("devices", __name__)


@bp.record
def _set_up(_state: BlueprintSetupState) -> None:
    jobs.register(jobs.Job("forget-sessions", timedelta(hours=6), devices.forget_old))


@bp.get("/mijn/sessies")
@doors.signed_in
def index() -> ResponseReturnValue:
    """Every device on which the person is signed in."""
    found = devices.of_person(the_person().id, identity.this_device(), clock.now())
    return render_template("accounts/devices.html", devices=found, in_words=in_words)


@bp.get("/mijn/wakker")
@doors.signed_in
def awake() -> ResponseReturnValue:
    """Somebody is still here: a page of staff asks for this while they type, or while it leads an evening."""
    return jsonify({"awake": True})


@bp.post("/mijn/sessies/<int:session_id>/beeindigen")
@doors.signed_in
def end(session_id: int) -> ResponseReturnValue:
    """Sign out on one device."""
    person, now = the_person(), clock.now()
    found = devices.of_person(person.id, identity.this_device(), now)
    if any(device.is_this and device.id == session_id for device in found):
        identity.end_session()
        return redirect(url_for("accounts.signed_out"), code=303)
    devices.end(person, session_id, now)
    flash(_("That device is signed out now."))
    return redirect(url_for("devices.index"), code=303)


@bp.post("/mijn/sessies/andere")
@doors.signed_in
def end_others() -> ResponseReturnValue:
    """Sign out everywhere but here."""
    ended = devices.end_others(the_person(), identity.this_device(), clock.now())
    flash(
        ngettext("One other device is signed out now.", "%(num)d other devices are signed out now.", ended)
        if ended
        else _("You were not signed in on any other device.")
    )
    return redirect(url_for("devices.index"), code=303)
