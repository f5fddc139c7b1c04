"""The way in while many wrong codes come from one address: whoever has the right code gives a proof first (0031, 0037).

A town hall has one address, so whoever tries codes there would shut the entrance for all others. From the limit on
nothing is said of a code before a proof was given; then the right one opens, and only exactly as it stands on the
screen.
"""

import secrets
from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_limiter import RequestLimit

from app.domain import join_codes
from app.features.room import checking_in, forms
from app.kit import clock, doors, proof, tokens
from app.kit.caching import UNKEPT
from app.kit.errors import status_of, wants_json
from app.kit.forms import csrf
from app.kit.identity import current_person
from app.kit.limits import caller
from app.records import rooms

bp = Blueprint("entrance", __name__)
KEY = "pas"
"""Part of the address after a proof: of one phone, signed, for one code, for as long as choosing a badge takes."""
GOOD_FOR = timedelta(minutes=15)
MOST_BY_ONE = "10 per 10 minutes"
WRONG = 404


@bp.post("/doe-mee")
@doors.public
@csrf.exempt
def prove() -> ResponseReturnValue:
    """Open with the right code (`code`) and a proof. Every try costs one, so that nobody finds a code by trying."""
    form = forms.ProvenCodeForm()
    if not form.validate():
        return _page(form, 400, _("Press the button once more.") if form.is_stale else "")
    now = clock.now()
    decision = checking_in.spend_proof(proof.sent(), current_person(), now)
    if not decision:
        return _page(form, status_of(decision))
    code = join_codes.readings(str(form.code.data))[0]
    room = rooms.by_code(code)
    if room is None or room.join_code != code:
        return _page(form, WRONG, _("No workshop has this code. Look at the screen again."))
    return redirect(url_for("room.check_in", code=code, pas=_made(code, now)), code=303)


def ask(_limit: RequestLimit) -> Response | None:
    """What the limit on wrong codes is answered with: the same for every code, right or wrong."""
    if wants_json():
        return None
    typed = (request.view_args or {}).get("code") or request.args.get("code", "")
    return _page(forms.ProvenCodeForm(formdata=None, data={"code": typed[:20]}), 429)


def passed() -> str | None:
    """The pass in the address of this request, when it is ours, for this code and not too old."""
    issued, nonce, mac = (*request.args.get(KEY, "").split(".", 2), "", "")[:3]
    code = str((request.view_args or {}).get("code", ""))
    if not (issued.isascii() and issued.isdigit() and len(issued) <= 12):
        return None
    if not tokens.same(mac, _mac(code, issued, nonce)):
        return None
    is_over = clock.now() >= datetime.fromtimestamp(int(issued), UTC) + GOOD_FOR
    return None if is_over else f"{issued}.{nonce}.{mac}"


def is_passed() -> bool:
    """Whether this request came by a proof."""
    return passed() is not None


def whose() -> str:
    """Who is counted: a pass by itself, else the caller."""
    pass_ = passed()
    return f"pass:{pass_}" if pass_ else caller()


def _made(code: str, now: datetime) -> str:
    """A pass of its own for every phone: many get theirs in the same second, and each is counted by its pass."""
    issued, nonce = str(int(now.timestamp())), secrets.token_hex(8)
    return f"{issued}.{nonce}.{_mac(code, issued, nonce)}"


def _mac(code: str, issued: str, nonce: str) -> str:
    return tokens.keyed_hash("room-pass", code, issued, nonce)


def _page(form: forms.ProvenCodeForm, status: int, notice: str = "") -> Response:
    """The form with its proof; one that was used up makes room for another."""
    answer = make_response(render_template("room/prove.html", form=form, notice=notice), status)
    answer.headers["Cache-Control"] = UNKEPT
    return answer
