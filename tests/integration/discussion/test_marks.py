"""Helpful marks and the order of a discussion: one a person, exact whatever happens at once, and pages that go on."""

import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from app.db import db
from app.domain.ballot import Group, Side
from app.domain.lifecycle import IdeaState
from app.models import Argument, Idea, Phase
from app.models.argument import ArgumentState, HelpfulMark
from app.models.person import Role
from app.records import argument_views, arguments
from tests import factories
from tests.support import csrf_token, post, sign_in, sign_out, statements, visit

PAST = datetime.now(UTC) - timedelta(days=2)
JSON = {"Accept": "application/json"}


@pytest.fixture
def idea(app: Flask) -> int:
    """A published idea in an open call."""
    with app.app_context():
        number = factories.an_idea().id
        db.session.commit()
    return number


def said(app: Flask, idea: int, **values: object) -> int:
    """An argument of somebody on the idea."""
    with app.app_context():
        number = factories.an_argument(db.session.get_one(Idea, idea), **values).id  # type: ignore[arg-type]
        db.session.commit()
    return number


def a_reader(app: Flask, **values: object) -> int:
    with app.app_context():
        number = factories.a_person(**values).id
        db.session.commit()
    return number


def marks_of(app: Flask, argument: int) -> int:
    """The number that stands with the text, after checking that it is the number of marks."""
    with app.app_context():
        stands = db.session.scalars(select(Argument.helpful_count).where(Argument.id == argument)).one()
        marks = select(func.count()).where(HelpfulMark.argument_id == argument)
        assert stands == db.session.scalar(marks)
    return stands


def at_once(app: Flask, jobs: Sequence[tuple[FlaskClient, str, Mapping[str, object]]]) -> list[int]:
    """The answers to posts that are sent at the same time."""
    gate, answers = threading.Barrier(len(jobs)), [0] * len(jobs)
    tokens = [csrf_token(client) for client, _path, _data in jobs]

    def send(turn: int) -> None:
        client, path, data = jobs[turn]
        gate.wait()
        answers[turn] = client.post(path, data={"csrf_token": tokens[turn], **data}, headers=JSON).status_code

    threads = [threading.Thread(target=send, args=(turn,)) for turn in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


def test_a_mark_is_given_and_taken_back_while_votes_are_hidden(
    app: Flask, client: FlaskClient, idea: int
) -> None:
    with app.app_context():
        db.session.execute(update(Phase).values(hides_counts=True))
        db.session.commit()
    text, reader = said(app, idea), a_reader(app)
    signed_out = visit(client, f"/ideeen/{idea}")
    assert signed_out.links(f"#argument-{text} a.argument__helpful") == [f"/inloggen?next=/argumenten/{text}"]
    assert signed_out.all("#helpful") == []
    sign_in(client, reader)
    page = visit(client, f"/ideeen/{idea}", max_queries=7)
    button = page.one(f"#argument-{text} button.argument__helpful")
    assert (button["name"], button["value"], button["form"]) == ("mark", str(text), "helpful")
    answer = post(client, f"/ideeen/{idea}/nuttig", mark=text, argumenten="oud")
    assert answer.headers["Location"] == f"/ideeen/{idea}?argumenten=oud#argument-{text}"
    assert marks_of(app, text) == 1
    button = visit(client, f"/ideeen/{idea}").one(f"#argument-{text} button.argument__helpful")
    assert (button["name"], button["aria-pressed"]) == ("unmark", "true")
    data = {"csrf_token": csrf_token(client), "mark": text}
    again = client.post(f"/ideeen/{idea}/nuttig", data=data, headers=JSON).json
    assert again == {"helpful": True, "count": 1, "sentence": "Je vindt dit nuttig."}
    post(client, f"/ideeen/{idea}/nuttig", unmark=text)
    post(client, f"/ideeen/{idea}/nuttig", unmark=text)
    assert marks_of(app, text) == 0
    stale = client.post(f"/ideeen/{idea}/nuttig", data={"csrf_token": "old", "mark": text}, headers=JSON)
    assert stale.status_code == 400
    sign_out(client)
    stranger = client.post(f"/ideeen/{idea}/nuttig", data={"mark": text}, headers=JSON)
    assert (stranger.status_code, (stranger.json or {})["sign_in"]) == (
        401,
        f"/inloggen?next=/argumenten/{text}",
    )
    assert marks_of(app, text) == 0


def test_who_may_not_mark_hears_why(app: Flask, client: FlaskClient, idea: int) -> None:
    own = a_reader(app)
    with app.app_context():
        mine = factories.an_argument(
            db.session.get_one(Idea, idea), db.session.get_one(factories.Person, own)
        ).id
        db.session.commit()
    hidden, shown = said(app, idea, state=ArgumentState.HIDDEN), said(app, idea)
    other = a_reader(app)
    sign_in(client, own)
    assert visit(client, f"/ideeen/{idea}").all(f"#argument-{mine} .argument__helpful") == []
    mark = f"/ideeen/{idea}/nuttig"
    assert "Je kunt je eigen tekst niet nuttig noemen." in post(client, mark, 403, mark=mine).text
    assert "de tekst is weggehaald" in post(client, mark, 403, mark=hidden).text
    for wrong, status in (("", 400), ("x", 400), ("9" * 30, 400), ("4711", 404)):
        post(client, mark, status, mark=wrong)
    with app.app_context():
        elsewhere = factories.an_idea().id
        db.session.commit()
    post(client, f"/ideeen/{elsewhere}/nuttig", 404, mark=shown)
    with app.app_context():
        db.session.execute(update(Phase).values(starts_at=PAST - timedelta(days=9), ends_at=PAST))
        db.session.commit()
    sign_in(client, other)
    assert "Het gesprek over dit idee is gesloten." in post(client, mark, 403, mark=shown).text
    assert [marks_of(app, number) for number in (mine, hidden, shown)] == [0, 0, 0]
    with app.app_context():
        db.session.execute(update(Idea).where(Idea.id == idea).values(state=IdeaState.HIDDEN))
        db.session.commit()
    post(client, mark, 404, mark=shown)
    assert client.get(f"/argumenten/{shown}").status_code == 404


def test_ten_clicks_at_once_are_one_mark_and_thirty_people_are_thirty(app: Flask, idea: int) -> None:
    text = said(app, idea)
    path, one = f"/ideeen/{idea}/nuttig", a_reader(app)
    jobs = [(sign_in(app.test_client(), one), path, {"mark": text}) for _ in range(10)]
    assert at_once(app, jobs) == [200] * 10
    assert marks_of(app, text) == 1
    people = [a_reader(app) for _ in range(20)]
    jobs = [(sign_in(app.test_client(), person), path, {"mark": text}) for person in people]
    jobs += [(sign_in(app.test_client(), one), path, {"unmark": text}) for _ in range(5)]
    assert at_once(app, jobs) == [200] * 25
    assert marks_of(app, text) == 20


def test_a_text_that_is_removed_while_people_mark_it_keeps_no_marks(app: Flask, idea: int) -> None:
    author = a_reader(app)
    with app.app_context():
        text = factories.an_argument(
            db.session.get_one(Idea, idea), db.session.get_one(factories.Person, author)
        ).id
        db.session.commit()
    people = [a_reader(app) for _ in range(8)]
    jobs = [(sign_in(app.test_client(), who), f"/ideeen/{idea}/nuttig", {"mark": text}) for who in people]
    gone = f"/argumenten/{text}/verwijderen"
    answers = at_once(app, [*jobs, *[(sign_in(app.test_client(), author), gone, {}) for _ in range(3)]])
    assert set(answers[:8]) <= {200, 403}
    assert sorted(answers[8:]) == [303, 403, 403]
    assert marks_of(app, text) == 0
    with app.app_context():
        assert db.session.get_one(Idea, idea).argument_count == 0


def test_orders_pages_and_the_lasting_address(app: Flask, client: FlaskClient, idea: int) -> None:
    """Twenty-three arguments for: the third is the most helpful, the hidden one stands behind."""
    moments = [PAST + timedelta(minutes=turn) for turn in range(23)]
    numbers = [said(app, idea, created_at=moment) for moment in moments]
    helpful, hidden = numbers[2], numbers[22]
    with app.app_context():
        db.session.execute(update(Argument).where(Argument.id == helpful).values(helpful_count=3))
        db.session.execute(
            update(Argument).where(Argument.id == hidden).values(state=ArgumentState.HIDDEN, helpful_count=9)
        )
        db.session.execute(update(Idea).values(argument_count=22))
        db.session.commit()
    newest = [number for number in reversed(numbers) if number not in (helpful, hidden)]
    orders = {"": [helpful, *newest, hidden], "?argumenten=nieuw": numbers[::-1], "?argumenten=oud": numbers}

    def shown(address: str) -> list[int]:
        page = visit(client, address, max_queries=7)
        return [
            int(str(tag["id"]).split("-")[1]) for tag in page.all(".arguments__side--for [id^=argument-]")
        ]

    for query, order in orders.items():
        assert shown(f"/ideeen/{idea}{query}") == order[:20]
        page = visit(client, f"/ideeen/{idea}{query}")
        assert page.texts(".arguments__side--for .arguments__count") == ["23"]
        further = page.one(".arguments__side--for > p > a.button")
        assert further.get_text(strip=True) == "Meer argumenten voor"
        address = str(further["href"]).partition("#")[0]
        assert shown(address) == order[20:]
        back = visit(client, address)
        assert back.all(".arguments__side--for > p > a.button") == []
        assert back.links(".arguments__side--for > p > a")[0] == f"/ideeen/{idea}{query}#arguments-for"
        assert f'"{address}"' not in back.html
    late = newest[-1]
    place = client.get(f"/argumenten/{late}").headers["Location"]
    assert place == f"/ideeen/{idea}?voor_na={newest[18]}#argument-{late}"
    assert late in shown(place)
    for nonsense in ("?argumenten=votes", "?voor_na=x", "?voor_na=4711", "?tegen_na=1&vragen_na=" + "9" * 40):
        assert shown(f"/ideeen/{idea}{nonsense}") == orders[""][:20]
    with app.app_context(), statements() as sent:
        talk = arguments.of_idea(idea, 1, datetime.now(UTC), argument_views.view_of({"voor_na": str(late)}))
    assert len(sent) == 1
    assert talk.count == 22


def test_a_question_is_answered_by_an_organiser(app: Flask, client: FlaskClient, idea: int) -> None:
    question, other = said(app, idea, side=Side.QUESTION), said(app, idea, side=Side.QUESTION)
    with app.app_context():
        held = db.session.get_one(Idea, idea)
        partner = factories.an_organisation(name="Zuyd Hogeschool").id
        delegate = factories.a_person(group=Group.PARTNER, organisation_id=partner, is_delegate=True)
        factories.an_argument(held, delegate, side=Side.QUESTION, parent_id=question)
        staff = factories.a_person(Role.ORGANISER, name="Els van de griffie")
        answer = factories.an_argument(held, staff, side=Side.QUESTION, parent_id=question).id
        factories.an_argument(held, staff, side=Side.FOR)
        db.session.commit()
    page = visit(client, f"/ideeen/{idea}")
    threads = page.texts(".arguments__side--question .thread")
    assert any("Nog geen antwoord" in text for text in threads)
    assert any("Beantwoord" in text and "Zuyd Hogeschool Afgevaardigde" in text for text in threads)
    assert "Organisator" in page.one(f"#argument-{answer}").get_text()
    assert "Organisator" not in page.one(".arguments__side--for").get_text()
    with app.app_context():
        db.session.execute(update(Argument).where(Argument.id == answer).values(state=ArgumentState.HIDDEN))
        db.session.commit()
    assert "Beantwoord" not in visit(client, f"/ideeen/{idea}").text
    assert other
