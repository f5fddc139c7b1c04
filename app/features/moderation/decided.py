"""What was decided, undoing it, and notes beside texts: requests in, answers out."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.db import db
from app.domain.decision import Decision, NotAllowed
from app.features.moderation import claiming, forms, places, queries, queue_queries, undoing
from app.features.moderation.together import bp as bp
from app.kit import clock, doors, paths
from app.kit.identity import the_person
from app.models.argument import Argument
from app.models.idea import Idea
from app.models.moderation import ModerationDecision
from app.models.practice import Practice
from app.policies.moderation import may_read
from app.records import notes, reports

NOTED: dict[str, Any] = {
    "idee": Idea,
    "argument": Argument,
    "praktijk": Practice,
}


@bp.get("/moderatie/besluiten")
@doors.moderator
def decisions() -> ResponseReturnValue:
    """What was decided, newest first."""
    before = request.args.get("voor", type=paths.number)
    rows, following = queries.decisions(before)
    return render_template(
        "moderation/decisions.html",
        rows=rows,
        following=following,
        before=before,
        waiting=queue_queries.total(),
        address_of=places.of_text,
    )


@bp.post("/moderatie/besluiten/<int:decision_id>/ongedaan")
@doors.moderator
def undo(decision_id: int) -> ResponseReturnValue:
    """Put a decision back within ten minutes."""
    decision = db.session.get(ModerationDecision, decision_id) or abort(404)
    argument_id, practice_id, idea_id = decision.argument_id, decision.practice_id, decision.idea_id
    try:
        undoing.undo(the_person(), decision, clock.now())
    except NotAllowed as no:
        db.session.rollback()
        return _not_undone([no.decision])
    flash(_("Undone. The text is where it was, and no mail goes out."))
    return redirect(places.of_text(idea_id, argument_id, practice_id), code=303)


@bp.post("/moderatie/samen/<batch>/ongedaan")
@doors.moderator
def undo_together(batch: str) -> ResponseReturnValue:
    """Put back everything that was decided in one step."""
    undone = undoing.undo_batch(the_person(), batch, clock.now())
    if not undone.done and not undone.left:
        abort(404)
    if undone.left:
        _not_undone(list({no.refusal: no for _decision, no in undone.left}.values()))
    if undone.done:
        flash(ngettext("One decision undone.", "%(num)s decisions undone.", undone.done))
    return redirect(url_for("moderation.decisions"), code=303)


@bp.post("/moderatie/notities/<kind>/<int:number>")
@doors.moderator
def note(kind: str, number: int) -> ResponseReturnValue:
    """Write something down for the other moderators."""
    if kind not in NOTED:
        abort(404)
    text: notes.Text = db.session.get(NOTED[kind], number) or abort(404)
    form = forms.NoteForm(prefix="note-")
    if isinstance(text, Idea) and not may_read(the_person(), text):
        abort(404)
    is_idea, is_practice = isinstance(text, Idea), isinstance(text, Practice)
    here = places.of_text(
        number if is_idea else None,
        None if is_idea or is_practice else number,
        number if is_practice else None,
    )
    if not form.validate():
        page = render_template(
            "moderation/note.html",
            form=form,
            kind=kind,
            number=number,
            here=here + "#notes",
            text_title=reports.title_of(text),
        )
        return page, 400
    claiming.add_note(the_person(), text, str(form.text.data), clock.now())
    flash(_("Your note is there for the other moderators."))
    return redirect(here + "#notes", code=303)


def _not_undone(sentences: list[Decision]) -> ResponseReturnValue:
    for no in sentences:
        flash(_(no.refusal, **no.values), "warning")
    return redirect(url_for("moderation.decisions"), code=303)
