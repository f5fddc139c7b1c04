"""Casting, changing and withdrawing a vote: requests in, answers out."""

from datetime import datetime
from urllib.parse import urlsplit

from flask import Blueprint, abort, get_template_attribute, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.db import begin_read
from app.domain.ballot import VoteValue
from app.domain.decision import NotAllowed
from app.features.voting import kept, service
from app.features.voting.forms import BallotForm
from app.kit import clock, doors, paths
from app.kit.errors import problem, wants_json
from app.kit.forms import csrf
from app.kit.identity import current_person
from app.kit.limits import ROOM, limiter
from app.policies.taking_part import may_vote
from app.records import ballots, heads
from app.records.heads import IdeaHead

bp = Blueprint("voting", __name__)
bp.record(kept.set_up)

WORDS = {VoteValue.FOR: "for", VoteValue.AGAINST: "against", VoteValue.WITHDRAWN: None}


@bp.post("/ideeen/<int:idea_id>/stem")
@doors.public
@csrf.exempt
@limiter.limit(lambda: "120 per minute" if current_person() else ROOM)
def cast(idea_id: int) -> ResponseReturnValue:
    """Set the state of one's vote. Open to all, so that an expired session leads to signing in and back."""
    idea = heads.of_idea(idea_id) or abort(404)
    form, now = BallotForm(), clock.now()
    voter = current_person()
    if voter is None:
        return _sign_in_first(idea, form, now)
    if not form.validate():
        return _once_more(idea, form, now)
    number = voter.id
    service.cast_vote(voter, idea, form.value, now)
    if wants_json():
        return _present_state(idea, form.value, number, now)
    return redirect(_where_it_stood(form.back.data, idea), code=303)


def _present_state(idea: IdeaHead, value: VoteValue, voter_id: int, now: datetime) -> ResponseReturnValue:
    """What a script needs to bring the ballot on its page up to date."""
    begin_read()
    ballot = ballots.after_vote(idea.id, value, idea.call, voter_id, now)
    say = get_template_attribute("voting/_ballot.html", "said_text")
    tell = get_template_attribute("voting/_ballot.html", "group_text")
    answer = jsonify(
        choice=WORDS[value],
        sentence=say(value, ballot.is_excluded),
        counts={"for": ballot.votes_for, "against": ballot.votes_against} if ballot.shows_counts else None,
        groups={total.group: {"sentence": tell(total), "share": total.share} for total in ballot.groups},
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _sign_in_first(idea: IdeaHead, form: BallotForm, now: datetime) -> ResponseReturnValue:
    """Refuse a stranger; when only the signing in is missing, keep the choice and show the way to it and back."""
    decision = may_vote(None, idea.state, idea.call, now)
    if not decision.needs_sign_in:
        raise NotAllowed(decision)
    form.validate()
    if not form.choice.errors:
        kept.keep_vote(idea, form.value, now)
    address = url_for("accounts.sign_in", next=url_for("ideas.show", idea_id=idea.id))
    if wants_json():
        return problem(401, _(decision.refusal), sign_in=address)
    return redirect(address, code=303)


def _once_more(idea: IdeaHead, form: BallotForm, now: datetime) -> ResponseReturnValue:
    """Offer the ballot again to somebody whose form was too old, or sent something else.

    Only where there is one: the page names the idea, and not everybody may read every idea.
    """
    may_vote(current_person(), idea.state, idea.call, now).or_raise()
    sentence = (
        _("Your session had expired, so your vote was not counted. Press your choice once more.")
        if form.is_stale
        else _("Choose for, against or withdraw.")
    )
    if wants_json():
        return problem(400, sentence)
    ballot = ballots.of_idea(idea.id, idea.state, idea.call, current_person(), now)
    return render_template("voting/again.html", idea=idea, ballot=ballot, sentence=sentence), 400


def _where_it_stood(back: str | None, idea: IdeaHead) -> str:
    """The page on which the button was pressed, at the ballot; else the page of the idea."""
    page = urlsplit(paths.same_site(back) or url_for("ideas.show", idea_id=idea.id))
    return page._replace(fragment=f"ballot-{idea.id}").geturl()
