"""What goes to the council and what came back: proposals, focus elements with what was decided on each, decisions."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app.db import db
from app.models.council import CouncilDecision, CouncilProposal, CouncilResult, FocusElement
from app.models.process import Theme


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """What the council decided on a proposal, or of its own accord."""

    id: int
    proposal_id: int | None
    title: str
    text: str
    result: CouncilResult
    document_url: str
    decided_at: datetime
    corrections: tuple[dict[str, Any], ...] = ()
    """What was corrected afterwards: {"at": a moment, "note"}, oldest first."""


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """What the council is asked to decide."""

    id: int
    process_id: int
    title: str
    text: str
    document_url: str
    meets_on: date | None
    handed_in_at: datetime | None
    created_at: datetime

    @property
    def is_handed_in(self) -> bool:
        return self.handed_in_at is not None


@dataclass(frozen=True, slots=True)
class FocusRow:
    """A focus element: what it says, which theme and workshop it came from, and what the council did with it."""

    id: int
    process_id: int
    theme_id: int | None
    theme_title: str
    workshop_id: int | None
    proposal_id: int | None
    handed_in_at: datetime | None
    """When its proposal went to the council; None: not yet."""
    title: str
    text: str
    position: int
    result: CouncilResult | None
    """What the council did with this element, also when it only decided on the whole; None: not yet."""
    result_text: str
    decision: DecisionRow | None
    created_at: datetime | None
    taken_from: str = ""
    """The sentence of the outcome that it was taken from."""
    finished_at: datetime | None = None
    """When everything about it had been carried out."""

    @property
    def is_fixed(self) -> bool:
        """Whether its proposal went to the council."""
        return self.handed_in_at is not None

    @property
    def is_finished(self) -> bool:
        """Whether everything about it has been carried out."""
        return self.finished_at is not None

    @property
    def is_taken(self) -> bool:
        """Whether the council agreed with it, as it was or with changes."""
        return self.result in (CouncilResult.ADOPTED, CouncilResult.AMENDED)


def focus_of(process_id: int) -> list[FocusRow]:
    """The focus elements of a process in their order, in one statement."""
    rows = db.session.execute(
        select(FocusElement, Theme.title, CouncilProposal.handed_in_at, CouncilDecision)
        .outerjoin(Theme, Theme.id == FocusElement.theme_id)
        .outerjoin(CouncilProposal, CouncilProposal.id == FocusElement.proposal_id)
        .outerjoin(CouncilDecision, CouncilDecision.id == FocusElement.decision_id)
        .where(FocusElement.process_id == process_id)
        .order_by(FocusElement.position, FocusElement.id)
    )
    return [_focus_row(*row) for row in rows]


def decisions_of(process_id: int) -> list[DecisionRow]:
    """What the council decided on a process, newest first."""
    rows = db.session.scalars(
        select(CouncilDecision)
        .where(CouncilDecision.process_id == process_id)
        .order_by(CouncilDecision.decided_at.desc(), CouncilDecision.id.desc())
    )
    return [decision_row(row) for row in rows]


def proposals_of(process_id: int) -> list[ProposalRow]:
    """What the council is or was asked to decide, oldest first."""
    rows = db.session.scalars(
        select(CouncilProposal)
        .where(CouncilProposal.process_id == process_id)
        .order_by(CouncilProposal.created_at, CouncilProposal.id)
    )
    return [
        ProposalRow(
            row.id,
            row.process_id,
            row.title,
            row.text,
            row.document_url,
            row.meets_on,
            row.handed_in_at,
            row.created_at,
        )
        for row in rows
    ]


def decision_row(row: CouncilDecision) -> DecisionRow:
    """A decision as pages read it."""
    return DecisionRow(
        id=row.id,
        proposal_id=row.proposal_id,
        title=row.title,
        text=row.text,
        result=row.result,
        document_url=row.document_url,
        decided_at=row.decided_at,
        corrections=tuple(
            {"at": datetime.fromisoformat(each["at"]), "note": each["note"]} for each in row.corrections or ()
        ),
    )


def _focus_row(
    element: FocusElement,
    theme_title: str | None,
    handed_in_at: datetime | None,
    decision: CouncilDecision | None,
) -> FocusRow:
    return FocusRow(
        id=element.id,
        process_id=element.process_id,
        theme_id=element.theme_id,
        theme_title=theme_title or "",
        workshop_id=element.workshop_id,
        proposal_id=element.proposal_id,
        handed_in_at=handed_in_at,
        title=element.title,
        text=element.text,
        position=element.position,
        result=element.result or (decision.result if decision else None),
        result_text=element.result_text,
        decision=decision_row(decision) if decision else None,
        created_at=element.created_at,
        taken_from=element.taken_from or "",
        finished_at=element.finished_at,
    )
