"""The answers to an open question, for facilitators: which mean the same, and which go off the screens."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.domain import rounds as rules
from app.features.room import answers_service, queries, words
from app.kit import clock, doors, incoming
from app.kit.identity import the_person
from app.models.room import RoundKind
from app.policies.room import may_lead, may_merge
from app.records import rooms, rounds
from app.records.rooms import RoomRow
from app.records.rounds import RoundRow

bp = Blueprint("answers", __name__)
LARGEST = 2**31


@bp.get("/werkateliers/<int:workshop_id>/rondes/<int:round_id>/antwoorden")
@doors.facilitator
def show(workshop_id: int, round_id: int) -> ResponseReturnValue:
    """All answers, to tick those that mean the same."""
    return _page(*_asked(workshop_id, round_id), [])


@bp.post("/werkateliers/<int:workshop_id>/rondes/<int:round_id>/antwoorden")
@doors.facilitator
@incoming.most_fields(rules.MOST_ANSWERS_OF_ALL + 10)
def merge(workshop_id: int, round_id: int) -> ResponseReturnValue:
    """Merge the answers that were ticked (`same`) into one of them (`into`); without that, ask which one stays."""
    room, row = _asked(workshop_id, round_id)
    into, ticked = request.form.get("into", type=int), request.form.getlist("same", type=int)
    if not all(0 < number < LARGEST for number in (*ticked, into or 1)):
        abort(400)
    if into is None:
        may_merge(row.state).or_raise()
        standing = [each for each in queries.answers(round_id) if each.merged_into_id is None]
        same = [each for each in standing if each.id in ticked]
        if len(same) < 2:
            return _page(room, row, [each.id for each in same], 400)
        return render_template("room/merge.html", room=room, round=row, same=same)
    again = answers_service.merge(the_person(), room, round_id, ticked, into, clock.now())
    flash(_("The answers are one now. Their supporters count once."))
    if again:
        flash(
            _(
                "Paper was counted for them already. Count that answer again: sheets with any of them count once."
            )
        )
    return _to(room, row, into)


@bp.post("/werkateliers/<int:workshop_id>/rondes/<int:round_id>/antwoorden/<int:option_id>")
@doors.facilitator
def arrange(workshop_id: int, round_id: int, option_id: int) -> ResponseReturnValue:
    """Unmerge, hide or show an answer (`verb`)."""
    room, row = _asked(workshop_id, round_id)
    person, now, verb = the_person(), clock.now(), request.form.get("verb", "")
    if verb == "unmerge":
        again = answers_service.unmerge(person, room, round_id, option_id, now)
        flash(_("The answer stands by itself again."))
        if again:
            flash(_("Paper was counted for them as one. Count both answers again."))
    elif verb in ("hide", "show"):
        answers_service.hide(person, room, round_id, option_id, verb == "hide", now)
        flash(_("The answer is off the screens.") if verb == "hide" else _("The answer is back."))
    else:
        abort(400)
    return _to(room, row, option_id)


def _asked(workshop_id: int, round_id: int) -> tuple[RoomRow, RoundRow]:
    """The room and its open question."""
    room, row = rooms.get(workshop_id), rounds.get(round_id)
    if room is None or row is None or row.workshop_id != workshop_id or row.kind is not RoundKind.OPEN:
        abort(404)
    return room, row


def _to(room: RoomRow, row: RoundRow, option_id: int) -> ResponseReturnValue:
    place = url_for("answers.show", workshop_id=room.id, round_id=row.id, _anchor=f"answer-{option_id}")
    return redirect(place, code=303)


def _page(room: RoomRow, row: RoundRow, ticked: list[int], status: int = 200) -> ResponseReturnValue:
    found = queries.answers(row.id)
    members: dict[int, list[queries.AnswerRow]] = {}
    for each in found:
        if each.merged_into_id is not None:
            members.setdefault(each.merged_into_id, []).append(each)
    page = render_template(
        "room/answers.html",
        room=room,
        round=row,
        answers=[each for each in found if each.merged_into_id is None],
        members=members,
        ticked=ticked,
        few=status != 200,
        counted=bool(queries.paper_of(row.id)),
        decision=may_lead(the_person(), room, clock.now()),
        merging=may_merge(row.state),
        words=words,
    )
    return page, status
