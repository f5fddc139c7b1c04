"""Counting a sealed standing again from the votes themselves, as far as they still are what they were."""

from dataclasses import dataclass
from typing import Any

from app.db import begin_snapshot, db
from app.domain.ranking import Weighting
from app.domain.ranking.canonical import MISSING, Difference, first_difference, parse
from app.domain.ranking.material import TICKED, parameters_of
from app.domain.ranking.snapshot import inputs_record
from app.models.seal import Snapshot
from app.records import agenda_ballots, cut_offs, sealing
from app.records.ranking_rules import Rules
from app.records.sealing import Facts, Reading

NEAR = 1e-6
"""Actueel is made of powers, whose last digits differ between processors."""


@dataclass(frozen=True, slots=True)
class Recounted:
    """What came of it: what differs, how many ideas were compared, and how many votes changed since the cut-off.

    whole: whether nothing changed, so that themes, ballots and the digest of all votes were compared as well.
    """

    differences: tuple[Difference, ...]
    ideas: int
    changed: int
    changed_ideas: tuple[int, ...]
    whole: bool


def recount(snapshot_id: int) -> Recounted:
    """Count a standing again from the vote table. Raises LookupError when there is none.

    Votes that changed after the cut-off are not remembered, so their ideas are left out, and all that adds up over
    ideas. A person who was given another group since shows up as a difference: that group counts for all their votes.
    """
    begin_snapshot()
    try:
        found = db.session.get(Snapshot, snapshot_id)
        if found is None:
            raise LookupError(f"There is no standing {snapshot_id}.")
        audit = parse(found.audit)
        reading = _reading(found, audit)
        scope = {idea for idea, _themes in audit["scope"]["ideas"]}
        changed = cut_offs.changed_since(found.call_id, found.cut_off, scope)
        newest = cut_offs.newest_change(found.call_id)
        cut_off = found.cut_off
    finally:
        db.session.rollback()
    counted = sealing.count(reading, audit["key"])
    should = inputs_record(counted)
    direct = audit["scope"]["ballots"] == TICKED
    whole = not changed and not (direct and newest is not None and newest > cut_off)
    differences = _tallies(audit["inputs"], should, changed.keys())
    if whole:
        differences += _rest(audit, should, counted.events)
    return Recounted(
        differences=tuple(differences),
        ideas=len(scope) - len(changed),
        changed=sum(changed.values()),
        changed_ideas=tuple(sorted(changed)),
        whole=whole,
    )


def _reading(found: Snapshot, audit: dict[str, Any]) -> Reading:
    parameters = parameters_of(audit["parameters"])
    call = audit["call"]
    direct = audit["scope"]["ballots"] == TICKED
    rules = Rules(parameters, Weighting(audit["weighting"]), audit["seed"]["value"])
    return Reading(
        facts=Facts(found.call_id, call["slug"], 0, call["process"], rules, direct, None),
        cut_off=found.cut_off,
        counted=cut_offs.again(found.call_id, parameters.groups, found.cut_off, audit["scope"]),
        ticks=agenda_ballots.ballots_at(found.call_id, parameters.groups, found.cut_off) if direct else None,
        workshops=audit["scope"]["workshops"],
    )


def _tallies(stands: dict[str, Any], should: dict[str, Any], left_out: Any) -> list[Difference]:
    """Every idea whose tally differs, but those that are left out."""
    counted = {row[0]: row for row in should["tallies"]}
    found = []
    for place, row in enumerate(stands["tallies"]):
        if row[0] in left_out:
            continue
        difference = first_difference(row, counted.get(row[0], MISSING), f"inputs.tallies.{place}")
        if difference:
            found.append(difference)
    return found


def _rest(audit: dict[str, Any], should: dict[str, Any], events: str) -> list[Difference]:
    stands, found = audit["inputs"], []
    for name in ("groups", "themes", "ballots", "votes", "voters", "exclusions", "smallest"):
        difference = first_difference(stands[name], should[name], f"inputs.{name}")
        if difference:
            found.append(difference)
    for place, (told, counted) in enumerate(zip(stands["recent"], should["recent"], strict=True)):
        if abs(float(told) - float(counted)) > NEAR:
            found.append(Difference(f"inputs.recent.{place}", told, counted))
            break
    if audit["digests"]["events"] != events:
        found.append(Difference("digests.events", audit["digests"]["events"], events))
    return found
