"""The days of the demo, counted from today, so that something is always open."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from app.cli.demo.content import Entry
from app.kit.i18n import TIME_ZONE

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HOURS = (7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 19, 20, 20, 20, 21, 21, 21, 22, 22, 23)
"""When people sit down for it: most in the evening."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Moments around one day. Nothing that has happened lies after the start of that day."""

    today: date

    @classmethod
    def around(cls, now: datetime) -> "Calendar":
        """The calendar of the day that it is now in the city."""
        return cls(now.astimezone(ZoneInfo(TIME_ZONE)).date())

    @property
    def midnight(self) -> datetime:
        """The start of today."""
        return self.on(self.today, "00:00")

    def on(self, day: date, clock: str) -> datetime:
        """A moment on a day, by the clocks of the city."""
        return datetime.combine(day, time.fromisoformat(clock), ZoneInfo(TIME_ZONE)).astimezone(UTC)

    def at(self, when: Entry, clock: str = "00:00") -> datetime:
        """The moment of a table: its `date`, or its `day` from today, moved on to its `weekday`."""
        if "date" in when:
            day = date.fromisoformat(when["date"])
        else:
            day = self.today + timedelta(days=when["day"])
        if "weekday" in when:
            day += timedelta(days=(WEEKDAYS.index(when["weekday"]) - day.weekday()) % 7)
        return self.on(day, when.get("time", clock))

    def hours_ago(self, hours: float) -> datetime:
        """So many hours before the start of today, or when that falls in the night the morning after it."""
        return self.awake(self.midnight - timedelta(hours=hours))

    def awake(self, moment: datetime) -> datetime:
        """The moment itself, or when it falls in the night eight hours later: never past the end of its day."""
        hour = moment.astimezone(ZoneInfo(TIME_ZONE)).hour
        return moment + timedelta(hours=8) if hour < HOURS[0] else moment

    def between(self, first: float, last: float, chance: Random) -> datetime:
        """A moment of a waking hour on a day between two offsets, always before today."""
        day = self.today + timedelta(days=min(int(chance.uniform(first, last)), -1))
        clock = f"{chance.choice(HOURS):02}:{chance.randrange(60):02}:{chance.randrange(60):02}"
        return self.on(day, clock)
