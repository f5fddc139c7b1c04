"""Who could have written what: finds authors, speakers and moderators for the texts of the demo."""

from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from app.cli.demo.content import Entry, dice
from app.cli.demo.people import Crowd, was_here
from app.domain.ballot import Group
from app.models import Person
from app.models.person import Role


def is_of_2019(idea: Entry) -> bool:
    """Whether an idea belongs to the closed process; those have a written-out date."""
    return isinstance(idea.get("posted"), str)


@dataclass(slots=True)
class Casting:
    """Finds people, with dice that are fresh for every idea: a new idea changes nothing for the others."""

    crowd: Crowd
    chance: Random = field(default_factory=lambda: dice("casting"))
    authors: set[int] = field(default_factory=set)

    def turn_to(self, part: str) -> None:
        """Take up other dice."""
        self.chance = dice(part)

    def author(self, idea: Entry, moment: datetime) -> Person:
        """Who posted an idea: somebody of its neighbourhood who did not post one before."""
        candidates = self._candidates(idea.get("by"), idea)
        free = [one for one in candidates if one.id not in self.authors]
        near = [one for one in free if one.neighbourhood == idea.get("area", "")]
        person = self.chance.choice(near or free or candidates)
        self.authors.add(person.id)
        was_here(person, moment)
        return person

    def speaker(self, said: Entry, idea: Entry, moment: datetime, but_not: set[int]) -> Person:
        """Who argued: somebody who has not spoken on this idea yet."""
        candidates = self._candidates(said.get("by"), idea)
        person = self.chance.choice([one for one in candidates if one.id not in but_not] or candidates)
        was_here(person, moment)
        return person

    def reader(self, moment: datetime) -> Person:
        """Somebody who came by."""
        person = self.chance.choice(self.crowd.residents[1:])
        was_here(person, moment)
        return person

    def staff(self, role: Role, but_not: Person | None = None) -> Person:
        """Somebody with a role, never the author of what they act on."""
        return self.chance.choice([one for one in self.crowd.with_role(role) if one is not but_not])

    def _candidates(self, by: str | None, idea: Entry) -> list[Person]:
        kind, _, key = (by or "resident").partition(":")
        if kind == "partner":
            return [self.crowd.delegates[key]]
        if kind == "demo":
            return [self.crowd.demo[key]]
        if is_of_2019(idea):
            return self.crowd.veterans(Group(kind))
        # The demo people say only what their text says.
        return (self.crowd.residents if kind == "resident" else self.crowd.council)[1:]
