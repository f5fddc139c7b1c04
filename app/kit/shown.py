"""Counts what pages show, when they are served: a page that comes out of the cache was opened as well.

A view notes what it shows; once the answer goes to a reader, whoever listens is told. Never writes in the request.
"""

import re
from collections.abc import Callable

from flask import Flask, Response, g, request

Things = tuple[int, ...]
_MACHINE = re.compile(r"bot|crawl|spider|slurp|preview", re.IGNORECASE)
_listeners: list[Callable[[Things], None]] = []


def listen(listener: Callable[[Things], None]) -> None:
    """Tell this function of every page that a reader opened; registering it again changes nothing."""
    if listener not in _listeners:
        _listeners.append(listener)


def note(things: Things) -> None:
    """The page that is being made shows these."""
    g.shown = things


def noted() -> Things:
    """What the page of this request shows, for whoever keeps the page."""
    things: Things = g.get("shown", ())
    return things


def is_opened() -> bool:
    """Whether somebody opens a page: no search engine, no look at the head alone, nothing fetched beforehand."""
    agent = request.headers.get("User-Agent", "")
    return (
        request.method == "GET"
        and bool(agent)
        and not _MACHINE.search(agent)
        and "prefetch" not in request.headers.get("Sec-Purpose", "")
    )


def init_app(app: Flask) -> None:
    @app.after_request
    def tell(response: Response) -> Response:
        things = noted()
        if things and response.status_code in (200, 304) and is_opened():
            for listener in _listeners:
                listener(things)
        return response
