"""The steps, the timer and the changes of the screen in words, for the desk, the wall and who reads along."""

from datetime import datetime

from flask_babel import format_time, ngettext
from flask_babel import gettext as _

from app.domain.evening import Does, Scene, Step
from app.domain.timer import Mood, Timer
from app.kit import audit_words
from app.records.evening import Evening
from app.records.scene_ranking import Row


def listed(step: Step) -> str:
    """A step as the list of the desk names it."""
    match step.does, step.scene:
        case Does.OPEN, _scene:
            return _("Open voting: %(title)s", title=step.title)
        case Does.CLOSE, _scene:
            return _("Close voting: %(title)s", title=step.title)
        case Does.REVEAL, _scene:
            return _("Show the result: %(title)s", title=step.title)
        case _does, Scene.OUTCOME:
            return _("Outcome: %(title)s", title=step.title)
        case _:
            return public(step)


def public(step: Step) -> str:
    """A step for who reads along: a question is not told before it is asked."""
    if step.scene is Scene.ROUND:
        return _("A question to the room") if step.does is Does.OPEN else _("The question to the room")
    if step.title and step.scene is Scene.PROGRAMME:
        return _("The agenda – %(title)s", title=step.title)
    if step.title:
        return _("Outcome: %(title)s", title=step.title) if step.scene is Scene.OUTCOME else step.title
    return scene_name(step.scene)


def scene_name(scene: Scene) -> str:
    """A scene by its kind."""
    return str(
        {
            Scene.JOIN: _("Join in"),
            Scene.PROGRAMME: _("The agenda"),
            Scene.THEMES: _("Ranking of themes"),
            Scene.IDEAS: _("Ranking of ideas"),
            Scene.THEME: _("Theme in depth"),
            Scene.ROUND: _("Live round"),
            Scene.OUTCOME: _("Outcome"),
            Scene.TIMER: _("Timer"),
            Scene.BREAK: _("Break"),
            Scene.FOCUS: _("Focus elements"),
            Scene.THANKS: _("Thanks and goodbye"),
            Scene.SPARE: _("Spare screen"),
        }[scene]
    )


def pressed(step: Step) -> str:
    """What the big button says that takes this step."""
    if step.does is Does.OPEN:
        return _("Open voting")
    if step.does is Does.CLOSE:
        return _("Close voting")
    if step.does is Does.REVEAL:
        return _("Show the result")
    if step.does is Does.TIME:
        return ngettext(
            "Begin the break of %(num)d minute", "Begin the break of %(num)d minutes", step.minutes
        )
    return _("Show: %(title)s", title=public(step))


def timer(of: Timer, now: datetime) -> Row:
    """The timer as values; its words tell until when, so that they hold while nobody counts the seconds."""
    mood = of.mood(now)
    left = of.remaining(now)
    until = str(format_time(of.ends_at, "HH:mm")) if of.ends_at else ""
    minutes, seconds = divmod(left, 60)
    told = {
        Mood.NONE: "",
        Mood.RUNNING: _("until %(time)s", time=until),
        Mood.LAST: _("until %(time)s", time=until),
        Mood.OVER: "0:00",
        Mood.PAUSED: f"{minutes}:{seconds:02d}",
    }[mood]
    return {
        "mood": mood.value,
        "words": told,
        "sentence": moods()[mood],
        "seconds": of.seconds,
        "ends": of.ends_at.isoformat() if of.ends_at else "",
        "left": left if mood is Mood.PAUSED else 0,
    }


def moods() -> dict[Mood, str]:
    """What the timer says beside its time."""
    return {
        Mood.NONE: "",
        Mood.RUNNING: "",
        Mood.LAST: _("The last minute"),
        Mood.OVER: _("The time is up"),
        Mood.PAUSED: _("paused"),
    }


def said(content: Row) -> str:
    """What is told to who cannot see the screen when this scene comes, or when its round moves on."""
    if content["scene"] == Scene.SPARE:
        return _("The screen shows nothing of the evening for a moment.")
    if content["scene"] == Scene.ROUND:
        return f"{content['badge']}: {content['title']}"
    return _(
        "Now on the screen: %(title)s",
        title=" – ".join(filter(None, (content.get("theme"), content["title"]))),
    )


def did(action: str, evening: Evening, step_key: str) -> str:
    """What was done last at the desk, after the name of who did it."""
    step = evening.script.step(step_key)
    if action in ("desk.step", "desk.show"):
        return _("went to “%(step)s”", step=listed(step)) if step else _("went to another picture")
    return audit_words.action_words(action)
