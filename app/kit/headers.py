"""Security headers on every answer, from the rules for API and web of the Dutch government."""

from flask import Flask, Response, g, request

from app.kit import maps

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
A_YEAR = 31_536_000
_MAP = "page_with_map"
_LIVE = "page_that_follows"


def allow_map() -> None:
    """The answer to this request holds a map: its tiles may be fetched from where they stand, on no other page."""
    setattr(g, _MAP, True)


def allow_live() -> None:
    """The answer to this request follows something live: it may connect to the live process, and no other page may."""
    setattr(g, _LIVE, True)


def _line(policy: dict[str, str]) -> str:
    return "; ".join(f"{name} {sources}" for name, sources in policy.items())


def _policies(live_url: str) -> dict[tuple[bool, bool], str]:
    """By whether there is a map on the page, and whether it follows something."""
    with_map = {"img-src": f"'self' {maps.ORIGIN}"}
    live = {"connect-src": f"'self' {live_url}".strip()}
    return {
        (map_, live_): _line({**POLICY, **(with_map if map_ else {}), **(live if live_ else {})})
        for map_ in (False, True)
        for live_ in (False, True)
    }


def init_app(app: Flask) -> None:
    policies = _policies(app.config["SITE"].live_url)

    @app.after_request
    def set_headers(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", policies[_MAP in g, _LIVE in g])
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("X-Frame-Options", "DENY")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(self)")
        if request.is_secure:
            headers.setdefault("Strict-Transport-Security", f"max-age={A_YEAR}; includeSubDomains")
        return response
