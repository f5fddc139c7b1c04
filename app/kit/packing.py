"""Sends pages that are the same for everybody packed: a list of ideas takes an eighth of its bytes on the line.

Pages with something personal go as they are. They hold a session's token beside words that others may have put
there, and the size of a packed page would give the one away through the other.
"""

import gzip
from collections.abc import Callable, Mapping

import brotli
from flask import Flask, Response, request

from app.kit.caching import PageCache

PACKED = ("text/", "application/atom+xml", "application/geo+json")
LEAST = 1400
"""Bytes that fit in one packet anyway."""
CAPACITY = 8 * 1024 * 1024
PACKERS: Mapping[str, Callable[[bytes], bytes]] = {
    "br": lambda body: bytes(brotli.compress(body, quality=3)),
    "gzip": lambda body: gzip.compress(body, 4, mtime=0),
}
"""By name in the order of our liking. Quick rather than small: a page lives for a second."""


def init_app(app: Flask) -> None:
    """Register before the kept pages: what is added to an answer last is done first."""
    kept = PageCache(CAPACITY)

    @app.after_request
    def pack(response: Response) -> Response:
        if not (response.cache_control.public and (response.mimetype or "").startswith(PACKED)):
            return response
        if response.is_streamed or response.direct_passthrough or "Content-Encoding" in response.headers:
            return response
        response.vary.add("Accept-Encoding")
        name = request.accept_encodings.best_match(PACKERS)
        if response.status_code != 200 or name is None:
            return response
        body = response.get_data()
        if len(body) >= LEAST:
            response.set_data(_packed(kept, name, body, response.get_etag()[0]))
            response.headers["Content-Encoding"] = name
        return response


def _packed(kept: PageCache, name: str, body: bytes, etag: str | None) -> bytes:
    """The body packed, at most once a second for what has an ETag."""
    page = kept.get((name, etag)) if etag else None
    if page is not None:
        return page[0]
    packed = PACKERS[name](body)
    if etag:
        kept.put((name, etag), packed, "", etag)
    return packed
