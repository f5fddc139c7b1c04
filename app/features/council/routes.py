"""The way to the council and back as everybody reads it: proposals, decisions, promises, execution, the trail."""

from collections.abc import Sequence

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from app.features.council import left_behind, pictures, queries
from app.kit import clock, doors, moments
from app.models.process import Process
from app.records import clocks, council, execution, trails
from app.records.stations import Station

bp = Blueprint("council", __name__)


@bp.app_template_filter("stations_picture")
def _stations_picture(found: Sequence[Station], title: str) -> Markup:
    return pictures.stations(title, found)


def process_of(slug: str) -> Process:
    """The process in the address, or not found."""
    return queries.process_by_slug(slug) or abort(404)


@bp.get("/trajecten/<slug>/raad")
@doors.public
def show(slug: str) -> ResponseReturnValue:
    """What went to the council, what it decided, what was promised, and how it is carried out."""
    process, now = process_of(slug), clock.now()
    focus = council.focus_of(process.id)
    steps = execution.of_process(process.id)
    today = moments.day_of(now)
    return render_template(
        "council/show.html",
        process=process,
        focus=focus,
        proposals=[row for row in council.proposals_of(process.id) if row.is_handed_in],
        decisions=council.decisions_of(process.id),
        promises=clocks.of_process(process.id),
        plans=[
            (
                row,
                steps[row.id],
                pictures.plan(_("The steps of: %(title)s", title=row.title), steps[row.id], today),
                [pictures.when(step, today) for step in steps[row.id]],
            )
            for row in focus
            if row.id in steps
        ],
        moment=now,
    )


@bp.get("/trajecten/<slug>/spoor")
@doors.public
def trail(slug: str) -> ResponseReturnValue:
    """The trail of a process, and its ideas that went no further."""
    process, now = process_of(slug), clock.now()
    at, start = request.args.get("bij", ""), request.args.get("vanaf", 0, type=int)
    return render_template(
        "council/trail.html",
        process=process,
        title=process.title,
        way=trails.of_process(process.id, now),
        left=left_behind.of_process(process.id, at, start),
        at=at,
        refused=left_behind.refused(process.id),
    )
