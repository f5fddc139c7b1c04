"""The account of the moderators for everybody: a page, and the same figures as open data."""

import csv
import io
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.db import db
from app.features.moderation import public_log
from app.features.moderation.public_log import PERIOD, Account
from app.features.moderation.public_log_words import tables
from app.kit import clock, doors
from app.kit.moments import day_of
from app.models.process import Process
from app.records import processes

bp = Blueprint("public_log", __name__)
ALL = "alles"


@bp.get("/over/moderatie")
@doors.public
def show() -> ResponseReturnValue:
    """What was decided how often, for which rule, and how fast; never about whom."""
    now, is_all = clock.now(), _is_all()
    process = _process()
    found = db.session.execute(select(Process.slug, Process.title).order_by(Process.id.desc())).all()
    return render_template(
        "moderation/public_log.html",
        process=process,
        processes=[(row.slug, row.title) for row in found],
        tables=tables(_account(process, now)) if process else [],
        is_all=is_all,
        address={"traject": process.slug if process else None, "periode": ALL if is_all else None},
        promised=process.promised_hours if process else 0,
        appeal_days=process.appeal_days if process else 0,
        moment=now,
    )


@bp.get("/over/moderatie.json")
@doors.public
def as_json() -> ResponseReturnValue:
    """The figures for machines."""
    process, now = _process() or abort(404), clock.now()
    rows = [
        {"part": part, "subject": subject, "detail": detail, "number": number}
        for part, subject, detail, number in public_log.lines(_account(process, now))
    ]
    return jsonify({"schema": "moderatie@1", **_about(process, now), "figures": rows})


@bp.get("/over/moderatie.csv")
@doors.public
def as_csv() -> ResponseReturnValue:
    """The same as a table for spreadsheets."""
    process, now = _process() or abort(404), clock.now()
    paper = io.StringIO()
    writer = csv.writer(paper)
    writer.writerow(("part", "subject", "detail", "number"))
    for part, subject, detail, number in public_log.lines(_account(process, now)):
        writer.writerow((part, subject, detail, "" if number is None else number))
    name = f"moderatie-{process.slug}.csv"
    return Response(
        paper.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _process() -> Process | None:
    """The process that the address names, else the current one."""
    slug = request.args.get("traject", "")
    if not slug:
        return processes.current_process()
    return db.session.scalar(select(Process).where(Process.slug == slug)) or abort(404)


def _is_all() -> bool:
    return request.args.get("periode") == ALL


def _account(process: Process, now: datetime) -> Account:
    return public_log.of(process.id, None if _is_all() else now - PERIOD, now)


def _about(process: Process, now: datetime) -> dict[str, Any]:
    """Which process and period the figures are about."""
    since = process.starts_at if _is_all() else now - PERIOD
    return {
        "process": process.slug,
        "period": "all" if _is_all() else f"{PERIOD.days} days",
        "from": day_of(since).isoformat(),
        "until": day_of(now).isoformat(),
    }
