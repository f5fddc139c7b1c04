"""What stands beside the text of an idea, written along with it: its image, its place, its answers to a challenge."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update

from app.db import db
from app.domain.lifecycle import IdeaState
from app.kit.images import Encoded
from app.models.contribution import IdeaChallenge, IdeaImage
from app.models.idea import Idea
from app.models.process import Call, CallKind
from app.models.queue import QueueKind
from app.records import images, queue


@dataclass(frozen=True, slots=True)
class Challenge:
    """What residents say who offer to take over a task of the municipality."""

    task: str = ""
    team: str = ""
    means: str = ""
    better: str = ""


@dataclass(frozen=True, slots=True)
class Extras:
    """What somebody filled in beside the text."""

    image: Encoded | None = None
    """A new image; None leaves the present one."""
    alt: str = ""
    removes_image: bool = False
    kept_image: str = ""
    """The token under which the new image waited, to let it go."""
    place: tuple[float, float] | None = None
    challenge: Challenge | None = None


def write(idea_id: int, author_id: int, extras: Extras | None, now: datetime) -> None:
    """Give an idea what stands beside its text; the caller commits. None leaves everything as it is."""
    if extras is None:
        return
    latitude, longitude = extras.place or (None, None)
    db.session.execute(update(Idea).where(Idea.id == idea_id).values(latitude=latitude, longitude=longitude))
    kind, state = db.session.execute(
        select(Call.kind, Idea.state).join(Call, Call.id == Idea.call_id).where(Idea.id == idea_id)
    ).one()
    if extras.image is not None:
        images.put(idea_id, extras.image, extras.alt, now)
        if state != IdeaState.DRAFT:  # the form of a draft comes back, with the same token
            images.let_go(author_id, extras.kept_image)
        if state == IdeaState.PUBLISHED:
            queue.put(QueueKind.IMAGE, db.session.get_one(Idea, idea_id), now, is_live=True)
    elif extras.removes_image:
        images.remove(idea_id)
    else:
        images.describe(idea_id, extras.alt)
    _answer(idea_id, extras.challenge if kind == CallKind.CHALLENGE else None)


def differ(idea: Idea, extras: Extras | None) -> bool:
    """Whether writing these would change anything."""
    if extras is None:
        return False
    row = db.session.execute(
        select(IdeaImage.key, IdeaImage.alt).where(IdeaImage.idea_id == idea.id)
    ).one_or_none()
    place = (idea.latitude, idea.longitude) if idea.latitude is not None else None
    image = (extras.image.key, extras.alt) if extras.image else None
    if row is not None and (extras.removes_image or (image is None and row.alt != extras.alt)):
        return True
    return (
        place != extras.place
        or (image is not None and image != row)
        or challenge_of(idea.id) != extras.challenge
    )


def challenge_of(idea_id: int) -> Challenge | None:
    """What an idea answers to the questions of a challenge; None where nothing was asked."""
    row = db.session.get(IdeaChallenge, idea_id)
    return Challenge(row.task, row.team, row.means, row.better) if row is not None else None


def _answer(idea_id: int, challenge: Challenge | None) -> None:
    """Answers stand with ideas in a challenge only, whatever call was chosen before."""
    if challenge is None:
        db.session.execute(delete(IdeaChallenge).where(IdeaChallenge.idea_id == idea_id))
        return
    db.session.merge(
        IdeaChallenge(
            idea_id=idea_id,
            task=challenge.task,
            team=challenge.team,
            means=challenge.means,
            better=challenge.better,
        )
    )
