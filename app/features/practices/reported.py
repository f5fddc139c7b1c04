"""Reported examples before the moderators: leave it in the library, or take it out; requests in, answers out."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.db import db
from app.domain.decision import Decision
from app.domain.lifecycle import RefusalReason
from app.features.practices import judging
from app.features.practices.forms import KeepForm, TakeOutForm
from app.features.practices.routes import bp as bp
from app.kit import clock, doors
from app.kit.identity import the_person
from app.models.moderation import ModerationVerb
from app.models.practice import Practice, PracticeState
from app.policies.moderation import may_decide
from app.records import reporters, reports


@bp.get("/moderatie/praktijken/<int:practice_id>/meldingen")
@doors.moderator
def reported(practice_id: int) -> ResponseReturnValue:
    """One example with the reports on it."""
    return _page(_practice(practice_id))


@bp.post("/moderatie/praktijken/<int:practice_id>/laten-staan")
@doors.moderator
def keep(practice_id: int) -> ResponseReturnValue:
    """Close the reports and leave the example where it is."""
    practice, form = _practice(practice_id), KeepForm(prefix="keep-")
    _may(practice).or_raise()
    if not form.validate_on_submit():
        return _page(practice, keeping=form)
    sentence = str(form.sentence.data)
    try:
        judging.close(
            the_person(), practice, ModerationVerb.KEEP, None, sentence, clock.now(), form.reports.data
        )
    except judging.NewReport as no:
        db.session.rollback()
        return _page(_practice(practice_id), keeping=form, overtaken=no)
    flash(_("The text stays as it is. Who reported it hears why."))
    return redirect(url_for("moderation.queue"), code=303)


@bp.post("/moderatie/praktijken/<int:practice_id>/weghalen")
@doors.moderator
def take_out(practice_id: int) -> ResponseReturnValue:
    """Take the example out of the library."""
    practice, form = _practice(practice_id), TakeOutForm(prefix="out-")
    _may(practice).or_raise()
    if not form.validate_on_submit():
        return _page(practice, taking=form)
    reason, sentence = RefusalReason(form.reason.data), str(form.sentence.data)
    judging.close(the_person(), practice, ModerationVerb.HIDE, reason, sentence, clock.now())
    flash(_("The example is out of the library. Who suggested and who reported it hear of it."))
    return redirect(url_for("moderation.queue"), code=303)


def _practice(practice_id: int) -> Practice:
    return db.get_or_404(Practice, practice_id)


def _may(practice: Practice) -> Decision:
    author = judging.author_of(practice)
    found = reports.reporters(reports.open_reports(practice))
    return may_decide(the_person(), author.id if author else 0, found)


def _page(
    practice: Practice,
    keeping: KeepForm | None = None,
    taking: TakeOutForm | None = None,
    overtaken: judging.NewReport | None = None,
) -> ResponseReturnValue:
    found, author = reports.open_reports(practice), judging.author_of(practice)
    if practice.state == PracticeState.SUGGESTED and author is None:
        abort(404)
    sent = keeping or taking
    keeping = keeping or KeepForm(prefix="keep-", formdata=None)
    keeping.reports.data = frozenset(report.id for report in found)
    page = render_template(
        "practices/reported.html",
        practice=practice,
        author=author,
        reports=found,
        records=reporters.figures(reports.reporters(found)),
        none=reporters.NONE,
        may=_may(practice),
        keeping=keeping,
        taking=taking or TakeOutForm(prefix="out-", formdata=None),
        sent=sent,
        overtaken=overtaken.decision if overtaken else None,
    )
    return page, 409 if overtaken else 400 if sent else 200
