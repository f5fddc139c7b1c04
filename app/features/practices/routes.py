"""What others do and learned: the library, and suggesting something for it: requests in, answers out."""

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.domain.decision import YES
from app.features.practices import queries, service
from app.features.practices.forms import SuggestionForm
from app.features.practices.levels import level_name
from app.features.practices.queries import Choice
from app.kit import clock, doors
from app.kit.forms import csrf
from app.kit.identity import DRAFT, current_person
from app.kit.limits import ROOM, limiter
from app.models.practice import PracticeLevel
from app.policies.conduct import may_post
from app.records import drafts, frames, practices

bp = Blueprint("practices", __name__)
KIND = "practice"
"""The kind of draft that a suggestion is while its writer signs in."""
FIELDS = ("title", "level", "place", "url", "done", "learned", "themes")
LONGEST_SEARCH = 100


def _succeeded(response: Response) -> bool:
    return response.status_code == 303


posts = limiter.shared_limit(
    lambda: "10 per day" if current_person() else ROOM,
    scope="practices",
    methods=["POST"],
    deduct_when=_succeeded,
)
"""How often one person may suggest something; a form that comes back with faults does not count."""
bp.add_app_template_global(level_name, "level_name")


@bp.get("/praktijk")
@doors.public
def index() -> ResponseReturnValue:
    """The library, by level (`niveau`), theme (`thema`), place (`plaats`) and words (`zoek`)."""
    wanted = request.args.get("niveau", "")
    choice = Choice(
        PracticeLevel(wanted) if wanted in set(PracticeLevel) else None,
        request.args.get("thema", ""),
        request.args.get("plaats", ""),
        " ".join(request.args.get("zoek", "").split())[:LONGEST_SEARCH],
    )
    found = queries.library(choice, request.args.get("na", ""))
    return render_template("practices/index.html", choice=found.choice, found=found)


@bp.get("/praktijk/<slug>")
@doors.public
def show(slug: str) -> ResponseReturnValue:
    """One practice, and the ideas that it has something to teach about."""
    practice = queries.practice(slug) or abort(404)
    ideas = practices.ideas_on([theme.id for theme in practice.themes], practice.title, practice.done)
    return render_template("practices/show.html", practice=practice, ideas=ideas)


@bp.route("/praktijk/voorstellen", methods=["GET", "POST"])
@doors.public
@csrf.exempt
@posts
def suggest() -> ResponseReturnValue:
    """Tell of something that others do. A moderator reads it before it stands in the library."""
    frame, person, now = frames.of_call() or abort(404), current_person(), clock.now()
    form = SuggestionForm(frame.themes)
    if request.method == "GET":
        kept = drafts.find(KIND, session.get(DRAFT, ""), now)
        if kept is not None:
            form.process(data=kept)
        return _page(form, frame.themes, waiting=kept is not None)
    form.validate()
    if form.all_errors or (person is not None and form.is_stale):
        return _page(form, frame.themes), 400
    if person is not None and not may_post(person, now):
        return _page(form, frame.themes), 403
    if person is None:
        typed: dict[str, Any] = {name: form[name].data for name in FIELDS}
        session[DRAFT] = service.keep_for_later(KIND, typed, now, session.get(DRAFT, ""))
        flash(_("We keep your text. Sign in to go on with it."), "info")
        return redirect(url_for("accounts.sign_in", next=url_for("practices.suggest")), code=303)
    content = service.Content(
        str(form.title.data),
        PracticeLevel(form.level.data),
        str(form.place.data),
        form.url.data or "",
        str(form.done.data),
        form.learned.data or "",
        form.theme_ids,
    )
    used = session.pop(DRAFT) if drafts.find(KIND, session.get(DRAFT, ""), now) else ""
    service.suggest(person, frame.process_id, content, now, used)
    flash(_("Thank you. A moderator reads your example first. Here you see what becomes of it."))
    return redirect(url_for("accounts.mine", _anchor="own-practices"), code=303)


def _page(form: SuggestionForm, themes: Any, *, waiting: bool = False) -> str:
    person = current_person()
    may = may_post(person, clock.now()) if person else YES
    return render_template("practices/suggest.html", form=form, themes=themes, waiting=waiting, may=may)
