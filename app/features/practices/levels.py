"""Where a practice comes from, in words."""

from flask_babel import gettext as _

from app.models.practice import PracticeLevel


def level_name(level: PracticeLevel) -> str:
    """Where a practice comes from, in the language of the page."""
    return {
        PracticeLevel.LOCAL: _("In our own city"),
        PracticeLevel.CITY: _("Another city"),
        PracticeLevel.NATIONAL: _("The whole country"),
    }[level]
