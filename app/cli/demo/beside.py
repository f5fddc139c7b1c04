"""What stands beside the ideas of the demo: neighbourhoods, places, images, challenges, a source and a change."""

from datetime import timedelta
from io import BytesIO

from PIL import Image, ImageDraw

from app.cli.areas import Entry as AreaEntry
from app.cli.areas import put as put_areas
from app.cli.demo.calendar import Calendar
from app.cli.demo.casting import Casting
from app.cli.demo.content import Entry, dice, read
from app.cli.demo.ideas import Board
from app.db import db
from app.domain.ballot import Group
from app.domain.lifecycle import IdeaState
from app.kit import audit, images, maps
from app.models import Idea
from app.models.contribution import Amendment, Channel, IdeaChallenge, IdeaImage, IdeaOrigin
from app.models.person import Person, Role

SCATTER = 0.0022
"""Degrees: how far from the middle of its neighbourhood an idea lies."""
PLACED = 0.7
"""Share of the ideas of a neighbourhood that point out a place."""
_SIZE = (960, 540)


def build_areas() -> int:
    """The neighbourhoods of the city, with middles that were estimated by eye."""
    entries = [
        AreaEntry(
            row["name"],
            row["latitude"],
            row["longitude"],
            postcodes=tuple(row["postcodes"]),
            approximate=True,
        )
        for row in read("areas")["areas"]
    ]
    put_areas(entries)
    return len(entries)


def build_beside(calendar: Calendar, casting: Casting, board: Board) -> None:
    """Give ideas what stands beside their text."""
    _places(board)
    for key, entry in board.entries.items():
        if "challenge" in entry:
            db.session.add(IdeaChallenge(idea_id=board.ideas[key].id, **entry["challenge"]))
    for picture in read("beside")["images"]:
        _image(
            board.ideas[picture["idea"]], picture["alt"], picture["sky"], picture["ground"], picture["things"]
        )
    for source in read("beside")["sources"]:
        _source(board.ideas[source["idea"]], source, casting)
    for change in read("beside")["changes"]:
        _change(board.ideas[change["idea"]], change, calendar)
    db.session.flush()


def _places(board: Board) -> None:
    middles = {row["name"]: (row["latitude"], row["longitude"]) for row in read("areas")["areas"]}
    for key, idea in board.ideas.items():
        chance = dice(f"place of {key}")
        if idea.neighbourhood in middles and chance.random() < PLACED:
            latitude, longitude = middles[idea.neighbourhood]
            idea.latitude = maps.rounded(latitude + chance.uniform(-SCATTER, SCATTER))
            idea.longitude = maps.rounded(longitude + chance.uniform(-SCATTER, SCATTER))


def _image(idea: Idea, alt: str, sky: str, ground: str, things: list[str]) -> None:
    """A drawing of our own: ground, a river, and round things in the colours that its words name."""
    chance, (width, height) = dice(f"image {alt}"), _SIZE
    picture = Image.new("RGB", _SIZE, sky)
    pencil = ImageDraw.Draw(picture)
    pencil.ellipse((width * 0.7, height * 0.08, width * 0.7 + 110, height * 0.08 + 110), fill="#f7dc8f")
    pencil.rectangle((0, height * 0.62, width, height), fill=ground)
    pencil.polygon(
        [(0, height * 0.78), (width, height * 0.68), (width, height * 0.8), (0, height * 0.95)],
        fill="#7fb3c8",
    )
    for number, colour in enumerate(things * 2):
        x = width * (0.06 + 0.9 * number / (2 * len(things)))
        size = chance.randint(60, 130)
        pencil.rectangle(
            (x + size * 0.44, height * 0.62 - size * 0.4, x + size * 0.56, height * 0.66), fill="#6d4c2f"
        )
        pencil.ellipse((x, height * 0.62 - size * 1.3, x + size, height * 0.62 - size * 0.3), fill=colour)
    drawn = BytesIO()
    picture.save(drawn, "PNG", compress_level=1)
    drawn.seek(0)
    made = images.encode(drawn)
    db.session.add(
        IdeaImage(
            idea_id=idea.id,
            key=made.key,
            alt=alt,
            width=made.width,
            height=made.height,
            large=made.large,
            small=made.small,
            added_at=idea.submitted_at or idea.created_at,
        )
    )


def _source(idea: Idea, source: Entry, casting: Casting) -> None:
    """Somebody of the staff typed it for somebody who has no account here."""
    channel, note = source["channel"], source["note"]
    casting.turn_to(f"posting for another {note}")
    organiser, moment = casting.staff(Role.ORGANISER), idea.submitted_at or idea.created_at
    since = idea.created_at - timedelta(minutes=1)
    idea.author = Person(
        name=source["name"],
        group=Group.RESIDENT,
        created_at=since,
        confirmed_at=since,
        neighbourhood=idea.neighbourhood,
    )
    db.session.add(
        IdeaOrigin(
            idea_id=idea.id, channel=Channel(channel), note=note, posted_by_id=organiser.id, posted_at=moment
        )
    )
    after = {"channel": channel, "named": True}
    audit.record(organiser, "ideas.post_for_other", idea, moment, after=after, why=note)


def _change(idea: Idea, change: Entry, calendar: Calendar) -> None:
    """The text as it stands in the demo is the later one; this is what it said before."""
    if idea.state != IdeaState.PUBLISHED or idea.published_at is None:
        raise ValueError(f"{change['idea']} is not on the site.")
    if change["now"] not in idea.body:
        raise ValueError(f"{change['idea']} does not say: {change['now']}")
    db.session.add(
        Amendment(
            idea_id=idea.id,
            number=1,
            title=idea.title,
            summary=idea.summary,
            body=idea.body.replace(change["now"], change["before"]),
            reason=change["reason"],
            made_at=max(calendar.hours_ago(30), idea.published_at + timedelta(hours=1)),
        )
    )
