"""The files of an activity, without their content."""

from dataclasses import dataclass

from sqlalchemy import select

from app.db import db
from app.models.gathering import Attachment


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file without its content."""

    id: int
    part_id: int | None
    title: str
    filename: str
    size: int


def files_of(activity_id: int) -> list[FileRow]:
    """The files of an activity, oldest first."""
    rows = db.session.execute(
        select(Attachment.id, Attachment.part_id, Attachment.title, Attachment.filename, Attachment.size)
        .where(Attachment.activity_id == activity_id)
        .order_by(Attachment.id)
    )
    return [FileRow(*row) for row in rows]
