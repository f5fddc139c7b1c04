"""What the screen shows now and next: the state of the desk put together with the evening as it is at this moment."""

import json
from datetime import datetime

from app.domain.evening import Scene, Step
from app.kit import i18n
from app.records import evening_words, scenes
from app.records.evening import Evening
from app.records.scene_ranking import Row
from app.records.scenes import Wish
from app.records.screens import ScreenRow


def now(evening: Evening, row: ScreenRow, moment: datetime) -> Row:
    """The scene that is on the screen, in the language of the moment."""
    if row.spare:
        return scenes.content(evening, Wish(Scene.SPARE), moment)
    kept = json.loads(row.frozen).get(i18n.language()) if row.frozen else None
    if kept:
        return guarded(row, scenes.still_told(_without_counts(kept) if evening.is_hidden else kept))
    return guarded(row, scenes.content(evening, wish(evening, row), moment))


def of_step(evening: Evening, row: ScreenRow, step: Step, moment: datetime) -> Row:
    """The scene that a step is going to show."""
    after = Wish(step.scene, step.theme_id, step.round_id, step.part, step.does)
    return guarded(row, scenes.content(evening, after, moment))


def fixed(evening: Evening, row: ScreenRow, scene: Scene, moment: datetime) -> Row:
    """One scene for a second screen, whatever the desk does; its part of the programme is that of the desk."""
    part = step.part if (step := evening.script.step(row.step)) else ""
    return guarded(row, scenes.content(evening, Wish(scene, part=part), moment))


def wish(evening: Evening, row: ScreenRow) -> Wish:
    """What the desk put on the screen."""
    step = evening.script.step(row.step)
    return Wish(row.scene, row.theme_id, row.round_id, step.part if step else "")


def frozen(evening: Evening, row: ScreenRow, moment: datetime) -> str:
    """The picture of this moment in every language, to be kept while the screen stands still."""
    kept = {}
    for language in i18n.LANGUAGES:
        with i18n.speaking(language):
            kept[language] = scenes.content(evening, wish(evening, row), moment)
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def guarded(row: ScreenRow, content: Row) -> Row:
    """A scene without the names of people when the desk hides them."""
    return scenes.without_names(content) if row.hides_names else content


_COUNTED = {
    "rows": [],
    "parts": [],
    "ideas": [],
    "support": [],
    "differ": "",
    "numbers": "",
    "since": "",
    "after": "",
    "badge": "",
}
"""What follows from votes in any scene, and nothing of it."""


def _without_counts(content: Row) -> Row:
    """A picture that was frozen before a phase began to hide the counts: nothing that follows from them.

    A programme stays when it was the published one, which is a decision; one that was drafted from the votes does not.
    """
    scene = content["scene"]
    if scene in (Scene.THEMES, Scene.IDEAS, Scene.THEME) or (
        scene in (Scene.PROGRAMME, Scene.BREAK) and not content.get("published")
    ):
        gone = {name: empty for name, empty in _COUNTED.items() if name in content}
        return content | gone | {"hidden": scene != Scene.BREAK}
    return content


def overlay(row: ScreenRow, moment: datetime) -> Row:
    """What stands over whatever is shown: the message to the room and the timer. A spare screen shows neither."""
    if row.spare:
        return {"message": "", "timer": evening_words.timer(type(row.timer)(), moment)}
    return {"message": row.message_at(moment), "timer": evening_words.timer(row.timer, moment)}
