"""Where an agenda is another one than follows from the votes, and what changed between two, in sentences."""

from collections.abc import Callable, Mapping
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from app.domain.agenda_changes import Change, ChangeKind
from app.domain.programme import PartKind
from app.kit.i18n import date_words
from app.records.agenda_deviations import Deviation, DeviationKind
from app.records.frames import ThemeTag


def deviation(of: Deviation, tags: Mapping[int, ThemeTag]) -> str:
    """What the facilitator did, in one sentence; the reason stands beside it."""
    title = tags[of.theme_id].title if of.theme_id is not None and of.theme_id in tags else ""
    return deviation_told(of.kind, title, of.minutes, of.usual)


def deviation_told(kind: str, title: str, minutes: int | None = None, usual: int | None = None) -> str:
    """The same from the plain values of a document."""
    if kind == DeviationKind.REORDERED:
        return _("The parts stand in another order than follows from the votes.")
    if kind == DeviationKind.SKIPPED:
        return _("%(theme)s was kept off the agenda.", theme=title)
    if kind == DeviationKind.PINNED:
        return _("%(theme)s was put on the agenda beforehand, whatever the votes say.", theme=title)
    if usual is None:
        return str(
            ngettext(
                "%(theme)s takes %(num)s minute here.",
                "%(theme)s takes %(num)s minutes here.",
                minutes or 0,
                theme=title,
            )
        )
    return str(
        ngettext(
            "%(theme)s takes %(num)s minute here, and %(usual)s otherwise. The votes decided whether it comes on.",
            "%(theme)s takes %(num)s minutes here, and %(usual)s otherwise. The votes decided whether it comes on.",
            minutes or 0,
            theme=title,
            usual=usual,
        )
    )


def part_title(title: str, kind: str) -> str:
    """What a part of a document is called: its own title, or what it is."""
    if title:
        return title
    return {
        PartKind.OPENING: _("Opening"),
        PartKind.THEME: _("Theme"),
        PartKind.BREAK: _("Break"),
        PartKind.FREE: _("Time to spare"),
        PartKind.CLOSING: _("Closing"),
    }[PartKind(kind)]


def change(of: Change) -> str:
    """One change between two versions, in one sentence."""
    title = part_title(of.title, of.part) if of.part else of.title
    return _SENTENCES[of.kind](of, title)


def _minutes(number: object) -> str:
    return str(ngettext("%(num)s minute", "%(num)s minutes", int(str(number))))


def _moment(text: object) -> str:
    return date_words(datetime.fromisoformat(str(text))) if text else _("still to be set")


def _stand(number: object) -> str:
    return _("standing %(number)s", number=number) if number else _("the votes of the moment of publishing")


def _deviation(of: Change, title: str) -> str:
    name = {
        DeviationKind.PINNED: _("put on the agenda beforehand"),
        DeviationKind.SKIPPED: _("kept off the agenda"),
        DeviationKind.RETIMED: _("other minutes"),
        DeviationKind.REORDERED: _("another order"),
    }[DeviationKind(str(of.before))]
    return f"{title}: {name}" if title else name


_SENTENCES: Mapping[ChangeKind, Callable[[Change, str], str]] = {
    ChangeKind.TITLE: lambda of, _t: _(
        "The title was “%(before)s” and is “%(after)s”.", before=of.before, after=of.after
    ),
    ChangeKind.START: lambda of, _t: _(
        "The date was %(before)s and is %(after)s.", before=_moment(of.before), after=_moment(of.after)
    ),
    ChangeKind.PLACE: lambda of, _t: _(
        "The place was %(before)s and is %(after)s.",
        before=of.before or _("still to be set"),
        after=of.after or _("still to be set"),
    ),
    ChangeKind.LENGTH: lambda of, _t: _(
        "The workshop took %(before)s and takes %(after)s.",
        before=_minutes(of.before),
        after=_minutes(of.after),
    ),
    ChangeKind.STAND: lambda of, _t: _(
        "The agenda followed from %(before)s and follows from %(after)s.",
        before=_stand(of.before),
        after=_stand(of.after),
    ),
    ChangeKind.ADDED: lambda of, t: _("Added: %(part)s, %(minutes)s.", part=t, minutes=_minutes(of.after)),
    ChangeKind.DROPPED: lambda of, t: _(
        "Dropped: %(part)s, %(minutes)s.", part=t, minutes=_minutes(of.before)
    ),
    ChangeKind.RENAMED: lambda of, t: _("%(part)s was called “%(before)s”.", part=t, before=of.before),
    ChangeKind.RETIMED: lambda of, t: _(
        "%(part)s took %(before)s and takes %(after)s.",
        part=t,
        before=_minutes(of.before),
        after=_minutes(of.after),
    ),
    ChangeKind.MOVED: lambda of, t: _(
        "%(part)s went from place %(before)s to place %(after)s.", part=t, before=of.before, after=of.after
    ),
    ChangeKind.IDEAS: lambda of, t: _("%(part)s has other ideas with the most support.", part=t),
    ChangeKind.DEVIATION: lambda of, t: _(
        "Other than the votes: %(what)s. Reason: %(reason)s", what=_deviation(of, t), reason=of.after
    ),
    ChangeKind.NO_DEVIATION: lambda of, t: _("As the votes have it again: %(what)s.", what=_deviation(of, t)),
}
