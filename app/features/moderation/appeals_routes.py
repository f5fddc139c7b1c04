"""Decisions on one's own texts and the appeal against them, and the page on which a second moderator answers."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired

from app.db import db
from app.domain.decision import N_, Decision, NotAllowed
from app.domain.lifecycle import REASON_LENGTH
from app.features.moderation import appeals as service
from app.features.moderation import appeals_view as view
from app.kit import clock, doors
from app.kit.forms import Form, length
from app.kit.identity import the_person
from app.kit.limits import limiter
from app.kit.words import word
from app.models.moderation import Appeal, AppealOutcome, ModerationDecision
from app.records import appeals, course

bp = Blueprint("appeals", __name__)


class AppealForm(Form):
    """What the author says."""

    text = TextAreaField(
        _l("Why is this decision wrong?"),
        [
            length(
                appeals.APPEAL_LENGTH,
                N_("Write at least %(least)d characters. Somebody else must understand what you mean."),
                N_("Write at most %(most)d characters here. There are %(now)d now."),
            )
        ],
    )


class AnswerForm(Form):
    """What the second moderator decides, and why."""

    outcome = RadioField(_l("Who is right?"), validators=[InputRequired(_l("Choose who is right."))])
    sentence = TextAreaField(
        _l("Explain it to the author"),
        [
            length(
                REASON_LENGTH,
                N_("Write at least %(least)d characters. The reader must understand why."),
                N_("Write at most %(most)d characters. Now there are %(now)d."),
            )
        ],
    )
    anyhow = BooleanField(_l("The author is right all the same. Say that it cannot be put back, and why."))

    def __init__(self, **values: object) -> None:
        super().__init__(**values)
        self.outcome.choices = [SelectChoice(value=one.value, label=word(one)) for one in AppealOutcome]


@bp.get("/mijn/besluiten")
@doors.signed_in
def mine() -> ResponseReturnValue:
    """What waits, what was decided on own texts, and until when one may appeal."""
    person, now = the_person(), clock.now()
    return render_template(
        "moderation/own_decisions.html",
        course=course.of_person(person.id),
        measures=view.measures_of(person.id, now),
        moment=now,
    )


@bp.get("/mijn/besluiten/<int:decision_id>")
@doors.signed_in
def decision(decision_id: int) -> ResponseReturnValue:
    """One decision on an own text, with the form to appeal."""
    return _decision_page(decision_id, AppealForm())


@bp.post("/mijn/besluiten/<int:decision_id>/bezwaar")
@doors.signed_in
@limiter.limit("30 per hour")
def lodge(decision_id: int) -> ResponseReturnValue:
    """Appeal against it."""
    form, subject = AppealForm(), db.get_or_404(ModerationDecision, decision_id)
    person, now = the_person(), clock.now()
    may = service.may_lodge(person, subject, now)
    if may and not form.validate():
        return _decision_page(decision_id, form, 400)
    service.lodge(person, subject, str(form.text.data), now)
    flash(_("Your appeal has been sent. Another moderator looks at it."))
    return redirect(url_for("appeals.decision", decision_id=decision_id), code=303)


@bp.get("/moderatie/bezwaren/<int:appeal_id>")
@doors.moderator
def review(appeal_id: int) -> ResponseReturnValue:
    """An appeal with the text, the decision, and what the author says."""
    return _review_page(db.get_or_404(Appeal, appeal_id), AnswerForm())


@bp.post("/moderatie/bezwaren/<int:appeal_id>/besluit")
@doors.moderator
def decide(appeal_id: int) -> ResponseReturnValue:
    """Answer it."""
    appeal, form = db.get_or_404(Appeal, appeal_id), AnswerForm()
    may = service.may_decide(the_person(), appeal)
    if appeal.decided_at is None:
        may.or_raise()
        if not form.validate():
            return _review_page(appeal, form, 400)
    outcome = AppealOutcome(form.outcome.data) if form.outcome.data in set(AppealOutcome) else None
    try:
        service.decide(
            the_person(),
            appeal,
            outcome or AppealOutcome.REJECTED,
            str(form.sentence.data),
            clock.now(),
            anyhow=form.anyhow.data,
        )
    except service.CannotPutBack as no:
        db.session.rollback()
        return _review_page(db.get_or_404(Appeal, appeal_id), form, 409, stuck=no.decision)
    except service.Overtaken as no:
        db.session.rollback()
        return _review_page(db.get_or_404(Appeal, appeal_id), form, 409, overtaken=no.decision)
    flash(_("Decided. The author hears it at once."))
    return redirect(url_for("appeals.review", appeal_id=appeal_id), code=303)


def _decision_page(decision_id: int, form: AppealForm, status: int = 200) -> ResponseReturnValue:
    person, now = the_person(), clock.now()
    subject = db.get_or_404(ModerationDecision, decision_id)
    if appeals.author_of(subject) != person.id:
        raise NotAllowed(Decision(N_("Only the author can read this.")))
    told = course.one(decision_id, person.id) or abort(404)
    return (
        render_template(
            "moderation/own_decision.html",
            told=told,
            form=form,
            may=service.may_lodge(person, subject, now),
            moment=now,
            opens_at=appeals.opens_at(subject),
        ),
        status,
    )


def _review_page(appeal: Appeal, form: AnswerForm, status: int = 200, **more: Any) -> ResponseReturnValue:
    shown = {"stuck": None, "overtaken": None, **more}
    return (
        render_template(
            "moderation/appeal.html",
            appeal=appeal,
            case=view.case(appeal),
            form=form,
            may=service.may_decide(the_person(), appeal),
            moment=clock.now(),
            **shown,
        ),
        status,
    )
