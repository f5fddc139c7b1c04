"""What every verb of this room begins with: the lock on the process, and that somebody else was first."""

from collections.abc import Collection, Iterable

from app.db import db
from app.domain.decision import N_, Decision, NotAllowed
from app.models.process import Process
from app.records import council
from app.records.council import FocusRow, ProposalRow
from app.records.notices import Audience

CHANGED = Decision(N_("Somebody else has changed this in the meantime. Look at what holds now."))


class Overtaken(NotAllowed):
    """What the organiser was looking at changed meanwhile."""

    def __init__(self, decision: Decision = CHANGED) -> None:
        super().__init__(decision)


def hold(process_id: int) -> Process:
    """Let one organiser at a time change what goes to the council in a process, until the transaction ends."""
    return db.session.get_one(
        Process, process_id, with_for_update={"key_share": True}, populate_existing=True
    )


def element_of(process_id: int, element_id: int) -> FocusRow:
    """A focus element as it stands now. Raises LookupError."""
    found = next((row for row in council.focus_of(process_id) if row.id == element_id), None)
    if found is None:
        raise LookupError(element_id)
    return found


def proposal_of(process_id: int, proposal_id: int) -> ProposalRow:
    """A proposal as it stands now. Raises LookupError."""
    found = next((row for row in council.proposals_of(process_id) if row.id == proposal_id), None)
    if found is None:
        raise LookupError(proposal_id)
    return found


def who_follows(process_id: int, theme_ids: Iterable[int | None], but_of: Collection[int] = ()) -> Audience:
    """Everybody who hears of elements of these themes: who follows a theme or the process, and who voted on ideas in
    one; without those who hear what becomes of the ideas in `but_of`."""
    themes = tuple(sorted({number for number in theme_ids if number is not None}))
    return Audience(
        themes=themes, processes=(process_id,), voters_in_any=themes, but_of=tuple(sorted(but_of))
    )
