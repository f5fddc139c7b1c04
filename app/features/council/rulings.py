"""A decision of the council as an organiser notes it down: what it says on the whole, and on each element."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from app.kit import moments
from app.models.council import CouncilDecision, CouncilResult, FocusElement
from app.policies.council import TAKEN


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the council did with one element, and how it changed it or why it did not agree."""

    result: CouncilResult
    text: str

    @property
    def is_taken(self) -> bool:
        """Whether the council agreed with it, as it was or with changes."""
        return self.result in TAKEN


@dataclass(frozen=True, slots=True)
class Ruling:
    """A decision as an organiser notes it down: on the whole, and per element by its number."""

    title: str
    text: str
    document_url: str
    decided_at: datetime
    verdicts: Mapping[int, Verdict]

    @property
    def result(self) -> CouncilResult:
        """What it comes to: everything as it was, nothing at all, or something in between."""
        results = {verdict.result for verdict in self.verdicts.values()}
        return results.pop() if len(results) == 1 else CouncilResult.AMENDED


def as_ruling(decision: CouncilDecision, elements: Iterable[FocusElement]) -> Ruling:
    """A published decision in the shape of the form that corrects it."""
    return Ruling(
        decision.title,
        decision.text,
        decision.document_url,
        decision.decided_at,
        {
            element.id: Verdict(element.result or decision.result, element.result_text or "")
            for element in elements
        },
    )


def ruling_mark(ruling: Ruling) -> str:
    """A short name of all that a decision says, for a form to compare with later."""
    return sha256(str(sorted(plain(ruling).items())).encode()).hexdigest()[:16]


def plain(ruling: Ruling) -> dict[str, object]:
    """All that a decision says, as the audit log keeps it: of its moment the day only, as in the form."""
    return {
        "title": ruling.title,
        "text": ruling.text,
        "outcome": ruling.result,
        "document_url": ruling.document_url,
        "at": moments.day_of(ruling.decided_at).isoformat(),
        "elements": [
            f"{number}: {verdict.result} {verdict.text}".rstrip()
            for number, verdict in sorted(ruling.verdicts.items())
        ],
    }
