"""The queue of the moderators: look, take the next text, hold it, let it go: requests in, answers out."""

from flask import Response, abort, flash, g, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError

from app.db import db
from app.domain.decision import NotAllowed
from app.features.moderation import claiming, places, queries, queue_queries, visits, words
from app.features.moderation.queue_queries import Choice, Place
from app.features.moderation.routes import bp as bp
from app.kit import clock, doors, jobs
from app.kit.identity import the_person
from app.models.queue import QueueItem

bp.add_app_template_filter(words.by_when, "by_when")
bp.add_app_template_filter(words.clock_time, "clock_time")
bp.add_app_template_filter(words.claimed_until, "claimed_until")


@bp.get("/moderatie")
@doors.moderator
def queue() -> ResponseReturnValue:
    """What waits, oldest first: by kind (`soort`), call (`oproep`), part (`deel`) and words (`zoek`)."""
    now, moderator = clock.now(), the_person()
    choice, after = Choice.read(request.args), Place.read(request.args.get("na", ""))
    rows, following = queue_queries.waiting(choice, moderator.id, now, after)
    counts = queue_queries.counts(moderator.id, now, choice)
    calls = [(slug, f"{title} ({number})") for slug, title, number in counts.calls]
    g.desk_visitor = moderator.id
    return render_template(
        "moderation/queue.html",
        rows=rows,
        following=following,
        after=after,
        choice=choice,
        counts=counts,
        call_options=[("", _("All calls")), *calls],
        ticked="alles" in request.args,
        fresh=queries.fresh_decision(moderator.id, now),
        address_of=places.of_item,
    )


@bp.post("/moderatie/volgende")
@doors.moderator
def next_() -> ResponseReturnValue:
    """Take the oldest text that nobody is at, after the one that is let go (`na`), and open it."""
    after = Place.read(request.form.get("na", ""))
    following = claiming.skip(the_person(), clock.now(), after)
    if following is None:
        flash(_("Nothing else waits that you can decide on now."), "info")
        return redirect(url_for("moderation.queue"), code=303)
    return redirect(places.of_item(following), code=303)


@bp.post("/moderatie/wachtrij/<int:item_id>/oppakken")
@doors.moderator
def claim(item_id: int) -> ResponseReturnValue:
    """Take this text and open it; others see who is at it."""
    item = _item(item_id)
    address = places.of_item(item)
    try:
        claiming.claim(the_person(), item, clock.now())
    except NotAllowed as no:
        db.session.rollback()
        flash(_(no.decision.refusal, **no.decision.values), "warning")
        return redirect(url_for("moderation.queue"), code=303)
    return redirect(address, code=303)


@bp.post("/moderatie/wachtrij/<int:item_id>/loslaten")
@doors.moderator
def release(item_id: int) -> ResponseReturnValue:
    """Leave this text to the others."""
    claiming.release(the_person(), _item(item_id), clock.now())
    flash(_("You let the text go. Another moderator can take it."))
    return redirect(url_for("moderation.queue"), code=303)


def _item(item_id: int) -> QueueItem:
    return db.session.get(QueueItem, item_id) or abort(404)


def _note_visit(response: Response) -> Response:
    """That a moderator looked, after the page was made: a busy database can wait for it."""
    visitor = g.pop("desk_visitor", None)
    if visitor is not None and response.status_code == 200:
        try:
            visits.note(visitor, clock.now())
        except OperationalError:
            db.session.rollback()
    return response


@bp.record
def _set_up(state: BlueprintSetupState) -> None:
    jobs.register(visits.JOB)
    state.app.jinja_env.globals["queue_words"] = words
    state.app.after_request_funcs.setdefault(bp.name, []).append(_note_visit)
