"""What a part of an evening is called that nobody gave a name: the same on the screen, on paper and for the council."""

from flask_babel import gettext as _

from app.domain.programme import PartKind


def part_name(kind: str) -> str:
    """The name of a kind of part; empty for a kind that is not known."""
    return {
        PartKind.OPENING.value: _("Opening"),
        PartKind.THEME.value: _("Theme"),
        PartKind.BREAK.value: _("Break"),
        PartKind.CLOSING.value: _("Closing"),
        PartKind.FREE.value: _("Time to spare"),
    }.get(kind, "")
