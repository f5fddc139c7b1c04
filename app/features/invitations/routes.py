"""Inviting people and accepting an invitation: requests in, answers out."""

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.db import db
from app.domain.decision import Decision
from app.features.invitations import domains, forms, queries, service
from app.features.invitations.service import NotValid
from app.kit import clock, doors, identity, paths, signals
from app.kit.i18n import language
from app.kit.identity import the_person
from app.kit.limits import ROOM, limiter
from app.models.person import Person
from app.records import groups, people

bp = Blueprint("invitations", __name__)


@bp.get("/beheer/uitnodigingen")
@doors.organiser
def index() -> ResponseReturnValue:
    """Who was invited to what and what became of it, and the form that invites."""
    return _index_page()


@bp.post("/beheer/uitnodigingen")
@doors.organiser
def invite() -> ResponseReturnValue:
    """Invite one or many; every fault comes back at once and nothing that was typed is lost."""
    form, now = forms.InviteForm(queries.organisations(), prefix="invite-"), clock.now()
    good = form.validate_on_submit()
    if form.group.data in {group.value for group in forms.GROUPS}:
        for email, why in service.faults(form.addresses, form.wanted, now):
            said = _(why.refusal, **why.values)
            line = _("Line %(line)d, %(email)s: %(why)s", line=form.line_of[email], email=email, why=said)
            form.emails.errors = [*form.emails.errors, line]
            good = False
    if not good:
        return _index_page(400, form)
    try:
        links = service.invite(the_person(), form.addresses, form.wanted, now)
    except LookupError:
        abort(400)
    flash(_("Sent: %(number)d.", number=len(links)))
    return redirect(url_for("invitations.index"), code=303)


@bp.post("/beheer/uitnodigingen/<int:invitation_id>/opnieuw")
@doors.organiser
def resend(invitation_id: int) -> ResponseReturnValue:
    """Send an invitation again with another link."""
    form = forms.SeenForm()
    try:
        service.resend(the_person(), invitation_id, str(form.seen.data), language(), clock.now())
    except LookupError:
        abort(404)
    except service.Overtaken as late:
        db.session.rollback()
        flash(_(late.decision.refusal), "info")
    else:
        flash(_("The invitation has been sent again. The link in the earlier mail does not work any more."))
    return redirect(url_for("invitations.index"), code=303)


@bp.post("/beheer/uitnodigingen/<int:invitation_id>/intrekken")
@doors.organiser
def revoke(invitation_id: int) -> ResponseReturnValue:
    """Take an invitation back."""
    try:
        service.revoke(the_person(), invitation_id, clock.now())
    except LookupError:
        abort(404)
    except service.Overtaken as late:
        db.session.rollback()
        flash(_(late.decision.refusal), "info")
    else:
        flash(_("The invitation has been revoked. Its link does not work any more."))
    return redirect(url_for("invitations.index"), code=303)


@bp.route("/uitnodiging/<token>", methods=["GET", "POST"])
@doors.public
@limiter.limit(ROOM, methods=["POST"])
def open(token: str) -> ResponseReturnValue:
    """Say who invites to what and what accepting changes; the button accepts and lets in."""
    now, form = clock.now(), forms.ConfirmForm()
    try:
        if form.validate_on_submit():
            return _arrive(service.accept(token, language(), now))
        invitation = service.usable(queries.with_token(token), now)
    except NotValid as no:
        db.session.rollback()
        return _unkept(render_template("invitations/not_valid.html", state=no.state), 410)
    person = people.with_address(invitation.email)
    delegate = service.delegate_after(person, invitation)
    page = render_template(
        "invitations/open.html",
        form=form,
        invitation=invitation,
        person=person,
        by=queries.name_of(invitation.invited_by_id),
        effect=groups.effect(person, invitation.group, invitation.organisation_id, delegate, now),
        delegate=delegate,
    )
    return _unkept(page, 200)


@bp.get("/beheer/domeinen")
@doors.organiser
def domains_index() -> ResponseReturnValue:
    """The mail domains that are trusted, and the form for another."""
    return _domains_page()


@bp.post("/beheer/domeinen")
@doors.organiser
def add_domain() -> ResponseReturnValue:
    """Trust a domain: first say how many people that touches, then do it."""
    form = forms.DomainForm(queries.organisations(), prefix="domain-")
    if not form.validate_on_submit():
        return _domains_page(400, form)
    domain = str(form.domain.data)
    if form.confirmed.data != domain:
        return _domains_page(200, form, touched=queries.residents_at(domain, clock.now()))
    wanted = service.Wanted(form.chosen_group, form.chosen_organisation, form.named_organisation)
    try:
        domains.add(the_person(), domain, wanted, clock.now())
    except LookupError:
        abort(400)
    except service.Overtaken as late:
        db.session.rollback()
        return _domains_page(409, form, late=late.decision)
    flash(_("Who signs in with an address at %(domain)s joins this group from now on.", domain=domain))
    return redirect(url_for("invitations.domains_index"), code=303)


@bp.post("/beheer/domeinen/<int:domain_id>/verwijderen")
@doors.organiser
def remove_domain(domain_id: int) -> ResponseReturnValue:
    """Trust a domain no longer; doing it again changes nothing."""
    try:
        domains.remove(the_person(), domain_id, clock.now())
    except LookupError:
        db.session.rollback()
        flash(_("This domain was removed already."), "info")
    else:
        flash(_("The domain has been removed. Who joined by it stays in the group."))
    return redirect(url_for("invitations.domains_index"), code=303)


@bp.record_once
def _set_up(_state: BlueprintSetupState) -> None:
    # A function that stays: the signal itself only holds it weakly.
    signals.person_signed_in.connect(_welcome)


def _welcome(person: Person) -> None:
    domains.welcome(person, clock.now())


def _arrive(arrival: service.Arrival) -> ResponseReturnValue:
    if identity.needs_second_step(arrival.person):
        flash(_("Your invitation has been accepted. Now sign in, with your second step."))
        return redirect(url_for("accounts.sign_in"), code=303)
    identity.start_session(arrival.person)
    way_on = url_for("accounts.mine")
    if arrival.is_new:
        return redirect(url_for("accounts.choose_name", next=way_on), code=303)
    flash(_("You are signed in as %(name)s.", name=arrival.person.name))
    return redirect(way_on, code=303)


def _index_page(status: int = 200, form: forms.InviteForm | None = None) -> ResponseReturnValue:
    now, state = clock.now(), request.args.get("staat", "")
    before = request.args.get("voor", type=paths.number)
    state = state if state in queries.STATES else ""
    rows, following = queries.invitations(state, before, now)
    blank = {"language": language(), "days": service.DAYS}
    page = render_template(
        "invitations/index.html",
        form=form or forms.InviteForm(queries.organisations(), formdata=None, prefix="invite-", data=blank),
        sent=form,
        rows=rows,
        state=state,
        states=queries.STATES,
        before=before,
        following=following,
        mark=service.mark,
    )
    return page, status


def _domains_page(
    status: int = 200,
    form: forms.DomainForm | None = None,
    *,
    touched: int | None = None,
    late: Decision | None = None,
) -> ResponseReturnValue:
    page = render_template(
        "invitations/domains.html",
        form=form or forms.DomainForm(queries.organisations(), formdata=None, prefix="domain-"),
        sent=form,
        rows=queries.domains(clock.now()),
        touched=touched,
        late=late,
    )
    return page, status


def _unkept(page: str, status: int) -> ResponseReturnValue:
    """A page that no browser or proxy keeps; its address opens a door."""
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response
