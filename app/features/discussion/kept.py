"""What somebody wrote while signed out, told on the pages to sign in and posted by the sign-in."""

from datetime import datetime
from typing import TypeVar

from flask import url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from app.domain.ballot import Side
from app.domain.decision import N_, Decision, NotAllowed
from app.features.discussion import places, queries, reporting, service
from app.features.discussion.forms import ArgumentForm, ReplyForm, ReportForm
from app.features.discussion.queries import ArgumentHead
from app.kit.words import word
from app.models.moderation import ReportReason
from app.models.person import Person
from app.policies.discussion import may_reply
from app.policies.taking_part import may_argue
from app.records import heads, kept_actions
from app.records.drafts import Kept
from app.records.heads import IdeaHead
from app.records.kept_actions import Kind, NotComplete, Outcome, Promise
from app.records.reporting import Complaint

Sent = TypeVar("Sent", ArgumentForm, ReplyForm, ReportForm)

_PROMISES = {
    Side.FOR: N_("After signing in, your argument for ‘%(title)s’ is posted."),
    Side.AGAINST: N_("After signing in, your argument against ‘%(title)s’ is posted."),
    Side.QUESTION: N_("After signing in, your question about ‘%(title)s’ is posted."),
}
_WAITS = N_("Your text has been sent in. A moderator reads it first.")
_OUTCOMES = {
    Side.FOR: N_("Your argument for ‘%(title)s’ has been posted."),
    Side.AGAINST: N_("Your argument against ‘%(title)s’ has been posted."),
    Side.QUESTION: N_("Your question about ‘%(title)s’ has been posted."),
}


def set_up(_state: BlueprintSetupState) -> None:
    """Tell the floor below how to complete what this room keeps, by the names of its pages."""
    for name, describe, complete in (
        ("argue", _promise_argument, _argue),
        ("reply", _promise_reply, _reply),
        ("report_idea", _promise_report, _report),
        ("report_argument", _promise_report, _report),
        ("report_practice", _promise_report, _report),
    ):
        kept_actions.register(name, Kind(describe, complete, _form_of))


def _promise_argument(kept: Kept, now: datetime) -> Promise | None:
    idea, form = heads.of_idea(kept.subject), _typed(kept, ArgumentForm)
    if form is None or idea is None or not may_argue(None, idea.state, idea.call, now).needs_sign_in:
        return None
    sentence = _(_PROMISES[Side(form.side.data)], title=idea.title)
    return Promise(sentence, _("Sign in and post"), ((_("Your text"), form.body.data or ""),))


def _argue(person: Person, kept: Kept, now: datetime) -> Outcome:
    idea, form = _the_idea(kept.subject), _whole(kept, ArgumentForm)
    side = Side(form.side.data)
    may_argue(person, idea.state, idea.call, now).or_raise()
    number = service.add_argument(person, idea, side, form.body.data or "", now)
    if places.waits(idea.call, number):
        return Outcome(_(_WAITS), places.of_waiting(idea.id), "info")
    return Outcome(_(_OUTCOMES[side], title=idea.title), places.of_text(idea.id, number, number))


def _promise_reply(kept: Kept, now: datetime) -> Promise | None:
    argument, form = queries.argument(kept.subject), _typed(kept, ReplyForm)
    idea = heads.of_idea(argument.idea_id) if argument else None
    if form is None or argument is None or idea is None:
        return None
    if not may_reply(None, idea.state, argument.state, idea.call, now).needs_sign_in:
        return None
    sentence = _("After signing in, your reply about ‘%(title)s’ is posted.", title=idea.title)
    return Promise(sentence, _("Sign in and post"), ((_("Your reply"), form.body.data or ""),))


def _reply(person: Person, kept: Kept, now: datetime) -> Outcome:
    argument, form = _the_argument(kept.subject), _whole(kept, ReplyForm)
    idea = _the_idea(argument.idea_id)
    number = service.reply(person, idea, argument, form.body.data or "", now)
    if places.waits(idea.call, number):
        return Outcome(_(_WAITS), places.of_waiting(idea.id), "info")
    return Outcome(
        _("Your reply about ‘%(title)s’ has been posted.", title=idea.title),
        places.of_text(idea.id, number, argument.top_id),
    )


def _promise_report(kept: Kept, now: datetime) -> Promise | None:
    form, reported = _typed(kept, ReportForm), reporting.find(_reported_kind(kept), kept.subject)
    if form is None or reported is None:
        return None
    sentence = (
        _(
            "After signing in, the moderators get your report of a text about ‘%(title)s’.",
            title=reported.title,
        )
        if reported.kind == "argument"
        else _("After signing in, the moderators get your report of ‘%(title)s’.", title=reported.title)
    )
    texts = [(_("What is wrong with this text?"), word(ReportReason(form.reason.data)))]
    if form.explanation.data:
        texts.append((_("Explanation"), form.explanation.data))
    return Promise(sentence, _("Sign in and report"), tuple(texts))


def _report(person: Person, kept: Kept, now: datetime) -> Outcome:
    form = _whole(kept, ReportForm)
    reported = reporting.find(_reported_kind(kept), kept.subject)
    if reported is None:
        raise NotAllowed(Decision(_GONE))
    complaint = Complaint(ReportReason(form.reason.data), form.explanation.data or "")
    filed = service.report(person, reported.kind, reported.id, complaint, now)
    sentence, kind = reporting.thanks(filed)
    return Outcome(sentence, reporting.onwards(reported, filed), kind)


def _reported_kind(kept: Kept) -> str:
    return kept.kind.removeprefix("report_")


_GONE = N_("This text has been removed in the meantime.")


def _typed(kept: Kept, form_of: type[Sent]) -> Sent | None:
    """The form as it was sent, or None when it has a fault, which the form tells after signing in."""
    sent = MultiDict({name: value for name, value in kept.data.items() if isinstance(value, str)})
    form = form_of(formdata=sent, meta={"csrf": False})
    return form if form.validate() else None


def _whole(kept: Kept, form_of: type[Sent]) -> Sent:
    form = _typed(kept, form_of)
    if form is None:
        raise NotComplete
    return form


def _the_idea(number: int) -> IdeaHead:
    idea = heads.of_idea(number)
    if idea is None:
        raise NotAllowed(Decision(_GONE))
    return idea


def _the_argument(number: int) -> ArgumentHead:
    argument = queries.argument(number)
    if argument is None:
        raise NotAllowed(Decision(_GONE))
    return argument


def _form_of(kept: Kept) -> str:
    if kept.kind in reporting.KINDS:
        return reporting.address_of(_reported_kind(kept), kept.subject)
    if kept.kind == "argue":
        return url_for(f"discussion.{kept.kind}", idea_id=kept.subject)
    return url_for(f"discussion.{kept.kind}", argument_id=kept.subject)
