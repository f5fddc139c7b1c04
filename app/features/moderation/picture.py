"""The image of an idea taken off the site by itself, and put back: kept under lock as long as an appeal is possible."""

import json
from base64 import b64decode, b64encode
from datetime import datetime

from sqlalchemy import update

from app.db import db
from app.domain.decision import N_, Decision, NotAllowed
from app.domain.lifecycle import RefusalReason
from app.features.moderation.curating import ROW, Overtaken, posted_by, reporters_of
from app.features.moderation.telling import Told, finish, letter
from app.kit import audit, cipher
from app.kit.images import Encoded
from app.models.contribution import IdeaImage
from app.models.idea import Idea
from app.models.moderation import MaskedText, ModerationDecision, ModerationVerb
from app.models.person import Person
from app.models.queue import QueueKind
from app.policies.curating import may_take_image
from app.policies.moderation import may_decide
from app.records import decisions, images, queue
from app.records.appeal_words import cited

PURPOSE = "taken-image"
_IMAGE = "image"
"""Under this name the image is kept in MaskedText, whole and encrypted."""


def take(
    moderator: Person, idea: Idea, key: str, reason: RefusalReason, sentence: str, now: datetime
) -> ModerationDecision:
    """Take the image off the idea and leave the text; `key` is the image that the moderator saw.

    Raises NotAllowed, and Overtaken when the idea has another image by now, or none.
    """
    may_decide(moderator, idea.author_id, reporters_of(idea), posted_by(idea)).or_raise()
    told = Told("image_taken", N_("The image of your idea was taken off: %(title)s"), sentence)
    letters = letter(idea, told, now, reason=cited(reason, idea.author.language))
    _lock(idea.id)
    image = db.session.get(IdeaImage, idea.id, populate_existing=True)
    possible = may_take_image(idea.state, has_image=image is not None)
    if image is None or not possible:
        raise Overtaken(possible)
    if image.key != key:
        raise Overtaken(Decision(N_("The author has put another image here. Look at it before you decide.")))
    original = {_IMAGE: cipher.lock(PURPOSE, _packed(image))}
    images.remove(idea.id)
    db.session.expunge(image)
    _count_up(idea)
    keys = list(queue.closed([queue.key_of(QueueKind.IMAGE, idea)], now, moderator))
    decision = decisions.write(
        idea,
        ModerationVerb.TAKE_IMAGE,
        moderator,
        now,
        sentence=sentence,
        reason=reason,
        before={"keys": keys},
    )
    db.session.add(MaskedText(decision_id=decision.id, original=original, keep_until=decision.appeal_until))
    db.session.flush()
    audit.record(moderator, "moderation.take_image", idea, now, after={"reason": reason}, why=sentence)
    finish(idea, decision, letters, told, now)
    return decision


@decisions.reverts(ModerationVerb.TAKE_IMAGE)
def _put_back(decision: ModerationDecision, now: datetime) -> None:
    """The idea has its image again, when it has got no other one since."""
    idea = _lock(decision.idea_id or 0)
    kept = db.session.get(MaskedText, decision.id, with_for_update=True, populate_existing=True)
    found = _unpacked(kept)
    if kept is None or found is None:
        raise NotAllowed(Decision(N_("The image has been destroyed, so it cannot be put back.")))
    if db.session.get(IdeaImage, idea.id, populate_existing=True) is not None:
        raise NotAllowed(Decision(N_("The idea has got another image since, so this one stays away.")))
    image, alt, added_at = found
    images.put(idea.id, image, alt, added_at)
    kept.original, kept.destroyed_at = None, now
    db.session.flush()
    _count_up(idea)
    if decision.undone_at is not None:
        queue.reopen(decision.before.get("keys", ()), decision.decided_at)


def kept(decision_id: int) -> bytes | None:
    """The small file of an image that was taken off, for whoever answers the appeal; None once it is destroyed."""
    found = _unpacked(db.session.get(MaskedText, decision_id))
    return found[0].small if found else None


def _packed(image: IdeaImage) -> str:
    return json.dumps(
        {
            "key": image.key,
            "alt": image.alt,
            "width": image.width,
            "height": image.height,
            "large": b64encode(image.large).decode("ascii"),
            "small": b64encode(image.small).decode("ascii"),
            "added_at": image.added_at.isoformat(),
        }
    )


def _unpacked(row: MaskedText | None) -> tuple[Encoded, str, datetime] | None:
    if row is None or row.original is None or _IMAGE not in row.original:
        return None
    try:
        data = json.loads(cipher.unlock(PURPOSE, row.original[_IMAGE]))
    except cipher.Unreadable:
        return None
    image = Encoded(
        data["key"], data["width"], data["height"], b64decode(data["large"]), b64decode(data["small"])
    )
    return image, data["alt"], datetime.fromisoformat(data["added_at"])


def _lock(idea_id: int) -> Idea:
    return db.session.get_one(Idea, idea_id, with_for_update=ROW, populate_existing=True)


def _count_up(idea: Idea) -> None:
    """Cards, feeds and pages are kept by the version of the idea."""
    db.session.execute(update(Idea).where(Idea.id == idea.id).values(version=Idea.version + 1))
    db.session.expire(idea)
