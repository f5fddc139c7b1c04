"""The werkatelier and its agenda, drafted from the ranking: requests in, answers out."""

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from app.domain.ranking import Weighting
from app.features.workshop import queries, view, words
from app.kit import clock, doors
from app.records import agendas, frames

bp = Blueprint("workshop", __name__)


@bp.get("/werkateliers")
@doors.public
def index() -> ResponseReturnValue:
    """All workshops, those to come first."""
    coming, past = agendas.all_workshops(clock.now())
    return render_template("workshop/index.html", coming=coming, past=past)


@bp.get("/werkateliers/<int:workshop_id>")
@doors.public
def show(workshop_id: int) -> ResponseReturnValue:
    """One workshop with its drafted agenda, by group or by person (`weging`)."""
    workshop = agendas.workshop(workshop_id) or abort(404)
    frame = frames.of_call(workshop.call_slug) or abort(404)
    moment = clock.now()
    hidden = frame.call.hides_counts(moment)
    usual = frame.rules.weighting
    wanted = request.args.get("weging", "")
    weighting = Weighting(wanted) if wanted in tuple(Weighting) else usual
    tags = {tag.id: tag for tag in frame.themes}
    agenda = None
    if not hidden:
        agenda = view.agenda(workshop, agendas.plans(workshop, moment), tags, weighting, usual)
    over = workshop.is_over(moment)
    return render_template(
        "workshop/show.html",
        workshop=workshop,
        frame=frame,
        agenda=agenda,
        over=over,
        weighting=weighting,
        usual=usual,
        weightings=[usual, *(each for each in Weighting if each is not usual)],
        weighting_name=words.weighting_name,
        tags=tags,
        outcomes=queries.outcomes_of(workshop_id) if over else [],
    )


@bp.get("/werkateliers/<int:workshop_id>/regie")
@doors.facilitator
def control(workshop_id: int) -> ResponseReturnValue:
    """Being built."""
    return abort(404)
