"""Partners in the city and the conversations with them: requests in, answers out."""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from app.features.partners import queries
from app.kit import doors

bp = Blueprint("partners", __name__)


@bp.get("/partners")
@doors.public
def index() -> ResponseReturnValue:
    """All partners."""
    return render_template("partners/index.html", partners=queries.partners())


@bp.get("/partners/<slug>")
@doors.public
def show(slug: str) -> ResponseReturnValue:
    """One partner: who, the conversations, its ideas."""
    partner = queries.partner(slug) or abort(404)
    return render_template(
        "partners/show.html",
        partner=partner,
        delegate=queries.delegate_of(partner.organisation.id),
        ideas=queries.ideas_of(partner.organisation.id),
        said=queries.arguments_of(partner.organisation.id),
    )
