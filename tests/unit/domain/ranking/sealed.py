"""A sealed standing made of votes drawn at random, without a database."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np

from app.domain.ranking import Parameters, Weighting, infer_ballots, tally
from app.domain.ranking import Votes as Votes
from app.domain.ranking.canonical import canonical as canonical
from app.domain.ranking.canonical import events_digest
from app.domain.ranking.canonical import parse as parse
from app.domain.ranking.publishing import fewest_behind, hidden_persons, hidden_votes, public_document
from app.domain.ranking.snapshot import Counted, Document, Header, audit_document
from app.domain.ranking.themes import ThemeCounts, positions

KEY = "5f" * 32
GROUPS = ("resident", "council", "partner")


@dataclass(frozen=True)
class Standing:
    """Both documents, as documents and as texts."""

    audit: Document
    public: Document
    audit_text: str
    public_text: str


def workshop(number: int = 4, minutes: int = 90, **fixed: Any) -> Document:
    """A workshop as the scope of a standing names it."""
    return {"id": number, "minutes": minutes, "blocks": [], "pinned": [], "skipped": [], **fixed}


def counted(
    votes: Votes,
    themes: list[list[int]],
    *,
    weighting: Weighting = Weighting.PER_GROUP,
    workshops: list[Document] | None = None,
    parameters: Parameters | None = None,
) -> Counted:
    """Count votes on ideas 11, 12, …, where themes[i] are the themes (101, 102, …) of idea i."""
    # As the document writes them: with twelve places.
    rules = parameters or Parameters(
        z=1.959963984540, weights=(Fraction(1, 2), Fraction(1, 4), Fraction(1, 4))
    )
    ids = list(range(11, 11 + votes.n_ideas))
    theme_ids = sorted({theme for of in themes for theme in of})
    pairs = [(idea, theme_ids.index(theme)) for idea, of in enumerate(themes) for theme in of]
    idea, theme = (np.array([pair[side] for pair in pairs], dtype=np.int64) for side in (0, 1))
    tallies = tally(votes, ids, GROUPS)
    eligible = (tallies.for_ + tallies.against).sum(axis=1) >= rules.n_min
    stand = positions(votes, idea, theme, theme_ids, GROUPS, eligible)
    counts = ThemeCounts.of(stand)
    group = votes.voter_group[votes.voter].astype(np.int64)
    rows = list(zip(ids, tallies.for_.tolist(), tallies.against.tolist(), strict=True))
    hidden = hidden_votes(GROUPS, rows) & eligible[:, None]
    heads = list(
        zip(
            theme_ids,
            counts.supporters.tolist(),
            counts.opponents.tolist(),
            counts.neutral.tolist(),
            strict=True,
        )
    )
    hidden_themes = hidden_persons(GROUPS, heads)
    hidden_themes &= (counts.supporters.sum(axis=1) >= rules.min_supporters)[:, None]
    who, where = np.nonzero(stand.net)
    return Counted(
        parameters=rules,
        weighting=weighting,
        scope={
            "ideas": [[number, of] for number, of in zip(ids, themes, strict=True)],
            "themes": [{"id": number, "title": f"Thema {number}", "minutes": 30} for number in theme_ids],
            "workshops": [workshop()] if workshops is None else workshops,
            "ballots": "inferred",
        },
        tallies=tallies,
        recent=np.round(np.linspace(-3, 9, votes.n_ideas), 12),
        counts=counts,
        ballots=infer_ballots(stand, theme_ids, rules.min_votes),
        voters=dict(zip(GROUPS, np.bincount(votes.voter_group, minlength=3).tolist(), strict=True)),
        smallest={
            "ideas": fewest_behind(hidden, votes.idea, group, votes.voter),
            "themes": fewest_behind(hidden_themes, where, stand.voter_group[who], who),
        },
        events=events_digest(
            KEY,
            list(range(500, 500 + len(votes.voter_group))),
            ids,
            GROUPS,
            votes.voter.astype(np.int64),
            votes.idea.astype(np.int64),
            votes.value.astype(np.int64),
            group,
        ),
    )


def header(**values: Any) -> Header:
    """A header; what a test wants to differ is named."""
    base: dict[str, Any] = {
        "number": 2,
        "previous": "ab" * 32,
        "reason": "council",
        "call": {"id": 3, "slug": "oproep", "process": "traject"},
        "workshop": None,
        "times": {
            "cut_off": "2026-11-02T20:00:00+00:00",
            "sealed_at": "2026-11-02T20:00:10+00:00",
            "last_vote": None,
        },
        "software": {"stem_van_de_stad": "0.1.0", "python": "3", "numpy": "2"},
        "seed": "a seed",
        "next_seed": "the next seed",
        "key": KEY,
    }
    return Header(**{**base, **values})


def standing(of: Counted, **values: Any) -> Standing:
    """Seal what was counted."""
    audit, found = audit_document(header(**values), of)
    audit_text = canonical(audit)
    public = public_document(audit, found, audit_text)
    return Standing(audit, public, audit_text, canonical(public))


def drawn(seed: int = 1, *, voters: int = 60, ideas: int = 12, small: float = 0.1) -> Votes:
    """Votes at random; `small` is the share of the two smaller groups each."""
    rng = np.random.default_rng(seed)
    groups = rng.choice(3, voters, p=[1 - 2 * small, small, small])
    value = rng.choice([1, -1, 0], (voters, ideas), p=[0.45, 0.25, 0.3])
    voter, idea = np.nonzero(value)
    return Votes.of(voter, idea, value[voter, idea], groups, ideas)


def themes_of(ideas: int) -> list[list[int]]:
    """One or two of four themes for every idea."""
    return [sorted({101 + idea % 4, 101 + idea % 3}) for idea in range(ideas)]


@cache
def usual() -> Standing:
    """A standing with withheld groups, a workshop with everything fixed, and one that has no room."""
    votes = drawn()
    fixed = workshop(
        blocks=[{"kind": "break", "title": "Pauze", "minutes": 10}],
        pinned=[{"theme": 101, "minutes": 20, "reason": "Besluit van de raad"}],
        skipped=[{"theme": 102, "minutes": 30, "reason": "Vorige keer besproken"}],
    )
    full = workshop(5, 10, blocks=[{"kind": "opening", "title": "Opening", "minutes": 30}])
    return standing(counted(votes, themes_of(12), workshops=[fixed, full]))
