"""One text before a moderator, and every decision on it: requests in, answers out."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.db import db
from app.domain.house_rules import HOUSE_RULES
from app.domain.lifecycle import IdeaState
from app.features.moderation import cases, claiming, forms, places, queries, service
from app.features.moderation.cases import Case
from app.features.moderation.letters import Ruling
from app.features.moderation.queue_queries import Place
from app.kit import clock, doors
from app.kit.forms import Form
from app.kit.identity import the_person
from app.models.argument import Argument, ArgumentState
from app.models.idea import Idea
from app.models.moderation import Report
from app.models.queue import QueueItem
from app.policies.moderation import may_read, may_return
from app.records import notes

bp = Blueprint("moderation", __name__)


@bp.get("/moderatie/ideeen/<int:idea_id>")
@doors.moderator
def review(idea_id: int) -> ResponseReturnValue:
    """One idea with everything a moderator needs to decide."""
    return _idea_page(_idea(idea_id))


@bp.post("/moderatie/ideeen/<int:idea_id>/plaatsen")
@doors.moderator
def publish(idea_id: int) -> ResponseReturnValue:
    """Put it on the site."""
    form = forms.PublishForm(_idea(idea_id).call.checklist, prefix="publish-")
    return _decide_on_idea(
        idea_id,
        "publish",
        form,
        lambda idea: service.publish_idea(
            the_person(), idea, form.version.data or 0, clock.now(), form.points
        ),
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


@bp.post("/moderatie/argumenten/<int:argument_id>/plaatsen")
@doors.moderator
def publish_argument(argument_id: int) -> ResponseReturnValue:
    """Put a reaction on the site that waited for it."""
    form = forms.VersionForm(prefix="publish-")
    return _decide_on_argument(
        argument_id,
        "publish",
        form,
        lambda text: service.publish_argument(the_person(), text, form.version.data or 0, clock.now()),
        _("Published."),
    )


@bp.post("/moderatie/argumenten/<int:argument_id>/weigeren")
@doors.moderator
def refuse_argument(argument_id: int) -> ResponseReturnValue:
    """Say no to a reaction, with the house rule."""
    form = forms.RefuseArgumentForm(prefix="refuse-")
    return _decide_on_argument(
        argument_id,
        "refuse",
        form,
        lambda text: service.refuse_argument(
            the_person(), text, form.version.data or 0, _ruling(form), clock.now()
        ),
        _("Refused. The author hears why."),
    )


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
    subject, form = _reported(report_id), forms.KeepForm(prefix="keep-")
    done = _("The text stays as it is. Who reported it hears why.")
    return _keep(subject, form, done, lambda: str(form.sentence.data))


@bp.post("/moderatie/ideeen/<int:idea_id>/gelezen")
@doors.moderator
def read(idea_id: int) -> ResponseReturnValue:
    """Leave a published idea as it is: somebody has read what is new in it."""
    return _keep(_idea(idea_id), forms.ReadForm(prefix="keep-"), _("Read. The text stays as it is."), str)


@bp.post("/moderatie/argumenten/<int:argument_id>/gelezen")
@doors.moderator
def read_argument(argument_id: int) -> ResponseReturnValue:
    """The same for a reaction."""
    text = db.get_or_404(Argument, argument_id)
    return _keep(text, forms.ReadForm(prefix="keep-"), _("Read. The text stays as it is."), str)


def _keep(
    subject: Idea | Argument, form: forms.KeepForm | forms.ReadForm, done: str, sentence: Callable[[], str]
) -> ResponseReturnValue:
    def decide(text: Any) -> None:
        seen = form.reports.data if isinstance(form, forms.KeepForm) else frozenset()
        service.keep_text(the_person(), text, sentence(), clock.now(), form.version.data, seen)

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
            "keep": "read",
        }
        actions = {name: url_for(f"moderation.{view}", idea_id=subject.id) for name, view in verbs.items()}
    else:
        actions = {
            name: url_for(f"moderation.{view}_argument", argument_id=subject.id)
            for name, view in (
                ("publish", "publish"),
                ("refuse", "refuse"),
                ("hide", "hide"),
                ("restore", "restore"),
                ("keep", "read"),
            )
        }
    if reports:
        actions["keep"] = url_for("moderation.keep", report_id=reports[0].id)
    return actions


def cited_rules() -> dict[str, str]:
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
    place = _place(cases.open_items(idea))
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
    place = _place(cases.open_items(text))
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
    following = claiming.take_next(the_person(), clock.now(), place)
    if following is None:
        flash(_("%(done)s That was the last one: “%(title)s”.", done=done, title=title))
        return redirect(url_for("moderation.queue"), code=303)
    flash(_("%(done)s That was “%(title)s”. Here is the next one.", done=done, title=title))
    return redirect(places.of_item(following), code=303)


def _place(items: Sequence[QueueItem]) -> Place | None:
    """Where a text stands in the queue, or None when it does not wait."""
    return Place(items[0].waits_since, items[0].id) if items else None


def _idea_page(
    idea: Idea,
    status: int = 200,
    filled: dict[str, Form] | None = None,
    overtaken: service.Overtaken | None = None,
) -> ResponseReturnValue:
    given: dict[str, Form] = {}
    if idea.state == IdeaState.SUBMITTED:
        given = {
            "publish": forms.PublishForm(idea.call.checklist, prefix="publish-", formdata=None),
            "return": forms.ReturnForm(prefix="return-", formdata=None),
            "refuse": forms.RefuseForm(prefix="refuse-", formdata=None),
        }
        if not may_return(service.posted_by(idea), was_published=idea.published_at is not None):
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
    if text.state == ArgumentState.WAITING:
        given = {
            "publish": forms.VersionForm(prefix="publish-", formdata=None),
            "refuse": forms.RefuseArgumentForm(prefix="refuse-", formdata=None),
        }
    elif text.state == ArgumentState.PUBLISHED:
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
    now, moderator = clock.now(), the_person()
    case = Case(subject)
    cases.complete([case])
    if case.reports and not cases.is_recalled(subject):
        given["keep"] = forms.KeepForm(prefix="keep-", formdata=None)
    elif case.items and service.is_on_the_site(subject):
        given["keep"] = forms.ReadForm(prefix="keep-", formdata=None)
    sent = filled or {}
    # A text that was reported meanwhile asks for another form than the one that was sent.
    shown = {name: sent[name] if type(sent.get(name)) is type(form) else form for name, form in given.items()}
    if isinstance(keep := shown.get("keep"), forms.KeepForm):
        keep.reports.data = frozenset(report.id for report in case.reports)
    return (
        render_template(
            template,
            subject=subject,
            version=cases.version_of(subject),
            body=queries.body_of(subject),
            author=queries.author(subject.author_id, subject),
            decided=queries.decisions_on(subject),
            reports=queries.report_lines(case.reports),
            items=case.items,
            held=cases.held(case, now),
            forms=shown,
            lost={name: form for name, form in sent.items() if name not in given},
            sent=next(iter(sent), ""),
            may=cases.may_decide_on(moderator, case, now),
            overtaken=overtaken.decision if overtaken else None,
            on_the_site=service.is_on_the_site(subject),
            rules=HOUSE_RULES.values(),
            hints=cited_rules(),
            actions=_actions(subject, case.reports),
            place=_place(case.items),
            beside=beside,
            notes=notes.on(subject),
            note_form=forms.NoteForm(prefix="note-", formdata=None),
            fresh=queries.fresh_decision(moderator.id, now),
            **more,
        ),
        status,
    )
