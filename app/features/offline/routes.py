"""What a device needs to keep the site on its home screen and to show something without a connection."""

import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import cast

from flask import Blueprint, Response, current_app, jsonify, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.features.offline import service_worker
from app.kit import doors
from app.kit.i18n import language

bp = Blueprint("offline", __name__)
GROUND, RIVER = "default-bg-document", "action-1-inverse-bg-default"
ICONS = (
    ("icon-192.png", "192x192", "any"),
    ("icon-512.png", "512x512", "any"),
    ("icon-maskable-192.png", "192x192", "maskable"),
    ("icon-maskable-512.png", "512x512", "maskable"),
)
AN_HOUR = "public, max-age=3600"


@bp.get("/manifest.webmanifest")
@doors.public
def manifest() -> ResponseReturnValue:
    """What a phone needs to keep the site on its home screen."""
    site = current_app.config["SITE"]
    colours = _colours(Path(current_app.root_path).parent, site.site_theme)
    answer = jsonify(
        {
            "id": "/",
            "name": site.site_name,
            "short_name": site.site_name[:20],
            "description": _("Share your ideas for the city, vote, and see what the council does with them."),
            "lang": language(),
            "dir": "ltr",
            "start_url": url_for("pages.home"),
            "scope": "/",
            "display": "standalone",
            "background_color": colours[GROUND],
            "theme_color": colours[RIVER],
            "icons": [
                {"src": _asset(f"images/{name}"), "sizes": sizes, "type": "image/png", "purpose": purpose}
                for name, sizes, purpose in ICONS
            ],
            "shortcuts": [
                {"name": _("Share your idea"), "url": url_for("ideas.new")},
                {"name": _("Ideas"), "url": url_for("ideas.index")},
            ],
        }
    )
    answer.mimetype = "application/manifest+json"
    answer.headers["Cache-Control"] = AN_HOUR
    return answer


@bp.get("/sw.js")
@doors.public
def worker() -> ResponseReturnValue:
    """The service worker; asked for anew at every visit, so that a better one replaces it at once."""
    script = service_worker.script(
        Path(current_app.root_path).parent,
        current_app.jinja_env,
        _asset,
        current_app.config["SITE"].site_theme,
        ("/offline", "/en/offline"),
    )
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": "/"}
    return Response(script, content_type="text/javascript; charset=utf-8", headers=headers)


@bp.get("/offline")
@doors.public
def page() -> ResponseReturnValue:
    """What the worker shows when there is no connection."""
    return render_template("offline/page.html")


def _asset(path: str) -> str:
    return cast("Callable[[str], str]", current_app.jinja_env.globals["asset"])(path)


@lru_cache(maxsize=4)
def _colours(root: Path, theme: str) -> dict[str, str]:
    """The light colours of the look by name, those of the theme first."""
    folder = root / "static" / "css"
    sheets = [folder / "tokens.css", *([folder / "themes" / f"{theme}.css"] if theme else [])]
    line = re.compile(r"--basis-color-([\w-]+):\s*(?:light-dark\()?(#[0-9a-f]{6})", re.IGNORECASE)
    return {name: colour for sheet in sheets for name, colour in line.findall(sheet.read_text())}
