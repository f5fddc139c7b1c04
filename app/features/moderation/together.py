"""One decision on many texts: look at what was ticked, decide once, and read what could not be done."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.db import db
from app.domain.decision import N_, Decision
from app.domain.lifecycle import RefusalReason
from app.features.moderation import cases, forms, places, queries, queue_queries, service
from app.features.moderation.cases import Case
from app.features.moderation.desk import bp as bp
from app.features.moderation.letters import Ruling
from app.features.moderation.queue_queries import Waiting
from app.features.moderation.routes import cited_rules
from app.features.moderation.service import Ruled
from app.kit import clock, doors, paths, tokens
from app.kit.forms import numbered, numbers_in
from app.kit.identity import the_person
from app.models.argument import Argument
from app.models.idea import Idea
from app.models.moderation import ModerationVerb
from app.policies.moderation import may_decide_together

ELSEWHERE = Decision(N_("This is decided on a page of its own."))
_REASONED = (ModerationVerb.REFUSE, ModerationVerb.HIDE)
_VERSION = re.compile(r"[0-9]{1,18}")
"""Python itself refuses to read a number of thousands of digits."""
Shown = tuple[int | None, frozenset[int] | None]
"""The version of a text that was on the page, and the reports on it; None when the form does not say."""
UNKNOWN: Shown = (None, None)
GONE = Decision(N_("This does not wait any more: somebody has decided on it."))


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something ticked that stays as it is."""

    title: str
    address: str
    why: Decision


@bp.get("/moderatie/samen")
@doors.moderator
def together() -> ResponseReturnValue:
    """What was ticked (`kies`), and the decisions that are possible on all of it."""
    numbers = _numbers(request.args.getlist("kies"))
    may = may_decide_together(len(numbers))
    if not may:
        flash(_(may.refusal, **may.values), "warning")
        return redirect(url_for("moderation.queue"), code=303)
    return _page(sorted(numbers), forms.TogetherForm(formdata=None), 200)


@bp.post("/moderatie/samen")
@doors.moderator
def decide_together() -> ResponseReturnValue:
    """Decide on all of it in one transaction; what cannot be decided on stays and is named."""
    now, moderator = clock.now(), the_person()
    numbers = _numbers(request.form.get("kies", "").split(","))
    may_decide_together(len(numbers)).or_raise()
    items = queue_queries.chosen(sorted(numbers), moderator.id, now)
    wanted, skipped = _cases(items, numbers)
    cases.complete(wanted)
    form = forms.TogetherForm(
        needs_list=any(_checklist(case) for case in wanted),
        has_reports=any(case.reports and not case.was_recalled for case in wanted),
    )
    if not form.validate():
        return _page(sorted(numbers), form, 400)
    if form.decided == ModerationVerb.PUBLISH and form.listed.data:
        for case in wanted:
            case.checked = _checklist(case)
    reason = RefusalReason(form.reason.data) if form.decided in _REASONED else None
    said = str(form.sentence.data or "") if form.decided != ModerationVerb.PUBLISH else ""
    for case in wanted:
        case.answers_reports = bool(said)
    batch = tokens.new_token()[:32]
    ruled = service.rule(moderator, form.decided, wanted, Ruling(said, reason), now, batch)
    skipped += [_skipped(left.text, left.why) for left in ruled.left]
    service.finish(ruled)
    return _outcome(ruled, skipped, batch)


def _outcome(ruled: Ruled, skipped: Sequence[Skipped], batch: str) -> ResponseReturnValue:
    number = len(ruled.done)
    done = ngettext("One text decided on.", "%(num)s texts decided on.", number) if number else ""
    if not skipped:
        flash(done)
        return redirect(url_for("moderation.queue"), code=303)
    page = render_template(
        "moderation/together_done.html",
        done=done,
        skipped=skipped,
        fresh=queries.fresh_decision(the_person().id, clock.now()) if number else None,
    )
    return page, 200 if number else 409


def _page(numbers: Sequence[int], form: forms.TogetherForm, status: int) -> ResponseReturnValue:
    now, moderator = clock.now(), the_person()
    items = queue_queries.chosen(numbers, moderator.id, now)
    wanted, skipped = _cases(items, dict.fromkeys(numbers, UNKNOWN))
    cases.complete(wanted)
    ready, barred = [], list(skipped)
    for case in wanted:
        may = cases.may_decide_on(moderator, case, now)
        if may:
            ready.append(case)
        else:
            barred.append(_skipped(case.text, may))
    texts = {(type(case.text), case.text.id): case for case in ready}
    lines = [(item, _shown(texts[_key(item)])) for item in items if _key(item) in texts]
    page = render_template(
        "moderation/together.html",
        form=form,
        lines=lines,
        address_of=places.of_item,
        skipped=barred,
        checklists=sorted({point for case in ready for point in _checklist(case)}),
        hints=cited_rules(),
    )
    return page, status


def _shown(case: Case) -> str:
    """What of a text was on the page, as `_numbers` reads it: its version, and the reports on it."""
    return f"{cases.version_of(case.text)}:{numbered(report.id for report in case.reports)}"


def _numbers(given: Sequence[str]) -> dict[int, Shown]:
    """The items, each with what was on the page: `12`, `12:3` with its version, `12:3:7.8` with reports as well."""
    found: dict[int, Shown] = {}
    for text in given:
        number, _colon, shown = text.partition(":")
        version, colon, seen = shown.partition(":")
        try:
            found[paths.number(number)] = (
                int(version) if _VERSION.fullmatch(version) else None,
                numbers_in(seen) if colon else None,
            )
        except ValueError:
            continue
    return found


def _cases(items: Sequence[Waiting], numbers: dict[int, Shown]) -> tuple[list[Case], list[Skipped]]:
    """The texts behind the items, each once, and what cannot be decided on together."""
    skipped = [Skipped(_("A text"), url_for("moderation.queue"), GONE)] * (
        len(numbers) - len({item.id for item in items})
    )
    here = [item for item in items if item.kind in cases.READ and item.practice_id is None]
    skipped += [
        Skipped(item.title or _("An appeal"), places.of_item(item), ELSEWHERE)
        for item in items
        if item not in here
    ]
    texts = _texts(here)
    found: dict[tuple[type, int], Case] = {}
    for item in here:
        key = _key(item)
        if key in texts and key not in found:
            version, seen = numbers.get(item.id, UNKNOWN)
            found[key] = Case(texts[key], version, seen=seen)
    return list(found.values()), skipped


def _key(item: Waiting) -> tuple[type, int]:
    return (Idea, item.idea_id or 0) if item.argument_id is None else (Argument, item.argument_id)


def _texts(items: Sequence[Waiting]) -> dict[tuple[type, int], Idea | Argument]:
    """The texts with everything that a decision on them reads, in a few statements."""
    ideas = [item.idea_id for item in items if item.argument_id is None]
    arguments = [item.argument_id for item in items if item.argument_id is not None]
    found: dict[tuple[type, int], Idea | Argument] = {}
    for idea in db.session.scalars(
        select(Idea)
        .options(joinedload(Idea.author), joinedload(Idea.call), selectinload(Idea.themes))
        .where(Idea.id.in_(ideas))
    ):
        found[Idea, idea.id] = idea
    for argument in db.session.scalars(
        select(Argument)
        .options(joinedload(Argument.author), joinedload(Argument.idea).joinedload(Idea.call))
        .where(Argument.id.in_(arguments))
    ):
        found[Argument, argument.id] = argument
    return found


def _checklist(case: Case) -> tuple[str, ...]:
    """What its call wants checked before it is published."""
    return tuple(case.text.call.checklist) if isinstance(case.text, Idea) else ()


def _skipped(text: Idea | Argument, why: Decision) -> Skipped:
    if isinstance(text, Idea):
        return Skipped(text.title, places.of_text(text.id, None, None), why)
    return Skipped(
        _("Argument on “%(title)s”", title=text.idea.title), places.of_text(None, text.id, None), why
    )
