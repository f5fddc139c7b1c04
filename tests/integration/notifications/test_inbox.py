"""The inbox: newest first, page by page, unread until read, and a number in the header that costs no statement."""

from datetime import UTC, datetime, timedelta

import pytest

from app.features.notifications import queries
from app.models.following import NoticeKind
from tests.integration.notifications.conftest import Town
from tests.support import post, visit

NOW = datetime.now(UTC)


def counters(html: str) -> int:
    return html.count('class="counter"')


def test_messages_are_read_one_by_one_or_all_at_once(town: Town) -> None:
    person, other = town.person(), town.person()
    mine, theirs = town.client(person), town.client(other)
    assert "Er zijn geen berichten" in visit(mine, "/mijn/berichten").html
    many = queries.PAGE * 2 + 3
    for number in range(many):
        at = NOW - timedelta(minutes=number // 2)  # two at the same moment, so that the number decides
        kind = list(NoticeKind)[number % 6]
        town.tell(person, f"test:{number}", at, title=f"Bericht {number} <b>", kind=kind)
    town.tell(other, title="Van een ander")

    page = visit(mine, "/mijn/berichten", max_queries=2)
    assert counters(page.html) == 4  # in both menus, and on what opens them
    assert f"{many} berichten zijn nieuw." in page.html
    assert "Van een ander" not in page.html
    found: list[str] = []
    while True:
        found += [title.removesuffix("Nieuw").strip() for title in page.texts(".notices__title")]
        if not page.links('.pager a[rel="next"]'):
            break
        page = page.follow('.pager a[rel="next"]')
    assert len(found) == len(set(found)) == many
    assert found[-1] in ("Bericht 52 <b>",)
    assert visit(mine, "/mijn/berichten?voor=x").texts(".notices__title")
    foreign = town.inbox(other)[0]
    assert visit(mine, f"/mijn/berichten?voor={foreign.id}").texts(".notices__title") == []

    first = town.inbox(person)[0]
    answer = mine.get(f"/mijn/berichten/{first.id}")
    assert (answer.status_code, answer.location) == (303, f"/ideeen/{town.idea}")
    assert mine.get(f"/en/mijn/berichten/{first.id}").location == f"/en/ideeen/{town.idea}"
    assert mine.get(f"/mijn/berichten/{foreign.id}").location == "/mijn/berichten"
    assert town.inbox(other)[0].read_at is None
    read = town.inbox(person)[0]
    assert read.read_at is not None
    assert not read.waits
    assert f"{many - 1} berichten zijn nieuw." in visit(mine, "/mijn/berichten").html

    page = visit(mine, "/mijn/berichten")
    town.tell(person, "newest")  # came while the page stood open
    assert page.submit('form[action="/mijn/berichten/gelezen"]').status_code == 303
    assert [notice.event_key for notice in town.inbox(person) if notice.read_at is None] == ["newest"]
    assert counters(visit(theirs, "/mijn").html) == 5  # and on the way to them from the own page
    post(theirs, "/mijn/berichten/gelezen", up_to=2**31 - 1)
    assert counters(visit(theirs, "/mijn").html) == 0
    assert len([notice for notice in town.inbox(person) if notice.read_at is None]) == 1
    for nonsense in ("", "x", "-1", "9" * 30):
        post(mine, "/mijn/berichten/gelezen", 400, up_to=nonsense)


@pytest.mark.one_database
def test_the_number_in_the_header_costs_no_statement(town: Town) -> None:
    person = town.person()
    mine = town.client(person)
    without = len(visit(mine, "/themas").queries)
    for number in range(120):
        town.tell(person, f"test:{number}")
    page = visit(mine, "/themas", max_queries=without)
    assert "99+" in page.html
    assert counters(visit(town.app.test_client(), "/themas").html) == 0
