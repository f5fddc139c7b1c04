"""How the texts of the demo are moderated: what the organisers chose for its calls, with its line in the audit log."""

from app.cli.demo.calendar import Calendar
from app.cli.demo.content import read
from app.cli.demo.people import Crowd
from app.cli.demo.processes import Stage
from app.kit import audit


def build_curation(calendar: Calendar, crowd: Crowd, stage: Stage) -> None:
    """Give the calls their checklists."""
    chosen = read("curation")
    before: dict[str, object] = {}
    after: dict[str, object] = {}
    for entry in chosen["calls"]:
        call = stage.calls[entry["key"]]
        before[f"checklist@{call.slug}"] = []
        after[f"checklist@{call.slug}"] = call.checklist = list(entry["checklist"])
    audit.record(
        crowd.demo["organiser"],
        "moderation.set_rules",
        stage.current,
        calendar.at(chosen, "09:40"),
        before=before,
        after=after,
        why=chosen["why"],
    )
