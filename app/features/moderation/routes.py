"""The moderators' queue and their decisions: requests in, answers out."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.db import db
from app.domain.house_rules import HOUSE_RULES
from app.domain.lifecycle import IdeaState
from app.features.moderation import forms, queries, queue_queries, service
from app.features.moderation.queue_queries import Filter, Place
from app.features.moderation.service import Ruling
from app.kit import clock, doors, paths
from app.kit.forms import Form
from app.kit.identity import the_person
from app.models.argument import Argument, ArgumentState
from app.models.idea import Idea
from app.models.moderation import Report
from app.policies.moderation import may_decide, may_read, may_return

bp = Blueprint("moderation", __name__)


@bp.get("/moderatie")
@doors.moderator
def queue() -> ResponseReturnValue:
    """What waits, oldest first."""
    asked = request.args.get("soort", Filter.ALL)
    kind = Filter(asked) if asked in list(Filter) else Filter.ALL
    after = Place.read(request.args.get("na", ""))
    rows, following = queue_queries.waiting(kind, the_person().id, after)
    return render_template(
        "moderation/queue.html",
        rows=rows,
        following=following,
        after=after,
        kind=kind,
        counts=queue_queries.counts(),
    )


@bp.get("/moderatie/besluiten")
@doors.moderator
def decisions() -> ResponseReturnValue:
    """What was decided, newest first."""
    before = request.args.get("voor", type=paths.number)
    rows, following = queries.decisions(before)
    return render_template(
        "moderation/decisions.html",
        rows=rows,
        following=following,
        before=before,
        counts=queue_queries.counts(),
    )


@bp.get("/moderatie/ideeen/<int:idea_id>")
@doors.moderator
def review(idea_id: int) -> ResponseReturnValue:
    """One idea with everything a moderator needs to decide."""
    return _idea_page(_idea(idea_id))


@bp.post("/moderatie/ideeen/<int:idea_id>/plaatsen")
@doors.moderator
def publish(idea_id: int) -> ResponseReturnValue:
    """Put it on the site."""
    form = forms.PublishForm(prefix="publish-")
    return _decide_on_idea(
        idea_id,
        "publish",
        form,
        lambda idea: service.publish_idea(the_person(), idea, form.version.data or 0, clock.now()),
        _("Published."),
    )


@bp.post("/moderatie/ideeen/<int:idea_id>/terugsturen")
@doors.moderator
def return_(idea_id: int) -> ResponseReturnValue:
    """Ask the author to change something."""
    form = forms.ReturnForm(prefix="return-")
    return _decide_on_idea(
        idea_id,
        "return",
        form,
        lambda idea: service.return_idea(
            the_person(), idea, form.version.data or 0, str(form.sentence.data), clock.now()
        ),
        _("Returned to the author with your request."),
    )


@bp.post("/moderatie/ideeen/<int:idea_id>/weigeren")
@doors.moderator
def refuse(idea_id: int) -> ResponseReturnValue:
    """Say no, with the house rule."""
    form = forms.RefuseForm(prefix="refuse-")
    return _decide_on_idea(
        idea_id,
        "refuse",
        form,
        lambda idea: service.refuse_idea(
            the_person(), idea, form.version.data or 0, _ruling(form), clock.now()
        ),
        _("Refused. The author hears why."),
    )


@bp.post("/moderatie/ideeen/<int:idea_id>/verbergen")
@doors.moderator
def hide(idea_id: int) -> ResponseReturnValue:
    """Take a published idea off the site."""
    form = forms.HideForm(prefix="hide-")
    return _decide_on_idea(
        idea_id,
        "hide",
        form,
        lambda idea: service.hide_idea(the_person(), idea, _ruling(form), clock.now()),
        _("Hidden. The author hears why."),
    )


@bp.post("/moderatie/ideeen/<int:idea_id>/terugzetten")
@doors.moderator
def restore(idea_id: int) -> ResponseReturnValue:
    """Put a hidden idea back."""
    form = forms.RestoreForm(prefix="restore-")
    return _decide_on_idea(
        idea_id,
        "restore",
        form,
        lambda idea: service.restore_idea(the_person(), idea, str(form.sentence.data), clock.now()),
        _("Put back on the site."),
    )


@bp.get("/moderatie/argumenten/<int:argument_id>")
@doors.moderator
def argument(argument_id: int) -> ResponseReturnValue:
    """One argument with its reports."""
    return _argument_page(db.get_or_404(Argument, argument_id))


@bp.post("/moderatie/argumenten/<int:argument_id>/verbergen")
@doors.moderator
def hide_argument(argument_id: int) -> ResponseReturnValue:
    """Put a tombstone in its place."""
    form = forms.HideArgumentForm(prefix="hide-")
    return _decide_on_argument(
        argument_id,
        "hide",
        form,
        lambda text: service.hide_argument(the_person(), text, _ruling(form), clock.now()),
        _("Hidden. The author hears why."),
    )


@bp.post("/moderatie/argumenten/<int:argument_id>/terugzetten")
@doors.moderator
def restore_argument(argument_id: int) -> ResponseReturnValue:
    """Show it again."""
    form = forms.RestoreForm(prefix="restore-")
    return _decide_on_argument(
        argument_id,
        "restore",
        form,
        lambda text: service.restore_argument(the_person(), text, str(form.sentence.data), clock.now()),
        _("Put back on the site."),
    )


@bp.get("/moderatie/meldingen/<int:report_id>")
@doors.moderator
def report(report_id: int) -> ResponseReturnValue:
    """The page of the text that the report is about: all reports on a text are handled together."""
    return redirect(_address(_reported(report_id)), code=303)


@bp.post("/moderatie/meldingen/<int:report_id>/laten-staan")
@doors.moderator
def keep(report_id: int) -> ResponseReturnValue:
    """Close the reports on the text without hiding it."""
    subject = _reported(report_id)
    form = forms.KeepForm(prefix="keep-")

    def decide(text: Any) -> None:
        service.keep_text(the_person(), text, str(form.sentence.data), clock.now())

    done = _("The text stays as it is. Who reported it hears why.")
    if isinstance(subject, Idea):
        return _decide_on_idea(subject.id, "keep", form, decide, done)
    return _decide_on_argument(subject.id, "keep", form, decide, done)


def _ruling(form: forms.RefuseForm | forms.HideForm) -> Ruling:
    return Ruling(str(form.sentence.data), form.chosen)


def _idea(idea_id: int) -> Idea:
    idea = db.get_or_404(Idea, idea_id)
    if not may_read(the_person(), idea):
        abort(404)
    return idea


def _reported(report_id: int) -> Idea | Argument:
    found = db.get_or_404(Report, report_id)
    subject = found.idea or found.argument
    if subject is None:
        abort(404)
    return subject


def _address(subject: Idea | Argument) -> str:
    if isinstance(subject, Idea):
        return url_for("moderation.review", idea_id=subject.id)
    return url_for("moderation.argument", argument_id=subject.id)


def _actions(subject: Idea | Argument, reports: Sequence[Report]) -> dict[str, str]:
    """Where the form of each decision on this text goes."""
    if isinstance(subject, Idea):
        verbs = {
            "publish": "publish",
            "return": "return_",
            "refuse": "refuse",
            "hide": "hide",
            "restore": "restore",
        }
        actions = {name: url_for(f"moderation.{view}", idea_id=subject.id) for name, view in verbs.items()}
    else:
        actions = {
            name: url_for(f"moderation.{name}_argument", argument_id=subject.id)
            for name in ("hide", "restore")
        }
    if reports:
        actions["keep"] = url_for("moderation.keep", report_id=reports[0].id)
    return actions


def _cited_rules() -> dict[str, str]:
    """The house rule under each reason."""
    return {
        reason.value: _("House rule %(number)d: %(rule)s", number=rule.number, rule=_(rule.sentence))
        for reason, rule in HOUSE_RULES.items()
    }


def _decide_on_idea(
    idea_id: int, name: str, form: Form, decide: Callable[[Idea], None], done: str
) -> ResponseReturnValue:
    idea = _idea(idea_id)
    if not form.validate():
        return _idea_page(idea, 400, {name: form})
    place = queue_queries.place_of(idea, service.open_reports(idea))
    title = idea.title
    try:
        decide(idea)
    except service.Overtaken as error:
        db.session.rollback()
        return _idea_page(_idea(idea_id), 409, {name: form}, error)
    return _onwards(title, done, place, url_for("moderation.review", idea_id=idea_id))


def _decide_on_argument(
    argument_id: int, name: str, form: Form, decide: Callable[[Argument], None], done: str
) -> ResponseReturnValue:
    text = db.get_or_404(Argument, argument_id)
    if not form.validate():
        return _argument_page(text, 400, {name: form})
    place = queue_queries.place_of(text, service.open_reports(text))
    title = text.idea.title
    try:
        decide(text)
    except service.Overtaken as error:
        db.session.rollback()
        return _argument_page(db.get_or_404(Argument, argument_id), 409, {name: form}, error)
    return _onwards(title, done, place, url_for("moderation.argument", argument_id=argument_id))


def _onwards(title: str, done: str, place: Place | None, here: str) -> ResponseReturnValue:
    """After a decision from the queue straight to the next text; else back to this one."""
    if place is None:
        flash(done)
        return redirect(here, code=303)
    following = queue_queries.next_after(place, the_person().id)
    if following is None:
        flash(_("%(done)s That was the last one: “%(title)s”.", done=done, title=title))
        return redirect(url_for("moderation.queue"), code=303)
    flash(_("%(done)s That was “%(title)s”. Here is the next one.", done=done, title=title))
    if following.kind == queue_queries.Kind.ARGUMENT:
        return redirect(url_for("moderation.argument", argument_id=following.id), code=303)
    return redirect(url_for("moderation.review", idea_id=following.id), code=303)


def _idea_page(
    idea: Idea,
    status: int = 200,
    filled: dict[str, Form] | None = None,
    overtaken: service.Overtaken | None = None,
) -> ResponseReturnValue:
    given: dict[str, Form] = {}
    if idea.state == IdeaState.SUBMITTED:
        given = {
            "publish": forms.PublishForm(prefix="publish-", formdata=None),
            "return": forms.ReturnForm(prefix="return-", formdata=None),
            "refuse": forms.RefuseForm(prefix="refuse-", formdata=None),
        }
        if not may_return(service.posted_by(idea)):
            del given["return"]
    elif idea.state == IdeaState.PUBLISHED:
        given = {"hide": forms.HideForm(prefix="hide-", formdata=None)}
    elif idea.state == IdeaState.HIDDEN:
        given = {"restore": forms.RestoreForm(prefix="restore-", formdata=None)}
    return _text_page(
        "moderation/idea.html",
        idea,
        given,
        status,
        filled,
        overtaken,
        beside=queries.beside(idea),
        alike=queries.alike(idea) if idea.state == IdeaState.SUBMITTED else None,
        said=queries.said_on(idea) if idea.published_at else [],
    )


def _argument_page(
    text: Argument,
    status: int = 200,
    filled: dict[str, Form] | None = None,
    overtaken: service.Overtaken | None = None,
) -> ResponseReturnValue:
    given: dict[str, Form] = {}
    if text.state == ArgumentState.PUBLISHED:
        given = {"hide": forms.HideArgumentForm(prefix="hide-", formdata=None)}
    elif text.state == ArgumentState.HIDDEN:
        given = {"restore": forms.RestoreForm(prefix="restore-", formdata=None)}
    return _text_page("moderation/argument.html", text, given, status, filled, overtaken)


def _text_page(
    template: str,
    subject: Idea | Argument,
    given: dict[str, Form],
    status: int,
    filled: dict[str, Form] | None,
    overtaken: service.Overtaken | None,
    beside: queries.Beside | None = None,
    **more: object,
) -> ResponseReturnValue:
    """The page of one text. `given` are the decisions that are possible now, `filled` the form that was sent."""
    reports = service.open_reports(subject)
    if reports:
        given["keep"] = forms.KeepForm(prefix="keep-", formdata=None)
    sent = filled or {}
    place = queue_queries.place_of(subject, reports)
    moderator = the_person()
    reporters = {line.reporter_id for line in reports}
    may = may_decide(moderator, subject.author_id, reporters, beside.posted_by_id if beside else None)
    return (
        render_template(
            template,
            subject=subject,
            body=queries.body_of(subject),
            author=queries.author(subject.author_id, subject),
            decided=queries.decisions_on(subject),
            reports=queries.report_lines(reports),
            forms={name: sent.get(name, form) for name, form in given.items()},
            lost={name: form for name, form in sent.items() if name not in given},
            sent=next(iter(sent), ""),
            may=may,
            overtaken=overtaken.decision if overtaken else None,
            on_the_site=service.is_on_the_site(subject),
            rules=HOUSE_RULES.values(),
            hints=_cited_rules(),
            actions=_actions(subject, reports),
            place=place,
            beside=beside,
            following=queue_queries.next_after(place, moderator.id) if place else None,
            **more,
        ),
        status,
    )
