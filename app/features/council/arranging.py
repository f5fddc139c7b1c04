"""The organiser's pages about what goes to the council: focus elements, and proposals that hold them."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.features.council import elements, forms, promises, proposals, queries
from app.features.council.holding import Overtaken
from app.kit import clock, doors, jobs
from app.kit.identity import the_person
from app.models.process import Process
from app.policies.council import may_change_element, may_change_proposal
from app.records import council
from app.records.council import FocusRow, ProposalRow

bp = Blueprint("council_desk", __name__, url_prefix="/beheer/trajecten/<slug>")


@bp.record
def _set_up(_state: BlueprintSetupState) -> None:
    jobs.register(promises.JOB)


def process_of(slug: str) -> Process:
    """The process in the address, or not found."""
    return queries.process_by_slug(slug) or abort(404)


@contextmanager
def or_not_found() -> Iterator[None]:
    """Not found, for what a verb finds is not (any more) in the process."""
    try:
        yield
    except LookupError:
        abort(404)


def back(slug: str, view: str = "manage", anchor: str | None = None) -> ResponseReturnValue:
    """To a page of this room after a post."""
    return redirect(url_for(f"council_desk.{view}", slug=slug, _anchor=anchor), code=303)


@bp.get("/raad")
@doors.organiser
def manage(slug: str) -> ResponseReturnValue:
    """Everything that goes to the council in a process."""
    return _page(process_of(slug))


@bp.post("/raad/focuspunten")
@doors.organiser
def add_element(slug: str) -> ResponseReturnValue:
    """Write a focus element."""
    process = process_of(slug)
    form = forms.ElementForm(queries.themes_of(process.id), prefix="element-")
    if not form.validate_on_submit():
        return _page(process, 400, form=form)
    elements.write(the_person(), process.id, form.words, clock.now())
    flash(_("The focus element is in the list."))
    return back(slug, anchor="elements")


@bp.post("/raad/focuspunten/overnemen")
@doors.organiser
def take_element(slug: str) -> ResponseReturnValue:
    """Take a sentence over from what a workshop concluded."""
    process, form = process_of(slug), forms.TakeForm()
    if not form.validate_on_submit():
        abort(400)
    try:
        elements.take(the_person(), process.id, form.outcome.data or 0, str(form.mark.data), clock.now())
    except Overtaken as error:
        return _page(process_of(slug), 409, overtaken=error)
    flash(_("The focus element is in the list."))
    return back(slug, anchor="elements")


@bp.get("/raad/focuspunten/<int:element_id>")
@doors.organiser
def element(slug: str, element_id: int) -> ResponseReturnValue:
    """One focus element to change."""
    return _element_page(process_of(slug), element_id)


@bp.post("/raad/focuspunten/<int:element_id>")
@doors.organiser
def change_element(slug: str, element_id: int) -> ResponseReturnValue:
    """Say a focus element in other words."""
    process = process_of(slug)
    form = forms.ElementForm(queries.themes_of(process.id), prefix="element-")
    if not form.validate_on_submit():
        return _element_page(process, element_id, 400, form=form)
    try:
        with or_not_found():
            elements.change(
                the_person(), process.id, element_id, form.words, str(form.seen.data), clock.now()
            )
    except Overtaken as error:
        return _element_page(process_of(slug), element_id, 409, form=form, overtaken=error)
    flash(_("The focus element has been changed."))
    return back(slug, anchor="elements")


@bp.post("/raad/focuspunten/<int:element_id>/plaats")
@doors.organiser
def move_element(slug: str, element_id: int) -> ResponseReturnValue:
    """Put it at a place (`to`, counted from 0)."""
    process, to = process_of(slug), request.form.get("to", type=int)
    if to is None:
        abort(400)
    with or_not_found():
        elements.move(the_person(), process.id, element_id, to, clock.now())
    return back(slug, anchor=f"element-{element_id}")


@bp.post("/raad/focuspunten/<int:element_id>/verwijderen")
@doors.organiser
def remove_element(slug: str, element_id: int) -> ResponseReturnValue:
    """Take a focus element away."""
    elements.remove(the_person(), process_of(slug).id, element_id, clock.now())
    flash(_("The focus element is gone."))
    return back(slug, anchor="elements")


@bp.get("/raad/voorstel")
@doors.organiser
def new_proposal(slug: str) -> ResponseReturnValue:
    """An empty proposal."""
    return _proposal_page(process_of(slug), None)


@bp.post("/raad/voorstel")
@doors.organiser
def add_proposal(slug: str) -> ResponseReturnValue:
    """Write a proposal."""
    return _save(slug, None)


@bp.get("/raad/voorstellen/<int:proposal_id>")
@doors.organiser
def proposal(slug: str, proposal_id: int) -> ResponseReturnValue:
    """One proposal to change and to hand in."""
    return _proposal_page(process_of(slug), proposal_id)


@bp.post("/raad/voorstellen/<int:proposal_id>")
@doors.organiser
def change_proposal(slug: str, proposal_id: int) -> ResponseReturnValue:
    """Change a proposal that has not been handed in."""
    return _save(slug, proposal_id)


@bp.post("/raad/voorstellen/<int:proposal_id>/indienen")
@doors.organiser
def hand_in(slug: str, proposal_id: int) -> ResponseReturnValue:
    """Send a proposal to the council."""
    process, form = process_of(slug), forms.HandInForm(prefix="hand-")
    if not form.validate_on_submit():
        return _proposal_page(process, proposal_id, 400, reason=form)
    try:
        with or_not_found():
            proposals.hand_in(
                the_person(),
                process.id,
                proposal_id,
                str(form.reason.data),
                str(form.seen.data),
                clock.now(),
            )
    except Overtaken as error:
        return _proposal_page(process_of(slug), proposal_id, 409, reason=form, overtaken=error)
    flash(_("The proposal is with the council. Authors, followers and voters who wish so hear of it."))
    return back(slug, anchor="proposals")


def _save(slug: str, proposal_id: int | None) -> ResponseReturnValue:
    process = process_of(slug)
    # What was sent may name elements that are in a proposal by now: the same click twice is no fault.
    form = forms.ProposalForm(council.focus_of(process.id), prefix="proposal-")
    if not form.validate_on_submit():
        return _proposal_page(process, proposal_id, 400, form=form)
    try:
        with or_not_found():
            number = proposals.save(
                the_person(), process.id, proposal_id, form.content, str(form.seen.data), clock.now()
            )
    except Overtaken as error:
        return _proposal_page(process_of(slug), proposal_id, 409, form=form, overtaken=error)
    flash(_("The proposal has been saved. It is not with the council yet."))
    return redirect(url_for("council_desk.proposal", slug=slug, proposal_id=number), code=303)


def _free(process: Process, proposal_id: int | None) -> list[FocusRow]:
    """Elements that this proposal can hold."""
    return [
        row
        for row in council.focus_of(process.id)
        if row.result is None and row.proposal_id in (None, proposal_id)
    ]


def _page(
    process: Process,
    status: int = 200,
    *,
    form: forms.ElementForm | None = None,
    overtaken: Overtaken | None = None,
) -> ResponseReturnValue:
    themes = queries.themes_of(process.id)
    focus, person = council.focus_of(process.id), the_person()
    decisions = {row.proposal_id: row for row in council.decisions_of(process.id)}
    page = render_template(
        "council/manage.html",
        process=process,
        focus=[(row, may_change_element(person, row)) for row in focus],
        proposals=[(row, decisions.get(row.id)) for row in council.proposals_of(process.id)],
        offers=elements.offers(process.id),
        form=form or forms.ElementForm(themes, prefix="element-", formdata=None),
        sent=form,
        overtaken=overtaken.decision if overtaken else None,
    )
    return page, status


def _element_page(
    process: Process,
    element_id: int,
    status: int = 200,
    *,
    form: forms.ElementForm | None = None,
    overtaken: Overtaken | None = None,
) -> ResponseReturnValue:
    row = next((each for each in council.focus_of(process.id) if each.id == element_id), None) or abort(404)
    seen = elements.words_mark(elements.Words(row.title, row.text, row.theme_id))
    shown = form or forms.ElementForm(
        queries.themes_of(process.id),
        prefix="element-",
        formdata=None,
        data={"title": row.title, "text": row.text, "theme": row.theme_id or forms.NO_THEME},
    )
    shown.seen.data = seen
    page = render_template(
        "council/element.html",
        process=process,
        row=row,
        allowed=may_change_element(the_person(), row),
        form=shown,
        sent=form,
        overtaken=overtaken.decision if overtaken else None,
    )
    return page, status


def _proposal_page(
    process: Process,
    proposal_id: int | None,
    status: int = 200,
    *,
    form: forms.ProposalForm | None = None,
    reason: forms.HandInForm | None = None,
    overtaken: Overtaken | None = None,
) -> ResponseReturnValue:
    row = _proposal(process, proposal_id)
    focus = council.focus_of(process.id)
    inside = [each for each in focus if row is not None and each.proposal_id == row.id]
    shown = form
    if shown is not None:
        shown.offer(_free(process, proposal_id))
    else:
        shown = forms.ProposalForm(_free(process, proposal_id), prefix="proposal-", formdata=None)
        if row is not None:
            shown.title.data, shown.text.data = row.title, row.text
            shown.document_url.data = row.document_url
            shown.day.data = row.meets_on.isoformat() if row.meets_on else ""
            shown.elements.data = [each.id for each in inside]
        else:
            shown.elements.data = [each.id for each in _free(process, None)]
    hand = reason or forms.HandInForm(
        prefix="hand-",
        formdata=None,
        data={"reason": _("The theme of this idea is part of the proposal that the council decides on now.")},
    )
    does = None
    if row is not None:
        content = proposals.content_of(row, (each.id for each in inside))
        shown.seen.data = proposals.mark(content)
        if not row.is_handed_in:
            does = proposals.consequence(process.id, row.id, clock.now())
            hand.seen.data = proposals.hand_in_mark(content, does)
    page = render_template(
        "council/proposal.html",
        process=process,
        row=row,
        inside=inside,
        allowed=may_change_proposal(the_person(), is_handed_in=row is not None and row.is_handed_in),
        consequence=does,
        form=shown,
        hand=hand,
        sent=form or reason,
        overtaken=overtaken.decision if overtaken else None,
    )
    return page, status


def _proposal(process: Process, proposal_id: int | None) -> ProposalRow | None:
    if proposal_id is None:
        return None
    found = next((row for row in council.proposals_of(process.id) if row.id == proposal_id), None)
    return found or abort(404)
