"""Two at once: one standing is sealed, one plan is made, and the other is told."""

import threading
from collections import Counter
from typing import Any

from sqlalchemy import func, select

from app.db import db
from app.models.person import Role
from app.models.seal import SealPlan, Snapshot
from tests.support import csrf_token, sign_in

from .conftest import Sealer

HANDS = 4


def at_once(sealer: Sealer, role: Role, path: str, data: dict[str, Any]) -> Counter[int]:
    """Several people send the same form at the same moment; how often each status came back."""
    gate = threading.Barrier(HANDS)
    statuses: list[int] = []

    def send(person: int) -> None:
        client = sign_in(sealer.room.app.test_client(), person)
        given = {"csrf_token": csrf_token(client), **data}
        gate.wait()
        statuses.append(client.post(path, data=given).status_code)

    people = [sealer.room.person(role) for _ in range(HANDS)]
    threads = [threading.Thread(target=send, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    return Counter(statuses)


def number_of(sealer: Sealer, table: type[Any]) -> int:
    with sealer.room.app.app_context():
        return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_a_button_that_many_press_seals_once(sealer: Sealer) -> None:
    path = f"{sealer.room.path}/agenda/verzegelen"
    assert at_once(sealer, Role.FACILITATOR, path, {"seen": 0}) == {303: HANDS}
    assert number_of(sealer, Snapshot) == 1
    assert len(sealer.lines("ranking.seal")) == 1


def test_of_many_organisers_one_seals(sealer: Sealer) -> None:
    data = {
        "seen": 0,
        "call": sealer.room.call,
        "reason": "council",
        "workshop": 0,
        "why": "Voor de raad van morgen.",
    }
    form = {f"seal-{name}": value for name, value in data.items()}
    found = at_once(sealer, Role.ORGANISER, "/beheer/standen/verzegelen", form)
    assert found == {303: 1, 409: HANDS - 1}
    assert number_of(sealer, Snapshot) == 1


def test_of_many_organisers_one_plans(sealer: Sealer) -> None:
    data = {"call": sealer.room.call, "reason": "council", "workshop": 0, "why": "Voor de raad van morgen."}
    form = {f"plan-{name}": value for name, value in data.items()}
    form |= {"plan-day": "2031-05-20", "plan-hour": "14:00"}
    found = at_once(sealer, Role.ORGANISER, "/beheer/standen/plannen", form)
    assert found == {303: 1, 409: HANDS - 1}
    assert number_of(sealer, SealPlan) == 1
    assert len(sealer.lines("ranking.plan_seal")) == 1
