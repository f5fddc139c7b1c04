"""The worked example of the explanation: small invented figures, computed by the same code as every real ranking.

Only the figures below are written down by hand. Everything that the page tells about them is computed by
app.domain.ranking, once per process.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import cache

import numpy as np

from app.domain.ranking import (
    AgendaDraft,
    Ballots,
    FixedBlock,
    IdeaRanking,
    Item,
    Method,
    Parameters,
    Tallies,
    ThemeMethod,
    ThemeRanking,
    Votes,
    Weighting,
    draft_agenda,
    infer_ballots,
    rank_ideas,
    recent_support,
    theme_rankings,
)
from app.domain.ranking.shares import equal_shares

SEED = "voorbeeld"
PARAMETERS = Parameters()
FEW = Parameters(n_min=3, min_supporters=3)
"""For a dozen people the thresholds are lower."""

IDEAS = ("cycle_path", "benches", "lamps", "parking_app")
TALLIES = {
    # votes for and against: residents, council, partners
    "cycle_path": ((40, 10), (2, 6), (3, 1)),
    "benches": ((18, 6), (7, 1), (4, 1)),
    "lamps": ((9, 1), (4, 4), (3, 3)),
    "parking_app": ((15, 14), (5, 5), (3, 3)),
}
RECENT = {
    # for Current: number of votes, their value, and how many days ago they were cast
    "cycle_path": ((5, 1, 0), (40, 1, 14), (3, -1, 0), (14, -1, 14)),
    "benches": ((20, 1, 0), (9, 1, 7), (2, -1, 0), (6, -1, 7)),
    "lamps": ((16, 1, 7), (8, -1, 14)),
    "parking_app": ((9, 1, 0), (14, 1, 7), (12, -1, 0), (10, -1, 7)),
}

THEMES = ("traffic", "green", "care", "water", "digital")
MINUTES = {"traffic": 40, "green": 30, "care": 30, "water": 20, "digital": 30}
THEME_IDEAS = ("traffic", "traffic", "traffic", "green", "green", "care", "water", "digital")
"""Eight ideas, by the theme that each stands in."""
PEOPLE = (
    # who, group, and the votes on the eight ideas: + for, - against, . no vote
    ("I1", 0, "++-+...."),
    ("I2", 0, "+++...-."),
    ("I3", 0, "+-++...-"),
    ("I4", 0, "+..++..."),
    ("I5", 0, ".-.++..."),
    ("I6", 0, "-..+.+.."),
    ("I7", 0, ".....++-"),
    ("I8", 0, "+..+...."),
    ("R1", 1, "-....++."),
    ("R2", 1, "...-.+.+"),
    ("R3", 1, "+-....++"),
    ("P1", 2, "...+..++"),
    ("P2", 2, "....-+.+"),
)
WORKSHOP = 120
BLOCKS = (10, 10)
"""Minutes of the opening and the break."""
SIGN = {"+": 1, "-": -1, ".": 0}


@dataclass(frozen=True, slots=True)
class Payment:
    """What one person does in the example of the agenda: start, per bought theme what is paid, and what is left."""

    who: str
    group: int
    supports: tuple[str, ...]
    start: Fraction
    paid: tuple[Fraction, ...]
    left: Fraction


@dataclass(frozen=True, slots=True)
class Shares:
    """The agenda in which every person weighs alike, round by round.

    bought: the themes in the order of buying, each with what a supporter pays at most and who would have been next
    best. start: what everybody holds. first: what is bought before minutes are added. people: one row each.
    """

    draft: AgendaDraft
    start: Fraction
    first: tuple[str, ...]
    bought: tuple[str, ...]
    people: tuple[Payment, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """Everything that the page shows about the example."""

    ideas: dict[Method, IdeaRanking]
    themes: dict[ThemeMethod, ThemeRanking]
    shares: Shares
    per_group: AgendaDraft


@cache
def compute() -> Example:
    """The example, once per process; a few milliseconds."""
    rankings = theme_rankings(
        votes(),
        tuple(range(len(THEME_IDEAS))),
        (list(range(len(THEME_IDEAS))), [THEMES.index(theme) for theme in THEME_IDEAS]),
        THEMES,
        FEW,
        SEED,
    )
    by_group = {method: rankings[method, Weighting.PER_GROUP] for method in ThemeMethod}
    stand = by_group[ThemeMethod.MEERDERHEID]
    ballots = infer_ballots(stand.positions, THEMES, FEW.min_votes)
    return Example(
        ideas={method: _ideas(method) for method in Method},
        themes=by_group,
        shares=_shares(ballots, stand),
        per_group=_draft(ballots, stand, Weighting.PER_GROUP),
    )


def _ideas(method: Method) -> IdeaRanking:
    tallies = Tallies.of(
        IDEAS,
        PARAMETERS.groups,
        [[group[0] for group in TALLIES[idea]] for idea in IDEAS],
        [[group[1] for group in TALLIES[idea]] for idea in IDEAS],
    )
    rows = [
        (place, value, age)
        for place, idea in enumerate(IDEAS)
        for number, value, age in RECENT[idea]
        for _ in range(number)
    ]
    recent = recent_support(
        [row[0] for row in rows],
        [row[1] for row in rows],
        [row[2] for row in rows],
        len(IDEAS),
        PARAMETERS.half_life_days,
    )
    return rank_ideas(tallies, PARAMETERS, method, SEED, recent=recent if method is Method.ACTUEEL else None)


def votes() -> Votes:
    """The votes of the people of the example."""
    cast = [
        (who, idea, SIGN[sign])
        for who, (_name, _group, signs) in enumerate(PEOPLE)
        for idea, sign in enumerate(signs)
        if sign != "."
    ]
    voter, idea, value = zip(*cast, strict=True)
    return Votes.of(voter, idea, value, [group for _name, group, _signs in PEOPLE], len(THEME_IDEAS))


def _items(stand: ThemeRanking) -> list[Item]:
    return [Item(row.id, MINUTES[str(row.id)]) for row in stand.rows]


def _draft(ballots: Ballots, stand: ThemeRanking, weighting: Weighting) -> AgendaDraft:
    blocks = [FixedBlock(f"block {number}", minutes) for number, minutes in enumerate(BLOCKS)]
    return draft_agenda(ballots, _items(stand), WORKSHOP, FEW, weighting, SEED, blocks)


def _shares(ballots: Ballots, stand: ThemeRanking) -> Shares:
    from_votes = _draft(ballots, stand, Weighting.PER_PERSON)
    bought = [entry for entry in from_votes.entries if entry.phase == "equal_shares"]
    start = Fraction(from_votes.endowment, sum(from_votes.counted))
    place = {theme: number for number, theme in enumerate(stand.positions.theme_ids)}
    people = []
    for number, (who, group, _signs) in enumerate(PEOPLE):
        if int(stand.positions.votes_cast[number]) < FEW.min_votes:
            continue
        net = stand.positions.net[number]
        supports = tuple(theme for theme in THEMES if int(net[place[theme]]) > 0)
        purse, paid = start, []
        for entry in bought:
            # Nobody pays more than the price, or than there is in the purse.
            due = min(purse, _price(entry.highest)) if str(entry.id) in supports else Fraction(0)
            paid.append(due)
            purse -= due
        people.append(Payment(who, group, supports, start, tuple(paid), purse))
    return Shares(
        draft=from_votes,
        start=start,
        first=tuple(str(item) for item in _without_adding(ballots, stand)),
        bought=tuple(str(entry.id) for entry in bought),
        people=tuple(people),
    )


def _price(highest: tuple[object, ...]) -> Fraction:
    return max(Fraction(value) for value in highest if isinstance(value, Fraction | int))


def _without_adding(ballots: Ballots, stand: ThemeRanking) -> tuple[int | str, ...]:
    """What equal shares buy with the minutes that there are, before one is added."""
    names = [str(item.id) for item in _items(stand)]
    listed = ballots.only(names)
    order = np.arange(len(names)).tolist()
    found = equal_shares(listed, [MINUTES[name] for name in names], [1] * 3, order, WORKSHOP - sum(BLOCKS))
    return tuple(names[item] for item in found.items)
