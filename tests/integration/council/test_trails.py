"""The trail of ideas, themes and processes: dated, as picture and as list; and why an idea went no further."""

import json
from datetime import UTC, datetime, timedelta

from flask.testing import FlaskClient

from app.db import db
from app.domain.lifecycle import IdeaState, PublicStatus, RefusalReason
from app.models import Call, FocusElement, Idea, Theme
from app.models.council import CouncilProposal
from app.models.moderation import ModerationVerb
from app.models.person import Role
from app.models.seal import SealReason
from app.models.workshop import AgendaVersion
from app.records import seals, stations
from app.records.trail_parts import Step
from tests import factories
from tests.support import visit

from .conftest import Hall

NOW = datetime.now(UTC)


def a_version(hall: Hall, number: int, theme: int) -> AgendaVersion:
    """A published agenda with one item."""
    parts = [{"key": f"theme:{theme}", "minutes": 30, "themeId": theme, "title": "Privacy"}]
    document = json.dumps({"parts": parts}, sort_keys=True, separators=(",", ":"))
    return AgendaVersion(
        workshop_id=hall.made.workshop,
        number=number,
        document=document,
        digest=str(number) * 64,
        published_at=NOW - timedelta(hours=30 - number),
    )


def on_its_way(hall: Hall) -> int:
    """A sealed standing and three versions of the agenda, of which the last two have the theme."""
    with hall.app.app_context():
        seals.seal(hall.made.call, SealReason.WORKSHOP, NOW, workshop_id=hall.made.workshop)
        db.session.add_all(
            (
                a_version(hall, 1, hall.made.other_theme),
                a_version(hall, 2, hall.made.theme),
                a_version(hall, 3, hall.made.theme),
            )
        )
        db.session.commit()
    return hall.made.ideas[PublicStatus.BEFORE_COUNCIL]


def test_an_idea_shows_every_station_with_its_day(hall: Hall, client: FlaskClient) -> None:
    idea = on_its_way(hall)
    page = visit(client, f"/ideeen/{idea}", max_queries=6)
    titles = page.texts(".idea__trail .trail__title")
    assert titles[:2] == ["Ingestuurd", "Geplaatst"]
    (agenda,) = [title for title in titles if "agenda" in title]
    assert agenda.endswith("(versie 2)")
    assert [title for title in titles if title.startswith("Besproken bij") and title.endswith(": Privacy")]
    assert "Een voorstel ging naar de raad: Visie op privacy" in titles
    assert "Meegeteld in stand 1, die is verzegeld" in titles
    picture = page.one(".idea__trail svg[role=img]")
    assert str(picture["aria-label"]).startswith("Het spoor van: ")
    words = [tag.get_text() for tag in picture.select("text")]
    assert words[::2] == [
        "Ingestuurd",
        "In een thema gezet",
        "Meegeteld",
        "Op de agenda",
        "Besproken",
        "Bij de raad",
        "Uitgevoerd",
    ]
    assert words[-1] == "Moet nog komen"
    assert "Uitgevoerd" not in picture.select_one("desc").get_text()  # type: ignore[union-attr]


def test_a_theme_of_which_the_number_begins_alike_is_another_one(hall: Hall, client: FlaskClient) -> None:
    with hall.app.app_context():
        db.session.add(a_version(hall, 1, hall.made.theme * 10))
        db.session.commit()
    page = visit(client, f"/ideeen/{hall.made.ideas[PublicStatus.DISCUSSED]}")
    assert not [title for title in page.texts(".trail__title") if "versie" in title]


def test_a_theme_has_its_own_trail(hall: Hall, client: FlaskClient) -> None:
    on_its_way(hall)
    page = visit(client, f"/themas/{hall.made.theme}", max_queries=4)
    titles = page.texts(".trail__title")
    assert "Het eerste idee kwam binnen. Nu zijn het er 3." in titles
    assert "Dit werd een focuspunt: Vrij focuspunt" in titles
    assert "Er is een antwoord beloofd door: het college" in titles
    assert page.one(".trail-view svg[role=img]")
    other = visit(client, f"/themas/{hall.made.other_theme}", max_queries=4).texts(".trail__title")
    assert "De raad stemde in: Besluit over groen" in other
    assert not [title for title in other if "Vrij focuspunt" in title]


def test_a_process_has_all_of_it_and_costs_few_statements(hall: Hall, client: FlaskClient) -> None:
    on_its_way(hall)
    path = f"/trajecten/{hall.made.slug}/spoor"
    few = len(visit(client, path, max_queries=8).queries)
    titles = visit(client, path).texts(".trail__title")
    assert titles[0] == "Het traject begon"
    assert {"Een voorstel ging naar de raad: Visie op groen", "De raad stemde in: Besluit over groen"} <= {
        *titles
    }
    with hall.app.app_context():
        call = db.session.get_one(Idea, hall.made.ideas[PublicStatus.OPEN]).call
        for _ in range(20):
            factories.an_idea(call, themes=[factories.a_theme(call.process)])
        db.session.commit()
    assert len(visit(client, path).queries) == few
    english = visit(client, f"/en{path}")
    assert "The process began" in english.texts(".trail__title")


def why(hall: Hall, status: PublicStatus = PublicStatus.DISCUSSED) -> str:
    """What the page of an idea says about why it went no further; nothing when it says nothing."""
    page = visit(hall.app.test_client(), f"/ideeen/{hall.made.ideas[status]}")
    found = page.all("[aria-labelledby=why-not-title]")
    return " ".join(found[0].get_text(" ").split()) if found else ""


def without_proposals(hall: Hall) -> None:
    """No proposal holds an element of the theme, but another one went to the council today."""

    def work() -> None:
        row = db.session.get_one(FocusElement, hall.made.asked)
        row.proposal_id = None
        db.session.get_one(CouncilProposal, hall.made.handed_in).handed_in_at = NOW
        db.session.get_one(FocusElement, hall.made.adopted).proposal_id = hall.made.handed_in

    hall.do(work)


def test_nothing_is_said_while_an_element_of_its_theme_is_with_the_council(hall: Hall) -> None:
    assert why(hall) == ""


def test_an_element_that_did_not_go_along_says_so(hall: Hall) -> None:
    without_proposals(hall)
    assert "ging niet mee in het voorstel aan de raad" in why(hall)
    left = visit(hall.app.test_client(), f"/trajecten/{hall.made.slug}/spoor")
    assert "Ging niet mee naar de raad (2)" in left.text


def test_every_idea_of_a_station_is_named_page_by_page(hall: Hall, client: FlaskClient) -> None:
    without_proposals(hall)

    def many() -> None:
        call, theme = db.session.get_one(Call, hall.made.call), db.session.get_one(Theme, hall.made.theme)
        for number in range(60):
            factories.an_idea(call, themes=[theme], title=f"Een idee te veel, nummer {number:02}")

    hall.do(many)
    path = f"/trajecten/{hall.made.slug}/spoor"
    named: list[str] = []
    page = visit(client, path, max_queries=8)
    for ends in (25, 50, 62):
        named += page.links("#left-proposal li a")
        assert f"tot en met {ends} van 62" in page.one("#left-proposal").get_text()
        on = [link for link in page.links("#left-proposal .actions a") if f"vanaf={ends}" in link]
        if on:
            page = visit(client, on[0].partition("#")[0])
            assert page.one("#left-proposal").has_attr("open")
    assert len(set(named)) == 62
    for odd in ("vanaf=9999", "vanaf=-3", "vanaf=x", "bij=niets"):
        assert visit(client, f"{path}?bij=proposal&{odd}").links("#left-proposal li a") == named[:25]


def test_talked_about_without_an_element_says_so(hall: Hall) -> None:
    without_proposals(hall)

    def work() -> None:
        for row in db.session.query(FocusElement).filter(FocusElement.theme_id == hall.made.theme):
            row.theme_id = None

    hall.do(work)
    assert "Over Privacy is gesproken, maar niets daarvan werd een focuspunt" in why(hall)
    page = visit(hall.app.test_client(), f"/ideeen/{hall.made.ideas[PublicStatus.DISCUSSED]}")
    assert "Het ging niet verder" in page.one(".idea__trail svg[role=img]").get_text()


def test_nothing_is_said_before_any_proposal_went_to_the_council(hall: Hall) -> None:
    without_proposals(hall)

    def work() -> None:
        for row in db.session.query(CouncilProposal):
            row.handed_in_at = None

    hall.do(work)
    assert why(hall) == ""
    assert (
        "Wat het niet haalde" not in visit(hall.app.test_client(), f"/trajecten/{hall.made.slug}/spoor").text
    )


def test_an_idea_that_came_later_was_not_left_behind(hall: Hall) -> None:
    without_proposals(hall)
    late = hall.made.ideas[PublicStatus.DISCUSSED]
    hall.do(lambda: setattr(db.session.get_one(Idea, late), "published_at", NOW + timedelta(minutes=1)))
    assert why(hall) == ""


def test_how_many_were_not_placed_and_for_which_rule(hall: Hall, client: FlaskClient) -> None:
    with hall.app.app_context():
        call, staff = db.session.get_one(Call, hall.made.call), factories.a_person(Role.MODERATOR)
        refused = factories.an_idea(call, state=IdeaState.REFUSED, title="Een idee voor het Rijk")
        factories.a_decision(refused, staff, verb=ModerationVerb.REFUSE, reason=RefusalReason.OUTSIDE_MANDATE)
        db.session.commit()
    page = visit(client, f"/trajecten/{hall.made.slug}/spoor")
    assert "De gemeente gaat hier niet over: 1" in page.one("#left-refused").get_text()
    assert "Een idee voor het Rijk" not in page.text


def step(kind: str, status: PublicStatus | None = None) -> Step:
    return Step(kind, NOW, "", {}, "", "", status=status)


def test_the_status_of_an_idea_decides_where_it_is() -> None:
    steps = [step("submitted"), step("published"), step("seal"), step("council")]
    states = [each.state for each in stations.of_steps(steps, status=PublicStatus.DISCUSSED)]
    assert states == ["past", "past", "past", "past", "now", "next", "next"]
    states = [each.state for each in stations.of_steps(steps, status=PublicStatus.NOT_ADOPTED)]
    assert states == ["past"] * 5 + ["ended", "next"]
    states = [each.state for each in stations.of_steps(steps)]
    assert states == ["past"] * 5 + ["now", "next"]


def test_the_title_of_an_idea_that_left_the_site_is_told_nowhere_by_what_became_one_with_it(
    hall: Hall, client: FlaskClient
) -> None:
    with hall.app.app_context():
        call = db.session.get_one(Call, hall.made.call)
        main = factories.an_idea(call, title="Een titel die hier niet mag staan")
        factories.an_idea(call, state=IdeaState.MERGED, merged_into_id=main.id, title="Ook zo een")
        number = main.id
        db.session.commit()
    path = f"/trajecten/{hall.made.slug}/spoor"
    assert "“Een titel die hier niet mag staan”" in visit(client, path).text
    hall.do(lambda: setattr(db.session.get_one(Idea, number), "state", IdeaState.HIDDEN))
    page = visit(client, path)
    assert "Een titel die hier niet mag staan" not in page.text
    assert "Het is samengevoegd met een ander idee, dat niet meer op de site staat." in page.text
