"""A live round on the screen: the question and how many voted while it goes on, the figures once they are revealed."""

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from app.domain.evening import Does
from app.models.room import RoundKind, RoundState
from app.records import rounds
from app.records.rounds import RoundRow
from app.records.scene_ranking import Row

OPTIONS = 6
"""Options that can be read from the back of the room."""
_AFTER = {Does.OPEN: RoundState.OPEN, Does.CLOSE: RoundState.CLOSED, Does.REVEAL: RoundState.REVEALED}
_ORDER = list(RoundState)
_SIDES = {
    RoundKind.FOR_AGAINST: ((1, "for"), (-1, "against")),
    RoundKind.AGREE: ((1, "for"), (0, "unsure"), (-1, "against")),
}


def content(asked: RoundRow, present: int, after: Does) -> Row:
    """The scene of a round, with so many people present. One that a step is still going to open, close or reveal is
    shown as it will be then.

    What is still to be revealed has no figures, also not in the small picture on the desk.
    """
    coming = _AFTER.get(after, asked.state)
    state = max(asked.state, coming, key=_ORDER.index)
    figures = rounds.figures(asked)
    revealed = asked.state == RoundState.REVEALED
    rows = [row for row in figures.rows if row.text]
    return {
        "title": asked.question,
        "kind": asked.kind.value,
        "state": state.value,
        "badge": _state(state),
        "told": _told(asked, state),
        "voted": _voted(figures.voters, present),
        "share": round(min(1.0, figures.voters / present), 2) if present else 0.0,
        "options": [] if revealed or asked.kind == RoundKind.OPEN else [row.text for row in rows][:OPTIONS],
        "numbers_of_options": [row.option_id for row in rows][:OPTIONS],
        "more": max(0, len(rows) - OPTIONS),
        "results": _results(asked.kind, rows) if revealed else [],
        "paper": revealed and any(row.paper is not None for row in rows),
    }


def still_told(content: Row) -> Row:
    """The scene of a round that was kept, without answers and ideas that were taken off the screens since."""
    numbers: list[int] = content.get("numbers_of_options", [])
    shown = rounds.shown(numbers + [row["id"] for row in content["results"]])
    options = [text for number, text in zip(numbers, content["options"], strict=False) if number in shown]
    return content | {
        "options": options,
        "results": [row for row in content["results"] if row["id"] in shown],
    }


def _state(state: RoundState) -> str:
    return str(
        {
            RoundState.PLANNED: _("Soon"),
            RoundState.OPEN: _("You can vote now"),
            RoundState.CLOSED: _("Voting is closed"),
            RoundState.REVEALED: _("The result"),
        }[state]
    )


def _told(asked: RoundRow, state: RoundState) -> str:
    """What somebody in the room does now."""
    if state == RoundState.PLANNED:
        return str(_("We begin in a moment."))
    if state == RoundState.CLOSED:
        return str(_("The result comes in a moment."))
    if state == RoundState.REVEALED:
        return ""
    if asked.kind == RoundKind.DOTS:
        return str(
            ngettext(
                "Divide %(num)d dot on your phone.",
                "Divide %(num)d dots on your phone, as you like.",
                asked.dots,
            )
        )
    return str(
        {
            RoundKind.FOR_AGAINST: _("Vote for or against on your phone."),
            RoundKind.AGREE: _("Say on your phone whether you agree."),
            RoundKind.OPEN: _("Write your answer on your phone, or support one of somebody else."),
        }[asked.kind]
    )


def _voted(voters: int, present: int) -> str:
    if present < voters or not present:
        return str(ngettext("%(num)d person voted", "%(num)d people voted", voters))
    return str(
        ngettext("%(some)s of %(num)d person voted", "%(some)s of %(num)d people voted", present, some=voters)
    )


def _results(kind: RoundKind, rows: Sequence[rounds.Row]) -> list[Row]:
    """Per option its bars, phones and paper apart; most support first, and as asked between equals."""
    made = [_sided(row, kind) if kind in _SIDES else _summed(row, kind) for row in rows]
    if kind not in _SIDES:
        most = max((bar["n"] for row in made for bar in row["bars"]), default=0) or 1
        for row in made:
            for bar in row["bars"]:
                bar["segments"] = [
                    {"side": "for", "start": 0.0, "share": round(bar["n"] / most, 4), "n": bar["n"]}
                ]
    made.sort(key=lambda row: -row["weight"])
    return made[:OPTIONS]


def _sided(row: rounds.Row, kind: RoundKind) -> Row:
    sides = _SIDES[kind]
    bars = [_bar("phone", row.counts, kind)]
    if row.paper is not None:
        bars.append(_bar("paper", row.paper, kind))
    weight = sum(
        (row.counts.get(value, 0) + (row.paper or {}).get(value, 0)) * value for value, _side in sides
    )
    return {"id": row.option_id, "title": row.text, "bars": bars, "weight": weight}


def _bar(source: str, counts: Mapping[int, int], kind: RoundKind) -> Row:
    sides = _SIDES[kind]
    total = sum(counts.get(value, 0) for value, _side in sides)
    start, segments, told = 0.0, [], []
    for value, side in sides:
        n = counts.get(value, 0)
        share = n / total if total else 0.0
        segments.append({"side": side, "start": round(start, 4), "share": round(share, 4), "n": n})
        start += share
        told.append(_side(kind, side, n))
    return {
        "source": source,
        "name": _source(source),
        "n": total,
        "segments": segments,
        "told": " · ".join(told),
    }


def _summed(row: rounds.Row, kind: RoundKind) -> Row:
    bars = [_sum("phone", row.counts, kind)]
    if row.paper is not None:
        bars.append(_sum("paper", row.paper, kind))
    return {
        "id": row.option_id,
        "title": row.text,
        "bars": bars,
        "weight": sum(bar["n"] for bar in bars),
    }


def _sum(source: str, counts: Mapping[int, int], kind: RoundKind) -> Row:
    n = sum(value * people for value, people in counts.items())
    told = (
        ngettext("%(num)d dot", "%(num)d dots", n)
        if kind == RoundKind.DOTS
        else ngettext("%(num)d supporter", "%(num)d supporters", n)
    )
    return {"source": source, "name": _source(source), "n": n, "segments": [], "told": str(told)}


def _source(source: str) -> str:
    return str(_("Phones") if source == "phone" else _("Paper"))


def _side(kind: RoundKind, side: str, n: int) -> str:
    """In the words that the buttons on the phones have."""
    if kind is RoundKind.AGREE and side != "unsure":
        agree = ngettext("%(num)d agrees", "%(num)d agree", n)
        return str(agree if side == "for" else ngettext("%(num)d disagrees", "%(num)d disagree", n))
    return str(
        {
            "for": ngettext("%(num)d for", "%(num)d for", n),
            "unsure": ngettext("%(num)d unsure", "%(num)d unsure", n),
            "against": ngettext("%(num)d against", "%(num)d against", n),
        }[side]
    )
