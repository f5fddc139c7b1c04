"""Who may sign in."""

from app.models.person import Person
from app.policies.accounts import may_sign_in
from tests.factories import NOW


def test_everybody_may_sign_in() -> None:
    assert may_sign_in(Person(email="iemand@voorbeeld.example"))


def test_a_blocked_person_may_not_and_hears_why() -> None:
    decision = may_sign_in(Person(email="iemand@voorbeeld.example", blocked_at=NOW))
    assert not decision
    assert decision.refusal == "This account is blocked. Do you think that is a mistake? Write to us."
