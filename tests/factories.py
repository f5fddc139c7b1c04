"""Things for tests, made with one call each; every argument has a sensible default. The caller commits."""

import io
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, TypeVar

from PIL import Image

from app.db import Base, db
from app.domain.ballot import Group, Side, VoteValue
from app.domain.lifecycle import IdeaState, RefusalReason
from app.models import (
    Activity,
    Appeal,
    Argument,
    Attachment,
    Call,
    Idea,
    ModerationDecision,
    Organisation,
    Outcome,
    OutcomeRevision,
    Person,
    PersonRole,
    Phase,
    Practice,
    Process,
    Sanction,
    Theme,
    Workshop,
    WorkshopPicture,
)
from app.models.area import Area
from app.models.argument import ArgumentState
from app.models.contribution import IdeaImage
from app.models.duplicate import DuplicateProposal, ProposalSource
from app.models.moderation import ModerationVerb, Report, ReportReason, SanctionKind, SanctionReason
from app.models.person import Role
from app.models.practice import PracticeLevel, PracticeState, PracticeSuggestion
from app.models.process import ActivityKind
from app.models.queue import QueueKind
from app.records import decisions, queue, tallies

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


_NEVER_PUBLISHED = (IdeaState.DRAFT, IdeaState.SUBMITTED, IdeaState.RETURNED, IdeaState.REFUSED)


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
    if values.get("state") in _NEVER_PUBLISHED:
        base["published_at"] = None
    idea = Idea(call_id=call.id, author_id=author.id, **{**base, **values})
    idea.themes = themes or []
    _add(idea)
    tallies.open_for([idea.id])
    if idea.state == IdeaState.SUBMITTED:
        queue.put(QueueKind.IDEA, idea, idea.submitted_at or idea.created_at)
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
    if argument.state in (None, ArgumentState.PUBLISHED):
        idea.argument_count = (idea.argument_count or 0) + 1
    _add(argument)
    if argument.state == ArgumentState.WAITING:
        kind = QueueKind.REPLY if argument.parent_id else QueueKind.ARGUMENT
        queue.put(kind, argument, argument.created_at)
    return argument


def a_report(text: Idea | Argument, reporter: Person | None = None, **values: Any) -> Report:
    """An open report on a text, which waits for a moderator."""
    base = {"reason": ReportReason.INSULT, "explanation": "Dit is gemeen.", "created_at": _now()}
    about = "idea_id" if isinstance(text, Idea) else "argument_id"
    by = (reporter or a_person()).id
    report = _add(Report(**{about: text.id, "reporter_id": by, **base, **values}))
    if report.handled_at is None:
        queue.put(QueueKind.REPORT, text, report.created_at, is_live=True)
    return report


def a_pair(one: Idea, other: Idea, **values: Any) -> DuplicateProposal:
    """Two ideas of which the site says that they are the same."""
    base = {"source": ProposalSource.SYSTEM, "shared": ["maas"], "likeness": 0.5, "created_at": _now()}
    return _add(DuplicateProposal(idea_id=one.id, into_id=other.id, **{**base, **values}))


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


def an_outcome(workshop: Workshop, theme: Theme, **values: Any) -> Outcome:
    """What the room concluded on a theme, with its first text."""
    base = {"conclusion": "Er komen meer bomen in de wijk.", "elements": [], "questions": [], "taken_by": ""}
    words = {**base, **values}
    outcome = _add(Outcome(workshop_id=workshop.id, theme_id=theme.id, number=1, recorded_at=_now(), **words))
    _add(OutcomeRevision(outcome_id=outcome.id, number=1, written_at=_now(), **words))
    return outcome


def a_picture(workshop: Workshop, **values: Any) -> WorkshopPicture:
    """A picture of an evening, really drawn."""
    drawn = io.BytesIO()
    Image.new("RGB", (60, 45), "teal").save(drawn, "WEBP")
    base = {"alt": "Een wand met briefjes, zonder mensen.", "digest": IMAGE_KEY, "width": 60, "height": 45}
    content = {"large": drawn.getvalue(), "small": drawn.getvalue(), "added_at": _now()}
    return _add(WorkshopPicture(workshop_id=workshop.id, **{**base, **content, **values}))


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
    if practice.state == PracticeState.SUGGESTED:
        queue.put(QueueKind.PRACTICE, practice, practice.published_at)
    return practice


def a_decision(text: Idea | Argument, moderator: Person, **values: Any) -> ModerationDecision:
    """A moderator took a text off the site an hour ago; the text itself is left as it is."""
    base = {
        "idea_id": text.id if isinstance(text, Idea) else None,
        "argument_id": text.id if isinstance(text, Argument) else None,
        "verb": ModerationVerb.HIDE,
        "reason": RefusalReason.INSULT,
        "sentence": "Dit kwetst de mensen over wie het gaat.",
        "moderator_id": moderator.id,
        "decided_at": _now() - timedelta(hours=1),
    }
    decision = ModerationDecision(**{**base, **values})
    decisions.write_all([decision])
    return decision


def a_sanction(person: Person, by: Person, **values: Any) -> Sanction:
    """Somebody was warned an hour ago."""
    base = {
        "kind": SanctionKind.WARN,
        "reason": SanctionReason.INSULTS,
        "sentence": "Je hebt anderen vaker beledigd. Doe dat niet meer.",
        "started_at": _now() - timedelta(hours=1),
    }
    return _add(Sanction(person_id=person.id, by_id=by.id, **{**base, **values}))


def an_appeal(decision: ModerationDecision, author: Person, **values: Any) -> Appeal:
    """The author said no half an hour ago."""
    base = {
        "text": "Ik heb niemand beledigd, ik was het alleen niet eens.",
        "created_at": _now() - timedelta(minutes=30),
        "due_at": _now() + timedelta(days=14),
    }
    return _add(Appeal(decision_id=decision.id, author_id=author.id, **{**base, **values}))
