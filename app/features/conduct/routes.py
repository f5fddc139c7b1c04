"""People before the moderators, and a measure before the person it is about: requests in, answers out."""

from datetime import timedelta

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.db import db
from app.domain.decision import Decision, NotAllowed
from app.domain.house_rules import HOUSE_RULES
from app.domain.lifecycle import RefusalReason
from app.features.conduct import forms, queries, service
from app.kit import clock, doors
from app.kit.errors import problem, wants_json
from app.kit.forms import Form
from app.kit.identity import the_person
from app.kit.limits import ROOM, limiter
from app.models.moderation import Sanction, SanctionKind, SanctionReason
from app.models.person import Person
from app.policies import conduct as policy
from app.policies.conduct import may_look_into, may_sanction
from app.records import appeals, sanctions
from app.records import reporters as known_reporters
from app.records.sanctions import Blocked, Measure
from app.records.sweeping import Ruling

bp = Blueprint("conduct", __name__)
LONGEST_SEARCH = 80


@bp.app_template_global()
def reporter_note(person_id: int | None) -> known_reporters.Figures:
    """How the earlier reports of somebody turned out, for the line of a report."""
    if person_id is None:
        return known_reporters.NONE
    return known_reporters.figures([person_id]).get(person_id, known_reporters.NONE)


@bp.app_template_global()
def may_read_remarks(author_id: int | None, posted_by_id: int | None = None) -> Decision:
    """Whether whoever looks may read who reported a text, and the notes on it."""
    return policy.may_read_remarks(the_person(), author_id, posted_by_id)


@bp.get("/moderatie/mensen")
@doors.moderator
def people() -> ResponseReturnValue:
    """Search people by name or number (`zoek`); first those whom moderators dealt with last."""
    words = " ".join(request.args.get("zoek", "").split())[:LONGEST_SEARCH]
    return render_template("conduct/people.html", words=words, found=queries.search(words, clock.now()))


@bp.get("/moderatie/melders")
@doors.moderator
def reporters() -> ResponseReturnValue:
    """People whose reports are mostly unfounded."""
    return render_template("conduct/reporters.html", reporters=known_reporters.mostly_unfounded())


@bp.get("/moderatie/mensen/<int:person_id>")
@doors.moderator
def person(person_id: int) -> ResponseReturnValue:
    """Everything that moderators may know of somebody else."""
    return _page(_person(person_id))


@bp.post("/moderatie/mensen/<int:person_id>/maatregel")
@doors.moderator
def impose(person_id: int) -> ResponseReturnValue:
    """Warn, pause or block."""
    whom, form, now = _person(person_id), forms.MeasureForm(prefix="measure-"), clock.now()
    may_sanction(the_person(), whom).or_raise()
    if not form.validate_on_submit():
        return _page(whom, "measure", form)
    kind = SanctionKind(form.kind.data)
    lasts = form.days.data if kind != SanctionKind.WARN else None
    measure = Measure(
        kind,
        SanctionReason(form.reason.data),
        str(form.sentence.data),
        now + timedelta(days=lasts) if lasts else None,
    )
    service.impose(the_person(), whom, measure, now)
    done = {
        SanctionKind.WARN: _("Warned. The person gets a mail with your words."),
        SanctionKind.PAUSE: _("Paused. The person gets a mail with your words."),
        SanctionKind.BLOCK: _("Blocked, and signed out everywhere. The person gets a mail with your words."),
    }
    flash(done[kind])
    return _back(whom)


@bp.post("/moderatie/maatregelen/<int:sanction_id>/opheffen")
@doors.moderator
def lift(sanction_id: int) -> ResponseReturnValue:
    """End a measure before its time."""
    sanction = db.get_or_404(Sanction, sanction_id)
    whom, form = sanction.person, forms.LiftForm(prefix=f"lift-{sanction_id}-")
    may_sanction(the_person(), whom).or_raise()
    if not form.validate_on_submit():
        return _page(whom, f"lift-{sanction_id}", form)
    service.lift(the_person(), sanction, str(form.sentence.data), clock.now())
    flash(_("Lifted. The person gets a mail with your words."))
    return _back(whom)


@bp.post("/moderatie/mensen/<int:person_id>/opruimen")
@doors.moderator
def sweep(person_id: int) -> ResponseReturnValue:
    """Take everything of an account off the site in one step."""
    whom, form = _person(person_id), forms.SweepForm(prefix="sweep-")
    service.may_take_all(the_person(), whom).or_raise()
    if not form.validate_on_submit():
        return _page(whom, "sweep", form)
    ruling = Ruling(str(form.sentence.data), RefusalReason(form.reason.data))
    swept = service.sweep(the_person(), whom, ruling, clock.now(), with_block=bool(form.block.data))
    flash(
        _(
            "Done: %(hidden)s texts hidden, %(refused)s refused. You can undo it below.",
            hidden=swept.hidden,
            refused=swept.refused,
        )
    )
    return _back(whom)


@bp.post("/moderatie/mensen/<int:person_id>/terugzetten")
@doors.moderator
def put_back(person_id: int) -> ResponseReturnValue:
    """Undo such a step."""
    whom, form = _person(person_id), forms.PutBackForm(prefix="back-")
    may_sanction(the_person(), whom).or_raise()
    if not form.validate_on_submit():
        return _page(whom, f"back-{form.batch.data}", form)
    swept = service.put_back(the_person(), whom, str(form.batch.data), str(form.sentence.data), clock.now())
    flash(_("%(number)s texts are where they were before.", number=swept.hidden + swept.refused))
    return _back(whom)


@bp.post("/moderatie/mensen/<int:person_id>/notitie")
@doors.moderator
def add_note(person_id: int) -> ResponseReturnValue:
    """Leave a note for other moderators."""
    whom, form = _person(person_id), forms.NoteForm(prefix="note-")
    may_look_into(the_person(), whom).or_raise()
    if not form.validate_on_submit():
        return _page(whom, "note", form)
    service.add_note(the_person(), whom, str(form.text.data), clock.now())
    flash(_("Your note stands below. Only moderators read it."))
    return redirect(url_for("conduct.person", person_id=whom.id, _anchor="notes"), code=303)


@bp.route("/maatregel/<token>", methods=["GET", "POST"])
@doors.public
@limiter.limit(ROOM, methods=["POST"])
def my_sanction(token: str) -> ResponseReturnValue:
    """What the moderators decided about somebody, for whoever holds the link in the mail; and their appeal."""
    sanction, now = sanctions.with_token(token) or abort(404), clock.now()
    form = forms.AppealForm()
    if form.validate_on_submit():
        try:
            service.appeal(sanction, str(form.text.data), now)
        except NotAllowed as no:
            db.session.rollback()
            return _measure_page(sanctions.with_token(token) or abort(404), token, form, no)
        return redirect(url_for("conduct.my_sanction", token=token), code=303)
    return _measure_page(sanction, token, form)


@bp.app_errorhandler(Blocked)
def blocked(error: Blocked) -> ResponseReturnValue:
    """Somebody who is blocked proved who they are: say why, until when, and how to appeal."""
    db.session.rollback()
    sentence = _(error.decision.refusal, **error.decision.values)
    if wants_json():
        return problem(403, sentence), 403
    sanction = db.session.get(Sanction, error.sanction_id) if error.sanction_id else None
    page = render_template(
        "conduct/blocked.html",
        sanction=sanction,
        sentence=sentence,
        token=sanctions.token_of(sanction) if sanction else "",
    )
    return _unkept(page, 403)


def _measure_page(
    sanction: Sanction, token: str, form: forms.AppealForm, no: NotAllowed | None = None
) -> Response:
    appeal, now = appeals.of(sanction), clock.now()
    page = render_template(
        "conduct/my_sanction.html",
        sanction=sanction,
        token=token,
        form=form,
        appeal=appeal,
        days=appeals.days_of(sanction),
        may=service.may_appeal(sanction, appeal, now),
        is_over=sanction.ends_at is not None and sanction.ends_at <= now,
    )
    return _unkept(page, 403 if no else 400 if form.is_submitted() else 200)


def _unkept(page: str, status: int) -> Response:
    """A page about one person that no browser, proxy or search engine keeps."""
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _person(person_id: int) -> Person:
    return db.get_or_404(Person, person_id)


def _back(whom: Person) -> ResponseReturnValue:
    return redirect(url_for("conduct.person", person_id=whom.id), code=303)


def _page(whom: Person, sent: str = "", filled: Form | None = None) -> ResponseReturnValue:
    """The page of a person; `sent` names the form that came back with faults. Raises NotAllowed."""
    may_look_into(the_person(), whom).or_raise()
    now, measures = clock.now(), queries.measures(whom.id)
    given: dict[str, Form] = {
        "measure": forms.MeasureForm(prefix="measure-", formdata=None),
        "sweep": forms.SweepForm(prefix="sweep-", formdata=None),
        "note": forms.NoteForm(prefix="note-", formdata=None),
    }
    for row in measures:
        if row.can_be_lifted(now):
            name = f"lift-{row.sanction.id}"
            given[name] = forms.LiftForm(prefix=f"{name}-", formdata=None)
    found = queries.sweeps(whom.id)
    for step in found:
        given[f"back-{step.batch}"] = forms.PutBackForm(prefix="back-", formdata=None)
    if filled is not None:
        given[sent] = filled
    elif request.args.get("reden") in list(SanctionReason):
        given["measure"] = forms.MeasureForm(
            prefix="measure-", formdata=None, kind=SanctionKind.WARN, reason=request.args["reden"]
        )
        sent = "measure"
    texts, total = queries.texts(whom.id)
    page = render_template(
        "conduct/person.html",
        whom=whom,
        ways=queries.ways_in(whom),
        may=may_sanction(the_person(), whom),
        may_sweep=service.may_take_all(the_person(), whom),
        forms=given,
        sent=sent,
        is_faulty=filled is not None,
        measures=measures,
        sweeps=found,
        sweepable=queries.sweepable(whom.id),
        texts=texts,
        total=total,
        decided=queries.decisions(whom.id),
        made=queries.reports_made(whom.id, the_person().id),
        received=queries.reports_received(whom.id),
        figures=known_reporters.figures([whom.id]).get(whom.id, known_reporters.NONE),
        notes=queries.notes(whom.id),
        hints={
            reason.value: _("House rule %(number)d: %(rule)s", number=rule.number, rule=_(rule.sentence))
            for reason, rule in HOUSE_RULES.items()
        },
    )
    return page, 400 if filled is not None else 200
