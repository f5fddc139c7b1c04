"""Signed-out pages are the same bytes for everybody: kept for a second, with an ETag, so that a crowd costs little."""

import time
from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock

from flask import Flask, Response, current_app, request, session
from flask.typing import ResponseReturnValue

from app.kit import shown

LIFETIME = 1.0
CAPACITY = 32 * 1024 * 1024
"""Bytes, not pages: a stranger who varies an address fills it as fast as the pages are large."""
SHARED = "public, max-age=1, stale-while-revalidate=5"
PERSONAL = "private, no-cache"
UNKEPT = "private, no-store"
"""Of pages behind a door: on a computer in the library nobody finds them by going back after somebody signed out."""


class PageCache:
    """The last bytes of an address, for a second, in this process; the oldest go when they take too much room."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._pages: OrderedDict[Hashable, tuple[float, bytes, str, str, str, shown.Things]] = OrderedDict()
        self._lock = Lock()
        self._capacity = capacity
        self._size = 0

    def __len__(self) -> int:
        return len(self._pages)

    def forget(self) -> None:
        """Drop every page."""
        with self._lock:
            self._pages.clear()
            self._size = 0

    def get(self, key: Hashable) -> tuple[bytes, str, str, str, shown.Things] | None:
        with self._lock:
            page = self._pages.get(key)
        if page is None or page[0] < time.monotonic():
            return None
        return page[1:]

    def put(
        self,
        key: Hashable,
        body: bytes,
        content_type: str,
        etag: str,
        policy: str = "",
        things: shown.Things = (),
    ) -> None:
        """`policy` is what the page may fetch; it differs where there is a map. `things` are what it shows."""
        now = time.monotonic()
        with self._lock:
            self._size -= len(self._pages.pop(key, _NOTHING)[1])
            self._pages[key] = (now + LIFETIME, body, content_type, etag, policy, things)
            self._size += len(body)
            # Put in order, so the first are the oldest: stale ones go as well.
            while self._pages and (self._size > self._capacity or next(iter(self._pages.values()))[0] < now):
                _key, page = self._pages.popitem(last=False)
                self._size -= len(page[1])


_NOTHING: tuple[float, bytes, str, str, str, shown.Things] = (0.0, b"", "", "", "", ())


def _is_shared_request() -> bool:
    """Whether nothing about the request is personal: a plain reader without a session."""
    name = current_app.config["SESSION_COOKIE_NAME"]
    return (
        request.method in ("GET", "HEAD")
        and name not in request.cookies
        and "Authorization" not in request.headers
    )


def _is_behind_a_door() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "__door__", "public") != "public"


def _key() -> Hashable:
    """What a page follows from; kept apart, so that no part can pass for another."""
    accept = request.headers.get("Accept", "")[:80]
    return request.host, request.script_root, request.path, request.query_string, accept


def _shared_response(body: bytes, content_type: str, etag: str, policy: str) -> Response:
    response = Response(body, content_type=content_type)
    if policy:
        response.headers["Content-Security-Policy"] = policy
    response.set_etag(etag, weak=True)
    response.headers["Cache-Control"] = SHARED
    response.headers["Vary"] = "Cookie"
    return response.make_conditional(request)  # type: ignore[return-value]


def init_app(app: Flask) -> None:
    cache = PageCache()
    app.extensions["page_cache"] = cache

    @app.before_request
    def answer_from_cache() -> ResponseReturnValue | None:
        if not current_app.config["PAGE_CACHE"] or not _is_shared_request():
            return None
        page = cache.get(_key())
        if page is None:
            return None
        shown.note(page[4])
        return _shared_response(*page[:4])

    @app.after_request
    def remember(response: Response) -> Response:
        if "Cache-Control" in response.headers or response.is_streamed or response.direct_passthrough:
            return response
        # The session is saved after this function: its cookie is not on the answer yet, so ask itself.
        sets_cookie = session.modified or "Set-Cookie" in response.headers
        if not _is_shared_request() or response.status_code != 200 or sets_cookie:
            response.headers["Cache-Control"] = UNKEPT if _is_behind_a_door() else PERSONAL
            return response
        body = response.get_data()
        response.add_etag(weak=True)
        etag = response.get_etag()[0] or ""
        if current_app.config["PAGE_CACHE"]:
            policy = response.headers.get("Content-Security-Policy", "")
            kind = response.content_type or "text/html; charset=utf-8"
            cache.put(_key(), body, kind, etag, policy, shown.noted())
        response.headers["Cache-Control"] = SHARED
        response.vary.add("Cookie")
        response.make_conditional(request)
        return response
