"""Proposals to the council: gathered from focus elements, and handed in once; from then on they stay as they are."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update

from app.db import db
from app.domain.decision import N_, Decision
from app.domain.lifecycle import PublicStatus
from app.features.council.elements import mark_of
from app.features.council.holding import Overtaken, hold, proposal_of, who_follows
from app.kit import audit, signals
from app.models.council import CouncilProposal, FocusElement
from app.models.following import NoticeKind
from app.models.person import Person
from app.policies.council import may_arrange, may_change_proposal, may_hand_in
from app.records import council, notices, statuses
from app.records.council import ProposalRow
from app.records.notices import page

DISCUSSED = frozenset({PublicStatus.DISCUSSED})
_AND = "."
_SAME_TITLE = Decision(
    N_(
        "A proposal with this title is being written already. Change that one, or give this one another title."
    )
)


@dataclass(frozen=True, slots=True)
class Content:
    """What a proposal says and which focus elements it holds."""

    title: str
    text: str
    document_url: str
    meets_on: date | None
    elements: frozenset[int]


def mark(content: Content) -> str:
    """A short name of all of it, for a form to compare with later."""
    parts = (content.title, content.text, content.document_url, content.meets_on, sorted(content.elements))
    return mark_of("|".join(str(part) for part in parts))


def content_of(row: ProposalRow, elements: Iterable[int]) -> Content:
    """What a proposal says now."""
    return Content(row.title, row.text, row.document_url, row.meets_on, frozenset(elements))


def save(
    organiser: Person,
    process_id: int,
    proposal_id: int | None,
    content: Content,
    seen: str,
    now: datetime,
) -> int:
    """Write a proposal, or change one that has not been handed in; the same again changes nothing. Returns its number.

    Raises NotAllowed, LookupError, and Overtaken: also when another proposal holds one of the elements by now, or one
    with this title is being written already.
    """
    may_arrange(organiser).or_raise()
    hold(process_id)
    focus = council.focus_of(process_id)
    free = {row.id for row in focus if row.result is None and row.proposal_id in (None, proposal_id)}
    if proposal_id is None:
        known = {
            row.id: content_of(row, (each.id for each in focus if each.proposal_id == row.id))
            for row in council.proposals_of(process_id)
            if row.title == content.title and not row.is_handed_in
        }
        if known:
            db.session.rollback()
            if content in known.values():
                return next(number for number, each in known.items() if each == content)
            raise Overtaken(_SAME_TITLE)
        proposal = CouncilProposal(process_id=process_id, title=content.title, created_at=now)
        db.session.add(proposal)
        before: dict[str, object] = {}
    else:
        row = proposal_of(process_id, proposal_id)
        may_change_proposal(organiser, is_handed_in=row.is_handed_in).or_raise()
        now_in = content_of(row, (each.id for each in focus if each.proposal_id == proposal_id))
        if now_in == content:
            db.session.rollback()
            return proposal_id
        if mark(now_in) != seen:
            db.session.rollback()
            raise Overtaken
        proposal = db.session.get_one(CouncilProposal, proposal_id)
        before = _plain(now_in)
    if content.elements - free:
        db.session.rollback()
        raise Overtaken
    proposal.title, proposal.text = content.title, content.text
    proposal.document_url, proposal.meets_on = content.document_url, content.meets_on
    db.session.flush()
    _hold_elements(proposal.id, content.elements)
    audit.record(
        organiser,
        "council.add_proposal" if proposal_id is None else "council.change_proposal",
        proposal,
        now,
        before=before,
        after=_plain(content),
    )
    number = proposal.id
    db.session.commit()
    return number


@dataclass(frozen=True, slots=True)
class Consequence:
    """What handing in does: which ideas move, and how many people hear of it."""

    ideas: tuple[int, ...]
    people: int

    @property
    def mark(self) -> str:
        """A short name of it: what is confirmed is what was shown."""
        return mark_of(f"{self.people}|{self.ideas}")


def hand_in_mark(content: Content, does: Consequence) -> str:
    """A short name of what goes to the council and of what that does."""
    return f"{mark(content)}{_AND}{does.mark}"


def consequence(process_id: int, proposal_id: int, now: datetime) -> Consequence:
    """What would happen when the proposal is handed in now."""
    themes = {
        row.theme_id
        for row in council.focus_of(process_id)
        if row.proposal_id == proposal_id and row.theme_id is not None
    }
    ideas = tuple(statuses.in_themes(process_id, themes, DISCUSSED))
    others = notices.size(who_follows(process_id, themes, ideas), now)
    return Consequence(ideas, statuses.hears(ideas, now) + others)


def hand_in(
    organiser: Person, process_id: int, proposal_id: int, reason: str, seen: str, now: datetime
) -> bool:
    """Send a proposal to the council; whether it was not there yet. Its ideas that were discussed are before it now.

    `seen` is the mark of the proposal and of what handing it in does, as they were shown. Raises NotAllowed,
    LookupError, and Overtaken when they are different by now or it was handed in with other words.
    """
    may_arrange(organiser).or_raise()
    process = hold(process_id)
    row = proposal_of(process_id, proposal_id)
    elements = [each for each in council.focus_of(process_id) if each.proposal_id == proposal_id]
    content = content_of(row, (each.id for each in elements))
    if row.handed_in_at is not None:
        told = statuses.told_at(process_id, PublicStatus.BEFORE_COUNCIL, row.handed_in_at)
        is_same = seen.partition(_AND)[0] == mark(content) and told in (None, reason)
        db.session.rollback()
        if is_same:
            return False
        raise Overtaken
    may_hand_in(organiser, is_handed_in=False, elements=len(elements)).or_raise()
    does = consequence(process_id, proposal_id, now)
    if hand_in_mark(content, does) != seen:
        db.session.rollback()
        raise Overtaken
    proposal = db.session.get_one(CouncilProposal, proposal_id)
    proposal.handed_in_at = now
    moved = statuses.move_all(
        dict.fromkeys(does.ideas, reason), DISCUSSED, PublicStatus.BEFORE_COUNCIL, organiser, now
    )
    notices.tell(
        who_follows(process_id, (each.theme_id for each in elements), moved),
        NoticeKind.STATUS,
        f"proposal:{proposal_id}",
        N_("A proposal went to the council: %(title)s"),
        N_("The council is asked to decide on: %(elements)s"),
        page("council.show", slug=process.slug, anchor="proposals"),
        now,
        title=row.title,
        elements=", ".join(f"“{each.title}”" for each in elements),
    )
    audit.record(
        organiser,
        "council.hand_in",
        proposal,
        now,
        after={"title": row.title, "elements": [each.title for each in elements], "ideas": len(moved)},
        why=reason,
    )
    db.session.commit()
    announce(moved)
    return True


def announce(moved: Collection[int]) -> None:
    """Tell the rest of the site that ideas moved and letters wait."""
    for number in moved:
        signals.idea_changed.send(number)
    if moved:
        signals.mail_queued.send()


def _hold_elements(proposal_id: int, elements: Collection[int]) -> None:
    inside = select(FocusElement.id).where(FocusElement.proposal_id == proposal_id)
    out = set(db.session.scalars(inside)) - set(elements)
    for numbers, value in ((out, None), (set(elements), proposal_id)):
        db.session.execute(
            update(FocusElement)
            .where(FocusElement.id.in_(numbers))
            .values(proposal_id=value)
            .execution_options(synchronize_session=False)
        )


def _plain(content: Content) -> dict[str, object]:
    return {
        "title": content.title,
        "text": content.text,
        "document_url": content.document_url,
        "meets_on": content.meets_on.isoformat() if content.meets_on else None,
        "elements": sorted(content.elements),
    }
