"""Rounds for facilitators, from preparing to showing the result; and what came out, for everybody."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.db import db
from app.domain import rounds as rules
from app.domain.decision import Decision, NotAllowed
from app.domain.ranking import Method
from app.features.room import forms, queries, rounds_service, view, words
from app.features.room.rounds_service import Wish
from app.kit import clock, doors
from app.kit.identity import current_person, the_person
from app.models.room import RoundKind, RoundState
from app.policies.room import may_lead
from app.records import frames, order, rooms, round_moments, rounds
from app.records.frames import Frame
from app.records.rooms import RoomRow
from app.records.rounds import RoundRow

bp = Blueprint("rounds", __name__)
VERBS = {
    "open": round_moments.open_round,
    "close": round_moments.close_round,
    "reveal": round_moments.reveal_round,
}


@bp.get("/werkateliers/<int:workshop_id>/rondes")
@doors.facilitator
def index(workshop_id: int) -> ResponseReturnValue:
    """All rounds in their order, and a new one to prepare."""
    room = _room(workshop_id)
    frame = _frame(room)
    form = forms.RoundForm(
        frame.themes, prefix="round-", formdata=None, data={"dots": 3, "theme": 0, "top": 0}
    )
    return _index_page(room, form)


@bp.post("/werkateliers/<int:workshop_id>/rondes")
@doors.facilitator
def add(workshop_id: int) -> ResponseReturnValue:
    """Prepare a round."""
    room = _room(workshop_id)
    form = forms.RoundForm(_frame(room).themes, prefix="round-")
    if not form.validate_on_submit():
        return _index_page(room, form, 400)
    try:
        rounds_service.add(the_person(), room, _wish(room, form, []), clock.now())
    except NotAllowed as no:
        return _index_page(room, form, 403, no.decision)
    flash(_("The round is ready. Open it when the room is."))
    return redirect(url_for("rounds.index", workshop_id=workshop_id), code=303)


@bp.route("/werkateliers/<int:workshop_id>/rondes/<int:round_id>/wijzigen", methods=["GET", "POST"])
@doors.facilitator
def change(workshop_id: int, round_id: int) -> ResponseReturnValue:
    """Ask something else, as long as nobody could vote."""
    room, row = _room(workshop_id), _round(workshop_id, round_id)
    known = queries.own_options(round_id)
    form = forms.RoundForm(_frame(room).themes, prefix="round-")
    if request.method == "GET":
        form.kind.data, form.question.data, form.dots.data = row.kind.value, row.question, row.dots
        form.theme.data, form.top.data = row.theme_id or forms.WHOLE_EVENING, 0
        form.options.data = "\n".join(text for text, _idea in known if text != row.question)
        return _change_page(room, row, form)
    if not form.validate():
        return _change_page(room, row, form, 400)
    try:
        rounds_service.change(the_person(), room, round_id, _wish(room, form, known), clock.now())
    except NotAllowed as no:
        return _change_page(room, row, form, 403, no.decision)
    flash(_("The round has been changed."))
    return redirect(url_for("rounds.index", workshop_id=workshop_id), code=303)


@bp.post("/werkateliers/<int:workshop_id>/rondes/<int:round_id>/stand")
@doors.facilitator
def lead(workshop_id: int, round_id: int) -> ResponseReturnValue:
    """Open, close or reveal (`verb`)."""
    _round(workshop_id, round_id)
    verb = request.form.get("verb", "")
    if verb not in VERBS:
        abort(400)
    VERBS[verb](the_person(), round_id, clock.now())
    flash(
        {
            "open": _("The round is open. People in the room can vote."),
            "close": _("The round is closed. Nobody can vote any more."),
            "reveal": _("Everybody can see the result now."),
        }[verb]
    )
    return redirect(url_for("rounds.index", workshop_id=workshop_id, _anchor=f"round-{round_id}"), code=303)


@bp.post("/werkateliers/<int:workshop_id>/rondes/<int:round_id>/plaats")
@doors.facilitator
def move(workshop_id: int, round_id: int) -> ResponseReturnValue:
    """Put a round at a place (`to`, counted from 0)."""
    room, to = _room(workshop_id), request.form.get("to", type=int)
    if to is None:
        abort(400)
    rounds_service.move(the_person(), room, round_id, to, clock.now())
    return redirect(url_for("rounds.index", workshop_id=workshop_id, _anchor=f"round-{round_id}"), code=303)


@bp.post("/werkateliers/<int:workshop_id>/rondes/<int:round_id>/weg")
@doors.facilitator
def remove(workshop_id: int, round_id: int) -> ResponseReturnValue:
    """Delete a round that nobody could vote in."""
    rounds_service.remove(the_person(), _room(workshop_id), round_id, clock.now())
    flash(_("The round has been deleted."))
    return redirect(url_for("rounds.index", workshop_id=workshop_id), code=303)


@bp.get("/werkateliers/<int:workshop_id>/rondes/<int:round_id>")
@doors.public
def show(workshop_id: int, round_id: int) -> ResponseReturnValue:
    """What came out of a round, once it is revealed; before that only how many people voted."""
    room, row = _room(workshop_id), _round(workshop_id, round_id)
    if row.state is RoundState.PLANNED and not _leads():
        abort(404)
    return render_template(
        "room/round.html",
        room=room,
        outcome=view.outcome(row),
        others=[
            each
            for each in rounds.of_workshop(workshop_id)
            if each.state is RoundState.REVEALED and each.id != round_id
        ],
        words=words,
    )


@bp.get("/werkateliers/<int:workshop_id>/uitslagen")
@doors.public
def results(workshop_id: int) -> ResponseReturnValue:
    """Everything that was voted on in the room, as far as it is revealed; never added to votes on the site."""
    revealed = [each for each in rounds.of_workshop(workshop_id) if each.state is RoundState.REVEALED]
    return render_template(
        "room/results.html",
        room=_room(workshop_id),
        outcomes=view.outcomes(revealed),
        words=words,
    )


def _leads() -> bool:
    person = current_person()
    return person is not None and person.is_facilitator


def _room(workshop_id: int) -> RoomRow:
    return rooms.get(workshop_id) or abort(404)


def _frame(room: RoomRow) -> Frame:
    return frames.of_call(room.call_slug) or abort(404)


def _round(workshop_id: int, round_id: int) -> RoundRow:
    row = rounds.get(round_id)
    return row if row is not None and row.workshop_id == workshop_id else abort(404)


def _wish(room: RoomRow, form: forms.RoundForm, known: list[tuple[str, int | None]]) -> Wish:
    """What the form asks for, with the ideas on top of the theme behind the statements."""
    kind = RoundKind(form.kind.data)
    theme = form.theme.data or None
    ideas = {rules.key_of(text): idea for text, idea in known}
    options = [(line, ideas.get(rules.key_of(line))) for line in form.lines]
    if form.top.data and theme is not None:
        options += _top(room, theme, form.top.data)
    if kind is RoundKind.OPEN:
        options = []
    elif not options:  # one question that is the statement itself
        options = [(str(form.question.data), None)]
    return Wish(
        kind=kind,
        question=str(form.question.data),
        dots=form.dots.data if kind is RoundKind.DOTS and form.dots.data else 3,
        theme_id=theme,
        options=tuple(options[: rules.MOST_OPTIONS]),
    )


def _top(room: RoomRow, theme: int, number: int) -> list[tuple[str, int | None]]:
    """The ideas on top of a theme. While counts are hidden nobody may know which these are."""
    frame, now = _frame(room), clock.now()
    if frame.call.hides_counts(now):
        raise NotAllowed(rounds_service.HIDDEN)
    ranked = order.of_call(room.call_id, frame.rules).ranking(Method.DRAAGVLAK)
    within = queries.ideas_of_theme(theme)
    return list(queries.titles([int(idea) for idea in ranked.ids if int(idea) in within][:number]))


def _index_page(
    room: RoomRow, form: forms.RoundForm, status: int = 200, refusal: Decision | None = None
) -> ResponseReturnValue:
    if refusal is not None:
        db.session.rollback()
    every = rounds.of_workshop(room.id)
    page = render_template(
        "room/rounds.html",
        room=room,
        rounds=every,
        voters=queries.voters([row.id for row in every]),
        form=form,
        sent=status != 200,
        refusal=refusal,
        decision=may_lead(the_person(), room, clock.now()),
        someone_open=any(row.state is RoundState.OPEN for row in every),
        words=words,
        kinds=RoundKind,
    )
    return page, status


def _change_page(
    room: RoomRow,
    row: RoundRow,
    form: forms.RoundForm,
    status: int = 200,
    refusal: Decision | None = None,
) -> ResponseReturnValue:
    if refusal is not None:
        db.session.rollback()
    page = render_template(
        "room/change.html", room=room, round=row, form=form, refusal=refusal, words=words, kinds=RoundKind
    )
    return page, status
