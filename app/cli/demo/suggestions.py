"""What people suggest for the library of practices, and what became of it."""

from app.cli.demo.calendar import Calendar
from app.cli.demo.casting import Casting
from app.cli.demo.content import read
from app.cli.demo.processes import Stage
from app.db import db
from app.kit import audit
from app.models import Practice
from app.models.person import Role
from app.models.practice import PracticeLevel, PracticeState, PracticeSuggestion


def build_suggestions(calendar: Calendar, casting: Casting, stage: Stage) -> None:
    """Make the suggestions; those with a sentence were not placed."""
    casting.turn_to("suggesting")
    for number, entry in enumerate(read("practices")["suggestions"]):
        moment = calendar.hours_ago(entry["hours"])
        person = casting.crowd.demo[entry["by"]] if "by" in entry else casting.reader(moment)
        is_decided = "decided" in entry
        practice = Practice(
            process=stage.current,
            slug=f"voorstel-{number + 1}",
            title=entry["title"],
            place=entry["place"],
            level=PracticeLevel(entry["level"]),
            url=entry["url"],
            done=entry["done"],
            learned=entry["learned"],
            published_at=moment,
            state=PracticeState.REFUSED if is_decided else PracticeState.SUGGESTED,
        )
        practice.themes = [stage.themes[stage.current.slug, key] for key in entry["themes"]]
        db.session.add(practice)
        db.session.flush()
        suggestion = PracticeSuggestion(practice_id=practice.id, person_id=person.id, suggested_at=moment)
        db.session.add(suggestion)
        if is_decided:
            moderator = casting.staff(Role.MODERATOR, but_not=person)
            suggestion.decided_at = calendar.hours_ago(entry["decided"])
            suggestion.decided_by_id = moderator.id
            suggestion.sentence = entry["sentence"]
            audit.record(
                moderator,
                "practices.refuse",
                practice,
                suggestion.decided_at,
                before={"state": PracticeState.SUGGESTED},
                after={"state": PracticeState.REFUSED},
                why=entry["sentence"],
            )
