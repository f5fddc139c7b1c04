"""Following something live: what rooms register, where a page follows it, and the process that serves the streams."""

from flask import Flask, Response, current_app, request

from app.kit import headers, live_wake
from app.kit.live_channels import Channel, Frame, register
from app.kit.live_hub import Hub, Silent, Unknown
from app.kit.live_places import Full, Places

__all__ = [
    "Channel",
    "Frame",
    "Full",
    "Hub",
    "Silent",
    "Unknown",
    "address",
    "hub",
    "init_app",
    "open_hub",
    "register",
]
HUB = "live_hub"


def open_hub(app: Flask, most: int, most_each: int) -> Hub:
    """Make this the process that serves streams, and nothing else; a server calls it once, after forking."""
    # What other processes keep for a moment would be pushed here, and then not again until something changed.
    app.config["KEEP_SECONDS"] = 0.0
    hub = Hub(app, Places(most, most_each))
    app.extensions[HUB] = hub
    live_wake.listen(app, hub.wake, hub.closed)
    return hub


def hub() -> Hub | None:
    """The hub of this process; None where pages are served."""
    found: Hub | None = current_app.extensions.get(HUB)
    return found


def address(name: str, key: int) -> str:
    """Where a page follows a thing; empty when this site has no live process, so that the page polls.

    The answer to this request may connect to it.
    """
    origin: str = current_app.config["SITE"].live_url
    if not origin:
        return ""
    headers.allow_live()
    return f"{origin}{request.script_root}/live/{name}/{key}"


_SERVED = frozenset({"live.stream", "pages.healthz", "pages.readyz"})


def init_app(app: Flask) -> None:
    """Register before what else looks at requests: the live process answers streams, and no page at all."""
    app.jinja_env.globals["live_address"] = address
    live_wake.init_app(app)

    @app.before_request
    def only_streams() -> Response | None:
        if HUB not in app.extensions or request.endpoint in _SERVED:
            return None
        return Response("Only /live/ is served here.\n", 404, content_type="text/plain; charset=utf-8")
