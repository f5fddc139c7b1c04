"""Pairs of ideas that say the same: pointed out by residents, judged by moderators, answered by authors."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.db import db
from app.domain.decision import Decision, NotAllowed
from app.domain.lifecycle import IdeaState
from app.domain.merging import Consent
from app.features.duplicates import forms, queries, service
from app.features.duplicates.jobs import FIND
from app.features.duplicates.service import Overtaken
from app.kit import clock, doors, jobs
from app.kit.forms import Form
from app.kit.identity import the_person
from app.kit.limits import ROOM, limiter
from app.models.duplicate import DuplicateProposal, ProposalState
from app.models.idea import Idea
from app.policies.conduct import may_post
from app.policies.duplicates import may_answer, may_ask, may_judge, may_merge, may_reject
from app.records import ideas, merges, merging

bp = Blueprint("duplicates", __name__)


@bp.record
def set_up(_state: BlueprintSetupState) -> None:
    """Let the site look by itself."""
    jobs.register(FIND)


@bp.route("/ideeen/<int:idea_id>/dubbel", methods=["GET", "POST"])
@doors.signed_in
@limiter.limit(ROOM, methods=["POST"])
def suggest(idea_id: int) -> ResponseReturnValue:
    """Say which other idea says the same."""
    idea, person, now = _published(idea_id), the_person(), clock.now()
    likely = queries.likely(idea)
    form = forms.SuggestForm([(row.id, row.title) for row in likely])
    asked = request.args.get("met", "")
    if request.method == "GET" and asked.isascii() and asked.isdigit() and len(asked) < 10:
        form.other.data, form.address.data = forms.ANOTHER, asked
    if form.validate_on_submit():
        other = _chosen(form.chosen)
        if other is None:
            form.address.errors = [_("There is no idea with this number on the site.")]
        else:
            try:
                is_new = service.propose(
                    person, db.session.get_one(Idea, idea.id), other, now, sentence=form.sentence.data or ""
                )
            except NotAllowed as no:
                db.session.rollback()
                return _suggest_page(idea, form, likely, no.decision), 403
            if is_new:
                flash(_("Thank you. The moderators put the two ideas beside each other."))
            else:
                flash(_("Thank you. Somebody pointed this out before; the moderators know."), "info")
            return redirect(url_for("ideas.show", idea_id=idea.id), code=303)
    if request.method == "GET" and not (may := may_post(person, now)):
        return _suggest_page(idea, form, likely, may, is_open=False), 200
    status = 400 if form.all_errors else 200
    return _suggest_page(idea, form, likely), status


def _suggest_page(
    idea: ideas.IdeaRow,
    form: forms.SuggestForm,
    likely: list[Any],
    refused: Decision | None = None,
    *,
    is_open: bool = True,
) -> str:
    hints = {str(row.id): row.summary for row in likely}
    return render_template(
        "duplicates/suggest.html",
        idea=idea,
        form=form,
        hints=hints,
        refused=refused,
        likely=likely,
        is_open=is_open,
    )


def _published(idea_id: int) -> ideas.IdeaRow:
    idea = ideas.one(idea_id)
    if idea is None or idea.state != IdeaState.PUBLISHED:
        abort(404)
    return idea


def _chosen(number: int | None) -> Idea | None:
    """The idea that somebody means: of a merged one, the idea that it went on in."""
    found = db.session.get(Idea, number) if number is not None else None
    if found is not None and found.state == IdeaState.MERGED:
        end = merges.end(found.id)
        found = db.session.get(Idea, end.id) if end else None
    return found if found is not None and found.is_published else None


@bp.get("/moderatie/dubbel")
@doors.moderator
def index() -> ResponseReturnValue:
    """Every pair: those that wait, and what was decided last."""
    return render_template(
        "duplicates/index.html", waiting=queries.pairs(is_open=True), decided=queries.pairs(is_open=False)
    )


@bp.get("/moderatie/dubbel/<int:proposal_id>")
@doors.moderator
def compare(proposal_id: int) -> ResponseReturnValue:
    """Two ideas side by side, with what can be done."""
    return _page(_proposal(proposal_id))


@bp.post("/moderatie/dubbel/<int:proposal_id>/vragen")
@doors.moderator
def ask(proposal_id: int) -> ResponseReturnValue:
    """Ask the authors."""
    form = forms.StaysForm(prefix="ask-")
    return _do(
        proposal_id,
        "ask",
        form,
        lambda: service.ask(the_person(), proposal_id, form.stays.data or 0, clock.now()),
        _("The authors have been asked. You find the pair here again when they have answered."),
    )


@bp.post("/moderatie/dubbel/<int:proposal_id>/samenvoegen")
@doors.moderator
def merge(proposal_id: int) -> ResponseReturnValue:
    """Make one idea of two."""
    objected = queries.consent_of(_proposal(proposal_id), clock.now()) == Consent.OBJECTED
    form = (forms.MergeAnywayForm if objected else forms.MergeForm)(prefix="merge-")
    return _do(
        proposal_id,
        "merge",
        form,
        lambda: service.merge(
            the_person().id, proposal_id, form.stays.data or 0, form.sentence.data or "", clock.now()
        ),
        _("The two ideas have become one. You can undo it."),
    )


@bp.post("/moderatie/dubbel/<int:proposal_id>/afwijzen")
@doors.moderator
def reject(proposal_id: int) -> ResponseReturnValue:
    """Keep the ideas apart."""
    form = forms.RejectForm(prefix="reject-")
    return _do(
        proposal_id,
        "reject",
        form,
        lambda: service.reject(the_person(), proposal_id, str(form.sentence.data), clock.now()),
        _("The ideas stay apart."),
    )


@bp.post("/moderatie/dubbel/<int:proposal_id>/ongedaan-maken")
@doors.moderator
def undo(proposal_id: int) -> ResponseReturnValue:
    """Make two ideas of one again."""
    form = forms.UndoForm(prefix="undo-")
    return _do(
        proposal_id,
        "undo",
        form,
        lambda: service.undo(the_person(), proposal_id, str(form.sentence.data), clock.now()),
        _("The merge has been undone: they are two ideas again."),
    )


def _do(proposal_id: int, name: str, form: Form, act: Callable[[], None], done: str) -> ResponseReturnValue:
    proposal = _proposal(proposal_id)
    if not form.validate():
        return _page(proposal, 400, {name: form})
    try:
        act()
    except Overtaken as no:
        db.session.rollback()
        return _page(_proposal(proposal_id), 409, {name: form}, no.decision)
    except NotAllowed as no:
        db.session.rollback()
        return _page(_proposal(proposal_id), 403, {name: form}, no.decision)
    flash(done)
    return redirect(url_for("duplicates.compare", proposal_id=proposal_id), code=303)


def _proposal(proposal_id: int) -> DuplicateProposal:
    return db.get_or_404(DuplicateProposal, proposal_id)


def _page(
    proposal: DuplicateProposal,
    status: int = 200,
    sent: dict[str, Form] | None = None,
    refused: Decision | None = None,
) -> ResponseReturnValue:
    person, now, sent = the_person(), clock.now(), sent or {}
    consent = queries.consent_of(proposal, now)
    one, other = queries.side_by_side(proposal, now)
    is_open = proposal.state in queries.OPEN
    wanted = request.args.get("blijft", "")
    stays, goes = (one, other) if is_open and wanted == str(one.idea.id) else (other, one)
    idea, into = db.session.get_one(Idea, goes.idea.id), db.session.get_one(Idea, stays.idea.id)
    authors, posters = {idea.author_id, into.author_id}, service.posters_of(proposal)
    process = stays.idea.call.process_state
    made = queries.merge_of(proposal) if proposal.state == ProposalState.MERGED else None
    can_undo = merging.may_be_undone(made) if made and made.undone_at is None else None
    merge_form = forms.MergeAnywayForm if consent == Consent.OBJECTED else forms.MergeForm
    return (
        render_template(
            "duplicates/compare.html",
            proposal=proposal,
            stays=stays,
            goes=goes,
            consent=consent,
            answers=queries.answers(proposal.id),
            reachable=len(queries.reachable(proposal, now)),
            is_open=is_open,
            made=made,
            refused=refused,
            sent=sent,
            judging=may_judge(person, authors, posters),
            asking=may_ask(person, proposal.state, idea, into, process, posters),
            merging=may_merge(
                person, proposal.state, consent, proposal.proposed_by_id, idea, into, process, posters
            ),
            rejecting=may_reject(person, proposal.state, authors, posters),
            undoing=can_undo,
            forms={
                "ask": forms.StaysForm(prefix="ask-", formdata=None),
                "merge": sent.get("merge") or merge_form(prefix="merge-", formdata=None),
                "reject": sent.get("reject") or forms.RejectForm(prefix="reject-", formdata=None),
                "undo": sent.get("undo") or forms.UndoForm(prefix="undo-", formdata=None),
            },
        ),
        status,
    )


@bp.route("/samenvoegen/<int:proposal_id>", methods=["GET", "POST"])
@doors.signed_in
def answer(proposal_id: int) -> ResponseReturnValue:
    """An author agrees that two ideas become one, or objects."""
    proposal, person, now = _proposal(proposal_id), the_person(), clock.now()
    authors = service.authors_of(proposal)
    if person.id not in authors:
        may_answer(person, proposal.state, proposal.answer_until, authors, now).or_raise()
    form = forms.AnswerForm()
    before = queries.own_answer(proposal.id, person.id)
    if request.method == "GET" and before is not None:
        form.agrees.data, form.text.data = ("yes" if before.agrees else "no"), before.text
    if form.validate_on_submit():
        agrees = form.agrees.data == "yes"
        try:
            service.answer(person, proposal_id, agrees, form.text.data or "", now)
        except NotAllowed as no:
            db.session.rollback()
            return _answer_page(_proposal(proposal_id), form, no.decision), 403
        flash(_("Thank you. The moderators know what you think."))
        return redirect(url_for("duplicates.answer", proposal_id=proposal_id), code=303)
    may = may_answer(person, proposal.state, proposal.answer_until, authors, now)
    return _answer_page(proposal, form, may, before is not None), 400 if form.all_errors else 200


def _answer_page(
    proposal: DuplicateProposal, form: forms.AnswerForm, may: Decision, has_answered: bool = False
) -> str:
    one, other = queries.side_by_side(proposal, clock.now())
    return render_template(
        "duplicates/answer.html",
        proposal=proposal,
        form=form,
        may=may,
        goes=one,
        stays=other,
        has_answered=has_answered,
        mine=the_person().id,
    )
