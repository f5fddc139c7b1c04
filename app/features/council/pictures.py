"""Trails and plans as pictures drawn on the server; the page has the same as a list beside them."""

from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _
from markupsafe import Markup

from app.kit import charts
from app.kit.charts import Stop
from app.kit.i18n import day_words
from app.records.execution import MilestoneRow
from app.records.stations import Station


def stations(title: str, found: Sequence[Station]) -> Markup:
    """The seven stations of a trail."""
    stops = [Stop(_(each.title), _words(each), each.state) for each in found]
    reached = [_(each.title) for each in found if each.state in ("past", "now", "ended")]
    return charts.way(title, stops, _("Reached so far: %(stations)s.", stations=", ".join(reached)))


def _words(station: Station) -> str:
    if station.state == "ended":
        ended = _("It went no further")
        return f"{day_words(station.at)}. {ended}" if station.at is not None else ended
    if station.at is not None:
        return day_words(station.at)
    return _("Still to come") if station.state == "next" else ""


def plan(title: str, steps: Sequence[MilestoneRow], today: date) -> Markup:
    """The milestones of a focus element in the order of their days."""
    first_open = next((step.id for step in steps if not step.is_done), None)
    stops = [
        Stop(
            step.title,
            when(step, today),
            "past"
            if step.is_done
            else "late"
            if step.is_late(today)
            else "now"
            if step.id == first_open
            else "next",
        )
        for step in steps
    ]
    done = sum(step.is_done for step in steps)
    return charts.way(
        title, stops, _("%(done)s of %(all)s steps have been taken.", done=done, all=len(steps))
    )


def when(step: MilestoneRow, today: date) -> str:
    """When a step was taken or is planned, and whether its day has passed."""
    if step.done_at is not None:
        return _("Done on %(day)s", day=day_words(step.done_at))
    if step.planned_on is None:
        return _("No day yet")
    day = day_words(step.planned_on)
    return _("Late: planned on %(day)s", day=day) if step.is_late(today) else _("Planned on %(day)s", day=day)
