"""Rounds in words: what they ask, how far they are, what can be chosen, and what came out per group."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import ngettext

from app.domain.ballot import Group
from app.kit.voices import group_plural
from app.kit.words import word
from app.models.room import RoundKind, RoundState
from app.records.round_words import choice_name, kind_name
from app.records.rounds import RoundRow

__all__ = ["choice_name", "group_plural", "kind_name"]


def kind_hint(kind: RoundKind) -> str:
    """How people vote in it."""
    return {
        RoundKind.FOR_AGAINST: _("Everybody says for or against of every idea or statement."),
        RoundKind.DOTS: _("Everybody divides a number of dots over the options, as with stickers on a wall."),
        RoundKind.AGREE: _("Everybody says of every statement whether they agree."),
        RoundKind.OPEN: _("Everybody writes answers and supports those of others."),
    }[kind]


def state_name(of: RoundRow) -> str:
    """How far it is, and whether it was opened again."""
    said = word(of.state)
    return f"{said} ({_('opened again')})" if of.reopened else said


STATE_COLOURS = {
    RoundState.PLANNED: "default",
    RoundState.OPEN: "positive",
    RoundState.CLOSED: "warning",
    RoundState.REVEALED: "accent",
}


def group_text(kind: RoundKind, counts: Mapping[int, int]) -> str:
    """What the people of one group chose."""
    if kind is RoundKind.DOTS:
        return dots_text(sum(value * people for value, people in counts.items()))
    if kind is RoundKind.OPEN:
        return people_text(counts.get(1, 0))
    values = (1, -1) if kind is RoundKind.FOR_AGAINST else (1, 0, -1)
    return ", ".join(f"{counts.get(value, 0)} {choice_name(kind, value).lower()}" for value in values)


def dots_text(number: int) -> str:
    return str(ngettext("%(num)d dot", "%(num)d dots", number))


def people_text(number: int) -> str:
    return str(ngettext("%(num)d person", "%(num)d people", number))


def voters_text(number: int) -> str:
    """How many people voted by phone."""
    if not number:
        return _("Nobody has voted yet.")
    return str(ngettext("%(num)d person has voted.", "%(num)d people have voted.", number))


TONES = {Group.RESIDENT: 4, Group.COUNCIL: 5, Group.PARTNER: 3}
"""The tone of a badge: green, river, roof tile; the word always stands beside it."""


def badge_colour(group: Group) -> str:
    """What the badge of a group looks like, in words; the colour beside it only helps."""
    return {
        Group.RESIDENT: _("Green badge"),
        Group.COUNCIL: _("Blue badge"),
        Group.PARTNER: _("Orange badge"),
    }[group]
