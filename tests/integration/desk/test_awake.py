"""An evening does not fall silent: its pages keep who leads it signed in, and nobody else."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tests.support import sign_in, visit
from tests.support.evenings import Evening


@pytest.mark.one_database
def test_the_pages_that_lead_an_evening_say_how_long_they_stay_awake(evening: Evening) -> None:
    """Its pages of facilitators, on the desk, on the screen with a clicker and where outcomes are written."""
    theme = evening.room.themes["Groen"]
    for path in ("/regie", "/scherm", f"/opbrengsten/{theme}"):
        script = visit(evening.desk(), evening.path + path).one("script[data-awake]")
        assert script["data-awake"] == "/mijn/wakker"
        assert script["data-from"] == "0"
        assert 3600 < int(str(script["data-until"])) < 24 * 3600
    assert not visit(evening.desk(), f"{evening.path}/zaal").one("script[data-awake]").has_attr("data-until")
    # Not a screen that keeps to one scene, of which nobody presses anything; and nothing of it for who looks on.
    fixed = visit(evening.desk(), f"{evening.path}/scherm?beeld=themas")
    assert not fixed.one("script[data-awake]").has_attr("data-until")
    for client in (evening.app.test_client(), sign_in(evening.app.test_client(), evening.room.person())):
        assert visit(client, f"{evening.path}/scherm").all("script[data-awake]") == []


def test_a_page_that_says_so_keeps_its_facilitator_signed_in(evening: Evening) -> None:
    start = datetime.now(UTC)
    with time_machine.travel(start, tick=False) as clock:
        client = evening.desk()
        for minutes in range(25, 200, 25):
            clock.move_to(start + timedelta(minutes=minutes), tick=False)
            assert client.get("/mijn/wakker").json == {"awake": True}
        clock.shift(timedelta(minutes=31))
        answer = client.get("/mijn/wakker", headers={"Accept": "application/json"})
        assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
        assert client.get(f"{evening.path}/regie").status_code == 303
