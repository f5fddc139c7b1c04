"""The control desk of a workshop: requests in, answers out."""

from collections.abc import Callable
from typing import TypeVar

from flask import Blueprint, abort, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.db import db
from app.domain.decision import NotAllowed
from app.features.desk import forms, service, view
from app.features.desk.forms import DeskForm
from app.kit import clock, doors
from app.kit.identity import the_person
from app.policies.room import hours_awake, may_lead
from app.records import agendas, evening_words, screen_codes, screens
from app.records import evening as evenings

bp = Blueprint("desk", __name__)
F = TypeVar("F", bound=DeskForm)
POLL = 1500
"""Milliseconds between two looks whether somebody else changed the screen."""
FORMS = {"timer": forms.TimerForm, "message": forms.MessageForm}


@bp.get("/werkateliers/<int:workshop_id>/regie")
@doors.facilitator
def show(workshop_id: int) -> ResponseReturnValue:
    """What the screen shows now and next, and every button."""
    return _page(workshop_id)


@bp.post("/werkateliers/<int:workshop_id>/regie/stap")
@doors.facilitator
def go(workshop_id: int) -> ResponseReturnValue:
    """To a step: it shows its scene, and opens, closes or reveals its round."""
    form = forms.StepForm()
    return _press(
        workshop_id,
        form,
        lambda: service.step(
            the_person(), workshop_id, form.seen, form.key.data or "", clock.now(), back=bool(form.back.data)
        ),
    )


@bp.post("/werkateliers/<int:workshop_id>/regie/klok")
@doors.facilitator
def start_timer(workshop_id: int) -> ResponseReturnValue:
    """Set the timer and let it run."""
    form = forms.TimerForm(prefix="timer-")
    return _press(
        workshop_id,
        form,
        lambda: service.start_timer(
            the_person(), workshop_id, form.seen, form.minutes.data or 0, clock.now()
        ),
        "timer",
    )


@bp.post("/werkateliers/<int:workshop_id>/regie/klok/stand")
@doors.facilitator
def turn_timer(workshop_id: int) -> ResponseReturnValue:
    """Pause the timer, let it run on, add a minute, or take it away."""
    form = forms.ClockForm()
    verb = form.verb.data or ""
    if verb not in ("pause", "resume", "add", "stop"):
        abort(400)
    return _press(
        workshop_id,
        form,
        lambda: service.turn_timer(the_person(), workshop_id, form.seen, verb, clock.now()),
    )


@bp.post("/werkateliers/<int:workshop_id>/regie/stilzetten")
@doors.facilitator
def freeze(workshop_id: int) -> ResponseReturnValue:
    """Keep the picture that is on the screen, or let it move again."""
    form = forms.SwitchForm()
    return _press(
        workshop_id,
        form,
        lambda: service.freeze(the_person(), workshop_id, form.seen, bool(form.on.data), clock.now()),
    )


@bp.post("/werkateliers/<int:workshop_id>/regie/namen")
@doors.facilitator
def hide_names(workshop_id: int) -> ResponseReturnValue:
    """Hide the names of people on the screen, or show them again."""
    form = forms.SwitchForm()
    return _press(
        workshop_id,
        form,
        lambda: service.hide_names(the_person(), workshop_id, form.seen, bool(form.on.data), clock.now()),
    )


@bp.post("/werkateliers/<int:workshop_id>/regie/reserve")
@doors.facilitator
def spare(workshop_id: int) -> ResponseReturnValue:
    """Put the spare screen up, or take it away."""
    form = forms.SwitchForm()
    return _press(
        workshop_id,
        form,
        lambda: service.spare(the_person(), workshop_id, form.seen, bool(form.on.data), clock.now()),
    )


@bp.post("/werkateliers/<int:workshop_id>/regie/bericht")
@doors.facilitator
def tell(workshop_id: int) -> ResponseReturnValue:
    """Put a sentence to the room over the screen."""
    form = forms.MessageForm(prefix="message-")
    return _press(
        workshop_id,
        form,
        lambda: service.tell(
            the_person(),
            workshop_id,
            form.seen,
            form.text.data or "",
            int(form.ends.data) if form.ends.data else None,
            clock.now(),
        ),
        "message",
    )


@bp.post("/werkateliers/<int:workshop_id>/regie/bericht/weg")
@doors.facilitator
def end_message(workshop_id: int) -> ResponseReturnValue:
    """Take the sentence to the room away."""
    form = forms.SwitchForm()
    return _press(
        workshop_id,
        form,
        lambda: service.end_message(the_person(), workshop_id, form.seen, clock.now()),
    )


def _press(workshop_id: int, form: DeskForm, verb: Callable[[], None], name: str = "") -> ResponseReturnValue:
    """Do it, and lead back to the desk. Who was overtaken hears what the other one did: 409, and nothing was done."""
    if agendas.workshop(workshop_id) is None:
        abort(404)
    if not form.validate_on_submit():
        return _page(workshop_id, 400, {name: form} if name else {})
    try:
        verb()
    except service.Overtaken:
        return _overtaken(workshop_id, {name: form} if name else {})
    except NotAllowed as no:
        # Such as a result that cannot be shown while people vote: said at the desk, where the other buttons are.
        db.session.rollback()
        if not may_lead(the_person(), agendas.workshop(workshop_id) or abort(404), clock.now()):
            raise
        if _clicks():
            return jsonify(_numbers(workshop_id)), 409
        decision = no.decision
        return _page(workshop_id, 409, refusal=gettext(decision.refusal, **decision.values))
    if _clicks():
        return jsonify(_numbers(workshop_id))
    return redirect(url_for("desk.show", workshop_id=workshop_id), code=303)


def _overtaken(workshop_id: int, given: dict[str, DeskForm]) -> ResponseReturnValue:
    if _clicks():
        return jsonify(_numbers(workshop_id)), 409
    return _page(workshop_id, 409, given, overtaken=True)


def _clicks() -> bool:
    """Whether a script asks, such as that of the screen with a clicker."""
    return request.accept_mimetypes.best == "application/json"


def _numbers(workshop_id: int) -> dict[str, object]:
    """What the next press needs to know."""
    row = screens.of_workshop(workshop_id)
    found = evenings.of_workshop(workshop_id, clock.now())
    script = found.script if found else None
    following = script.following(row.step, row.place) if script else None
    before = script.before(row.step, row.place) if script else None
    return {
        "number": row.number,
        "after": following.key if following else "",
        "before": before.key if before else "",
        "spare": row.spare,
    }


def _page(
    workshop_id: int,
    status: int = 200,
    given: dict[str, DeskForm] | None = None,
    *,
    overtaken: bool = False,
    refusal: str = "",
) -> ResponseReturnValue:
    moment = clock.now()
    desk = view.of_workshop(workshop_id, the_person(), moment, overtaken=overtaken) or abort(404)
    made = {
        name: (given or {}).get(name) or form(formdata=None, prefix=f"{name}-")
        for name, form in FORMS.items()
    }
    timer = made["timer"]
    if "timer" not in (given or {}):
        timer.minutes.data = desk.minutes
    for form in made.values():
        form.number.data = desk.row.number
    return (
        render_template(
            "desk/show.html",
            desk=desk,
            workshop=desk.evening.workshop,
            awake=hours_awake(desk.evening.workshop, moment),
            timer_form=timer,
            message_form=made["message"],
            faulty=next((form for form in (given or {}).values() if form.all_errors), None),
            overtaken=overtaken,
            refusal=refusal,
            words=evening_words,
            way=screen_codes.WAY,
            own=desk.row.changed_by == the_person().id,
            moods={mood.value: said for mood, said in evening_words.moods().items()},
            poll=POLL,
        ),
        status,
    )
