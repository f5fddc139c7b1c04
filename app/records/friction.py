"""What is asked of strangers while the site is under pressure: a proof in a form, and patience.

Any form asks with one line in its template, `{{ proof_field("contact") }}` (components/proof.html), and its view with

    no = friction.refusal(CONTACT, proof.sent(), person, now)      # before it does anything; the caller commits

"""

from dataclasses import replace
from datetime import datetime, timedelta

from flask import g
from sqlalchemy import func, select

from app.db import db, is_postgresql
from app.domain.decision import N_, YES, Decision, TooSoon
from app.kit import proof
from app.kit.proof import Challenge, Sent, Verdict
from app.models.argument import Argument
from app.models.idea import Idea
from app.models.person import Person
from app.policies import conduct
from app.policies import friction as policy
from app.policies.accounts import may_sign_in
from app.records import pressure

HOUR = timedelta(hours=1)
_SAID = "proof_refusal"
_SENTENCES = {
    Verdict.MISSING: N_(
        "Much is coming in just now, so we check that you are not a program. What you filled in is still here: send it"
        " once more."
    ),
    Verdict.WRONG: N_("The check that you are not a program did not work out. Send it once more."),
    Verdict.EXPIRED: N_(
        "This page stood open for a long time. What you filled in is still here: send it once more."
    ),
    Verdict.SPENT: N_("This form was sent before. If that was not meant, send it once more."),
    Verdict.TOO_SOON: N_(
        "Much is coming in just now, so we check that you are not a program. Wait %(seconds)s seconds, then press the"
        " button again. What you filled in is still here."
    ),
    Verdict.CROWDED: N_(
        "Very many people come in without JavaScript just now. Try again in a few minutes. What you filled in is still"
        " here."
    ),
}


def challenge(purpose: str, sent: Sent, person: Person | None, now: datetime) -> Challenge | None:
    """What a form asks of this visitor's browser; None when it asks nothing. A form that comes back keeps its own."""
    asked = _asked(purpose, person, now)
    if not asked:
        return None
    known = proof.again(sent.token, purpose, asked, now) if sent.token else None
    if known and proof.is_answer(known.token, sent.answer, known.zeros):
        known = replace(known, answer=sent.answer)
    return known or proof.challenge(purpose, asked, now)


def refusal(purpose: str, sent: Sent, person: Person | None, now: datetime) -> Decision:
    """Whether the form may go on: yes where nothing is asked or the proof is good, which uses it up."""
    asked = _asked(purpose, person, now)
    if not asked:
        return YES
    verdict = proof.use(sent, purpose, asked, now)
    if verdict == Verdict.GOOD:
        return YES
    decision = TooSoon(_SENTENCES[verdict], {"seconds": proof.seconds_left(sent.token, now)})
    setattr(g, _SAID, decision)
    return decision


def _asked(purpose: str, person: Person | None, now: datetime) -> int:
    """The level of the proof; of somebody we know nothing is asked, and so nothing is read."""
    if purpose != policy.ROOM_CODE and policy.has_standing(person, now):
        return 0
    return policy.level_asked(purpose, person, pressure.level(now), now)


def said() -> Decision:
    """The refusal of this request, to be shown beside the button."""
    found: Decision = getattr(g, _SAID, YES)
    return found


def may_post(author: Person, kind: str, now: datetime) -> None:
    """Whether somebody may send in one more. Raises NotAllowed with the sentence that says when they may.

    Posts of one person wait for each other here, so that each counts the others.
    """
    standing = ["blocked_at", "blocked_until", "paused_until"]
    db.session.refresh(author, standing, with_for_update={"key_share": True, "of": Person})
    may_sign_in(author, now).or_raise()  # a block while the text was on its way
    conduct.may_post(author, now).or_raise()
    known = pressure.level(now)
    measured = 0 if policy.has_standing(author, now) else pressure.level_at_a_post(now)
    decision = policy.may_post_more(author, kind, _lately(author.id, kind, now))
    if decision and measured:
        if is_postgresql():
            # Strangers come in one after the other now, so that each counts the others; SQLite has one writer anyway.
            db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext("young-posts"))))
        last_minute = pressure.submissions(now - timedelta(minutes=1), now)
        decision = policy.may_come_in(author, measured, last_minute, now)
    if not decision:
        if measured > known:
            pressure.job(
                now
            )  # what was measured just now goes with this refusal; the next stranger must hear of it
        decision.or_raise()


def _lately(author_id: int, kind: str, now: datetime) -> int:
    """How many ideas or arguments somebody sent in within the last hour."""
    table, moment = (Idea, Idea.submitted_at) if kind == policy.IDEAS else (Argument, Argument.created_at)
    count = select(func.count()).select_from(table).where(table.author_id == author_id, moment > now - HOUR)
    return db.session.scalar(count) or 0
