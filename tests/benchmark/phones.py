"""A live round: 300 phones without an account, behind one address, vote within ten seconds; when the screen shows it.

Each phone does what its page does: it follows the room by a stream and sends its choice, which is answered with the
page as it is then. They are in the room already; coming in is spread over half an hour.
"""

import http.client
import random
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from app.db import db
from app.domain import rounds as rules
from app.domain.ballot import Group
from app.models.room import Attendee, Round, RoundKind, RoundOption, RoundState, RoundVote
from app.models.screen import Scene, Screen
from app.records import attendees
from tests.benchmark.evening import Evening, Followers, show
from tests.benchmark.load import Client, post

STATEMENTS = (
    "Meer bomen in elke straat",
    "Een bus die ook na twaalf uur rijdt",
    "Gratis wifi in de bibliotheek",
)
AT_ONCE = 32
"""Connections that votes come in by; more votes than these are seldom under way at once."""


@dataclass(frozen=True, slots=True)
class Phone:
    """What a phone sends along."""

    cookie: str
    token: str


@dataclass(frozen=True, slots=True)
class Cast:
    """When a choice was made, and when the page with it was there."""

    sent: float
    answered: float


def measure(evening: Evening, number: int, seconds: float) -> None:
    """Open a round, let everybody vote once, and print how long it took until the screen showed it."""
    app, workshop = evening.bench.app, evening.bench.filled.workshop
    round_id, option = _asked(app, workshop)
    found = [_phone(evening, workshop, secret) for secret in _come_in(app, workshop, number)]
    wall = Followers(evening, 1)
    room = Followers(evening, number, f"/live/ronde/{workshop}")
    time.sleep(1)
    busy = evening.site.busy(), evening.live.busy()
    casts = _vote(evening, workshop, round_id, option, found, seconds)
    used = evening.site.busy() - busy[0], evening.live.busy() - busy[1]
    time.sleep(2)
    frames, followed = wall.stop()["frames"], room.stop()
    delays = _delays(frames, casts)
    print(
        f"{number} phones in a live round, one address, {seconds:.0f} s: {len(frames)} frames on the screen,"
        f" {len(followed['frames'])} on the phones, {followed['lost']} lost; p50 / p95"
    )
    show("  from the press to the screen", delays, 1.0, 0.5)
    show("  from the press to the page with it", [cast.answered - cast.sent for cast in casts], None)
    print(
        f"  processor: the site {used[0] / number * 1000:.0f} ms a phone, the live process {used[1]:.1f} s in all"
    )
    _exact(app, round_id, number, frames)


def _asked(app: Flask, workshop: int) -> tuple[int, int]:
    """An open round on the screen, and its first option."""
    now = datetime.now(UTC)
    with app.app_context():
        row = Round(
            workshop_id=workshop, kind=RoundKind.AGREE, question="Wat vind je hiervan?", state=RoundState.OPEN,
            created_at=now, opened_at=now,
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        options = [
            RoundOption(round_id=row.id, text=text, key=rules.key_of(text), position=place, created_at=now)
            for place, text in enumerate(STATEMENTS)
        ]
        db.session.add_all(options)
        db.session.flush()
        step = f"round:{row.id}:open"
        screen = Screen(
            workshop_id=workshop, number=2, scene=Scene.ROUND, round_id=row.id, step=step, changed_at=now
        )
        db.session.merge(screen)
        found = row.id, options[0].id
        db.session.commit()
    return found


def _come_in(app: Flask, workshop: int, number: int) -> list[str]:
    """So many people in the room; what their phones keep."""
    secrets = [f"bench-{place}" for place in range(number)]
    now = datetime.now(UTC)
    with app.app_context():
        db.session.add_all(
            Attendee(
                workshop_id=workshop,
                token_hash=attendees.token_hash(secret),
                group=Group.RESIDENT,
                arrived_at=now,
            )
            for secret in secrets
        )
        db.session.commit()
    return secrets


def _phone(evening: Evening, workshop: int, secret: str) -> Phone:
    """Open the page on a phone, and keep what its forms send along."""
    connection = http.client.HTTPConnection("127.0.0.1", evening.site.port, timeout=30)
    connection.request("GET", f"/werkateliers/{workshop}/meedoen", headers={"Cookie": f"room={secret}"})
    answer = connection.getresponse()
    page = answer.read().decode()
    token = re.search(r'name="csrf_token" (?:type="hidden" )?value="([^"]+)"', page)
    assert answer.status == 200, answer.status
    assert token is not None
    own = [line.partition(";")[0] for line in answer.headers.get_all("Set-Cookie") or ()]
    connection.close()
    return Phone("; ".join([f"room={secret}", *own]), token[1])


def _vote(
    evening: Evening, workshop: int, round_id: int, option: int, phones: list[Phone], seconds: float
) -> list[Cast]:
    """Everybody presses once, at a moment all over the time, whatever becomes of the others."""
    luck, port = random.Random(2026), evening.site.port
    page = f"/werkateliers/{workshop}/meedoen"
    clients = threading.local()

    def press(phone: Phone, value: int, due: float) -> Cast:
        client = clients.__dict__.setdefault("one", Client(port))
        body = f"csrf_token={phone.token}&option={option}&value={value}"
        wish = {"Cookie": phone.cookie, "Prefer": "return=representation"}
        choice = post(f"{page}/{round_id}/keuze", port, body, **wish)
        # A connection that was silent for two seconds may just have been closed: then once more, on a new one.
        status = client.ask(choice) or client.ask(choice)
        if status != 200:
            raise SystemExit(f"a choice was answered {status}")
        return Cast(due, time.monotonic())

    begin = time.monotonic()
    moments = sorted(luck.uniform(0, seconds) for _ in phones)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        sent = []
        for moment, phone in zip(moments, phones, strict=True):
            time.sleep(max(0.0, begin + moment - time.monotonic()))
            # What waits for a connection waits since the press.
            sent.append(pool.submit(press, phone, luck.choice((1, 0, -1)), begin + moment))
        return sorted((each.result() for each in sent), key=lambda cast: cast.answered)


def _voters(frame: dict[str, Any]) -> int:
    """How many people the screen says have voted."""
    found = re.search(r'screen-round__voted\\?"><p>(\d+)', frame["body"])
    return int(found[1]) if found else 0


def _delays(frames: list[dict[str, Any]], casts: list[Cast]) -> list[float]:
    """Seconds from every press until the screen told of so many votes as had been answered by then."""
    known = sorted((_voters(frame), frame["times"][0]) for frame in frames)
    return [
        max(
            cast.answered,
            min((at for voters, at in known if voters >= place), default=float("inf")),
        )
        - cast.sent
        for place, cast in enumerate(casts, start=1)
    ]


def _exact(app: Flask, round_id: int, number: int, frames: list[dict[str, Any]]) -> None:
    """Every phone counts once, in the database and on the screen; anything else stops the run."""
    with app.app_context():
        rows, people = db.session.execute(
            select(func.count(), func.count(func.distinct(RoundVote.attendee_id))).where(
                RoundVote.round_id == round_id
            )
        ).one()
        db.session.get_one(Round, round_id).state = RoundState.CLOSED
        db.session.commit()
    told = max(_voters(frame) for frame in frames)
    if {rows, people, told} != {number}:
        raise SystemExit(
            f"{number} pressed, {rows} choices of {people} people are kept, the screen tells {told}"
        )
    print(f"  every one of {number} choices is kept once, and the screen tells so")
