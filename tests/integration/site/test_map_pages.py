"""Only a page that holds a map may fetch its tiles from elsewhere, also when the page comes from memory."""

import pytest
from flask import Flask
from flask.typing import ResponseReturnValue

from app.kit import assets, doors, headers, maps

pytestmark = pytest.mark.one_database


def test_only_the_page_with_a_map_may_fetch_tiles(app: Flask) -> None:
    app.config["PAGE_CACHE"] = True
    shown = "ideas.old_address"
    before = app.view_functions[shown]

    @doors.public
    def view() -> ResponseReturnValue:
        headers.allow_map()
        return "<p>kaart</p>"

    app.view_functions[shown] = view
    try:
        client = app.test_client()
        policies = [client.get("/plannen").headers["Content-Security-Policy"] for _turn in range(3)]
        other = client.get("/spelregels").headers["Content-Security-Policy"]
    finally:
        app.view_functions[shown] = before
    assert len(set(policies)) == 1
    assert f"img-src 'self' {maps.ORIGIN};" in policies[0]
    assert maps.ORIGIN not in policies[0].replace(f"img-src 'self' {maps.ORIGIN};", "")
    assert maps.ORIGIN not in other


def test_the_map_library_asks_for_no_pictures_and_no_source_map() -> None:
    files = assets.build()
    for name in ("leaflet.js", "leaflet.css", "markercluster.js", "markercluster.css"):
        content = (assets.ROOT / "static" / "build" / files[f"vendor/{name}"]).read_text()
        assert name.endswith(".js") or "url(" not in content
        assert "sourceMappingURL" not in content
        assert "data:image" not in content
