"""Waves of spam for moderators: the groups, one of them before it goes, and the two steps: requests in, answers out."""

from datetime import UTC, datetime

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.db import db
from app.domain.decision import NotAllowed
from app.domain.house_rules import HOUSE_RULES
from app.features.waves import forms, queries, service
from app.features.waves.queries import By
from app.kit import clock, doors
from app.kit.identity import the_person
from app.policies.friction import has_standing
from app.policies.waves import can_go_along, goes_along
from app.records import pressure, stakes
from app.records.sweeping import Ruling

bp = Blueprint("waves", __name__)
BACK = (10, 60, 1440)
"""How many minutes of new accounts can be looked at together."""
LISTED = 60
"""Accounts that the page lists by name; it counts the others."""


@bp.get("/moderatie/golf")
@doors.moderator
def index() -> ResponseReturnValue:
    """What waits and may be a wave, and what was cleaned up lately."""
    now = clock.now()
    return render_template(
        "waves/index.html",
        groups=queries.groups(now),
        newcomers=queries.newcomers(now, BACK),
        cleaned=queries.cleaned(now),
        level=pressure.level(now),
    )


@bp.get("/moderatie/golf/<by>/<mark>")
@doors.moderator
def show(by: str, mark: str) -> ResponseReturnValue:
    """Everything that would go, before anything does."""
    form = forms.CleanForm()
    form.until.data = clock.now().isoformat()
    return _group_page(_by(by, mark), mark, form)


@bp.post("/moderatie/golf/<by>/<mark>")
@doors.moderator
def clean(by: str, mark: str) -> ResponseReturnValue:
    """Clean it up, in one step."""
    form = forms.CleanForm()
    if not form.validate():
        return _group_page(_by(by, mark), mark, form, 400)
    ruling = Ruling(str(form.sentence.data), form.chosen)
    swept = service.clean(
        the_person(),
        _by(by, mark),
        mark,
        _until(form),
        set(form.named.data or []),
        ruling,
        clock.now(),
        blocks=bool(form.blocks.data),
    )
    flash(
        ngettext(
            "%(num)s text has been cleaned up. You can put it back below.",
            "%(num)s texts have been cleaned up. You can put them back below.",
            swept.hidden + swept.refused,
        )
    )
    return redirect(url_for("waves.index"), code=303)


@bp.post("/moderatie/golf/terugdraaien/<batch>")
@doors.moderator
def undo(batch: str) -> ResponseReturnValue:
    """Put a cleaned wave back."""
    try:
        back = service.undo(the_person(), batch, clock.now())
    except NotAllowed as no:
        db.session.rollback()
        flash(_(no.decision.refusal, **no.decision.values), "warning")
        return redirect(url_for("waves.index"), code=303)
    flash(
        ngettext(
            "%(num)s text is back as it was.",
            "%(num)s texts are back as they were.",
            back.hidden + back.refused,
        )
    )
    return redirect(url_for("waves.index"), code=303)


def _by(word: str, mark: str) -> By:
    by = By(word) if word in list(By) else abort(404)
    return by if queries.is_mark(by, mark) else abort(404)


def _until(form: forms.CleanForm) -> datetime:
    """The moment of the preview; never later than now."""
    now = clock.now()
    try:
        moment = datetime.fromisoformat(form.until.data or "")
        return min(now, moment.astimezone(UTC)) if moment.tzinfo else now
    except (ValueError, OverflowError):  # also a moment before the first year
        return now


def _group_page(by: By, mark: str, form: forms.CleanForm, status: int = 200) -> ResponseReturnValue:
    now, moderator, until = clock.now(), the_person(), _until(form)
    group = queries.group(by, mark, until, now)
    if group is None:
        return render_template("waves/gone.html"), status
    authors = queries.authors(by, mark, until)
    named = set(form.named.data or [])
    held = stakes.among([author.id for author in authors], moderator.id)
    going = [author for author in authors if goes_along(moderator, author, named, held, now)]
    known = [
        author for author in authors if has_standing(author, now) and can_go_along(moderator, author, held)
    ]
    return (
        render_template(
            "waves/group.html",
            group=group,
            form=form,
            going=going[:LISTED],
            further=max(0, len(going) - LISTED),
            known=known[:LISTED],
            left_out=[author for author in authors if not can_go_along(moderator, author, ())],
            held=[author for author in authors if author.id in held and can_go_along(moderator, author, ())],
            holding=queries.holding([author.id for author in going]),
            samples=queries.samples(by, mark, until),
            rules={
                reason.value: _("House rule %(number)d: %(rule)s", number=rule.number, rule=_(rule.sentence))
                for reason, rule in HOUSE_RULES.items()
            },
        ),
        status,
    )
