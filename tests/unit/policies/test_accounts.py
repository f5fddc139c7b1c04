"""Who may sign in."""

from datetime import timedelta

from app.models.person import Person
from app.policies.accounts import may_sign_in
from tests.factories import NOW


def test_everybody_may_sign_in() -> None:
    assert may_sign_in(Person(email="iemand@voorbeeld.example"), NOW)


def test_a_blocked_person_may_not_and_hears_why() -> None:
    decision = may_sign_in(Person(email="iemand@voorbeeld.example", blocked_at=NOW), NOW)
    assert not decision
    assert decision.refusal == "This account is blocked. Do you think that is a mistake? Write to us."


def test_a_block_with_an_end_is_over_by_itself() -> None:
    blocked = Person(email="iemand@voorbeeld.example", blocked_at=NOW, blocked_until=NOW + timedelta(days=1))
    assert not may_sign_in(blocked, NOW + timedelta(hours=23))
    assert may_sign_in(blocked, NOW + timedelta(days=1))
