"""What the pages of the outcomes read: each theme with what was concluded, the texts it has had, and pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.db import db
from app.domain.difference import Piece, between
from app.features.outcomes.agenda import Evening, Part
from app.models.outcome import OutcomeRevision, WorkshopPicture
from app.records import outcomes
from app.records.frames import ThemeTag
from app.records.outcomes import OutcomeRow


@dataclass(frozen=True, slots=True)
class Item:
    """A theme of the evening: on the agenda, discussed though it was not planned, or both not."""

    theme_id: int | None
    tag: ThemeTag | None
    part: Part | None
    """Its place in the programme; None when it was not planned."""
    outcome: OutcomeRow | None

    @property
    def title(self) -> str:
        return self.tag.title if self.tag else (self.part.title if self.part else "")

    @property
    def corrections(self) -> int:
        """How often it was corrected after the evening."""
        return self.outcome.corrections if self.outcome else 0


@dataclass(frozen=True, slots=True)
class Step:
    """A text that an outcome has had, as differences with the text before."""

    number: int
    at: datetime
    why: str
    conclusion: Sequence[Piece]
    elements: Sequence[Piece]
    questions: Sequence[Piece]
    taken_by: Sequence[Piece]
    is_first: bool


@dataclass(frozen=True, slots=True)
class PictureRow:
    """A picture without its bytes."""

    id: int
    alt: str
    key: str
    width: int
    height: int
    position: int


def items(workshop_id: int, evening: Evening, tags: Mapping[int, ThemeTag]) -> list[Item]:
    """The themes in the order of the agenda, then those that were discussed though not planned; one statement."""
    found = {row.theme_id: row for row in outcomes.of_workshop(workshop_id)}
    planned = [
        Item(part.theme, tags.get(part.theme or 0), part, found.pop(part.theme, None))
        for part in evening.themes
    ]
    extra = [Item(row.theme_id, tags.get(row.theme_id or 0), None, row) for row in found.values()]
    return [*planned, *extra]


def history(outcome_id: int, *, whole: bool) -> list[Step]:
    """The texts of an outcome, the newest first, each with what changed.

    Of what was typed during the evening only the last text, unless `whole`: half a sentence says nothing.
    """
    rows = db.session.scalars(
        select(OutcomeRevision)
        .where(OutcomeRevision.outcome_id == outcome_id)
        .order_by(OutcomeRevision.number)
    ).all()
    steps, before = [], None
    for place, row in enumerate(rows):
        goes_on = place + 1 < len(rows) and not row.why and not rows[place + 1].why
        if goes_on and not whole:
            continue
        steps.append(_step(row, before))
        before = row
    return steps[::-1]


def _step(row: OutcomeRevision, before: OutcomeRevision | None) -> Step:
    return Step(
        number=row.number,
        at=row.written_at,
        why=row.why,
        conclusion=between(before.conclusion if before else "", row.conclusion),
        elements=between(_lines(before.elements) if before else "", _lines(row.elements)),
        questions=between(_lines(before.questions) if before else "", _lines(row.questions)),
        taken_by=between(before.taken_by if before else "", row.taken_by),
        is_first=before is None,
    )


def _lines(sentences: Sequence[str]) -> str:
    return "\n".join(sentences)


def pictures(workshop_id: int) -> list[PictureRow]:
    """The pictures of the evening in their order, without bytes."""
    rows = db.session.execute(
        select(
            WorkshopPicture.id,
            WorkshopPicture.alt,
            WorkshopPicture.digest,
            WorkshopPicture.width,
            WorkshopPicture.height,
            WorkshopPicture.position,
        )
        .where(WorkshopPicture.workshop_id == workshop_id)
        .order_by(WorkshopPicture.position, WorkshopPicture.id)
    )
    return [PictureRow(*row) for row in rows]
