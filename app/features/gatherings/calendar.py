"""Activities as calendar files (RFC 5545), one by one and for a whole process."""

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from flask_babel import gettext as _
from icalendar import Calendar, Event

from app.models.process import Activity

MEDIA_TYPE = "text/calendar; charset=utf-8"


def calendar(name: str, activities: Iterable[tuple[Activity, str]], site: str, now: datetime) -> bytes:
    """The activities that have a date, each with its address; the same activity keeps its number for ever."""
    made = Calendar()
    made.add("prodid", f"-//{urlsplit(site).netloc}//Stem van de stad//NL")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", name)
    for activity, address in activities:
        if activity.starts_at is None:
            continue
        event = Event()
        event.add("uid", f"activiteit-{activity.id}@{urlsplit(site).hostname}")
        event.add("dtstamp", now)
        event.add("dtstart", activity.starts_at)
        if activity.ends_at is not None and activity.ends_at > activity.starts_at:
            event.add("dtend", activity.ends_at)
        event.add("summary", activity.title)
        if activity.place:
            event.add("location", activity.place)
        event.add("description", f"{activity.summary}\n\n{_('More on:')} {address}".strip())
        event.add("url", address)
        made.add_component(event)
    return bytes(made.to_ical())
