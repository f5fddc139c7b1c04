"""Every set of expected outcomes is held against the code, or says why it is kept for reference only."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.ranking import rank_ideas, tally
from tests.unit.domain.ranking.vectors import TEN, VECTORS, all_in, conversation

HERE = Path(__file__).parent
TESTED = {
    "wilson.published_newcombe1998": "test_formulas",
    "wilson.computed": "test_formulas",
    "wilson.orderings": "test_formulas",
    "hot.trend_halflife7d": "test_formulas",
    "ideas_small": "test_formulas",
    "events_small": "test_formulas",
    "theme_small": "test_themes",
    "mes": "test_shares",
    "mes_phragmen_completion": "test_shares",
    "phragmen": "test_shares",
    "oracle_instances": "test_shares",
    "agenda_three_groups": "test_agenda",
    "polis.vote_rows": "test_conversations",
    "polis.revisions": "test_conversations",
    "polis.items": "test_conversations",
    "polis.totals": "test_conversations",
    "polis.group_active": "test_conversations",
    "polis.mu_g": "test_conversations",
    "polis.themes": "test_conversations",
    "polis.agenda": "test_conversations",
    "polis.rankings.net": "test_conversations",
    "polis.rankings.wilson": "test_conversations",
    "polis.rankings.beta": "test_conversations",
    "polis.rankings.balanced": "test_conversations",
    "polis.rankings.bridging": "test_conversations",
    "polis.voters_with_vote": "test_vectors",
    "polis.mu": "test_vectors",
}
REFERENCE = {
    "meta": "how the outcomes were made",
    "polis_meta": "where the conversations come from",
    "polis.votes_sha256": "the digest of the whole export; the copy here leaves columns out",
    "polis.comments_sha256": "the digest of the whole export; the copy here leaves columns out",
    "polis.participants_sha256": "the digest of the whole export; the copy here leaves columns out",
    "hot.reddit": "another site's mix of age and votes; Actueel halves in a week instead",
    "hot.hn": "another site's mix of age and votes; Actueel halves in a week instead",
    "hot.consul": "another platform's votes per day; Actueel halves in a week instead",
    "hot.consul_confidence": "another platform's share of votes; Zekerheid is the bound of Wilson instead",
    "controversy_reddit": "grows without end with the votes; Omstreden stays between 0 and 1",
    "polis.rankings.share": "a bare share puts one vote above many; no method of the house",
    "polis.rankings.controversy_reddit": "see controversy_reddit",
    "polis.rankings.polis_gic": "consensus between opinion groups, a product of shares; Brug is its root with averages",
    "pav_seqpav": "committees of a fixed size; the agenda has minutes and costs, so no such method is offered",
}
DEEPER = {"wilson", "hot", "polis", "polis.rankings"}


def names() -> Iterator[str]:
    """The sets of expected outcomes, by path; the conversations have the same sets."""
    first = next(iter(VECTORS["polis"].values()))
    for key, value in VECTORS.items():
        inner = first if key == "polis" else value
        if key not in DEEPER:
            yield key
            continue
        for name, deeper in inner.items():
            path = f"{key}.{name}"
            yield from (f"{path}.{each}" for each in deeper) if path in DEEPER else (path,)


def test_every_set_of_outcomes_is_tested_or_says_why_not() -> None:
    assert sorted(names()) == sorted([*TESTED, *REFERENCE])
    assert len({frozenset(talk) for talk in VECTORS["polis"].values()}) == 1


@pytest.mark.parametrize(("path", "file"), TESTED.items())
def test_the_named_test_reads_its_outcomes(path: str, file: str) -> None:
    assert f'"{path.rpartition(".")[2]}"' in (HERE / f"{file}.py").read_text()


@pytest.mark.parametrize("name", VECTORS["polis"])
def test_who_voted_and_how_the_whole_conversation_leans(name: str) -> None:
    talk, expected = conversation(name), VECTORS["polis"][name]
    cast = talk.votes.value != 0
    assert len(set(talk.votes.voter[cast].tolist())) == expected["voters_with_vote"]
    everybody = rank_ideas(tally(talk.votes, talk.ids, ("g0", "g1", "none")), all_in(("g0", "g1", "none")))
    p, q = int(everybody.p.sum()), int(everybody.q.sum())
    assert (p + 1) / (p + q + 2) == pytest.approx(expected["mu"], abs=TEN)
