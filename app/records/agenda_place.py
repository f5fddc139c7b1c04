"""Whether an idea comes on the agenda of a workshop through its themes, and if not, why not.

A workshop whose agenda was published goes by its newest version; one whose standing was sealed by that; any other by
the last computed one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import format_decimal
from sqlalchemy import Select, and_, func, or_, select

from app.db import db
from app.domain.decision import N_
from app.domain.lifecycle import IdeaState
from app.domain.ranking import AgendaPhase, Weighting, WhyNot, number
from app.models.process import Activity, Call, Process
from app.models.seal import Snapshot
from app.models.standing import Standing
from app.models.vote import Tally
from app.models.workshop import AgendaVersion, Workshop
from app.records import agenda_ballots, agenda_versions, standings, stands
from app.records.ideas import IdeaRow

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AgendaPlace:
    """Where an idea stands in a workshop. `number` is the item on its agenda, or None when it is not on it.

    `sentence` is English, to be translated with `values`.
    """

    workshop_id: int
    number: int | None
    theme_id: int | None
    sentence: str
    values: Mapping[str, str]
    stand_id: int | None = None
    """The sealed standing that it follows from, and its number."""
    stand_number: int | None = None


Found = tuple[int | None, int | None, str, dict[str, str]]
"""The number of the item and the theme of a place, and the sentence with its values."""


@dataclass(frozen=True, slots=True)
class _Feeding:
    """A workshop that the call of the idea feeds. votes: on the idea, at this moment."""

    id: int
    title: str
    votes: int
    stand_id: int | None
    stand_number: int | None
    digest: str | None
    version: int | None


@dataclass(frozen=True, slots=True)
class _Basis:
    """What the agenda of a workshop follows from. votes: on the idea; None when it came too late for the seal."""

    ranking: Record
    agenda: Record
    votes: int | None
    is_ticked: bool
    is_sealed: bool = False


def of_idea(idea: IdeaRow, now: datetime) -> AgendaPlace | None:
    """The place of an idea, in one statement; one more for a sealed standing that is new to this server, and for a
    published agenda.

    None when its call feeds no workshop, when nothing was computed yet, and while nobody may see counts.
    """
    if idea.state != IdeaState.PUBLISHED or idea.call.hides_counts(now):
        return None
    rows = db.session.execute(_statement(idea)).all()
    if not rows:
        return None
    records: dict[str, Record] = {kind: data for kind, data, *_rest in rows}
    weighting = Weighting(rows[0][2].get("weighting", Weighting.PER_GROUP))
    places = []
    for feeding in dict.fromkeys(_Feeding(*row[3:]) for row in rows):
        basis = _basis(idea, feeding, records, weighting)
        found = _found(idea, feeding, basis)
        if found is None:
            continue
        item, theme_id, sentence, values = found
        told = {"workshop": feeding.title, **values}
        places.append(
            AgendaPlace(feeding.id, item, theme_id, sentence, told, feeding.stand_id, feeding.stand_number)
        )
    return next((place for place in places if place.number), places[0] if places else None)


def _statement(idea: IdeaRow) -> Select[Any]:
    """Kind and record of everything that was computed for the call, its settings, and the fields of _Feeding."""
    votes = (
        select(func.coalesce(func.sum(Tally.votes_for + Tally.votes_against), 0))
        .where(Tally.idea_id == idea.id)
        .scalar_subquery()
    )
    newest, version = (
        select(func.max(table.number))
        .where(table.workshop_id == Workshop.id)
        .correlate(Workshop)
        .scalar_subquery()
        for table in (Snapshot, AgendaVersion)
    )
    return (
        select(
            Standing.kind,
            Standing.data,
            Process.ranking_settings,
            Workshop.id,
            Activity.title,
            votes,
            Snapshot.id,
            Snapshot.number,
            Snapshot.digest,
            version,
        )
        .select_from(Workshop)
        .outerjoin(Snapshot, and_(Snapshot.workshop_id == Workshop.id, Snapshot.number == newest))
        .join(Activity, Activity.id == Workshop.activity_id)
        .join(Call, Call.id == Workshop.call_id)
        .join(Process, Process.id == Call.process_id)
        .join(Standing, Standing.call_id == Workshop.call_id)
        .where(
            Workshop.call_id == idea.call.id,
            or_(Standing.kind == standings.THEMES, Standing.kind.like("agenda:%")),
        )
        .order_by(Activity.starts_at, Workshop.id)
    )


def _basis(idea: IdeaRow, of: _Feeding, records: Mapping[str, Record], weighting: Weighting) -> _Basis:
    """The last sealed standing of the workshop, or what was computed last."""
    if of.digest is None:
        return _Basis(
            records.get(standings.THEMES, {}),
            records.get(standings.agenda_kind(of.id, weighting), {}),
            int(of.votes),
            idea.call.agenda_ballot,
        )
    document = stands.document(of.digest)
    return _Basis(
        stands.themes(document),
        stands.agenda(document, of.id, Weighting(document["weighting"])),
        stands.votes_on(document, idea.id),
        document["scope"]["ballots"] == agenda_ballots.TICKED,
        is_sealed=True,
    )


def _found(idea: IdeaRow, of: _Feeding, basis: _Basis) -> Found | None:
    """The place of the idea in this workshop; None while nothing was computed for it."""
    if not basis.agenda.get("entries") or not (basis.ranking.get("rows") or basis.is_ticked):
        return None
    found = (
        _ticked_place(idea, basis.votes, basis.agenda)
        if basis.is_ticked
        else _place(idea, basis.votes, basis.ranking, basis.agenda, is_sealed=basis.is_sealed)
    )
    return _published(of.id, idea, found) if of.version else found


_TOO_LATE = N_("Not on the agenda of %(workshop)s: the idea came after its standing was sealed.")


def _place(
    idea: IdeaRow, cast: int | None, ranking: Record, agenda: Record, *, is_sealed: bool = False
) -> Found:
    if cast is None:
        return None, None, _TOO_LATE, {}
    least = agenda["parameters"]["n_min"]
    if cast < least:
        sentence = N_(
            "Not on the agenda of %(workshop)s: an idea counts from %(least)s votes on. It now has %(votes)s."
        )
        if is_sealed:
            sentence = N_(
                "Not on the agenda of %(workshop)s: an idea counts from %(least)s votes on. "
                "It had %(votes)s when the standing was sealed."
            )
        return None, None, sentence, {"least": str(least), "votes": str(cast)}
    if not idea.themes:
        return None, None, N_("Not on the agenda of %(workshop)s: the idea has no theme."), {}
    titles = {theme.id: theme.title for theme in idea.themes}
    if (on_it := _on_it(titles, agenda)) is not None:
        return on_it
    row = next((row for row in ranking["rows"] if row["id"] in titles), None)
    if row is None:
        sentence = N_(
            "Not on the agenda of %(workshop)s: fewer than %(least)s people support the theme %(theme)s."
        )
        theme = idea.themes[0]
        return (
            None,
            theme.id,
            sentence,
            {"least": str(agenda["parameters"]["min_supporters"]), "theme": theme.title},
        )
    sentence, values = _why_not(row, ranking["rows"], agenda)
    return None, row["id"], sentence, {"theme": titles[row["id"]], **values}


def _published(workshop_id: int, idea: IdeaRow, found: Found) -> Found:
    """The place on the newest version, whatever would follow from the votes; its reason where that says the same."""
    row = agenda_versions.newest(workshop_id)
    parts = row.document["parts"] if row else ()
    titles = {theme.id: theme.title for theme in idea.themes}
    entries = [{"id": part["themeId"], "order": part["number"]} for part in parts if part["themeId"]]
    on_it = _on_it(titles, {"entries": entries})
    if on_it is not None or found[0] is None or row is None:
        return on_it or found
    sentence = N_("Not on the agenda of %(workshop)s: version %(version)s leaves out the theme %(theme)s.")
    values = {"version": str(row.number), "theme": titles.get(found[1] or 0, "")}
    return None, found[1], sentence, values


def _on_it(titles: Mapping[int, str], agenda: Record) -> Found | None:
    """The first item of the agenda that is one of these themes."""
    for entry in agenda["entries"]:
        if entry["id"] in titles:
            item = int(entry["order"])
            sentence = N_("On the agenda of %(workshop)s: item %(number)s, %(theme)s.")
            return item, entry["id"], sentence, {"number": str(item), "theme": titles[entry["id"]]}
    return None


def _ticked_place(idea: IdeaRow, cast: int | None, agenda: Record) -> Found:
    """The same where people ticked the themes themselves: votes on ideas and ranks play no part."""
    if cast is None:
        return None, None, _TOO_LATE, {}
    if not idea.themes:
        return None, None, N_("Not on the agenda of %(workshop)s: the idea has no theme."), {}
    titles = {theme.id: theme.title for theme in idea.themes}
    if (on_it := _on_it(titles, agenda)) is not None:
        return on_it
    out = next((out for out in agenda["left_out"] if out["id"] in titles), None)
    if out is None:
        sentence = N_(
            "Not on the agenda of %(workshop)s: fewer than %(least)s people ticked the theme %(theme)s."
        )
        theme = idea.themes[0]
        least = str(agenda["parameters"]["min_supporters"])
        return None, theme.id, sentence, {"least": least, "theme": theme.title}
    told = _set_aside(out)
    if told is None and out["shortfall"] is not None:
        sentence = N_(
            "Not on the agenda of %(workshop)s: who ticked the theme %(theme)s are %(short)s minutes short."
        )
        told = sentence, {"short": format_decimal(number(out["shortfall"]), "#,##0.0")}
    sentence, values = told or (
        N_("Not on the agenda of %(workshop)s: who ticked the theme %(theme)s are short of time."),
        {},
    )
    return None, out["id"], sentence, {"theme": titles[out["id"]], **values}


def _set_aside(out: Record) -> tuple[str, dict[str, str]] | None:
    """Why a theme did not even compete, or None when it did."""
    if out["why"] == WhyNot.SKIPPED:
        sentence = N_(
            "Not on the agenda of %(workshop)s: the facilitator left out the theme %(theme)s. %(reason)s"
        )
        return sentence, {"reason": out["note"]}
    if out["why"] == WhyNot.TOO_LONG:
        sentence = N_(
            "Not on the agenda of %(workshop)s: the theme %(theme)s takes %(minutes)s minutes. "
            "There is less time to divide."
        )
        return sentence, {"minutes": str(out["minutes"])}
    return None


def _why_not(row: Record, ranked: Sequence[Record], agenda: Record) -> tuple[str, dict[str, str]]:
    out = next((out for out in agenda["left_out"] if out["id"] == row["id"]), None)
    told = _set_aside(out) if out else None
    if told is not None:
        return told
    chosen = {entry["id"] for entry in agenda["entries"] if entry["phase"] != AgendaPhase.PINNED}
    last = max((other["rank"] for other in ranked if other["id"] in chosen), default=0)
    rank = row["rank"]
    if rank > last:
        sentence = N_(
            "Not on the agenda of %(workshop)s: the theme %(theme)s has place %(rank)s in the ranking. "
            "The last place that fitted is %(last)s."
        )
        return sentence, {"rank": str(rank), "last": str(last)}
    if out and out["shortfall"] is not None:
        sentence = N_(
            "Not on the agenda of %(workshop)s: the theme %(theme)s has place %(rank)s in the ranking, but its "
            "supporters are %(short)s minutes short."
        )
        return sentence, {"rank": str(rank), "short": format_decimal(number(out["shortfall"]), "#,##0.0")}
    sentence = N_(
        "Not on the agenda of %(workshop)s: the theme %(theme)s has place %(rank)s in the ranking, but its "
        "supporters are short of time."
    )
    return sentence, {"rank": str(rank)}
