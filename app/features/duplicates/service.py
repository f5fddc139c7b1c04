"""What happens to a pair of ideas: brought up, authors asked, answered, made one, kept apart, made two again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as insert_on_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_on_sqlite
from sqlalchemy.exc import OperationalError

from app.db import db, is_postgresql
from app.domain.decision import N_, Decision, NotAllowed
from app.domain.merging import TO_ANSWER, Consent
from app.features.duplicates import letters, queries
from app.kit import audit, signals
from app.models.duplicate import DuplicateAnswer, DuplicateProposal, Merge, ProposalSource, ProposalState
from app.models.idea import Idea
from app.models.moderation import ModerationDecision, ModerationVerb
from app.models.person import Person
from app.models.process import Call, Process, ProcessState
from app.models.queue import QueueKind
from app.policies.duplicates import (
    are_comparable,
    may_answer,
    may_ask,
    may_judge,
    may_merge,
    may_propose,
    may_reject,
)
from app.records import decisions, merge_news, merging, news, notices, queue, stakes

TRIES = 3
KEPT_APART = Decision(N_("The moderators looked at these two ideas before and keep them apart."))


class Overtaken(NotAllowed):
    """Something happened to the pair while the moderator was looking at it."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """What the site reckons of two texts."""

    value: float
    shared: list[str]


def propose(
    person: Person | None,
    one: Idea,
    other: Idea,
    now: datetime,
    *,
    sentence: str = "",
    likeness: Likeness | None = None,
) -> bool:
    """Bring up that two ideas are the same; whether nobody did before. `person` is None for the site itself.

    The later idea would go on in the earlier one, until a moderator turns that round. The site and residents do not
    bring up again what moderators keep apart; moderators may. Raises NotAllowed.
    """
    process = process_of(one)
    if person is None:
        are_comparable(one, other, process).or_raise()
    else:
        may_propose(person, one, other, process, queries.proposed_today(person.id, now), now).or_raise()
    first, second = sorted((one, other), key=lambda idea: (idea.published_at or now, idea.id))
    is_new = _store(person, second, first, now, sentence, likeness)
    db.session.commit()
    return is_new


def _store(
    person: Person | None,
    idea: Idea,
    into: Idea,
    now: datetime,
    sentence: str,
    likeness: Likeness | None,
) -> bool:
    known = queries.between(idea.id, into.id)
    by_moderator = person is not None and person.is_moderator
    if known is not None and known.state != ProposalState.REJECTED:
        if known.state == ProposalState.PROPOSED:
            queue.put(QueueKind.DUPLICATE, known, now)  # an idea that left the site took it out of the queue
        return False
    if known is not None and not by_moderator:
        raise NotAllowed(KEPT_APART)
    source = ProposalSource.SYSTEM
    if person is not None:
        source = ProposalSource.MODERATOR if by_moderator else ProposalSource.RESIDENT
    values: dict[str, Any] = {
        "source": source,
        "proposed_by_id": person.id if person else None,
        "sentence": sentence,
        "state": ProposalState.PROPOSED,
        "created_at": now,
    }
    if known is not None:
        db.session.execute(
            update(DuplicateProposal)
            .where(DuplicateProposal.id == known.id)
            .values(
                **values,
                asked_at=None,
                answer_until=None,
                decided_at=None,
                decided_by_id=None,
                decision_sentence="",
            )
        )
        for answer in db.session.scalars(select(DuplicateAnswer).filter_by(proposal_id=known.id)):
            db.session.delete(answer)
        proposal = known
    else:
        insert = insert_on_postgresql if is_postgresql() else insert_on_sqlite
        values |= {
            "idea_id": idea.id,
            "into_id": into.id,
            "likeness": likeness.value if likeness else None,
            "shared": likeness.shared if likeness else [],
            "decision_sentence": "",
        }
        number = db.session.scalar(
            insert(DuplicateProposal).values(values).on_conflict_do_nothing().returning(DuplicateProposal.id)
        )
        if number is None:
            return False  # somebody else was first
        proposal = db.session.get_one(DuplicateProposal, number)
    queue.put(QueueKind.DUPLICATE, proposal, now)
    if by_moderator:
        both = {"idea": proposal.idea_id, "into": proposal.into_id}
        audit.record(person, "duplicates.propose", proposal, now, after=both, why=sentence)
    return True


def process_of(idea: Idea) -> ProcessState:
    """Whether the process of an idea is open."""
    return db.session.execute(
        select(Process.state).join(Call, Call.process_id == Process.id).where(Call.id == idea.call_id)
    ).scalar_one()


def ask(moderator: Person, proposal_id: int, stays_id: int, now: datetime) -> None:
    """Ask the authors, who have a week; until then the pair does not wait for moderators. Raises NotAllowed, Overtaken.

    When nobody can be asked, the pair may become one at once.
    """
    proposal = _locked(proposal_id)
    idea, into = _turned(proposal, stays_id)
    _not_overtaken(may_ask(moderator, proposal.state, idea, into, process_of(idea), posters_of(proposal)))
    proposal.idea_id, proposal.into_id = idea.id, into.id
    proposal.state = ProposalState.ASKING
    proposal.asked_at, proposal.answer_until = now, now + TO_ANSWER
    db.session.flush()
    db.session.expire(proposal)
    asked = queries.reachable(proposal, now)
    if asked:
        queue.take_out(QueueKind.DUPLICATE, proposal, now, moderator)
    mails = letters.question(proposal, idea, into, asked, now)
    db.session.add_all(mails)
    news.decided(
        asked,
        f"duplicate:{proposal.id}:{now.isoformat()}",
        N_("Do “%(title)s” and “%(other)s” become one idea?"),
        notices.page("duplicates.answer", proposal_id=proposal.id),
        now,
        title=idea.title,
        other=into.title,
    )
    audit.record(
        moderator,
        "duplicates.ask",
        proposal,
        now,
        before={"state": ProposalState.PROPOSED},
        after={"state": ProposalState.ASKING, "stays": into.id},
    )
    db.session.commit()
    if mails:
        signals.mail_queued.send()


def answer(author: Person, proposal_id: int, agrees: bool, text: str, now: datetime) -> None:
    """What an author says; another answer takes the place of the first. Raises NotAllowed.

    An objection, or the last yes, brings the pair back to the moderators at once.
    """
    proposal = _locked(proposal_id)
    may_answer(author, proposal.state, proposal.answer_until, authors_of(proposal), now).or_raise()
    said = db.session.get(DuplicateAnswer, (proposal.id, author.id))
    if said is None:
        said = DuplicateAnswer(proposal_id=proposal.id, person_id=author.id)
        db.session.add(said)
    said.agrees, said.text, said.answered_at = agrees, text if not agrees else "", now
    db.session.flush()
    if queries.consent_of(proposal, now) in (Consent.OBJECTED, Consent.AGREED):
        queue.put(QueueKind.DUPLICATE, proposal, now)
    else:
        queue.take_out(QueueKind.DUPLICATE, proposal, now)
    db.session.commit()


def merge(moderator_id: int, proposal_id: int, stays_id: int, sentence: str, now: datetime) -> None:
    """Make one idea of two, in one transaction. Raises NotAllowed, and Overtaken when somebody was first.

    PostgreSQL ends one of two that wait for each other; then this one begins anew.
    """
    for attempt in range(TRIES):
        try:
            _merge(moderator_id, proposal_id, stays_id, sentence, now)
            return
        except OperationalError as fault:
            db.session.rollback()
            if getattr(fault.orig, "sqlstate", "") != "40P01" or attempt + 1 == TRIES:
                raise


def _merge(moderator_id: int, proposal_id: int, stays_id: int, sentence: str, now: datetime) -> None:
    moderator = db.session.get_one(Person, moderator_id)
    proposal = db.session.get_one(DuplicateProposal, proposal_id)
    idea, into = _turned(proposal, stays_id)
    _check(moderator, proposal, idea, into, now)
    mails = letters.merged(idea, into, sentence, now)  # written before anything is locked
    idea, into = merging.hold(idea.id, into.id, now)
    proposal = _locked(proposal_id)
    _check(moderator, proposal, idea, into, now)
    made = merging.merge(idea, into, moderator, now, sentence=sentence, proposal_id=proposal.id)
    proposal.idea_id, proposal.into_id = idea.id, into.id
    proposal.state = ProposalState.MERGED
    proposal.decided_at, proposal.decided_by_id, proposal.decision_sentence = now, moderator.id, sentence
    db.session.flush()
    waited = queue.take_out(QueueKind.DUPLICATE, proposal, now, moderator)
    decision = decisions.write(
        idea,
        ModerationVerb.MERGE,
        moderator,
        now,
        sentence=sentence,
        before={"merge": made.id, "into": into.id},
        waited=waited,
    )
    decisions.hold(decision, mails)
    merge_news.merged(made, decisions.event_key(decision), now)
    merge_news.outcome(proposal, now, is_merged=True)
    audit.record(
        moderator,
        "duplicates.merge",
        idea,
        now,
        before={"state": "published"},
        after={"state": "merged", "into": into.id},
        why=sentence,
    )
    numbers = (idea.id, into.id)
    db.session.commit()
    _announce(*numbers, mails=bool(mails))


def _check(moderator: Person, proposal: DuplicateProposal, idea: Idea, into: Idea, now: datetime) -> None:
    _not_overtaken(
        may_merge(
            moderator,
            proposal.state,
            queries.consent_of(proposal, now),
            proposal.proposed_by_id,
            idea,
            into,
            process_of(idea),
            posters_of(proposal),
        )
    )


def reject(moderator: Person, proposal_id: int, sentence: str, now: datetime) -> None:
    """Keep two ideas apart. Raises NotAllowed, and Overtaken when somebody was first."""
    proposal = _locked(proposal_id)
    _not_overtaken(may_reject(moderator, proposal.state, authors_of(proposal), posters_of(proposal)))
    before = proposal.state
    proposal.state = ProposalState.REJECTED
    proposal.decided_at, proposal.decided_by_id, proposal.decision_sentence = now, moderator.id, sentence
    db.session.flush()
    queue.take_out(QueueKind.DUPLICATE, proposal, now, moderator)
    if proposal.asked_at is not None:
        news.decided(
            queries.reachable(proposal, now),
            f"duplicate:{proposal.id}:{now.isoformat()}",
            N_("“%(title)s” and “%(other)s” stay two ideas"),
            notices.page("ideas.show", idea_id=proposal.idea_id),
            now,
            sentence,
            title=proposal.idea.title,
            other=proposal.into.title,
        )
    merge_news.outcome(proposal, now, is_merged=False)
    audit.record(
        moderator,
        "duplicates.reject",
        proposal,
        now,
        before={"state": before},
        after={"state": ProposalState.REJECTED},
        why=sentence,
    )
    db.session.commit()


def undo(moderator: Person, proposal_id: int, sentence: str, now: datetime) -> None:
    """Make two ideas of one again. Raises NotAllowed, and Overtaken when somebody was first.

    Within ten minutes it is as if nothing had happened, and nobody hears of it; later everybody hears of both.
    """
    proposal = db.session.get_one(DuplicateProposal, proposal_id)
    made = queries.merge_of(proposal)
    if made is None or made.undone_at is not None:
        raise Overtaken(merging.ALREADY_UNDONE)
    idea, into = db.session.get_one(Idea, made.idea_id), db.session.get_one(Idea, made.into_id)
    may_judge(moderator, {idea.author_id, into.author_id}, posters_of(proposal)).or_raise()
    numbers = (idea.id, into.id)
    mails = letters.parted(idea, into, sentence, now)
    decision = _decision_on(made)
    is_fresh = decision is not None and decisions.is_fresh(decision, now)
    if decision is not None and is_fresh:
        decisions.undo(decision, moderator, now)
        made.undo_sentence = sentence
    else:
        merging.part(made, moderator, now, sentence)
        if decision is not None:
            decision.undone_at, decision.undone_by_id = now, moderator.id
        db.session.add_all(mails)
    audit.record(
        moderator,
        "duplicates.undo",
        idea,
        now,
        before={"state": "merged", "into": into.id},
        after={"state": "published"},
        why=sentence,
    )
    db.session.commit()
    _announce(*numbers, mails=bool(mails) and not is_fresh)


def _decision_on(made: Merge) -> ModerationDecision | None:
    """The decision that a merge rests on, as long as it was not undone."""
    return db.session.scalar(
        select(ModerationDecision)
        .where(
            ModerationDecision.idea_id == made.idea_id,
            ModerationDecision.verb == ModerationVerb.MERGE,
            ModerationDecision.undone_at.is_(None),
        )
        .order_by(ModerationDecision.id.desc())
        .limit(1)
    )


def authors_of(proposal: DuplicateProposal) -> set[int]:
    """Who wrote the two ideas."""
    both = select(Idea.author_id).where(Idea.id.in_([proposal.idea_id, proposal.into_id]))
    return set(db.session.scalars(both))


def posters_of(proposal: DuplicateProposal) -> frozenset[int]:
    """Who of the staff posted one of the two ideas for somebody else."""
    return stakes.posters([proposal.idea_id, proposal.into_id])


def _locked(proposal_id: int) -> DuplicateProposal:
    return db.session.get_one(
        DuplicateProposal, proposal_id, with_for_update={"key_share": True}, populate_existing=True
    )


def _turned(proposal: DuplicateProposal, stays_id: int) -> tuple[Idea, Idea]:
    """The idea that goes on, and the one that stays; as they were brought up unless the other one is chosen."""
    goes, stays = proposal.idea_id, proposal.into_id
    if stays_id == goes:
        goes, stays = stays, goes
    return db.session.get_one(Idea, goes), db.session.get_one(Idea, stays)


def _not_overtaken(may: Decision) -> None:
    if not may:
        raise Overtaken(may)


def _announce(*idea_ids: int, mails: bool) -> None:
    for idea_id in idea_ids:
        signals.idea_changed.send(idea_id)
        signals.vote_cast.send(idea_id)
    if mails:
        signals.mail_queued.send()
