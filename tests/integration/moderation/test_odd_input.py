"""What nobody types: numbers that Python itself refuses to read lead to a sentence, not to a fault."""

import pytest
from flask.testing import FlaskClient

from tests.support import csrf_token

from .conftest import Room


@pytest.mark.one_database
@pytest.mark.parametrize("number", ["9" * 5000, "99999999999999999999", "1:" + "9" * 5000, "٣", "-1", "1:x"])
def test_odd_numbers_of_texts_are_no_fault(room: Room, desk: FlaskClient, number: str) -> None:
    room.idea()
    assert desk.get(f"/moderatie/samen?kies={number}").status_code in (200, 303)
    sent = {"csrf_token": csrf_token(desk), "kies": number, "verb": "publish"}
    answer = desk.post("/moderatie/samen", data=sent)
    assert answer.status_code in (303, 403, 409)
