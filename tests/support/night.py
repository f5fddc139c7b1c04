"""What the journey of a whole evening needs: its facts, phones that press at one moment, and eyes on every stop."""

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page
from sqlalchemy import func, select, update

from app.db import db
from app.domain.ballot import Group
from app.domain.lifecycle import PublicStatus
from app.models import Attendee, Idea, Process, RoundOption, RoundVote, Vote, Workshop
from app.models.idea import IdeaTheme
from app.models.process import Activity
from app.models.room import Round, RoundKind
from app.models.workshop import AgendaVersion
from tests.support import axe
from tests.support.browsing import Site

CODE = "SLIM26"
"""Of the workshop of the demo that is still to come."""
KEEP = "KEEP_SHOTS"
"""Names a folder in which the pictures of every stop stay after the run."""
TALLEST = 3000
"""Pixels of a page of which all is kept; of a longer one what is in the window."""
LONG = 30_000
"""Milliseconds for what takes its time on a machine that is busy with other tests."""
HEAD_START = 400
"""Milliseconds from now until phones press together: so long telling ten of them takes on a calm machine."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """An idea whose way a journey follows, and the theme under which it is discussed."""

    theme: int
    idea: int
    title: str


@dataclass
class Night:
    """One evening of the demo, as it stands on the site of a test."""

    site: Site
    shots: Path
    workshop: int = 0
    activity: int = 0
    process: str = ""
    found: list[str] = field(default_factory=list)
    """What axe has against the stops so far."""
    stops: int = 0

    def __post_init__(self) -> None:
        query = (
            select(Workshop.id, Activity.id, Process.slug)
            .join(Activity, Activity.id == Workshop.activity_id)
            .join(Process, Process.id == Activity.process_id)
            .where(Workshop.join_code == CODE)
        )
        self.workshop, self.activity, self.process = self.rows(query)[0]

    def at(self, page: str = "") -> str:
        """The address of a page of the workshop."""
        return f"/werkateliers/{self.workshop}{page and '/'}{page}"

    def rows(self, query: Any) -> list[Any]:
        """What a query finds in the data of the site."""
        with self.site.app.app_context():
            found = [tuple(row) for row in db.session.execute(query)]
            db.session.rollback()
        return found

    def begins(self, after: timedelta) -> None:
        """Let the evening begin so long after this moment: a test cannot wait for the day."""
        with self.site.app.app_context():
            at = (datetime.now(UTC) + after).replace(second=0, microsecond=0)
            db.session.execute(
                update(Activity).where(Activity.id == self.activity).values(starts_at=at, ends_at=None)
            )
            db.session.commit()

    def stop(self, page: Page, name: str, at: str = "") -> None:
        """Keep a picture of the page as it stands, where `at` begins, and let axe look at it."""
        self.stops += 1
        if at:
            page.locator(at).evaluate("(part) => part.scrollIntoView()")
        picture = self.shots / f"{self.stops:02}-{name}.png"
        page.screenshot(path=picture, full_page=page.evaluate("document.body.scrollHeight") < TALLEST)
        self.found += [f"{name}: {fault}" for fault in axe.findings(page)]
        if folder := os.environ.get(KEEP):
            Path(folder).mkdir(parents=True, exist_ok=True)
            shutil.copy(picture, Path(folder) / picture.name)

    def agenda(self) -> list[Mapping[str, Any]]:
        """The themes of the version that was published last, with the numbers of the ideas on top of each."""
        query = select(AgendaVersion.document).where(AgendaVersion.workshop_id == self.workshop)
        document = json.loads(self.rows(query.order_by(AgendaVersion.number.desc()))[0][0])
        return [part for part in document["parts"] if part["themeId"]]

    def chosen(self, person: int) -> list[Chosen]:
        """Two ideas on the agenda, of two themes, that this person neither wrote nor voted on; the second is not of
        the theme of the first."""
        found: list[Chosen] = []
        for part in self.agenda():
            before = [each.theme for each in found]
            elsewhere = select(IdeaTheme.idea_id).where(IdeaTheme.theme_id.in_(before))
            voted = select(Vote.idea_id).where(Vote.person_id == person, Vote.value != 0)
            query = select(Idea.id, Idea.title).where(
                Idea.id.in_(part["ideas"]),
                Idea.id.not_in(elsewhere),
                Idea.id.not_in(voted),
                Idea.author_id != person,
                Idea.public_status == PublicStatus.OPEN,
            )
            if rows := self.rows(query.order_by(Idea.id)):
                found.append(Chosen(part["themeId"], *rows[0]))
        return found[:2]

    def asked(self, kind: RoundKind) -> tuple[int, str, list[tuple[int, str]]]:
        """The round of this kind that is ready: its number, question, and options with their numbers."""
        query = select(Round.id, Round.question).where(Round.workshop_id == self.workshop, Round.kind == kind)
        number, question = self.rows(query.order_by(Round.position))[0]
        options = select(RoundOption.id, RoundOption.text).where(RoundOption.round_id == number)
        return number, question, [(row[0], row[1]) for row in self.rows(options.order_by(RoundOption.id))]

    def here(self) -> dict[Group, int]:
        """How many people of each group have a badge that was confirmed."""
        query = (
            select(Attendee.group, func.count())
            .where(Attendee.workshop_id == self.workshop, Attendee.confirmed_at.is_not(None))
            .group_by(Attendee.group)
        )
        return {row[0]: row[1] for row in self.rows(query)}

    def votes(self, round_id: int) -> dict[tuple[int, int], int]:
        """How often each value was chosen per option."""
        query = (
            select(RoundVote.option_id, RoundVote.value, func.count())
            .where(RoundVote.round_id == round_id)
            .group_by(RoundVote.option_id, RoundVote.value)
        )
        return {(row[0], row[1]): row[2] for row in self.rows(query)}


PRESS = """([at, selectors]) => {
  setTimeout(() => selectors.forEach((one) => document.querySelector(one).click()), Math.max(0, at - Date.now()));
}"""


def at_once(presses: Sequence[tuple[Page, Sequence[str]]]) -> None:
    """Let every page press its buttons at the same moment, a little from now."""
    moment = datetime.now(UTC).timestamp() * 1000 + HEAD_START
    for page, selectors in presses:
        page.evaluate(PRESS, [moment, list(selectors)])


def panel(page: Page, name: str) -> Locator:
    """A panel by the name of its heading in the address."""
    return page.locator(".panel").filter(has=page.locator(f"#{name}"))


def line(text: str) -> str:
    """Text with single spaces."""
    return " ".join(text.split())
