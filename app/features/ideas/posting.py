"""Ideas that staff bring in for somebody else: from a youth meeting, a paper form, a telephone call."""

from dataclasses import dataclass
from datetime import datetime

from app.db import db
from app.domain.ballot import Group
from app.features.ideas import service
from app.features.ideas.service import Content
from app.kit import audit
from app.models.contribution import Channel, IdeaOrigin
from app.models.idea import Idea
from app.models.person import Person
from app.policies.ideas import may_post_for_other
from app.records.calls import CallRow


@dataclass(frozen=True, slots=True)
class Source:
    """Where an idea comes from. `name` only where the person said that it may be shown."""

    channel: Channel
    note: str = ""
    name: str = ""


def post_for_other(
    staff: Person, call: CallRow, content: Content, source: Source, key: str, now: datetime
) -> int:
    """Send in an idea whose author does not come here, and return its number. Raises NotAllowed.

    The author is somebody without an address: nobody can sign in as them, and no mail goes to them. The same key
    again adds nothing.
    """
    may_post_for_other(staff, call, now).or_raise()
    author = Person(
        email=None, name=source.name, group=Group.RESIDENT, language=staff.language, created_at=now
    )

    def and_its_origin(idea: Idea) -> None:
        db.session.add(
            IdeaOrigin(
                idea_id=idea.id,
                channel=source.channel,
                note=source.note,
                posted_by_id=staff.id,
                posted_at=now,
            )
        )
        after = {"channel": source.channel.value, "named": bool(source.name)}
        audit.record(staff, "ideas.post_for_other", idea, now, after=after, why=source.note)

    return service.make_for(author, staff, call, content, key, now, and_its_origin)
