"""Coming in at a workshop and voting by phone, without an account: requests in, answers out."""

from datetime import timedelta

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.db import begin_read
from app.domain import rounds as rules
from app.domain.ballot import Group
from app.domain.decision import Decision, NotAllowed
from app.features.room import checking_in, forms, frame, proving, queries, view, voting, words
from app.kit import clock, doors
from app.kit.caching import UNKEPT
from app.kit.forms import csrf
from app.kit.identity import current_person, person_number
from app.kit.limits import ROOM, caller, limiter
from app.models.room import RoundKind, RoundState
from app.policies.room import NOT_HERE, REMOVED, may_check_in
from app.records import attendees, rooms, rounds
from app.records.attendees import AttendeeRow
from app.records.rooms import RoomRow

bp = Blueprint("room", __name__)
COOKIE = "room"
KEPT_FOR = timedelta(hours=24)
PER_PHONE = "120 per minute"
POLL = 3000
"""Milliseconds between two questions of a phone that cannot follow a stream."""
REPRESENTATION = "return=representation"
ODD = 404
"""What a code is answered with that no workshop has; only these are counted against whoever sends them."""


@bp.after_request
def keep_to_oneself(answer: Response) -> Response:
    """Pages here follow from the cookie of the room, which is not that of a session: nobody else may keep them."""
    if request.endpoint != "room.enter":
        answer.headers.setdefault("Cache-Control", UNKEPT)
    return answer


def _was_odd(answer: Response) -> bool:
    return answer.status_code in (ODD, 400)


wrong_codes = limiter.shared_limit(
    ROOM,
    scope="wrong codes of rooms",
    deduct_when=_was_odd,
    exempt_when=proving.is_passed,
    on_breach=proving.ask,
)
"""One count for the form and for addresses with a code, whichever somebody tries codes in."""


@bp.get("/doe-mee")
@doors.public
@wrong_codes
def enter() -> ResponseReturnValue:
    """Type the code on the screen (`code`). Nothing is changed by that, so the form needs no token and no cookie."""
    if "code" not in request.args:
        return _code_page(forms.CodeForm(formdata=None))
    form = forms.CodeForm(formdata=request.args)
    if not form.validate():
        return _code_page(form, 400)
    room = rooms.by_code(str(form.code.data))
    if room is None:
        return _unknown(form)
    return redirect(url_for("room.check_in", code=room.join_code), code=303)


@bp.route("/doe-mee/<code>", methods=["GET", "POST"])
@doors.public
@csrf.exempt
@wrong_codes
@limiter.limit(
    lambda: proving.MOST_BY_ONE if proving.is_passed() else ROOM,
    methods=["POST"],
    key_func=proving.whose,
    on_breach=proving.ask,
)
def check_in(code: str) -> ResponseReturnValue:
    """Come in: with the colour of one's badge, or as the person who signed in."""
    room = rooms.by_code(code)
    if room is None:
        return _unknown(forms.CodeForm(formdata=None))
    here, token = _here(room.id), request.cookies.get(COOKIE, "")
    phone = url_for("room.phone", workshop_id=room.id)
    # Who signs in on a phone that came in without an account goes on: the two become one.
    is_in = here is not None and here.removed_at is None
    if is_in and (current_person() is None or not token):
        return redirect(phone, code=303)
    now, person, form = clock.now(), current_person(), forms.CheckInForm()
    decision = may_check_in(room, now)
    if request.method == "GET" or not decision:
        return _check_in_page(room, form, decision, 200 if request.method == "GET" else 403)
    form.validate()
    if form.is_stale or (person is None and form.all_errors):
        return _check_in_page(room, form, decision, 400)
    if person is not None:
        checking_in.as_person(person, room, token, now)
        return _leave_phone(redirect(phone, code=303))
    secret = checking_in.by_phone(room, token, Group(form.group.data), str(form.name.data or ""), now)
    return _keep(make_response(redirect(phone, code=303)), secret)


@bp.get("/werkateliers/<int:workshop_id>/meedoen")
@doors.public
def phone(workshop_id: int) -> ResponseReturnValue:
    """What is asked now, with large buttons; afterwards what came out."""
    room = rooms.get(workshop_id) or abort(404)
    return _phone_page(room, None)


def _whose_phone() -> str:
    """A phone that is checked in is counted by itself, from whichever address; anything else by who sends it.

    Who it is is only read: on SQLite the whole room would wait for everything that a request does before it writes.
    """
    begin_read()
    here = _here((request.view_args or {}).get("workshop_id", 0))
    return f"attendee:{here.id}" if here else caller()


@bp.post("/werkateliers/<int:workshop_id>/meedoen/<int:round_id>/keuze")
@doors.public
@csrf.exempt
@limiter.limit(lambda: PER_PHONE if _whose_phone().startswith("attendee:") else ROOM, key_func=_whose_phone)
def choose(workshop_id: int, round_id: int) -> ResponseReturnValue:
    """Set one's choice on an option (`option`): `value`, or nothing to withdraw it."""
    if not forms.PaperForm().validate():
        room = rooms.get(workshop_id) or abort(404)
        return _phone_page(room, None, 400, _("Press your choice once more."))
    room, here = _vote_from(workshop_id)
    option, value = request.form.get("option", type=int), request.form.get("value", "")
    try:
        chosen = int(value) if value else None
        if option is None or not 0 < option < 2**31 or len(value) > 3:
            raise ValueError
    except ValueError:
        raise NotAllowed(voting.NOT_A_CHOICE) from None
    try:
        voting.put(workshop_id, here.id, round_id, option, chosen, clock.now())
    except NotAllowed as no:
        return _refused(room, no.decision)
    return _done(room, option)


@bp.post("/werkateliers/<int:workshop_id>/meedoen/<int:round_id>/antwoord")
@doors.public
@csrf.exempt
@limiter.limit(
    lambda: "20 per minute" if _whose_phone().startswith("attendee:") else ROOM, key_func=_whose_phone
)
def answer(workshop_id: int, round_id: int) -> ResponseReturnValue:
    """Answer an open question; an answer that is there already gets one's support."""
    form = forms.AnswerForm()
    form.validate()
    if form.is_stale:
        room = rooms.get(workshop_id) or abort(404)
        return _phone_page(room, form, 400, _("Press the button once more."))
    room, here = _vote_from(workshop_id)
    if form.all_errors:
        return _phone_page(room, form, 400)
    try:
        voting.answer(workshop_id, here.id, round_id, str(form.text.data), clock.now())
    except NotAllowed as no:
        return _refused(room, no.decision, form)
    return _done(room)


@bp.post("/werkateliers/<int:workshop_id>/meedoen/weg")
@doors.public
def leave(workshop_id: int) -> ResponseReturnValue:
    """Let go of this phone, so that somebody else can use it; what was chosen stays.

    It leads to where the code is typed, not to the code: whoever came in with an older one must not get it this way.
    """
    if rooms.get(workshop_id) is None:
        abort(404)
    flash(_("This phone is free. Somebody else can check in on it."))
    return _leave_phone(redirect(url_for("room.enter"), code=303))


def _here(workshop_id: int) -> AttendeeRow | None:
    """Who sends this request, read once: three hundred phones press within seconds, and limits ask as well."""
    known: dict[int, AttendeeRow | None] = g.setdefault(COOKIE, {})
    if workshop_id not in known:
        known[workshop_id] = attendees.whose(workshop_id, request.cookies.get(COOKIE, ""), person_number())
    return known[workshop_id]


def _vote_from(workshop_id: int) -> tuple[RoomRow, AttendeeRow]:
    """The room and who votes in it. Raises NotAllowed for who is not checked in."""
    room, here = rooms.get(workshop_id) or abort(404), _here(workshop_id)
    if here is None:
        raise NotAllowed(NOT_HERE)
    if here.removed_at is not None:
        raise NotAllowed(REMOVED)
    return room, here


def _done(room: RoomRow, option: int | None = None) -> ResponseReturnValue:
    """Lead to the page as it is now; a script that would fetch it next gets it at once (RFC 7240)."""
    if request.headers.get("Prefer") == REPRESENTATION:
        begin_read()
        answer = make_response(_phone_page(room, None))
        answer.headers["Preference-Applied"] = REPRESENTATION
        return answer
    anchor = f"option-{option}" if option else None
    return redirect(url_for("room.phone", workshop_id=room.id, _anchor=anchor), code=303)


def _keep(made: Response, secret: str) -> Response:
    made.set_cookie(
        COOKIE,
        secret,
        max_age=KEPT_FOR,
        path="/",
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    return made


def _leave_phone(answer: ResponseReturnValue) -> Response:
    made = make_response(answer)
    made.delete_cookie(
        COOKIE, path="/", httponly=True, samesite="Lax", secure=current_app.config["SESSION_COOKIE_SECURE"]
    )
    return made


def _unknown(form: forms.CodeForm) -> ResponseReturnValue:
    return _code_page(form, ODD, _("No workshop has this code. Look at the screen again."))


def _code_page(form: forms.CodeForm, status: int = 200, notice: str = "") -> ResponseReturnValue:
    return render_template("room/enter.html", form=form, notice=notice), status


def _check_in_page(
    room: RoomRow, form: forms.CheckInForm, decision: Decision, status: int
) -> ResponseReturnValue:
    here = _here(room.id)
    return (
        render_template(
            "room/check_in.html",
            room=room,
            form=form,
            decision=decision,
            words=words,
            removed=here is not None and here.removed_at is not None,
            passed=proving.passed(),
        ),
        status,
    )


def _refused(room: RoomRow, decision: Decision, form: forms.AnswerForm | None = None) -> ResponseReturnValue:
    """Say no on the page itself, with what is asked now and what was typed."""
    begin_read()
    g.pop(COOKIE, None)  # why it was refused may be that somebody was taken out of the room
    notice = _(decision.refusal, **decision.values)
    return _phone_page(room, form, 403, notice)


def _phone_page(
    room: RoomRow, form: forms.AnswerForm | None, status: int = 200, notice: str = ""
) -> ResponseReturnValue:
    here = _here(room.id)
    if here is None or here.removed_at is not None:
        page = render_template(
            "room/not_here.html",
            room=room,
            form=forms.CodeForm(formdata=None),
            refusal=_(NOT_HERE.refusal if here is None else REMOVED.refusal),
        )
        return page, status
    every = rounds.of_workshop(room.id)
    current = frame.now_on(every)
    # Before what they are about: what changes in between is fetched once too often, and not missed.
    sign, answers = frame.sign(current), frame.answers(current)
    outcome = view.outcome(current) if current and current.state is RoundState.REVEALED else None
    options, mine, voters, gone = [], {}, 0, []
    if current is not None and outcome is None:
        found = rounds.figures(current)
        mine, voters = queries.choices_of(current.id, here.id), found.voters
        numbered = [(place, row) for place, row in enumerate(found.rows, start=1) if row.text]
        options = numbered
        seen = {row.option_id for _place, row in numbered}
        gone = [(option, value) for option, value in sorted(mine.items()) if option not in seen]
        if (
            current.kind is not RoundKind.OPEN
        ):  # nobody's option is always on top; the number is that on paper
            by_id = {row.option_id: (place, row) for place, row in numbered}
            options = [by_id[number] for number in rules.shuffled(by_id, here.id, current.id)]
    page = render_template(
        "room/phone.html",
        room=room,
        here=here,
        round=current,
        outcome=outcome,
        options=options,
        mine=mine,
        gone=gone,
        left=current.dots - sum(mine.values()) if current and current.kind is RoundKind.DOTS else 0,
        voters=words.voters_text(voters),
        values=rounds.VALUES.get(current.kind, ()) if current else (),
        earlier=[row for row in every if row.state is RoundState.REVEALED and row != current],
        sign=sign,
        answers=answers,
        form=form or forms.AnswerForm(formdata=None),  # only here: its token begins a session
        notice=notice,
        words=words,
        poll=POLL,
        by_phone=here.person_id is None,
    )
    return page, status
