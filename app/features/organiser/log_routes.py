"""Taking the audit log out: a file of what the filters of its page show."""

from flask import Blueprint, abort, current_app, request, stream_with_context
from flask.typing import ResponseReturnValue

from app.features.organiser import log_export
from app.features.organiser.log_filter import LogFilter
from app.kit import clock, doors
from app.kit.identity import the_person
from app.kit.moments import day_of

bp = Blueprint("audit_log", __name__)
TYPES = {log_export.Form.CSV: "text/csv", log_export.Form.JSON: "application/x-ndjson"}


@bp.post("/beheer/logboek/bestand")
@doors.organiser
def export() -> ResponseReturnValue:
    """The lines that the filters show, as a file."""
    asked = request.form.get("vorm", "")
    if asked not in list(log_export.Form):
        abort(400)
    form, now = log_export.Form(asked), clock.now()
    parts = log_export.take(the_person(), LogFilter.of(request.form), form, now)
    answer = current_app.response_class(
        stream_with_context(parts), content_type=f"{TYPES[form]}; charset=utf-8"
    )
    name = f"logboek-{day_of(now).isoformat()}.{form.value}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
