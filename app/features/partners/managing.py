"""Partners before the organisers: who speaks for which organisation: requests in, answers out."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.db import db
from app.features.partners import queries, service
from app.features.partners.forms import DelegateForm
from app.features.partners.routes import bp as bp
from app.kit import clock, doors
from app.kit.identity import the_person
from app.models.person import Organisation


@bp.get("/beheer/partners")
@doors.organiser
def overview() -> ResponseReturnValue:
    """Every organisation with its delegate."""
    return render_template("partners/overview.html", rows=queries.voices())


@bp.get("/beheer/partners/<slug>")
@doors.organiser
def manage(slug: str) -> ResponseReturnValue:
    """The people of one organisation, and who has its voice."""
    return _page(_organisation(slug))


@bp.post("/beheer/partners/<slug>/afgevaardigde")
@doors.organiser
def choose_delegate(slug: str) -> ResponseReturnValue:
    """Give the voice of an organisation to somebody else."""
    organisation = _organisation(slug)
    form = DelegateForm(queries.members(organisation.id, clock.now()), prefix="delegate-")
    if not form.validate_on_submit():
        return _page(organisation, form, 400)
    try:
        changed = service.choose_delegate(
            the_person(),
            organisation,
            int(form.person.data),
            form.seen.data or 0,
            str(form.reason.data),
            clock.now(),
        )
    except service.Overtaken as overtaken:
        db.session.rollback()
        return _page(_organisation(slug), form, 409, overtaken)
    if changed:
        flash(_("The delegate has been changed."))
    else:
        flash(_("Nothing has changed: this was the delegate already."), "info")
    return redirect(url_for("partners.manage", slug=slug), code=303)


def _organisation(slug: str) -> Organisation:
    return queries.organisation(slug) or abort(404)


def _page(
    organisation: Organisation,
    sent: DelegateForm | None = None,
    status: int = 200,
    overtaken: service.Overtaken | None = None,
) -> ResponseReturnValue:
    members = queries.members(organisation.id, clock.now())
    voice = next((member.id for member in members if member.is_delegate), 0)
    form = sent or DelegateForm(members, prefix="delegate-", formdata=None)
    if sent is None:
        form.person.data = str(voice)
    page = render_template(
        "partners/manage.html",
        organisation=organisation,
        members=members,
        voice=voice,
        form=form,
        sent=sent,
        overtaken=overtaken.decision if overtaken else None,
    )
    return page, status
