"""A trail in seven stations, as its picture shows it: when each was reached, where it stands now, what is to come."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app.domain.decision import N_
from app.domain.lifecycle import PublicStatus
from app.records.trail_parts import Step

PAST, NOW, NEXT, ENDED = "past", "now", "next", "ended"
STATIONS = (
    ("posted", N_("Sent in")),
    ("theme", N_("Put in a theme")),
    ("standing", N_("Counted")),
    ("agenda", N_("On the agenda")),
    ("outcome", N_("Discussed")),
    ("council", N_("With the council")),
    ("execution", N_("Carried out")),
)
_BY_KIND = {
    "submitted": "posted",
    "published": "theme",
    "seal": "standing",
    "agenda": "agenda",
    "outcome": "outcome",
    "outcome_bare": "outcome",
    "proposal": "council",
    "council": "council",
    "milestone": "execution",
}
_BY_STATUS = {
    PublicStatus.ON_AGENDA: "agenda",
    PublicStatus.DISCUSSED: "outcome",
    PublicStatus.BEFORE_COUNCIL: "council",
    PublicStatus.ADOPTED: "council",
    PublicStatus.NOT_ADOPTED: "council",
    PublicStatus.IN_EXECUTION: "execution",
    PublicStatus.DONE: "execution",
}


@dataclass(frozen=True, slots=True)
class Station:
    """One station. `title` is English, to be translated; `at` is when it was first reached."""

    key: str
    title: str
    state: str
    at: datetime | None


def of_steps(
    steps: Iterable[Step], *, status: PublicStatus | None = None, stays: bool = False
) -> tuple[Station, ...]:
    """The stations of a trail. The last one that was reached is where it is now; a way that ended goes no further.

    Of an idea its status decides: a theme may have come further than an idea that stands in it. An idea that `stays`
    goes no further, and neither does one that the council did not agree with.
    """
    reached: dict[str, datetime] = {}
    for step in steps:
        key = _BY_STATUS.get(step.status) if step.status is not None else _BY_KIND.get(step.kind)
        if key is not None:
            reached.setdefault(key, step.at)
    keys = [key for key, _title in STATIONS]
    last = max((keys.index(key) for key in reached), default=0)
    if status is not None:
        known = _BY_STATUS.get(status)
        last = min(last, keys.index("outcome")) if known is None else keys.index(known)
    ended = stays or status == PublicStatus.NOT_ADOPTED
    return tuple(
        Station(
            key,
            title,
            PAST if place < last else NEXT if place > last else ENDED if ended else NOW,
            reached.get(key) if place <= last else None,
        )
        for place, (key, title) in enumerate(STATIONS)
    )
