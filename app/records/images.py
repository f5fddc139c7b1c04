"""Images of ideas: kept with the idea, or for a while under a token when the rest of a form needs another look."""

from base64 import b64decode, b64encode
from datetime import datetime

from sqlalchemy import delete, select

from app.db import db
from app.kit import tokens
from app.kit.images import LARGE, SMALL, Encoded
from app.models.contribution import IdeaImage
from app.models.person import Draft
from app.records.drafts import LIFETIME

MOST_KEPT = 3
"""Images of one person that wait at the same time: one for each form that stands open."""


def put(idea_id: int, image: Encoded, alt: str, now: datetime) -> None:
    """Give an idea this image in the place of the one it had; the caller commits."""
    row = db.session.get(IdeaImage, idea_id)
    if row is None:
        row = IdeaImage(idea_id=idea_id)
        db.session.add(row)
    row.key, row.alt, row.added_at = image.key, alt, now
    row.width, row.height = image.width, image.height
    row.large, row.small = image.large, image.small


def describe(idea_id: int, alt: str) -> None:
    """Change what is said in the place of the image; the caller commits."""
    row = db.session.get(IdeaImage, idea_id)
    if row is not None:
        row.alt = alt


def remove(idea_id: int) -> None:
    """Take the image away; the caller commits."""
    db.session.execute(delete(IdeaImage).where(IdeaImage.idea_id == idea_id))


def content(idea_id: int, key: str, width: int) -> bytes | None:
    """The file of this address, when the idea has this very image."""
    column = {LARGE: IdeaImage.large, SMALL: IdeaImage.small}.get(width)
    if column is None:
        return None
    found = select(column).where(IdeaImage.idea_id == idea_id, IdeaImage.key == key)
    body: bytes | None = db.session.scalar(found)
    return body


def keep(person_id: int, image: Encoded, now: datetime) -> str:
    """Keep an image while its sender mends the rest of the form; the caller commits. Returns its token."""
    mine = Draft.kind == _kind(person_id)
    newest = (
        select(Draft.id)
        .where(mine)
        .order_by(Draft.created_at.desc(), Draft.id.desc())
        .limit(MOST_KEPT - 1)
        .scalar_subquery()
    )
    db.session.execute(delete(Draft).where(mine, Draft.id.not_in(newest)))
    token = tokens.new_token()
    data = {
        "key": image.key,
        "width": image.width,
        "height": image.height,
        "large": b64encode(image.large).decode("ascii"),
        "small": b64encode(image.small).decode("ascii"),
    }
    hashed = tokens.keyed_hash("image", token)
    db.session.add(Draft(token_hash=hashed, kind=_kind(person_id), data=data, created_at=now))
    return token


def kept(person_id: int, token: str, now: datetime) -> Encoded | None:
    """The image that this person left under the token; nobody else finds it with the same token."""
    if not token:
        return None
    data = db.session.scalar(
        select(Draft.data).where(
            Draft.token_hash == tokens.keyed_hash("image", token),
            Draft.kind == _kind(person_id),
            Draft.created_at >= now - LIFETIME,
        )
    )
    if data is None:
        return None
    return Encoded(
        data["key"], data["width"], data["height"], b64decode(data["large"]), b64decode(data["small"])
    )


def let_go(person_id: int, token: str) -> None:
    """What was kept stands with an idea now; the caller commits."""
    if token:
        hashed = tokens.keyed_hash("image", token)
        db.session.execute(delete(Draft).where(Draft.token_hash == hashed, Draft.kind == _kind(person_id)))


def forget(person_id: int) -> None:
    """Throw away what waits of this person; the caller commits."""
    db.session.execute(delete(Draft).where(Draft.kind == _kind(person_id)))


def _kind(person_id: int) -> str:
    return f"image:{person_id}"
