"""A form that arrives after its session ended is not lost: a page hands it back, to send it once more.

The page holds what this very request sent, for whoever sent it; nothing of it is kept here. It does nothing by itself:
a person presses the button, and the form then passes its door and the token of the session like any other.
"""

from dataclasses import dataclass

from flask import Response, current_app, make_response, render_template, request

from app.kit import paths
from app.kit.forms import surely_sent_from_here
from app.kit.identity import current_person
from app.kit.incoming import MOST_TEXT, URLENCODED

TOKEN = "csrf_token"  # noqa: S105 - the name of a field
CODES = frozenset({"code", "recovery"})
"""Fields that no page shows again. Who types a code types a new one anyway."""
WITH_FILES = "multipart/form-data"


@dataclass(frozen=True, slots=True)
class Sent:
    """What a form sent, in its order, and the names of the files that came along, by field."""

    address: str
    fields: tuple[tuple[str, str], ...]
    files: dict[str, list[str]]

    @property
    def typed(self) -> list[str]:
        """What reads like the words of a person: more than one of them."""
        return [text for _name, text in self.fields if len(text.split()) > 1]


def page() -> Response | None:
    """The page for the form of this request: 401, or 400 for who is signed in. None when there is nothing to hand back.

    Only forms behind doors: the others keep what a stranger typed in a way of their own. Only where the browser says
    that the form stood on this site: nobody else puts words before a person, or a session into their browser.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    if request.method != "POST" or getattr(view, "__door__", "public") == "public":
        return None
    sent = _sent() if surely_sent_from_here() else None
    if sent is None:
        return None
    status = 400 if current_person() else 401
    answer = make_response(render_template("errors/resend.html", sent=sent, status=status), status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _sent() -> Sent | None:
    address = paths.same_site(request.script_root + request.full_path.rstrip("?"))
    if not address or request.mimetype not in (URLENCODED, WITH_FILES):
        return None
    fields = tuple((name, text) for name, text in request.form.items(multi=True) if name != TOKEN)
    if CODES & {name for name, _text in fields}:
        return None
    if sum(len(name) + len(text) for name, text in fields) > MOST_TEXT:
        return None
    files: dict[str, list[str]] = {}
    for name, file in request.files.items(multi=True):
        if file.filename:
            files.setdefault(name, []).append(file.filename)
    return Sent(address, fields, files)
