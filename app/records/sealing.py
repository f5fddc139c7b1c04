"""From the database at a moment to the two documents of a sealed standing."""

import platform
import secrets
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import select

from app.db import begin_snapshot, db
from app.domain.decision import N_, Decision
from app.domain.programme import known_places
from app.domain.ranking import Ballots, infer_ballots
from app.domain.ranking.canonical import canonical, events_digest, parse
from app.domain.ranking.material import INFERRED, TICKED, parameters_of
from app.domain.ranking.publishing import fewest_behind, hidden_persons, hidden_votes, public_document
from app.domain.ranking.records import plain
from app.domain.ranking.snapshot import Counted, Document, Header, audit_document
from app.domain.ranking.tallies import Bools, Tallies, tally
from app.domain.ranking.themes import Positions, ThemeCounts, positions
from app.models.process import Call, Process
from app.models.seal import Snapshot
from app.models.workshop import AgendaItemKind, Workshop
from app.records import agenda_ballots, cut_offs, excluded, merged_rows, ranking_rules, standings
from app.records.agenda_ballots import Ticks

NOT_YET = Decision(N_("A standing cannot be sealed for a moment that is still to come. Plan it instead."))
NOT_EXACT = Decision(
    N_(
        "People voted after that moment, so the standing of then is not known exactly any more. Plan a standing "
        "beforehand, or seal the one of now."
    )
)
MERGED_SINCE = Decision(
    N_(
        "Ideas were merged after that moment, so the standing of then is not known any more. Seal the one of now."
    )
)


@dataclass(frozen=True, slots=True)
class Facts:
    """A call with what its standing is computed by, and the last standing of its chain."""

    call_id: int
    slug: str
    process_id: int
    process_slug: str
    rules: ranking_rules.Rules
    direct: bool
    last: tuple[int, str] | None
    """Number and digest."""


def facts_of(call_id: int) -> Facts:
    """What is known of a call, in three statements. Raises LookupError when there is none."""
    row = db.session.execute(
        select(Call.slug, Process.id, Process.slug, Call.agenda_ballot)
        .join(Process, Process.id == Call.process_id)
        .where(Call.id == call_id)
    ).one_or_none()
    if row is None:
        raise LookupError(f"There is no call {call_id}.")
    return Facts(call_id, row[0], row[1], row[2], ranking_rules.rules_of(call_id), row[3], last_of(call_id))


def last_of(call_id: int) -> tuple[int, str] | None:
    """Number and digest of the last standing of a call."""
    row = db.session.execute(
        select(Snapshot.number, Snapshot.digest)
        .where(Snapshot.call_id == call_id)
        .order_by(Snapshot.number.desc())
        .limit(1)
    ).one_or_none()
    return (row[0], row[1]) if row else None


@cache
def software() -> dict[str, str]:
    """The programs that compute a standing, with their versions."""
    project = Path(__file__).resolve().parents[2] / "pyproject.toml"
    version = tomllib.loads(project.read_text())["project"]["version"]
    return {
        "stem_van_de_stad": str(version),
        "python": platform.python_version(),
        "numpy": np.__version__,
    }


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What was read of a call at a cut-off, before anything is computed."""

    facts: Facts
    cut_off: datetime
    counted: cut_offs.Counted
    ticks: Ticks | None
    workshops: list[Document]
    in_force: excluded.InForce = frozenset()
    """The exclusions at the cut-off, as far as they were known when it was read."""


def moment_of(call_id: int, cut_off: datetime | None, now: datetime) -> datetime:
    """The cut-off that can be sealed exactly: the wanted one, or this very moment with all that was voted.

    Raises NotAllowed with a sentence when it lies ahead, or when votes changed after it that nobody remembered.
    """
    newest = cut_offs.newest_change(call_id)
    if cut_off is None:
        return max(now, newest or now)
    if cut_off > now:
        NOT_YET.or_raise()
    merged = merged_rows.newest(call_id)
    if cut_offs.first_due(call_id, now) != cut_off:  # for that one votes remember, and nothing is merged
        if newest is not None and newest > cut_off:
            NOT_EXACT.or_raise()
        if merged is not None and merged > cut_off:
            MERGED_SINCE.or_raise()
    return cut_off


def read(call_id: int, cut_off: datetime | None, now: datetime) -> Reading:
    """Read everything a standing is made of, as it was at one moment; lets go of the database afterwards.

    Raises LookupError without such a call, NotAllowed when the cut-off cannot be exact.
    """
    begin_snapshot()
    try:
        facts = facts_of(call_id)
        at = moment_of(call_id, cut_off, now)
        groups = facts.rules.parameters.groups
        return Reading(
            facts=facts,
            cut_off=at,
            counted=cut_offs.read(call_id, groups, at),
            ticks=agenda_ballots.ballots_at(call_id, groups, at) if facts.direct else None,
            workshops=[scope_of(workshop) for workshop in _workshops(call_id)],
            in_force=excluded.in_force_at(call_id, at),
        )
    finally:
        db.session.rollback()


def _workshops(call_id: int) -> list[Workshop]:
    return list(db.session.scalars(select(Workshop).where(Workshop.call_id == call_id).order_by(Workshop.id)))


def scope_of(workshop: Workshop) -> Document:
    """What is fixed for a workshop, as it stands in the scope of a document."""
    fixed = standings.fixed_items(workshop.id)

    def themes(kind: AgendaItemKind) -> list[Document]:
        return [
            {"theme": item.theme_id, "minutes": item.minutes, "reason": item.reason}
            for item in fixed
            if item.kind == kind and item.theme_id is not None
        ]

    blocks = [item for item in fixed if item.kind in standings.FIXED_KINDS]
    retimed = themes(AgendaItemKind.RETIMED)
    order = known_places(workshop.order, [item.id for item in blocks])
    return {
        "id": workshop.id,
        "minutes": workshop.minutes,
        "blocks": [
            {"kind": item.kind.value, "title": item.title, "minutes": item.minutes} for item in blocks
        ],
        "pinned": themes(AgendaItemKind.PINNED),
        "skipped": themes(AgendaItemKind.SKIPPED),
        # Only where there are any: a standing without them is the same text as before there was such a thing.
        **({"retimed": retimed} if retimed else {}),
        **({"order": order, "order_reason": workshop.order_reason} if order else {}),
    }


def count(reading: Reading, key: str) -> Counted:
    """Everything that is counted from a reading. key: the secret of its digests."""
    rules, counted = reading.facts.rules, reading.counted
    # As a reader finds them in the document, so that the numbers are the same to the last place.
    parameters = parameters_of(_mapping(plain(rules.parameters)))
    groups = parameters.groups
    votes = counted.votes
    tallies = tally(votes, counted.idea_ids, groups)
    eligible: Bools = (tallies.for_ + tallies.against).sum(axis=1) >= parameters.n_min
    theme_ids = [theme[0] for theme in counted.themes]
    stand = positions(votes, *counted.pairs, theme_ids, groups, eligible)
    counts = ThemeCounts.of(stand)
    group = votes.voter_group[votes.voter].astype(np.int64)
    heads = np.bincount(votes.voter_group, minlength=len(groups)).tolist()
    return Counted(
        parameters=parameters,
        weighting=rules.weighting,
        scope=_scope(reading),
        tallies=tallies,
        recent=counted.recent(parameters.half_life_days),
        counts=counts,
        ballots=_ballots(reading, stand, theme_ids, parameters.min_votes),
        voters=dict(zip(groups, heads, strict=True)),
        smallest={
            "ideas": _behind_ideas(tallies, eligible, votes.idea, group, votes.voter),
            "themes": _behind_themes(counts, stand, parameters.min_supporters),
        },
        events=events_digest(
            key,
            counted.people.tolist(),
            counted.idea_ids,
            groups,
            votes.voter.astype(np.int64),
            votes.idea.astype(np.int64),
            votes.value.astype(np.int64),
            group,
        ),
        excluded=counted.excluded,
    )


def _mapping(value: Any) -> Mapping[str, Any]:
    assert isinstance(value, dict)
    return value


def _scope(reading: Reading) -> Document:
    counted = reading.counted
    of: list[list[int]] = [[] for _idea in counted.idea_ids]
    for idea, theme in zip(counted.pairs[0].tolist(), counted.pairs[1].tolist(), strict=True):
        of[idea].append(counted.themes[theme][0])
    return {
        "ideas": [[idea, themes] for idea, themes in zip(counted.idea_ids, of, strict=True)],
        "themes": [{"id": row[0], "title": row[1], "minutes": row[2]} for row in counted.themes],
        "workshops": reading.workshops,
        "ballots": TICKED if reading.ticks else INFERRED,
    }


def _ballots(reading: Reading, stand: Positions, theme_ids: list[int], min_votes: int) -> Ballots:
    if reading.ticks:
        return reading.ticks.ballots(theme_ids)
    return infer_ballots(stand, theme_ids, min_votes)


def _behind_ideas(tallies: Tallies, eligible: Bools, idea: Any, group: Any, voter: Any) -> int | None:
    rows = list(zip(tallies.ids, tallies.for_.tolist(), tallies.against.tolist(), strict=True))
    hidden = hidden_votes(tallies.groups, rows) & eligible[:, None]
    return fewest_behind(hidden, idea, group, voter)


def _behind_themes(counts: ThemeCounts, stand: Positions, min_supporters: int) -> int | None:
    rows = list(
        zip(
            counts.theme_ids,
            counts.supporters.tolist(),
            counts.opponents.tolist(),
            counts.neutral.tolist(),
            strict=True,
        )
    )
    hidden = hidden_persons(counts.groups, rows)
    hidden &= (counts.supporters.sum(axis=1) >= min_supporters)[:, None]
    voter, theme = np.nonzero(stand.net)
    return fewest_behind(hidden, theme, stand.voter_group[voter], voter)


@dataclass(frozen=True, slots=True)
class Sealed:
    """The documents of a standing, as the exact texts that are kept."""

    number: int
    previous: str | None
    public: str
    audit: str
    votes: int
    voters: int
    next_seed: str


def documents(
    reading: Reading,
    reason: str,
    now: datetime,
    workshop_id: int | None,
    draw: Callable[[int], str] = secrets.token_hex,
) -> Sealed:
    """Compute both documents from a reading; nothing is read or written here. draw: so many bytes that nobody can
    guess, in hexadecimal; only the demo has its own."""
    facts, key, next_seed = reading.facts, draw(32), draw(32)
    number, previous = (facts.last[0] + 1, facts.last[1]) if facts.last else (1, None)
    counted = count(reading, key)
    header = Header(
        number=number,
        previous=previous,
        reason=reason,
        call={"id": facts.call_id, "slug": facts.slug, "process": facts.process_slug},
        workshop=workshop_id,
        times={
            "cut_off": reading.cut_off.isoformat(),
            "sealed_at": max(now, reading.cut_off).isoformat(),
            "last_vote": reading.counted.last.isoformat() if reading.counted.last else None,
        },
        software=software(),
        seed=facts.rules.seed,
        next_seed=next_seed,
        key=key,
    )
    audit, found = audit_document(header, counted)
    audit_text = canonical(audit)
    public_text = canonical(public_document(audit, found, audit_text))
    parse(public_text)  # nothing with a point got in
    return Sealed(
        number=number,
        previous=previous,
        public=public_text,
        audit=audit_text,
        votes=audit["inputs"]["votes"],
        voters=sum(audit["inputs"]["voters"].values()),
        next_seed=next_seed,
    )
