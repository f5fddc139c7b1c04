"""What was begun before signing in: kept on the server under a token that only the browser's session holds."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select

from app.db import db
from app.kit import tokens
from app.models.person import Draft

LIFETIME = timedelta(days=7)
"""How long a text waits for its writer to sign in."""


MOST_KEPT = 24_000
"""Characters of all fields together: more than any form takes, and not so much that a stranger fills the disk."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What somebody began: of which kind, and what they typed or chose."""

    kind: str
    data: dict[str, Any]

    @property
    def subject(self) -> int:
        """The number of what it is about; 0 when it is about nothing that has one."""
        number = self.data.get("subject")
        return number if isinstance(number, int) else 0


def keep(kind: str, data: dict[str, Any], now: datetime, replaces: str = "") -> str:
    """Keep a text and return its token for the session; the caller commits.

    `replaces` is the token of the same writer's earlier draft, which goes. Old drafts of others go along.
    """
    gone = Draft.created_at < now - LIFETIME
    if replaces:
        gone = gone | (Draft.token_hash == tokens.keyed_hash("draft", replaces))
    db.session.execute(delete(Draft).where(gone))
    token = tokens.new_token()
    db.session.add(
        Draft(token_hash=tokens.keyed_hash("draft", token), kind=kind, data=_bounded(data), created_at=now)
    )
    return token


def _bounded(data: dict[str, Any]) -> dict[str, Any]:
    left = MOST_KEPT
    kept: dict[str, Any] = {}
    for name, value in data.items():
        if isinstance(value, list):
            value = [str(item)[:100] for item in value[:20]]
        elif isinstance(value, str):
            value = value[:left]
            left -= len(value)
        kept[name] = value
    return kept


def find(kind: str, token: str, now: datetime) -> dict[str, Any] | None:
    """What was kept under the token, or None when it is of another kind, used or too old."""
    if not token:
        return None
    draft = db.session.scalars(
        db.select(Draft).where(
            Draft.token_hash == tokens.keyed_hash("draft", token),
            Draft.kind == kind,
            Draft.created_at >= now - LIFETIME,
        )
    ).one_or_none()
    return None if draft is None else dict(draft.data)


def look(token: str, now: datetime) -> Kept | None:
    """What was kept under the token, of whatever kind, or None when it is used or too old."""
    if not token:
        return None
    row = db.session.execute(
        select(Draft.kind, Draft.data).where(
            Draft.token_hash == tokens.keyed_hash("draft", token), Draft.created_at >= now - LIFETIME
        )
    ).one_or_none()
    return None if row is None else Kept(row.kind, dict(row.data))


def take(token: str, now: datetime) -> Kept | None:
    """The same, and nobody else gets it: of two at once one finds it. Undone when the caller does not commit."""
    if not token:
        return None
    row = db.session.execute(
        delete(Draft)
        .where(Draft.token_hash == tokens.keyed_hash("draft", token), Draft.created_at >= now - LIFETIME)
        .returning(Draft.kind, Draft.data)
    ).one_or_none()
    return None if row is None else Kept(row.kind, dict(row.data))


def drop(token: str) -> None:
    """Forget a text that has been used; the caller commits."""
    if token:
        db.session.execute(delete(Draft).where(Draft.token_hash == tokens.keyed_hash("draft", token)))
