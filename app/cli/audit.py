"""The audit log as a chain: compute it anew, take it out, tell its head."""

import json
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from app.cli.refusal import Refusal
from app.db import begin_snapshot, db
from app.domain.audit_chain import Head, Line, Verdict
from app.records import audit_log

audit = AppGroup("audit", help="The audit log as a chain: compute it anew, take it out, tell its head.")
EVERY = 50_000
"""Lines between two words of how far it is."""
_NO_EXPORT = "{file}, line {number}: this is not a line of `flask audit export`."


@audit.command("head")
def head() -> None:
    """Print the head of the chain, to be kept somewhere else: it proves later that nothing was taken out."""
    click.echo(audit_log.head().digest)


@audit.command("verify")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--head", "noted", help="A head that was noted before; it has to be in the chain.")
def verify(file: Path | None, noted: str | None) -> None:
    """Compute every digest anew, of the site or of an exported FILE; ends 1 at the first line that differs."""
    if noted is not None and not re.fullmatch(r"[0-9a-f]{64}", noted):
        raise Refusal("A head is 64 hexadecimal digits, as `flask audit head` prints them.")
    verdict = audit_log.verify(noted, _step) if file is None else _of_file(file, noted)
    if verdict.broken is not None:
        click.echo(str(verdict.broken))
        sys.exit(1)
    click.echo(f"{verdict.lines:,} lines, head {verdict.digest}")
    if verdict.redacted:
        click.echo(f"The words of {verdict.redacted:,} of them are gone; later lines name them.")
    if verdict.noted is not None:
        click.echo(
            f"The noted head is that of line {verdict.noted}."
            if verdict.noted
            else "The noted head is that of an empty log."
        )


@audit.command("export")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
def export(file: Path) -> None:
    """Write all lines to FILE, one JSON object a line, the head as the last one; `flask audit verify FILE` reads it."""
    begin_snapshot()
    with file.open("w", encoding="utf-8") as out:
        for number, line in enumerate(audit_log.lines(), 1):
            out.write(audit_log.as_json(line) + "\n")
            _step(number)
        head = audit_log.head()
        out.write(audit_log.head_as_json(head) + "\n")
    db.session.rollback()
    click.echo(f"{head.lines:,} lines, head {head.digest}")


def _step(seen: int) -> None:
    if seen % EVERY == 0:
        click.echo(f"{seen:,} lines …", err=True)


def _of_file(file: Path, noted: str | None) -> Verdict:
    heads: list[Head] = []
    for number, record in _records(file):
        if "head" in record:
            heads.append(_head(file, number, record["head"]))

    def read() -> Iterator[Line]:
        return (_line(file, number, record) for number, record in _records(file) if "head" not in record)

    if not heads:
        raise Refusal(f"{file} has no head: it was cut off, or it holds only a part of the log.")
    return audit_log.verify_file(read, heads, noted, _step)


def _records(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    with file.open(encoding="utf-8") as lines:
        try:
            for number, text in enumerate(lines, 1):
                record = json.loads(text)
                if not isinstance(record, dict):
                    raise Refusal(_NO_EXPORT.format(file=file, number=number))
                yield number, record
        except (ValueError, RecursionError):
            raise Refusal(f"{file} is not a file of `flask audit export`.") from None


def _head(file: Path, number: int, record: Any) -> Head:
    try:
        return Head(record["entry_id"], str(record["digest"]), int(record["lines"]))
    except (KeyError, TypeError, ValueError):
        raise Refusal(_NO_EXPORT.format(file=file, number=number)) from None


def _line(file: Path, number: int, record: dict[str, Any]) -> Line:
    try:
        moments = {name: _moment(record[name]) for name in ("at", "redacted_at")}
        values = {name: record[name] for name in Line.__slots__} | moments
        if set(record) != set(values) or not isinstance(values["id"], int) or values["at"] is None:
            raise ValueError(number)
        if not all(isinstance(values[name], dict) for name in ("before", "after")):
            raise ValueError(number)
        if not all(isinstance(values[name], str) for name in ("salt", "digest", "content_digest", "why")):
            raise ValueError(number)
        return Line(**values)
    except (KeyError, TypeError, ValueError):
        raise Refusal(_NO_EXPORT.format(file=file, number=number)) from None


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).astimezone(UTC)
