"""Shows where a search found something: words marked, a piece of the text; and words that are like what was typed."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape
from sqlalchemy import String, bindparam, select, text

from app.db import db, is_postgresql
from app.domain.lifecycle import IdeaState
from app.features.ideas import queries
from app.kit.kept import Kept
from app.models.idea import Idea
from app.records.ideas import CardRow

START, END = "\x02", "\x03"
"""Around a word that was found; texts of people hold no such characters (see app.kit.html.tidy)."""
_LOOSE = re.compile(f"[{START}{END}]")
_PAIRS = re.compile(f"[^{START}{END}]*(?:{START}[^{START}{END}]*{END}[^{START}{END}]*)*")
SNIPPET_WORDS = 24
NEAREST = 3
LEAST_ALIKE = 0.34
_WORD = re.compile(r"[^\W\d_]{4,30}")

_SQLITE = text(
    """
    SELECT rowid, highlight(idea_search, 0, :start, :end), highlight(idea_search, 1, :start, :end),
           snippet(idea_search, 2, :start, :end, '…', :most)
    FROM idea_search WHERE idea_search MATCH :beginnings AND rowid IN :ids
    """
).bindparams(bindparam("ids", expanding=True))
_POSTGRESQL = text(
    """
    SELECT id, ts_headline('dutch', title, wanted, :whole), ts_headline('dutch', summary, wanted, :whole),
           ts_headline('dutch', body, wanted, :piece)
    FROM idea, (SELECT websearch_to_tsquery('dutch', :typed) || to_tsquery('dutch', :beginnings) AS wanted) AS asked
    WHERE id IN :ids
    """
).bindparams(bindparam("ids", expanding=True), bindparam("whole", type_=String))


@dataclass(frozen=True, slots=True)
class Marked:
    """A card with what was searched for marked; `snippet` is empty when the text itself does not hold it."""

    title: Markup
    summary: Markup
    snippet: Markup


def of_cards(rows: Sequence[CardRow], typed: str) -> dict[int, Marked]:
    """The cards of a search by id, in one statement; the database marks just what it found by."""
    asked = queries.asked(typed)
    if asked is None or not rows:
        return {}
    given = {**asked, "ids": [row.id for row in rows]}
    if is_postgresql():
        marks = f"StartSel={START}, StopSel={END}"
        shape = f"MaxFragments=1, MinWords=12, MaxWords={SNIPPET_WORDS}"
        found = db.session.execute(
            _POSTGRESQL, {**given, "whole": f"{marks}, HighlightAll=true", "piece": f"{marks}, {shape}"}
        )
    else:
        del given["typed"]
        found = db.session.execute(_SQLITE, {**given, "start": START, "end": END, "most": SNIPPET_WORDS})
    originals = {row.id: row for row in rows}
    return {
        row[0]: Marked(
            _marked(row[1], originals[row[0]].title),
            _marked(row[2], originals[row[0]].summary),
            _piece(row[3]),
        )
        for row in found
    }


def _marked(found: str, original: str) -> Markup:
    """The text as it is stored, with marks; without them when the database changed anything else."""
    return _as_html(found) if _LOOSE.sub("", found) == original else escape(original)


def _piece(found: str) -> Markup:
    if START not in found:
        return Markup()
    piece = " ".join(found.split())
    return Markup("{}{}{}").format(
        "" if piece.startswith("…") else "… ", _as_html(piece), "" if piece.endswith("…") else " …"
    )


def _as_html(found: str) -> Markup:
    if not _PAIRS.fullmatch(found):
        return escape(_LOOSE.sub("", found))
    parts = _LOOSE.split(found)  # outside, inside, outside, …
    mark = Markup("<mark>{}</mark>")
    return Markup("").join(mark.format(part) if place % 2 else part for place, part in enumerate(parts))


_words: Kept[dict[str, frozenset[str]]] = Kept("words of ideas", 60.0)


def nearest(typed: str, call_id: int) -> list[str]:
    """What may have been meant: the first word that no title or summary holds, replaced by one that is like it."""
    known = _words.get(call_id, lambda _stale: _read_words(call_id)) or {}
    words = queries.words_of(typed)
    strange = next((word for word in words if word.casefold() not in known), None)
    if strange is None:
        return []
    pieces = _pieces(strange.casefold())
    alike = [
        (len(pieces & other) / len(pieces | other), word)
        for word, other in known.items()
        if abs(len(word) - len(strange)) <= 4
    ]
    best = sorted((pair for pair in alike if pair[0] >= LEAST_ALIKE), key=lambda pair: (-pair[0], pair[1]))
    return [
        " ".join(word if other == strange else other for other in words) for _share, word in best[:NEAREST]
    ]


def _read_words(call_id: int) -> dict[str, frozenset[str]]:
    rows = db.session.execute(
        select(Idea.title, Idea.summary).where(Idea.call_id == call_id, Idea.state == IdeaState.PUBLISHED)
    )
    return {word: _pieces(word) for word in _vocabulary(part for row in rows for part in row)}


def _vocabulary(texts: Iterable[str]) -> set[str]:
    return {word.casefold() for part in texts for word in _WORD.findall(part)}


def _pieces(word: str) -> frozenset[str]:
    """The pairs of letters in a word, with its beginning and end."""
    whole = f"^{word}$"
    return frozenset(whole[place : place + 2] for place in range(len(whole) - 1))
