"""Who may post, who may warn, pause and block whom, and whose reports weigh."""

from datetime import timedelta

import pytest

from app.domain.ballot import Group
from app.domain.lifecycle import IdeaState
from app.models.argument import ArgumentState
from app.models.moderation import SanctionKind
from app.models.person import Person, PersonRole, Role
from app.policies.conduct import (
    has_standing,
    is_known_for_abuse,
    may_impose,
    may_post,
    may_report_without_account,
    may_sanction,
)
from app.policies.discussion import may_reply, may_report
from app.policies.taking_part import may_argue, may_submit, may_vote
from tests.factories import NOW
from tests.unit.policies.test_taking_part import a_call

DAY = timedelta(days=1)
PAUSED = "The moderators paused your account until %(date)s. You can read and vote, but not post."


def somebody(number: int = 1, *roles: Role, **values: object) -> Person:
    given = {"group": Group.RESIDENT, "is_delegate": False, "created_at": NOW - 30 * DAY, **values}
    person = Person(id=number, **given)
    person.role_rows = [PersonRole(role=role) for role in roles]
    return person


def test_a_paused_person_votes_and_posts_nothing_with_the_same_sentence_everywhere() -> None:
    paused, published = somebody(paused_until=NOW + DAY), IdeaState.PUBLISHED
    assert may_vote(paused, published, a_call(), NOW)
    refusals = {
        may.refusal
        for may in (
            may_post(paused, NOW),
            may_submit(paused, a_call(), NOW),
            may_argue(paused, published, a_call(), NOW),
            may_reply(paused, published, ArgumentState.PUBLISHED, a_call(), NOW),
            may_report(paused, 9, NOW),
        )
    }
    assert refusals == {PAUSED}
    assert may_post(paused, NOW).values["date"] == may_submit(paused, a_call(), NOW).values["date"]


def test_a_pause_is_over_at_its_moment() -> None:
    paused = somebody(paused_until=NOW + DAY)
    assert not may_post(paused, NOW + DAY - timedelta(seconds=1))
    assert may_post(paused, NOW + DAY)
    assert may_post(somebody(), NOW)


@pytest.mark.parametrize(
    ("actor", "target", "allowed"),
    [
        (somebody(1, Role.MODERATOR), somebody(2), True),
        (somebody(1), somebody(2), False),
        (somebody(1, Role.ORGANISER), somebody(2), False),
        (somebody(1, Role.MODERATOR), somebody(1, Role.MODERATOR), False),
        (somebody(1, Role.MODERATOR), somebody(2, Role.FACILITATOR), False),
        (somebody(1, Role.MODERATOR, Role.ORGANISER), somebody(2, Role.FACILITATOR), True),
        (somebody(1, Role.MODERATOR, Role.ORGANISER), somebody(1), False),
        (somebody(1, Role.MODERATOR), somebody(2, erased_at=NOW), False),
        (None, somebody(2), False),
    ],
)
def test_who_decides_about_whom(actor: Person | None, target: Person, *, allowed: bool) -> None:
    assert bool(may_sanction(actor, target)) is allowed


@pytest.mark.parametrize(
    ("kind", "lasts", "allowed"),
    [
        (SanctionKind.WARN, None, True),
        (SanctionKind.PAUSE, DAY, True),
        (SanctionKind.PAUSE, 90 * DAY, True),
        (SanctionKind.PAUSE, 91 * DAY, False),
        (SanctionKind.PAUSE, DAY / 2, False),
        (SanctionKind.PAUSE, None, False),
        (SanctionKind.BLOCK, None, True),
        (SanctionKind.BLOCK, 400 * DAY, True),
        (SanctionKind.BLOCK, -DAY, False),
    ],
)
def test_how_long_a_measure_lasts(kind: SanctionKind, lasts: timedelta | None, *, allowed: bool) -> None:
    assert bool(may_impose(kind, NOW + lasts if lasts else None, NOW)) is allowed


@pytest.mark.parametrize(
    ("right", "kept", "abuse"),
    [(0, 0, False), (0, 3, False), (0, 4, True), (1, 3, True), (2, 3, False), (1, 8, True), (9, 1, False)],
)
def test_who_is_known_for_unfounded_reports(right: int, kept: int, *, abuse: bool) -> None:
    assert is_known_for_abuse(right, kept) is abuse


def test_whose_report_weighs() -> None:
    assert has_standing(somebody(created_at=NOW - timedelta(hours=48)), 0, 0, NOW)
    assert not has_standing(somebody(created_at=NOW - timedelta(hours=47)), 0, 0, NOW)
    assert not has_standing(somebody(), 1, 8, NOW)
    assert not has_standing(somebody(paused_until=NOW + DAY), 0, 0, NOW)
    assert not has_standing(somebody(blocked_at=NOW - DAY), 0, 0, NOW)
    assert not has_standing(somebody(erased_at=NOW - DAY), 0, 0, NOW)
    assert has_standing(somebody(blocked_at=NOW - 2 * DAY, blocked_until=NOW - DAY), 0, 0, NOW)


def test_strangers_say_enough_at_some_point() -> None:
    assert may_report_without_account(19)
    assert not may_report_without_account(20)
