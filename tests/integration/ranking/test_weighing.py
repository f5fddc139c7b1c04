"""Per group and per person side by side, by every method: what changes is marked, and nothing tells on a person."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from app.db import db
from app.domain.ballot import Group, VoteValue
from app.domain.ranking import Method, Weighting, scores
from app.features.ranking import moves
from app.features.ranking.moves import Move
from app.kit import audit
from app.kit.i18n import speaking
from app.models import Call, Idea, Phase, Process, Vote
from app.records import frames, order, standings
from tests import factories
from tests.support import Page, visit

Numbers = tuple[int, int]


def votes(idea: Idea, group: Group, numbers: Numbers) -> None:
    for value, number in zip((VoteValue.FOR, VoteValue.AGAINST), numbers, strict=True):
        for _ in range(number):
            factories.a_vote(idea, factories.a_person(group=group), value)


def a_call(*ideas: tuple[str, Numbers, Numbers, Numbers], slug: str = "wegen", refresh: bool = True) -> Call:
    """Ideas with the votes for and against of residents, council and partners, all in one theme."""
    call = factories.a_call(slug=slug)
    theme = factories.a_theme(call.process, title="Groen")
    for title, *numbers in ideas:
        idea = factories.an_idea(call, title=title, themes=[theme])
        for group, given in zip(Group, numbers, strict=True):
            votes(idea, group, given)
    db.session.commit()
    if refresh:
        standings.refresh(call.id, datetime.now(UTC))
    return call


def rows(page: Page) -> dict[str, str]:
    """What a row says about its place the other way, by title."""
    found = {}
    for row in page.all(".ranking__row"):
        title, note = row.select_one(".ranking__title"), row.select_one(".ranking__move")
        assert title is not None
        found[title.get_text(strip=True)] = " ".join(note.get_text(" ").split()) if note else ""
    return found


LOVED = ("Geliefd bij inwoners", (40, 2), (1, 6), (0, 4))
SHARED = ("Gedragen door allen", (9, 5), (5, 2), (5, 1))
THIRD = ("Door niemand", (2, 9), (1, 5), (0, 4))


def test_the_other_way_is_one_click_away_and_every_row_says_what_changes(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context():
        a_call(LOVED, SHARED, THIRD)
    page = visit(client, "/ranglijst?oproep=wegen", max_queries=4)
    assert rows(page) == {
        "Gedragen door allen": "1 plaats hoger dan per persoon (daar plaats 2)",
        "Geliefd bij inwoners": "1 plaats lager dan per persoon (daar plaats 1)",
        "Door niemand": "Dezelfde plaats per persoon",
    }
    assert "De top 10 bestaat op beide manieren uit dezelfde titels. 1 van 3 heeft" in page.text
    # Not by colour alone: an arrow goes with the words.
    arrows = [row.select_one(".ranking__move use") for row in page.all(".ranking__row")]
    assert [str(use["href"]).partition("#")[2] if use else "" for use in arrows] == [
        "arrow-up",
        "arrow-down",
        "",
    ]
    (other,) = [link for link in page.links(".tabs__link") if "weging" in link]
    there = visit(client, other, max_queries=4)
    assert list(rows(there)) == ["Geliefd bij inwoners", "Gedragen door allen", "Door niemand"]
    assert rows(there)["Geliefd bij inwoners"] == "1 plaats hoger dan per groep (daar plaats 2)"
    assert "Draagvlak per persoon" in there.text
    assert page.texts(".tabs__link[aria-current]")[-1] == "Per groep"
    assert there.texts(".tabs__link[aria-current]")[-1] == "Per persoon"


def test_who_enters_and_leaves_the_top_ten_is_marked_and_named(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        loved = [(f"Voor inwoners {n}", (60 - n, 1), (0, 5), (0, 5)) for n in range(3)]
        shared = [(f"Voor allen {n}", (10 + n, 5), (6, 1), (6, 1)) for n in range(9)]
        a_call(*loved, *shared)
    page = visit(client, "/ranglijst?oproep=wegen")
    (what,) = page.texts(".ranking__weigh")
    assert what.startswith("Wat verandert er: 2 plaatsen in de top 10 gaan naar een andere titel.")
    here, there = page.all(".ranking__only")
    assert [link.get_text()[:10] for link in here.select("a")] == ["Voor allen"] * 2
    assert [link.get_text()[:14] for link in there.select("a")] == ["Voor inwoners "] * 2
    marked = {title: note for title, note in rows(page).items() if "in de top 10" in note}
    entered = [note for note in marked.values() if "Alleen per groep in de top 10" in note]
    left = [title for title, note in marked.items() if "Alleen per persoon in de top 10" in note]
    assert len(entered) == len(left) == 2
    assert all(title.startswith("Voor inwoners") for title in left)


@pytest.mark.parametrize("method", [each for each in Method if not each.heeds_weighting])
def test_methods_without_groups_say_that_it_makes_no_difference(
    app: Flask, client: FlaskClient, method: Method
) -> None:
    with app.app_context():
        a_call(LOVED, SHARED, THIRD)
    pages = [
        visit(client, f"/ranglijst?oproep=wegen&methode={method}&weging={weighting}", max_queries=5)
        for weighting in Weighting
    ]
    assert list(rows(pages[0])) == list(rows(pages[1]))
    for page in pages:
        assert "Per groep of per persoon maakt voor deze volgorde geen verschil." in page.text
        assert set(rows(page).values()) == {""}
        assert not [link for link in page.links(".tabs__link") if "weging" in link]


@pytest.mark.parametrize("method", [each for each in Method if each.heeds_weighting])
@pytest.mark.parametrize("weighting", Weighting)
def test_the_votes_that_are_told_do_move_an_idea(app: Flask, method: Method, weighting: Weighting) -> None:
    """Cast them and look: with one vote less the idea stays where it is. The averages are held as they were."""
    with app.app_context():
        call = a_call(LOVED, SHARED, THIRD, refresh=False)
        frame = frames.read(call.slug)
        assert frame is not None
        ranking = order.read(call.id, frame.rules).ranking(method, weighting)
        (last,) = ranking.rows(2, 3)
        assert last.votes_up is not None
        assert (last.votes_down, last.firmness) == (None, last.votes_up)

        def score(more: int, group: int) -> float:
            yes, no = ranking.for_.copy(), ranking.against.copy()
            yes[2, group] += more
            found = scores.score(method, yes, no, ranking.parameters, ranking.mu, weighting)
            return float(found[2])

        above = float(ranking.score[1])
        assert max(score(last.votes_up, group) for group in range(3)) >= above
        assert max(score(last.votes_up - 1, group) for group in range(3)) < above


def test_a_withheld_group_rounds_the_score_per_group_and_not_per_person(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context():
        a_call(("Met één raadslid", (9, 2), (1, 0), (3, 1)), SHARED)
    scores = {}
    for weighting in Weighting:
        page = visit(client, f"/ranglijst?oproep=wegen&weging={weighting}")
        said = dict(zip(page.texts(".ranking__title"), page.texts(".ranking__score"), strict=True))
        scores[weighting] = said["Met één raadslid"].replace("\xa0", " ")
        row = dict(zip(page.texts(".ranking__title"), page.texts(".ranking__row"), strict=True))
        coarse = "We tonen alleen hele procenten" in row["Met één raadslid"]
        assert coarse is (weighting is Weighting.PER_GROUP)
        assert ("Hoe vast staat deze plaats" in row["Met één raadslid"]) is not coarse
        assert "niet getoond: te weinig stemmen" in row["Met één raadslid"]
        assert "Hoe vast staat deze plaats" in row["Gedragen door allen"]
    assert re.fullmatch(r"\d+ ?%", scores[Weighting.PER_GROUP])
    assert re.fullmatch(r"\d+,\d ?%", scores[Weighting.PER_PERSON])
    # Two outcomes of the council member give the same page per person: the totals of all are what it follows from.
    with app.app_context():
        a_call(("Met één raadslid", (10, 1), (0, 1), (3, 1)), SHARED, slug="anders")
    page = visit(client, "/ranglijst?oproep=anders&weging=per_person")
    said = dict(zip(page.texts(".ranking__title"), page.texts(".ranking__score"), strict=True))
    assert said["Met één raadslid"].replace("\xa0", " ") == scores[Weighting.PER_PERSON]


def test_the_values_in_force_stand_with_every_ranking(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        call = a_call(LOVED, SHARED)
        rules = {"weights": ["1/2", "1/4", "1/4"], "m": 8, "n_min": 3, "z": 1.0, "half_life_days": 3.5}
        db.session.get_one(Process, call.process_id).ranking_settings = rules
        db.session.commit()
    for path in ("/ranglijst?oproep=wegen", "/ranglijst/themas?oproep=wegen"):
        page = visit(client, path)
        values = dict(zip(page.texts("main dt"), page.texts("main dd"), strict=True))
        assert values["Gewicht van de groepen (Inwoners : Raadsleden : Partners in de stad)"] == "2 : 1 : 1"
        assert values["Bedachte gemiddelde stemmen per groep (m)"] == "8"
        assert values["Zekerheid van de marges, in procenten (z)"] == "68,3 (z = 1,00)"
        assert values["Dagen waarna een stem in Actueel half meetelt"] == "3,5"
        assert "Dit zijn de regels waarmee het traject begon." in page.text
    page = visit(client, "/ranglijst?oproep=wegen")
    assert "Hun gewicht is 2 : 1 : 1." in page.text
    assert "al 8 gemiddelde stemmen" in page.text


def test_current_support_fades_and_only_a_vote_changes_the_order(app: Flask, client: FlaskClient) -> None:
    start = datetime.now(UTC)
    with app.app_context():
        call = a_call(("Van vorige week", (8, 0), (0, 0), (0, 0)), ("Van vandaag", (6, 0), (0, 0), (0, 0)))
        old = db.session.query(Idea).filter_by(title="Van vorige week").one()
        db.session.execute(
            update(Vote).where(Vote.idea_id == old.id).values(cast_at=start - timedelta(days=7))
        )
        db.session.commit()
        standings.refresh(call.id, start, anew=True)
        call_id = call.id
    address = "/ranglijst?oproep=wegen&methode=actueel"
    with time_machine.travel(start, tick=False):
        page = visit(client, address, max_queries=5)
        assert page.texts(".ranking__title") == ["Van vandaag", "Van vorige week"]
        assert page.texts(".ranking__score") == ["6,0", "4,0"]
        assert "Een stem van 7 dagen geleden telt half." in page.text
        # Two fresh votes make 6.0 as well, out of more votes.
        assert "Hoe vast staat deze plaats: 2 stemmen voor erbij" in page.texts(".ranking__why")[1]
        assert "Dat geldt voor stemmen van vandaag." in page.text
        assert visit(client, "/ideeen?oproep=wegen&sort=actueel").texts(".card__title")[0].endswith("vandaag")
    with time_machine.travel(start + timedelta(days=7), tick=False):
        assert visit(client, address).texts(".ranking__score") == ["3,0", "2,0"]
    with app.app_context():
        old = db.session.query(Idea).filter_by(title="Van vorige week").one()
        votes(old, Group.RESIDENT, (3, 0))
        db.session.commit()
        assert call_id in standings.out_of_date()
        standings.refresh(call_id, start)
    with time_machine.travel(start, tick=False):
        assert visit(client, address).texts(".ranking__title") == ["Van vorige week", "Van vandaag"]


def test_a_request_for_current_support_never_reads_votes(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        a_call(LOVED, SHARED)
    for path in ("/ranglijst?oproep=wegen&methode=actueel", "/ideeen?oproep=wegen&sort=actueel"):
        assert not [
            sent for sent in visit(client, path).queries if "FROM vote" in sent or "JOIN vote" in sent
        ]


def test_nothing_of_it_shows_while_counts_are_hidden(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        call = a_call(LOVED, SHARED)
        db.session.execute(update(Phase).where(Phase.call_id == call.id).values(hides_counts=True))
        db.session.commit()
    for path in ("/ranglijst", "/ranglijst/themas"):
        for query in (
            "methode=actueel",
            "methode=top3",
            "methode=bereik&weging=per_person",
            "weging=per_person",
        ):
            page = visit(client, f"{path}?oproep=wegen&{query}")
            assert not page.all(".ranking__row")
            assert "Wat verandert er" not in page.text
    page = visit(client, "/ideeen?oproep=wegen&sort=actueel")
    assert "Meeste steun de laatste tijd" not in page.text


def test_rules_that_changed_while_people_vote_are_announced(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        call = a_call(LOVED, SHARED)
        call.process.ranking_settings = {"m": 6}
        organiser = factories.a_person(name="Olaf")
        audit.record(
            organiser,
            frames.CHOOSING,
            call.process,
            datetime.now(UTC),
            after={"m": 6},
            why="De raad wilde het.",
        )
        db.session.commit()
    for path in ("/ranglijst?oproep=wegen", "/ranglijst/themas?oproep=wegen"):
        page = visit(client, path)
        assert "De regels zijn tijdens deze stemronde veranderd" in page.text
        assert "Gekozen door Olaf op" in page.text


@pytest.mark.parametrize(
    ("here", "there", "icon", "text"),
    [
        (1, 2, "arrow-up", "1 place higher than per person (place 2 there)"),
        (9, 2, "arrow-down", "7 places lower than per person (place 2 there)"),
        (4, 4, "", "Same place per person"),
        (4, None, "", ""),
    ],
)
@pytest.mark.one_database
def test_a_move_in_words(app: Flask, here: int, there: int | None, icon: str, text: str) -> None:
    with app.app_context(), speaking("en"):
        move = Move(here, there, Weighting.PER_GROUP)
        assert (move.icon, move.text) == (icon, text)


def test_equal_orders_are_called_equal() -> None:
    places = {number: number for number in range(1, 30)}
    found = moves.compare(places, places, Weighting.PER_GROUP)
    assert (found.same, found.total, found.named) == (29, 29, ())


@pytest.mark.one_database
def test_an_order_without_anything_in_its_place_says_so_in_dutch(app: Flask) -> None:
    here, there = {1: 1, 2: 2, 3: 3}, {1: 2, 2: 3, 3: 1}
    with app.app_context(), speaking("nl"):
        assert moves.compare(here, there, Weighting.PER_GROUP).sentence == (
            "De top 10 bestaat op beide manieren uit dezelfde titels. "
            "Geen van de 3 heeft op beide manieren dezelfde plaats."
        )
