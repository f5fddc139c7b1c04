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


def allow_map() -> None:
    """The answer to this request holds a map: its tiles may be fetched from where they stand, on no other page."""
    setattr(g, _MAP, True)


def _line(policy: dict[str, str]) -> str:
    return "; ".join(f"{name} {sources}" for name, sources in policy.items())


def init_app(app: Flask) -> None:
    policy = _line(POLICY)
    with_map = _line({**POLICY, "img-src": f"'self' {maps.ORIGIN}"})

    @app.after_request
    def set_headers(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", with_map if _MAP in g else policy)
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("X-Frame-Options", "DENY")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(self)")
        if request.is_secure:
            headers.setdefault("Strict-Transport-Security", f"max-age={A_YEAR}; includeSubDomains")
        return response
