"""Ideas of the demo that say the same: two pairs became one, one waits that the site found, one that a resident saw."""

from datetime import datetime, timedelta

from sqlalchemy import func, insert, select

from app.cli.demo.calendar import Calendar
from app.cli.demo.casting import Casting
from app.cli.demo.content import dice, read
from app.cli.demo.ideas import Board
from app.db import db
from app.domain.lifecycle import IdeaState
from app.features.duplicates import finding, service
from app.kit import audit
from app.models import Argument, DuplicateAnswer, DuplicateProposal, Idea, Person, Vote
from app.models.duplicate import ProposalSource, ProposalState
from app.models.moderation import ModerationVerb
from app.models.person import Role
from app.records import decisions, merging

VOTERS = 24
"""So many people had voted on an idea that then became one with another."""
AT_ONCE = 500


def build_merges(calendar: Calendar, casting: Casting, board: Board) -> int:
    """Merge what the content says, with the votes and arguments that the idea had until then; how many."""
    found = 0
    for entry in read("duplicates")["merged"]:
        casting.turn_to(f"merging {entry['idea']}")
        idea = board.ideas[entry["idea"]]
        into = board.ideas[board.entries[entry["idea"]]["into"]]
        idea.state, idea.merged_into_id = IdeaState.PUBLISHED, None
        db.session.flush()
        last = db.session.scalar(select(func.max(Argument.created_at)).where(Argument.idea_id == idea.id))
        moment = max(
            calendar.hours_ago(entry["hours"]), *([last + timedelta(hours=1)] if last is not None else [])
        )
        _vote(idea, into, moment, calendar)
        _merge(idea, into, entry["said"], entry["sentence"], moment, casting)
        found += 1
    db.session.flush()
    return found


def _vote(idea: Idea, into: Idea, end: datetime, calendar: Calendar) -> None:
    """People who voted on the idea; some of them voted on the other one as well."""
    assert idea.published_at is not None
    chance, start = dice(f"twice {idea.id}"), idea.published_at
    voters = db.session.scalars(
        select(Person)
        .join(Vote, Vote.person_id == Person.id)
        .join(Idea, Idea.id == Vote.idea_id)
        .where(Idea.call_id == into.call_id, Person.created_at < start, Person.id != idea.author_id)
        .distinct()
        .order_by(Person.id)
    ).all()
    rows = []
    for person in chance.sample(voters, min(VOTERS, len(voters))):
        moment = min(calendar.awake(start + (end - start) * chance.random()), end - timedelta(minutes=1))
        rows.append(
            {
                "idea_id": idea.id,
                "person_id": person.id,
                "value": 1 if chance.random() < 0.8 else -1,
                "previous": 0,
                "group": person.group,
                "cast_at": max(moment, start),
            }
        )
    db.session.execute(insert(Vote), rows)


def _merge(idea: Idea, into: Idea, said: str, sentence: str, moment: datetime, casting: Casting) -> None:
    asked = moment - timedelta(days=2)
    moderator = casting.staff(Role.MODERATOR, but_not=idea.author)
    proposal = DuplicateProposal(
        idea_id=idea.id,
        into_id=into.id,
        source=ProposalSource.RESIDENT,
        proposed_by_id=casting.reader(asked).id,
        shared=[],
        sentence=said,
        state=ProposalState.MERGED,
        created_at=asked - timedelta(hours=5),
        asked_at=asked,
        answer_until=asked + timedelta(days=7),
        decided_at=moment,
        decided_by_id=moderator.id,
        decision_sentence=sentence,
    )
    db.session.add(proposal)
    db.session.flush()
    for hours, author in ((6, idea.author_id), (20, into.author_id)):
        at = asked + timedelta(hours=hours)
        db.session.add(
            DuplicateAnswer(proposal_id=proposal.id, person_id=author, agrees=True, answered_at=at)
        )
    one, other = merging.hold(idea.id, into.id, moment)
    made = merging.merge(one, other, moderator, moment, sentence=sentence, proposal_id=proposal.id)
    decisions.write(
        one,
        ModerationVerb.MERGE,
        moderator,
        moment,
        sentence=sentence,
        before={"merge": made.id, "into": other.id},
    )
    audit.record(
        moderator,
        "duplicates.merge",
        one,
        moment,
        before={"state": "published"},
        after={"state": "merged", "into": other.id},
        why=sentence,
    )


def build_proposals(calendar: Calendar, casting: Casting, board: Board) -> int:
    """Pairs that wait for a moderator; after everything else was committed. How many."""
    found = 0
    for entry in read("duplicates")["waiting"]:
        casting.turn_to(f"pairing {entry['idea']}")
        moment = calendar.hours_ago(entry["hours"])
        one, other = (db.session.get_one(Idea, board.ideas[entry[key]].id) for key in ("idea", "other"))
        found += service.propose(casting.reader(moment), one, other, moment, sentence=entry["sentence"])
    return found


def find_pairs(now: datetime) -> None:
    """Let the site look by itself, so that the first moderator finds what it found."""
    finding.look(now - timedelta(hours=2), AT_ONCE)
