"""Reporting a text: with an account, or by one clear page without: requests in, answers out.

Whoever is signed out chooses on the form: sign in, and the report waits until they are back; or send it as it is, with
an address to hear what came of it if they like.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from flask import abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.domain.decision import Decision, NotAllowed
from app.features.discussion import places, queries, service
from app.features.discussion.forms import ReportForm, StrangerReportForm
from app.features.discussion.queries import ArgumentHead, PracticeHead
from app.kit import mail, proof
from app.kit.i18n import language
from app.kit.identity import DRAFT
from app.models.moderation import ReportReason
from app.models.person import Person
from app.policies.discussion import may_report
from app.policies.friction import REPORT
from app.records import drafts, friction, heads, reporting
from app.records.heads import IdeaHead
from app.records.reporting import Complaint, Filed

KINDS = ("report_idea", "report_argument", "report_practice")
"""The names of these pages, and of what is kept of them for somebody who signs in first."""


@dataclass(frozen=True, slots=True)
class Reported:
    """The text that a report is about, as the page shows it."""

    kind: str
    """`idea`, `argument` or `practice`."""
    id: int
    text: IdeaHead | ArgumentHead | PracticeHead
    title: str
    """Of the text, or of the idea that it belongs to."""
    way_out: str
    """Where the text stands."""

    @property
    def page(self) -> str:
        """The name of the page with the form."""
        return f"report_{self.kind}"

    @property
    def address(self) -> str:
        """The page with the form."""
        return address_of(self.kind, self.id)


def address_of(kind: str, number: int) -> str:
    """The page with the form to report a text."""
    if kind == "idea":
        return url_for("discussion.report_idea", idea_id=number)
    if kind == "argument":
        return url_for("discussion.report_argument", argument_id=number)
    return url_for("discussion.report_practice", practice_id=number)


def find(kind: str, number: int) -> Reported | None:
    """The text with this number, if readers find it on the site."""
    if kind == "practice":
        practice = queries.practice(number)
        if practice is None:
            return None
        return Reported(kind, number, practice, practice.title, url_for("practices.show", slug=practice.slug))
    argument = queries.argument(number) if kind == "argument" else None
    if kind == "argument" and (argument is None or not argument.is_shown):
        return None
    idea = heads.of_idea(argument.idea_id if argument else number)
    if idea is None or not idea.is_readable:
        return None
    if argument is None:
        return Reported(kind, number, idea, idea.title, url_for("ideas.show", idea_id=idea.id))
    way_out = places.of_text(idea.id, argument.id, argument.top_id)
    return Reported(kind, number, argument, idea.title, way_out)


def page(kind: str, number: int, person: Person | None, now: datetime) -> ResponseReturnValue:
    """Show the form or take what it sends."""
    reported = find(kind, number) or abort(404)
    if person is None:
        return _stranger(reported, now)
    form = ReportForm()
    decision = may_report(person, reported.text.author_id, now)
    if not decision:
        return _no(reported, decision)
    if not form.validate_on_submit():
        again = reporting.has_reported(person.id, kind, number)
        return _form(reported, form, now, again=again)
    complaint = Complaint(ReportReason(form.reason.data), form.explanation.data or "")
    filed = service.report(person, kind, number, complaint, now, _used_draft(reported, now))
    flash(*thanks(filed))
    return redirect(onwards(reported, filed), code=303)


def _stranger(reported: Reported, now: datetime) -> ResponseReturnValue:
    """Whoever is signed out: keep what they typed and let them sign in, or take the report as it is."""
    form, how = StrangerReportForm(), request.form.get("how", "")
    if request.method == "POST" and how != "without":
        # Also the form of somebody whose session ended while they typed.
        typed = {"reason": form.reason.data or "", "explanation": form.explanation.data or ""}
        if any(typed.values()):
            session[DRAFT] = service.keep_for_later(
                reported.page, reported.id, typed, now, session.get(DRAFT, "")
            )
        return redirect(url_for("accounts.sign_in", next=reported.address), code=303)
    if not form.validate_on_submit():
        return _form(reported, form, now)
    # It costs a program work as well, whatever the pressure: nobody knows who this is.
    if not friction.refusal(REPORT, proof.sent(), None, now):
        return _form(reported, form, now, status=429)
    try:
        filed = service.report(
            None,
            reported.kind,
            reported.id,
            Complaint(
                ReportReason(form.reason.data),
                form.explanation.data or "",
                mail.clean_address(form.email.data) if form.email.data else "",
                language(),
            ),
            now,
            _used_draft(reported, now),
        )
    except NotAllowed as no:
        return _no(reported, no.decision)
    # The same the second time: anybody can fill in the address of somebody else to learn whether they reported it.
    flash(*thanks(replace(filed, is_first=True), told=bool(form.email.data)))
    return redirect(reported.way_out, code=303)


def thanks(filed: Filed, *, told: bool = False) -> tuple[str, str]:
    """What the person reads afterwards, and the kind of notification."""
    if not filed.is_first:
        return _("You reported this text before. The moderators know; you need not do it again."), "info"
    if filed.recalled:
        return (
            _(
                "Thank you for your report. Others reported this text as well."
                " It is off the site until a moderator has looked."
            ),
            "success",
        )
    if told:
        return _(
            "Thank you for your report. We write to you when a moderator has looked at this text."
        ), "success"
    return _("Thank you for your report. The moderators will look at this text."), "success"


def onwards(reported: Reported, filed: Filed) -> str:
    """Back to the text, or to where others like it are when it is gone."""
    if filed.recalled and reported.kind != "argument":
        return url_for("ideas.index" if reported.kind == "idea" else "practices.index")
    return reported.way_out


def _no(reported: Reported, decision: Decision) -> ResponseReturnValue:
    """Say no, and hand back what was typed."""
    text = request.form.get("explanation", "")
    sentence = _(decision.refusal, **decision.values)
    return render_template("discussion/kept.html", writing=reported, sentence=sentence, text=text), 403


def _form(
    reported: Reported,
    form: ReportForm | StrangerReportForm,
    now: datetime,
    *,
    again: bool = False,
    status: int = 400,
) -> ResponseReturnValue:
    shown = {"writing": reported, "form": form, "again": again}
    if request.method == "POST":
        return render_template("discussion/report.html", **shown), status
    if waiting := _waiting(reported, now):
        form.process(data=waiting)
    return render_template("discussion/report.html", waiting=bool(waiting), **shown)


def _waiting(reported: Reported, now: datetime) -> dict[str, str] | None:
    waiting = drafts.find(reported.page, session.get(DRAFT, ""), now)
    return waiting if waiting and waiting.get("subject") == reported.id else None


def _used_draft(reported: Reported, now: datetime) -> str:
    """The token of the kept text that is being sent now, taken out of the session."""
    return session.pop(DRAFT) if _waiting(reported, now) else ""


def too_often(kind: str, number: int, sentence: str) -> ResponseReturnValue:
    """Hand the text back to somebody who reports too fast."""
    reported = find(kind.removeprefix("report_"), number) or abort(404)
    text = request.form.get("explanation", "")
    return render_template("discussion/kept.html", writing=reported, sentence=sentence, text=text), 429
