"""One's own data: look, take along, remove. Requests in, answers out."""

import json

from flask import Blueprint, Response, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.features.privacy import forms, jobs, queries, service
from app.kit import clock, doors, identity
from app.kit.identity import the_person
from app.kit.jobs import register
from app.kit.limits import limiter
from app.policies.privacy import may_erase

bp = Blueprint("privacy", __name__)
OFTEN_ENOUGH = "20 per hour"


@bp.get("/mijn/gegevens")
@doors.signed_in
def show() -> ResponseReturnValue:
    """How much we keep of somebody, with the ways to take it along and to have it removed."""
    return render_template("privacy/show.html", parts=queries.everything(the_person()))


@bp.get("/mijn/gegevens/bestand.json")
@doors.signed_in
@limiter.limit(OFTEN_ENOUGH)
def download_json() -> ResponseReturnValue:
    """Everything, for machines."""
    document = queries.as_json(the_person(), clock.now())
    text = json.dumps(document, ensure_ascii=False, indent=1)
    return _file(text, "application/json", "json")


@bp.get("/mijn/gegevens/bestand.html")
@doors.signed_in
@limiter.limit(OFTEN_ENOUGH)
def download_html() -> ResponseReturnValue:
    """Everything, for people: one file that needs nothing else."""
    person = the_person()
    text = render_template(
        "privacy/file.html", person=person, parts=queries.everything(person), moment=clock.now()
    )
    return _file(text, "text/html; charset=utf-8", "html")


@bp.route("/mijn/verwijderen", methods=["GET", "POST"])
@doors.signed_in
def erase() -> ResponseReturnValue:
    """Say what goes and what stays, and remove the account of whoever is sure."""
    person, form = the_person(), forms.EraseForm()
    allowed = may_erase(person, other_organisers=queries.has_other_organisers(person.id, clock.now()))
    if form.validate_on_submit():
        service.erase(person, clock.now())
        identity.end_session()
        return redirect(url_for("privacy.erased"), code=303)
    page = render_template("privacy/erase.html", form=form, person=person, allowed=allowed)
    return page, 400 if form.is_submitted() else 200


@bp.get("/account-verwijderd")
@doors.public
def erased() -> ResponseReturnValue:
    """Say that the account is gone."""
    return render_template("privacy/erased.html")


def _file(text: str, media_type: str, ending: str) -> Response:
    answer = current_app.response_class(text, content_type=media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="mijn-gegevens.{ending}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.record_once
def _set_up(_state: object) -> None:
    register(jobs.SWEEP)
