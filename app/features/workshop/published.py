"""A published version as pages and papers show it: from its document alone, in the language of the reader."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.domain.agenda_changes import changes
from app.domain.programme import Part, PartKind
from app.domain.ranking import Weighting
from app.features.workshop import deviation_words, items, view
from app.features.workshop.publishing import Draft
from app.models.workshop import AgendaItemKind
from app.records import agenda_documents, agenda_invitations
from app.records.agenda_plans import FixedItem, Plan, Plans
from app.records.agenda_versions import VersionRow
from app.records.agendas import WorkshopRow

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Version:
    """A version with its agenda in words. workshop: as it was called, where and when it was then."""

    row: VersionRow
    workshop: WorkshopRow
    agenda: view.Agenda
    weighting: Weighting

    @property
    def stand(self) -> Record | None:
        """Of the sealed standing that it follows from: id, number, digest, sealedAt."""
        found: Record | None = self.row.document["stand"]
        return found

    @property
    def sealed_at(self) -> datetime | None:
        return datetime.fromisoformat(self.stand["sealedAt"]) if self.stand else None


def version(of: WorkshopRow, row: VersionRow) -> Version:
    """Put it together; three statements."""
    document = row.document
    tags = agenda_documents.tags_in(document)
    weighting = Weighting(document["weighting"])
    workshop = replace(
        of,
        title=document["title"],
        place=document["place"],
        starts_at=datetime.fromisoformat(document["startsAt"]) if document["startsAt"] else None,
        minutes=document["minutes"],
    )
    found = view.agenda(
        workshop,
        _plans(row, weighting),
        tags,
        weighting,
        weighting,
        items.of_parts(document["parts"], agenda_invitations.coming(of.id)),
        {idea["id"]: idea["title"] for part in document["parts"] for idea in part["ideas"]},
    )
    deviations = tuple(
        (
            deviation_words.deviation_told(each["kind"], each["title"], each["minutes"], each["usual"]),
            each["reason"],
        )
        for each in document["deviations"]
    )
    return Version(row, workshop, replace(found, deviations=deviations), weighting)


def bare(of: Version) -> Version:
    """What of a version everybody may read while a phase hides the counts: its parts with their minutes, as they were
    decided when everybody could see how it stood. No figure, no reason, no idea, and nothing of what is not on it."""
    kept = of.agenda
    return replace(
        of,
        agenda=view.Agenda(
            weighting=kept.weighting,
            lines=tuple(
                view.Line(part=line.part, clock=line.clock, title=line.title, tag=line.tag)
                for line in kept.lines
            ),
            bar=kept.bar,
            missing=(),
            too_few=(),
            difference="",
            reached=(),
            holds=False,
            checked=0,
            high_endowment=False,
            budget=0,
            lacking=0,
            is_failed=False,
            computed_at=kept.computed_at,
        ),
    )


def _plans(row: VersionRow, weighting: Weighting) -> Plans:
    """What the page of an agenda is made of, back from the document."""
    document = row.document
    parts = document["parts"]
    themes = [part for part in parts if part["themeId"]]
    plan = Plan(
        weighting=weighting,
        data={**document["agenda"], "entries": [part["why"] for part in themes]},
        parts=tuple(
            Part(PartKind(part["kind"]), _number(part), part["minutes"], part["begins"], part["number"])
            for part in parts
        ),
        lacking=0,
        computed_at=row.published_at,
    )
    return Plans(
        by={weighting: plan},
        fixed=tuple(
            FixedItem(
                _number(part),
                AgendaItemKind(part["kind"]),
                None,
                part["title"],
                part["minutes"],
                place,
                "",
            )
            for place, part in enumerate(parts)
            if not part["themeId"] and part["kind"] != PartKind.FREE
        ),
        themes={
            "rows": [
                {"id": part["themeId"], "top": [idea["id"] for idea in part["ideas"]]} for part in themes
            ],
            "too_few": [{"id": theme, "top": []} for theme in document["tooFew"]],
        },
        numbers={"votes": document["votes"], "voters": document["voters"]},
        is_ticked=document["ticked"],
    )


def _number(part: Record) -> int:
    """The number of the theme or block that a key names."""
    _kind, _colon, number = part["key"].partition(":")
    return int(number or 0)


def since(row: VersionRow, draft: Draft | None) -> tuple[bool, bool]:
    """Whether the draft is another agenda than the version, and whether people voted since it was made.

    Without a draft that was computed nothing is said.
    """
    if draft is None:
        return False, False
    plans, document = draft.plans, row.document
    is_other = bool(changes(document, draft.document))
    if plans.is_sealed:
        return is_other, plans.votes_moved
    now = (plans.numbers.get("votes"), plans.numbers.get("voters"))
    return is_other, document["stand"] is None and now != (document["votes"], document["voters"])
