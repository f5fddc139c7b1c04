"""Where something that waits is decided on: the address of its page, whichever room it is in."""

from typing import Protocol

from flask import url_for

from app.models.queue import QueueKind


class Item(Protocol):
    """What the address depends on."""

    @property
    def kind(self) -> QueueKind: ...
    @property
    def idea_id(self) -> int | None: ...
    @property
    def argument_id(self) -> int | None: ...
    @property
    def practice_id(self) -> int | None: ...
    @property
    def appeal_id(self) -> int | None: ...
    @property
    def proposal_id(self) -> int | None: ...


def of_item(item: Item) -> str:
    """The page on which a moderator decides."""
    if item.kind == QueueKind.APPEAL:
        return url_for("appeals.review", appeal_id=item.appeal_id)
    if item.kind == QueueKind.DUPLICATE:
        return url_for("duplicates.compare", proposal_id=item.proposal_id)
    if item.kind == QueueKind.REPORT and item.practice_id is not None:
        return url_for("practices.reported", practice_id=item.practice_id)
    return of_text(item.idea_id, item.argument_id, item.practice_id)


def of_text(idea_id: int | None, argument_id: int | None, practice_id: int | None) -> str:
    """The page of a text with the decisions on it."""
    if practice_id is not None:
        return url_for("practices.review", practice_id=practice_id)
    if argument_id is not None:
        return url_for("moderation.argument", argument_id=argument_id)
    if idea_id is not None:
        return url_for("moderation.review", idea_id=idea_id)
    return url_for("moderation.queue")
