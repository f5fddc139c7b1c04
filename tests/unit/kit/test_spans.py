"""From one moment to another in words: what both have in common is said once."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask_babel import force_locale

from app.kit import i18n

SINCE = datetime(2026, 11, 29, 16, 9, 20, tzinfo=UTC)


@pytest.fixture
def app() -> Flask:
    """An application that only knows languages."""
    plain = Flask("plain")
    i18n.init_app(plain)
    return plain


@pytest.mark.parametrize(
    ("later", "said"),
    [
        (timedelta(seconds=30), "29 November 2026, 17:09"),
        (timedelta(minutes=41), "from 29 November 2026, 17:09 to 17:50"),
        (timedelta(hours=7), "from 29 November 2026, 17:09 to 30 November 2026, 00:09"),
    ],
)
def test_the_day_is_said_once(app: Flask, later: timedelta, said: str) -> None:
    with app.app_context(), force_locale("en"):
        found = str(i18n.span_filter(SINCE, SINCE + later))
    assert re.sub("<[^>]+>", "", found) == said
    assert found.count("<time ") == (1 if later < timedelta(minutes=1) else 2)
