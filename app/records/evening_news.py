"""Who hears that the evening of a workshop was finished, and in which words: everybody once, whatever they follow."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask_babel import gettext as _

from app.domain.decision import N_
from app.models.following import NoticeKind
from app.records import notices
from app.records.agendas import WorkshopRow
from app.records.notices import Audience, Telling


def audience(
    ideas: Sequence[int], themes: Sequence[int], activity_id: int, authors: Sequence[int]
) -> Audience:
    """Who follows what was discussed or voted on it and asked to hear, and who came; not the authors, who hear more."""
    return Audience(
        ideas=tuple(ideas),
        themes=tuple(themes),
        voters_of_any=tuple(ideas),
        registered_for=activity_id,
        but=tuple(authors),
    )


def finished(
    workshop: WorkshopRow,
    key: str,
    moved: Mapping[int, tuple[str, int]],
    themes: Sequence[int],
    now: datetime,
) -> None:
    """Tell it. `moved` gives title and author of each idea that became discussed. The caller commits."""
    path = notices.page("outcomes.index", workshop_id=workshop.id)
    by_author: dict[int, list[str]] = {}
    for title, author in moved.values():
        by_author.setdefault(author, []).append(title)
    notices.tell_each(
        NoticeKind.DECISION,
        [
            Telling(
                Audience(people=(author,)),
                key,
                N_("The workshop discussed what you proposed: %(titles)s")
                if len(titles) == 1
                else N_("The workshop discussed ideas of yours: %(titles)s"),
                N_("Read what the room concluded at “%(title)s”."),
                path,
                {"titles": ", ".join(f"“{title}”" for title in titles), "title": workshop.title},
            )
            for author, titles in by_author.items()
        ],
        now,
    )
    notices.tell(
        audience(list(moved), themes, workshop.activity_id, list(by_author)),
        NoticeKind.STATUS,
        key,
        N_("The outcomes of “%(title)s” are there"),
        N_("The room discussed something that you follow, voted on or came for. Read what it concluded."),
        path,
        now,
        title=workshop.title,
    )


def reason(workshop: str, theme: str, conclusion: str) -> str:
    """Why an idea is discussed now, in the language that is spoken."""
    if not conclusion:
        return _("Discussed at “%(workshop)s”, at the theme %(theme)s.", workshop=workshop, theme=theme)
    return _(
        "Discussed at “%(workshop)s”, at the theme %(theme)s. The room concluded: %(conclusion)s",
        workshop=workshop,
        theme=theme,
        conclusion=conclusion,
    )
