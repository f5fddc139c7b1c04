"""One theme in depth on the screen: who supports it, its best ideas, what people say for and against, and where
groups differ. Figures of groups of fewer than three are withheld by the same rule as on every page."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import and_, func, select

from app.db import db
from app.domain.ballot import SMALLEST_SHOWN_GROUP, Group, Side, groups_to_show
from app.domain.lifecycle import IdeaState
from app.domain.ranking import IdeaRow, Method
from app.kit import i18n, words
from app.models.argument import Argument, ArgumentState
from app.models.idea import Idea, IdeaTheme
from app.models.person import Person
from app.records.evening import Evening
from app.records.frames import ThemeTag
from app.records.scene_ranking import Row, themes_now

IDEAS, TEXT = 3, 130
GAP = 0.25
"""From which difference between two groups on they are said to differ."""


def content(evening: Evening, tag: ThemeTag, now: datetime) -> Row:
    """The scene of one theme. While counts are hidden: its ideas by the alphabet, and no figure or order of any."""
    part = next((part for part in evening.parts if part.theme_id == tag.id), None)
    shared: Row = {
        "title": tag.title,
        "tone": tag.accent,
        "icon": tag.icon,
        "number": part.number if part else 0,
        "minutes": _("%(minutes)s min", minutes=part.minutes) if part else "",
        "support": [],
        "differ": "",
    }
    known = _ideas_of(tag.id, evening.workshop.call_id)
    if evening.plans is None:
        ids = sorted(known, key=lambda each: (known[each][0], each))[:IDEAS]
        ideas = [{"id": each, "title": known[each][0], "by": known[each][1], "score": ""} for each in ids]
        return shared | {"ideas": ideas, "arguments": _arguments(ids)}
    ranking = evening.sheet.ranking(Method.DRAAGVLAK)
    ranked = [row for row in ranking.rows() if int(row.id) in known] if known else []
    late = [row for row in ranking.too_few if int(row.id) in known]
    best = [*ranked, *late][:IDEAS]
    ids = [int(row.id) for row in best]
    groups = ranking.parameters.groups
    return shared | {
        "ideas": [_idea(row, known) for row in best],
        "arguments": _arguments(ids),
        "support": _support(evening, tag.id, now),
        "differ": _differ(ranked, groups, known),
        "badge": _("Provisional") if not evening.plans.is_sealed else "",
    }


def _ideas_of(theme_id: int, call_id: int) -> dict[int, tuple[str, str]]:
    """Title and author of the published ideas of a theme in a call; one statement."""
    rows = db.session.execute(
        select(Idea.id, Idea.title, Person.name)
        .join(IdeaTheme, and_(IdeaTheme.idea_id == Idea.id, IdeaTheme.theme_id == theme_id))
        .join(Person, Person.id == Idea.author_id)
        .where(Idea.call_id == call_id, Idea.state == IdeaState.PUBLISHED)
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def _idea(row: IdeaRow, known: Mapping[int, tuple[str, str]]) -> Row:
    title, by = known[int(row.id)]
    score = i18n.percent(row.score or 0.0, "#,##0 %") if row.rank else _("few votes")
    return {"id": int(row.id), "title": title, "by": by, "score": score}


def _support(evening: Evening, theme_id: int, now: datetime) -> list[Row]:
    """Per group how many of those who voted on the theme support it; without figures where they are withheld."""
    plans = evening.plans
    assert plans is not None
    record: Mapping[str, Any] = plans.themes
    if plans.is_sealed:
        record = themes_now(evening, now) or record
    found = next(
        (row for part in ("rows", "too_few") for row in record.get(part, ()) if row["id"] == theme_id), None
    )
    if found is None or found["supporters"] is None:
        return []
    groups: Sequence[str] = record["parameters"]["groups"]
    heads = list(zip(groups, found["supporters"], found["opponents"], found["neutral"], strict=True))
    shown = groups_to_show({Group(key): (yes + neutral, no) for key, yes, no, neutral in heads})
    rows = []
    for key, yes, no, neutral in heads:
        everybody = yes + no + neutral
        name = words.word(Group(key))
        if Group(key) not in shown:
            told = _("not shown: too few people")
            rows.append({"id": key, "name": name, "note": told, "share": 0.0, "score": ""})
            continue
        share = yes / everybody if everybody else 0.0
        rows.append(
            {
                "id": key,
                "name": name,
                "note": ngettext(
                    "%(some)s of %(num)d person", "%(some)s of %(num)d people", everybody, some=yes
                ),
                "share": round(share, 2),
                "score": i18n.percent(share, "#,##0 %") if everybody else "",
            }
        )
    return rows


def _differ(ranked: Sequence[IdeaRow], groups: Sequence[str], known: Mapping[int, tuple[str, str]]) -> str:
    """The idea on which groups differ most, in a sentence; of groups that may be shown only."""
    best: tuple[float, str, str, float, float, int] | None = None
    for row in ranked:
        totals = {Group(key): (yes, no) for key, yes, no in zip(groups, row.for_, row.against, strict=True)}
        shown = groups_to_show(totals)
        shares = [
            (row.for_[place] / (row.for_[place] + row.against[place]), key)
            for place, key in enumerate(groups)
            if Group(key) in shown and row.for_[place] + row.against[place] >= SMALLEST_SHOWN_GROUP
        ]
        if len(shares) < 2:
            continue
        low, high = min(shares), max(shares)
        if high[0] - low[0] >= GAP and (best is None or high[0] - low[0] > best[0]):
            best = (high[0] - low[0], high[1], low[1], high[0], low[0], int(row.id))
    if best is None:
        return ""
    _gap, high_key, low_key, high_share, low_share, idea = best
    return str(
        _(
            "%(high)s: %(much)s for. %(low)s: %(little)s for. About “%(title)s”.",
            high=words.word(Group(high_key)),
            much=i18n.percent(high_share, "#,##0 %"),
            low=words.word(Group(low_key)),
            little=i18n.percent(low_share, "#,##0 %"),
            title=known[idea][0],
        )
    )


def _arguments(ids: Sequence[int]) -> Row:
    """The argument for and the one against that most people found helpful, on these ideas; one statement."""
    place = func.row_number().over(
        partition_by=Argument.side,
        order_by=(Argument.helpful_count.desc(), Argument.created_at.desc(), Argument.id.desc()),
    )
    ranked = (
        select(Argument.side, Argument.body, place.label("place"))
        .where(
            Argument.idea_id.in_(ids),
            Argument.parent_id.is_(None),
            Argument.state == ArgumentState.PUBLISHED,
            Argument.side.in_([Side.FOR, Side.AGAINST]),
        )
        .subquery()
    )
    rows = db.session.execute(select(ranked.c.side, ranked.c.body).where(ranked.c.place == 1))
    said = {str(side): body for side, body in rows}
    return {side.value: _brief(said.get(side.value, "")) for side in (Side.FOR, Side.AGAINST)}


def _brief(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= TEXT else plain[:TEXT].rsplit(" ", 1)[0].rstrip(",.;:") + "…"
