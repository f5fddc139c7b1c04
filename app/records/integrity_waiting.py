"""How much waits at the desk of votes: columns for a statement of a page that asks for more than that."""

from sqlalchemy import Label, func, or_, select

from app.models.integrity import Exclusion, ExclusionState, IntegritySignal, Objection, SignalState


def columns(moderator_id: int) -> tuple[Label[int], Label[int]]:
    """Signals that nobody has taken up or whose proposal waits for a second moderator, who is not the one that
    looks; and objections that nobody has decided on."""
    proposed = select(Exclusion.signal_id).where(
        Exclusion.state == ExclusionState.PROPOSED,
        Exclusion.proposed_by_id != moderator_id,
        Exclusion.signal_id.is_not(None),
    )
    signals = (
        select(func.count())
        .select_from(IntegritySignal)
        .where(or_(IntegritySignal.state == SignalState.OPEN, IntegritySignal.id.in_(proposed)))
        .scalar_subquery()
    )
    objections = (
        select(func.count()).select_from(Objection).where(Objection.decided_at.is_(None)).scalar_subquery()
    )
    return signals.label("signals"), objections.label("objections")
