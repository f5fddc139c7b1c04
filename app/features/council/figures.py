"""What the evaluation of a process counts: who took part, what was decided, what was done with it, and how fast."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, String, and_, extract, func, literal, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute

from app.db import db
from app.domain.ballot import GROUPS, SMALLEST_SHOWN_GROUP, sizes_to_show
from app.domain.lifecycle import IdeaState, PublicStatus
from app.domain.ranking import Weighting, number
from app.kit import moments
from app.kit.kept import Kept
from app.models.argument import Argument, ArgumentState
from app.models.gathering import Registration, RegistrationState
from app.models.idea import Idea
from app.models.moderation import ModerationDecision, ModerationVerb
from app.models.person import Person
from app.models.process import Activity, Call
from app.models.response import OfficialResponse
from app.models.room import Attendee
from app.models.seal import Snapshot
from app.models.vote import Vote
from app.models.workshop import Workshop
from app.records import calls, clocks, council, stands
from app.records.clocks import ClockRow
from app.records.council import FocusRow

VOTED, WROTE, REACTED = "voted", "wrote", "reacted"
WAYS = (VOTED, WROTE, REACTED)
ELSEWHERE = ""
"""The neighbourhood of people who gave none."""
Sizes = Mapping[str, int | None]
"""How many people by name; None is withheld."""


@dataclass(frozen=True, slots=True)
class Visit:
    """An activity with how many people came, or had registered where nobody counted."""

    title: str
    at: datetime | None
    date_text: str
    """When it is, in words, of an activity without a day."""
    came: int | None
    registered: int | None


@dataclass(frozen=True, slots=True)
class AgendaShares:
    """How the minutes of a workshop were divided: per group the share of its voters with a subject of their own on the
    agenda, and the minutes that it paid; None is withheld."""

    title: str
    reached: tuple[tuple[str, float | None], ...]
    paid: tuple[tuple[str, float | None], ...]


@dataclass(frozen=True, slots=True)
class Turnout:
    """Who took part. `is_hidden`: a phase hides its counts, so nothing that follows from votes is told."""

    is_hidden: bool
    people: Mapping[str, int]
    """How many people voted, wrote ideas and reacted."""
    votes: int
    per_group: Mapping[str, Sizes]
    per_area: Mapping[str, Sizes]


@dataclass(frozen=True, slots=True)
class Figures:
    """All of it."""

    turnout: Turnout
    ideas: int
    reactions: int
    idea_areas: Mapping[str, int]
    """Where ideas are about: what everybody can read with them."""
    weeks: Sequence[tuple[date, int, int]]
    """Per week its Monday, and how many ideas and reactions came."""
    visits: Sequence[Visit]
    moderated: Mapping[ModerationVerb, int]
    waited: float | None
    """Half of the texts waited so many hours or less."""
    statuses: Mapping[PublicStatus, int]
    focus: Sequence[FocusRow]
    answered: int
    """Ideas with an answer of the municipality."""
    days_to_answer: float | None
    promises: Sequence[ClockRow]
    shares: Sequence[AgendaShares]


_kept: Kept[Figures] = Kept("evaluation", lifetime=30.0)
_turnouts: Kept[Turnout] = Kept("turnout", lifetime=30.0)


def turnout(process_id: int, *, is_hidden: bool) -> Turnout:
    """Who took part in a process, in one statement; at most half a minute old."""
    key = process_id, is_hidden
    found = _turnouts.get(key, lambda _stale: _people(process_id, is_hidden=is_hidden))
    assert found is not None
    return found


def of_process(process_id: int, now: datetime) -> Figures:
    """The figures of a process, at most half a minute old."""
    found = _kept.get(process_id, lambda _stale: _read(process_id, now))
    assert found is not None
    return found


def _read(process_id: int, now: datetime) -> Figures:
    every = calls.of_process(process_id)
    is_hidden = any(call.hides_counts(now) for call in every)
    statuses, areas, hours, days = _ideas(process_id)
    weeks = _weeks(process_id)
    moderated, waited = _moderated(process_id)
    return Figures(
        turnout=turnout(process_id, is_hidden=is_hidden),
        ideas=sum(statuses.values()),
        reactions=sum(reactions for _week, _ideas, reactions in weeks),
        idea_areas=areas,
        weeks=weeks,
        visits=_visits(process_id),
        moderated=moderated,
        waited=waited,
        statuses=statuses,
        focus=council.focus_of(process_id),
        answered=hours,
        days_to_answer=days,
        promises=clocks.of_process(process_id),
        shares=() if is_hidden else _shares(process_id),
    )


def _published(process_id: int) -> Any:
    return and_(Call.process_id == process_id, Idea.state == IdeaState.PUBLISHED)


def _people(process_id: int, *, is_hidden: bool) -> Turnout:
    """Who voted, wrote and reacted, by group and neighbourhood, in one statement."""
    parts = [
        select(literal(WROTE, String).label("way"), Idea.author_id.label("person"), literal(0).label("votes"))
        .join(Call, Call.id == Idea.call_id)
        .where(_published(process_id))
        .distinct(),
        select(literal(REACTED, String), Argument.author_id, literal(0))
        .join(Idea, Idea.id == Argument.idea_id)
        .join(Call, Call.id == Idea.call_id)
        .where(_published(process_id), Argument.state == ArgumentState.PUBLISHED)
        .distinct(),
    ]
    if not is_hidden:
        parts.append(
            select(literal(VOTED, String), Vote.person_id, func.count())
            .join(Idea, Idea.id == Vote.idea_id)
            .join(Call, Call.id == Idea.call_id)
            .where(_published(process_id), Vote.value != 0, Vote.excluded_at.is_(None))
            .group_by(Vote.person_id)
        )
    active = union_all(*parts).subquery()
    rows = db.session.execute(
        select(active.c.way, Person.group, Person.neighbourhood, func.count(), func.sum(active.c.votes))
        .join(Person, Person.id == active.c.person)
        .group_by(active.c.way, Person.group, Person.neighbourhood)
    ).all()
    people: Counter[str] = Counter()
    groups: dict[str, Counter[str]] = {way: Counter() for way in WAYS}
    areas: dict[str, Counter[str]] = {way: Counter() for way in WAYS}
    for way, group, area, count, _votes in rows:
        people[way] += count
        groups[way][group] += count
        areas[way][" ".join(area.split())] += count
    told = [way for way in WAYS if way != VOTED or not is_hidden]
    return Turnout(
        is_hidden=is_hidden,
        people={way: people[way] for way in told},
        votes=sum(int(row[4] or 0) for row in rows),
        per_group={way: shown({group: groups[way][group] for group in GROUPS}) for way in told},
        per_area={way: shown(areas[way]) for way in told},
    )


def shown(sizes: Mapping[str, int]) -> dict[str, int | None]:
    """The sizes with those withheld that are one or two people, or would tell of them together with the total."""
    told = sizes_to_show(sizes)
    return {name: size if name in told else None for name, size in sizes.items()}


def _ideas(process_id: int) -> tuple[dict[PublicStatus, int], dict[str, int], int, float | None]:
    """Ideas by status and place; how many have an answer, and half of them within so many days."""
    first = (
        select(func.min(OfficialResponse.answered_at))
        .where(OfficialResponse.idea_id == Idea.id)
        .correlate(Idea)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Idea.public_status, Idea.neighbourhood, Idea.published_at, first)
        .join(Call, Call.id == Idea.call_id)
        .where(_published(process_id))
    ).all()
    statuses = Counter(row[0] for row in rows)
    areas = Counter(row[1] for row in rows if row[1])
    waits = [
        (answered - published).total_seconds() / 86400
        for _status, _area, published, answered in rows
        if published is not None and answered is not None
    ]
    return (
        {status: statuses[status] for status in PublicStatus if statuses[status]},
        dict(sorted(areas.items(), key=lambda item: (-item[1], item[0]))),
        sum(row[3] is not None for row in rows),
        median(waits) if waits else None,
    )


def _weeks(process_id: int) -> list[tuple[date, int, int]]:
    """How many ideas and reactions came in each week of the city, weeks without any as well; one statement.

    The database counts per hour, and no week begins within one.
    """
    ideas = (
        select(_hour(Idea.published_at).label("hour"), literal(1).label("ideas"), literal(0).label("said"))
        .join(Call, Call.id == Idea.call_id)
        .where(_published(process_id), Idea.published_at.is_not(None))
    )
    said = (
        select(_hour(Argument.created_at), literal(0), literal(1))
        .join(Idea, Idea.id == Argument.idea_id)
        .join(Call, Call.id == Idea.call_id)
        .where(_published(process_id), Argument.state == ArgumentState.PUBLISHED)
    )
    every = union_all(ideas, said).subquery()
    rows = db.session.execute(
        select(every.c.hour, func.sum(every.c.ideas), func.sum(every.c.said)).group_by(every.c.hour)
    )
    found: dict[date, list[int]] = {}
    for hour, ideas_count, said_count in rows:
        monday = _monday(moments.day_of(datetime.fromtimestamp(int(hour), UTC)))
        week = found.setdefault(monday, [0, 0])
        week[0] += int(ideas_count)
        week[1] += int(said_count)
    if not found:
        return []
    first, last = min(found).toordinal(), max(found).toordinal()
    mondays = [date.fromordinal(each) for each in range(first, last + 1, 7)]
    return [(monday, *found.get(monday, [0, 0])) for monday in mondays]  # type: ignore[misc]


def _hour(at: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """The beginning of the hour of a moment, in seconds since 1970, alike on both databases."""
    seconds = extract("epoch", at)
    return seconds - seconds % 3600


def _monday(day: date) -> date:
    return date.fromordinal(day.toordinal() - day.weekday())


def _visits(process_id: int) -> list[Visit]:
    """How many came to each activity, as far as somebody counted them; one statement."""
    came = (
        select(func.count())
        .where(Attendee.workshop_id == Workshop.id, Attendee.removed_at.is_(None))
        .correlate(Workshop)
        .scalar_subquery()
    )
    registered = (
        select(func.count())
        .where(Registration.activity_id == Activity.id, Registration.state == RegistrationState.COMING)
        .correlate(Activity)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Activity.title, Activity.starts_at, Activity.date_text, came, registered)
        .outerjoin(Workshop, Workshop.activity_id == Activity.id)
        .where(Activity.process_id == process_id)
        .order_by(Activity.starts_at.is_(None), Activity.starts_at, Activity.position, Activity.id)
    )
    found = [Visit(row[0], row[1], row[2], row[3] or None, row[4] or None) for row in rows]
    return [visit for visit in found if visit.came or visit.registered]


def _moderated(process_id: int) -> tuple[dict[ModerationVerb, int], float | None]:
    """What moderators decided on ideas and reactions, and how long half of them waited; one statement."""
    idea = Idea.__table__.alias("its")
    rows = db.session.execute(
        select(ModerationDecision.verb, ModerationDecision.waited)
        .outerjoin(Argument, Argument.id == ModerationDecision.argument_id)
        .join(idea, or_(idea.c.id == ModerationDecision.idea_id, idea.c.id == Argument.idea_id))
        .join(Call, Call.id == idea.c.call_id)
        .where(Call.process_id == process_id, ModerationDecision.undone_at.is_(None))
    ).all()
    counts = Counter(row[0] for row in rows)
    waits = [row[1] / 3600 for row in rows if row[1] is not None]
    return {verb: counts[verb] for verb in ModerationVerb if counts[verb]}, median(waits) if waits else None


def _shares(process_id: int) -> list[AgendaShares]:
    """What each group got of the agendas that follow from a sealed standing, from its public document."""
    newest = (
        select(func.max(Snapshot.number))
        .where(Snapshot.workshop_id == Workshop.id)
        .correlate(Workshop)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Workshop.id, Activity.title, Snapshot.digest)
        .join(Activity, Activity.id == Workshop.activity_id)
        .join(Snapshot, and_(Snapshot.workshop_id == Workshop.id, Snapshot.number == newest))
        .where(Activity.process_id == process_id)
        .order_by(Activity.starts_at, Workshop.id)
        .limit(3)
    ).all()
    found = []
    for workshop_id, title, digest in rows:
        document = stands.document(digest)
        agenda = stands.agenda(document, workshop_id, Weighting(document["weighting"]))
        if agenda.get("entries"):
            found.append(_shares_of(title, agenda))
    return found


def _shares_of(title: str, agenda: Mapping[str, Any]) -> AgendaShares:
    groups: Sequence[str] = agenda["groups"]
    reached = [
        (
            group,
            None if there is None or not voters or voters < SMALLEST_SHOWN_GROUP else there / voters,
        )
        for group, voters, there in zip(groups, agenda["voters"], agenda["with_item"], strict=True)
        if voters is None or voters
    ]
    paid: list[tuple[str, float | None]] = []
    for place, group in enumerate(groups):
        minutes = [entry["paid"][place] for entry in agenda["entries"]]
        told = None if any(each is None for each in minutes) else sum(float(number(each)) for each in minutes)
        paid.append((group, told))
    return AgendaShares(title, tuple(reached), tuple(paid))
