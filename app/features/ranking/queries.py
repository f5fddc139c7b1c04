"""What the ranking pages show: rows with their explanation, and the themes as they were last computed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.db import db
from app.domain.ballot import Group, groups_to_show
from app.domain.lifecycle import IdeaState
from app.domain.ranking import IdeaRanking, IdeaRow, Method, ThemeMethod, Weighting, number
from app.features.ranking import moves, words
from app.features.ranking.moves import Difference, Move
from app.models.idea import Idea
from app.records import ideas, order, standings
from app.records.frames import Frame, ThemeTag
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

    Where a group is withheld and the order counts by group, the score is in whole percents and comes without its
    band and firmness: with a decimal more, one can work back what the few people of that group voted. Per person the
    score follows from the totals of all, which everybody sees; it is exact.
    """

    card: CardRow
    row: IdeaRow
    score: str
    share: float
    band: float | None
    groups: tuple[GroupPart, ...]
    is_coarse: bool
    move: Move | None


@dataclass(frozen=True, slots=True)
class RankingPage:
    """One page of a ranking. `start` counts from 0; `more` tells whether another page follows.

    difference: what the other weighting changes; None for a method that heeds none. titles: of what it names.
    """

    method: Method
    weighting: Weighting
    ranking: IdeaRanking
    rows: tuple[RankedIdea, ...]
    too_few: tuple[RankedIdea, ...]
    start: int
    more: bool
    difference: Difference | None
    titles: Mapping[int, str]


def ideas_page(frame: Frame, method: Method, weighting: Weighting, start: int, now: datetime) -> RankingPage:
    """Rows start..start+20 of the ranking of a call, in at most two statements beside the frame (Actueel: three)."""
    if method is Method.ACTUEEL:
        sheet = order.with_recent(frame.call.id, frame.rules, now)
    else:
        sheet = order.of_call(frame.call.id, frame.rules)
    ranking = sheet.ranking(method, weighting, now)
    start = max(0, min(start, len(ranking) - 1)) // PER_PAGE * PER_PAGE if len(ranking) else 0
    rows = ranking.rows(start, start + PER_PAGE)
    late = ranking.too_few[:PER_PAGE] if start + PER_PAGE >= len(ranking) else ()
    there: Mapping[Any, int] = {}
    difference: Difference | None = None
    if method.heeds_weighting and len(ranking):
        there = sheet.ranking(method, moves.other_than(weighting)).rank_of()
        difference = moves.compare(_numbered(ranking.rank_of()), _numbered(there), weighting)
    wanted = [int(row.id) for row in (*rows, *late)]
    found = ideas.cards([*wanted, *(difference.named if difference else ())])
    cards = {card.id: card for card in found}
    highest = float(ranking.score.max()) if len(ranking) else 0.0

    def explained(row: IdeaRow) -> RankedIdea:
        groups = _parts(row, ranking)
        counts_groups = method.sees_groups and (
            weighting is Weighting.PER_GROUP or not method.heeds_weighting
        )
        coarse = counts_groups and any(part.approval is None for part in groups)
        share = words.share_of_bar(method, row.score, highest)
        return RankedIdea(
            card=cards[int(row.id)],
            row=row,
            score=words.score_text(method, row.score, whole=coarse),
            share=round(share, 2) if coarse else share,
            band=None if coarse else row.band,
            groups=groups,
            is_coarse=coarse,
            move=Move(row.rank, there.get(row.id), weighting) if difference and row.rank else None,
        )

    return RankingPage(
        method=method,
        weighting=weighting,
        ranking=ranking,
        rows=tuple(explained(row) for row in rows if int(row.id) in cards),
        too_few=tuple(explained(row) for row in late if int(row.id) in cards),
        start=start,
        more=start + PER_PAGE < len(ranking),
        difference=difference,
        titles={card.id: card.title for card in found},
    )


def _numbered(ranks: Mapping[Any, int]) -> dict[int, int]:
    return {int(idea): rank for idea, rank in ranks.items()}


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


@dataclass(frozen=True, slots=True)
class RankedTheme:
    """A theme in the ranking. rank is None below the number of supporters it needs.

    supporters, opponents, neutral: persons of all groups together. groups: per group its key, and those three, or
    None where they are withheld; then the score is in whole percents and the difference between groups is None.
    top: the ideas with the most support, as far as they are on the site.
    """

    tag: ThemeTag
    rank: int | None
    score: str
    share: float
    band: float | None
    supporters: int
    opponents: int
    neutral: int
    ideas: int
    gap: float | None
    groups: tuple[tuple[str, tuple[int, int, int] | None], ...]
    top: tuple[tuple[int, str], ...]
    tied: tuple[str, ...]
    move: Move | None


@dataclass(frozen=True, slots=True)
class ThemesPage:
    """The ranking of themes by a method and a weighting, as last computed."""

    method: ThemeMethod
    weighting: Weighting
    rows: tuple[RankedTheme, ...]
    too_few: tuple[RankedTheme, ...]
    difference: Difference | None
    titles: Mapping[int, str]


def themes_page(frame: Frame, method: ThemeMethod, weighting: Weighting, now: datetime) -> ThemesPage:
    """The themes of a call, in two statements beside the frame; computed anew only when they never were."""
    kind, other = (standings.themes_kind(method, each) for each in (weighting, moves.other_than(weighting)))
    kept = standings.several(frame.call.id, {kind, other}, now)
    data = kept[kind].data
    tags = {tag.id: tag for tag in frame.themes}
    here, there = ({row["id"]: row["rank"] for row in kept[each].data["rows"]} for each in (kind, other))
    difference = moves.compare(here, there, weighting) if method.heeds_weighting and here else None
    known = [row for row in (*data["rows"], *data["too_few"]) if row["id"] in tags]
    titles = _titles({idea for row in known for idea in row["top"]})
    most = max((row["reach"] for row in known), default=0)

    def shown(row: Mapping[str, Any]) -> RankedTheme:
        return _ranked_theme(row, data["parameters"]["groups"], method, weighting, tags, titles, most, there)

    return ThemesPage(
        method=method,
        weighting=weighting,
        rows=tuple(shown(row) for row in known if row["rank"] is not None),
        too_few=tuple(shown(row) for row in known if row["rank"] is None),
        difference=difference,
        titles={tag.id: tag.title for tag in frame.themes},
    )


def _ranked_theme(
    row: Mapping[str, Any],
    groups: Sequence[str],
    method: ThemeMethod,
    weighting: Weighting,
    tags: Mapping[int, ThemeTag],
    titles: Mapping[int, str],
    most: int,
    there: Mapping[int, int],
) -> RankedTheme:
    seen = _shown(groups, row)
    score = number(row["score"])
    # The mean of three ideas hides no small group of theirs, so it never gets a decimal.
    coarse = method is ThemeMethod.TOP3 or (weighting is Weighting.PER_GROUP and not all(seen))
    share = score / most if method is ThemeMethod.BEREIK and most else score
    columns = zip(row["supporters"], row["opponents"], row["neutral"], strict=True)
    return RankedTheme(
        tag=tags[row["id"]],
        rank=row["rank"],
        score=words.theme_score_text(method, score, whole=coarse),
        share=round(min(max(share, 0.0), 1.0), 2 if coarse else 4),
        band=None if coarse or row["band"] is None else number(row["band"]),
        supporters=sum(row["supporters"]),
        opponents=sum(row["opponents"]),
        neutral=sum(row["neutral"]),
        ideas=row["ideas"],
        gap=number(row["gap"]) if all(seen) else None,
        groups=tuple(
            (group, (yes, no, even) if is_seen else None)
            for group, is_seen, (yes, no, even) in zip(groups, seen, columns, strict=True)
        ),
        top=tuple((idea, titles[idea]) for idea in row["top"] if idea in titles),
        tied=tuple(tags[theme].title for theme in row["ties_with"] if theme in tags),
        move=Move(row["rank"], there.get(row["id"]), weighting)
        if method.heeds_weighting and row["rank"]
        else None,
    )


def _titles(wanted: set[int]) -> dict[int, str]:
    """The titles of these ideas as far as they are on the site."""
    if not wanted:
        return {}
    rows = db.session.execute(
        select(Idea.id, Idea.title).where(Idea.id.in_(sorted(wanted)), Idea.state == IdeaState.PUBLISHED)
    )
    return {row[0]: row[1] for row in rows}


def _shown(groups: Sequence[str], row: Mapping[str, Any]) -> list[bool]:
    """Like the votes on an idea: the page names the supporters of all groups together, so that a single withheld
    group would be what is left of them."""
    heads = zip(groups, row["supporters"], row["opponents"], row["neutral"], strict=True)
    shown = groups_to_show({Group(group): (yes + neutral, no) for group, yes, no, neutral in heads})
    return [Group(group) in shown for group in groups]
