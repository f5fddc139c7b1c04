"""The organiser's pages about what the council decided: noted down, confirmed, and corrected."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.db import db
from app.domain.decision import NotAllowed
from app.features.council import deciding, forms, plans
from app.features.council.arranging import back, process_of
from app.features.council.arranging import bp as bp
from app.features.council.holding import Overtaken
from app.features.council.rulings import as_ruling, ruling_mark
from app.kit import clock, doors, moments
from app.kit.identity import the_person
from app.models.council import CouncilDecision, FocusElement
from app.models.process import Process
from app.policies.council import may_decide
from app.records import council
from app.records.council import DecisionRow, FocusRow, ProposalRow

BACK = "back"
SURE = "sure"


@bp.get("/raad/voorstellen/<int:proposal_id>/besluit")
@doors.organiser
def decision(slug: str, proposal_id: int) -> ResponseReturnValue:
    """What did the council decide on this proposal?"""
    process, row, inside, known = _found(slug, proposal_id)
    if known is not None:
        return back(slug, anchor="proposals")
    form = forms.decision_form(
        forms.DecisionForm, inside, row.handed_in_at, clock.now(), formdata=None, prefix="decision-"
    )
    form.title.data = row.title
    form.document_url.data = row.document_url
    return _decision_page(process, row, inside, form)


@bp.post("/raad/voorstellen/<int:proposal_id>/besluit")
@doors.organiser
def decide(slug: str, proposal_id: int) -> ResponseReturnValue:
    """First what the decision does is shown; the same form, confirmed, publishes it."""
    process, row, inside, known = _found(slug, proposal_id)
    may_decide(the_person(), is_handed_in=row.is_handed_in, is_decided=False).or_raise()
    now = clock.now()
    form = forms.decision_form(forms.DecisionForm, inside, row.handed_in_at, now, prefix="decision-")
    if not form.validate_on_submit():
        return _decision_page(process, row, inside, form, 400)
    if request.form.get(BACK):
        return _decision_page(process, row, inside, form)
    sure = request.form.get(SURE)
    if not sure and known is None:
        plan = plans.of_decision(process.id, form.ruling, now)
        return _confirm_page(process, _deciding(process, row), inside, form, plan)
    try:
        deciding.decide(the_person(), process.id, proposal_id, form.ruling, sure or "", now)
    except Overtaken as error:
        if _found(slug, proposal_id)[3] is not None:
            return _decision_page(process_of(slug), row, inside, form, 409, overtaken=error)
        plan, process = plans.of_decision(process.id, form.ruling, now), process_of(slug)
        return _confirm_page(process, _deciding(process, row), inside, form, plan, 409, overtaken=error)
    flash(_("The decision is on the site. Authors, followers and voters who wish so hear of it."))
    return back(slug, anchor="proposals")


@bp.get("/raad/besluiten/<int:decision_id>")
@doors.organiser
def published(slug: str, decision_id: int) -> ResponseReturnValue:
    """A published decision, to correct."""
    process = process_of(slug)
    row, inside = _decided(process, decision_id)
    return _correction_page(process, row, inside, _filled(row, inside))


@bp.post("/raad/besluiten/<int:decision_id>")
@doors.organiser
def correct(slug: str, decision_id: int) -> ResponseReturnValue:
    """Correct a published decision, with a note for everybody; where ideas move with it, that is shown first."""
    process, now = process_of(slug), clock.now()
    row, inside = _decided(process, decision_id)
    form = forms.decision_form(forms.CorrectionForm, inside, None, now, prefix="decision-")
    if not form.validate_on_submit():
        return _correction_page(process, row, inside, form, 400)
    if request.form.get(BACK):
        return _correction_page(process, row, inside, form)
    sure, ruling, seen = request.form.get(SURE, ""), form.ruling, str(form.seen.data)
    if ruling_mark(ruling) == seen == _mark_of(row):
        form.note.errors = (_("Nothing was changed. Change what was wrong."),)
        return _correction_page(process, row, inside, form, 400)
    try:
        if not sure and seen == _mark_of(row):
            plan = deciding.plan_of_correction(process.id, decision_id, ruling, now)
            if plan.moves:
                return _confirm_page(process, _correcting(process, row), inside, form, plan)
        deciding.correct(the_person(), process.id, decision_id, ruling, str(form.note.data), seen, sure, now)
    except NotAllowed as error:
        db.session.rollback()
        process = process_of(slug)
        row, inside = _decided(process, decision_id)
        if not isinstance(error, Overtaken):
            return _correction_page(process, row, inside, form, 403, overtaken=error)
        if seen != _mark_of(row):
            return _correction_page(process, row, inside, form, 409, overtaken=error)
        plan = deciding.plan_of_correction(process.id, decision_id, ruling, now)
        return _confirm_page(process, _correcting(process, row), inside, form, plan, 409, overtaken=error)
    flash(_("The decision has been corrected. The note stands under it."))
    return back(slug, anchor="proposals")


@dataclass(frozen=True, slots=True)
class _Question:
    """What somebody is asked before something is published, and the form that publishes it."""

    title: str
    button: str
    crumb: str
    action: str


def _deciding(process: Process, row: ProposalRow) -> _Question:
    return _Question(
        _("Publish this decision?"),
        _("Publish the decision"),
        _("Decision"),
        url_for("council_desk.decide", slug=process.slug, proposal_id=row.id),
    )


def _correcting(process: Process, row: CouncilDecision) -> _Question:
    return _Question(
        _("Publish this correction?"),
        _("Publish the correction"),
        _("Correct the decision"),
        url_for("council_desk.correct", slug=process.slug, decision_id=row.id),
    )


def _found(slug: str, proposal_id: int) -> tuple[Process, ProposalRow, list[FocusRow], DecisionRow | None]:
    process = process_of(slug)
    row = next((each for each in council.proposals_of(process.id) if each.id == proposal_id), None)
    if row is None:
        abort(404)
    inside = [each for each in council.focus_of(process.id) if each.proposal_id == proposal_id]
    known = next((each for each in council.decisions_of(process.id) if each.proposal_id == proposal_id), None)
    return process, row, inside, known


def _decided(process: Process, decision_id: int) -> tuple[CouncilDecision, list[FocusRow]]:
    row = db.session.scalar(
        select(CouncilDecision).where(
            CouncilDecision.id == decision_id, CouncilDecision.process_id == process.id
        )
    )
    if row is None:
        abort(404)
    inside = [
        each
        for each in council.focus_of(process.id)
        if each.decision is not None and each.decision.id == decision_id
    ]
    return row, inside


def _filled(row: CouncilDecision, inside: Sequence[FocusRow]) -> forms.CorrectionForm:
    form: forms.CorrectionForm = forms.decision_form(
        forms.CorrectionForm, inside, None, clock.now(), formdata=None, prefix="decision-"
    )
    form.title.data, form.text.data = row.title, row.text
    form.document_url.data = row.document_url
    form.day.data = moments.day_of(row.decided_at).isoformat()
    for element in inside:
        result, text = form.fields_of(element.id)
        result.data, text.data = (element.result or row.result).value, element.result_text
    return form


def _decision_page(
    process: Process,
    row: ProposalRow,
    inside: Sequence[FocusRow],
    form: forms.DecisionForm,
    status: int = 200,
    *,
    overtaken: Overtaken | None = None,
) -> ResponseReturnValue:
    page = render_template(
        "council/decision.html",
        process=process,
        row=row,
        inside=inside,
        allowed=may_decide(the_person(), is_handed_in=row.is_handed_in, is_decided=False),
        form=form,
        sent=form if status == 400 else None,
        overtaken=overtaken.decision if overtaken else None,
    )
    return page, status


def _confirm_page(
    process: Process,
    question: _Question,
    inside: Sequence[FocusRow],
    form: forms.DecisionForm,
    plan: plans.Plan,
    status: int = 200,
    *,
    overtaken: Overtaken | None = None,
) -> ResponseReturnValue:
    ruling = form.ruling
    page = render_template(
        "council/confirm.html",
        process=process,
        question=question,
        ruling=ruling,
        note=form.note.data if isinstance(form, forms.CorrectionForm) else "",
        verdicts=[(element, ruling.verdicts[element.id]) for element in inside],
        fields=[field for field in form if field.name != form.csrf_token.name],
        plan=plan,
        overtaken=overtaken.decision if overtaken else None,
    )
    return page, status


def _correction_page(
    process: Process,
    row: CouncilDecision,
    inside: Sequence[FocusRow],
    form: forms.CorrectionForm,
    status: int = 200,
    *,
    overtaken: NotAllowed | None = None,
) -> ResponseReturnValue:
    form.seen.data = _mark_of(row)
    page = render_template(
        "council/correction.html",
        process=process,
        row=row,
        inside=inside,
        form=form,
        sent=form if status == 400 else None,
        overtaken=overtaken.decision if overtaken else None,
    )
    return page, status


def _mark_of(row: CouncilDecision) -> str:
    """The mark of a published decision as it stands now."""
    rows = db.session.scalars(select(FocusElement).where(FocusElement.decision_id == row.id))
    return ruling_mark(as_ruling(row, rows))
