"""The library of practices: filters in the address, and everything that was written down."""

from flask import Flask
from flask.testing import FlaskClient

from app.db import db
from app.models.practice import PracticeLevel
from tests import factories
from tests.support import visit


def test_filters_by_level_and_theme_combine_and_nonsense_is_ignored(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        process = factories.a_process()
        theme = factories.a_theme(process, slug="licht", title="Licht")
        for title, level in (("Eindhoven", PracticeLevel.CITY), ("Nederland", PracticeLevel.NATIONAL)):
            factories.a_practice(process, title=title, level=level).themes = [theme]
        factories.a_practice(process, title="Zonder thema", level=PracticeLevel.CITY)
        db.session.commit()
    assert set(visit(client, "/praktijk", max_queries=4).texts(".card__title")) == {
        "Eindhoven",
        "Nederland",
        "Zonder thema",
    }
    assert set(visit(client, "/praktijk?niveau=city").texts(".card__title")) == {"Eindhoven", "Zonder thema"}
    assert visit(client, "/praktijk?niveau=city&thema=licht").texts(".card__title") == ["Eindhoven"]
    assert len(visit(client, "/praktijk?niveau=mars&thema=%27--").texts(".card__title")) == 3
    assert "Geen voorbeelden gevonden" in visit(client, "/praktijk?niveau=local").text


def test_a_practice_says_what_was_done_learned_and_watched(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        factories.a_practice(
            factories.a_process(),
            slug="licht",
            title="Slim licht",
            url="https://www.voorbeeld.example",
            learned="Begin klein.",
            privacy_notes="Geen beelden bewaard.",
            technology_notes="Open standaarden.",
        )
        db.session.commit()
    page = visit(client, "/praktijk/licht")
    for words in ("Begin klein.", "Geen beelden bewaard.", "Open standaarden."):
        assert words in page.text
    assert "https://www.voorbeeld.example" in page.links()
