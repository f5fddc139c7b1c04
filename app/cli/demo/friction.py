"""The list of words that organisers began with and an evening of pressure some days ago."""

from datetime import timedelta

from app.cli.demo.calendar import Calendar
from app.db import db
from app.domain.text_patterns import STARTER_WORDS
from app.models import FlaggedWord, Pressure


def build_friction(calendar: Calendar) -> int:
    """Make the list and the stretch; how many words the list has."""
    at = calendar.hours_ago(24 * 20)
    db.session.add_all(FlaggedWord(word=word, added_at=at) for word in STARTER_WORDS)
    began = calendar.hours_ago(24 * 4 + 2)
    figures = {"sign_ins": {"count": 74, "calm": 60.0}, "submissions": {"count": 9, "calm": 20.0}}
    db.session.add(Pressure(level=1, started_at=began, until=began + timedelta(minutes=55), figures=figures))
    return len(STARTER_WORDS)
