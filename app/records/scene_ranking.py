"""The ranking of themes and of ideas on the screen, with how places moved since the standing was sealed last."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from sqlalchemy import select

from app.db import db
from app.domain.lifecycle import IdeaState
from app.domain.ranking import Method, number
from app.kit import i18n
from app.models.idea import Idea
from app.models.person import Person
from app.records import standings, stands
from app.records.agenda_plans import Plans
from app.records.evening import Evening

THEMES, IDEAS = 7, 5
"""Rows that can be read from the back of the room."""

Row = dict[str, Any]


def badge(plans: Plans | None) -> str:
    """What a picture follows from: a sealed standing with its number, or the votes of now."""
    if plans and plans.sealed and plans.is_sealed:
        return str(_("Sealed: standing %(number)s", number=plans.sealed.number))
    return str(_("Provisional"))


def themes(evening: Evening, plans: Plans, now: datetime) -> Row:
    """The themes as sealed while no vote moved since; as they stand now, with their moves, once one did."""
    tags = {tag.id: tag for tag in evening.frame.themes}
    record, moves = plans.themes, {}
    mark = badge(plans)
    since = ""
    if plans.sealed and plans.is_sealed and plans.votes_moved:
        found = themes_now(evening, now)
        if found is not None:
            moves = {row["id"]: row["rank"] for row in plans.themes.get("rows", ())}
            record, mark, since = found, _("Provisional"), _since(plans)
    shown = [row for row in record.get("rows", ()) if row["id"] in tags][:THEMES]
    return {
        "badge": mark,
        "since": since,
        "numbers": _numbers(evening, plans),
        "rows": [
            {
                "id": row["id"],
                "rank": row["rank"],
                "title": tags[row["id"]].title,
                "score": i18n.percent(number(row["score"]), "#,##0 %"),
                "note": _supporters(row["reach"]),
                "share": round(number(row["score"]), 2),
                "by": "",
            }
            | _moved(row["rank"], moves.get(row["id"]), bool(since))
            for row in shown
        ],
    }


def themes_now(evening: Evening, now: datetime) -> Mapping[str, Any] | None:
    """The ranking of themes as last computed from the votes, also when a sealed one counts."""

    def read() -> Mapping[str, Any] | None:
        kept = standings.current(evening.frame.call.id, standings.THEMES, now)
        return kept.data if kept else None

    return evening.once("themes", read)


def ideas(evening: Evening, plans: Plans) -> Row:
    """The ideas as the votes rank them now, with their moves since the standing that was sealed last."""
    sheet = evening.sheet
    rows = sheet.ranking(Method.DRAAGVLAK).rows(0, IDEAS)
    known = titles_of([int(row.id) for row in rows])
    before: Mapping[Any, Any] = {}
    if plans.sealed:
        before = {
            row["id"]: row["rank"] for row in stands.ideas(stands.document(plans.sealed.digest))["rows"]
        }
    return {
        "badge": _("Provisional"),
        "since": _since(plans) if plans.sealed else "",
        "numbers": _counted(int(sheet.tallies.for_.sum() + sheet.tallies.against.sum()), plans),
        "rows": [
            {
                "id": int(row.id),
                "rank": row.rank,
                "title": known[int(row.id)][0],
                "by": known[int(row.id)][1],
                "score": i18n.percent(row.score or 0.0, "#,##0 %"),
                "note": ngettext("%(num)d vote", "%(num)d votes", row.n),
                "share": round(row.score or 0.0, 2),
            }
            | _moved(row.rank, before.get(int(row.id)), plans.sealed is not None)
            for row in rows
            if int(row.id) in known
        ],
    }


def titles_of(wanted: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Title and name of the author of these ideas, as far as they are on the site; one statement."""
    rows = db.session.execute(
        select(Idea.id, Idea.title, Person.name)
        .join(Person, Person.id == Idea.author_id)
        .where(Idea.id.in_(wanted), Idea.state == IdeaState.PUBLISHED)
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def _moved(rank: int | None, before: int | None, compares: bool) -> Row:
    """How far a row moved since the seal, as a sign and in words; both empty where it did not."""
    if not compares or rank is None or rank == before:
        return {"move": "", "moved": "", "way": ""}
    if before is None:
        return {"move": _("new"), "moved": _("new since the seal"), "way": "up"}
    places = abs(before - rank)
    if rank < before:
        said = ngettext("%(num)d place up", "%(num)d places up", places)
        return {"move": f"▲{places}", "moved": said, "way": "up"}
    said = ngettext("%(num)d place down", "%(num)d places down", places)
    return {"move": f"▼{places}", "moved": said, "way": "down"}


def _since(plans: Plans) -> str:
    assert plans.sealed is not None
    return str(_("▲ and ▼: moved since standing %(number)s", number=plans.sealed.number))


def _supporters(count: int | None) -> str:
    return "" if count is None else str(ngettext("%(num)d supporter", "%(num)d supporters", count))


def _numbers(evening: Evening, plans: Plans) -> str:
    sheet = evening.sheet
    return _counted(int(sheet.tallies.for_.sum() + sheet.tallies.against.sum()), plans)


def _counted(votes: int, plans: Plans) -> str:
    cast = ngettext("%(count)s vote", "%(count)s votes", votes, count=format_decimal(votes))
    voters = plans.numbers.get("voters", 0)
    if not voters:
        return str(cast)
    people = ngettext("%(count)s person", "%(count)s people", voters, count=format_decimal(voters))
    return str(_("%(votes)s by %(people)s", votes=cast, people=people))
