"""A vote or a choice of themes that was begun while signed out: how it is kept, told and completed."""

from collections.abc import Collection
from datetime import datetime

from flask import get_template_attribute, session, url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _

from app.db import db
from app.domain.ballot import MOST_TICKS, VoteValue
from app.domain.decision import N_, Decision, NotAllowed
from app.features.voting import service
from app.kit import voices
from app.kit.identity import DRAFT
from app.models.person import Person
from app.policies.taking_part import may_choose_agenda, may_vote
from app.records import calls, drafts, heads, kept_actions, processes
from app.records.calls import CallRow
from app.records.drafts import Kept
from app.records.heads import IdeaHead
from app.records.kept_actions import Kind, NotComplete, Outcome, Promise

VOTE, AGENDA = "vote", "agenda"
_PROMISES = {
    VoteValue.FOR: N_("After signing in, your vote FOR ‘%(title)s’ is counted."),
    VoteValue.AGAINST: N_("After signing in, your vote AGAINST ‘%(title)s’ is counted."),
    VoteValue.WITHDRAWN: N_("After signing in, your vote on ‘%(title)s’ is withdrawn."),
}
_OUTCOMES = {
    VoteValue.FOR: N_("Your vote FOR ‘%(title)s’ has been counted."),
    VoteValue.AGAINST: N_("Your vote AGAINST ‘%(title)s’ has been counted."),
    VoteValue.WITHDRAWN: N_("Your vote on ‘%(title)s’ has been withdrawn."),
}


def set_up(_state: BlueprintSetupState) -> None:
    """Tell the floor below how to complete what this room keeps."""
    kept_actions.register(VOTE, Kind(_promise_vote, _cast, _ballot_of, waits=False))
    kept_actions.register(AGENDA, Kind(_promise_ticks, _choose, _form_of))


def keep_vote(idea: IdeaHead, value: VoteValue, now: datetime) -> None:
    """Keep the choice of a visitor until they have signed in."""
    data = {"subject": idea.id, "value": int(value)}
    session[DRAFT] = drafts.keep(VOTE, data, now, session.get(DRAFT, ""))
    db.session.commit()


def kind_of(call: CallRow) -> str:
    """The kind of draft that ticked themes of a call are."""
    return f"{AGENDA}:{call.slug}"


def _promise_vote(kept: Kept, now: datetime) -> Promise | None:
    idea, value = heads.of_idea(kept.subject), _value_of(kept)
    if idea is None or not may_vote(None, idea.state, idea.call, now).needs_sign_in:
        return None
    button = _("Sign in and withdraw") if value is VoteValue.WITHDRAWN else _("Sign in and vote")
    promised = _(_PROMISES[value], title=idea.title)
    if idea.public_status.is_decided and value is not VoteValue.WITHDRAWN:
        told = get_template_attribute("voting/_ballot.html", "decided_text")
        promised = f"{promised} {told(idea.public_status)}"
    return Promise(promised, button)


def _cast(person: Person, kept: Kept, now: datetime) -> Outcome:
    idea, value = heads.of_idea(kept.subject), _value_of(kept)
    if idea is None:
        raise NotAllowed(Decision(N_("You cannot vote on this idea.")))
    service.cast_vote(person, idea, value, now)
    return Outcome(_(_OUTCOMES[value], title=idea.title), _ballot_of(kept))


def _ballot_of(kept: Kept) -> str:
    return url_for("ideas.show", idea_id=kept.subject, _anchor=f"ballot-{kept.subject}")


def _value_of(kept: Kept) -> VoteValue:
    return VoteValue(kept.data["value"])


def _promise_ticks(kept: Kept, now: datetime) -> Promise | None:
    call = _call_of(kept)
    if call is None or not may_choose_agenda(None, call, now).needs_sign_in:
        return None
    titles = _titles(call, _ticked(kept))
    if titles is None:
        return None
    return Promise(
        _("After signing in, your choice for the agenda is saved: %(themes)s.", themes=voices.listed(titles)),
        _("Sign in and save"),
    )


def _choose(person: Person, kept: Kept, now: datetime) -> Outcome:
    call, ticked = _call_of(kept), _ticked(kept)
    titles = _titles(call, ticked) if call else None
    if call is None or titles is None:
        raise NotComplete
    service.choose_agenda(person, call, ticked, now)
    return Outcome(_("Your choice has been saved: %(themes)s.", themes=voices.listed(titles)), _form_of(kept))


def _titles(call: CallRow, ticked: Collection[int]) -> list[str] | None:
    """What the ticked themes are called; None when one of them is gone or there are too many or none."""
    titles = [theme.title for theme in processes.themes_of(call.process_id, call.id) if theme.id in ticked]
    return titles if 0 < len(titles) == len(ticked) <= MOST_TICKS else None


def _call_of(kept: Kept) -> CallRow | None:
    return calls.by_slug(kept.kind.partition(":")[2])


def _ticked(kept: Kept) -> set[int]:
    return {int(number) for number in kept.data.get("themes", ()) if str(number).isdigit()}


def _form_of(kept: Kept) -> str:
    return url_for("agenda_vote.choose", oproep=kept.kind.partition(":")[2])
