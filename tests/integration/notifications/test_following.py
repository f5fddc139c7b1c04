"""Following: a button on four kinds of pages that says whether one follows, a list to stop from, and no counts."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from app.db import db
from app.domain.lifecycle import IdeaState
from app.models import Follow, Idea, VotedWish
from app.records.follows import Subject
from tests.integration.notifications.conftest import Town
from tests.support import post, visit

STAND = {
    Subject.IDEA: ("Volg dit idee", "/ideeen/{idea}"),
    Subject.THEME: ("Volg dit thema", "/themas/{theme}"),
    Subject.CALL: ("Volg deze oproep", "/trajecten/{slug}"),
    Subject.PROCESS: ("Volg dit traject", "/trajecten/{slug}"),
}


def numbers(town: Town) -> dict[Subject, int]:
    return {
        Subject.IDEA: town.idea,
        Subject.THEME: town.theme,
        Subject.CALL: town.call,
        Subject.PROCESS: town.process,
    }


def test_follow_and_stop_on_every_page(town: Town, client: FlaskClient) -> None:
    person = town.person(created_at=datetime.now(UTC) - timedelta(days=3))  # of who is new a form asks more
    for _other in range(3):
        town.follower(Subject.IDEA, town.idea)
    mine = town.client(person)
    for subject, (words, address) in STAND.items():
        path, number = address.format(**vars(town)), numbers(town)[subject]
        place = f"#follow-{subject.value}-{number}"
        stranger = visit(client, path)
        (link,) = stranger.links(f"{place} a")
        assert link == f"/volgen/{subject.value}/{number}"
        assert client.get(link).location == f"/inloggen?next={link}"

        page = visit(mine, path, max_queries=8 if subject is Subject.IDEA else 10)
        (button,) = page.soup.select(f"{place} button")
        assert (button.get_text(strip=True), button["aria-pressed"]) == (words, "false")
        answer = page.submit(f"{place} form", button="yes")
        assert (answer.status_code, answer.location) == (303, path + place)
        page = visit(mine, path)
        (button,) = page.soup.select(f"{place} button")
        assert (button.get_text(strip=True), button["aria-pressed"]) == (words, "true")
        assert "4" not in page.one(place).get_text().replace(str(number), "")
        post(mine, link, wanted="yes")  # a second time changes nothing
    assert len([row for row in town.all(Follow) if row.person_id == person]) == 4

    listed = visit(mine, "/mijn/volgend", max_queries=3)
    assert len(listed.soup.select(".notices__item")) == 4
    for subject, number in numbers(town).items():
        post(mine, f"/mijn/volgend/{subject.value}/{number}/stoppen")
        path = STAND[subject][1].format(**vars(town))
        (button,) = visit(mine, path).soup.select(f"#follow-{subject.value}-{number} button")
        assert button["aria-pressed"] == "false"
    assert "Je volgt nog niets" in visit(mine, "/mijn/volgend").html


def test_who_comes_from_signing_in_presses_once_more(town: Town) -> None:
    mine = town.client(town.person())
    page = visit(mine, f"/volgen/thema/{town.theme}")
    assert "Volg ‘Energie’" in page.html
    answer = page.submit(".follow form", button="yes")
    assert answer.location == f"/volgen/thema/{town.theme}#follow-thema-{town.theme}"
    assert [row.theme_id for row in town.all(Follow)] == [town.theme]


@pytest.mark.one_database
def test_what_is_not_on_the_site_is_not_followed_but_can_be_left(town: Town) -> None:
    person = town.follower(Subject.IDEA, town.idea)
    with town.app.app_context():
        db.session.get_one(Idea, town.idea).state = IdeaState.HIDDEN
        db.session.commit()
    mine, other = town.client(person), town.client(town.person())
    assert "Dit idee staat niet op de site" in post(
        other, f"/volgen/idee/{town.idea}", 403, wanted="yes"
    ).get_data(as_text=True)
    assert other.get("/volgen/idee/999999").status_code == 404
    assert other.get("/volgen/partner/1").status_code == 404
    assert "staat niet meer op de site" in visit(mine, "/mijn/volgend").html
    post(mine, f"/mijn/volgend/idee/{town.idea}/stoppen")
    assert town.all(Follow) == []


def test_hearing_of_the_ideas_one_voted_on(town: Town) -> None:
    person = town.person()
    mine = town.client(person)
    path = f"/ideeen/{town.idea}"
    for wanted, pressed in (("yes", "true"), ("no", "false")):
        answer = visit(mine, path).submit("#wish", button=wanted)
        assert (answer.status_code, answer.location) == (303, f"{path}#wish")
        assert visit(mine, path).one("#wish button")["aria-pressed"] == pressed
        assert [row.person_id for row in town.all(VotedWish)] == ([person] if wanted == "yes" else [])
