"""Where a text stands in its discussion: the page of the idea that shows it, at the text itself."""

from flask import url_for

from app.records import arguments


def of_text(idea_id: int, argument_id: int, top_id: int, order: str = "") -> str:
    """The address of a text; `top_id` is the argument that it replies to, or its own number."""
    view = arguments.view_of({arguments.ORDER: order})
    view = arguments.view_with(idea_id, top_id, view.order)
    return url_for("ideas.show", idea_id=idea_id, **view.address, _anchor=f"argument-{argument_id}")
