"""What the page of one idea and the form need, put together from records and policies."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.domain.decision import N_, YES, Decision
from app.domain.lifecycle import IdeaState
from app.domain.phases import Action
from app.features.ideas import beside, extras, queries
from app.features.ideas.extra_fields import IMAGE_MISSING, KEPT_TEXTS
from app.features.ideas.forms import IdeaForm
from app.kit import html, maps
from app.kit.i18n import hours_filter, language
from app.kit.kept import Kept
from app.models.person import Person
from app.models.process import Audience, CallKind, Curation
from app.policies.curation import Course
from app.policies.ideas import may_amend, may_edit, may_send_in, may_withdraw
from app.policies.taking_part import may_argue, may_submit
from app.records import agenda_place, arguments, ballots, course, curation, merges, practices, trail
from app.records.argument_views import FIRST, View
from app.records.calls import CallRow
from app.records.frames import Frame
from app.records.ideas import IdeaRow

AUDIENCES = {
    Audience.COUNCIL: N_("For council members"),
    Audience.PARTNERS: N_("For partners in the city"),
}
EXPLAINED_STATES = frozenset({IdeaState.RETURNED, IdeaState.REFUSED, IdeaState.HIDDEN})


@dataclass(frozen=True, slots=True)
class CallChoice:
    """A call that an idea could answer, and why not if so. Who is not signed in yet may choose any open one."""

    call: CallRow
    decision: Decision
    audience: str

    @property
    def is_open(self) -> bool:
        return bool(self.decision)


def call_choices(frame: Frame, person: Person | None, now: datetime) -> list[CallChoice]:
    """Every call of the process that asks for ideas now or soon, with what this person may do there."""
    choices = []
    for call in frame.calls:
        if not (call.allows(Action.SUBMIT, now) or call.opens(Action.SUBMIT, now)):
            continue
        decision = may_submit(person, call, now)
        if decision.needs_sign_in:
            decision = YES
        choices.append(CallChoice(call, decision, AUDIENCES.get(call.audience, "")))
    return choices


def promise(way: Course, hours: int) -> str:
    """When readers see an idea that is sent in now, and when a moderator does."""
    time = hours_filter(hours)
    if not way.is_live:
        return str(
            _("A moderator reads your idea before it appears on the site, within %(time)s.", time=time)
        )
    if way.waits:
        return str(
            _("Your idea appears on the site at once. A moderator reads it within %(time)s.", time=time)
        )
    return str(_("Your idea appears on the site at once. Moderators read it when somebody reports it."))


def promises(choices: Sequence[CallChoice], person: Person | None) -> dict[str, str]:
    """The same for every call that can be answered, by the name in its address."""
    number = person.id if person is not None else None
    return {
        choice.call.slug: promise(curation.of_ideas(choice.call, number), choice.call.promised_hours)
        for choice in choices
        if choice.is_open
    }


def fill(form: IdeaForm, typed: Mapping[str, Any]) -> None:
    """Put what was typed before into the form."""
    texts = ("title", "summary", "body", "themes", "neighbourhood", "submission_key", "version", *KEPT_TEXTS)
    for name in texts:
        form[name].data = typed.get(name) or form[name].data
    form.image_is_missing = bool(typed.get(IMAGE_MISSING))
    if typed.get("call") in form.call_slugs:
        form.call.data = typed["call"]


def typed_of(idea: IdeaRow) -> dict[str, Any]:
    """An idea as its author would type it."""
    return {
        "call": idea.call.slug,
        "title": idea.title,
        "summary": idea.summary,
        "body": idea.body,
        "themes": [theme.slug for theme in idea.themes],
        "neighbourhood": idea.neighbourhood,
        "version": str(idea.version),
        **extras_of(idea),
    }


def extras_of(idea: IdeaRow) -> dict[str, Any]:
    """What stands beside the text of an idea, as its author would fill it in."""
    answers = extras.challenge_of(idea.id) if idea.call.kind == CallKind.CHALLENGE else None
    return {
        "image_alt": idea.image.alt if idea.image else "",
        "latitude": "" if idea.latitude is None else f"{idea.latitude:.{maps.DECIMALS}f}",
        "longitude": "" if idea.longitude is None else f"{idea.longitude:.{maps.DECIMALS}f}",
        **(asdict(answers) if answers else {}),
    }


def show(idea: IdeaRow, person: Person | None, now: datetime, view: View = FIRST) -> dict[str, Any]:
    """Everything on the page of an idea; six statements, and fewer for whoever follows within a second."""
    is_author = person is not None and person.id == idea.author_id
    sees_decisions = is_author or (person is not None and person.is_moderator)
    found: dict[str, Any] = {
        "idea": idea,
        "is_author": is_author,
        "moment": now,
        "is_public": idea.state == IdeaState.PUBLISHED,
        "ballot": None,
        "decided": None,
        "staff_links": _staff_links(idea, person),
        **_parts(idea, person, now, view),
    }
    if idea.state == IdeaState.PUBLISHED:
        found["arguing"] = may_argue(person, idea.state, idea.call, now)
    if sees_decisions and idea.state in EXPLAINED_STATES:
        found["decided"] = queries.last_decision(idea.id)
    if is_author:
        has_reactions = queries.has_reactions(idea.id)
        found["editing"] = may_edit(person, idea, idea.call, now, has_reactions=has_reactions)
        last = idea.amended.made_at if idea.amended else None
        found["amending"] = may_amend(person, idea, idea.call, last, now)
        found["sending"] = may_send_in(person, idea, idea.call, now)
        found["withdrawing"] = may_withdraw(person, idea, idea.call)
        found["course"] = course.of_idea(idea.id, idea.author_id)
    return found


_around: Kept[dict[str, Any]] = Kept("around ideas")
_said: Kept[dict[str, Any]] = Kept("said on ideas")


def _parts(idea: IdeaRow, person: Person | None, now: datetime, view: View) -> dict[str, Any]:
    """What stands around the idea itself: the same for everybody and at most a second old, but for what is said on it,
    which somebody who signed in reads as it is now. What was changed or hidden is read anew.
    """
    key = (idea.id, idea.version, idea.argument_count, idea.call.hides_counts(now), language())
    around = _around.get(key, lambda _stale: _read_around(idea, now)) or {}
    if person is None:
        said = _said.get((*key, view), lambda _stale: _read_said(idea, None, now, view))
        return {**around, **(said or {})}
    return {**around, **_read_said(idea, person, now, view)}


def _read_around(idea: IdeaRow, now: datetime) -> dict[str, Any]:
    return {
        "text": html.from_plain(idea.body),
        "locator": beside.where(idea),
        "challenge": extras.challenge_of(idea.id) if idea.call.kind == CallKind.CHALLENGE else None,
        "trail": trail.of_idea(idea),
        "went_on": merges.end(idea.id) if idea.state == IdeaState.MERGED else None,
        "place": agenda_place.of_idea(idea, now),
        "practices": practices.of_idea([theme.id for theme in idea.themes], idea.title, idea.summary),
    }


def _read_said(idea: IdeaRow, person: Person | None, now: datetime, view: View) -> dict[str, Any]:
    if idea.state != IdeaState.PUBLISHED:
        return {}
    # Where moderators read first, what stands here was read, and its author changes it no longer.
    since = None if idea.call.argument_curation == Curation.BEFORE else now
    return {
        "ballot": ballots.of_idea(idea.id, idea.state, idea.call, person, now),
        "talk": arguments.of_idea(idea.id, person.id if person else None, since, view),
    }


def _staff_links(idea: IdeaRow, person: Person | None) -> list[tuple[str, str]]:
    """Where moderators and organisers go on with this idea, with the words of the link."""
    links = []
    if person is not None and person.is_moderator and idea.submitted_at is not None:
        links.append((_("Moderate this idea"), url_for("moderation.review", idea_id=idea.id)))
    if person is not None and person.is_organiser and idea.state == IdeaState.PUBLISHED:
        links.append((_("Answer or change the status"), url_for("organiser.idea", idea_id=idea.id)))
    return links
