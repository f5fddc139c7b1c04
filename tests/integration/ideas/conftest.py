"""What tests of the list share: a call with 45 ideas."""

import pytest
from flask import Flask

from app.db import db
from app.domain.ballot import Group, VoteValue
from app.domain.lifecycle import PublicStatus
from tests import factories

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrs"


@pytest.fixture
def call(app: Flask) -> str:
    """A call with 45 ideas in two themes and various votes; its slug."""
    with app.app_context():
        process = factories.a_process()
        call = factories.a_call(process, slug="slim", title="Waar moet de stad slim in zijn?")
        themes = [
            factories.a_theme(process, slug="groen", title="Groen", position=1),
            factories.a_theme(process, slug="maas", title="De Maas", position=2, accent=2),
        ]
        voters = [factories.a_person() for _ in range(6)]
        voters[4].group = Group.COUNCIL
        db.session.flush()
        author = factories.a_person(name="Jo Jansen")
        for number, letter in enumerate(LETTERS):
            idea = factories.an_idea(
                call,
                author,
                title=f"Een idee met letter {letter}",
                summary=f"De samenvatting van idee {letter}.",
                themes=themes[: 1 + number % 2] if number % 3 else [themes[1]],
                public_status=PublicStatus.ON_AGENDA if number % 9 == 0 else PublicStatus.OPEN,
                argument_count=number % 4,
            )
            for place, voter in enumerate(voters[: number % 7]):
                factories.a_vote(idea, voter, VoteValue.AGAINST if place % 3 == 2 else VoteValue.FOR)
        db.session.commit()
    return "slim"
