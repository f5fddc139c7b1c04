"""The way from question to decision: requests in, answers out."""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from app.domain.ballot import Group
from app.features.processes import queries, words
from app.kit import clock, doors
from app.kit.identity import current_person
from app.policies.gatherings import may_cancel, may_register
from app.policies.taking_part import may_submit
from app.records import attachments, calls, council, processes, registrations, trails

bp = Blueprint("processes", __name__)


@bp.app_context_processor
def _words() -> dict[str, object]:
    return {"process_words": words}


@bp.get("/trajecten")
@doors.public
def index() -> ResponseReturnValue:
    """All processes."""
    return render_template("processes/index.html", processes=queries.all_processes())


@bp.get("/trajecten/<slug>")
@doors.public
def show(slug: str) -> ResponseReturnValue:
    """One process: question, phases, activities, numbers, and what became of it."""
    process = queries.process_by_slug(slug) or abort(404)
    moment = clock.now()
    person = current_person()
    found = calls.of_process(process.id)
    return render_template(
        "processes/show.html",
        process=process,
        moment=moment,
        calls=[(call, may_submit(person, call, moment)) for call in found],
        activities=queries.activities_of(process.id),
        numbers=processes.numbers_of(process.id, found, moment),
        themes=processes.themes_of(process.id),
        focus=council.focus_of(process.id),
        decisions=council.decisions_of(process.id),
    )


@bp.get("/activiteiten/<int:activity_id>")
@doors.public
def activity(activity_id: int) -> ResponseReturnValue:
    """One activity with its programme and findings."""
    found = queries.activity(activity_id) or abort(404)
    what, process, workshop_id, call = found
    moment, person = clock.now(), current_person()
    return render_template(
        "processes/activity.html",
        activity=what,
        places=registrations.places(
            activity_id,
            what.capacity,
            person.id if person else None,
            person.group if person else Group.RESIDENT,
        ),
        may_register=may_register(person, what, moment),
        may_cancel=may_cancel(what, moment),
        files=attachments.files_of(activity_id),
        process=process,
        workshop_id=workshop_id,
        call=calls.get(call.id) if call else None,
        parts=processes.programme_of(activity_id),
        outcomes=queries.outcomes_of(workshop_id) if workshop_id else [],
        moment=moment,
    )


@bp.get("/themas")
@doors.public
def themes() -> ResponseReturnValue:
    """The themes of the current process."""
    process = processes.current_process()
    return render_template(
        "processes/themes.html", process=process, themes=processes.themes_of(process.id) if process else []
    )


@bp.get("/themas/<int:theme_id>")
@doors.public
def theme(theme_id: int) -> ResponseReturnValue:
    """One theme: what it is about, how it stands, its newest ideas."""
    found = queries.theme(theme_id) or abort(404)
    what, process = found
    moment = clock.now()
    found_calls = calls.of_process(process.id)
    shown = [call.id for call in found_calls if not call.hides_counts(moment)]
    return render_template(
        "processes/theme.html",
        theme=what,
        process=process,
        calls=found_calls,
        moment=moment,
        standing=queries.theme_standing(theme_id, shown),
        way=trails.of_theme(theme_id, moment),
    )
