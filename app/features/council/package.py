"""The council package: everything that a council needs to decide, from one source, for page, PDF, DOCX and JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.db import db
from app.domain.lifecycle import IdeaState
from app.domain.ranking import Weighting
from app.domain.ranking.canonical import parse
from app.features.council import figures
from app.features.council.figures import Turnout
from app.kit import voices
from app.models.idea import Idea, IdeaTheme
from app.models.outcome import Outcome
from app.models.process import Activity, Call, Process, Theme
from app.models.workshop import AgendaVersion, Workshop
from app.records import calls, council, stands
from app.records.council import DecisionRow, FocusRow, ProposalRow
from app.records.part_words import part_name
from app.records.stands import StandRow

TOP = 15
MOST_DIFFERENCES = 5
MOST_IDEAS = 12
CARRIED, LOST = 2 / 3, 1 / 2
"""A minority point: a group of which so large a part is for, where of all together less than half is."""
APART = 0.25
"""Groups differ on an idea when their shares differ by so much."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """An idea in the sealed ranking. votes: per group (for, against), None where withheld."""

    id: int
    title: str
    rank: int | None
    votes_for: int
    votes_against: int
    votes: Mapping[str, tuple[int, int] | None]

    def share(self, group: str) -> float | None:
        """The share of for-votes in a group; None where it is withheld or nobody voted."""
        found = self.votes.get(group)
        return None if found is None or not sum(found) else found[0] / sum(found)

    @property
    def all(self) -> float:
        total = self.votes_for + self.votes_against
        return self.votes_for / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Item:
    """A part of the agenda: a theme with its ideas and why it is there, or a block."""

    title: str
    minutes: int
    why: str


@dataclass(frozen=True, slots=True)
class Said:
    """What a room concluded on a theme."""

    workshop: str
    theme: str
    conclusion: str
    elements: tuple[str, ...]
    questions: tuple[str, ...]
    taken_by: str


@dataclass(frozen=True, slots=True)
class Package:
    """All of it, as plain values."""

    process: Process
    turnout: Turnout
    stand: StandRow | None
    ranked: tuple[Ranked, ...]
    themes: tuple[tuple[int | None, str], ...]
    differ: tuple[Ranked, ...]
    agree: tuple[Ranked, ...]
    minority: tuple[tuple[Ranked, str], ...]
    """With the group that is for it."""
    agenda_title: str
    agenda_number: int | None
    agenda: tuple[Item, ...]
    outcomes: tuple[Said, ...]
    focus: tuple[FocusRow, ...]
    ideas: Mapping[int, tuple[Ranked, ...]]
    """By theme, those with most votes first where a standing tells."""
    proposals: tuple[ProposalRow, ...]
    """What the council was asked; what organisers are still writing is not for everybody."""
    decisions: tuple[DecisionRow, ...]


def of_process(process: Process, now: datetime) -> Package:
    """What the package of a process holds now."""
    every = calls.of_process(process.id)
    is_hidden = any(call.hides_counts(now) for call in every)
    stand = None if is_hidden else _stand([call.id for call in every])
    document = stands.document(stand.digest) if stand else None
    titles = _titles(process.id)
    ranked = _ranked(document, titles) if document else []
    # Also a published agenda follows from votes: its versions cannot be read either while counts are hidden.
    title, number, agenda = ("", None, ()) if is_hidden else _agenda(process.id, stand)
    by_theme = _by_theme(process.id, ranked, titles)
    return Package(
        process=process,
        turnout=figures.turnout(process.id, is_hidden=is_hidden),
        stand=stand,
        ranked=tuple(ranked[:TOP]),
        themes=_themes(document) if document else (),
        differ=_differ(ranked),
        agree=_agree(ranked),
        minority=_minority(ranked),
        agenda_title=title,
        agenda_number=number,
        agenda=agenda,
        outcomes=_outcomes(process.id),
        focus=tuple(council.focus_of(process.id)),
        ideas=by_theme,
        proposals=tuple(row for row in council.proposals_of(process.id) if row.is_handed_in),
        decisions=tuple(council.decisions_of(process.id)),
    )


def _stand(call_ids: Sequence[int]) -> StandRow | None:
    """The newest sealed standing for a workshop or the council, else the newest at all."""
    rows = stands.of_calls(call_ids) if call_ids else []
    return next((row for row in rows if row.reason in ("workshop", "council")), rows[0] if rows else None)


def _titles(process_id: int) -> dict[int, tuple[str, list[int]]]:
    """Titles of the ideas on the site, with their themes."""
    rows = db.session.execute(
        select(Idea.id, Idea.title, IdeaTheme.theme_id)
        .join(Call, Call.id == Idea.call_id)
        .outerjoin(IdeaTheme, IdeaTheme.idea_id == Idea.id)
        .where(Call.process_id == process_id, Idea.state == IdeaState.PUBLISHED)
        .order_by(Idea.id, IdeaTheme.theme_id)
    )
    found: dict[int, tuple[str, list[int]]] = {}
    for number, title, theme_id in rows:
        themes = found.setdefault(number, (title, []))[1]
        if theme_id is not None:
            themes.append(theme_id)
    return found


def _ranked(document: Mapping[str, Any], titles: Mapping[int, tuple[str, list[int]]]) -> list[Ranked]:
    groups = document["inputs"]["groups"]
    found = []
    for row in stands.ideas(document).get("rows", ()):
        if row["id"] not in titles:
            continue  # off the site meanwhile
        votes: dict[str, tuple[int, int] | None] = {}
        for group, yes, no in zip(groups, row["for"], row["against"], strict=True):
            votes[group] = None if yes is None or no is None else (yes, no)
        found.append(
            Ranked(
                row["id"],
                titles[row["id"]][0],
                row["rank"],
                row["p"],
                row["q"],
                votes,
            )
        )
    return found


def _themes(document: Mapping[str, Any]) -> tuple[tuple[int | None, str], ...]:
    titles = {row["id"]: row["title"] for row in document["scope"]["themes"]}
    rows = stands.themes(document).get("rows", ())
    return tuple((row["rank"], titles.get(row["id"], "")) for row in rows[:TOP])


def _span(idea: Ranked) -> float | None:
    shares = [share for group in idea.votes if (share := idea.share(group)) is not None]
    return max(shares) - min(shares) if len(shares) > 1 else None


def _differ(ranked: Sequence[Ranked]) -> tuple[Ranked, ...]:
    spans = [(span, idea) for idea in ranked if (span := _span(idea)) is not None and span >= APART]
    spans.sort(key=lambda pair: (-pair[0], pair[1].id))
    return tuple(idea for _span, idea in spans[:MOST_DIFFERENCES])


def _agree(ranked: Sequence[Ranked]) -> tuple[Ranked, ...]:
    """Ideas that every group that tells its figures is for, in the order of the ranking."""
    found = [
        idea
        for idea in ranked
        if (span := _span(idea)) is not None
        and span < APART
        and all(
            (idea.share(group) or 0) >= LOST for group, votes in idea.votes.items() if votes and sum(votes)
        )
    ]
    return tuple(found[:MOST_DIFFERENCES])


def _minority(ranked: Sequence[Ranked]) -> tuple[tuple[Ranked, str], ...]:
    found = [
        (idea, group)
        for idea in ranked
        if idea.all < LOST
        for group in idea.votes
        if (idea.share(group) or 0) >= CARRIED
    ]
    found.sort(key=lambda pair: (-(pair[0].share(pair[1]) or 0), pair[0].id))
    return tuple(found[:MOST_DIFFERENCES])


def _agenda(process_id: int, stand: StandRow | None) -> tuple[str, int | None, tuple[Item, ...]]:
    """The newest published agenda of the process; else the one that follows from the sealed standing."""
    rows = db.session.execute(
        select(Workshop.id, Activity.title, AgendaVersion.number, AgendaVersion.document)
        .join(Activity, Activity.id == Workshop.activity_id)
        .outerjoin(AgendaVersion, AgendaVersion.workshop_id == Workshop.id)
        .where(Activity.process_id == process_id)
        .order_by(AgendaVersion.published_at.is_(None), AgendaVersion.published_at.desc(), Workshop.id)
        .limit(10)
    ).all()
    if rows and rows[0][2] is not None:
        document = parse(rows[0][3])
        groups = document.get("agenda", {}).get("groups", ())
        return rows[0][1], rows[0][2], tuple(_item(part, groups) for part in document.get("parts", ()))
    sealed = next((row for row in rows if stand is not None and row[0] == stand.workshop_id), None)
    if sealed is None or stand is None:
        return "", None, ()
    document = stands.document(stand.digest)
    titles = {theme["id"]: theme["title"] for theme in document["scope"]["themes"]}
    agenda = stands.agenda(document, sealed[0], Weighting(document["weighting"]))
    items = [
        Item(titles.get(row["id"], ""), int(row["minutes"]), _why(row, agenda.get("groups", ())))
        for row in agenda.get("entries", ())
    ]
    return sealed[1], None, tuple(items)


def _item(part: Mapping[str, Any], groups: Sequence[str]) -> Item:
    title = str(part.get("title") or "") or part_name(str(part.get("kind") or ""))
    named = f"{part['number']}. {title}" if part.get("number") else title
    return Item(named, int(part.get("minutes") or 0), _why(part.get("why") or {}, groups))


def _why(entry: Mapping[str, Any], groups: Sequence[str]) -> str:
    """The reason that somebody gave for a theme, and who carries it; nothing for a block."""
    heads = entry.get("supporters") or ()
    carried = voices.carried(groups, heads) if heads and len(heads) == len(groups) else ""
    return " ".join(filter(None, [str(entry.get("reason") or ""), carried]))


def _outcomes(process_id: int) -> tuple[Said, ...]:
    rows = db.session.execute(
        select(Outcome, Activity.title, Theme.title)
        .join(Workshop, Workshop.id == Outcome.workshop_id)
        .join(Activity, Activity.id == Workshop.activity_id)
        .outerjoin(Theme, Theme.id == Outcome.theme_id)
        .where(Activity.process_id == process_id)
        .order_by(Activity.starts_at, Outcome.recorded_at, Outcome.id)
    )
    return tuple(
        Said(
            workshop,
            theme or "",
            outcome.conclusion,
            tuple(str(each) for each in outcome.elements or ()),
            tuple(str(each) for each in outcome.questions or ()),
            outcome.taken_by,
        )
        for outcome, workshop, theme in rows
    )


def _by_theme(
    process_id: int, ranked: Sequence[Ranked], titles: Mapping[int, tuple[str, list[int]]]
) -> dict[int, tuple[Ranked, ...]]:
    """The ideas of each theme: in the order of the standing, and what it does not hold after that."""
    place = {idea.id: number for number, idea in enumerate(ranked)}
    known = {idea.id: idea for idea in ranked}
    found: dict[int, list[Ranked]] = {}
    for number in sorted(titles, key=lambda each: (place.get(each, len(place)), each)):
        title, themes = titles[number]
        for theme_id in themes:
            idea = known.get(number) or Ranked(number, title, None, 0, 0, {})
            found.setdefault(theme_id, []).append(idea)
    return {theme_id: tuple(ideas[:MOST_IDEAS]) for theme_id, ideas in found.items()}
