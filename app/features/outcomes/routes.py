"""What the room concluded: read by everybody, written by facilitators: requests in, answers out."""

from typing import Any

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_datetime
from flask_babel import gettext as _

from app.db import db
from app.domain.decision import NotAllowed
from app.features.outcomes import agenda, finishing, queries, service
from app.features.outcomes.forms import OutcomeForm
from app.features.outcomes.queries import Item
from app.kit import clock, doors
from app.kit.forms import csrf
from app.kit.identity import current_person, the_person
from app.kit.limits import ROOM, limiter
from app.policies.outcomes import is_correction, may_finish, may_read_report, may_remove, may_write
from app.policies.room import hours_awake
from app.records import agendas, outcomes
from app.records.agendas import WorkshopRow

bp = Blueprint("outcomes", __name__)
TYPING = "1200 per 10 minutes"
"""For what the form saves by itself while somebody types."""


@bp.get("/werkateliers/<int:workshop_id>/opbrengsten")
@doors.public
def index(workshop_id: int) -> ResponseReturnValue:
    """What the room concluded, in the order of the agenda."""
    workshop, now = known(workshop_id), clock.now()
    person = current_person()
    frame, tags = agenda.tags(workshop)
    evening = agenda.planned(workshop, frame, now)
    items = queries.items(workshop_id, evening, tags)
    named = {item.theme_id for item in items}
    sees_all = bool(may_read_report(person, workshop.finished_at))
    return render_template(
        "outcomes/index.html",
        workshop=workshop,
        items=items,
        others=[tag for tag in frame.themes if tag.id not in named],
        pictures=queries.pictures(workshop_id) if sees_all else [],
        may_write=may_write(person, workshop, now),
        may_finish=may_finish(person, workshop, now),
        sees_report=sees_all and any(item.outcome for item in items),
    )


@bp.get("/werkateliers/<int:workshop_id>/opbrengsten/<int:theme_id>")
@doors.facilitator
def write(workshop_id: int, theme_id: int) -> ResponseReturnValue:
    """The form of one theme."""
    workshop = known(workshop_id)
    return _writing_page(workshop, theme_id, OutcomeForm.of(outcomes.of_theme(workshop_id, theme_id)))


@bp.post("/werkateliers/<int:workshop_id>/opbrengsten/<int:theme_id>")
@doors.facilitator
@csrf.exempt
@limiter.limit(ROOM)
def save(workshop_id: int, theme_id: int) -> ResponseReturnValue:
    """Keep what stands in the form. What somebody else wrote in the meantime is shown beside it."""
    workshop, now = known(workshop_id), clock.now()
    form = _form(workshop)
    if not form.validate_on_submit():
        stale = (
            ""
            if form.all_errors
            else _("Your session had expired. Your text is still here: send it once more.")
        )
        return _writing_page(workshop, theme_id, form, notice=stale), 400
    try:
        service.write(the_person(), workshop_id, theme_id, form.text, form.seen, form.why.data or "", now)
    except service.Overtaken as other:
        form.number.data = str(other.now.number if other.now else 0)
        return _writing_page(workshop, theme_id, form, overtaken=True), 409
    except NotAllowed as no:
        db.session.rollback()
        return _writing_page(
            workshop, theme_id, form, notice=_(no.decision.refusal, **no.decision.values)
        ), 403
    flash(_("This has been written down."))
    return redirect(url_for("outcomes.index", workshop_id=workshop_id, _anchor=f"thema-{theme_id}"), code=303)


@bp.post("/werkateliers/<int:workshop_id>/opbrengsten/<int:theme_id>/bewaren")
@doors.facilitator
@limiter.limit(TYPING)
def keep(workshop_id: int, theme_id: int) -> ResponseReturnValue:
    """Keep it while it is typed, and say when, or why not; a correction is only kept when it is sent."""
    workshop, now = known(workshop_id), clock.now()
    form = _form(workshop)
    if form.is_correction:
        return _not_kept(_("Not saved yet: say why you change it, and save it."))
    form.validate()
    if form.all_errors:
        return _not_kept(_("Not saved yet: %(fault)s", fault=form.all_errors[0][1]))
    try:
        saved = service.write(the_person(), workshop_id, theme_id, form.text, form.seen, "", now)
    except service.Overtaken as other:
        return _not_kept(
            _("Somebody else changed this text. Press the button to see both; nothing you typed is lost."),
            number=other.now.number if other.now else 0,
            there=_plain(other.now),
        )
    except NotAllowed as no:
        db.session.rollback()
        return _not_kept(_(no.decision.refusal, **no.decision.values))
    sentence = _("Saved at %(time)s.", time=format_datetime(now, "HH:mm:ss"))
    return jsonify({"saved": True, "sentence": sentence, "number": saved.number})


@bp.post("/werkateliers/<int:workshop_id>/opbrengsten/<int:theme_id>/weg")
@doors.facilitator
@limiter.limit(ROOM)
def remove(workshop_id: int, theme_id: int) -> ResponseReturnValue:
    """Throw away what was written with the wrong theme."""
    workshop = known(workshop_id)
    form = OutcomeForm()
    try:
        service.remove(the_person(), workshop_id, theme_id, form.seen, clock.now())
    except service.Overtaken:
        row = outcomes.of_theme(workshop_id, theme_id)
        return _writing_page(workshop, theme_id, OutcomeForm.of(row), overtaken=True), 409
    flash(_("This outcome has been thrown away."))
    return redirect(url_for("outcomes.index", workshop_id=workshop_id), code=303)


@bp.get("/werkateliers/<int:workshop_id>/opbrengsten/<int:theme_id>/geschiedenis")
@doors.public
def history(workshop_id: int, theme_id: int) -> ResponseReturnValue:
    """The texts that an outcome has had, and why it was corrected."""
    workshop = known(workshop_id)
    row = outcomes.of_theme(workshop_id, theme_id) or abort(404)
    _frame, tags = agenda.tags(workshop)
    person = current_person()
    whole = person is not None and person.is_facilitator
    return render_template(
        "outcomes/history.html",
        workshop=workshop,
        tag=tags.get(theme_id) or abort(404),
        outcome=row,
        steps=queries.history(row.id, whole=whole),
        whole=whole,
    )


@bp.get("/werkateliers/<int:workshop_id>/opbrengsten/afronden")
@doors.facilitator
def finishing_page(workshop_id: int) -> ResponseReturnValue:
    """What finishing the evening does, before it is done."""
    workshop, now = known(workshop_id), clock.now()
    return render_template(
        "outcomes/finish.html",
        workshop=workshop,
        outlook=finishing.outlook(workshop, now),
        decision=may_finish(the_person(), workshop, now),
    )


@bp.post("/werkateliers/<int:workshop_id>/opbrengsten/afronden")
@doors.facilitator
@limiter.limit(ROOM)
def finish(workshop_id: int) -> ResponseReturnValue:
    """Finish the evening; once more changes nothing."""
    known(workshop_id)
    finishing.finish(the_person(), workshop_id, clock.now())
    flash(_("The evening has been finished. Its report is public now."))
    return redirect(url_for("outcomes.index", workshop_id=workshop_id), code=303)


@bp.post("/werkateliers/<int:workshop_id>/opbrengsten/heropenen")
@doors.facilitator
@limiter.limit(ROOM)
def reopen(workshop_id: int) -> ResponseReturnValue:
    """Open an evening that was finished too early."""
    known(workshop_id)
    finishing.reopen(the_person(), workshop_id, clock.now())
    flash(_("The evening is open again. Nobody will be told a second time."))
    return redirect(url_for("outcomes.index", workshop_id=workshop_id), code=303)


def known(workshop_id: int) -> WorkshopRow:
    """The workshop, or not found."""
    return agendas.workshop(workshop_id) or abort(404)


def _form(workshop: WorkshopRow) -> OutcomeForm:
    form = OutcomeForm()
    form.is_correction = is_correction(workshop, workshop.finished_at, clock.now())
    return form


def _not_kept(sentence: str, **more: Any) -> ResponseReturnValue:
    return jsonify({"saved": False, "sentence": sentence, **more}), 409


def _plain(row: outcomes.OutcomeRow | None) -> dict[str, Any]:
    """The text that stands there now, as the script of the form compares it with what it sent."""
    text = row.text if row else outcomes.OutcomeText()
    return {
        "conclusion": text.conclusion,
        "points": "\n".join(text.elements),
        "questions": "\n".join(text.questions),
        "taken_by": text.taken_by,
    }


def _writing_page(
    workshop: WorkshopRow, theme_id: int, form: OutcomeForm, *, notice: str = "", overtaken: bool = False
) -> str:
    """The form of a theme, with its neighbours on the agenda and, after a clash, the text that stands there."""
    now, person = clock.now(), the_person()
    frame, tags = agenda.tags(workshop)
    tag = tags.get(theme_id) or abort(404)
    row = outcomes.of_theme(workshop.id, theme_id)
    items = queries.items(workshop.id, agenda.planned(workshop, frame, now), tags)
    place = next((at for at, item in enumerate(items) if item.theme_id == theme_id), None)
    form.is_correction = is_correction(workshop, workshop.finished_at, now)
    before: Item | None = items[place - 1] if place else None
    after: Item | None = items[place + 1] if place is not None and place + 1 < len(items) else None
    return render_template(
        "outcomes/write.html",
        workshop=workshop,
        awake=hours_awake(workshop, now),
        tag=tag,
        form=form,
        row=row,
        notice=notice,
        overtaken=overtaken,
        part=items[place].part if place is not None else None,
        before=before,
        after=after,
        decision=may_write(person, workshop, now),
        may_remove=may_remove(person, workshop, workshop.finished_at, now),
    )
