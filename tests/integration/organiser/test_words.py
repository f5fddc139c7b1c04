"""The list of words that moderators are shown: it has an end, and who goes over it loses nothing that stood there."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.db import db
from app.features.friction import service
from app.models.moderation import FlaggedWord
from app.models.person import Role
from tests import factories
from tests.support import post, sign_in


def test_the_list_of_words_has_an_end(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MOST_WORDS", 3)
    with app.app_context():
        organiser = factories.a_person(Role.ORGANISER).id
        db.session.commit()
    desk = sign_in(app.test_client(), organiser)
    post(desk, "/beheer/woordenlijst", words="mafkees\nsukkel")
    refused = post(desk, "/beheer/woordenlijst", 403, words="oen\nkluns")
    assert "In de lijst passen 3 woorden." in refused.text
    post(desk, "/beheer/woordenlijst", words="oen\nsukkel")
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(FlaggedWord)) == 3
