"""What is followed: built once for everybody, the newest for whoever is late, and nobody in the way of another."""

import threading
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from app.db import db
from app.kit import live, live_hub, live_places, live_unknown
from app.kit.live_places import Full, Places
from tests.integration.live.conftest import Thing
from tests.support.streams import Listener, checked_out, until, watching

pytestmark = pytest.mark.one_database


def says(listener: Listener) -> list[str]:
    return [frame.content["says"] for frame in listener.frames]


def test_first_how_it_stands_then_every_change(hub: live.Hub, thing: Thing) -> None:
    follower = watching(hub, "ding")
    assert follower.shows(lambda seen: seen["says"] == "een")
    thing.change("twee")
    assert follower.shows(lambda seen: seen["says"] == "twee")
    assert says(follower) == ["een", "twee"]
    assert [frame.id for frame in follower.frames] == ["een-nl", "twee-nl"]
    assert follower.retry is not None
    assert 1 <= follower.retry <= 4


def test_followers_come_back_at_moments_of_their_own(hub: live.Hub, thing: Thing) -> None:
    followers = [watching(hub, "ding") for _ in range(20)]
    assert until(lambda: all(follower.retry for follower in followers))
    assert len({follower.retry for follower in followers}) > 10


def test_another_version_with_the_same_content_says_nothing(hub: live.Hub, thing: Thing) -> None:
    follower = watching(hub, "ding")
    follower.shows(lambda seen: True)
    built = len(thing.builds)
    thing.change("een")
    assert until(lambda: len(thing.builds) > built)
    time.sleep(0.2)
    assert says(follower) == ["een"]


def test_what_ends_by_the_clock_is_seen_without_another_version(
    hub: live.Hub, thing: Thing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_hub, "ANEW", 0.6)
    follower = watching(hub, "ding")
    follower.shows(lambda seen: True)
    thing.content = "twee"
    assert follower.shows(lambda seen: seen["says"] == "twee")
    assert thing.version == "1"


def test_a_frame_is_built_once_for_everybody_and_language(hub: live.Hub, thing: Thing) -> None:
    followers = [watching(hub, "ding", language=language) for language in ("nl", "en") for _ in range(20)]
    thing.change("twee")
    for follower in followers:
        follower.shows(lambda seen: seen["says"] == "twee")
    assert {follower.newest["language"] for follower in followers[:20]} == {"nl"}
    assert {follower.newest["language"] for follower in followers[20:]} == {"en"}
    # Two languages, the first state and the change: four, and not eighty. One more each where the clock asked for it.
    assert len(thing.builds) <= 6


def test_a_version_is_looked_at_four_times_a_second_for_everybody_together(
    hub: live.Hub, thing: Thing
) -> None:
    followers = [watching(hub, "ding") for _ in range(20)]
    for follower in followers:
        follower.shows(lambda seen: True)
    before, began = thing.looks, time.monotonic()
    time.sleep(1.5)
    assert thing.looks - before <= 4 * (time.monotonic() - began) + 1


def test_at_most_two_frames_a_second_and_the_last_change_always_comes(hub: live.Hub, thing: Thing) -> None:
    follower = watching(hub, "ding")
    follower.shows(lambda seen: True)
    began = time.monotonic()
    for number in range(40):
        thing.change(f"stand {number}")
        hub.wake()
        time.sleep(0.05)
    follower.shows(lambda seen: seen["says"] == "stand 39")
    moments = [frame.at for frame in follower.frames]
    assert 3 <= len(moments) <= 2 * (time.monotonic() - began) + 2
    assert min(later - sooner for sooner, later in pairwise(moments)) > 0.4


def test_somebody_who_wakes_it_needs_not_wait_for_the_next_look(
    hub: live.Hub, thing: Thing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_hub, "LOOK", 30.0)
    follower = watching(hub, "ding")
    follower.shows(lambda seen: True)
    time.sleep(0.6)
    thing.change("twee")
    hub.wake()
    assert follower.shows(lambda seen: seen["says"] == "twee", 5)


def test_who_is_up_to_date_hears_a_ping_and_nothing_else(
    hub: live.Hub, thing: Thing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_hub, "PING", 0.2)
    knows, old = watching(hub, "ding", known="een-nl"), watching(hub, "ding", known="nul-nl")
    assert until(lambda: knows.pings >= 2 and old.pings >= 2)
    assert (says(knows), says(old)) == ([], ["een"])


def test_who_is_slow_misses_frames_and_gets_the_newest(hub: live.Hub, thing: Thing) -> None:
    slow = hub.follow("ding", 1, "nl", "127.0.0.1")
    quick = watching(hub, "ding")
    taken = Listener()
    taken.feed(next(slow))
    taken.feed(next(slow))
    for content in ("twee", "drie", "vier"):
        thing.change(content)
        assert until(lambda: says(quick)[-1:] == [content])  # noqa: B023 - done before the next one
    taken.feed(next(slow))
    slow.close()
    assert says(taken) == ["een", "vier"]
    assert says(quick) == ["een", "twee", "drie", "vier"]


def test_what_is_not_there_cannot_be_followed_and_leaves_nothing(hub: live.Hub, thing: Thing) -> None:
    with pytest.raises(live.Unknown):
        hub.follow("niets", 1, "nl", "127.0.0.1")
    thing.content = None
    for key in range(5):
        with pytest.raises(live.Unknown):
            hub.follow("ding", key, "nl", "127.0.0.1")
    assert hub.followers == 0
    assert until(lambda: not hub._topics, 3)


def test_a_number_that_is_none_starts_no_watcher(
    hub: live.Hub, thing: Thing, monkeypatch: pytest.MonkeyPatch
) -> None:
    thing.numbers = [1]
    began: list[int] = []
    monkeypatch.setattr(live_hub.Topic, "watch", lambda topic: began.append(topic.key))
    for key in range(2, 302):
        with pytest.raises(live.Unknown):
            hub.follow("ding", key, "nl", "127.0.0.1")
    assert thing.asked == list(range(2, 302))
    assert (began, thing.looks, thing.builds) == ([], 0, [])
    assert hub.followers == 0
    assert not hub._topics


def test_whoever_follows_what_is_there_notices_nothing_of_who_makes_numbers_up(
    hub: live.Hub, thing: Thing
) -> None:
    thing.numbers = [1, 2]
    follower = watching(hub, "ding")
    follower.shows(lambda seen: True)
    for key in range(100, 200):
        with pytest.raises(live.Unknown):
            hub.follow("ding", key, "nl", "127.0.0.1")
    thing.change("twee")
    assert follower.shows(lambda seen: seen["says"] == "twee")
    assert watching(hub, "ding", 2).shows(lambda seen: seen["says"] == "twee")
    assert thing.asked.count(1) == thing.asked.count(2) == 1


def test_a_number_that_is_none_is_remembered_for_a_moment(
    hub: live.Hub, thing: Thing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_unknown, "REMEMBERED", 0.3)
    thing.numbers = []
    for _ in range(10):
        with pytest.raises(live.Unknown):
            hub.follow("ding", 7, "nl", "127.0.0.1")
    assert thing.asked == [7]
    # Once it is there, whoever comes back a moment later finds it.
    thing.numbers = [7]
    time.sleep(0.4)
    assert watching(hub, "ding", 7).shows(lambda seen: seen["says"] == "een")


def test_what_is_remembered_is_bounded(hub: live.Hub, thing: Thing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_unknown, "MOST", 5)
    thing.numbers = []
    for key in range(20):
        with pytest.raises(live.Unknown):
            hub.follow("ding", key, "nl", "127.0.0.1")
    assert len(hub._unknown._until) == 5


def test_a_crowd_that_comes_back_at_once_looks_once(hub: live.Hub, thing: Thing) -> None:
    followers: list[Listener] = []
    start, channel = threading.Barrier(20), thing.channel()

    def exists(key: int) -> bool:
        time.sleep(0.2)  # all others are there before the first one knows
        return channel.exists(key)

    live.register(live.Channel("ding", exists, channel.version, channel.frame))

    def come() -> None:
        start.wait()
        followers.append(watching(hub, "ding"))

    threads = [threading.Thread(target=come) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(followers) == 20
    assert thing.asked == [1]


def test_one_address_follows_no_more_than_twenty_things(
    hub: live.Hub, thing: Thing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_places, "THINGS_EACH", 3)
    held = [hub.follow("ding", key, "nl", "10.0.0.1") for key in (1, 2, 3)]
    with pytest.raises(Full):
        hub.follow("ding", 4, "nl", "10.0.0.1")
    # The same things again, in any language: a hall full of telephones is no more than one thing.
    for _ in range(10):
        hub.follow("ding", 1, "nl", "10.0.0.1")
        hub.follow("ding", 1, "en", "10.0.0.1")
    # Others may, and so may this address once it lets go of something.
    hub.follow("ding", 4, "nl", "10.0.0.2")
    held[1].close()
    hub.follow("ding", 4, "nl", "10.0.0.1")
    assert hub.followers == 24


def test_a_database_that_is_away_is_no_reason_to_say_that_nothing_is_there(
    hub: live.Hub, thing: Thing
) -> None:
    thing.away = OperationalError("SELECT 1", {}, Exception("the server closed the connection"))
    with pytest.raises(live.Silent):
        hub.follow("ding", 1, "nl", "127.0.0.1")
    thing.away = None
    assert watching(hub, "ding").shows(lambda seen: seen["says"] == "een")


def test_what_is_taken_away_ends_the_stream(hub: live.Hub, thing: Thing) -> None:
    follower = watching(hub, "ding")
    follower.shows(lambda seen: True)
    thing.change(None)
    assert until(lambda: follower.ended)
    assert until(lambda: hub.followers == 0)
    with pytest.raises(live.Unknown):
        hub.follow("ding", 1, "nl", "127.0.0.1")


def test_when_it_is_full_nobody_else_comes_in_until_somebody_leaves(
    make_hub: Callable[..., live.Hub], thing: Thing
) -> None:
    hub = make_hub(most=3, most_each=2)
    first = hub.follow("ding", 1, "nl", "10.0.0.1")
    hub.follow("ding", 1, "nl", "10.0.0.1")
    with pytest.raises(Full):
        hub.follow("ding", 1, "nl", "10.0.0.1")
    hub.follow("ding", 1, "nl", "10.0.0.2")
    with pytest.raises(Full):
        hub.follow("ding", 1, "nl", "10.0.0.3")
    first.close()
    first.close()
    assert hub.followers == 2
    hub.follow("ding", 1, "nl", "10.0.0.3")


def test_a_network_of_ipv6_counts_as_one_address() -> None:
    places = Places(10, 2)
    places.take("2001:db8::1")
    places.take("2001:db8::2")
    with pytest.raises(Full):
        places.take("2001:db8::3")
    places.take("2001:db8:0:1::1")
    places.give_back("2001:db8::2")
    places.take("2001:db8::9")
    assert places.taken == 3


def test_a_stranger_cannot_have_thousands_of_things_watched(
    hub: live.Hub, thing: Thing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_hub, "MOST_TOPICS", 2)
    hub.follow("ding", 1, "nl", "127.0.0.1")
    hub.follow("ding", 2, "nl", "127.0.0.1")
    with pytest.raises(Full):
        hub.follow("ding", 3, "nl", "127.0.0.1")
    assert hub.followers == 2


def test_a_fault_holds_frames_up_and_loses_none(
    hub: live.Hub, thing: Thing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_hub, "REST", 0.05)
    said: list[str] = []
    monkeypatch.setattr(live_hub.log, "exception", lambda name, **_more: said.append(name))
    follower = watching(hub, "ding")
    follower.shows(lambda seen: True)
    thing.fault = RuntimeError("the database is away")
    thing.change("twee")
    before = thing.looks
    assert until(lambda: thing.looks > before + 5)
    assert says(follower) == ["een"]
    assert not follower.ended
    # Somebody who comes meanwhile sees how it stood.
    assert watching(hub, "ding").shows(lambda seen: seen["says"] == "een")
    thing.fault = None
    assert follower.shows(lambda seen: seen["says"] == "twee")
    assert said == ["live_look_failed"]


def test_without_a_first_frame_somebody_hears_so_in_time(
    hub: live.Hub, thing: Thing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_hub, "FIRST", 0.3)
    thing.fault = RuntimeError("the database is away")
    with pytest.raises(live.Silent):
        hub.follow("ding", 1, "nl", "127.0.0.1")
    assert hub.followers == 0


def test_a_watcher_ends_when_nobody_follows_and_begins_anew(
    hub: live.Hub, thing: Thing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_hub, "LINGER", 0.5)
    hub.follow("ding", 1, "nl", "127.0.0.1").close()
    assert until(lambda: not hub._topics)
    looks = thing.looks
    time.sleep(0.4)
    assert thing.looks == looks
    assert not [thread for thread in threading.enumerate() if thread.name == "live ding 1"]
    thing.change("twee")
    assert watching(hub, "ding").shows(lambda seen: seen["says"] == "twee")


def test_at_the_end_everybody_is_let_go(hub: live.Hub, thing: Thing) -> None:
    followers = [watching(hub, "ding") for _ in range(5)]
    for follower in followers:
        follower.shows(lambda seen: True)
    hub.close()
    assert until(lambda: all(follower.ended for follower in followers), 3)
    assert hub.followers == 0
    with pytest.raises(Full):
        hub.follow("ding", 1, "nl", "127.0.0.1")


def test_nobody_holds_the_database_while_they_wait(app: Flask, hub: live.Hub, thing: Thing) -> None:
    channel = thing.channel()
    asked: list[str] = []

    def version(key: int) -> str:
        db.session.execute(text("SELECT 1"))
        return channel.version(key)

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    live.register(live.Channel("ding", channel.exists, version, channel.frame))
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
        engine = db.engine
    followers = [watching(hub, "ding") for _ in range(30)]
    for follower in followers:
        follower.shows(lambda seen: True)
    time.sleep(1)
    event.remove(engine, "before_cursor_execute", note)
    # Thirty follow, one looks: four times a second, whatever the number of followers.
    assert 2 <= asked.count("SELECT 1") <= 12
    assert until(lambda: checked_out(app) == 0, 3)


def test_a_frame_of_several_lines_stays_one_event() -> None:
    listener = Listener()
    listener.feed(live_hub.message(live.Frame(b'{\n"a": 1\r\n}', "x")))
    assert listener.newest == {"a": 1}
