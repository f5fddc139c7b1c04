"""Fills the desk of the moderators: texts that wait, a wave of spam, and a long audit log with a chain that holds."""

import secrets
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import func, insert, select, update

from app.db import db
from app.domain.audit_chain import Line, content_of, digest_of
from app.domain.ballot import Group
from app.domain.lifecycle import IdeaState
from app.models.audit import AuditEntry, AuditHead
from app.models.idea import Idea
from app.models.person import Person
from app.models.process import Call
from app.models.queue import QueueItem, QueueKind
from app.records import audit_log

PART = 500
SAME = "f" * 32
"""The mark of texts that say nearly the same."""
Row = dict[str, Any]


def accounts(app: Flask, number: int) -> list[int]:
    """People who only write."""
    now = datetime.now(UTC)
    with app.app_context():
        first = (db.session.scalar(select(func.max(Person.id))) or 0) + 1
        _put(
            Person,
            (
                {
                    "id": first + place,
                    "email": f"schrijver{first + place}@bench.example",
                    "name": f"Schrijver {first + place}",
                    "group": Group.RESIDENT,
                    "created_at": now,
                    "confirmed_at": now,
                }
                for place in range(number)
            ),
        )
        _go_on_from("person")
        db.session.commit()
        return list(range(first, first + number))


def texts(app: Flask, call_id: int, authors: Sequence[int], number: int, *, same: bool = False) -> list[int]:
    """Ideas that wait for a moderator, each with its item in the queue; the numbers of the items."""
    now = datetime.now(UTC)
    with app.app_context():
        process = db.session.scalars(select(Call.process_id).where(Call.id == call_id)).one()
        idea = (db.session.scalar(select(func.max(Idea.id))) or 0) + 1
        item = (db.session.scalar(select(func.max(QueueItem.id))) or 0) + 1

        def since(place: int) -> datetime:
            return now - timedelta(hours=30) + timedelta(seconds=10 * place)

        _put(
            Idea,
            (
                {
                    "id": idea + place,
                    "call_id": call_id,
                    "author_id": authors[place % len(authors)],
                    "title": "Goedkope leningen voor iedereen" if same else f"Een plan voor straat {place}",
                    "summary": "Een zin die zegt waar het over gaat.",
                    "body": "Hier staat de uitleg van het plan, zoals iemand die zou schrijven. " * 8,
                    "state": IdeaState.SUBMITTED,
                    "created_at": since(place),
                    "submitted_at": since(place),
                }
                for place in range(number)
            ),
        )
        _put(
            QueueItem,
            (
                {
                    "id": item + place,
                    "kind": QueueKind.IDEA,
                    "key": f"idea:{idea + place}",
                    "process_id": process,
                    "call_id": call_id,
                    "idea_id": idea + place,
                    "author_id": authors[place % len(authors)],
                    "sameness": SAME if same else f"{place:032x}",
                    "waits_since": since(place),
                    "due_at": since(place) + timedelta(hours=24),
                }
                for place in range(number)
            ),
        )
        for table in ("idea", "queue_item"):
            _go_on_from(table)
        db.session.commit()
        return list(range(item, item + number))


def lines(app: Flask, number: int) -> None:
    """Lines in the audit log until there are so many, chained as the site chains them."""
    now = datetime.now(UTC)
    with app.app_context():
        head = audit_log.head()
        previous, first = head.digest, (head.entry_id or 0) + 1
        many = number - head.lines
        rows: list[Row] = []
        for place in range(many):
            row: Row = {
                "at": now - timedelta(days=300) + timedelta(seconds=place),
                "actor_id": None,
                "action": "moderation.publish",
                "subject_type": "idea",
                "subject_id": 1 + place % 200,
                "before": {"state": "submitted"},
                "after": {"state": "published"},
                "why": "Zo staat het in de huisregels.",
                "salt": secrets.token_hex(16),
                "redacted_at": None,
            }
            row["content_digest"] = content_of(row["salt"], row["before"], row["after"], row["why"])
            previous = digest_of(previous, Line(id=first + place, digest="", **row))
            rows.append({"id": first + place, **row, "digest": previous})
        _put(AuditEntry, iter(rows))
        values = {"entry_id": first + many - 1, "digest": previous, "lines": number}
        if db.session.get(AuditHead, 1) is None:
            db.session.add(AuditHead(id=1, **values))
        else:
            db.session.execute(update(AuditHead).values(**values))
        _go_on_from("audit_entry")
        db.session.commit()


def _put(table: type[Any], rows: Iterator[Row]) -> None:
    part: list[Row] = []
    for row in rows:
        part.append(row)
        if len(part) == PART:
            db.session.execute(insert(table), part)
            db.session.commit()  # others want to write as well
            part = []
    if part:
        db.session.execute(insert(table), part)


def _go_on_from(table: str) -> None:
    """Let the database give out the numbers after ours."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(
            db.text(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM \"{table}\"))"
            )
        )
