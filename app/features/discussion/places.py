"""Where a text stands in its discussion: the page of the idea that shows it, at the text itself."""

from flask import url_for

from app.features.discussion import queries
from app.models.argument import ArgumentState
from app.models.process import Curation
from app.records import argument_views, arguments
from app.records.calls import CallRow


def waits(call: CallRow, argument_id: int) -> bool:
    """Whether a moderator reads this text before others do; asked only where that happens."""
    if call.argument_curation not in (Curation.BEFORE, Curation.TRUSTED):
        return False
    argument = queries.argument(argument_id)
    return argument is not None and argument.state == ArgumentState.WAITING


def of_waiting(idea_id: int) -> str:
    """Where an idea says which texts of the visitor wait."""
    return url_for("ideas.show", idea_id=idea_id, _anchor="unplaced")


def of_text(idea_id: int, argument_id: int, top_id: int, order: str = "") -> str:
    """The address of a text; `top_id` is the argument that it replies to, or its own number."""
    view = argument_views.view_of({argument_views.ORDER: order})
    view = arguments.view_with(idea_id, top_id, view.order)
    return url_for("ideas.show", idea_id=idea_id, **view.address, _anchor=f"argument-{argument_id}")
