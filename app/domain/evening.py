"""The script of the evening: from programme and rounds to steps, each with a scene, what it does and its minutes.

Steps follow from what there is at this moment. Their keys stay the same when the agenda or the rounds change, so that
whoever leads the evening stays where he is; a step that went away is followed by what stands in its place.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum


class Scene(StrEnum):
    """What the screen in the room shows."""

    JOIN = "join"
    PROGRAMME = "programme"
    THEMES = "themes"
    """The ranking of themes."""
    IDEAS = "ideas"
    """The ranking of ideas."""
    THEME = "theme"
    """One theme in depth."""
    ROUND = "round"
    """A live round while it goes on, and its figures once they are revealed."""
    OUTCOME = "outcome"
    """What the room concluded on a theme, as it is being written."""
    TIMER = "timer"
    BREAK = "break"
    FOCUS = "focus"
    """The focus elements."""
    THANKS = "thanks"
    SPARE = "spare"
    """Nothing of the evening: the name of the city, for when something else has the attention."""


class Does(StrEnum):
    """What a step does beside showing its scene."""

    SHOW = "show"
    OPEN = "open"
    CLOSE = "close"
    REVEAL = "reveal"
    TIME = "time"
    """Start the timer with the minutes of the step."""


class Kind(StrEnum):
    """What a part of the programme is, as far as the script asks."""

    THEME = "theme"
    BREAK = "break"
    BLOCK = "block"
    """A fixed part, such as the opening or the closing."""
    FREE = "free"
    """Minutes that nothing was found for: no step."""


@dataclass(frozen=True, slots=True)
class Item:
    """A part of the programme: its key such as "theme:3" or "block:12", and its minutes."""

    key: str
    kind: Kind
    minutes: int
    theme_id: int | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """A round: the theme that it belongs to, or None for the whole evening."""

    id: int
    theme_id: int | None
    question: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One press of the big button."""

    key: str
    scene: Scene
    does: Does = Does.SHOW
    theme_id: int | None = None
    round_id: int | None = None
    minutes: int = 0
    """Of the part of the programme that begins here; 0 where none does."""
    part: str = ""
    """The key of the part of the programme that it belongs to."""
    title: str = ""
    """The name of the part or the question of the round, where people gave one."""


BESIDE = (Step("ideas", Scene.IDEAS), Step("timer", Scene.TIMER))
"""What can be shown at any moment without leaving the step that is on."""


@dataclass(frozen=True, slots=True)
class Script:
    """The steps of an evening in order."""

    steps: tuple[Step, ...]

    def step(self, key: str) -> Step | None:
        """The step with this key, or what can be shown beside the steps."""
        return next((step for step in (*self.steps, *BESIDE) if step.key == key), None)

    def place(self, key: str) -> int | None:
        """Where a step stands, from 0; None when it is not there (any more)."""
        return next((place for place, step in enumerate(self.steps) if step.key == key), None)

    def following(self, key: str, place: int = 0) -> Step | None:
        """What comes after the step; of one that went away, what stands where it stood. None at the end.

        An empty key is a screen that nobody touched yet: it shows the first step.
        """
        known = self.place(key) if key else 0
        wanted = place if known is None else known + 1
        return self.steps[wanted] if wanted < len(self.steps) else None

    def before(self, key: str, place: int = 0) -> Step | None:
        """What comes before the step; of one that went away, what stood before it. None at the beginning."""
        known = self.place(key) if key else 0
        wanted = min(place if known is None else known, len(self.steps)) - 1
        return self.steps[wanted] if wanted >= 0 else None


def script(items: Sequence[Item], rounds: Iterable[Ask]) -> Script:
    """The evening: the way in, the parts of the programme with their rounds, and the end.

    The agenda is shown in the opening, so the first of the blocks that the programme begins with has no step beside
    that; those at its end come before the goodbye. Rounds come in the order given. One of a theme that is not on the
    programme is one of the whole evening: before the first theme when no round of a theme comes earlier, at the end
    otherwise.
    """
    themes = {item.theme_id for item in items if item.kind is Kind.THEME}
    rounds = list(rounds)
    early, late, of_theme = _dealt(rounds, themes)
    opening, between, closing = _around(items)
    begins, ends = opening[-1].key if opening else "", closing[-1].key if closing else ""
    shown = [_block(item) for item in opening] or [Step("programme", Scene.PROGRAMME)]
    steps = [Step("join", Scene.JOIN), replace(shown[0], key="programme"), *shown[1:]]
    steps += [Step("themes", Scene.THEMES, part=begins), *_asked(early, begins)]
    for item in between:
        steps += _part(item, of_theme)
    steps += _asked(late)
    steps += [_block(item) for item in closing]
    steps += [Step("focus", Scene.FOCUS, part=ends), Step("thanks", Scene.THANKS, part=ends)]
    return Script(tuple(steps))


def _around(items: Sequence[Item]) -> tuple[list[Item], list[Item], list[Item]]:
    """The blocks that the programme begins with, what comes after them, and the blocks that it ends with."""
    told = [item for item in items if item.kind is not Kind.FREE]
    first = next((place for place, item in enumerate(told) if item.kind is not Kind.BLOCK), len(told))
    opening, rest = told[:first], told[first:]
    last = next((place for place, item in enumerate(reversed(rest)) if item.kind is not Kind.BLOCK), 0)
    return opening, rest[: len(rest) - last], rest[len(rest) - last :]


def _part(item: Item, of_theme: Mapping[int, Sequence[Ask]]) -> list[Step]:
    """The steps of one part of the programme."""
    if item.kind is Kind.BLOCK:
        return [_block(item)]
    if item.kind is Kind.BREAK:
        return [_step(f"break:{item.key}", Scene.BREAK, item, Does.TIME)]
    if item.theme_id is None:
        return []
    return [
        _step(f"theme:{item.theme_id}", Scene.THEME, item),
        *_asked(of_theme.get(item.theme_id, ()), item.key),
        replace(_step(f"outcome:{item.theme_id}", Scene.OUTCOME, item), minutes=0),
    ]


def _block(item: Item) -> Step:
    """A fixed part: the agenda with this part marked, and its minutes for the timer."""
    return _step(f"part:{item.key}", Scene.PROGRAMME, item)


def _step(key: str, scene: Scene, item: Item, does: Does = Does.SHOW) -> Step:
    return Step(
        key[:40],
        scene,
        does,
        theme_id=item.theme_id,
        minutes=item.minutes,
        part=item.key,
        title=item.title,
    )


def _dealt(
    rounds: Sequence[Ask], themes: set[int | None]
) -> tuple[list[Ask], list[Ask], dict[int, list[Ask]]]:
    """Rounds of the whole evening before and after those of themes, and those of each theme."""
    early: list[Ask] = []
    late: list[Ask] = []
    of_theme: dict[int, list[Ask]] = {}
    themed = any(ask.theme_id in themes and ask.theme_id is not None for ask in rounds)
    for ask in rounds:
        if ask.theme_id is not None and ask.theme_id in themes:
            of_theme.setdefault(ask.theme_id, []).append(ask)
        elif themed and not of_theme:
            early.append(ask)
        else:
            late.append(ask)
    return early, late, of_theme


def _asked(rounds: Iterable[Ask], part: str = "") -> list[Step]:
    return [
        Step(
            f"round:{ask.id}:{does}",
            Scene.ROUND,
            does,
            theme_id=ask.theme_id,
            round_id=ask.id,
            part=part,
            title=ask.question,
        )
        for ask in rounds
        for does in (Does.OPEN, Does.CLOSE, Does.REVEAL)
    ]
