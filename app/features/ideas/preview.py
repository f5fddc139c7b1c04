"""Looking at an idea before it is sent in: as it will be read, with ideas like it and hints; nothing typed is lost."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask import render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.file import FileField

from app.db import db
from app.domain.ballot import Group
from app.domain.decision import NotAllowed
from app.domain.lifecycle import IdeaState, PublicStatus
from app.features.ideas import advice, beside, kept, service
from app.features.ideas.forms import IdeaForm
from app.kit import html
from app.kit.identity import DRAFT
from app.models.person import Person
from app.records import alike, frames, ideas
from app.records.calls import CallRow
from app.records.frames import Frame
from app.records.ideas import IdeaRow

LOOK, BACK = "preview", "change"
ACTIONS = frozenset({LOOK, BACK})
"""What the buttons say that send nothing in: the form as it will be read, and the form again."""


def answer(
    action: str, form: IdeaForm, template: str, shown: dict[str, Any], person: Person | None, now: datetime
) -> ResponseReturnValue:
    """The form again as it was typed, or the idea as it will be read; with faults the form and what to mend."""
    form.validate()
    if person is not None and form.new_image is not None and (form.chose_image or not form.kept_image.data):
        form.kept_image.data = service.keep_image(person, form.new_image, now)
    if form.is_stale and person is not None:
        notice = _("Your session had expired. Your text is still here: send it once more.")
        return render_template(template, notice=notice, **shown), 400
    if action == BACK:
        for field in form:
            field.errors = []
        return render_template(template, **shown)
    if form.all_errors:
        return render_template(template, **shown), 400
    idea: IdeaRow | None = shown.get("idea")
    frame: Frame = shown["frame"]
    call = next((call for call in frame.calls if call.slug == form.call.data), frame.call)
    is_kept, draft = (False, None) if idea or form.is_for_other else _keep(form, call, person, now)
    preview = _as_read(form, call, frame, person, now, idea or draft)
    return render_template(
        "ideas/preview.html",
        form=form,
        idea=preview,
        former=idea,
        call=call,
        text=html.from_plain(preview.body),
        locator=beside.where(preview),
        challenge=form.extras().challenge,
        fields=list(_values(form)),
        alike=alike_rows(form.title.data or "", form.summary.data or "", frame, idea.id if idea else 0),
        advice=advice_for(form),
        is_kept=is_kept,
        action=url_for("ideas.edit", idea_id=idea.id) if idea else url_for("ideas.new"),
        unfinished=shown.get("unfinished", True),
        is_closed=shown.get("is_closed", False),
    )


def alike_rows(title: str, summary: str, frame: Frame, besides: int = 0) -> list[alike.AlikeRow]:
    """Published ideas of the process that may say the same, without the idea itself."""
    rows = alike.published(title, summary, [call.id for call in frame.calls])
    return [row for row in rows if row.id != besides]


def advice_for(form: IdeaForm) -> list[advice.Advice]:
    """Hints for the words of the form, in the order of its fields."""
    return advice.on(
        [(name, str(form[name].label.text), form[name].data or "") for name in ("title", "summary", "body")]
    )


def _keep(form: IdeaForm, call: CallRow, person: Person | None, now: datetime) -> tuple[bool, IdeaRow | None]:
    """Keep a new idea while its writer looks at it: as a draft, or for a stranger on the server for a week."""
    if person is None:
        typed = {**kept.typed(form), kept.AS_DRAFT: True}
        session[DRAFT] = service.keep_typed(kept.NEW, typed, now, session.get(DRAFT, ""))
        return True, None
    try:
        number = service.keep_draft(person, call, form.content(), form.submission_key.data or "", now)
    except NotAllowed:
        db.session.rollback()
        return False, None
    form.kept_image.data = ""  # the draft has it now
    return True, ideas.one(number)


def _values(form: IdeaForm) -> Iterator[tuple[str, str]]:
    """Every value of the form, to carry it along; the token is made anew."""
    for field in form:
        if field.name == form.meta.csrf_field_name or isinstance(field, FileField):
            continue
        values = field.data if isinstance(field.data, list) else [field.data]
        yield from ((field.name, "y" if value is True else str(value)) for value in values if value)


def _as_read(
    form: IdeaForm, call: CallRow, frame: Frame, person: Person | None, now: datetime, idea: IdeaRow | None
) -> IdeaRow:
    if form.is_for_other:
        author, group, organisation = (
            (form.display_name.data or "") if form.may_show_name.data else "",
            Group.RESIDENT,
            None,
        )
    elif person:
        author, group = person.name, person.group
        organisation = person.organisation.name if person.organisation else None
    else:
        author, group, organisation = _("Your name"), Group.RESIDENT, None
    place = form.extras().place or (None, None)
    chosen = set(form.themes.data or [])
    return IdeaRow(
        id=idea.id if idea else 0,
        title=form.title.data or "",
        summary=form.summary.data or "",
        body=form.body.data or "",
        neighbourhood=form.neighbourhood.data or "",
        state=idea.state if idea else IdeaState.DRAFT,
        public_status=idea.public_status if idea else PublicStatus.OPEN,
        version=0,
        created_at=idea.created_at if idea else now,
        submitted_at=idea.submitted_at if idea else None,
        published_at=idea.published_at if idea else None,
        merged_into_id=None,
        argument_count=0,
        author_id=person.id if person else 0,
        author=author,
        group=group,
        organisation=organisation,
        latitude=place[0],
        longitude=place[1],
        image=None if form.removes_image.data or idea is None else idea.image,
        origin=idea.origin if idea else None,
        amended=None,
        call=call,
        themes=tuple(theme for theme in frame.themes if theme.slug in chosen),
    )


def frame_of(slug: str) -> Frame | None:
    """The process whose ideas are looked through: that of the call, or the present one."""
    return frames.of_call(slug) or frames.of_call()
