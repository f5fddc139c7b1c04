"""The site on a home screen and without a connection: what is kept is the same for everybody, and can be replaced."""

import json
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from app.db import db
from app.features.offline import service_worker
from tests import factories
from tests.support import sign_in, visit

ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.one_database


def said(script: str, name: str) -> object:
    found = re.search(rf"^const {name} = (.*);$", script, re.MULTILINE)
    assert found
    return json.loads(found[1])


def test_the_manifest_names_icons_that_exist_and_the_colours_of_the_look(client: FlaskClient) -> None:
    page = visit(client, "/over")
    assert page.one('link[rel="manifest"]')["href"] == "/manifest.webmanifest"
    answer = client.get("/manifest.webmanifest")
    assert answer.mimetype == "application/manifest+json"
    manifest = json.loads(answer.data)
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == ("/", "/", "standalone")
    assert (manifest["background_color"], manifest["theme_color"]) == ("#fffcf6", "#0d5463")
    for icon in manifest["icons"]:
        place = ROOT / icon["src"].lstrip("/")
        with client.get(icon["src"]) as file:
            assert file.status_code == 200
        with Image.open(place) as image:
            assert "x".join(map(str, image.size)) == icon["sizes"]
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    english = json.loads(client.get("/en/manifest.webmanifest").data)
    assert (english["lang"], english["start_url"], english["id"]) == ("en", "/en/", manifest["id"])


def test_the_worker_keeps_built_files_and_one_page_of_nobody(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        person = factories.a_person(name="Jo Jansen")
        db.session.commit()
        number = person.id
    answer = client.get("/sw.js")
    script = answer.get_data(as_text=True)
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Service-Worker-Allowed"] == "/"
    assert "worker-src 'self'" in answer.headers["Content-Security-Policy"]
    files, pages = said(script, "FILES"), said(script, "PAGES")
    assert isinstance(files, list)
    assert pages == ["/offline", "/en/offline"]
    assert all(name.startswith("/static/build/") for name in files)
    for address in [*files, *pages]:
        with client.get(address) as piece:
            assert piece.status_code == 200
    assert "Set-Cookie" not in client.get("/offline").headers
    # What the kept page asks for is kept as well, or it would stand there bare.
    page = visit(client, "/offline")
    wanted = {*page.links('link[rel="stylesheet"]'), *(str(tag["src"]) for tag in page.all("script[src]"))}
    assert wanted <= set(files)
    assert "Geen verbinding" in page.h1
    assert visit(client, "/en/offline").h1 == "No connection"
    # The same for somebody who signed in: the script holds nothing of them.
    assert sign_in(client, number).get("/sw.js").get_data(as_text=True) == script


def test_another_style_makes_another_version(app: Flask) -> None:
    def version(suffix: str, theme: str = "") -> object:
        script = service_worker.script(
            ROOT, app.jinja_env, lambda name: f"/static/build/{name}{suffix}", theme, ("/offline",)
        )
        return said(script, "VERSION")

    assert version("") == version("")
    assert len({version(""), version("?2"), version("", "heuvelland")}) == 3


def test_signing_out_tells_the_device_to_forget(app: Flask, client: FlaskClient) -> None:
    page = visit(client, "/uitgelogd")
    assert any("/js/forget." in str(tag["src"]) for tag in page.all("script[src]"))
