"""Sealed standings for everybody, and what organisers and facilitators do with them: requests in, answers out."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.db import db
from app.domain.decision import Decision
from app.features.stands import forms, queries, service, view, words
from app.kit import clock, doors, paths
from app.kit.identity import current_person, the_person
from app.policies.seals import may_audit, may_read, may_seal
from app.records import agendas, calls, frames, seals, stands
from app.records.frames import Frame

bp = Blueprint("stands", __name__)


@bp.get("/stand")
@doors.public
def index() -> ResponseReturnValue:
    """All sealed standings per call, and those that are planned."""
    moment = clock.now()
    shelves = queries.shelves(calls.every())
    return render_template(
        "stands/index.html", shelves=[(shelf, may_read(shelf.call.hides_counts(moment))) for shelf in shelves]
    )


@bp.get("/stand/<int:snapshot_id>")
@doors.public
def show(snapshot_id: int) -> ResponseReturnValue:
    """One sealed standing in plain words, its ideas from a place on (`vanaf`)."""
    return _page(snapshot_id)


@bp.get("/stand/<int:snapshot_id>.json")
@doors.public
def download(snapshot_id: int) -> ResponseReturnValue:
    """The public document, to the letter: its SHA-256 is the digest that the page shows."""
    found, frame = _known(snapshot_id)
    may_read(frame.call.hides_counts(clock.now())).or_raise()
    answer = _file(queries.public_text(snapshot_id), view.file_name(found.call_slug, found.row.number))
    answer.set_etag(found.row.digest)
    # Asked anew every time: while a later round hides counts nobody may have it.
    answer.headers["Cache-Control"] = "no-cache"
    return answer.make_conditional(request)


@bp.post("/stand/<int:snapshot_id>/controle.json")
@doors.organiser
def audit_file(snapshot_id: int) -> ResponseReturnValue:
    """The file for checkers, with every ballot: a form, because taking it leaves a line in the audit log."""
    found, frame = _known(snapshot_id)
    moment = clock.now()
    may_audit(the_person(), frame.call.hides_counts(moment)).or_raise()
    form = forms.CheckForm(prefix="check-")
    if not form.validate_on_submit():
        return _page(snapshot_id, form)
    text = service.take_audit_file(the_person(), snapshot_id, str(form.why.data), moment)
    answer = _file(text, f"controle-{found.call_slug}-{found.row.number}.json")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@bp.get("/beheer/standen")
@doors.organiser
def manage() -> ResponseReturnValue:
    """Where an organiser seals, plans and takes back."""
    return _manage_page()


@bp.post("/beheer/standen/verzegelen")
@doors.organiser
def seal() -> ResponseReturnValue:
    """Seal the standing of a call now."""
    form = forms.SealForm(calls.every(), queries.workshops(), prefix="seal-")
    if not form.validate_on_submit():
        return _manage_page(400, seal=form)
    if form.seen.data != str(queries.last_seal()):
        return _overtaken(form)
    try:
        snapshot_id = service.seal(
            the_person(),
            form.call.data,
            form.chosen_reason,
            form.chosen_workshop,
            str(form.why.data),
            clock.now(),
        )
    except service.Overtaken:
        db.session.rollback()
        return _overtaken(form)
    flash(_("The standing has been sealed."))
    return redirect(url_for("stands.show", snapshot_id=snapshot_id), code=303)


@bp.post("/beheer/standen/plannen")
@doors.organiser
def plan() -> ResponseReturnValue:
    """Have the standing of a call sealed at a moment."""
    form = forms.PlanForm(calls.every(), queries.workshops(), prefix="plan-")
    form.now = clock.now()
    if not form.validate_on_submit() or form.moment is None:
        return _manage_page(400, plan=form)
    try:
        service.plan(
            the_person(),
            form.call.data,
            form.chosen_reason,
            form.chosen_workshop,
            form.moment,
            str(form.why.data),
            clock.now(),
        )
    except service.Overtaken as error:
        db.session.rollback()
        return _manage_page(409, plan=form, overtaken=error.decision)
    flash(_("The standing will be sealed at that moment, whether or not anybody is there."))
    return redirect(url_for("stands.manage"), code=303)


@bp.post("/beheer/standen/plannen/<int:plan_id>/annuleren")
@doors.organiser
def cancel_plan(plan_id: int) -> ResponseReturnValue:
    """Take back a plan; doing it again changes nothing."""
    try:
        service.cancel_plan(the_person(), plan_id, clock.now())
    except LookupError:
        abort(404)
    except service.Overtaken as error:
        flash(_(error.decision.refusal))
    else:
        flash(_("Nothing will be sealed at that moment."))
    return redirect(url_for("stands.manage"), code=303)


@bp.post("/werkateliers/<int:workshop_id>/agenda/verzegelen")
@doors.facilitator
def seal_workshop(workshop_id: int) -> ResponseReturnValue:
    """Seal the standing that the agenda of a workshop follows from; a form that is sent twice seals once."""
    workshop = agendas.workshop(workshop_id) or abort(404)
    may_seal(the_person(), workshop, clock.now()).or_raise()
    newest = stands.of_workshop(workshop_id)
    try:
        if request.form.get("seen", "") != str(newest.number if newest else 0):
            raise service.Overtaken(seals.SEALED_MEANWHILE)
        service.seal_workshop(the_person(), workshop, clock.now())
        flash(_("The standing has been sealed. The agenda stays as it is now."))
    except service.Overtaken as error:
        flash(_(error.decision.refusal))
    return redirect(url_for("workshop.arrange", workshop_id=workshop_id), code=303)


def _overtaken(form: forms.SealForm) -> ResponseReturnValue:
    """The form again, now that the organiser is told of the other standing."""
    form.seen.data = str(queries.last_seal())
    return _manage_page(409, seal=form, overtaken=seals.SEALED_MEANWHILE)


def _known(snapshot_id: int) -> tuple[queries.Sealed, Frame]:
    found = queries.one(snapshot_id) or abort(404)
    return found, frames.of_call(found.call_slug) or abort(404)


def _file(text: str, name: str) -> Response:
    answer = Response(text.encode(), content_type="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _page(snapshot_id: int, check: forms.CheckForm | None = None) -> ResponseReturnValue:
    found, frame = _known(snapshot_id)
    row, person = found.row, current_person()
    decision = may_read(frame.call.hides_counts(clock.now()))
    stand = before = after = None
    if decision:
        stand = view.stand(
            stands.document(row.digest),
            request.args.get("vanaf", 1, type=paths.number) - 1,
            {tag.id: tag for tag in frame.themes},
            (row.workshop_id, found.workshop) if row.workshop_id else None,
            queries.titles,
        )
        before, after = queries.neighbours(row)
    page = render_template(
        "stands/show.html",
        found=found,
        row=row,
        frame=frame,
        decision=decision,
        stand=stand,
        before=before,
        after=after,
        per_page=view.PER_PAGE,
        check=(check or forms.CheckForm(formdata=None, prefix="check-"))
        if stand and person and person.is_organiser
        else None,
        faulty=check,
        words=words,
    )
    return page, 400 if check else 200


def _manage_page(
    status: int = 200,
    seal: forms.SealForm | None = None,
    plan: forms.PlanForm | None = None,
    overtaken: Decision | None = None,
) -> ResponseReturnValue:
    """The page with both forms; the one with faults in it keeps what was typed."""
    every, workshops = calls.every(), queries.workshops()
    moment = clock.now()
    page = render_template(
        "stands/manage.html",
        shelves=[(shelf, may_read(shelf.call.hides_counts(moment))) for shelf in queries.shelves(every)],
        seal=seal
        or forms.SealForm(
            every, workshops, formdata=None, prefix="seal-", data={"seen": str(queries.last_seal())}
        ),
        plan=plan or forms.PlanForm(every, workshops, formdata=None, prefix="plan-"),
        sent=seal or plan,
        overtaken=overtaken,
    )
    return page, status
