"""The ranking of ideas and themes, explained: requests in, answers out."""

from typing import Any

from flask import Blueprint, abort, jsonify, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from app.domain.ranking import Method, ThemeMethod, Weighting
from app.domain.ranking.canonical import sha256
from app.features.ranking import explained as explanation
from app.features.ranking import gallery, moves, queries, words
from app.features.ranking import register as register_entry
from app.features.ranking.jobs import JOBS
from app.kit import clock, doors, jobs, paths
from app.records import excluded, frames, processes, recounts, stands
from app.records.frames import Frame

bp = Blueprint("ranking", __name__)
METHODS = (
    Method.DRAAGVLAK,
    Method.ZEKERHEID,
    Method.NETTO,
    Method.BRUG,
    Method.OMSTREDEN,
    Method.GROEPSVERSCHIL,
    Method.ACTUEEL,
)


@bp.record
def _set_up(state: BlueprintSetupState) -> None:
    for job in JOBS:
        jobs.register(job)
    state.app.jinja_env.globals.update(words.context())


@bp.get("/ranglijst")
@doors.public
def index() -> ResponseReturnValue:
    """The ranking of ideas of a call (`oproep`) by a method (`methode`) and weighting (`weging`), from a place on
    (`vanaf`)."""
    frame = frames.of_call(request.args.get("oproep", "")) or abort(404)
    moment = clock.now()
    wanted = request.args.get("methode", "")
    method = Method(wanted) if wanted in METHODS else Method.DRAAGVLAK
    weighting = _weighting(frame)
    hidden = frame.call.hides_counts(moment)
    page = None
    if not hidden:
        start = request.args.get("vanaf", 1, type=paths.number)
        page = queries.ideas_page(frame, method, weighting, start - 1, moment)
    return render_template(
        "ranking/index.html",
        frame=frame,
        method=method,
        methods=METHODS,
        page=page,
        per_page=queries.PER_PAGE,
        **_around(frame, weighting, hidden=hidden),
    )


@bp.get("/ranglijst/themas")
@doors.public
def themes() -> ResponseReturnValue:
    """The ranking of themes of a call by a method (`methode`) and weighting (`weging`)."""
    frame = frames.of_call(request.args.get("oproep", "")) or abort(404)
    moment = clock.now()
    wanted = request.args.get("methode", "")
    method = ThemeMethod(wanted) if wanted in tuple(ThemeMethod) else ThemeMethod.MEERDERHEID
    weighting = _weighting(frame)
    hidden = frame.call.hides_counts(moment)
    return render_template(
        "ranking/themes.html",
        frame=frame,
        method=method,
        methods=tuple(ThemeMethod),
        page=None if hidden else queries.themes_page(frame, method, weighting, moment),
        **_around(frame, weighting, hidden=hidden),
    )


def _weighting(frame: Frame) -> Weighting:
    wanted = request.args.get("weging", "")
    return Weighting(wanted) if wanted in tuple(Weighting) else frame.rules.weighting


def _around(frame: Frame, weighting: Weighting, *, hidden: bool) -> dict[str, Any]:
    """What stands around both rankings: the ways to weigh, the last seal, whether rules changed while people vote."""
    phase, chosen = frame.call.phase(clock.now()), frame.chosen
    return {
        "weighting": weighting,
        "weightings": [(each, moves.short_name(each)) for each in Weighting],
        "changed_meanwhile": bool(phase and phase.may_vote and chosen and chosen.at >= phase.starts_at),
        "newest": None if hidden else stands.newest(frame.call.id),
        "excluded": {} if hidden or not frame.leaves_out else excluded.of_call(frame.call.id),
        "seed_hash": sha256(frame.rules.seed),
    }


@bp.get("/ranglijst/beelden")
@doors.public
def pictures() -> ResponseReturnValue:
    """The ranking of a call (`oproep`) in pictures; residents are compared with another group (`met`)."""
    frame = frames.of_call(request.args.get("oproep", "")) or abort(404)
    moment = clock.now()
    other = gallery.other_group(request.args.get("met", ""))
    shown = None if frame.call.hides_counts(moment) else gallery.show(frame, other)
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
    """How the ranking and the agenda are computed: a worked example, and the values in force."""
    frame = frames.of_call()
    return render_template(
        "ranking/explained.html",
        frame=frame,
        e=explanation.explain(),
        versions=register_entry.versions(),
        seed_hash=sha256(frame.rules.seed) if frame else "",
        recount=recounts.last(),
        **explanation.helpers(),
    )


@bp.get("/over/algoritmeregister")
@doors.public
def register() -> ResponseReturnValue:
    """The entry of the ranking for the national register of algorithms."""
    process, frame = processes.current_process(), frames.of_call()
    return render_template(
        "ranking/register.html",
        frame=frame,
        sections=register_entry.sections(frame, process.starts_at if process else None),
    )


@bp.get("/open-data/algoritmeregister")
@doors.public
def register_data() -> ResponseReturnValue:
    """The same as a file."""
    process, frame = processes.current_process(), frames.of_call()
    found = register_entry.sections(frame, process.starts_at if process else None)
    answer = jsonify(register_entry.document(found, frame))
    answer.headers["Content-Disposition"] = "attachment; filename=algoritmeregister.json"
    return answer
