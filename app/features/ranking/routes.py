"""The ranking of ideas and themes, explained: requests in, answers out."""

from flask import Blueprint, abort, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from app.domain.ranking import Method, number
from app.domain.ranking.canonical import sha256
from app.features.ranking import gallery, queries, words
from app.features.ranking.jobs import JOBS
from app.kit import clock, doors, jobs, paths
from app.records import frames, stands

bp = Blueprint("ranking", __name__)
METHODS = (
    Method.DRAAGVLAK,
    Method.ZEKERHEID,
    Method.NETTO,
    Method.BRUG,
    Method.OMSTREDEN,
    Method.GROEPSVERSCHIL,
)


@bp.record
def _set_up(state: BlueprintSetupState) -> None:
    for job in JOBS:
        jobs.register(job)
    state.app.jinja_env.globals.update(words.context())


@bp.get("/ranglijst")
@doors.public
def index() -> ResponseReturnValue:
    """The ranking of ideas of a call (`oproep`) by a method (`methode`), from a place on (`vanaf`)."""
    frame = frames.of_call(request.args.get("oproep", "")) or abort(404)
    moment = clock.now()
    wanted = request.args.get("methode", "")
    method = Method(wanted) if wanted in METHODS else Method.DRAAGVLAK
    hidden = frame.call.hides_counts(moment)
    page = None
    if not hidden:
        start = request.args.get("vanaf", 1, type=paths.number)
        page = queries.ideas_page(frame, method, start - 1)
    return render_template(
        "ranking/index.html",
        frame=frame,
        method=method,
        methods=METHODS,
        page=page,
        per_page=queries.PER_PAGE,
        newest=None if hidden else stands.newest(frame.call.id),
        seed_hash=sha256(frame.rules.seed),
    )


@bp.get("/ranglijst/themas")
@doors.public
def themes() -> ResponseReturnValue:
    """The ranking of themes of a call: one person, one vote per theme."""
    frame = frames.of_call(request.args.get("oproep", "")) or abort(404)
    hidden = frame.call.hides_counts(clock.now())
    standing = {} if hidden else queries.themes_standing(frame.call.id, clock.now())
    tags = {tag.id: tag for tag in frame.themes}
    return render_template(
        "ranking/themes.html",
        frame=frame,
        hidden=hidden,
        standing=standing,
        tags=tags,
        number=number,
        newest=None if hidden else stands.newest(frame.call.id),
        seed_hash=sha256(frame.rules.seed),
    )


@bp.get("/ranglijst/beelden")
@doors.public
def pictures() -> ResponseReturnValue:
    """The ranking of a call (`oproep`) in pictures; residents are compared with another group (`met`)."""
    frame = frames.of_call(request.args.get("oproep", "")) or abort(404)
    moment = clock.now()
    other = gallery.other_group(request.args.get("met", ""))
    shown = None if frame.call.hides_counts(moment) else gallery.show(frame, other, moment)
    pairs = [
        (
            gallery.pair_name(group),
            url_for("ranking.pictures", oproep=frame.call.slug, met=group.value),
            group is other,
        )
        for group in gallery.OTHERS
    ]
    return render_template("ranking/pictures.html", frame=frame, shown=shown, pairs=pairs)


@bp.get("/over/rangschikking")
@doors.public
def explained() -> ResponseReturnValue:
    """How the ranking and the agenda are computed, with the values in force."""
    return render_template("ranking/explained.html", frame=frames.of_call(), methods=METHODS)
