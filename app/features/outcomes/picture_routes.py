"""Pictures of the evening: shown once it was finished, arranged by facilitators: requests in, answers out."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.features.outcomes import album, queries
from app.features.outcomes.forms import DescribeForm, PictureForm
from app.features.outcomes.routes import known
from app.kit import clock, doors
from app.kit.forms import Form
from app.kit.identity import current_person, the_person
from app.kit.limits import ROOM, limiter
from app.policies.outcomes import may_read_report, may_write
from app.records import outcomes

bp = Blueprint("evening_pictures", __name__)
FOR_EVER = "private, max-age=31536000, immutable"
"""In the browser of who saw it: no box between us and the visitor keeps a picture that was taken away."""


@bp.get("/werkateliers/<int:workshop_id>/beelden/<string(length=32):key>-<int:width>.webp")
@doors.public
def image(workshop_id: int, key: str, width: int) -> ResponseReturnValue:
    """A picture under the digest of its bytes."""
    finished_at = outcomes.finished_at(workshop_id)
    if not may_read_report(current_person(), finished_at):
        abort(404)
    body = album.content(workshop_id, key, width)
    if body is None:
        abort(404)
    response = Response(body, mimetype="image/webp")
    response.set_etag(f"{key}-{width}")
    response.headers["Cache-Control"] = FOR_EVER if finished_at else "private, no-store"
    response.headers["Content-Disposition"] = "inline"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response.make_conditional(request)


@bp.get("/werkateliers/<int:workshop_id>/opbrengsten/beelden")
@doors.facilitator
def manage(workshop_id: int) -> ResponseReturnValue:
    """The pictures with their words, and the form for another one."""
    return _page(workshop_id)


@bp.post("/werkateliers/<int:workshop_id>/opbrengsten/beelden")
@doors.facilitator
@limiter.limit("60 per hour")
def add(workshop_id: int) -> ResponseReturnValue:
    """Put a picture in."""
    workshop, now = known(workshop_id), clock.now()
    # Asked before anything is decoded: nobody gets work done for nothing.
    may_write(the_person(), workshop, now).or_raise()
    form = PictureForm()
    if not form.validate_on_submit() or form.encoded is None:
        return _page(workshop_id, form)
    album.add(the_person(), workshop_id, form.encoded, form.alt.data or "", now)
    flash(_("The picture has been added."))
    return _back(workshop_id)


@bp.post("/werkateliers/<int:workshop_id>/opbrengsten/beelden/<int:picture_id>")
@doors.facilitator
@limiter.limit(ROOM)
def describe(workshop_id: int, picture_id: int) -> ResponseReturnValue:
    """Say otherwise what is to be seen."""
    known(workshop_id)
    form = DescribeForm(prefix=f"p{picture_id}-")
    if not form.validate_on_submit():
        return _page(workshop_id, form)
    album.describe(the_person(), workshop_id, picture_id, form.alt.data or "", clock.now())
    flash(_("The words have been changed."))
    return _back(workshop_id)


@bp.post("/werkateliers/<int:workshop_id>/opbrengsten/beelden/<int:picture_id>/plaats")
@doors.facilitator
@limiter.limit(ROOM)
def move(workshop_id: int, picture_id: int) -> ResponseReturnValue:
    """Put it at a place (`to`, counted from 0)."""
    known(workshop_id)
    to = request.form.get("to", type=int)
    if to is None:
        abort(400)
    album.move(the_person(), workshop_id, picture_id, to, clock.now())
    return _back(workshop_id, f"beeld-{picture_id}")


@bp.post("/werkateliers/<int:workshop_id>/opbrengsten/beelden/<int:picture_id>/weg")
@doors.facilitator
@limiter.limit(ROOM)
def remove(workshop_id: int, picture_id: int) -> ResponseReturnValue:
    """Take it away for good."""
    known(workshop_id)
    album.remove(the_person(), workshop_id, picture_id, clock.now())
    flash(_("The picture has been taken away."))
    return _back(workshop_id)


def _back(workshop_id: int, anchor: str | None = None) -> ResponseReturnValue:
    return redirect(url_for("evening_pictures.manage", workshop_id=workshop_id, _anchor=anchor), code=303)


def _page(workshop_id: int, faulty: Form | None = None) -> ResponseReturnValue:
    workshop = known(workshop_id)
    pictures = queries.pictures(workshop_id)

    def words(picture: queries.PictureRow) -> DescribeForm:
        prefix = f"p{picture.id}-"
        if isinstance(faulty, DescribeForm) and faulty._prefix == prefix:
            return faulty
        return DescribeForm(formdata=None, prefix=prefix, data={"alt": picture.alt})

    page = render_template(
        "outcomes/pictures.html",
        workshop=workshop,
        pictures=[(picture, words(picture)) for picture in pictures],
        form=faulty if isinstance(faulty, PictureForm) else PictureForm(formdata=None),
        faulty=faulty,
        most=album.MOST,
        decision=may_write(the_person(), workshop, clock.now()),
    )
    return page, 400 if faulty else 200
