"""Attacks on a real conversation, crude and patient: what is found by which signal, and what is not found at all.

The table that this prints (`pytest -s`) stands in docs/integrity.md; a change of it fails here first.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from app.domain.integrity import Kind, Thresholds
from app.domain.integrity.influence import by_idea, flagged_votes, influence, jumps, moved, with_votes
from app.domain.ranking import IdeaRanking, Parameters, Tallies, rank_ideas
from tests.unit.domain.integrity.talk import DAY, HOUR, MINUTE, Talk, conversation

NAME = "scoop-hivemind.biodiversity"
MONTH = 30 * DAY
DOCUMENT = Path(__file__).parents[4] / "docs" / "integrity.md"
Pairs = set[tuple[int, int]]
GROUP = Parameters.equal(("all",))


def middle(talk: Talk) -> int:
    """An idea with a hundred votes that stands halfway: worth an attack, and not yet known."""
    columns = talk.columns()
    ranking = ranked(talk, np.ones(len(columns), bool))
    counts = dict(zip(*np.unique(columns.idea, return_counts=True), strict=True))
    half = [int(idea) for idea in ranking.ids[len(ranking) // 2 :]]
    return next(idea for idea in half if 80 <= counts[idea] <= 120)


def quiet(talk: Talk) -> float:
    """A moment late in the conversation, on an ordinary evening."""
    return float(np.quantile(talk.columns().moment, 0.8)) // DAY * DAY + 19 * HOUR


def ranked(talk: Talk, chosen: np.ndarray) -> IdeaRanking:
    """The ranking by these votes alone."""
    columns = talk.columns()
    ids = columns.ideas.tolist()
    nothing = np.zeros((len(ids), 1), dtype=np.int64)
    place = np.searchsorted(columns.ideas, columns.idea[chosen])
    tallies = with_votes(
        Tallies.of(ids, ("all",), nothing, nothing), place, np.zeros_like(place), columns.value[chosen]
    )
    return rank_ideas(tallies, GROUP, seed="lots")


def crude_burst(talk: Talk) -> Pairs:
    """Forty accounts that have only just been made vote for one idea within five minutes."""
    idea, start = middle(talk), quiet(talk)
    return vote_once(talk, idea, [start + 7.5 * n for n in range(40)], made_before=10 * MINUTE)


def slow_newcomers(talk: Talk) -> Pairs:
    """Forty new accounts, one every half hour."""
    return vote_once(
        talk, middle(talk), [quiet(talk) + 30 * MINUTE * n for n in range(40)], made_before=10 * MINUTE
    )


def one_off_accounts(talk: Talk) -> Pairs:
    """Sixty accounts of a month old that vote once, spread over twenty days."""
    lots = np.random.default_rng(1).uniform(0, 20 * DAY, 60)
    start = quiet(talk) - 15 * DAY
    return vote_once(talk, middle(talk), [start + float(lot) for lot in np.sort(lots)], made_before=MONTH)


def ring(talk: Talk) -> Pairs:
    """Four accounts vote on twenty ideas together, each time within half a minute."""
    columns, start = talk.columns(), quiet(talk)
    members = [talk.person(start - 20 * DAY - n * DAY) for n in range(4)]
    pairs = set()
    for step, idea in enumerate(columns.ideas[50:70].tolist()):
        for n, person in enumerate(members):
            talk.vote(idea, person, 1 if step % 3 else -1, start + 4 * MINUTE * step + 8 * n)
            pairs.add((idea, person))
    return pairs


def one_network(talk: Talk) -> Pairs:
    """Eight accounts, made in one afternoon, vote alike on three ideas from one network, over three days."""
    columns, start = talk.columns(), quiet(talk)
    members = [talk.person(start - 20 * HOUR + 30 * MINUTE * n, network=7) for n in range(8)]
    pairs = set()
    for step, idea in enumerate(columns.ideas[80:83].tolist()):
        for n, person in enumerate(members):
            talk.vote(idea, person, 1, start + DAY * step + 47 * MINUTE * n)
            pairs.add((idea, person))
    return pairs


def patient(talk: Talk) -> Pairs:
    """Thirty accounts of one to three months old, each on a network of its own, vote for one idea over ten days, and
    for five others so that they look like anybody."""
    lots = np.random.default_rng(2)
    idea, start = middle(talk), quiet(talk) - 5 * DAY
    ideas = [other for other in talk.columns().ideas.tolist() if other != idea]
    pairs = set()
    for n in range(30):
        moment = start + float(lots.uniform(0, 10 * DAY))
        person = talk.person(moment - float(lots.uniform(MONTH, 3 * MONTH)), network=100 + n)
        talk.vote(idea, person, 1, moment)
        pairs.add((idea, person))
        for other in lots.choice(ideas, 5, replace=False).tolist():
            value = 1 if lots.random() < 0.6 else -1
            talk.vote(other, person, value, moment + float(lots.uniform(-20 * MINUTE, 20 * MINUTE)))
    return pairs


def recruited(talk: Talk) -> Pairs:
    """Forty people who took part anyway are asked, within one evening, to vote for one idea."""
    idea, start = middle(talk), quiet(talk)
    voted = {person for other, person, _value, _moment in talk.votes if other == idea}
    people = [
        person for person in sorted(talk.created) if person not in voted and talk.created[person] < start
    ]
    pairs = set()
    for n, person in enumerate(people[:40]):
        talk.vote(idea, person, 1, start + 4.5 * MINUTE * n)
        pairs.add((idea, person))
    return pairs


def vote_once(talk: Talk, idea: int, moments: list[float], made_before: float) -> Pairs:
    pairs = set()
    for moment in moments:
        person = talk.person(moment - made_before)
        talk.vote(idea, person, 1, moment)
        pairs.add((idea, person))
    return pairs


@dataclass(frozen=True)
class Outcome:
    """What came of an attack: signals about it, the share of its votes they name, votes of others that they name
    as well, and how many places the idea rose."""

    signals: tuple[str, ...]
    caught: int
    cast: int
    others: int
    rose: int | None


SHORT = {
    Kind.NEW_ACCOUNTS: "S1",
    Kind.ONE_OFF: "S2",
    Kind.BURST: "S3",
    Kind.SAME_NETWORK: "S4",
    Kind.RING: "S5",
    Kind.INFLUENCE: "S6",
    Kind.JUMP: "S7",
}


@cache
def attacked(attack: Callable[[Talk], Pairs], known_before: float) -> Outcome:
    """Inject an attack and look a day after its last vote, or at the end of the conversation."""
    talk = conversation(NAME, known_before=known_before)
    thresholds = Thresholds()
    before = ranked(talk, np.ones(len(talk.votes), bool)).rank_of()
    pairs = attack(talk)
    columns = talk.columns()
    found = talk.found(thresholds)
    everything = np.ones(len(columns), bool)
    ranking = ranked(talk, everything)
    if found:
        flagged = by_idea(found, columns)
        shadow = ranked(talk, ~flagged_votes(found, columns))
        last = max(m for i, p, _v, m in talk.votes if (i, p) in pairs)
        rows = moved(ranking, shadow, {idea: len(votes) for idea, votes in flagged.items()})
        found += influence(rows, flagged, thresholds, len(ranking))
        found += jumps(ranking, ranked(talk, columns.moment <= last - DAY), flagged, thresholds)
    named = {pair for each in found for pair in each.pairs}
    about = [each for each in found if each.pairs & pairs]
    ideas = {idea for idea, _person in pairs}
    only = next(iter(ideas)) if len(ideas) == 1 else None
    return Outcome(
        tuple(sorted({SHORT[each.kind] for each in about})),
        len(named & pairs),
        len(pairs),
        len(named - pairs),
        before[only] - ranking.rank_of()[only] if only else None,
    )


NEW_ROUND, OLD_PLATFORM = 0.0, MONTH
"""Everybody makes an account to take part; or everybody has had one for a month."""
ATTACKS: list[tuple[str, Callable[[Talk], Pairs], float, tuple[str, ...]]] = [
    ("40 new accounts in 5 minutes, where everybody is new", crude_burst, NEW_ROUND, ("S3", "S6")),
    (
        "40 new accounts in 5 minutes, where voters have had theirs for a month",
        crude_burst,
        OLD_PLATFORM,
        ("S1", "S3", "S6"),
    ),
    ("40 new accounts, one per half hour, where everybody is new", slow_newcomers, NEW_ROUND, ()),
    (
        "40 new accounts, one per half hour, where voters have had theirs for a month",
        slow_newcomers,
        OLD_PLATFORM,
        ("S1", "S6", "S7"),
    ),
    ("60 accounts that vote once, over 20 days", one_off_accounts, NEW_ROUND, ("S2", "S6")),
    ("a ring of 4 accounts on 20 ideas", ring, NEW_ROUND, ("S5", "S6")),
    ("8 accounts on one network, made in one afternoon, 3 ideas", one_network, NEW_ROUND, ("S4", "S6")),
    ("30 accounts of months old over 10 days, 5 other votes each, own networks", patient, NEW_ROUND, ()),
    ("40 people who took part anyway, recruited in one evening", recruited, NEW_ROUND, ()),
]


def line(words: str, outcome: Outcome) -> str:
    """The line of an attack in the table."""
    by = ", ".join(outcome.signals) or "**nothing**"
    rose = "–" if outcome.rose is None else str(outcome.rose)
    return f"| {words} | {by} | {outcome.caught} of {outcome.cast} | {outcome.others} | {rose} |"


@pytest.mark.parametrize(
    ("words", "attack", "known_before", "expected"), ATTACKS, ids=[row[0] for row in ATTACKS]
)
def test_what_is_found_and_what_is_not(
    words: str, attack: Callable[[Talk], Pairs], known_before: float, expected: tuple[str, ...]
) -> None:
    outcome = attacked(attack, known_before)
    print(line(words, outcome))
    assert outcome.signals == expected
    assert outcome.caught == (outcome.cast if expected else 0)
    assert outcome.others == 0, "no vote of somebody else is named along with them"
    assert line(words, outcome) in DOCUMENT.read_text(), "docs/integrity.md says what is so"


def test_patient_attacks_move_an_idea_without_being_found() -> None:
    """Why signals are a help and no proof: the honest half of the table."""
    for attack in (slow_newcomers, patient, recruited):
        outcome = attacked(attack, NEW_ROUND)
        assert outcome.signals == ()
        assert (outcome.rose or 0) >= 10


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (NAME, []),
        ("scoop-hivemind.affordable-housing", []),
        ("brexit-consensus", [Kind.BURST, Kind.RING]),
    ],
)
@pytest.mark.parametrize("known_before", [NEW_ROUND, OLD_PLATFORM])
def test_real_conversations_yield_few_signals(name: str, expected: list[Kind], known_before: float) -> None:
    found = conversation(name, known_before=known_before).found()
    assert [each.kind for each in found] == expected


def test_an_attack_from_a_workshop_is_muted_and_that_is_the_price() -> None:
    talk = conversation(NAME, known_before=OLD_PLATFORM)
    talk.muted = crude_burst(talk)
    assert talk.found() == []
