"""A block with an end is over by itself: from then on somebody is asked, told and counted as before."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.db import db
from app.domain.lifecycle import IdeaState, RefusalReason
from app.features.council import promises
from app.features.duplicates import queries as duplicates
from app.features.integrity import queries as integrity
from app.features.invitations import queries as invitations
from app.features.moderation import visits
from app.features.waves import service as waves
from app.features.waves.queries import By
from app.models import Notice, Person, QueueItem
from app.models.following import NoticeKind
from app.models.integrity import Exclusion, ExclusionReason, ExclusionState
from app.models.person import Role
from app.records import notices
from app.records.notices import Audience, Telling
from app.records.sweeping import Ruling
from tests import factories

NOW = datetime.now(UTC).replace(microsecond=0)
HOUR = timedelta(hours=1)


def blocked(*roles: Role, ends: datetime | None, **values: object) -> Person:
    """Somebody who was blocked two hours ago, until then."""
    return factories.a_person(*roles, blocked_at=NOW - 2 * HOUR, blocked_until=ends, **values)


BOTH = pytest.mark.parametrize(("ends", "counts"), [(NOW - HOUR, True), (NOW + HOUR, False), (None, False)])


@BOTH
def test_people_are_asked_and_told_again(
    app: Flask, app_context: None, ends: datetime | None, counts: bool
) -> None:
    person = blocked(ends=ends, email="bas@uniek.example")
    call = factories.a_call()
    pair = factories.a_pair(factories.an_idea(call, person), factories.an_idea(call))
    db.session.commit()
    assert (person.id in duplicates.reachable(pair, NOW)) is counts
    assert invitations.residents_at("uniek.example", NOW) == int(counts)
    telling = Telling(Audience(people=(person.id,)), "iets:1", "Iets", "", "/", {})
    notices.tell_each(NoticeKind.DECISION, [telling], NOW)
    db.session.commit()
    assert bool(db.session.scalars(select(Notice.person_id)).all()) is counts


@BOTH
def test_staff_do_their_work_again(
    app: Flask, app_context: None, ends: datetime | None, counts: bool
) -> None:
    person = blocked(Role.MODERATOR, Role.ORGANISER, ends=ends)
    other = factories.a_person(Role.MODERATOR)
    call = factories.a_call()
    factories.an_idea(call, state=IdeaState.SUBMITTED)
    exclusion = Exclusion(
        call_id=call.id,
        state=ExclusionState.PROPOSED,
        reason=next(iter(ExclusionReason)),
        proposed_by_id=other.id,
        proposed_at=NOW,
        sentence="Eén iemand met veel accounts.",
    )
    db.session.add(exclusion)
    db.session.commit()
    assert (person.id in visits.due(NOW)) is counts
    assert (person.id in integrity.moderators_without_part(exclusion, NOW)) is counts
    assert (person.email in [row[0] for row in promises._organisers(NOW)]) is counts


def test_a_wave_blocks_whose_block_is_over(app: Flask, app_context: None) -> None:
    moderator = factories.a_person(Role.MODERATOR)
    person = blocked(ends=NOW - HOUR)
    for _number in range(3):
        factories.an_idea(author=person, state=IdeaState.SUBMITTED)
    db.session.commit()
    until = max(db.session.scalars(select(QueueItem.waits_since)))
    ruling = Ruling("Dit is reclame voor een webwinkel.", RefusalReason.ADVERTISING)
    waves.clean(moderator, By.ACCOUNT, str(person.id), until, (), ruling, NOW, blocks=True)
    db.session.refresh(person)
    assert person.is_blocked(NOW)
    assert (person.blocked_at, person.blocked_until) == (NOW, None)
