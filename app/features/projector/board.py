"""What the screen in the room shows, built once for everybody who looks: page and updates are the same thing."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import format_decimal, format_time, ngettext
from flask_babel import gettext as _
from sqlalchemy import select

from app.db import db
from app.domain.programme import PartKind
from app.domain.ranking import IdeaRanking, Method, number
from app.kit import i18n
from app.kit.kept import Kept
from app.models.idea import Idea
from app.models.workshop import AgendaItemKind
from app.records import agendas, frames, order
from app.records.agendas import Plans, WorkshopRow
from app.records.frames import Frame, ThemeTag

THEMES, IDEAS = 7, 5
"""Rows that can be read from the back of the room."""
LIFETIME = 0.3
"""Seconds that a board is shared; with the poll of the screen it keeps a vote within two seconds of the wall."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Board:
    """Everything on the screen, as values for the template and as the bytes of an update."""

    workshop: WorkshopRow
    frame: Frame
    content: Row
    body: bytes
    etag: str

    @property
    def is_hidden(self) -> bool:
        return bool(self.content["hidden"])


_boards: Kept[Board] = Kept("boards", LIFETIME)


def of_workshop(workshop_id: int, language: str, now: datetime) -> Board | None:
    """The board of a workshop in the language of the request, at most a moment old."""
    return _boards.get((workshop_id, language), lambda _stale: read(workshop_id, now))


def read(workshop_id: int, now: datetime) -> Board | None:
    """The same, from the database at this moment. While counts are hidden it holds none, nor any order."""
    workshop = agendas.workshop(workshop_id)
    frame = frames.of_call(workshop.call_slug) if workshop else None
    if workshop is None or frame is None:
        return None
    if frame.call.hides_counts(now):
        content: Row = {"hidden": True}
    else:
        plans = agendas.plans(workshop, now)
        sheet = order.read(workshop.call_id, frame.rules)
        tags = {tag.id: tag for tag in frame.themes}
        votes = int(sheet.tallies.for_.sum() + sheet.tallies.against.sum())
        content = {
            "hidden": False,
            "numbers": _numbers(votes, plans.numbers.get("voters", 0)),
            "scenes": _scenes(plans),
            "themas": _themes(plans.themes.get("rows", ()), tags),
            "ideeen": _ideas(sheet.ranking(Method.DRAAGVLAK)),
            "agenda": _agenda(workshop, frame, plans, tags),
        }
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return Board(workshop, frame, content, body, hashlib.sha256(body).hexdigest()[:20])


def _scenes(plans: Plans) -> dict[str, Row]:
    """Per scene its title and what it follows from: themes and agenda from the seal, ideas from the votes."""
    provisional = _("Provisional")
    stand = (
        _("Sealed: standing %(number)s", number=plans.sealed.number)
        if plans.sealed and plans.is_sealed
        else provisional
    )
    agenda = _("This is the agenda") if plans.is_sealed else _("This would be the agenda")
    if plans.is_ticked:
        agenda = f"{agenda}: {_('from the themes that people ticked')}"
    return {
        "themas": {"title": _("Which themes have the most support?"), "badge": stand},
        "ideeen": {"title": _("Which ideas have the most support?"), "badge": provisional},
        "agenda": {"title": agenda, "badge": stand},
    }


def _supporters(count: int | None) -> str:
    return "" if count is None else str(ngettext("%(num)d supporter", "%(num)d supporters", count))


def _numbers(votes: int, voters: int) -> str:
    cast = ngettext("%(count)s vote", "%(count)s votes", votes, count=format_decimal(votes))
    if not voters:
        return str(cast)
    people = ngettext("%(count)s person", "%(count)s people", voters, count=format_decimal(voters))
    return _("%(votes)s by %(people)s", votes=cast, people=people)


def _percent(share: float) -> str:
    return i18n.percent(share, "#,##0 %")


def _themes(rows: Sequence[Mapping[str, Any]], tags: Mapping[int, ThemeTag]) -> list[Row]:
    shown = [row for row in rows if row["id"] in tags][:THEMES]
    return [
        {
            "id": row["id"],
            "rank": row["rank"],
            "title": tags[row["id"]].title,
            "score": _percent(number(row["score"])),
            "note": _supporters(row["reach"]),
            "share": round(number(row["score"]), 2),
        }
        for row in shown
    ]


def _ideas(ranking: IdeaRanking) -> list[Row]:
    rows = ranking.rows(0, IDEAS)
    wanted = [int(row.id) for row in rows]
    titles = {
        row[0]: row[1] for row in db.session.execute(select(Idea.id, Idea.title).where(Idea.id.in_(wanted)))
    }
    return [
        {
            "id": int(row.id),
            "rank": row.rank,
            "title": titles[int(row.id)],
            "score": _percent(row.score or 0.0),
            "note": ngettext("%(num)d vote", "%(num)d votes", row.n),
            "share": round(row.score or 0.0, 2),
        }
        for row in rows
        if int(row.id) in titles
    ]


def _agenda(workshop: WorkshopRow, frame: Frame, plans: Plans, tags: Mapping[int, ThemeTag]) -> list[Row]:
    plan = plans.by[plans.usual or frame.rules.weighting]
    blocks = {item.id: item.title or _block(item.kind) for item in plans.fixed if item.is_block}
    total = sum(part.minutes for part in plan.parts) or 1
    rows: list[Row] = []
    for part in plan.parts:
        tag = tags.get(part.id) if part.kind is PartKind.THEME else None
        title = (
            tag.title
            if tag
            else _("Time to spare")
            if part.kind is PartKind.FREE
            else blocks.get(part.id, "")
        )
        rows.append(
            {
                "id": f"{part.kind}-{part.id}",
                "number": part.number,
                "title": title,
                "clock": _clock(workshop, part.begins),
                "minutes": _("%(minutes)s min", minutes=part.minutes),
                "tone": tag.accent if tag else 0,
                "start": round(part.begins / total, 5),
                "width": round(part.minutes / total, 5),
            }
        )
    return rows


def _block(kind: AgendaItemKind) -> str:
    return {
        AgendaItemKind.OPENING: _("Opening"),
        AgendaItemKind.BREAK: _("Break"),
        AgendaItemKind.CLOSING: _("Closing"),
    }.get(kind, "")


def _clock(workshop: WorkshopRow, begins: int) -> str:
    if workshop.starts_at is None:
        return ""
    return str(format_time(workshop.starts_at + timedelta(minutes=begins), "HH:mm"))
