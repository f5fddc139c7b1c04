"""What the ranking pages show: rows with their explanation, and the themes as they were last computed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.ballot import Group, groups_to_show
from app.domain.ranking import IdeaRanking, IdeaRow, Method
from app.features.ranking import words
from app.records import ideas, order, standings
from app.records.frames import Frame
from app.records.ideas import CardRow

PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class GroupPart:
    """What one group contributes to a score; None for figures that are withheld."""

    group: str
    votes_for: int | None
    votes_against: int | None
    approval: float | None
    weight: float


@dataclass(frozen=True, slots=True)
class RankedIdea:
    """An idea in the ranking, with everything that explains its place.

    Where a group is withheld and the method counts by group, the score is in whole percents and comes without its
    band: with a decimal more, one can work back what the few people of that group voted.
    """

    card: CardRow
    row: IdeaRow
    score: str
    share: float
    band: float | None
    groups: tuple[GroupPart, ...]


@dataclass(frozen=True, slots=True)
class RankingPage:
    """One page of a ranking. `start` counts from 0; `more` tells whether another page follows."""

    method: Method
    ranking: IdeaRanking
    rows: tuple[RankedIdea, ...]
    too_few: tuple[RankedIdea, ...]
    start: int
    more: bool


def ideas_page(frame: Frame, method: Method, start: int) -> RankingPage:
    """Rows start..start+20 of the ranking of a call, in at most two statements beside the frame."""
    ranking = order.of_call(frame.call.id, frame.rules).ranking(method)
    start = max(0, min(start, len(ranking) - 1)) // PER_PAGE * PER_PAGE if len(ranking) else 0
    rows = ranking.rows(start, start + PER_PAGE)
    late = ranking.too_few[:PER_PAGE] if start + PER_PAGE >= len(ranking) else ()
    cards = {card.id: card for card in ideas.cards([int(row.id) for row in (*rows, *late)])}
    highest = float(ranking.score.max()) if len(ranking) else 0.0

    def explained(row: IdeaRow) -> RankedIdea:
        groups = _parts(row, ranking)
        coarse = method.sees_groups and any(part.approval is None for part in groups)
        share = words.share_of_bar(method, row.score, highest)
        return RankedIdea(
            card=cards[int(row.id)],
            row=row,
            score=words.score_text(method, row.score, whole=coarse),
            share=round(share, 2) if coarse else share,
            band=None if coarse else row.band,
            groups=groups,
        )

    return RankingPage(
        method=method,
        ranking=ranking,
        rows=tuple(explained(row) for row in rows if int(row.id) in cards),
        too_few=tuple(explained(row) for row in late if int(row.id) in cards),
        start=start,
        more=start + PER_PAGE < len(ranking),
    )


def _parts(row: IdeaRow, ranking: IdeaRanking) -> tuple[GroupPart, ...]:
    """Per group, withheld where the figures could tell what one person voted (the share tells as much)."""
    keys = ranking.parameters.groups
    totals = {Group(key): (yes, no) for key, yes, no in zip(keys, row.for_, row.against, strict=True)}
    shown = groups_to_show(totals)
    return tuple(
        GroupPart(
            group=key,
            votes_for=row.for_[place] if Group(key) in shown else None,
            votes_against=row.against[place] if Group(key) in shown else None,
            approval=row.approval[place] if Group(key) in shown else None,
            weight=float(ranking.parameters.weights[place]),
        )
        for place, key in enumerate(keys)
    )


def themes_standing(call_id: int, now: datetime) -> dict[str, Any]:
    """The ranking of themes as last computed; `shown` says per row and group whether its figures may be seen."""
    standing = standings.current(call_id, standings.THEMES, now)
    if standing is None:
        return {}
    groups = standing.data["parameters"]["groups"]
    return {**standing.data, "rows": [{**row, "shown": _shown(groups, row)} for row in standing.data["rows"]]}


def _shown(groups: Sequence[str], row: Mapping[str, Any]) -> list[bool]:
    """Like the votes on an idea: the page names the supporters of all groups together, so that a single withheld
    group would be what is left of them."""
    heads = zip(groups, row["supporters"], row["opponents"], row["neutral"], strict=True)
    shown = groups_to_show({Group(group): (yes + neutral, no) for group, yes, no, neutral in heads})
    return [Group(group) in shown for group in groups]
