"""The agenda vote of a call, for whoever ticks themes and for who opens it: requests in, answers out."""

from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.db import db
from app.domain.ballot import MOST_TICKS
from app.domain.decision import NotAllowed
from app.domain.phases import Action
from app.features.voting import queries, service
from app.features.voting.forms import AgendaForm, OpeningForm
from app.features.voting.kept import kind_of
from app.kit import clock, doors, voices
from app.kit.forms import csrf
from app.kit.identity import DRAFT, current_person, the_person
from app.kit.limits import ROOM, limiter
from app.policies.agenda_vote import may_open_agenda_vote
from app.policies.taking_part import may_choose_agenda
from app.records import agenda_ballots, calls, drafts, frames, processes, ranking_rules
from app.records.frames import Frame
from app.records.processes import ThemeCard

bp = Blueprint("agenda_vote", __name__)


@bp.route("/agendastem", methods=["GET", "POST"])
@doors.public
@csrf.exempt
@limiter.limit(ROOM, methods=["POST"])
def choose() -> ResponseReturnValue:
    """Tick themes for the agenda of a call (`oproep`); one's whole choice at once, to be changed until it closes."""
    slug, now = request.args.get("oproep", ""), clock.now()
    frame = (frames.of_call(slug) if request.method == "GET" else frames.read(slug)) or abort(404)
    if slug not in ("", frame.call.slug):
        abort(404)
    themes = processes.themes_of(frame.call.process_id, frame.call.id)
    form = AgendaForm([theme.id for theme in themes])
    person, kind = current_person(), kind_of(frame.call)
    if request.method == "GET":
        return _agenda_page(frame, themes, form, now, kept=_kept_ticks(kind, form, now))
    if request.form.get("action") == "withdraw":
        form.themes.data = []
    form.validate()
    decision = may_choose_agenda(person, frame.call, now)
    if not decision and not decision.needs_sign_in:
        return _agenda_page(frame, themes, form, now), 403
    if form.all_errors:
        return _agenda_page(frame, themes, form, now), 400
    here = url_for("agenda_vote.choose", oproep=frame.call.slug)
    if person is None:
        if form.ticked:
            session[DRAFT] = service.keep_ticks(kind, form.ticked, now, session.get(DRAFT, ""))
        return redirect(url_for("accounts.sign_in", next=here), code=303)
    if form.is_stale:
        notice = _("Your session had expired. Your choice is still here: save it once more.")
        return _agenda_page(frame, themes, form, now, notice=notice), 400
    draft = session.get(DRAFT, "") if drafts.find(kind, session.get(DRAFT, ""), now) is not None else ""
    try:
        service.choose_agenda(person, frame.call, form.ticked, now, draft)
    except NotAllowed as no:
        db.session.rollback()
        notice = _(no.decision.refusal, **no.decision.values)
        return _agenda_page(frames.read(slug) or frame, themes, form, now, notice=notice), 403
    if draft:
        session.pop(DRAFT)
    flash(_chosen_sentence([theme.title for theme in themes if theme.id in form.ticked]))
    return redirect(here, code=303)


def _kept_ticks(kind: str, form: AgendaForm, now: datetime) -> bool:
    """Put back what was ticked before signing in; whether there was any."""
    kept = drafts.find(kind, session.get(DRAFT, ""), now)
    if kept is not None:
        form.themes.data = list(kept.get("themes", ()))
    return kept is not None


def _chosen_sentence(titles: Sequence[str]) -> str:
    """What somebody chose just now."""
    if not titles:
        return _("Your choice has been withdrawn. You choose no theme now.")
    return _("Your choice has been saved: %(themes)s.", themes=voices.listed(titles))


def _agenda_page(
    frame: Frame,
    themes: list[ThemeCard],
    form: AgendaForm,
    now: datetime,
    *,
    kept: bool = False,
    notice: str = "",
) -> str:
    """The page of the agenda vote; the form holds what was just sent or kept, else what is saved."""
    person, call = current_person(), frame.call
    mine = agenda_ballots.of_person(call.id, person.id) if person else ()
    if request.method == "GET" and not kept:
        form.themes.data = [str(theme) for theme in mine]
    decision = may_choose_agenda(person, call, now)
    can_tick = bool(decision) or decision.needs_sign_in
    return render_template(
        "voting/agenda_vote.html",
        call=call,
        form=form,
        themes=queries.shuffled(themes, person.id if person else None, now) if can_tick else themes,
        titles={theme.id: theme.title for theme in themes},
        mine=mine,
        decision=decision,
        can_tick=can_tick,
        closes=call.closes(Action.VOTE),
        purpose=queries.purpose_of(call, now) if call.agenda_ballot else None,
        hidden=call.hides_counts(now),
        kept=kept,
        notice=notice,
        most=MOST_TICKS,
        table=themes,
    )


@bp.get("/beheer/oproepen")
@doors.organiser
def overview() -> ResponseReturnValue:
    """Every call, and what its agenda follows from."""
    return render_template("voting/calls.html", rows=calls.every(), now=clock.now())


@bp.get("/beheer/oproepen/<int:call_id>")
@doors.organiser
def manage(call_id: int) -> ResponseReturnValue:
    """What the agenda of a call follows from, and the form that changes it."""
    return _manage_page(call_id)


@bp.post("/beheer/oproepen/<int:call_id>/agendastem")
@doors.organiser
def set_open(call_id: int) -> ResponseReturnValue:
    """Open or close the agenda vote of a call."""
    form = OpeningForm(prefix="vote-")
    if not form.validate():
        return _manage_page(call_id, 400, form)
    if calls.get(call_id) is None:
        abort(404)
    was_open = form.seen.data == "open"
    try:
        service.set_agenda_vote(the_person(), call_id, was_open, str(form.reason.data), clock.now())
    except service.Overtaken as late:
        db.session.rollback()
        return _manage_page(call_id, 409, form, late)
    flash(
        _("The agenda vote is closed. The agenda follows from the votes on ideas again.")
        if was_open
        else _("The agenda vote is open. The agenda follows from what people tick.")
    )
    return redirect(url_for("agenda_vote.manage", call_id=call_id), code=303)


def _manage_page(
    call_id: int,
    status_code: int = 200,
    sent: OpeningForm | None = None,
    late: service.Overtaken | None = None,
) -> ResponseReturnValue:
    call, now = calls.get(call_id) or abort(404), clock.now()
    return (
        render_template(
            "voting/manage.html",
            call=call,
            form=sent or OpeningForm(prefix="vote-", formdata=None),
            sent=sent,
            late=late.decision if late else None,
            may=may_open_agenda_vote(the_person(), call, now),
            ticked=agenda_ballots.people(call_id),
            hidden=call.hides_counts(now),
            least=ranking_rules.rules_of(call_id).parameters.min_supporters,
        ),
        status_code,
    )
