"""Published versions of an agenda: a list with what changed between two, one version, and its files."""

from flask import Blueprint, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue

from app.domain.agenda_changes import changes
from app.features.workshop import deviation_words, exports, published
from app.kit import clock, doors
from app.kit.limits import limiter
from app.policies.seals import may_read
from app.records import agenda_versions, agendas, frames
from app.records.agenda_versions import VersionRow
from app.records.agendas import WorkshopRow

bp = Blueprint("agenda_versions", __name__)
FEW = "60 per hour"
"""A file takes up to a second of the server to make."""


@bp.get("/werkateliers/<int:workshop_id>/agenda/versies")
@doors.public
def index(workshop_id: int) -> ResponseReturnValue:
    """All versions of an agenda, and what changed between two of them (`van`, `naar`)."""
    workshop = _readable(workshop_id)
    lines = agenda_versions.of_workshop(workshop_id)
    numbers = [line.number for line in lines]
    later = _chosen("naar", numbers) or (numbers[0] if numbers else 0)
    earlier = _chosen("van", numbers) or (numbers[1] if len(numbers) > 1 else later)
    told: list[str] | None = None
    if len(numbers) > 1:
        told = _difference(workshop_id, earlier, later)
    return render_template(
        "workshop/versions.html", workshop=workshop, lines=lines, earlier=earlier, later=later, changes=told
    )


@bp.get("/werkateliers/<int:workshop_id>/agenda/versies/<int:number>")
@doors.public
def show(workshop_id: int, number: int) -> ResponseReturnValue:
    """One version, with what changed since the one before it."""
    workshop = _readable(workshop_id)
    row = agenda_versions.get(workshop_id, number) or abort(404)
    newest = agenda_versions.of_workshop(workshop_id)[0].number
    return render_template(
        "workshop/version.html",
        workshop=workshop,
        version=published.version(workshop, row),
        newest=newest,
        changes=_difference(workshop_id, number - 1, number) if number > 1 else None,
    )


@bp.get(f"/werkateliers/<int:workshop_id>/agenda/versies/<int:number>/<any({exports.NAMES}):name>")
@doors.public
@limiter.limit(FEW)
def file(workshop_id: int, number: int, name: str) -> ResponseReturnValue:
    """A version as a file, in the language of the address."""
    workshop = _readable(workshop_id)
    row = agenda_versions.get(workshop_id, number) or abort(404)
    made = exports.make(name, published.version(workshop, row))
    answer = current_app.response_class(made.data, content_type=made.media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{made.filename}"'
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _readable(workshop_id: int) -> WorkshopRow:
    """The workshop, unless nobody may see how the votes stand now: its agenda would tell."""
    workshop = agendas.workshop(workshop_id) or abort(404)
    frame = frames.of_call(workshop.call_slug) or abort(404)
    may_read(frame.call.hides_counts(clock.now())).or_raise()
    return workshop


def _chosen(name: str, numbers: list[int]) -> int | None:
    found = request.args.get(name, type=int)
    return found if found in numbers else None


def _difference(workshop_id: int, before: int, after: int) -> list[str]:
    rows: list[VersionRow] = [
        agenda_versions.get(workshop_id, number) or abort(404) for number in (before, after)
    ]
    return [deviation_words.change(each) for each in changes(rows[0].document, rows[1].document)]
