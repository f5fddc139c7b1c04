"""The integrity desk of the moderators, votes of one's own that do not count, and the public explanation."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.db import db
from app.domain.decision import Decision, NotAllowed
from app.features.integrity import desk, forms, kinds, objections, own, queries, sentences, service
from app.kit import clock, doors, paths
from app.kit.forms import Form
from app.kit.identity import the_person
from app.models.integrity import Exclusion, ExclusionState, IntegritySignal, SignalState
from app.policies.integrity import may_confirm, may_handle
from app.records.exclusions import NotNow

bp = Blueprint("integrity", __name__)
TOO_LATE = (service.Overtaken, NotNow)
STATES = {
    "nieuw": SignalState.OPEN,
    "in-onderzoek": SignalState.INVESTIGATING,
    "telt-niet-mee": SignalState.EXCLUDED,
    "niets-mis": SignalState.DISMISSED,
}
"""States as addresses say them."""


@bp.get("/over/integriteit")
@doors.public
def about() -> ResponseReturnValue:
    """What is watched, what happens then, what never happens by itself, and what is not found."""
    return render_template(
        "integrity/about.html", kinds=[(sentences.title(kind), kinds.what_it_is(kind)) for kind in kinds.WHAT]
    )


@bp.get("/moderatie/integriteit")
@doors.moderator
def index() -> ResponseReturnValue:
    """The signals in a state (`staat`), newest first, from a number on (`voor`)."""
    wanted = request.args.get("staat", "nieuw")
    state = STATES.get(wanted) or abort(404)
    rows, more = queries.signals_in(state, request.args.get("voor", type=paths.number))
    now = clock.now()
    hidden = {row.signal.call_id: desk.hides_counts(row.signal.call_id, now) for row in rows}
    return render_template(
        "integrity/index.html",
        rows=[
            (row, sentences.title(row.signal.kind), desk.sentence_of(row.signal, hidden[row.signal.call_id]))
            for row in rows
        ],
        more=more,
        wanted=wanted,
        states=STATES,
        counts=queries.counts(),
        is_first=request.args.get("voor") is None,
    )


@bp.get("/moderatie/integriteit/<int:signal_id>")
@doors.moderator
def show(signal_id: int) -> ResponseReturnValue:
    """One signal with everything about it."""
    return _page(_signal(signal_id))


@bp.post("/moderatie/integriteit/<int:signal_id>/onderzoeken")
@doors.moderator
def investigate(signal_id: int) -> ResponseReturnValue:
    """Take it up; the votes go on counting."""
    return _step(
        signal_id,
        "start",
        forms.StartForm(prefix="start-"),
        lambda form: service.investigate(the_person(), signal_id, clock.now()),
        _("You are investigating this signal. Its votes go on counting."),
    )


@bp.post("/moderatie/integriteit/<int:signal_id>/niets-mis")
@doors.moderator
def dismiss(signal_id: int) -> ResponseReturnValue:
    """Nothing is wrong with these votes."""
    return _step(
        signal_id,
        "dismiss",
        forms.DismissForm(prefix="dismiss-"),
        lambda form: service.dismiss(the_person(), signal_id, str(form.sentence.data), clock.now()),
        _("Closed. The votes simply count."),
    )


@bp.post("/moderatie/integriteit/<int:signal_id>/voorstellen")
@doors.moderator
def propose(signal_id: int) -> ResponseReturnValue:
    """Propose that votes do not count; another moderator decides."""
    signal = _signal(signal_id)
    form = forms.ProposeForm(desk.accounts_of(signal), prefix="propose-")
    return _step(
        signal_id,
        "propose",
        form,
        lambda form: service.propose(
            the_person(),
            signal_id,
            set(form.accounts.data),
            form.chosen,
            str(form.sentence.data),
            clock.now(),
        ),
        _("Proposed. The votes count until a second moderator has agreed."),
    )


@bp.post("/moderatie/integriteit/voorstellen/<int:exclusion_id>/bevestigen")
@doors.moderator
def confirm(exclusion_id: int) -> ResponseReturnValue:
    """The second moderator agrees."""
    return _step(
        _of(exclusion_id),
        "confirm",
        forms.ConfirmForm(prefix="confirm-"),
        lambda form: service.confirm(the_person(), exclusion_id, clock.now()),
        _("These votes do not count any more. The people who cast them hear why, and may object."),
    )


@bp.post("/moderatie/integriteit/voorstellen/<int:exclusion_id>/weigeren")
@doors.moderator
def refuse(exclusion_id: int) -> ResponseReturnValue:
    """The second moderator does not agree."""
    return _step(
        _of(exclusion_id),
        "refuse",
        forms.RefuseForm(prefix="refuse-"),
        lambda form: service.refuse(the_person(), exclusion_id, str(form.sentence.data), clock.now()),
        _("Refused. The votes go on counting, and the investigation goes on."),
    )


@bp.get("/mijn/stemmen-die-niet-tellen")
@doors.signed_in
def mine() -> ResponseReturnValue:
    """Votes of one's own that do not count, and what one can do about it."""
    return _own_page()


@bp.post("/mijn/stemmen-die-niet-tellen/<int:exclusion_id>/bezwaar")
@doors.signed_in
def object_to(exclusion_id: int) -> ResponseReturnValue:
    """Object to it, once."""
    form = forms.ObjectForm(prefix=f"object-{exclusion_id}-")
    person, now = the_person(), clock.now()
    known = {each.exclusion.id: each for each in own.exclusions(person.id, now)}
    if exclusion_id not in known:
        abort(404)
    if not form.validate():
        return _own_page(400, {exclusion_id: form})
    try:
        objections.object_to(person, exclusion_id, str(form.text.data), now)
    except NotAllowed as no:
        db.session.rollback()
        return _own_page(409, {exclusion_id: form}, no.decision)
    flash(_("We have your objection. You get a mail when somebody has decided on it."))
    return redirect(url_for("integrity.mine"), code=303)


def _own_page(
    status: int = 200, filled: dict[int, forms.ObjectForm] | None = None, refused: Decision | None = None
) -> ResponseReturnValue:
    found = own.exclusions(the_person().id, clock.now())
    sent = filled or {}
    shown = {
        each.exclusion.id: sent.get(each.exclusion.id)
        or forms.ObjectForm(prefix=f"object-{each.exclusion.id}-", formdata=None)
        for each in found
        if each.may
    }
    faulty = next(iter(sent.values()), None)
    return (
        render_template("integrity/mine.html", found=found, forms=shown, faulty=faulty, refused=refused),
        status,
    )


def _signal(signal_id: int) -> IntegritySignal:
    return queries.signal(signal_id) or abort(404)


def _of(exclusion_id: int) -> int:
    """The signal that a proposal came from."""
    found = db.get_or_404(Exclusion, exclusion_id)
    if found.signal_id is None:
        abort(404)
    return found.signal_id


def _step(signal_id: int, name: str, form: Any, take: Any, done: str) -> ResponseReturnValue:
    signal = _signal(signal_id)
    if not form.validate():
        return _page(signal, 400, {name: form})
    try:
        take(form)
    except TOO_LATE as error:
        db.session.rollback()
        return _page(_signal(signal_id), 409, {name: form}, error.decision)
    flash(done)
    return redirect(url_for("integrity.show", signal_id=signal_id), code=303)


def _page(
    signal: IntegritySignal,
    status: int = 200,
    filled: dict[str, Form] | None = None,
    overtaken: Decision | None = None,
) -> ResponseReturnValue:
    shown = desk.page(signal, clock.now())
    person, sent = the_person(), filled or {}
    may = may_handle(person, queries.stake_in_signal(signal.id))
    waiting = next((row for row in shown.proposals if row.exclusion.state == ExclusionState.PROPOSED), None)
    given: dict[str, Form] = {}
    if signal.state == SignalState.OPEN:
        given["start"] = forms.StartForm(prefix="start-", formdata=None)
    elif signal.state == SignalState.INVESTIGATING and waiting is None:
        given["dismiss"] = forms.DismissForm(prefix="dismiss-", formdata=None)
        proposing = forms.ProposeForm(shown.accounts, prefix="propose-", formdata=None)
        proposing.accounts.data = [each.token for each in shown.accounts if each.off < each.flagged]
        given["propose"] = proposing
    elif waiting is not None:
        may = may_confirm(person, waiting.exclusion, queries.stake_in_exclusion(waiting.exclusion))
        given["confirm"] = forms.ConfirmForm(prefix="confirm-", formdata=None)
        given["refuse"] = forms.RefuseForm(prefix="refuse-", formdata=None)
    return (
        render_template(
            "integrity/show.html",
            page=shown,
            signal=signal,
            span=desk.span,
            may=may,
            waiting=waiting,
            forms={name: sent.get(name, form) for name, form in given.items()},
            lost={name: form for name, form in sent.items() if name not in given},
            sent=next(iter(sent), ""),
            overtaken=overtaken,
            states={state: slug for slug, state in STATES.items()},
            counts=queries.counts(),
        ),
        status,
    )
