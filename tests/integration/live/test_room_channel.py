"""What phones follow: another version after everything that changes their page, and never a figure."""

from collections.abc import Callable

import pytest
from flask import Flask

from app.db import db
from app.features.room import frame
from app.kit import live
from app.models.room import RoundState
from tests.support.hall import Hall, a_hall
from tests.support.page import visit
from tests.support.streams import watching


@pytest.fixture
def hall(app: Flask) -> Hall:
    return a_hall(app)


def version(hall: Hall) -> str:
    with hall.app.app_context():
        found = frame.version(hall.workshop)
        db.session.rollback()
    return found


def test_another_version_after_a_vote_an_option_and_a_step(hall: Hall) -> None:
    assert version(hall) == ""
    number = hall.round(state=RoundState.PLANNED)
    assert version(hall) == "", "what was only planned is nobody's business"
    hall.lead("open", number)
    seen = [version(hall)]
    hall.vote(number, hall.attendee(), hall.options(number)[0], 1)
    seen.append(version(hall))
    hall.lead("close", number)
    seen.append(version(hall))
    hall.lead("reveal", number)
    seen.append(version(hall))
    assert len(set(seen)) == 4
    assert version(hall) == seen[-1]


def test_a_stream_brings_what_the_phones_ask_for(hall: Hall, hub: live.Hub) -> None:
    number = hall.round()
    follower = watching(hub, "ronde", hall.workshop)
    follower.shows(lambda seen: seen["voters"] == "Nog niemand heeft gestemd.")
    asked = hall.app.test_client().get(f"{hall.path}/meedoen/stand")
    assert follower.frames[0].data == asked.text
    assert f'"{follower.frames[0].id}"' == asked.headers["ETag"]
    sign = follower.newest["sign"]
    english = watching(hub, "ronde", hall.workshop, "en")
    hall.vote(number, hall.attendee(), hall.options(number)[0], 1)
    assert follower.shows(lambda seen: seen["voters"].startswith("1 "))["sign"] == sign
    english.shows(lambda seen: seen["voters"] == "1 person has voted.")
    hall.lead("close", number)
    follower.shows(lambda seen: seen["sign"] != sign)
    assert set(follower.newest) == {"sign", "answers", "voters"}


def test_nobody_follows_a_workshop_that_is_not_there(hub: live.Hub) -> None:
    with pytest.raises(live.Unknown):
        hub.follow("ronde", 99999, "nl", "127.0.0.1", "")


@pytest.mark.parametrize("url", ["https://live.stem.example", ""])
def test_only_a_phone_that_is_in_may_connect_to_the_live_process(
    make_app: Callable[..., Flask], url: str
) -> None:
    hall = a_hall(make_app(LIVE_URL=url))
    hall.round()
    outside = visit(hall.app.test_client(), f"{hall.path}/meedoen")
    assert "connect-src 'self';" in outside.response.headers["Content-Security-Policy"]
    page = visit(hall.phone(hall.attendee()), f"{hall.path}/meedoen")
    assert page.one("[data-room]")["data-live"] == (f"{url}/live/ronde/{hall.workshop}" if url else "")
    assert page.one("[data-room]")["data-state"] == f"{hall.path}/meedoen/stand"
    assert int(str(page.one("[data-room]")["data-poll"])) >= 3000
    policy = page.response.headers["Content-Security-Policy"]
    allowed = f"'self' {url}".strip()
    assert f"connect-src {allowed};" in policy
