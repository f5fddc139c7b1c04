"""Ideas as pages show them: cards for every list, and one idea with all that stands around it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Select, and_, bindparam, func, select

from app.db import db
from app.domain.ballot import Group
from app.domain.lifecycle import READABLE_STATES, IdeaState, PublicStatus
from app.kit import signals
from app.kit.kept import Kept
from app.models.contribution import Amendment, Channel, IdeaExposure, IdeaImage, IdeaOrigin
from app.models.idea import Idea, IdeaTheme
from app.models.person import Organisation, Person
from app.models.process import Call, Theme
from app.models.vote import Tally
from app.records import calls
from app.records.calls import CallRow
from app.records.frames import ThemeTag

_THEME = (Theme.id, Theme.slug, Theme.title, Theme.icon, Theme.accent, Theme.position)


@dataclass(frozen=True, slots=True)
class ImageTag:
    """The image of an idea without its bytes: what makes its address, and what stands in for it."""

    key: str
    alt: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Origin:
    """How an idea came in that staff posted for somebody else."""

    channel: Channel
    note: str
    posted_by_id: int | None


@dataclass(frozen=True, slots=True)
class Amended:
    """The last change of an idea after others reacted to it."""

    number: int
    reason: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class CardRow:
    """What a card shows of an idea. `author` is empty for somebody who is no longer here."""

    id: int
    title: str
    summary: str
    neighbourhood: str
    state: IdeaState
    public_status: PublicStatus
    argument_count: int
    version: int
    published_at: datetime | None
    author: str
    group: Group
    organisation: str | None
    votes_for: int
    votes_against: int
    image: ImageTag | None
    channel: Channel | None
    """How it came in, when staff posted it for somebody else."""
    themes: tuple[ThemeTag, ...]


@dataclass(frozen=True, slots=True)
class IdeaRow:
    """One idea with its author, themes and call."""

    id: int
    title: str
    summary: str
    body: str
    neighbourhood: str
    state: IdeaState
    public_status: PublicStatus
    version: int
    created_at: datetime
    submitted_at: datetime | None
    published_at: datetime | None
    merged_into_id: int | None
    argument_count: int
    author_id: int
    author: str
    group: Group
    organisation: str | None
    latitude: float | None
    longitude: float | None
    image: ImageTag | None
    origin: Origin | None
    amended: Amended | None
    call: CallRow
    themes: tuple[ThemeTag, ...]
    seen: int = 0
    """How often it stood on a page that somebody opened."""

    @property
    def is_on_the_site(self) -> bool:
        """Whether everybody may read it."""
        return self.state in READABLE_STATES


_ids: BindParameter[Any] = bindparam("ids", expanding=True)
_votes = (
    select(
        Tally.idea_id,
        func.sum(Tally.votes_for).label("for_"),
        func.sum(Tally.votes_against).label("against"),
    )
    .where(Tally.idea_id.in_(_ids))
    .group_by(Tally.idea_id)
    .subquery()
)
_IMAGE = (IdeaImage.key, IdeaImage.alt, IdeaImage.width, IdeaImage.height)
_CARDS: Select[*tuple[Any, ...]] = (
    select(
        Idea.id,
        Idea.title,
        Idea.summary,
        Idea.neighbourhood,
        Idea.state,
        Idea.public_status,
        Idea.argument_count,
        Idea.version,
        Idea.published_at,
        Person.name,
        Person.group,
        Organisation.name,
        func.coalesce(_votes.c.for_, 0),
        func.coalesce(_votes.c.against, 0),
        *_IMAGE,
        IdeaOrigin.channel,
        *_THEME,
    )
    .join(Person, Person.id == Idea.author_id)
    .outerjoin(IdeaImage, IdeaImage.idea_id == Idea.id)
    .outerjoin(IdeaOrigin, IdeaOrigin.idea_id == Idea.id)
    .outerjoin(Organisation, Organisation.id == Person.organisation_id)
    .outerjoin(_votes, _votes.c.idea_id == Idea.id)
    .outerjoin(IdeaTheme, IdeaTheme.idea_id == Idea.id)
    .outerjoin(Theme, Theme.id == IdeaTheme.theme_id)
    .where(Idea.id.in_(_ids))
)
_ONE_COLUMNS = (
    func.coalesce(IdeaExposure.seen, 0),
    Idea.id,
    Idea.title,
    Idea.summary,
    Idea.body,
    Idea.neighbourhood,
    Idea.state,
    Idea.public_status,
    Idea.version,
    Idea.created_at,
    Idea.submitted_at,
    Idea.published_at,
    Idea.merged_into_id,
    Idea.argument_count,
    Idea.author_id,
    Person.name,
    Person.group,
    Organisation.name,
    Idea.latitude,
    Idea.longitude,
    *_IMAGE,
    IdeaOrigin.channel,
    IdeaOrigin.note,
    IdeaOrigin.posted_by_id,
    Amendment.number,
    Amendment.reason,
    Amendment.made_at,
)
_LAST_CHANGE = (
    select(func.max(Amendment.number)).where(Amendment.idea_id == Idea.id).correlate(Idea).scalar_subquery()
)
_ONE: Select[*tuple[Any, ...]] = (
    calls.joined()
    .add_columns(*_ONE_COLUMNS, *_THEME)
    .join(Idea, Idea.call_id == Call.id)
    .join(Person, Person.id == Idea.author_id)
    .outerjoin(Organisation, Organisation.id == Person.organisation_id)
    .outerjoin(IdeaImage, IdeaImage.idea_id == Idea.id)
    .outerjoin(IdeaExposure, IdeaExposure.idea_id == Idea.id)
    .outerjoin(IdeaOrigin, IdeaOrigin.idea_id == Idea.id)
    .outerjoin(Amendment, and_(Amendment.idea_id == Idea.id, Amendment.number == _LAST_CHANGE))
    .outerjoin(IdeaTheme, IdeaTheme.idea_id == Idea.id)
    .outerjoin(Theme, Theme.id == IdeaTheme.theme_id)
    .where(Idea.id == bindparam("idea"))
)
# Both statements are put together once, and run without the object mapper: half the time of a short page.


def cards(ids: Sequence[int]) -> list[CardRow]:
    """The cards of these ideas in this order, in one statement; ideas that are gone are left out."""
    if not ids:
        return []
    rows: Iterable[Sequence[Any]] = db.session.connection().execute(_CARDS, {"ids": list(ids)})
    heads: dict[int, Any] = {}
    themes: dict[int, list[ThemeTag]] = {}
    for row in rows:
        heads[row[0]] = (*row[:14], _image(row[14:18]), row[18])
        found = themes.setdefault(row[0], [])
        if row[19] is not None:
            found.append(ThemeTag(*row[19:]))
    return [
        CardRow(*(*heads[number], _in_order(themes[number])))
        for number in dict.fromkeys(ids)
        if number in heads
    ]


def kept_cards(ids: Sequence[int]) -> list[CardRow]:
    """The same, at most a second old: for visitors who have not signed in, and so never miss a vote of their own."""
    return _pages.get(tuple(ids), lambda _stale: cards(ids)) or []


_pages: Kept[list[CardRow]] = Kept("cards")


@signals.idea_changed.connect
def _forget(_sender: object, **_more: object) -> None:
    _pages.forget()


def one(idea_id: int) -> IdeaRow | None:
    """One idea in whatever state, with its call and phases, in one statement."""
    rows: Sequence[Sequence[Any]] = db.session.connection().execute(_ONE, {"idea": idea_id}).all()
    if not rows:
        return None
    start = len(calls.COLUMNS)
    end = start + len(_ONE_COLUMNS)
    themes = {row[end]: ThemeTag(*row[end:]) for row in rows if row[end] is not None}
    first = rows[0][end]
    call = calls.gather(row for row in rows if row[end] == first)[0]
    seen, *head = rows[0][start:end]
    plain, image, origin, change = head[:-10], _image(head[-10:-6]), head[-6:-3], head[-3:]
    came_in = Origin(*origin) if origin[0] is not None else None
    amended = Amended(*change) if change[0] is not None else None
    return IdeaRow(*(*plain, image, came_in, amended, call, _in_order(themes.values()), seen))


def _image(columns: Sequence[Any]) -> ImageTag | None:
    return ImageTag(*columns) if columns[0] is not None else None


def _in_order(themes: Any) -> tuple[ThemeTag, ...]:
    return tuple(sorted(themes, key=lambda theme: (theme.position, theme.id)))
