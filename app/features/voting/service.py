"""Casting, changing and withdrawing a vote: on an idea, or for themes on the agenda."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from app.db import db
from app.domain.ballot import VoteValue
from app.domain.decision import N_, Decision, NotAllowed
from app.kit import audit, signals
from app.models.person import Person
from app.models.process import Call
from app.policies.agenda_vote import may_open_agenda_vote
from app.policies.taking_part import may_choose_agenda, may_vote
from app.records import agenda_ballots, calls, drafts, groups, standings, tallies
from app.records.calls import CallRow
from app.records.heads import IdeaHead


class Overtaken(NotAllowed):
    """Somebody else opened or closed the agenda vote in the meantime."""


def cast_vote(voter: Person, idea: IdeaHead, value: VoteValue, now: datetime) -> None:
    """Bring the person's vote on the idea into a state, whatever it was, and keep the tally exact.

    Raises NotAllowed. Nothing else happens between the first lock and the commit.
    """
    state = groups.hold_to_vote(voter, idea.id, idea.state)
    may_vote(voter, state, idea.call, now).or_raise()
    tallies.put(idea.id, voter.id, voter.group, value, now)
    db.session.commit()
    signals.vote_cast.send(idea.id)


def choose_agenda(
    voter: Person, call: CallRow, themes: Collection[int], now: datetime, draft: str = ""
) -> None:
    """Make these themes of the call the person's whole choice for the agenda, whatever it was; none withdraws it.

    `draft` is the token of a choice kept before signing in, which goes. Raises NotAllowed.
    """
    groups.hold(voter)
    may_choose_agenda(voter, call, now).or_raise()
    try:
        agenda_ballots.put(call.id, voter.id, themes, now)
    except agenda_ballots.NotOpen:
        raise NotAllowed(may_choose_agenda(voter, replace(call, agenda_ballot=False), now)) from None
    drafts.drop(draft)
    db.session.commit()


def keep_ticks(kind: str, themes: Collection[int], now: datetime, replaces: str) -> str:
    """Keep what a stranger ticked until they signed in; returns the token for the session."""
    token = drafts.keep(kind, {"themes": [str(theme) for theme in themes]}, now, replaces)
    db.session.commit()
    return token


def set_agenda_vote(organiser: Person, call_id: int, was_open: bool, reason: str, now: datetime) -> None:
    """Open the agenda vote of a call that the organiser saw closed, or the other way round.

    The agenda is drafted anew from the other kind of ballots at once. Raises NotAllowed, and Overtaken when it is
    not as the organiser saw it.
    """
    call = db.session.get_one(Call, call_id, with_for_update={"key_share": True}, populate_existing=True)
    row = calls.get(call_id)
    assert row is not None
    may_open_agenda_vote(organiser, row, now).or_raise()
    if call.agenda_ballot is not was_open:
        raise Overtaken(Decision(N_("Somebody else has opened or closed the agenda vote in the meantime.")))
    call.agenda_ballot = not was_open
    audit.record(
        organiser,
        "voting.close_agenda_vote" if was_open else "voting.open_agenda_vote",
        call,
        now,
        before={"agenda_ballot": was_open},
        after={"agenda_ballot": not was_open},
        why=reason,
    )
    db.session.commit()
    standings.refresh(call_id, now)  # should this fail, the next turn of the job does it
