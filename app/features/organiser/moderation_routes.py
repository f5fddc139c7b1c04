"""The page on which organisers choose how the texts of a process are moderated."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.db import db
from app.domain.decision import NotAllowed
from app.features.organiser import moderation_rules as rules
from app.features.organiser.moderation_form import Sheet, opened_sentence
from app.features.organiser.service import Overtaken
from app.kit import clock, doors
from app.kit.identity import the_person
from app.models.process import Process

bp = Blueprint("moderation_settings", __name__)


@bp.get("/beheer/trajecten/<slug>/moderatie")
@doors.organiser
def show(slug: str) -> ResponseReturnValue:
    """How the texts of a process are moderated."""
    return _page(_process(slug))


@bp.post("/beheer/trajecten/<slug>/moderatie")
@doors.organiser
def choose(slug: str) -> ResponseReturnValue:
    """Choose it anew."""
    process = _process(slug)
    sheet = Sheet(process, rules.calls_of(process.id), sent=True)
    if not sheet.validate():
        return _page(process, 400, sheet)
    seen, why = str(sheet.reason.seen.data), str(sheet.reason.reason.data)
    try:
        opened = rules.choose(the_person(), process, sheet.wanted(), seen, why, clock.now())
    except Overtaken as error:
        db.session.rollback()
        return _page(_process(slug), 409, sheet, error)
    flash(_("Texts are moderated like this from now on."))
    if opened:
        flash(opened_sentence(opened))
    return redirect(url_for("moderation_settings.show", slug=slug), code=303)


def _process(slug: str) -> Process:
    return db.first_or_404(select(Process).where(Process.slug == slug))


def _page(
    process: Process,
    status_code: int = 200,
    sent: Sheet | None = None,
    overtaken: NotAllowed | None = None,
) -> ResponseReturnValue:
    calls = rules.calls_of(process.id)
    return (
        render_template(
            "organiser/moderation.html",
            process=process,
            sheet=sent or Sheet(process, calls, sent=False),
            sent=sent,
            mark=rules.mark(rules.plain(process, calls)),
            overtaken=overtaken.decision if overtaken else None,
            at_once=rules.AT_ONCE,
        ),
        status_code,
    )
