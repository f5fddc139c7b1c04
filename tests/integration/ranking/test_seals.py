"""Sealing standings: exact at the cut-off, chained, never changed, and sealed when their minute has come."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.db import db
from app.domain.ballot import Group, VoteValue
from app.domain.ranking.canonical import sha256
from app.models import Call, Idea, Person, Process
from app.models.seal import Immutable, SealPlan, SealReason, Snapshot
from app.records import seals, tallies
from tests import factories

pytestmark = pytest.mark.usefixtures("app_context")
NOW = datetime(2026, 11, 2, 20, 0, tzinfo=UTC)


def a_full_call(
    *, voters: int = 24, ideas: int = 6, **values: object
) -> tuple[Call, list[Idea], list[Person]]:
    """A call whose ideas have votes of every group, long before the fixed moment."""
    process = factories.a_process()
    themes = [factories.a_theme(process) for _ in range(3)]
    call = factories.a_call(process, **values)
    made = [factories.an_idea(call, themes=[themes[n % 3]]) for n in range(ideas)]
    groups = (Group.RESIDENT, Group.RESIDENT, Group.COUNCIL, Group.PARTNER)
    people = [factories.a_person(group=groups[n % 4]) for n in range(voters)]
    for n, person in enumerate(people):
        for m, idea in enumerate(made):
            if (n * 7 + m * 3) % 5 != 4:
                value = VoteValue.AGAINST if (n + m) % 3 == 0 else VoteValue.FOR
                put(idea, person, value, NOW - timedelta(days=2, minutes=n))
    factories.a_workshop(call, minutes=60)
    db.session.commit()
    return call, made, people


def put(idea: Idea, person: Person, value: VoteValue, at: datetime) -> None:
    tallies.put(idea.id, person.id, person.group, value, at)


def test_a_seal_is_chained_and_computes_again() -> None:
    call, _ideas, _people = a_full_call()
    seed = db.session.scalar(select(Process.tie_seed)) or ""
    first = seals.seal(call.id, SealReason.COUNCIL, NOW)
    assert (first.number, first.previous_digest, first.digest) == (1, None, sha256(first.public))
    document = seals.public_document(first.id)
    assert document["seed"]["value"] == seed
    assert document["digests"]["audit"] == sha256(first.audit)
    assert seals.verify(first.id) == []
    second = seals.seal(call.id, SealReason.COUNCIL, NOW + timedelta(hours=1))
    assert (second.number, second.previous_digest) == (2, first.digest)
    later = seals.public_document(second.id)
    assert sha256(later["seed"]["value"]) == document["seed"]["next_hash"] == later["seed"]["hash"]
    assert seals.verify(second.id) == []
