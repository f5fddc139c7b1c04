"""What a live round asks and what can be chosen in it: the same words on phones, for facilitators and in the report."""

from flask_babel import gettext as _

from app.kit.words import word
from app.models.room import RoundKind


def kind_name(kind: RoundKind) -> str:
    """What a round asks, in a word or four."""
    return word(kind)


def choice_name(kind: RoundKind, value: int) -> str:
    """What one choice is called."""
    if kind is RoundKind.FOR_AGAINST:
        return _("For") if value == 1 else _("Against")
    if kind is RoundKind.AGREE:
        return {1: _("Agree"), 0: _("Unsure"), -1: _("Disagree")}[value]
    return _("Dots") if kind is RoundKind.DOTS else _("Times supported")
