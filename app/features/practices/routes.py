"""What others do and learned: requests in, answers out."""

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.features.practices import queries
from app.kit import doors
from app.models.practice import PracticeLevel

bp = Blueprint("practices", __name__)


def level_name(level: PracticeLevel) -> str:
    """Where a practice comes from, in words."""
    return {
        PracticeLevel.LOCAL: _("In our own city"),
        PracticeLevel.CITY: _("Another city"),
        PracticeLevel.NATIONAL: _("The whole country"),
    }[level]


@bp.get("/praktijk")
@doors.public
def index() -> ResponseReturnValue:
    """The library, filtered by level (`niveau`) and theme (`thema`); unknown values are ignored."""
    wanted = request.args.get("niveau", "")
    level = PracticeLevel(wanted) if wanted in list(PracticeLevel) else None
    themes = queries.used_themes()
    theme = request.args.get("thema", "")
    theme = theme if theme in dict(themes) else ""
    return render_template(
        "practices/index.html",
        practices=queries.practices(level, theme),
        levels=[(item, level_name(item)) for item in PracticeLevel],
        themes=themes,
        level=level,
        theme=theme,
        level_name=level_name,
    )


@bp.get("/praktijk/<slug>")
@doors.public
def show(slug: str) -> ResponseReturnValue:
    """One practice."""
    practice = queries.practice(slug) or abort(404)
    return render_template("practices/show.html", practice=practice, level_name=level_name)
