"""Hints for what somebody types as an idea, in the words of the page: personal data in it, and plainer words."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from app.domain.plain_language import Hint, HintKind, hints
from app.domain.text_checks import CheckKind, check
from app.records import checks

MOST = 8
"""Hints at once; more would discourage."""
UNTOLD = frozenset({CheckKind.LINK, CheckKind.SHORT, CheckKind.REPEATED})
"""A link is nothing to think twice about, and who has just begun has a short text."""
QUOTED = 60
"""Characters of a long sentence that are enough to find it back."""


@dataclass(frozen=True, slots=True)
class Advice:
    """A hint as the page shows it: in which field, about which words, and what to do."""

    field: str
    label: str
    quote: str
    sentence: str
    start: int
    end: int


def on(texts: Sequence[tuple[str, str, str]]) -> list[Advice]:
    """Hints for fields given as (id, label, text): first what others should not read, then plainer words; at most
    eight. The first are what moderators are shown as well, so that nobody is surprised by their question.
    """
    checked = [
        Advice(field, label, " ".join(text[start:end].split())[:QUOTED], checks.sentence(one), start, end)
        for field, label, text in texts
        for one in check(text, checks.words())
        if one.kind not in UNTOLD
        for start, end in one.places[:1]
    ]
    found = checked + [
        Advice(field, label, _quote(hint), _sentence(hint), hint.start, hint.end)
        for field, label, text in texts
        for hint in hints(text, MOST)
    ]
    return found[:MOST]


def _quote(hint: Hint) -> str:
    line = " ".join(hint.text.split())
    return line if len(line) <= QUOTED else line[:QUOTED].rsplit(" ", 1)[0] + " …"


def _sentence(hint: Hint) -> str:
    match hint.kind:
        case HintKind.LONG:
            return _("This sentence has %(count)s words. Can you make two of it?", count=hint.count)
        case HintKind.WORD:
            return _("Not everybody knows this word. Perhaps: %(better)s.", better=hint.better)
        case HintKind.PASSIVE:
            return _("You often write “worden”. Say who does it: “the municipality plants trees”.")
        case HintKind.SHORT:
            return _("Not everybody knows this abbreviation. Write the whole word once.")
