"""From where on votes stand out, and which networks are known: pages of organisers; and the work beside requests."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from app.db import db
from app.domain.decision import NotAllowed
from app.domain.integrity import thresholds_from
from app.features.integrity import settings_service as service
from app.features.integrity import traces
from app.features.integrity.jobs import JOBS
from app.features.integrity.settings_form import NetworkForm, ThresholdsForm, fill, threshold_name
from app.kit import clock, doors, jobs
from app.kit.identity import the_person
from app.models.process import Process
from app.policies.signals import may_set_thresholds
from app.records import networks

bp = Blueprint("integrity_settings", __name__)


@bp.record
def _set_up(state: BlueprintSetupState) -> None:
    for job in JOBS:
        jobs.register(job)
    traces.set_up(state)
    state.app.jinja_env.filters["threshold_name"] = threshold_name


@bp.get("/beheer/trajecten/<slug>/signalen")
@doors.organiser
def thresholds(slug: str) -> ResponseReturnValue:
    """From where on votes in a process stand out."""
    return _thresholds_page(_process(slug))


@bp.post("/beheer/trajecten/<slug>/signalen")
@doors.organiser
def set_thresholds(slug: str) -> ResponseReturnValue:
    """Choose anew from where on votes stand out."""
    process, form = _process(slug), ThresholdsForm(prefix="signals-")
    if not form.validate():
        return _thresholds_page(process, 400, form)
    try:
        wanted = form.thresholds()
    except ValueError as error:
        form["network_created"].errors = [_(str(error))]
        return _thresholds_page(process, 400, form)
    try:
        changed = service.set_thresholds(
            the_person(), process, wanted, str(form.seen.data), str(form.reason.data), clock.now()
        )
    except service.Overtaken as error:
        db.session.rollback()
        return _thresholds_page(_process(slug), 409, form, error)
    flash(
        _("From now on votes stand out from these numbers on.")
        if changed
        else _("Nothing changed: these numbers were in force already.")
    )
    return redirect(url_for("integrity_settings.thresholds", slug=slug), code=303)


def _process(slug: str) -> Process:
    return db.first_or_404(select(Process).where(Process.slug == slug))


def _thresholds_page(
    process: Process,
    status_code: int = 200,
    sent: ThresholdsForm | None = None,
    overtaken: NotAllowed | None = None,
) -> ResponseReturnValue:
    mark = service.mark(process.integrity_settings)
    data = fill(thresholds_from(process.integrity_settings), mark)
    return (
        render_template(
            "integrity/thresholds.html",
            process=process,
            form=sent or ThresholdsForm(prefix="signals-", formdata=None, data=data),
            sent=sent,
            mark=mark,
            overtaken=overtaken.decision if overtaken else None,
            may=may_set_thresholds(the_person(), process),
        ),
        status_code,
    )


@bp.get("/beheer/netwerken")
@doors.organiser
def known_networks() -> ResponseReturnValue:
    """The networks that many people share, so that they leave no traces."""
    return _networks_page()


@bp.post("/beheer/netwerken")
@doors.organiser
def add_network() -> ResponseReturnValue:
    """Add a network to those that are known."""
    form = NetworkForm()
    if not form.validate():
        return _networks_page(400, form)
    network = networks.parse(form.cidr.data or "")
    assert network is not None
    try:
        gone = service.add_network(the_person(), str(form.name.data), network, clock.now())
    except service.Overtaken as error:
        form.cidr.errors = [_(error.decision.refusal)]
        return _networks_page(409, form)
    added = _("People on this network leave no trace from now on.")
    if gone:
        added += " " + ngettext("%(num)d earlier trace is gone.", "%(num)d earlier traces are gone.", gone)
    flash(added)
    return redirect(url_for("integrity_settings.known_networks"), code=303)


@bp.post("/beheer/netwerken/<int:network_id>/weg")
@doors.organiser
def remove_network(network_id: int) -> ResponseReturnValue:
    """Take a network off the list."""
    service.remove_network(the_person(), network_id, clock.now())
    flash(_("The network is off the list."))
    return redirect(url_for("integrity_settings.known_networks"), code=303)


def _networks_page(status_code: int = 200, sent: NetworkForm | None = None) -> ResponseReturnValue:
    return (
        render_template(
            "integrity/networks.html",
            rows=networks.listed(),
            form=sent or NetworkForm(formdata=None),
            sent=sent,
            here=request.remote_addr,
        ),
        status_code,
    )
