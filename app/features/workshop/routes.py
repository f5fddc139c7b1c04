"""The werkatelier and its agenda, drafted from the ranking: requests in, answers out."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.db import db
from app.domain.ranking import AgendaMethod, Weighting
from app.features.workshop import (
    builder,
    comparison,
    forms,
    inviting,
    ordering,
    published,
    publishing,
    service,
    view,
    words,
)
from app.kit import clock, doors, paths
from app.kit.forms import Form
from app.kit.identity import the_person
from app.models.workshop import AgendaItemKind
from app.policies.room import may_check_in
from app.records import agenda_versions, agendas, frames, outcomes, standings, stands

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
    """One workshop with its agenda, by group or by person (`weging`).

    The agenda follows from the last standing that was sealed for it; `stand=voorlopig` shows what the votes of this
    moment would make of it. While nobody may see counts there is only what was decided: the published agenda, bare.
    """
    workshop = agendas.workshop(workshop_id) or abort(404)
    frame = frames.of_call(workshop.call_slug) or abort(404)
    moment = clock.now()
    hidden = frame.call.hides_counts(moment)
    provisional = request.args.get("stand", "") == "voorlopig"
    if workshop.version and (hidden or not provisional):
        newest = agenda_versions.newest(workshop_id) or abort(404)
        return _decided(workshop, frame, newest) if hidden else _published(workshop, frame, newest)
    plans = None if hidden else agendas.plans(workshop, moment, provisional=provisional)
    usual = (plans.usual if plans else None) or frame.rules.weighting
    wanted = request.args.get("weging", "")
    weighting = Weighting(wanted) if wanted in tuple(Weighting) else usual
    tags = {tag.id: tag for tag in frame.themes}
    agenda = view.agenda(workshop, plans, tags, weighting, usual) if plans else None
    over = workshop.is_over(moment)
    return render_template(
        "workshop/show.html",
        workshop=workshop,
        frame=frame,
        agenda=agenda,
        table=comparison.table(plans, tags, usual) if plans else None,
        plans=plans,
        provisional=provisional
        and plans is not None
        and (plans.sealed is not None or workshop.version is not None),
        over=over,
        weighting=weighting,
        usual=usual,
        method=AgendaMethod.MES_ADD1,
        weightings=[usual, *(each for each in Weighting if each is not usual)],
        weighting_name=words.weighting_name,
        tags=tags,
        outcomes=outcomes.of_workshop(workshop_id) if workshop.outcomes else [],
        is_open=bool(may_check_in(workshop, moment)),
    )


def _published(
    workshop: agendas.WorkshopRow, frame: frames.Frame, newest: agenda_versions.VersionRow
) -> ResponseReturnValue:
    """The workshop with the version of its agenda that counts."""
    moment = clock.now()
    over = workshop.is_over(moment)
    draft_moved, votes_moved = (
        (False, False)
        if over
        else published.since(newest, publishing.draft(workshop, frame, moment, compute=False))
    )
    return render_template(
        "workshop/published.html",
        workshop=workshop,
        frame=frame,
        over=over,
        version=published.version(workshop, newest),
        draft_moved=draft_moved,
        votes_moved=votes_moved,
        tags={tag.id: tag for tag in frame.themes},
        outcomes=outcomes.of_workshop(workshop.id) if workshop.outcomes else [],
        is_open=bool(may_check_in(workshop, moment)),
    )


def _decided(
    workshop: agendas.WorkshopRow, frame: frames.Frame, newest: agenda_versions.VersionRow
) -> ResponseReturnValue:
    """The workshop with its published agenda while nobody may see counts."""
    moment = clock.now()
    return render_template(
        "workshop/decided.html",
        workshop=workshop,
        over=workshop.is_over(moment),
        version=published.bare(published.version(workshop, newest)),
        tags={tag.id: tag for tag in frame.themes},
        outcomes=outcomes.of_workshop(workshop.id) if workshop.outcomes else [],
        is_open=bool(may_check_in(workshop, moment)),
    )


@bp.get("/werkateliers/<int:workshop_id>/agenda")
@doors.facilitator
def arrange(workshop_id: int) -> ResponseReturnValue:
    """Where a facilitator arranges the agenda."""
    return _builder(workshop_id)


@bp.post("/werkateliers/<int:workshop_id>/agenda/minuten")
@doors.facilitator
def set_minutes(workshop_id: int) -> ResponseReturnValue:
    """Give the workshop another length."""
    form = forms.WorkshopForm(prefix="workshop-")
    if not form.validate_on_submit():
        return _builder(workshop_id, form)
    _known(workshop_id)
    service.set_minutes(the_person(), workshop_id, form.minutes.data or 0, clock.now())
    return _done(workshop_id, _("The minutes have been changed."))


@bp.post("/werkateliers/<int:workshop_id>/agenda/blokken")
@doors.facilitator
def add_block(workshop_id: int) -> ResponseReturnValue:
    """Add a block of time."""
    form = forms.NewBlockForm(prefix="new-")
    if not form.validate_on_submit():
        return _builder(workshop_id, form)
    _known(workshop_id)
    kind = AgendaItemKind(form.kind.data)
    service.add_block(
        the_person(), workshop_id, kind, form.title.data or "", form.minutes.data or 0, clock.now()
    )
    return _done(workshop_id, _("The part has been added."))


@bp.post("/werkateliers/<int:workshop_id>/agenda/blokken/<int:item_id>")
@doors.facilitator
def change_block(workshop_id: int, item_id: int) -> ResponseReturnValue:
    """Give a block another title or other minutes."""
    form = forms.BlockForm(prefix=f"block-{item_id}-")
    if not form.validate_on_submit():
        return _builder(workshop_id, form)
    _known(workshop_id)
    service.change_block(
        the_person(), workshop_id, item_id, form.title.data or "", form.minutes.data or 0, clock.now()
    )
    return _done(workshop_id, _("The part has been changed."))


@bp.post("/werkateliers/<int:workshop_id>/agenda/themas")
@doors.facilitator
def place_theme(workshop_id: int) -> ResponseReturnValue:
    """Pin or skip a theme."""
    frame = frames.of_call(_known(workshop_id).call_slug) or abort(404)
    lengths = standings.theme_minutes_of(frame.call.id)
    form = forms.ThemeForm(frame.themes, lengths, prefix="theme-")
    if not form.validate_on_submit():
        return _builder(workshop_id, form)
    kind = AgendaItemKind(form.kind.data)
    service.place_theme(
        the_person(),
        workshop_id,
        form.theme.data,
        kind,
        form.minutes.data or 0,
        form.reason.data or "",
        clock.now(),
    )
    return _done(workshop_id, _("The theme has been fixed."))


@bp.post("/werkateliers/<int:workshop_id>/agenda/stand")
@doors.facilitator
def choose_basis(workshop_id: int) -> ResponseReturnValue:
    """Have the agenda follow from another standing."""
    form = forms.BasisForm(
        builder.sealed_choices(stands.of_calls([_known(workshop_id).call_id])), prefix="basis-"
    )
    if not form.validate_on_submit():
        return _builder(workshop_id, form)
    basis, number = form.chosen
    service.choose_basis(the_person(), workshop_id, basis, number, clock.now())
    return _done(workshop_id, _("The agenda follows from it now."))


@bp.post("/werkateliers/<int:workshop_id>/agenda/volgorde")
@doors.facilitator
def move(workshop_id: int) -> ResponseReturnValue:
    """Put a part at a place (`move`: its key, the place, and which button said so); or say anew why."""
    _known(workshop_id)
    form = forms.OrderForm(prefix="order-")
    if not form.validate_on_submit():
        return _builder(workshop_id, form)
    key, to, button = (*request.form.get("move", "").split(" ", 2), "", "")[:3]
    if not key:
        ordering.give_reason(the_person(), workshop_id, form.reason.data or "", clock.now())
        return _back(workshop_id, "draft")
    place = builder.place_of(to)
    if place is None:
        abort(400)
    try:
        ordering.move_part(
            the_person(),
            workshop_id,
            key,
            place,
            form.reason.data or "",
            form.seen.data or "",
            clock.now(),
        )
    except service.Overtaken as error:
        return _overtaken(workshop_id, error, form)
    return _back(workshop_id, builder.anchor(key, button))


@bp.post("/werkateliers/<int:workshop_id>/agenda/volgorde/terug")
@doors.facilitator
def restore_order(workshop_id: int) -> ResponseReturnValue:
    """Let the parts stand as the votes have them again."""
    _known(workshop_id)
    ordering.restore_order(the_person(), workshop_id, clock.now())
    return _done(workshop_id, _("The parts stand in the order of the votes again."))


@bp.post("/werkateliers/<int:workshop_id>/agenda/publiceren")
@doors.facilitator
def publish(workshop_id: int) -> ResponseReturnValue:
    """Publish the draft as a version; a form that is sent twice publishes once."""
    _known(workshop_id)
    form = forms.PublishForm(is_first=request.form.get("publish-seen") == "0", prefix="publish-")
    if not form.validate_on_submit():
        return _builder(workshop_id, form)
    seen = form.seen.data or ""
    try:
        number = publishing.publish(
            the_person(),
            workshop_id,
            int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 7 else -1,
            form.mark.data or "",
            form.note.data or "",
            clock.now(),
        )
    except service.Overtaken as error:
        return _overtaken(workshop_id, error, form)
    return _done(workshop_id, _("Version %(number)s has been published.", number=number))


@bp.post("/werkateliers/<int:workshop_id>/agenda/uitnodigen/<int:theme_id>")
@doors.facilitator
def invite(workshop_id: int, theme_id: int) -> ResponseReturnValue:
    """Ask people (`people`, more than once) to come and talk about a theme."""
    workshop = _known(workshop_id)
    people = set(request.form.getlist("people", type=paths.number))
    tops = builder.tops(workshop, clock.now())
    if not people:
        flash(_("Choose whom you want to ask."))
        return _back(workshop_id, f"invite-{theme_id}")
    sent = inviting.invite(the_person(), workshop_id, theme_id, people, tops, clock.now())
    flash(
        ngettext("%(num)s person gets a mail.", "%(num)s people get a mail.", sent)
        if sent
        else _("They were asked already.")
    )
    return _back(workshop_id, f"invite-{theme_id}")


@bp.post("/werkateliers/<int:workshop_id>/agenda/uitnodigingen/<int:invitation_id>/intrekken")
@doors.facilitator
def withdraw_invitation(workshop_id: int, invitation_id: int) -> ResponseReturnValue:
    """Take an invitation back."""
    _known(workshop_id)
    inviting.withdraw(the_person(), workshop_id, invitation_id, clock.now())
    return _done(workshop_id, _("The invitation has been taken back."))


@bp.post("/werkateliers/<int:workshop_id>/agenda/weg/<int:item_id>")
@doors.facilitator
def remove_item(workshop_id: int, item_id: int) -> ResponseReturnValue:
    """Take away a block, or let the votes decide on a theme again."""
    _known(workshop_id)
    service.remove_item(the_person(), workshop_id, item_id, clock.now())
    return _done(workshop_id, _("The part has been removed."))


def _builder(workshop_id: int, faulty: Form | None = None) -> ResponseReturnValue:
    return builder.page(workshop_id, the_person(), clock.now(), faulty)


def _overtaken(
    workshop_id: int, error: service.Overtaken, form: forms.OrderForm | forms.PublishForm
) -> ResponseReturnValue:
    """The agenda as it is now, with what was typed, to be sent once more by who still wants it."""
    db.session.rollback()
    return builder.page(workshop_id, the_person(), clock.now(), overtaken=builder.Late(error.decision, form))


def _known(workshop_id: int) -> agendas.WorkshopRow:
    return agendas.workshop(workshop_id) or abort(404)


def _done(workshop_id: int, sentence: str) -> ResponseReturnValue:
    flash(sentence)
    return _back(workshop_id)


def _back(workshop_id: int, anchor: str | None = None) -> ResponseReturnValue:
    return redirect(url_for("workshop.arrange", workshop_id=workshop_id, _anchor=anchor), code=303)
