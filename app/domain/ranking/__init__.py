"""From votes to agenda: pure arithmetic on plain numbers, the same on every machine.

There are two ways in.

1. **Rank ideas** from their tallies (kept in the database; no votes needed)::

       tallies = Tallies.from_rows(idea_ids, parameters.groups, rows)  # rows: (idea, group, for, against)
       ranking = rank_ideas(tallies, parameters, Method.DRAAGVLAK, seed)  # or .BRUG, .ZEKERHEID, .NETTO, …
       ranking.ids, ranking.rank, ranking.score  # columns, best first: cheap
       ranking.rows(0, 20)  # rows with band, ties, firmness
       ranking.too_few  # below n_min votes, without a rank

Actueel also takes `recent=recent_support(idea_index, value, age_days, n_ideas)`.

2. **From votes to themes to an agenda**, with the votes as arrays of indices::

       votes = Votes.of(voter, idea, value, voter_group, n_ideas)  # last states, +1 / -1
       themes = rank_themes(votes, idea_ids, (pair_idea, pair_theme), theme_ids, parameters, seed)
       items = [Item(row.id, minutes=30) for row in themes.rows]  # only eligible themes
       ballots = infer_ballots(themes.positions, [item.id for item in items], parameters.min_votes)
       blocks = [FixedBlock("Opening", 10), FixedBlock("Pauze", 15)]
       draft = draft_agenda(ballots, items, 180, parameters, Weighting.PER_GROUP, seed, blocks)
       agenda_record(withhold(draft))  # for a page; an auditor sees `draft`

`theme_rankings` gives all methods and weightings at once. A direct agenda vote goes through `ticked_ballots`
instead of `infer_ballots`.

The caller passes published ideas only, and votes without excluded ones. Nothing here reads a clock or draws
lots of its own: times, ages and the seed are arguments. `records` turns every result into values for JSON.
"""

from app.domain.ranking.agenda import (
    AgendaDraft,
    AgendaEntry,
    AgendaPhase,
    Comparison,
    FixedBlock,
    Item,
    LeftOut,
    WhyNot,
    draft_agenda,
)
from app.domain.ranking.ballots import Ballots, infer_ballots, ticked_ballots
from app.domain.ranking.bounds import approval_bounds, mean_bounds, score_bounds
from app.domain.ranking.certificate import Certificate, Violation, certify
from app.domain.ranking.ideas import IdeaRanking, IdeaRow, rank_ideas
from app.domain.ranking.material import parameters_of
from app.domain.ranking.order import lot
from app.domain.ranking.parameters import (
    AgendaMethod,
    Method,
    Parameters,
    ThemeMethod,
    Weighting,
    certainty_of,
    z_of,
)
from app.domain.ranking.records import agenda_record, ideas_record, number, plain, themes_record
from app.domain.ranking.scores import recent_support
from app.domain.ranking.tallies import Tallies, Votes, last_states, tally
from app.domain.ranking.themes import Positions, ThemeRanking, ThemeRow, rank_themes, theme_rankings
from app.domain.ranking.withholding import hidden_groups, withhold

__all__ = [
    "AgendaDraft",
    "AgendaEntry",
    "AgendaMethod",
    "AgendaPhase",
    "Ballots",
    "Certificate",
    "Comparison",
    "FixedBlock",
    "IdeaRanking",
    "IdeaRow",
    "Item",
    "LeftOut",
    "Method",
    "Parameters",
    "Positions",
    "Tallies",
    "ThemeMethod",
    "ThemeRanking",
    "ThemeRow",
    "Violation",
    "Votes",
    "Weighting",
    "WhyNot",
    "agenda_record",
    "approval_bounds",
    "certainty_of",
    "certify",
    "draft_agenda",
    "hidden_groups",
    "ideas_record",
    "infer_ballots",
    "last_states",
    "lot",
    "mean_bounds",
    "number",
    "parameters_of",
    "plain",
    "rank_ideas",
    "rank_themes",
    "recent_support",
    "score_bounds",
    "tally",
    "theme_rankings",
    "themes_record",
    "ticked_ballots",
    "withhold",
    "z_of",
]
