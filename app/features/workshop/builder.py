"""The page on which a facilitator makes the agenda: the draft, what it follows from, and all its forms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from flask import abort, render_template
from flask.typing import ResponseReturnValue
from flask_babel import format_datetime
from flask_babel import gettext as _

from app.domain.decision import Decision
from app.domain.ranking import Weighting
from app.features.workshop import comparison, forms, items, ordering, publishing, view, words
from app.features.workshop.publishing import Draft
from app.kit.forms import Form
from app.models.person import Person
from app.models.workshop import AgendaBasis, AgendaItemKind
from app.policies.seals import may_seal
from app.policies.workshop import may_arrange, may_publish
from app.records import (
    agenda_documents,
    agenda_drafts,
    agenda_invitations,
    agenda_plans,
    agenda_versions,
    agendas,
    frames,
    standings,
    stands,
)
from app.records.agenda_invitations import Candidate, InvitationRow
from app.records.agendas import WorkshopRow
from app.records.frames import Frame, ThemeTag
from app.records.stands import StandRow

F = TypeVar("F", bound=Form)
MOST_STANDS = 8
"""Sealed standings that can be chosen from the page."""
TOP = agenda_documents.TOP


@dataclass(frozen=True, slots=True)
class Asking:
    """A theme of the draft with who was asked about it and who else can be."""

    tag: ThemeTag
    asked: Sequence[InvitationRow]
    proposers: Sequence[Candidate]
    partners: Sequence[Candidate]


@dataclass(frozen=True, slots=True)
class Shown:
    """The draft on the page."""

    draft: Draft
    agenda: view.Agenda
    weighting: Weighting
    table: comparison.Table | None
    asking: Sequence[Asking]
    order_mark: str


@dataclass(frozen=True, slots=True)
class Late:
    """A form that was made for an agenda that has changed since, and why it was not taken."""

    decision: Decision
    form: forms.OrderForm | forms.PublishForm

    @property
    def words(self) -> str:
        """What was typed in it."""
        field = self.form.note if isinstance(self.form, forms.PublishForm) else self.form.reason
        return field.data or ""

    def typed(self, kind: type[Form], name: str) -> dict[str, str]:
        """The words under the name of their field, for a new form of that kind."""
        return {name: self.words} if isinstance(self.form, kind) else {}


def sealed_choices(seals: Sequence[StandRow]) -> list[tuple[str, str]]:
    """The sealed standings that an agenda can follow from, out of all of its call, the newest first."""
    return [
        (
            f"{AgendaBasis.STAND.value}:{row.number}",
            _("Standing %(number)s, sealed on %(moment)s", number=row.number, moment=_moment(row.sealed_at)),
        )
        for row in seals[:MOST_STANDS]
    ]


def _moment(at: datetime) -> str:
    return str(format_datetime(at, "d MMMM yyyy, HH:mm"))


def place_of(to: str) -> int | None:
    """The place that a button or a drop asks for, counted from 0; None for anything else."""
    return int(to) if to.isascii() and to.isdigit() and len(to) < 4 else None


def anchor(key: str, button: str) -> str:
    """Where the page goes on after a move: at the button that was pressed, of the part that moved."""
    part = f"part-{key.replace(':', '-')}"
    return f"{part}-{button}" if button in ("earlier", "later") else part


def tops(of: WorkshopRow, now: datetime) -> dict[int, list[int]]:
    """The top ideas of every theme on the draft; empty while nobody may see how the votes stand."""
    frame = frames.of_call(of.call_slug)
    if frame is None or frame.call.hides_counts(now):
        return {}
    found = publishing.draft(of, frame, now)
    return _tops(found) if found else {}


def _tops(draft: Draft) -> dict[int, list[int]]:
    return {part["themeId"]: part["ideas"] for part in draft.document["parts"] if part["themeId"]}


def _shown(
    of: WorkshopRow, frame: Frame, tags: Mapping[int, ThemeTag], seals: Sequence[StandRow], now: datetime
) -> Shown | None:
    draft = publishing.draft(of, frame, now, seals=seals)
    if draft is None:
        return None
    plans = draft.plans
    usual = plans.usual or frame.rules.weighting
    titles = agenda_documents.titles_in(draft.document)
    by_theme = items.of_parts(agenda_documents.filled(draft.document, titles)["parts"], {})
    keys = [part.key for part in plans.by[usual].parts]
    return Shown(
        draft=draft,
        agenda=view.agenda(of, plans, tags, usual, usual, by_theme, titles),
        weighting=usual,
        table=comparison.table(plans, tags, usual),
        asking=_asking(of, draft, tags, now),
        order_mark=ordering.mark(keys),
    )


def _asking(of: WorkshopRow, draft: Draft, tags: Mapping[int, ThemeTag], now: datetime) -> list[Asking]:
    tops_of = _tops(draft)
    asked = agenda_invitations.of_workshop(of.id)
    others = agenda_invitations.candidates(tops_of, now)
    found = []
    for theme in dict.fromkeys((*tops_of, *asked)):
        if theme not in tags:
            continue
        known = {row.person_id for row in asked.get(theme, ())}
        free = [one for one in others.get(theme, ()) if one.person_id not in known]
        found.append(
            Asking(
                tags[theme],
                asked.get(theme, ()),
                [one for one in free if one.ideas],
                [one for one in free if not one.ideas],
            )
        )
    return found


def page(
    workshop_id: int,
    facilitator: Person,
    now: datetime,
    faulty: Form | None = None,
    overtaken: Late | None = None,
) -> ResponseReturnValue:
    """The page with all its forms; the one with faults in it, or that came too late, keeps what was typed."""
    of = agendas.workshop(workshop_id) or abort(404)
    frame = frames.of_call(of.call_slug) or abort(404)
    hidden = frame.call.hides_counts(now)
    tags = {tag.id: tag for tag in frame.themes}
    seals = stands.of_calls([of.call_id])
    shown = None if hidden else _shown(of, frame, tags, seals, now)
    fixed = shown.draft.plans.fixed if shown else agendas.fixed_items(workshop_id)
    newest = next(iter(agenda_versions.of_workshop(workshop_id)), None)
    rendered = render_template(
        "workshop/arrange.html",
        workshop=of,
        shown=shown,
        newest=newest,
        agenda=shown.agenda if shown else None,
        sealed=next((row for row in seals if row.workshop_id == workshop_id), None),
        stand=agenda_drafts.stand_of(of, seals),
        may_seal=may_seal(facilitator, of, now),
        may_publish=may_publish(facilitator, of, now, hidden=hidden),
        tags=tags,
        words=words,
        decision=may_arrange(facilitator, of, now),
        faulty=faulty,
        overtaken=overtaken,
        themes=[item for item in fixed if not item.is_block and item.theme_id in tags],
        taken=sum(item.minutes for item in fixed if item.is_block or item.kind == AgendaItemKind.PINNED),
        **_forms(of, frame, fixed, seals, shown, faulty, overtaken),
    )
    return rendered, 400 if faulty else 409 if overtaken else 200


def _forms(
    of: WorkshopRow,
    frame: Frame,
    fixed: Sequence[agenda_plans.FixedItem],
    seals: Sequence[StandRow],
    shown: Shown | None,
    faulty: Form | None,
    overtaken: Late | None,
) -> dict[str, Any]:
    def form(kind: type[F], prefix: str, *given: Any, **values: Any) -> F:
        if isinstance(faulty, kind) and faulty._prefix == prefix:
            return faulty
        return kind(*given, formdata=None, prefix=prefix, **values)

    def typed(kind: type[Form], name: str) -> dict[str, str]:
        return overtaken.typed(kind, name) if overtaken else {}

    chosen = f"{of.basis.value}:{of.basis_number}" if of.basis == AgendaBasis.STAND else of.basis.value
    publish = form(
        forms.PublishForm,
        "publish-",
        is_first=of.version is None,
        data={"seen": str(of.version or 0), "mark": shown.draft.mark if shown else ""}
        | typed(forms.PublishForm, "note"),
    )
    order = form(
        forms.OrderForm,
        "order-",
        data={"seen": shown.order_mark if shown else "", "reason": of.order_reason}
        | typed(forms.OrderForm, "reason"),
    )
    return {
        "workshop_form": form(forms.WorkshopForm, "workshop-", data={"minutes": of.minutes}),
        "basis_form": form(forms.BasisForm, "basis-", sealed_choices(seals), data={"basis": chosen}),
        "publish_form": publish,
        "order_form": order,
        "blocks": [
            (
                item,
                form(
                    forms.BlockForm, f"block-{item.id}-", data={"title": item.title, "minutes": item.minutes}
                ),
            )
            for item in fixed
            if item.is_block
        ],
        "block_form": form(forms.NewBlockForm, "new-", data={"minutes": 10}),
        "theme_form": form(
            forms.ThemeForm,
            "theme-",
            frame.themes,
            standings.theme_minutes_of(of.call_id) if faulty else None,
            data={"minutes": 30},
        ),
    }
