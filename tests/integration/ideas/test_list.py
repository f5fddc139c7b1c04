"""The list of ideas: orders, pages by key, filters, hidden counts, and what it costs."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import db
from app.domain.ballot import Group, VoteValue
from app.domain.lifecycle import IdeaState, PublicStatus
from app.domain.ranking import Method
from app.models import Idea, Phase
from app.models.process import Audience, CallKind, ProcessState
from app.records import vote_tables
from app.records.order import Sort
from tests import factories
from tests.support import Page, sign_in, visit

NOON = datetime(2026, 6, 15, 12, 0, 30, tzinfo=UTC)


def titles(page: Page) -> list[str]:
    return page.texts(".idea-card .card__title")


def numbers(page: Page) -> list[int]:
    return [int(link.rsplit("/", 1)[1]) for link in page.links(".idea-card .card__title a")]


def turn_all(client: FlaskClient, path: str) -> list[list[int]]:
    """The ideas of every page, turning forward to the end."""
    found = []
    page = visit(client, path)
    for _ in range(20):
        found.append(numbers(page))
        if not page.all('.pager a[rel="next"]'):
            return found
        page = page.follow('.pager a[rel="next"]')
    raise AssertionError("the pages never end")


def test_the_list_costs_three_statements(client: FlaskClient, call: str) -> None:
    page = visit(client, "/ideeen", max_queries=3)
    assert page.h1 == "Waar moet de stad slim in zijn?"
    assert page.texts("#found-title") == ["45 ideeën"]
    assert len(numbers(page)) == 20
    visit(client, "/ideeen?sort=actueel")  # nothing was summed up yet: this one does
    for sort in Sort:
        visit(client, f"/ideeen?sort={sort}", max_queries=4 if sort in (Sort.ACTUEEL, Sort.LEAST_SEEN) else 3)
    visit(client, "/ideeen?thema=groen&status=on_agenda", max_queries=3)


def test_signed_in_it_costs_the_person_and_the_votes_more(app: Flask, client: FlaskClient, call: str) -> None:
    with app.app_context():
        person = factories.a_person()
        db.session.commit()
        sign_in(client, person.id)
    visit(client, "/ideeen?sort=votes_desc", max_queries=6)


@pytest.mark.parametrize("sort", Sort)
def test_turning_pages_shows_every_idea_once(app: Flask, client: FlaskClient, call: str, sort: Sort) -> None:
    found = turn_all(client, f"/ideeen?sort={sort}")
    assert [len(page) for page in found] == [20, 20, 5]
    shown = [number for page in found for number in page]
    with app.app_context():
        assert sorted(shown) == sorted(db.session.scalars(select(Idea.id)))


def test_turning_back_shows_the_page_one_came_from(client: FlaskClient, call: str) -> None:
    first = visit(client, "/ideeen?sort=discussed_desc")
    second = first.follow('.pager a[rel="next"]')
    third = second.follow('.pager a[rel="next"]')
    assert numbers(third.follow('.pager a[rel="prev"]')) == numbers(second)
    assert numbers(second.follow('.pager a[rel="prev"]')) == numbers(first)
    assert not first.all('.pager a[rel="prev"]')


def test_filters_stay_while_turning_pages(client: FlaskClient, call: str) -> None:
    found = turn_all(client, "/ideeen?sort=created_asc&thema=maas&oproep=slim")
    assert len(found) > 1
    link = urlsplit(
        visit(client, "/ideeen?sort=created_asc&thema=maas&oproep=slim").links('.pager a[rel="next"]')[0]
    )
    assert {"sort": ["created_asc"], "thema": ["maas"], "oproep": ["slim"]}.items() <= parse_qs(
        link.query
    ).items()


def test_orders_mean_what_they_say(app: Flask, client: FlaskClient, call: str) -> None:
    with app.app_context():
        newest = list(db.session.scalars(select(Idea.id).order_by(Idea.published_at.desc()).limit(20)))
        ranked = list(vote_tables.ranked_ideas(db.session.scalars(select(Idea.call_id)).first() or 0).ids)[
            :20
        ]
        assert len(ranked) > 5
    assert numbers(visit(client, "/ideeen?sort=created_desc")) == newest
    assert numbers(visit(client, "/ideeen?sort=draagvlak"))[: len(ranked)] == ranked
    votes = [int(text.split()[-1]) for text in visit(client, "/ideeen?sort=votes_desc").texts(".vote--for")]
    assert votes == sorted(votes, reverse=True)
    assert votes[0] == 4
    reactions = [
        int(re.findall(r"(\d+) reactie", text)[0])
        for text in visit(client, "/ideeen?sort=discussed_desc").texts(".idea-card .meta")
    ]
    assert reactions == sorted(reactions, reverse=True)


def test_the_ranking_follows_the_settings_of_the_process(app: Flask, client: FlaskClient, call: str) -> None:
    with app.app_context():
        idea = db.session.scalars(select(Idea)).first()
        assert idea is not None
        idea.call.process.ranking_settings = {"n_min": 1, "weighting": "per_person"}
        db.session.commit()
        ranked = list(vote_tables.ranked_ideas(idea.call_id, Method.DRAAGVLAK).ids)[:20]
    assert numbers(visit(client, "/ideeen?sort=draagvlak")) == ranked


@pytest.mark.parametrize("sort", ["", "nonsense", "groepen'; DROP TABLE idea;--", "ACTUEEL", "RANDOM"])
def test_an_unknown_order_falls_back_to_that_of_the_phase(
    app: Flask, client: FlaskClient, call: str, sort: str
) -> None:
    with app.app_context():
        db.session.execute(db.update(Phase).values(default_sort="created_asc"))
        oldest = list(db.session.scalars(select(Idea.id).order_by(Idea.published_at).limit(20)))
        db.session.commit()
    page = visit(client, "/ideeen?" + ("sort=" + sort if sort else ""))
    assert numbers(page) == oldest
    assert page.one("#sort option[selected]")["value"] == "created_asc"


def test_after_the_last_phase_its_order_stays(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        call = factories.a_call(open_now=False)
        db.session.execute(db.update(Phase).values(default_sort="votes_desc"))
        few, many = factories.an_idea(call), factories.an_idea(call)
        factories.a_vote(many)
        db.session.commit()
        expected = [many.id, few.id]
    assert numbers(visit(client, "/ideeen")) == expected


@pytest.mark.parametrize(
    "query", ["na=x", "na=1.2", "na=9.9.9&voor=1.1.1", "voor=-1.-1.0", "na=" + "9" * 400, "lot=x"]
)
def test_nonsense_in_the_address_is_never_an_error(client: FlaskClient, call: str, query: str) -> None:
    for sort in ("random", "votes_desc", "draagvlak"):
        visit(client, f"/ideeen?sort={sort}&{query}&status=gone&thema=none")


def test_an_unknown_call_is_not_found(client: FlaskClient, call: str) -> None:
    visit(client, "/ideeen?oproep=bestaat-niet", status=404)


def test_without_any_call_there_is_a_page(client: FlaskClient) -> None:
    assert "Er is nog geen oproep" in visit(client, "/ideeen").text
    assert "Er is nog geen oproep" in visit(client, "/ideeen/nieuw").text


def test_random_order_is_the_same_for_everybody_within_a_minute(client: FlaskClient, call: str) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        first = visit(client, "/ideeen?sort=random")
        clock.shift(timedelta(seconds=20))
        assert numbers(visit(client, "/ideeen?sort=random")) == numbers(first)
        clock.shift(timedelta(seconds=20))
        assert numbers(visit(client, "/ideeen?sort=random")) != numbers(first)


def test_random_order_stays_while_people_vote_and_turn_pages(
    app: Flask, client: FlaskClient, call: str
) -> None:
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        page = visit(client, "/ideeen?sort=random")
        seen = numbers(page)
        while page.all('.pager a[rel="next"]'):
            with app.app_context():
                for number in seen[-6:]:
                    factories.a_vote(db.session.get_one(Idea, number))
                db.session.commit()
            clock.shift(timedelta(minutes=5))
            page = page.follow('.pager a[rel="next"]')
            seen += numbers(page)
    assert len(seen) == len(set(seen)) == 45


def test_random_order_is_anothers_own_and_changes_by_day(app: Flask, client: FlaskClient, call: str) -> None:
    with app.app_context():
        one, other = factories.a_person(), factories.a_person()
        db.session.commit()
        ids = one.id, other.id

    def order_of(person: int) -> list[int]:
        visitor = app.test_client()
        sign_in(visitor, person)
        return numbers(visit(visitor, "/ideeen?sort=random"))

    today = datetime.now(UTC).replace(hour=10, minute=0)
    with time_machine.travel(today, tick=False) as clock:
        morning = order_of(ids[0])
        assert order_of(ids[1]) != morning
        clock.shift(timedelta(hours=3))
        assert order_of(ids[0]) == morning
        clock.shift(timedelta(days=1))
        assert order_of(ids[0]) != morning


def test_a_new_idea_does_not_shift_the_pages(app: Flask, client: FlaskClient, call: str) -> None:
    page = visit(client, "/ideeen?sort=created_desc")
    first = numbers(page)
    with app.app_context():
        idea = db.session.get_one(Idea, first[0])
        factories.an_idea(idea.call, published_at=datetime.now(UTC))
        db.session.get_one(Idea, first[-1]).state = IdeaState.HIDDEN
        db.session.commit()
    second = numbers(page.follow('.pager a[rel="next"]'))
    assert len(second) == 20
    assert not set(first) & set(second)


def test_filters(app: Flask, client: FlaskClient, call: str) -> None:
    with app.app_context():
        on_agenda = set(
            db.session.scalars(select(Idea.id).where(Idea.public_status == PublicStatus.ON_AGENDA))
        )
    page = visit(client, "/ideeen?status=on_agenda")
    assert set(numbers(page)) == on_agenda
    assert set(page.texts(".idea-card .badge")) == {"Op de agenda"}
    page = visit(client, "/ideeen?thema=groen")
    assert page.texts(".ideas-filter__themes [aria-current]") == ["Groen 30"]
    assert page.texts("#found-title") == ["30 ideeën"]
    both = visit(client, "/ideeen?thema=groen&status=on_agenda")
    assert set(numbers(both)) < on_agenda
    assert both.links(".ideas-found__all") == ["/ideeen"]


def test_only_published_ideas_of_the_call_are_listed(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        call = factories.a_call()
        shown = factories.an_idea(call).id
        for state in IdeaState:
            if state != IdeaState.PUBLISHED:
                factories.an_idea(call, state=state)
        factories.an_idea(factories.a_call(factories.a_process(state=ProcessState.CLOSED)))
        db.session.commit()
    page = visit(client, "/ideeen")
    assert numbers(page) == [shown]
    assert page.texts("#found-title") == ["1 idee"]


def test_the_calls_of_the_process_stand_beside_each_other(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        process = factories.a_process()
        factories.a_call(process, slug="later", title="Onderzoek", kind=CallKind.RESEARCH, position=1)
        factories.a_call(process, slug="eerst", title="Ideeën voor de stad", position=2)
        factories.a_call(slug="elders", process=factories.a_process(state=ProcessState.CLOSED))
        db.session.commit()
    page = visit(client, "/ideeen")
    assert page.h1 == "Ideeën voor de stad"
    assert page.links(".ideas-calls a") == ["/ideeen?oproep=later", "/ideeen?oproep=eerst"]
    assert visit(client, "/ideeen?oproep=later").h1 == "Onderzoek"
    assert "gesloten" in visit(client, "/ideeen?oproep=elders").text


def test_a_card_says_who_where_and_how_many(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        call = factories.a_call()
        partner = factories.a_person(
            name="Petra", group=Group.PARTNER, organisation_id=factories.an_organisation(name="Zuyd").id
        )
        idea = factories.an_idea(
            call,
            partner,
            title="Regenwater in elke straat",
            neighbourhood="Wyck",
            argument_count=1,
            themes=[factories.a_theme(call.process, title="Water")],
        )
        factories.an_idea(call, factories.a_person(name="", group=Group.RESIDENT))
        factories.an_idea(call, factories.a_person(name="Rob", group=Group.COUNCIL))
        factories.a_vote(idea)
        db.session.commit()
    page = visit(client, "/ideeen?sort=created_asc")
    assert page.texts(".idea-card .meta")[0] == "Wyck 1 reactie Petra Zuyd"
    assert page.texts(".idea-card .card__label")[0] == "Water"
    assert page.texts(".idea-card .ballot")[0].startswith("Voor : Regenwater in elke straat 1")
    assert "Een deelnemer" in page.texts(".idea-card .meta")[1]
    assert "Rob Raadslid" in page.texts(".idea-card .meta")[2]


def test_what_people_type_is_shown_as_typed(app: Flask, client: FlaskClient) -> None:
    evil = '<script>alert("x")</script> & <b>vet</b>'
    with app.app_context():
        call = factories.a_call(title=evil, question=evil)
        author = factories.a_person(name="<i>Jo</i>")
        factories.an_idea(call, author, title=evil, summary=evil, neighbourhood=evil)
        db.session.commit()
    page = visit(client, "/ideeen")
    assert page.h1 == evil
    assert titles(page) == [evil]
    assert "<script>alert" not in page.html
    assert "<b>vet" not in page.html
    assert "<i>Jo" not in page.html


def test_signed_out_everybody_gets_the_same_bytes(make_app: Callable[..., Flask], call: str) -> None:
    app = make_app(SITE_NAME="Stem")
    with time_machine.travel(NOON, tick=False):
        one = app.test_client().get("/ideeen?thema=groen")
        other = app.test_client().get("/ideeen?thema=groen", headers={"User-Agent": "another"})
    assert one.data == other.data
    assert "Set-Cookie" not in one.headers
    assert b"csrf_token" not in one.data
    assert one.headers["Cache-Control"].startswith("public")


def test_the_own_vote_stands_on_the_card(app: Flask, client: FlaskClient, call: str) -> None:
    with app.app_context():
        person = factories.a_person()
        idea = db.session.scalars(select(Idea).order_by(Idea.id.desc())).first()
        assert idea is not None
        factories.a_vote(idea, person, VoteValue.AGAINST)
        db.session.commit()
        number = idea.id
        sign_in(client, person.id)
    page = visit(client, "/ideeen?sort=created_desc")
    assert page.texts('.vote[aria-pressed="true"]') == [page.texts(f"#ballot-{number} .vote--against")[0]]
    back = page.submit(f"#ballot-{number} form", button="for")
    assert back.status_code == 303
    assert back.headers["Location"].startswith("/ideeen?sort=created_desc")


def test_hidden_counts_leak_nowhere(app: Flask, client: FlaskClient, call: str) -> None:
    with app.app_context():
        db.session.execute(db.update(Phase).values(hides_counts=True, default_sort="votes_desc"))
        loved = db.session.scalars(select(Idea)).first()
        assert loved is not None
        for _ in range(70):
            factories.a_vote(loved)
        db.session.commit()
        number, title = loved.id, loved.title
    plain = visit(client, "/ideeen?sort=random&lot=1")
    offered = {str(option["value"]) for option in plain.all("#sort option")}
    assert offered == {"random", "created_desc", "created_asc", "discussed_desc", "least_seen"}
    for sort in Sort:
        page = visit(client, f"/ideeen?sort={sort}")
        assert "70" not in page.text.split()
        assert "74" not in page.text.split()
        assert not page.all(".ballot__count, .tally")
        if sort.tells_counts:
            assert str(page.one("#sort option[selected]")["value"]) == "random"
            assert all(sort.value not in link for link in page.links("main a"))
    # Orders that tell nothing do not change with votes.
    assert title in " ".join(titles(visit(client, "/ideeen?sort=created_asc")))
    shown = visit(client, f"/ideeen/{number}")
    assert not shown.all(".ballot__count, .tally, .ballot__group")
    assert "70" not in shown.text.split()


def test_counts_of_the_end_come_back_after_the_hidden_phase(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        call = factories.a_call(open_now=False)
        db.session.execute(db.update(Phase).values(hides_counts=True))
        factories.a_vote(factories.an_idea(call))
        db.session.commit()
    assert visit(client, "/ideeen").texts(".tally") == ["1 voor 0 tegen"]


def test_the_empty_list_invites(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        factories.a_call(slug="leeg")
        factories.a_call(slug="dicht", open_now=False)
        db.session.commit()
    page = visit(client, "/ideeen?oproep=leeg")
    assert "Wees de eerste" in page.text
    assert "/ideeen/nieuw?oproep=leeg" in page.links()
    page = visit(client, "/ideeen?oproep=dicht")
    assert "Deze oproep is gesloten" in page.text
    assert not any("/ideeen/nieuw" in link for link in page.links("main a"))


def test_who_is_not_asked_reads_why(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        call = factories.a_call(audience=Audience.COUNCIL)
        factories.an_idea(call)
        resident = factories.a_person()
        db.session.commit()
        sign_in(client, resident.id)
    page = visit(client, "/ideeen")
    assert page.texts(".ideas-head__action") == ["Alleen raadsleden kunnen op deze oproep reageren."]


def test_the_address_of_the_letter_still_works(client: FlaskClient, call: str) -> None:
    answer = client.get("/plannen?sort=votes_desc&thema=groen")
    assert answer.status_code in (301, 308)
    assert answer.headers["Location"] == "/ideeen?sort=votes_desc&thema=groen"
    assert client.get("/en/plannen").headers["Location"] == "/en/ideeen"
    assert visit(client, answer.headers["Location"]).one("#sort option[selected]")["value"] == "votes_desc"


def test_the_english_list_is_english(client: FlaskClient, call: str) -> None:
    page = visit(client, "/en/ideeen?thema=groen&sort=votes_desc")
    assert page.texts("#found-title") == ["30 ideas"]
    assert all(link.startswith("/en/") for link in page.links("main a"))
    text = page.text
    for dutch in ("Zoek", "Volgorde", "Toon", "reactie", "Deel je idee", "Volgende", "Voor", "Alle"):
        assert dutch not in text
