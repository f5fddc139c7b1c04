"""Why an idea went no further on its way to the council, after the agenda: at which station it stayed, in a sentence.

Why it is not on the agenda: app.records.agenda_place. Why the council did not agree: the reason of its status.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.decision import N_
from app.domain.lifecycle import PublicStatus
from app.models.council import CouncilResult
from app.records.ideas import IdeaRow
from app.records.trail_parts import BARE, FOCUS, HANDED

STILL = frozenset({PublicStatus.OPEN, PublicStatus.ON_AGENDA, PublicStatus.DISCUSSED})
"""Statuses in which an idea may have been left behind."""


@dataclass(frozen=True, slots=True)
class WhyNot:
    """`sentence` is English, to be translated with `values`."""

    sentence: str
    values: Mapping[str, str]


def of_idea(idea: IdeaRow, rows: Sequence[Sequence[Any]]) -> WhyNot | None:
    """Why an idea was left behind, from the rows of its trail; None while it may still come along.

    That is decided when a proposal went to the council that holds none of its themes.
    """
    handed = next((row[1] for row in rows if row[0] == HANDED), None)
    if idea.public_status not in STILL or handed is None:
        return None
    if idea.published_at is not None and idea.published_at > handed:
        return None
    theme = idea.themes[0].title if idea.themes else ""
    focus = [row for row in rows if row[0] == FOCUS]
    outcomes = [row for row in rows if row[0] in ("outcome", BARE)]
    agenda = next((row for row in rows if row[0] == "agenda"), None)
    return reason(
        theme,
        status=idea.public_status,
        workshop=agenda[4] if agenda else "",
        was_discussed=bool(outcomes),
        theme_discussed=outcomes[0][3] if outcomes else theme,
        elements=[(row[3], row[1] is not None, row[4]) for row in focus],
    )


def reason(
    theme: str,
    *,
    status: PublicStatus,
    workshop: str,
    was_discussed: bool,
    theme_discussed: str,
    elements: Sequence[tuple[str, bool, str]],
) -> WhyNot | None:
    """The sentence. elements: of each focus element of its themes the title, whether it went to the council, and what
    the council did with it."""
    gone = [(title, result) for title, is_handed_in, result in elements if is_handed_in]
    refused = [title for title, _handed, result in elements if result == CouncilResult.NOT_ADOPTED]
    if refused and len(refused) == len(elements):
        return WhyNot(N_("The council did not agree with “%(title)s”."), {"title": refused[0]})
    if gone:
        return _of_its_theme(gone, status)
    if elements:
        sentence = N_("The focus element “%(title)s” did not go along in the proposal to the council.")
        return WhyNot(sentence, {"title": elements[0][0]})
    if was_discussed:
        sentence = N_("We talked about %(theme)s, but nothing of it became a focus element for the council.")
        return WhyNot(sentence, {"theme": theme_discussed or theme})
    if workshop:
        sentence = N_("This was on the agenda of %(workshop)s, but nothing was concluded there on %(theme)s.")
        return WhyNot(sentence, {"workshop": workshop, "theme": theme})
    return None


def _of_its_theme(gone: Sequence[tuple[str, str]], status: PublicStatus) -> WhyNot | None:
    """Elements of its theme went to the council and the idea itself did not.

    One that was discussed meanwhile still goes along with what the council has not decided on.
    """
    if status != PublicStatus.DISCUSSED:
        sentence = N_(
            "“%(title)s” went to the council for its theme. This idea itself was not discussed, so it did not go along."
        )
        return WhyNot(sentence, {"title": gone[0][0]})
    if any(not result for _title, result in gone):
        return None
    sentence = N_("“%(title)s” went to the council for its theme. This idea itself did not go along.")
    return WhyNot(sentence, {"title": gone[0][0]})
