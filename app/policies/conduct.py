"""Who may post, who may warn, pause and block whom, and whose reports weigh: by person and moment."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import format_date

from app.domain.decision import N_, YES, Decision
from app.models.moderation import SanctionKind
from app.models.person import Person

LONGEST_PAUSE = timedelta(days=90)
SHORTEST_PAUSE = timedelta(days=1)
NEW = timedelta(hours=48)
"""Reports of an account younger than this do not take a text off the site: that would make it cheap."""
JUDGED = 4
"""From so many reports that moderators judged we say how often somebody was right."""
UNFOUNDED = 0.75
"""Whose reports were unfounded this often is known for it."""
MOST_WITHOUT_ACCOUNT = 20
"""So many open reports on one text by people without account tell the moderators all they need to know."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day that a sentence names, in the language and by the clocks of whoever reads it."""

    moment: datetime

    def __str__(self) -> str:
        return str(format_date(self.moment, "d MMMM y"))


def may_post(person: Person, now: datetime) -> Decision:
    """Everybody who is signed in, but for the time that moderators paused an account."""
    if person.is_paused(now):
        return Decision(
            N_("The moderators paused your account until %(date)s. You can read and vote, but not post."),
            {"date": Day(person.paused_until)} if person.paused_until else {},
        )
    return YES


def may_see_people(actor: Person | None) -> Decision:
    """Moderators see what is known of somebody's conduct."""
    if actor is None or not actor.is_moderator:
        return Decision(N_("This page is for moderators."))
    return YES


def may_look_into(actor: Person | None, person: Person) -> Decision:
    """Moderators look into the conduct of others; what is noted about oneself is for the others."""
    if actor is not None and actor.id == person.id:
        return Decision(N_("This is you. What moderators note about you is for other moderators."))
    return may_see_people(actor)


def may_read_remarks(
    actor: Person | None, author_id: int | None, posted_by_id: int | None = None
) -> Decision:
    """Who reported a text and what moderators note about it is not for whoever wrote or posted it."""
    if actor is not None and actor.id in (author_id, posted_by_id):
        return Decision(N_("What others report or note about a text is not for whoever wrote or posted it."))
    return may_see_people(actor)


def may_sanction(actor: Person | None, person: Person) -> Decision:
    """A moderator warns, pauses and blocks others; somebody who works here only if they are an organiser as well."""
    if actor is None or not actor.is_moderator:
        return Decision(N_("Only moderators warn, pause or block somebody."))
    if actor.id == person.id:
        return Decision(N_("This is you. Another moderator decides about you."))
    if person.erased_at is not None:
        return Decision(N_("This account has been erased. There is nobody left to tell."))
    if person.is_staff and not actor.is_organiser:
        return Decision(N_("This person works for the site. Only an organiser decides about them."))
    return YES


def may_sweep(actor: Person | None, person: Person, *, has_stake: bool) -> Decision:
    """Taking everything of somebody off the site decides on each of their texts, so it asks no less than that does."""
    may = may_sanction(actor, person)
    if may and has_stake:
        return Decision(
            N_(
                "You reported a text of this person, or posted an idea for them. Another moderator takes everything"
                " off the site."
            )
        )
    return may


def may_impose(kind: SanctionKind, ends_at: datetime | None, now: datetime) -> Decision:
    """A pause ends within ninety days; a block some day, or when somebody lifts it; a warning is over at once."""
    if kind == SanctionKind.PAUSE and (
        ends_at is None or not SHORTEST_PAUSE <= ends_at - now <= LONGEST_PAUSE
    ):
        return Decision(N_("A pause lasts between 1 and 90 days."))
    if kind == SanctionKind.BLOCK and ends_at is not None and ends_at <= now:
        return Decision(N_("The end of a block lies in the future."))
    return YES


def is_known_for_abuse(right: int, kept: int) -> bool:
    """Whether most of somebody's reports turned out unfounded; those nobody judged yet say nothing."""
    judged = right + kept
    return judged >= JUDGED and kept / judged >= UNFOUNDED


def has_standing(person: Person, right: int, kept: int, now: datetime) -> bool:
    """Whether a report of this person helps to take a text off the site until a moderator has looked.

    right, kept: how many of their earlier reports moderators agreed with, and how many texts they left.
    """
    if person.erased_at is not None or person.is_blocked(now) or person.is_paused(now):
        return False
    return now - person.created_at >= NEW and not is_known_for_abuse(right, kept)


def may_report_without_account(open_reports: int) -> Decision:
    """Anybody may lay a text before the moderators, as long as it tells them anything new."""
    if open_reports >= MOST_WITHOUT_ACCOUNT:
        return Decision(
            N_("Many people have reported this text already. The moderators know; you need not do it again.")
        )
    return YES
