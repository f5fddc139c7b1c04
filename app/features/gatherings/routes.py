"""Coming to activities and arranging them: requests in, answers out."""

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from app.domain.decision import NotAllowed
from app.features.gatherings import calendar, documents, forms, programme, queries, service
from app.kit import clock, doors, pdf
from app.kit.i18n import language
from app.kit.identity import current_person, the_person
from app.kit.limits import limiter
from app.kit.mail import address
from app.models.gathering import RegistrationState
from app.models.process import Activity, Process
from app.policies.gatherings import may_arrange, may_register
from app.records import attachments, processes, quotas, registrations

bp = Blueprint("gatherings", __name__)
READ_ONLY = "sandbox; default-src 'none'"
"""A file that somebody opens in the browser all the same can do nothing there."""


@bp.route("/activiteiten/<int:activity_id>/aanmelden", methods=["GET", "POST"])
@doors.signed_in
@limiter.limit("30 per hour", methods=["POST"])
def register(activity_id: int) -> ResponseReturnValue:
    """Take a place, or join those who wait."""
    activity, process = _activity(activity_id)
    person, now, form = the_person(), clock.now(), forms.RegisterForm()
    allowed = may_register(person, activity, now)
    if form.validate_on_submit():
        state = service.register(person, activity, str(form.note.data or ""), now)
        if state == RegistrationState.COMING:
            flash(_("You are on the list. See you there!"))
        else:
            flash(
                _("There is no place left, so you are on the waiting list. We write as soon as you can come.")
            )
        return redirect(_page(activity_id), code=303)
    places = registrations.places(activity_id, activity.capacity, person.id, person.group)
    if not form.is_submitted():
        form.note.data = places.note
    page = render_template(
        "gatherings/register.html",
        form=form,
        activity=activity,
        process=process,
        allowed=allowed,
        places=places,
    )
    return page, 400 if form.is_submitted() else 200


@bp.post("/activiteiten/<int:activity_id>/afmelden")
@doors.signed_in
def cancel(activity_id: int) -> ResponseReturnValue:
    """Give a place back; doing so again changes nothing."""
    activity, _process = _activity(activity_id)
    if service.cancel(the_person(), activity, clock.now()):
        flash(_("You are off the list. Thank you for telling us: somebody else can come now."))
    return redirect(_page(activity_id), code=303)


@bp.get("/activiteiten/<int:activity_id>.ics")
@doors.public
def event(activity_id: int) -> ResponseReturnValue:
    """One activity for a calendar; not found as long as it has no date."""
    activity, _process = _activity(activity_id)
    if activity.starts_at is None:
        abort(404)
    return _calendar(activity.title, [activity], f"activiteit-{activity_id}.ics")


@bp.get("/trajecten/<slug>/agenda.ics")
@doors.public
def events(slug: str) -> ResponseReturnValue:
    """Everything that happens in a process, for a calendar that looks again by itself."""
    process, activities = queries.dated_activities(slug) or abort(404)
    return _calendar(process.title, list(activities), f"{slug}.ics")


@bp.get("/activiteiten/<int:activity_id>/programma.pdf")
@doors.public
@limiter.limit("60 per hour")
def on_paper(activity_id: int) -> ResponseReturnValue:
    """The programme as PDF; not found for an activity without parts."""
    activity, process = _activity(activity_id)
    parts = processes.programme_of(activity_id) or abort(404)
    answer = current_app.response_class(programme.paper(activity, process, parts), mimetype=pdf.MEDIA_TYPE)
    answer.headers["Content-Disposition"] = f'inline; filename="programma-{activity_id}.pdf"'
    answer.headers["Cache-Control"] = "public, max-age=300"
    return answer


@bp.get("/activiteiten/<int:activity_id>/bestanden/<int:file_id>/<filename>")
@doors.public
def download(activity_id: int, file_id: int, filename: str) -> ResponseReturnValue:
    """A file to read, always as a download."""
    found = service.file(activity_id, file_id)
    if found is None or found.filename != filename:
        abort(404)
    answer = current_app.response_class(found.data, mimetype=found.media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.filename}"'
    answer.headers["Content-Security-Policy"] = READ_ONLY
    answer.headers["Cache-Control"] = "public, max-age=3600"
    answer.set_etag(found.digest)
    return answer.make_conditional(request)


@bp.get("/beheer/activiteiten")
@doors.organiser
def index() -> ResponseReturnValue:
    """All activities with how many come."""
    return render_template("gatherings/index.html", activities=queries.all_activities())


@bp.get("/beheer/activiteiten/<int:activity_id>")
@doors.organiser
def manage(activity_id: int) -> ResponseReturnValue:
    """Date, place, places, files and the list of one activity."""
    activity, process = _activity(activity_id)
    return _manage_page(activity, process)


@bp.post("/beheer/activiteiten/<int:activity_id>")
@doors.organiser
def arrange(activity_id: int) -> ResponseReturnValue:
    """Set when and where it is and who can come."""
    activity, process = _activity(activity_id)
    form = forms.ActivityForm()
    may_arrange(the_person(), process.state).or_raise()
    if not form.validate_on_submit():
        return _manage_page(activity, process, 400, form=form)
    plan = service.Plan(
        starts_at=form.starts_at,
        ends_at=form.ends_at,
        date_text=str(form.date_text.data or ""),
        place=str(form.place.data or ""),
        capacity=form.places,
        registration_ends_at=form.registration_ends_at,
    )
    try:
        service.arrange(the_person(), activity_id, plan, str(form.seen.data), clock.now())
    except service.Overtaken:
        activity, process = _activity(activity_id)
        form.seen.data = service.mark(activity)
        return _manage_page(activity, process, 409, form=form, overtaken=True)
    flash(
        _("The activity has been changed. Who comes or follows the process hears of another date or place.")
    )
    return redirect(url_for("gatherings.manage", activity_id=activity_id), code=303)


@bp.post("/beheer/activiteiten/<int:activity_id>/groepen")
@doors.organiser
def keep_places(activity_id: int) -> ResponseReturnValue:
    """Keep places for groups."""
    activity, process = _activity(activity_id)
    may_arrange(the_person(), process.state).or_raise()
    form = forms.QuotaForm(activity.capacity or 0, prefix="kept-")
    if not form.validate_on_submit():
        return _manage_page(activity, process, 400, quota_form=form)
    try:
        service.keep_places(the_person(), activity_id, form.places, clock.now())
    except NotAllowed as no:  # another organiser changed the number of places in between
        form.resident.errors = [_(no.decision.refusal, **no.decision.values)]
        return _manage_page(*_activity(activity_id), 409, quota_form=form)
    flash(_("The places have been kept. Who can come now hears of it."))
    return redirect(url_for("gatherings.manage", activity_id=activity_id, _anchor="kept"), code=303)


@bp.post("/beheer/activiteiten/<int:activity_id>/bestanden")
@doors.organiser
def attach(activity_id: int) -> ResponseReturnValue:
    """Attach a file."""
    activity, process = _activity(activity_id)
    form = forms.FileForm(processes.programme_of(activity_id), prefix="file-")
    if not form.validate_on_submit():
        return _manage_page(activity, process, 400, file_form=form)
    sent: FileStorage = form.file.data
    try:
        document = documents.read(str(sent.filename), sent.stream.read(documents.MOST_BYTES + 1))
        service.attach(
            the_person(),
            activity,
            process,
            document,
            str(form.title.data),
            form.part.data or None,
            clock.now(),
        )
    except NotAllowed as error:
        form.file.errors = [_(error.decision.refusal, **error.decision.values)]
        return _manage_page(activity, process, 400, file_form=form)
    flash(_("The file is on the page of the activity."))
    return redirect(url_for("gatherings.manage", activity_id=activity_id, _anchor="files"), code=303)


@bp.post("/beheer/activiteiten/<int:activity_id>/bestanden/<int:file_id>/verwijderen")
@doors.organiser
def detach(activity_id: int, file_id: int) -> ResponseReturnValue:
    """Remove a file; doing so again changes nothing."""
    activity, process = _activity(activity_id)
    service.detach(the_person(), activity, process, file_id, clock.now())
    flash(_("The file is gone."))
    return redirect(url_for("gatherings.manage", activity_id=activity_id, _anchor="files"), code=303)


@bp.post("/beheer/activiteiten/<int:activity_id>/lijst")
@doors.organiser
def take_list(activity_id: int) -> ResponseReturnValue:
    """The list for the door, as a spreadsheet."""
    activity, _process = _activity(activity_id)
    answer = current_app.response_class(
        service.take_list(the_person(), activity, clock.now()), content_type="text/csv; charset=utf-8"
    )
    answer.headers["Content-Disposition"] = f'attachment; filename="aanmeldingen-{activity_id}.csv"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _activity(activity_id: int) -> tuple[Activity, Process]:
    return queries.activity(activity_id) or abort(404)


def _page(activity_id: int) -> str:
    return url_for("processes.activity", activity_id=activity_id, _anchor="come")


def _calendar(name: str, activities: list[Activity], filename: str) -> Response:
    site = current_app.config["SITE"].site_url
    pages = [(each, address("processes.activity", language(), activity_id=each.id)) for each in activities]
    answer = current_app.response_class(
        calendar.calendar(name, pages, site, clock.now()), content_type=calendar.MEDIA_TYPE
    )
    answer.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    answer.headers["Cache-Control"] = "public, max-age=300"
    return answer


def _manage_page(
    activity: Activity,
    process: Process,
    status: int = 200,
    *,
    form: forms.ActivityForm | None = None,
    file_form: forms.FileForm | None = None,
    quota_form: forms.QuotaForm | None = None,
    overtaken: bool = False,
) -> ResponseReturnValue:
    parts = processes.programme_of(activity.id)
    page = render_template(
        "gatherings/manage.html",
        activity=activity,
        process=process,
        allowed=may_arrange(current_person(), process.state),
        form=form or forms.filled(activity, service.mark(activity)),
        file_form=file_form or forms.FileForm(parts, prefix="file-", formdata=None),
        quota_form=quota_form
        or forms.QuotaForm(
            activity.capacity or 0,
            prefix="kept-",
            formdata=None,
            data={group.value: number for group, number in quotas.of_activity(activity.id).items()},
        ),
        unused=quotas.unused(activity.id),
        sent=form or file_form or quota_form,
        parts={part.id: part.title for part in parts},
        files=attachments.files_of(activity.id),
        guests=queries.guests_of(activity.id),
        overtaken=overtaken,
    )
    return page, status
