"""The council package and the evaluation: as pages, and as files that say the same."""

import json

from flask import Response, abort, current_app, render_template
from flask.typing import ResponseReturnValue

from app.features.council import evaluation as report
from app.features.council import figures, package_data, package_paper
from app.features.council import package as packages
from app.features.council.routes import bp as bp
from app.features.council.routes import process_of
from app.kit import clock, doors, paper
from app.kit.limits import limiter

FEW = "60 per hour"
"""A file takes a second of the server to make."""
JSON, CSV = "application/json", "text/csv; charset=utf-8"


@bp.get("/trajecten/<slug>/raad/pakket")
@doors.public
def package(slug: str) -> ResponseReturnValue:
    """Everything that a council needs to decide."""
    process, now = process_of(slug), clock.now()
    made = package_paper.described(packages.of_process(process, now), now)
    return render_template("council/package.html", process=process, paper=made)


@bp.get("/trajecten/<slug>/raad/pakket.<ending>")
@doors.public
@limiter.limit(FEW)
def package_file(slug: str, ending: str) -> ResponseReturnValue:
    """The same as PDF, DOCX or JSON."""
    process, now = process_of(slug), clock.now()
    found = packages.of_process(process, now)
    name = f"raadspakket-{slug}.{ending}"
    if ending == "json":
        text = json.dumps(package_data.as_data(found, now), ensure_ascii=False, indent=2)
        return _file(text.encode(), JSON, name)
    return _document(package_paper.described(found, now), ending, name)


@bp.get("/trajecten/<slug>/evaluatie")
@doors.public
def evaluation(slug: str) -> ResponseReturnValue:
    """How the process went: who took part, and what was done with it."""
    process, now = process_of(slug), clock.now()
    found = figures.of_process(process.id, now)
    return render_template(
        "council/evaluation.html",
        process=process,
        paper=report.described(process, found, now),
        numbers=report.summary(found),
    )


@bp.get("/trajecten/<slug>/evaluatie.<ending>")
@doors.public
@limiter.limit(FEW)
def evaluation_file(slug: str, ending: str) -> ResponseReturnValue:
    """The same as PDF or DOCX, and its figures as CSV."""
    process, now = process_of(slug), clock.now()
    made = report.described(process, figures.of_process(process.id, now), now)
    name = f"evaluatie-{slug}.{ending}"
    if ending == "csv":
        return _file(report.as_csv(made).encode(), CSV, name)
    return _document(made, ending, name)


def _document(made: paper.Paper, ending: str, name: str) -> Response:
    if ending not in ("pdf", "docx"):
        abort(404)
    if ending == "pdf":
        return _file(paper.pdf(made), paper.PDF, name)
    return _file(paper.docx(made), paper.DOCX, name)


def _file(data: bytes, kind: str, name: str) -> Response:
    answer = current_app.response_class(data, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "public, max-age=60"
    return answer
