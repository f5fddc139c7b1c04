"""A sealed standing as documents that anybody can compute again: exact inputs, all outcomes, and their digests."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.domain.ranking.ballots import Ballots
from app.domain.ranking.canonical import canonical, in_one_go, keyed, sha256
from app.domain.ranking.material import AGENDA, IDEAS, THEMES, WEIGHED, Outcomes, material_of, outcomes
from app.domain.ranking.parameters import Parameters, Weighting
from app.domain.ranking.records import agenda_record, decimal, ideas_record, plain, themes_record
from app.domain.ranking.tallies import Floats, Tallies
from app.domain.ranking.themes import ThemeCounts

Document = dict[str, Any]

PUBLIC = "stand@1"
AUDIT = "stand-audit@1"
METHODS: Mapping[str, tuple[str, ...]] = {
    "ideas": tuple(IDEAS),
    "themes": tuple(THEMES),
    "agenda": tuple(AGENDA),
}
"""What a standing that is sealed now is computed with."""
RECOMPUTED = ("inputs", "outputs")
"""Parts of the auditor's document that follow from one another; of every other part it holds a digest."""


def ballots_record(ballots: Ballots) -> list[list[Any]]:
    """Ballot classes as [mask, group, count]: bit t of the mask, in hexadecimal, says whether they hold item t."""
    classes = zip(ballots.masks(), ballots.group.tolist(), ballots.count.tolist(), strict=True)
    return [[f"{mask:x}", ballots.groups[group], count] for mask, group, count in classes]


@in_one_go()
def outputs_record(found: Outcomes) -> Document:
    """All outcomes in full, as an auditor sees them."""
    ideas: Document = {}
    for (method, weighting), ranking in found.ideas.items():
        same = f"{method.value}:{Weighting.PER_GROUP}"
        # Where the weighting decides nothing, both give the same rows: they are computed once and shared.
        alike = method not in WEIGHED and weighting is not Weighting.PER_GROUP
        ideas[f"{method.value}:{weighting.value}"] = ideas_record(
            ranking, ideas[same]["rows"] if alike else None
        )
    return {
        "ideas": ideas,
        "themes": {
            f"{method.value}:{weighting.value}": themes_record(ranking)
            for (method, weighting), ranking in found.themes.items()
        },
        "agendas": {
            f"{workshop}:{weighting.value}": {"error": draft}
            if isinstance(draft, str)
            else agenda_record(draft)
            for (workshop, weighting), draft in found.agendas.items()
        },
    }


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """What was counted at the cut-off, as plain numbers.

    scope: ideas with their themes, themes, workshops, and where the ballots come from. smallest: the fewest people
    behind a sum that follows from the means, per kind (see `publishing`). events: the digest of the vote lines.
    """

    parameters: Parameters
    weighting: Weighting
    scope: Document
    tallies: Tallies
    recent: Floats
    counts: ThemeCounts
    ballots: Ballots
    voters: Mapping[str, int]
    smallest: Mapping[str, int | None]
    events: str
    excluded: Mapping[str, int] = field(default_factory=dict)
    """How many votes did not count, by the reason of a decision (app.models.integrity)."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a standing says about itself: everything that was not counted."""

    number: int
    previous: str | None
    reason: str
    call: Mapping[str, Any]
    workshop: int | None
    times: Mapping[str, str | None]
    software: Mapping[str, str]
    seed: str
    next_seed: str
    key: str
    """Secret of the auditor's document: without it no digest of something small can be guessed."""


def audit_document(header: Header, counted: Counted) -> tuple[Document, Outcomes]:
    """The auditor's document: every input, and every outcome computed from them."""
    document: Document = {
        "schema": AUDIT,
        "number": header.number,
        "previous": header.previous,
        "reason": header.reason,
        "call": dict(header.call),
        "workshop": header.workshop,
        "times": dict(header.times),
        "methods": {kind: list(names) for kind, names in METHODS.items()},
        "parameters": plain(counted.parameters),
        "weighting": counted.weighting.value,
        "software": dict(header.software),
        "scope": counted.scope,
        "inputs": inputs_record(counted),
        "seed": {
            "value": header.seed,
            "hash": sha256(header.seed),
            "next_hash": sha256(header.next_seed),
        },
        "key": header.key,
    }
    found = outcomes(material_of(document), document["methods"])
    document["outputs"] = outputs_record(found)
    document["digests"] = {"events": counted.events, **input_digests(document)}
    document["digests"]["parts"] = part_digests(document)
    return document, found


def inputs_record(counted: Counted) -> Document:
    """The inputs in full."""
    tallies, counts = counted.tallies, counted.counts
    p, q = tallies.for_.sum(axis=1).tolist(), tallies.against.sum(axis=1).tolist()
    rows = zip(tallies.ids, tallies.for_.tolist(), tallies.against.tolist(), p, q, strict=True)
    themes = zip(
        counts.theme_ids,
        counts.supporters.tolist(),
        counts.opponents.tolist(),
        counts.neutral.tolist(),
        strict=True,
    )
    return {
        "groups": list(tallies.groups),
        "tallies": [list(row) for row in rows],
        "recent": [decimal(support) for support in counted.recent.tolist()],
        "themes": [list(row) for row in themes],
        "ballots": ballots_record(counted.ballots),
        "votes": sum(p) + sum(q),
        "voters": {group: counted.voters[group] for group in tallies.groups},
        "exclusions": dict(counted.excluded),
        "smallest": dict(counted.smallest),
    }


def input_digests(document: Mapping[str, Any]) -> dict[str, str]:
    """The digests of what was counted: keyed, because few people make few possibilities."""
    inputs, key = document["inputs"], document["key"]
    return {
        "tallies": keyed(key, canonical([inputs["groups"], inputs["tallies"], inputs["recent"]])),
        "ballots": keyed(key, canonical([inputs["themes"], inputs["ballots"]])),
    }


def part_digests(document: Mapping[str, Any]) -> dict[str, str]:
    """One digest per part that nothing else in the document tells about."""
    parts = {name: part for name, part in document.items() if name not in (*RECOMPUTED, "digests", "key")}
    inputs = document["inputs"]
    parts["inputs"] = {name: inputs[name] for name in ("votes", "voters", "exclusions", "smallest")}
    parts["digests"] = {name: text for name, text in document["digests"].items() if name != "parts"}
    return {name: keyed(document["key"], canonical(part)) for name, part in parts.items()}
