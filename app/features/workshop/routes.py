"""The werkatelier and its agenda, drafted from the ranking: requests in, answers out."""

from typing import Any, TypeVar

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.domain.ranking import AgendaMethod, Weighting
from app.features.workshop import comparison, forms, queries, service, view, words
from app.kit import clock, doors
from app.kit.forms import Form
from app.kit.identity import the_person
from app.models.workshop import AgendaItemKind
from app.policies.seals import may_seal
from app.policies.workshop import may_arrange
from app.records import agendas, frames, stands

bp = Blueprint("workshop", __name__)
F = TypeVar("F", bound=Form)


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
    moment would make of it.
    """
    workshop = agendas.workshop(workshop_id) or abort(404)
    frame = frames.of_call(workshop.call_slug) or abort(404)
    moment = clock.now()
    hidden = frame.call.hides_counts(moment)
    provisional = request.args.get("stand", "") == "voorlopig"
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
        provisional=provisional and plans is not None and plans.sealed is not None,
        over=over,
        weighting=weighting,
        usual=usual,
        method=AgendaMethod.MES_ADD1,
        weightings=[usual, *(each for each in Weighting if each is not usual)],
        weighting_name=words.weighting_name,
        tags=tags,
        outcomes=queries.outcomes_of(workshop_id) if over else [],
    )


@bp.get("/werkateliers/<int:workshop_id>/regie")
@doors.facilitator
def control(workshop_id: int) -> ResponseReturnValue:
    """Where a facilitator arranges the agenda and finds the screen."""
    return _control_page(workshop_id)


@bp.post("/werkateliers/<int:workshop_id>/regie/minuten")
@doors.facilitator
def set_minutes(workshop_id: int) -> ResponseReturnValue:
    """Give the workshop another length."""
    form = forms.WorkshopForm(prefix="workshop-")
    if not form.validate_on_submit():
        return _control_page(workshop_id, form)
    _known(workshop_id)
    service.set_minutes(the_person(), workshop_id, form.minutes.data or 0, clock.now())
    return _done(workshop_id, _("The minutes have been changed."))


@bp.post("/werkateliers/<int:workshop_id>/regie/blokken")
@doors.facilitator
def add_block(workshop_id: int) -> ResponseReturnValue:
    """Add a block of time."""
    form = forms.NewBlockForm(prefix="new-")
    if not form.validate_on_submit():
        return _control_page(workshop_id, form)
    _known(workshop_id)
    kind = AgendaItemKind(form.kind.data)
    service.add_block(
        the_person(), workshop_id, kind, form.title.data or "", form.minutes.data or 0, clock.now()
    )
    return _done(workshop_id, _("The part has been added."))


@bp.post("/werkateliers/<int:workshop_id>/regie/blokken/<int:item_id>")
@doors.facilitator
def change_block(workshop_id: int, item_id: int) -> ResponseReturnValue:
    """Give a block another title or other minutes."""
    form = forms.BlockForm(prefix=f"block-{item_id}-")
    if not form.validate_on_submit():
        return _control_page(workshop_id, form)
    _known(workshop_id)
    service.change_block(
        the_person(), workshop_id, item_id, form.title.data or "", form.minutes.data or 0, clock.now()
    )
    return _done(workshop_id, _("The part has been changed."))


@bp.post("/werkateliers/<int:workshop_id>/regie/themas")
@doors.facilitator
def place_theme(workshop_id: int) -> ResponseReturnValue:
    """Pin or skip a theme."""
    frame = frames.of_call(_known(workshop_id).call_slug) or abort(404)
    form = forms.ThemeForm(frame.themes, prefix="theme-")
    if not form.validate_on_submit():
        return _control_page(workshop_id, form)
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


@bp.post("/werkateliers/<int:workshop_id>/regie/weg/<int:item_id>")
@doors.facilitator
def remove_item(workshop_id: int, item_id: int) -> ResponseReturnValue:
    """Take away a block, or let the votes decide on a theme again."""
    _known(workshop_id)
    service.remove_item(the_person(), workshop_id, item_id, clock.now())
    return _done(workshop_id, _("The part has been removed."))


def _known(workshop_id: int) -> agendas.WorkshopRow:
    return agendas.workshop(workshop_id) or abort(404)


def _done(workshop_id: int, sentence: str) -> ResponseReturnValue:
    flash(sentence)
    return redirect(url_for("workshop.control", workshop_id=workshop_id), code=303)


def _control_page(workshop_id: int, faulty: Form | None = None) -> ResponseReturnValue:
    """The page with all its forms; the one with faults in it keeps what was typed."""
    workshop = _known(workshop_id)
    frame = frames.of_call(workshop.call_slug) or abort(404)
    moment = clock.now()
    tags = {tag.id: tag for tag in frame.themes}
    agenda = plans = None
    if not frame.call.hides_counts(moment):
        usual = frame.rules.weighting
        plans = agendas.plans(workshop, moment, provisional=True)
        agenda = view.agenda(workshop, plans, tags, usual, usual)
    fixed = agendas.fixed_items(workshop_id)

    def form(kind: type[F], prefix: str, *given: Any, **values: Any) -> F:
        if isinstance(faulty, kind) and faulty._prefix == prefix:
            return faulty
        return kind(*given, formdata=None, prefix=prefix, **values)

    page = render_template(
        "workshop/control.html",
        workshop=workshop,
        agenda=agenda,
        sealed=plans.sealed if plans else stands.of_workshop(workshop_id),
        may_seal=may_seal(the_person(), workshop, moment),
        tags=tags,
        words=words,
        decision=may_arrange(the_person(), workshop, moment),
        faulty=faulty,
        workshop_form=form(forms.WorkshopForm, "workshop-", data={"minutes": workshop.minutes}),
        blocks=[
            (
                item,
                form(
                    forms.BlockForm, f"block-{item.id}-", data={"title": item.title, "minutes": item.minutes}
                ),
            )
            for item in fixed
            if item.is_block
        ],
        block_form=form(forms.NewBlockForm, "new-", data={"minutes": 10}),
        themes=[item for item in fixed if not item.is_block and item.theme_id in tags],
        theme_form=form(forms.ThemeForm, "theme-", frame.themes, data={"minutes": 30}),
        taken=sum(item.minutes for item in fixed if item.kind != AgendaItemKind.SKIPPED),
    )
    return page, 400 if faulty else 200
