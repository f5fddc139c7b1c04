"""The service worker as it is served: its source with what it keeps, under a version that changes with any of it."""

import hashlib
import json
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment

KEPT = (
    "css/site.css",
    "vendor/stad-sans.woff2",
    "images/favicon.svg",
    "images/icons.svg",
    "js/errors.mjs",
    "js/menu.mjs",
    "js/offline.mjs",
    "js/worker.mjs",
)
"""What the page without a connection needs."""
TEMPLATES = ("offline/page.html", "layouts/base.html", "layouts/_header.html", "layouts/_footer.html")


@lru_cache(maxsize=4)
def _source(root: Path) -> str:
    return (root / "static" / "worker" / "sw.js").read_text()


def script(
    root: Path, templates: Environment, asset: Callable[[str], str], theme: str, pages: Sequence[str]
) -> str:
    """The whole script. Another style, script or page makes another version, and browsers replace the old one."""
    files = [asset(name) for name in (*KEPT, *([f"css/themes/{theme}.css"] if theme else []))]
    source = _source(root)
    digest = hashlib.sha256(json.dumps([files, list(pages), source]).encode())
    for name in TEMPLATES:
        if templates.loader is not None:
            digest.update(templates.loader.get_source(templates, name)[0].encode())
    head = (("VERSION", digest.hexdigest()[:16]), ("FILES", files), ("PAGES", list(pages)))
    return "".join(f"const {name} = {json.dumps(value)};\n" for name, value in head) + source
