"""The report of the evening as a page, as PDF and as DOCX: requests in, answers out."""

import hashlib
from collections import OrderedDict
from threading import Lock

from flask import Blueprint, Response, abort, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.features.outcomes import album, document, report
from app.features.outcomes.report import Report
from app.features.outcomes.routes import known
from app.kit import clock, doors
from app.kit.i18n import language
from app.kit.identity import current_person
from app.kit.limits import limiter
from app.policies.outcomes import may_read_report

bp = Blueprint("evening_report", __name__)
KEPT = 6
"""Documents kept in memory: with pictures they take a second to make and some megabytes each."""
_made: OrderedDict[str, bytes] = OrderedDict()
_lock = Lock()


@bp.get("/werkateliers/<int:workshop_id>/verslag")
@doors.public
def show(workshop_id: int) -> ResponseReturnValue:
    """The report, once the evening was finished; facilitators see before how it will look."""
    found = _readable(workshop_id)
    return render_template("outcomes/report.html", report=found, workshop=found.workshop, document=document)


@bp.get("/werkateliers/<int:workshop_id>/verslag.<any(pdf, docx):ending>")
@doors.public
@limiter.limit("60 per hour")
def download(workshop_id: int, ending: str) -> ResponseReturnValue:
    """The same as a file to read and print, or to work on."""
    found = _readable(workshop_id)
    stamp = hashlib.sha256(repr((ending, language(), found)).encode()).hexdigest()
    answer = Response(mimetype=document.MEDIA[ending])
    answer.set_etag(stamp)
    answer.headers["Cache-Control"] = "public, max-age=60" if found.finished_at else "private, no-store"
    answer.headers["Content-Disposition"] = (
        f'attachment; filename="verslag-werkatelier-{workshop_id}.{ending}"'
    )
    if stamp not in request.if_none_match:
        answer.set_data(_file(stamp, ending, found))
    return answer.make_conditional(request)


def _readable(workshop_id: int) -> Report:
    workshop = known(workshop_id)
    found = report.of(workshop, clock.now())
    if not may_read_report(current_person(), found.finished_at):
        abort(404)
    return found


def _file(stamp: str, ending: str, found: Report) -> bytes:
    """Made once for the same words: the stamp is a digest of all of them."""
    with _lock:
        if stamp in _made:
            _made.move_to_end(stamp)
            return _made[stamp]
    site = current_app.config["SITE"]
    number = found.stand.id if found.stand else None
    described = document.describe(
        found,
        album.contents(found.workshop.id),
        language=language(),
        site=site.site_name,
        stand_url=site.site_url + url_for("stands.show", snapshot_id=number) if number else "",
    )
    body = document.MAKE[ending](described)
    with _lock:
        _made[stamp] = body
        while len(_made) > KEPT:
            _made.popitem(last=False)
    return body
