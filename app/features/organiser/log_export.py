"""Lines of the audit log as a file: for a spreadsheet, or as the JSON lines that `flask audit verify` reads."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

from flask_babel import gettext as _

from app.db import begin_read, db
from app.domain.audit_chain import Head, Line
from app.features.organiser import log_lines
from app.features.organiser.log_filter import LogFilter
from app.kit import audit
from app.kit.audit_words import action_words
from app.models.audit import AuditEntry, AuditHead
from app.models.person import Person
from app.records import audit_log


class Form(StrEnum):
    """What kind of file."""

    CSV = "csv"
    JSON = "jsonl"


def take(organiser: Person, chosen: LogFilter, form: Form, now: datetime) -> Iterator[str]:
    """The lines that were chosen, in parts, as the log was just before: taking them leaves a line itself.

    A file of everything ends with the head and can be checked by itself.
    """
    head = audit_log.head()
    within = [*chosen.conditions(), AuditEntry.id <= (head.entry_id or 0)]
    told: dict[str, object] = {"format": form.value, "count": log_lines.count_lines(within)}
    if chosen:
        told["filter"] = "&".join(f"{name}={value}" for name, value in chosen.address().items())
    audit.record(organiser, "audit.export", AuditHead(id=1), now, after=told)
    db.session.commit()
    return _as_csv(chosen, head) if form == Form.CSV else _as_json(chosen, head)


def _batches(chosen: LogFilter, head: Head) -> Iterator[list[Line]]:
    """The lines in batches, each read by itself: whoever downloads slowly keeps nobody from writing."""
    last: int | None = None
    while True:
        begin_read()
        rows = audit_log.batch(last, head.entry_id or 0, chosen.conditions())
        if not rows:
            db.session.rollback()
            return
        last = rows[-1].id
        yield rows


def _as_json(chosen: LogFilter, head: Head) -> Iterator[str]:
    for rows in _batches(chosen, head):
        db.session.rollback()
        yield "".join(audit_log.as_json(line) + "\n" for line in rows)
    if not chosen:
        yield audit_log.head_as_json(head) + "\n"


def _as_csv(chosen: LogFilter, head: Head) -> Iterator[str]:
    titles = [
        _("Line"),
        _("Moment"),
        _("Who"),
        _("What"),
        _("Code"),
        _("Kind of subject"),
        _("Number of subject"),
    ]
    yield "\ufeff" + _table(
        [[*titles, _("Before"), _("After"), _("Why?"), _("Words removed"), _("Fingerprint")]]
    )
    for rows in _batches(chosen, head):
        names = log_lines.names_of(line.actor_id for line in rows)
        db.session.rollback()
        yield _table([_cells(line, names) for line in rows])


def _cells(line: Line, names: dict[int | None, str]) -> list[str]:
    who = _("The server") if line.actor_id is None else names.get(line.actor_id) or _("A participant")
    return [
        str(line.id),
        line.at.isoformat(timespec="seconds"),
        who,
        action_words(line.action),
        line.action,
        line.subject_type,
        "" if line.subject_id is None else str(line.subject_id),
        *(json.dumps(value, ensure_ascii=False) if value else "" for value in (line.before, line.after)),
        line.why,
        line.redacted_at.isoformat(timespec="seconds") if line.redacted_at else "",
        line.digest,
    ]


def _table(rows: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows([map(_harmless, row) for row in rows])
    return out.getvalue()


def _harmless(text: str) -> str:
    """A spreadsheet takes a text that begins like this for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
