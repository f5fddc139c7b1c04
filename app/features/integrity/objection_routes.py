"""Objections to votes that do not count: moderators decide on them, organisers where no moderator can."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.db import db
from app.domain.decision import Decision
from app.features.integrity import accounts, forms, queries
from app.features.integrity import objections as service
from app.features.integrity.service import Overtaken
from app.kit import clock, doors
from app.kit.identity import the_person
from app.models.integrity import Exclusion, Objection
from app.policies.integrity import is_undecided, may_decide_objection
from app.records.exclusions import NotNow

bp = Blueprint("objections", __name__)


@bp.get("/moderatie/integriteit/bezwaren")
@doors.moderator
def index() -> ResponseReturnValue:
    """Objections that wait, the first one due first, and what was decided."""
    return _list(for_organisers=False)


@bp.get("/moderatie/integriteit/bezwaren/<int:exclusion_id>/<token>")
@doors.moderator
def show(exclusion_id: int, token: str) -> ResponseReturnValue:
    """One objection."""
    return _page(exclusion_id, token, for_organisers=False)


@bp.post("/moderatie/integriteit/bezwaren/<int:exclusion_id>/<token>")
@doors.moderator
def rule(exclusion_id: int, token: str) -> ResponseReturnValue:
    """Decide on it."""
    return _rule(exclusion_id, token, for_organisers=False)


@bp.get("/beheer/bezwaren")
@doors.organiser
def organisers_index() -> ResponseReturnValue:
    """The same for organisers."""
    return _list(for_organisers=True)


@bp.get("/beheer/bezwaren/<int:exclusion_id>/<token>")
@doors.organiser
def organisers_show(exclusion_id: int, token: str) -> ResponseReturnValue:
    """One objection, for an organiser."""
    return _page(exclusion_id, token, for_organisers=True)


@bp.post("/beheer/bezwaren/<int:exclusion_id>/<token>")
@doors.organiser
def organisers_rule(exclusion_id: int, token: str) -> ResponseReturnValue:
    """An organiser decides, where no moderator can."""
    return _rule(exclusion_id, token, for_organisers=True)


def _list(*, for_organisers: bool) -> ResponseReturnValue:
    waiting, decided = queries.objections(True), queries.objections(False)
    return render_template(
        "integrity/objections.html",
        waiting=[(row, *_name(row.exclusion, row.objection.person_id)) for row in waiting],
        decided=[(row, *_name(row.exclusion, row.objection.person_id)) for row in decided],
        for_organisers=for_organisers,
        counts=queries.counts(),
    )


def _name(exclusion: Exclusion, person_id: int) -> tuple[str, str]:
    """Token and name under which a person is spoken of here."""
    number = accounts.set_of(exclusion)
    labels = accounts.labels_of(exclusion.signal_id) if exclusion.signal_id is not None else {}
    return accounts.tokens_of(number, [person_id])[person_id], labels.get(person_id, "A?")


def _found(exclusion_id: int, token: str) -> Objection:
    exclusion = db.get_or_404(Exclusion, exclusion_id)
    made = queries.objections_to([exclusion_id])
    person = accounts.behind(token, accounts.set_of(exclusion), [each.person_id for each in made])
    return next((each for each in made if each.person_id == person), None) or abort(404)


def _page(
    exclusion_id: int,
    token: str,
    status: int = 200,
    form: forms.RuleForm | None = None,
    overtaken: Decision | None = None,
    *,
    for_organisers: bool,
) -> ResponseReturnValue:
    found = _found(exclusion_id, token)
    exclusion = db.session.get_one(Exclusion, exclusion_id)
    stake = queries.stake_in_exclusion(exclusion)
    others = queries.moderators_without_part(exclusion, clock.now())
    return (
        render_template(
            "integrity/objection.html",
            objection=found,
            exclusion=exclusion,
            name=_name(exclusion, found.person_id)[1],
            votes=len(queries.ideas_of(exclusion_id, found.person_id)),
            may=may_decide_objection(the_person(), exclusion, stake, others),
            undecided=is_undecided(found),
            form=form or forms.RuleForm(prefix="rule-", formdata=None),
            is_sent=form is not None,
            overtaken=overtaken,
            action=url_for(
                "objections.organisers_rule" if for_organisers else "objections.rule",
                exclusion_id=exclusion_id,
                token=token,
            ),
            for_organisers=for_organisers,
        ),
        status,
    )


def _rule(exclusion_id: int, token: str, *, for_organisers: bool) -> ResponseReturnValue:
    found, form = _found(exclusion_id, token), forms.RuleForm(prefix="rule-")
    if not form.validate():
        return _page(exclusion_id, token, 400, form, for_organisers=for_organisers)
    try:
        service.rule(
            the_person(), exclusion_id, found.person_id, form.is_upheld, str(form.sentence.data), clock.now()
        )
    except (Overtaken, NotNow) as error:
        db.session.rollback()
        return _page(exclusion_id, token, 409, form, error.decision, for_organisers=for_organisers)
    flash(_("Decided. The person who objected hears why."))
    view = "objections.organisers_index" if for_organisers else "objections.index"
    return redirect(url_for(view), code=303)
