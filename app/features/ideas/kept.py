"""An idea that was written while signed out: told on the pages to sign in, and sent in by the sign-in."""

from datetime import datetime
from typing import Any

from flask import url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from app.features.ideas import service
from app.features.ideas.extra_fields import CHALLENGE_FIELDS, IMAGE_MISSING
from app.features.ideas.forms import IdeaForm
from app.models.person import Person
from app.policies.taking_part import may_submit
from app.records import frames, kept_actions
from app.records.calls import CallRow
from app.records.drafts import Kept
from app.records.kept_actions import Kind, NotComplete, Outcome, Promise

NEW = "idea"
"""The kind of draft that a new idea is while its writer signs in; a changed one has its number behind it."""
AS_DRAFT, FOR_OTHER = "as_draft", "for_other"


def set_up(_state: BlueprintSetupState) -> None:
    """Tell the floor below how to complete what this room keeps."""
    kept_actions.register(NEW, Kind(_promise, _put_forward, _form_page))


def typed(form: IdeaForm) -> dict[str, Any]:
    """What was typed, and whether it is to become a draft or to be sent in."""
    return {**form.typed(), AS_DRAFT: form.as_draft, FOR_OTHER: bool(form.for_other.data)}


def _promise(kept: Kept, now: datetime) -> Promise | None:
    read = _read(kept, now)
    if read is None:
        return None
    form, call = read
    title = form.title.data or ""
    if form.as_draft:
        return Promise(
            _("After signing in, your idea is saved as a draft that only you see."), _("Sign in and save")
        )
    if not may_submit(None, call, now).needs_sign_in:
        return None
    texts = (
        (_("Your idea in one sentence"), form.summary.data or ""),
        (_("Explanation"), form.body.data or ""),
    )
    answers = tuple((str(form[name].label.text), form[name].data or "") for name in CHALLENGE_FIELDS)
    sentence = _("After signing in, your idea ‘%(title)s’ is sent in.", title=title)
    return Promise(sentence, _("Sign in and send in"), texts + (answers if form.is_challenge else ()))


def _put_forward(person: Person, kept: Kept, now: datetime) -> Outcome:
    read = _read(kept, now)
    if read is None:
        raise NotComplete
    form, call = read
    key = form.submission_key.data or ""
    if form.as_draft:
        number = service.keep_draft(person, call, form.content(), key, now)
        sentence = _("Your draft has been saved. Only you can see it.")
    else:
        number = service.put_forward(person, call, form.content(), key, now)
        sentence = _("Your idea ‘%(title)s’ has been sent in.", title=form.title.data)
    return Outcome(sentence, url_for("ideas.show", idea_id=number))


def _read(kept: Kept, now: datetime) -> tuple[IdeaForm, CallRow] | None:
    """The form as it was sent, with its call; None for a changed idea and for one with a fault, which wait."""
    slug = kept.data.get("call")
    frame = frames.of_call(str(slug or ""))
    if kept.data.get(IMAGE_MISSING) or kept.data.get(FOR_OTHER):
        return None  # it waits for its image, or for staff to say again whose idea it is
    if kept.kind != NEW or frame is None or (slug and frame.call.slug != slug):
        return None
    sent = MultiDict({name: value for name, value in kept.data.items() if isinstance(value, (str, list))})
    form = IdeaForm(
        [frame.call],
        frame.themes,
        as_draft=bool(kept.data.get(AS_DRAFT)),
        formdata=sent,
        meta={"csrf": False},
    )
    form.prepare(None, [frame.call], now)
    return (form, frame.call) if form.validate() else None


def _form_page(kept: Kept) -> str:
    _new, _colon, number = kept.kind.partition(":")
    return url_for("ideas.edit", idea_id=int(number)) if number else url_for("ideas.new")
