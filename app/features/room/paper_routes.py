"""Counting paper: two people enter what they found, and see where they differ."""

from dataclasses import dataclass, field

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.db import db
from app.domain import rounds as rules
from app.domain.decision import Decision, NotAllowed
from app.features.room import forms, paper_service, queries, words
from app.kit import clock, doors, incoming
from app.kit.identity import the_person
from app.models.room import RoundKind, RoundState
from app.policies.room import may_lead
from app.records import rooms, rounds
from app.records.rooms import RoomRow
from app.records.rounds import RoundRow

bp = Blueprint("paper", __name__)


@dataclass(frozen=True, slots=True)
class _Sent:
    """What came in and was not taken: why, and which fields hold no number."""

    status: int
    faulty: list[str] = field(default_factory=list)
    refusal: Decision | None = None


@bp.route("/werkateliers/<int:workshop_id>/rondes/<int:round_id>/papier", methods=["GET", "POST"])
@doors.facilitator
@incoming.most_fields(rules.MOST_ANSWERS_OF_ALL + 10)
def count(workshop_id: int, round_id: int) -> ResponseReturnValue:
    """Enter what one counted on paper; with two people, see where they differ."""
    room, row = rooms.get(workshop_id), rounds.get(round_id)
    if room is None or row is None or row.workshop_id != workshop_id:
        abort(404)
    form = forms.PaperForm()
    if request.method == "GET":
        return _page(room, row, form, None)
    sent, faulty = forms.numbers_of(request.form, empty_is_nought=row.kind is RoundKind.OPEN)
    if faulty or not form.validate():
        return _page(room, row, form, _Sent(400, faulty))
    if not sent:
        return _page(room, row, form, _Sent(400, refusal=paper_service.CHANGED))
    try:
        paper_service.enter(the_person(), room, round_id, sent, clock.now())
    except NotAllowed as no:
        db.session.rollback()
        return _page(room, row, form, _Sent(403, refusal=no.decision))
    flash(_("Your counts have been saved."))
    return redirect(url_for("paper.count", workshop_id=workshop_id, round_id=round_id), code=303)


def _page(room: RoomRow, row: RoundRow, form: forms.PaperForm, sent: _Sent | None) -> ResponseReturnValue:
    """The numbers of whoever asks, or what was just typed; those of the other one only once both entered theirs."""
    me = the_person().id
    counted = queries.paper_of(row.id)
    mine = next((each for each in counted if each.person_id == me), None)
    both = counted if len(counted) == 2 else []
    options, values = rounds.figures(row).rows, rounds.COUNTED[row.kind]
    cells = [(each.option_id, value) for each in options for value in values]
    typed: dict[tuple[int, int], object] = dict(mine.numbers) if mine else {}
    if sent is not None:
        names = {cell: forms.field_name(*cell) for cell in cells}
        typed = {cell: request.form.get(name, typed.get(cell, "")) for cell, name in names.items()}
    page = render_template(
        "room/paper.html",
        room=room,
        round=row,
        form=form,
        options=options,
        values=values,
        typed=typed,
        mine=mine,
        both=both,
        others=sum(each.person_id != me for each in counted),
        may_enter=(mine is not None or len(counted) < 2) and row.state is not RoundState.PLANNED,
        missing={cell for cell in cells if any(cell not in each.numbers for each in counted)},
        differing={cell for cell in cells if both and both[0].numbers.get(cell) != both[1].numbers.get(cell)},
        faulty=sent.faulty if sent else [],
        field_name=forms.field_name,
        decision=may_lead(the_person(), room, clock.now()),
        refusal=sent.refusal if sent else None,
        words=words,
    )
    return page, sent.status if sent else 200
