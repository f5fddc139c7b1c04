"""What organisers see and do: overview, audit log, messages, answers and the status of ideas."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.db import db
from app.domain.decision import NotAllowed
from app.domain.lifecycle import PublicStatus, status_steps
from app.domain.phases import Action
from app.features.organiser import forms, log_lines, queries, rules, rules_form, service
from app.features.organiser.jobs import AUDIT_CHECK
from app.features.organiser.log_filter import LogFilter
from app.kit import charts, clock, doors, html, jobs, paths
from app.kit.identity import the_person
from app.kit.words import word
from app.models.idea import Idea
from app.models.message import ContactMessage
from app.models.process import Process
from app.policies.answering import may_answer
from app.policies.ranking import may_set_rules
from app.records import audit_log, calls, frames, recounts

bp = Blueprint("organiser", __name__)


@bp.record
def _set_up(_state: BlueprintSetupState) -> None:
    jobs.register(AUDIT_CHECK)


@bp.get("/beheer")
@doors.organiser
def index() -> ResponseReturnValue:
    """The site in numbers, and what staff did last."""
    numbers = queries.overview(clock.now())
    lines, _more = log_lines.log(most=6)
    rows = [(word(state), count) for state, count in numbers.ideas.items()]
    return render_template(
        "organiser/index.html",
        numbers=numbers,
        recount=recounts.last(),
        broken=audit_log.broken_in(audit_log.last_check()),
        lines=lines,
        people=[(word(group), count) for group, count in numbers.people.items()],
        ideas=rows,
        ideas_chart=charts.bars(_("Ideas by state"), [charts.Bar(name, count) for name, count in rows]),
    )


@bp.get("/beheer/logboek")
@doors.organiser
def audit() -> ResponseReturnValue:
    """Everything that staff did, newest first."""
    chosen = LogFilter.of(request.args)
    before = request.args.get("voor", type=paths.number)
    lines, following = log_lines.log(chosen.conditions(), before)
    return render_template(
        "organiser/audit.html",
        lines=lines,
        following=following,
        before=before,
        chosen=chosen,
        address=chosen.address(),
        actions=log_lines.known_actions(),
        actors=log_lines.known_actors(),
        head=audit_log.head(),
        check=(check := audit_log.last_check()),
        broken=audit_log.broken_in(check),
    )


@bp.get("/beheer/berichten")
@doors.organiser
def inbox() -> ResponseReturnValue:
    """What visitors wrote."""
    handled = request.args.get("soort") == "afgehandeld"
    before = request.args.get("voor", type=paths.number)
    rows, following = queries.messages(handled, before)
    return render_template(
        "organiser/inbox.html",
        rows=[(row, html.from_plain(row.body)) for row in rows],
        following=following,
        before=before,
        handled=handled,
    )


@bp.post("/beheer/berichten/<int:message_id>/afhandelen")
@doors.organiser
def handle_message(message_id: int) -> ResponseReturnValue:
    """Mark a message as handled."""
    service.handle_message(the_person(), db.get_or_404(ContactMessage, message_id), clock.now())
    flash(_("The message has been handled."))
    return redirect(url_for("organiser.inbox"), code=303)


@bp.post("/beheer/berichten/<int:message_id>/heropenen")
@doors.organiser
def reopen_message(message_id: int) -> ResponseReturnValue:
    """Put a message back among those that wait."""
    service.reopen_message(the_person(), db.get_or_404(ContactMessage, message_id), clock.now())
    flash(_("The message is open again."))
    return redirect(url_for("organiser.inbox", soort="afgehandeld"), code=303)


@bp.get("/beheer/ideeen")
@doors.organiser
def ideas() -> ResponseReturnValue:
    """Published ideas, to answer and to take along."""
    words, asked = request.args.get("zoek", "")[:80], request.args.get("status", "")
    status = PublicStatus(asked) if asked in list(PublicStatus) else None
    before = request.args.get("voor", type=paths.number)
    rows, following = queries.ideas(words, status, before)
    return render_template(
        "organiser/ideas.html",
        rows=rows,
        following=following,
        before=before,
        words=words,
        status=status,
        statuses=list(PublicStatus),
    )


@bp.get("/beheer/ideeen/<int:idea_id>")
@doors.organiser
def idea(idea_id: int) -> ResponseReturnValue:
    """One idea with its answers and its status."""
    return _idea_page(_readable(idea_id))


@bp.post("/beheer/ideeen/<int:idea_id>/reactie")
@doors.organiser
def respond(idea_id: int) -> ResponseReturnValue:
    """Answer an idea for the municipality."""
    found, form = _readable(idea_id), forms.AnswerForm(prefix="answer-")
    if not form.validate():
        return _idea_page(found, 400, answer=form)
    try:
        service.answer_idea(
            the_person(),
            found,
            form.version.data or 0,
            str(form.on_behalf_of.data),
            str(form.body.data),
            clock.now(),
        )
    except service.Overtaken as error:
        db.session.rollback()
        return _idea_page(_readable(idea_id), 409, answer=form, overtaken=error)
    flash(_("The answer stands under the idea. The author hears of it by mail."))
    return redirect(url_for("organiser.idea", idea_id=idea_id), code=303)


@bp.post("/beheer/ideeen/<int:idea_id>/status")
@doors.organiser
def set_status(idea_id: int) -> ResponseReturnValue:
    """Take an idea a step further."""
    found, form = _readable(idea_id), forms.StatusForm(prefix="status-")
    seen = str(form.before.data)
    before = PublicStatus(seen) if seen in list(PublicStatus) else found.public_status
    form.offer(status_steps(before))
    if not form.validate():
        return _idea_page(found, 400, status=form)
    try:
        service.set_status(the_person(), found, before, form.chosen, str(form.reason.data), clock.now())
    except service.Overtaken as error:
        db.session.rollback()
        return _idea_page(_readable(idea_id), 409, status=form, overtaken=error)
    flash(_("The status is now: %(status)s. The author hears of it by mail.", status=word(form.chosen)))
    return redirect(url_for("organiser.idea", idea_id=idea_id), code=303)


@bp.get("/beheer/trajecten")
@doors.organiser
def processes_index() -> ResponseReturnValue:
    """The processes, with the way to the rules of their ranking."""
    return render_template("organiser/processes.html", rows=queries.processes())


@bp.get("/beheer/trajecten/<slug>/rangschikking")
@doors.organiser
def rules_of(slug: str) -> ResponseReturnValue:
    """The rules of the ranking of a process."""
    return _rules_page(_process(slug))


@bp.post("/beheer/trajecten/<slug>/rangschikking")
@doors.organiser
def set_rules(slug: str) -> ResponseReturnValue:
    """Choose the rules of the ranking anew."""
    process = _process(slug)
    parameters, _weighting = rules.in_force(process.ranking_settings)
    form = rules_form.RulesForm(parameters.groups, prefix="rules-")
    if not form.validate():
        return _rules_page(process, 400, form)
    wanted, seen, why = form.settings(parameters), str(form.seen.data), str(form.reason.data)
    try:
        service.set_rules(the_person(), process, wanted, seen, why, clock.now())
    except service.Overtaken as error:
        db.session.rollback()
        return _rules_page(_process(slug), 409, form, error)
    flash(_("The ranking follows these rules from now on. Everybody can read who chose them, and why."))
    return redirect(url_for("organiser.rules_of", slug=slug), code=303)


def _process(slug: str) -> Process:
    return db.first_or_404(select(Process).where(Process.slug == slug))


def _rules_page(
    process: Process,
    status_code: int = 200,
    sent: rules_form.RulesForm | None = None,
    overtaken: NotAllowed | None = None,
) -> ResponseReturnValue:
    parameters, weighting = rules.in_force(process.ranking_settings)
    mark = rules.mark(process.ranking_settings)
    data = rules_form.fill(parameters, weighting, mark)
    form = sent or rules_form.RulesForm(parameters.groups, prefix="rules-", formdata=None, data=data)
    now = clock.now()
    return (
        render_template(
            "organiser/rules.html",
            process=process,
            form=form,
            sent=sent,
            mark=mark,
            overtaken=overtaken.decision if overtaken else None,
            may=may_set_rules(the_person(), process),
            is_voting=any(call.allows(Action.VOTE, now) for call in calls.of_process(process.id)),
            chosen=frames.chosen_for(process.id),
        ),
        status_code,
    )


def _readable(idea_id: int) -> Idea:
    """The idea when everybody may read it; the others are for its author and the moderators."""
    found = db.get_or_404(Idea, idea_id)
    if not found.is_readable:
        abort(404)
    return found


def _idea_page(
    found: Idea,
    status_code: int = 200,
    answer: forms.AnswerForm | None = None,
    status: forms.StatusForm | None = None,
    overtaken: service.Overtaken | None = None,
) -> ResponseReturnValue:
    sent = answer or status
    steps = status_steps(found.public_status)
    status = (status or forms.StatusForm(prefix="status-", formdata=None)).offer(steps)
    if status.status.data not in {step.value for step in steps}:
        status.status.data = None
    return (
        render_template(
            "organiser/idea.html",
            idea=found,
            body=html.from_plain(found.body),
            may=may_answer(the_person(), found),
            answer_form=answer or forms.AnswerForm(prefix="answer-", formdata=None),
            status_form=status,
            sent=sent,
            overtaken=overtaken.decision if overtaken else None,
            steps=queries.steps(found.id),
            answers=[(row, html.from_plain(row.body)) for row in queries.answers(found.id)],
        ),
        status_code,
    )
