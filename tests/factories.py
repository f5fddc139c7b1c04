"""Things for tests, made with one call each; every argument has a sensible default. The caller commits."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, TypeVar

from app.db import Base, db
from app.domain.ballot import Group, Side, VoteValue
from app.domain.lifecycle import IdeaState
from app.models import (
    Activity,
    Argument,
    Attachment,
    Call,
    Idea,
    Organisation,
    Person,
    PersonRole,
    Phase,
    Practice,
    Process,
    Theme,
    Workshop,
)
from app.models.area import Area
from app.models.contribution import IdeaImage
from app.models.person import Role
from app.models.practice import PracticeLevel, PracticeState, PracticeSuggestion
from app.models.process import ActivityKind
from app.records import tallies

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
"""A fixed moment for rules; pages read the real clock, so `a_call` opens around the real now as well."""

_numbers = count(1)
Thing = TypeVar("Thing", bound=Base)


def _now() -> datetime:
    return datetime.now(UTC)


def _add(thing: Thing) -> Thing:
    db.session.add(thing)
    db.session.flush()
    return thing


def a_person(*roles: Role, **values: Any) -> Person:
    """A confirmed person with an own address."""
    number = next(_numbers)
    values = {
        "email": f"person{number}@voorbeeld.example",
        "name": f"Person {number}",
        "group": Group.RESIDENT,
        "created_at": _now(),
        "confirmed_at": _now(),
        **values,
    }
    person = Person(**values)
    person.role_rows = [PersonRole(role=role) for role in roles]
    return _add(person)


def an_organisation(**values: Any) -> Organisation:
    """A partner in the city."""
    number = next(_numbers)
    return _add(Organisation(**{"slug": f"partner-{number}", "name": f"Partner {number}", **values}))


def a_process(**values: Any) -> Process:
    """An open process."""
    number = next(_numbers)
    base = {
        "slug": f"traject-{number}",
        "title": f"Traject {number}",
        "question": "Waar kiezen we voor?",
        "starts_at": _now() - timedelta(days=30),
        "created_at": _now() - timedelta(days=30),
        "tie_seed": f"seed-{number}",
        "aims": [],
        "ranking_settings": {},
    }
    return _add(Process(**{**base, **values}))


def a_theme(process: Process, **values: Any) -> Theme:
    """A theme of the process."""
    number = next(_numbers)
    base = {"slug": f"thema-{number}", "title": f"Thema {number}", "position": number}
    return _add(Theme(process_id=process.id, **{**base, **values}))


def a_call(process: Process | None = None, *, open_now: bool = True, **values: Any) -> Call:
    """A call with one phase that gives every right, running now (or over, with open_now=False)."""
    number = next(_numbers)
    process = process or a_process()
    call = _add(
        Call(process_id=process.id, **{"slug": f"oproep-{number}", "title": f"Oproep {number}", **values})
    )
    start = _now() - timedelta(days=20)
    end = _now() + timedelta(days=20) if open_now else _now() - timedelta(days=1)
    a_phase(call, starts_at=start, ends_at=end)
    return call


def a_phase(call: Call, **values: Any) -> Phase:
    """A phase with every right."""
    base = {
        "name": "In gesprek",
        "starts_at": _now() - timedelta(days=20),
        "ends_at": _now() + timedelta(days=20),
        "may_submit": True,
        "may_argue": True,
        "may_vote": True,
    }
    return _add(Phase(call_id=call.id, **{**base, **values}))


def an_idea(
    call: Call | None = None,
    author: Person | None = None,
    *,
    themes: list[Theme] | None = None,
    **values: Any,
) -> Idea:
    """A published idea with its tally rows."""
    number = next(_numbers)
    call = call or a_call()
    author = author or a_person()
    base = {
        "title": f"Een idee met nummer {number}",
        "summary": f"De samenvatting van idee nummer {number}.",
        "body": f"De uitleg van idee nummer {number}. " * 4,
        "state": IdeaState.PUBLISHED,
        "created_at": _now() - timedelta(days=3, seconds=-number),
        "submitted_at": _now() - timedelta(days=3, seconds=-number),
        "published_at": _now() - timedelta(days=2, seconds=-number),
    }
    idea = Idea(call_id=call.id, author_id=author.id, **{**base, **values})
    idea.themes = themes or []
    _add(idea)
    tallies.open_for([idea.id])
    return idea


IMAGE_KEY = "0123456789abcdef0123456789abcdef"


def an_image(idea: Idea, **values: Any) -> IdeaImage:
    """An image of an idea; its bytes are no picture, for nothing reads them but a browser."""
    base = {"key": IMAGE_KEY, "alt": "Twee bankjes aan het water.", "width": 1280, "height": 720}
    content = {"large": b"groot", "small": b"klein", "added_at": _now()}
    return _add(IdeaImage(**{"idea_id": idea.id, **base, **content, **values}))


def an_area(name: str = "Wyck", latitude: float = 50.8505, longitude: float = 5.7021, **values: Any) -> Area:
    """A neighbourhood."""
    base = {
        "slug": name.lower().replace(" ", "-"),
        "name": name,
        "latitude": latitude,
        "longitude": longitude,
    }
    return _add(Area(**{**base, **values}))


def a_vote(idea: Idea, voter: Person | None = None, value: VoteValue = VoteValue.FOR) -> Person:
    """A counted vote; returns the voter."""
    voter = voter or a_person()
    tallies.put(idea.id, voter.id, voter.group, value, _now())
    return voter


def an_argument(idea: Idea, author: Person | None = None, side: Side = Side.FOR, **values: Any) -> Argument:
    """A published argument, counted on its idea."""
    author = author or a_person()
    base = {"body": "Dit argument is lang genoeg om te mogen staan.", "created_at": _now()}
    argument = Argument(idea_id=idea.id, author_id=author.id, side=side, **{**base, **values})
    idea.argument_count = (idea.argument_count or 0) + 1
    return _add(argument)


def an_activity(process: Process, **values: Any) -> Activity:
    """An activity of the process."""
    number = next(_numbers)
    base = {"kind": ActivityKind.INFORMATION, "title": f"Activiteit {number}", "position": number}
    return _add(Activity(process_id=process.id, **{**base, **values}))


def a_file(activity_id: int, **values: Any) -> Attachment:
    """A file of an activity."""
    base = {"title": "De dia's", "filename": "de-dia-s.pdf", "media_type": "application/pdf"}
    content = {"size": 8, "digest": "0" * 64, "data": b"%PDF-1.7", "added_at": _now()}
    return _add(Attachment(**{"activity_id": activity_id, **base, **content, **values}))


def a_workshop(call: Call, *, minutes: int = 120, **values: Any) -> Workshop:
    """A werkatelier fed by the call, with its activity."""
    number = next(_numbers)
    activity = an_activity(call.process, kind=ActivityKind.WORKSHOP, title=f"Werkatelier {number}")
    base = {"join_code": f"{number % 1_000_000:06d}"}
    return _add(Workshop(activity_id=activity.id, call_id=call.id, minutes=minutes, **{**base, **values}))


def a_practice(process: Process, **values: Any) -> Practice:
    """A practice from elsewhere."""
    number = next(_numbers)
    base = {
        "slug": f"praktijk-{number}",
        "title": f"Praktijk {number}",
        "level": PracticeLevel.CITY,
        "done": "Wat er gedaan is, in een paar woorden.",
        "published_at": _now(),
    }
    return _add(Practice(process_id=process.id, **{**base, **values}))


def a_suggestion(process: Process, by: Person, **values: Any) -> Practice:
    """A practice that somebody suggested, still to be read by a moderator."""
    practice = a_practice(process, **{"state": PracticeState.SUGGESTED, **values})
    _add(PracticeSuggestion(practice_id=practice.id, person_id=by.id, suggested_at=_now()))
    return practice
