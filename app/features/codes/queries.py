"""Batches of voting codes as the organisers see them: counts per batch, and never who."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from app.db import db
from app.models.entry import CodeBatch, VotingCode
from app.models.process import Call

MOST = 200


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch with how many of its codes somebody came in with."""

    id: int
    name: str
    call_title: str
    call_slug: str
    made: int
    used: int
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None

    def state(self, now: datetime) -> str:
        """`revoked`, `expired` or `valid`."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at <= now else "valid"


def batches() -> list[Batch]:
    """The newest batches, newest first."""
    return [Batch(*row) for row in db.session.execute(_batches().limit(MOST))]


def batch(batch_id: int) -> Batch | None:
    """One batch."""
    row = db.session.execute(_batches().where(CodeBatch.id == batch_id)).one_or_none()
    return Batch(*row) if row is not None else None


def last_batch() -> int:
    """The number of the newest batch; 0 while there is none."""
    return db.session.scalar(select(func.max(CodeBatch.id))) or 0


def _batches() -> Select[Any]:
    used = (
        select(func.count())
        .where(VotingCode.batch_id == CodeBatch.id, VotingCode.used_at.is_not(None))
        .scalar_subquery()
    )
    return (
        select(
            CodeBatch.id,
            CodeBatch.name,
            Call.title,
            Call.slug,
            CodeBatch.count,
            used,
            CodeBatch.created_at,
            CodeBatch.expires_at,
            CodeBatch.revoked_at,
        )
        .join(Call, Call.id == CodeBatch.call_id)
        .order_by(CodeBatch.id.desc())
    )
