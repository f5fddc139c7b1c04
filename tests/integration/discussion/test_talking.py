"""Arguments, questions and replies: who may, what is refused, what is counted, and that no text is ever lost."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from app.db import db
from app.domain.ballot import Group, Side
from app.domain.lifecycle import IdeaState
from app.models import Argument, Draft, Idea, Person, Phase
from app.models.argument import ArgumentState
from app.models.moderation import ModerationDecision, ModerationVerb
from app.records import arguments
from tests import factories
from tests.support import Page, csrf_token, look_at, post, sign_in, sign_out, statements, visit

TEXT = "Een terras langs de Maas brengt mensen bij elkaar."
PAST = datetime.now(UTC) - timedelta(days=2)


@pytest.fixture
def idea(app: Flask) -> int:
    """A published idea in an open call."""
    with app.app_context():
        number = factories.an_idea().id
        db.session.commit()
    return number


@pytest.fixture
def writer(app: Flask, client: FlaskClient) -> int:
    """Somebody who is signed in."""
    with app.app_context():
        number = factories.a_person(name="Noor").id
        db.session.commit()
    sign_in(client, number)
    return number


def change(app: Flask, statement: Any) -> None:
    with app.app_context():
        db.session.execute(statement)
        db.session.commit()


def counted(app: Flask, idea: int) -> int:
    """The number on the idea, after checking that it is the number of texts that readers see."""
    with app.app_context():
        stands = db.session.scalar(select(Idea.argument_count).where(Idea.id == idea))
        shown = select(func.count()).where(
            Argument.idea_id == idea, Argument.state == ArgumentState.PUBLISHED
        )
        assert stands == db.session.scalar(shown)
        assert stands == arguments.of_idea(idea).count
    return stands


def argue(client: FlaskClient, idea: int, status: int = 303, **fields: object) -> Any:
    return post(client, f"/ideeen/{idea}/argumenten", status, **{"side": "for", "body": TEXT, **fields})


@pytest.mark.parametrize(
    ("side", "place"), [("for", "voor"), ("against", "tegen"), ("question", "vraag")], ids=str
)
def test_an_argument_stands_on_its_side(
    app: Flask, client: FlaskClient, idea: int, writer: int, side: str, place: str
) -> None:
    page = visit(client, f"/ideeen/{idea}")
    answer = page.submit("form.argue", side=side, body=f"  {TEXT}\r\n\r\nEcht waar.  ")
    assert answer.status_code == 303
    with app.app_context():
        argument = db.session.execute(select(Argument)).scalar_one()
        assert (argument.side, argument.body) == (Side(side), f"{TEXT}\n\nEcht waar.")
        number = argument.id
    assert answer.headers["Location"] == f"/ideeen/{idea}#argument-{number}"
    page = visit(client, f"/ideeen/{idea}")
    shown = page.one(f".arguments__side--{side} #argument-{number}").get_text(" ", strip=True)
    assert "Noor" in shown
    assert "Inwoner" in shown
    assert "Dit schreef jij" in shown
    assert counted(app, idea) == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"body": "Te kort."}, "Schrijf minstens 30 tekens; het zijn er nu 8."),
        ({"body": "x" * 501}, "Schrijf hooguit 500 tekens; het zijn er nu 501."),
        ({"body": " " * 40}, "Schrijf minstens 30 tekens; het zijn er nu 0."),
        ({"side": ""}, "Kies: voor, tegen of een vraag."),
        ({"side": "neutral"}, ""),
    ],
)
@pytest.mark.one_database
def test_what_is_wrong_is_said_and_the_text_is_kept(
    app: Flask, client: FlaskClient, idea: int, writer: int, fields: dict[str, str], sentence: str
) -> None:
    page = look_at(client, argue(client, idea, 400, **fields))
    assert sentence in page.one("[data-error-summary]").get_text()
    body = fields.get("body", TEXT).strip()
    assert page.one("#argument-body").get_text().strip() == body
    if "side" not in fields:
        assert page.all("#argument-side-0[checked]")
    assert counted(app, idea) == 0
    assert page.submit("form.argue", side="against", body=TEXT).status_code == 303
    assert counted(app, idea) == 1


@pytest.mark.parametrize("length", [30, 500])
@pytest.mark.one_database
def test_the_limits_themselves_are_allowed(
    app: Flask, client: FlaskClient, idea: int, writer: int, length: int
) -> None:
    argue(client, idea, body="é" * length)
    assert counted(app, idea) == 1


def test_sending_a_form_twice_adds_one_argument(
    app: Flask, client: FlaskClient, idea: int, writer: int
) -> None:
    first, second = (argue(client, idea).headers["Location"] for _ in range(2))
    assert first == second
    assert counted(app, idea) == 1
    argue(client, idea, body=TEXT + " En nog iets.")
    argue(client, idea, side="against")
    assert counted(app, idea) == 3


def test_ten_clicks_at_once_add_one_argument(app: Flask, idea: int, writer: int) -> None:
    clients = [sign_in(app.test_client(), writer) for _ in range(10)]
    tokens = [csrf_token(client) for client in clients]
    answers: list[int] = []
    gate = threading.Barrier(10)

    def click(client: FlaskClient, token: str) -> None:
        gate.wait()
        data = {"csrf_token": token, "side": "for", "body": TEXT}
        answers.append(client.post(f"/ideeen/{idea}/argumenten", data=data).status_code)

    threads = [threading.Thread(target=click, args=pair) for pair in zip(clients, tokens, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert answers == [303] * 10
    assert counted(app, idea) == 1


def test_a_writer_reads_on_what_reports_took_off(
    app: Flask, client: FlaskClient, idea: int, writer: int
) -> None:
    """Also where no moderator reads texts beforehand; others see the place without the text."""
    argue(client, idea)
    with app.app_context():
        argument = db.session.execute(select(Argument)).scalar_one()
        number, argument.state = argument.id, ArgumentState.WAITING
        db.session.get_one(Idea, idea).argument_count = 0
        decision = ModerationDecision(
            argument_id=number, verb=ModerationVerb.RECALL, sentence="", decided_at=datetime.now(UTC)
        )
        db.session.add(decision)
        db.session.commit()
    place = "Meerdere lezers meldden deze tekst."
    own = visit(client, f"/ideeen/{idea}").one("#unplaced")
    assert TEXT in own.get_text()
    assert place in own.get_text()
    assert not own.select(f'a[href="/argumenten/{number}/verwijderen"]'), "not while a moderator looks at it"
    for other in (app.test_client(), stranger_who_signed_in(app)):
        page = visit(other, f"/ideeen/{idea}")
        assert TEXT not in page.text
        assert not page.all("#unplaced")
        assert place in page.one(f"#argument-{number}").get_text()


def stranger_who_signed_in(app: Flask) -> FlaskClient:
    with app.app_context():
        number = factories.a_person().id
        db.session.commit()
    return sign_in(app.test_client(), number)


def test_many_people_at_once_are_all_counted(app: Flask, idea: int) -> None:
    with app.app_context():
        people = [factories.a_person().id for _ in range(30)]
        db.session.commit()
    pairs = [(client := sign_in(app.test_client(), person), csrf_token(client)) for person in people]
    answers: list[int] = []

    def write(client: FlaskClient, token: str) -> None:
        data = {"csrf_token": token, "side": "question", "body": TEXT}
        answers.append(client.post(f"/ideeen/{idea}/argumenten", data=data).status_code)

    threads = [threading.Thread(target=write, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert answers == [303] * 30
    assert counted(app, idea) == 30


def test_a_reply_stands_below_and_there_is_one_level(
    app: Flask, client: FlaskClient, idea: int, writer: int
) -> None:
    with app.app_context():
        top = factories.an_argument(db.session.get_one(Idea, idea), side=Side.AGAINST).id
        db.session.commit()
    page = visit(client, f"/ideeen/{idea}").follow(f"#argument-{top} .argument__action")
    assert "Dit argument is lang genoeg om te mogen staan." in page.text
    answer = page.submit("main form", body=TEXT)
    first = int(answer.headers["Location"].rpartition("-")[2])
    page = visit(client, f"/ideeen/{idea}")
    assert page.one(f".arguments__side--against #argument-{first}.argument--reply")
    assert f"/argumenten/{first}/reacties" not in page.links(f"#argument-{first} a")
    answer = post(client, f"/argumenten/{first}/reacties", body=TEXT + " Dat vind ik ook.")
    second = int(answer.headers["Location"].rpartition("-")[2])
    with app.app_context():
        rows = db.session.execute(
            select(Argument.parent_id, Argument.side).where(Argument.id.in_([first, second]))
        ).all()
    assert [tuple(row) for row in rows] == [(top, Side.AGAINST)] * 2
    assert counted(app, idea) == 3


@pytest.mark.one_database
def test_a_reply_that_is_too_short_comes_back(
    app: Flask, client: FlaskClient, idea: int, writer: int
) -> None:
    with app.app_context():
        top = factories.an_argument(db.session.get_one(Idea, idea)).id
        db.session.commit()
    page = look_at(client, post(client, f"/argumenten/{top}/reacties", 400, body="Mee eens!"))
    assert page.one("#reply-body").get_text().strip() == "Mee eens!"
    assert "Schrijf minstens 30 tekens" in page.text


@pytest.mark.parametrize("state", [ArgumentState.HIDDEN, ArgumentState.DELETED])
def test_what_is_gone_leaves_its_place_and_takes_no_replies(
    app: Flask, client: FlaskClient, idea: int, writer: int, state: ArgumentState
) -> None:
    with app.app_context():
        held = db.session.get_one(Idea, idea)
        top = factories.an_argument(held, body="Een geheim dat niemand meer mag lezen.", state=state)
        factories.an_argument(held, body="Een reactie die wel mag blijven staan.", parent_id=top.id)
        lonely = factories.an_argument(held, body="Nog een geheim van iemand anders.", state=state)
        held.argument_count = 1
        number, alone = top.id, lonely.id
        db.session.commit()
    page = visit(client, f"/ideeen/{idea}")
    assert "geheim" not in page.html
    assert "Een reactie die wel mag blijven staan." in page.text
    assert page.all(f"#argument-{number}.argument--gone")
    assert bool(page.all(f"#argument-{alone}")) == (state == ArgumentState.HIDDEN)
    assert counted(app, idea) == 1
    refused = look_at(client, post(client, f"/argumenten/{number}/reacties", 403, body=TEXT))
    assert "Je kunt hier niet op reageren: de tekst is weggehaald." in refused.text
    assert refused.one("#kept-text").get_text().strip() == TEXT


def test_a_text_that_moderators_removed_does_not_come_back_by_sending_it_again(
    app: Flask, client: FlaskClient, idea: int, writer: int
) -> None:
    argue(client, idea)
    change(app, update(Argument).values(state=ArgumentState.HIDDEN))
    change(app, update(Idea).values(argument_count=0))
    refused = look_at(client, argue(client, idea, 403))
    assert "Je plaatste deze tekst al eens, en hij is weggehaald." in refused.text
    assert counted(app, idea) == 0


CLOSED = {"starts_at": PAST - timedelta(days=9), "ends_at": PAST}


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (CLOSED, "Het gesprek over dit idee is gesloten."),
        ({"may_argue": False}, "Het gesprek over dit idee is gesloten."),
        (
            {"starts_at": datetime.now(UTC) + timedelta(days=1)},
            "Het gesprek over dit idee is nog niet begonnen.",
        ),
    ],
)
def test_outside_the_phase_the_sentence_stands_in_the_place_of_the_form(
    app: Flask, client: FlaskClient, idea: int, writer: int, values: dict[str, Any], sentence: str
) -> None:
    change(app, update(Phase).values(**values))
    page = visit(client, f"/ideeen/{idea}")
    assert page.all("form.argue") == []
    assert sentence in page.one("#argue").get_text()
    refused = look_at(client, argue(client, idea, 403))
    assert sentence in refused.text
    assert refused.one("#kept-text").get_text().strip() == TEXT
    assert sentence in visit(client, f"/ideeen/{idea}/argumenten", 403).text
    assert counted(app, idea) == 0


@pytest.mark.parametrize("state", [IdeaState.SUBMITTED, IdeaState.HIDDEN, IdeaState.DRAFT])
@pytest.mark.one_database
def test_an_idea_that_is_not_published_has_no_discussion(
    app: Flask, client: FlaskClient, idea: int, writer: int, state: IdeaState
) -> None:
    with app.app_context():
        top = factories.an_argument(db.session.get_one(Idea, idea)).id
        db.session.commit()
    change(app, update(Idea).values(state=state))
    for address in (f"/ideeen/{idea}/argumenten", f"/argumenten/{top}/reacties", "/ideeen/4711/argumenten"):
        assert client.get(address).status_code == 404
        post(client, address, 404, side="for", body=TEXT)
    post(client, "/argumenten/4711/reacties", 404, body=TEXT)


@pytest.mark.parametrize("group", Group)
def test_the_voice_of_the_author_is_said(app: Flask, client: FlaskClient, idea: int, group: Group) -> None:
    with app.app_context():
        organisation = factories.an_organisation(name="Zuyd Hogeschool") if group == Group.PARTNER else None
        author = factories.a_person(
            name="Sam", group=group, organisation_id=organisation.id if organisation else None
        )
        factories.an_argument(db.session.get_one(Idea, idea), author)
        db.session.commit()
    who = visit(client, f"/ideeen/{idea}").one(".argument__who").get_text(" ", strip=True)
    said = {
        Group.RESIDENT: "Inwoner",
        Group.COUNCIL: "Raadslid",
        Group.PARTNER: "Zuyd Hogeschool",
    }[group]
    assert "Sam" in who
    assert said in who


@pytest.mark.one_database
def test_somebody_without_a_name_is_a_participant(app: Flask, client: FlaskClient, idea: int) -> None:
    with app.app_context():
        factories.an_argument(db.session.get_one(Idea, idea), factories.a_person(name=""))
        db.session.commit()
    assert "Een deelnemer" in visit(client, f"/ideeen/{idea}").one(".argument__who").get_text()


def _typed_while_signed_out(client: FlaskClient, idea: int) -> Page:
    page = visit(client, f"/ideeen/{idea}")
    sign_out(client)
    answer = page.submit("form.argue", side="against", body=TEXT)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/inloggen?next=/ideeen/{idea}/argumenten"
    return page


def test_an_expired_session_loses_no_text(app: Flask, client: FlaskClient, idea: int, writer: int) -> None:
    _typed_while_signed_out(client, idea)
    sign_in(client, writer)
    page = visit(client, f"/ideeen/{idea}/argumenten")
    assert page.one("#argument-body").get_text().strip() == TEXT
    assert page.all("#argument-side-1[checked]")
    assert "Je tekst staat er nog." in page.text
    assert page.submit("form.argue").status_code == 303
    assert counted(app, idea) == 1
    with app.app_context():
        assert db.session.scalars(select(Draft)).all() == []
    assert visit(client, f"/ideeen/{idea}/argumenten").one("#argument-body").get_text().strip() == ""


def test_a_kept_text_waits_where_it_was_written(
    app: Flask, client: FlaskClient, idea: int, writer: int
) -> None:
    with app.app_context():
        other = factories.an_idea().id
        db.session.commit()
    _typed_while_signed_out(client, idea)
    sign_in(client, writer)
    assert visit(client, f"/ideeen/{other}/argumenten").one("#argument-body").get_text().strip() == ""
    argue(client, other)
    assert visit(client, f"/ideeen/{idea}/argumenten").one("#argument-body").get_text().strip() == TEXT
    change(app, update(Draft).values(created_at=datetime.now(UTC) - timedelta(days=8)))
    assert visit(client, f"/ideeen/{idea}/argumenten").one("#argument-body").get_text().strip() == ""


@pytest.mark.one_database
def test_a_token_of_an_older_session_loses_no_text(
    app: Flask, client: FlaskClient, idea: int, writer: int
) -> None:
    data = {"csrf_token": "old", "side": "for", "body": TEXT}
    page = look_at(client, client.post(f"/ideeen/{idea}/argumenten", data=data))
    assert page.status == 400
    assert "Je sessie was verlopen. Je tekst staat er nog" in page.text
    assert page.all("[data-error-summary]") == []
    assert page.submit("form.argue").status_code == 303
    assert counted(app, idea) == 1


@pytest.mark.one_database
def test_a_form_from_another_site_leaves_nothing_behind(app: Flask, client: FlaskClient, idea: int) -> None:
    data = {"side": "for", "body": TEXT}
    answer = client.post(f"/ideeen/{idea}/argumenten", data=data, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 400
    with app.app_context():
        assert db.session.scalars(select(Draft)).all() == []


@pytest.mark.one_database
def test_signed_out_the_way_to_take_part_is_shown(app: Flask, client: FlaskClient, idea: int) -> None:
    page = visit(client, f"/ideeen/{idea}")
    assert page.all("#discussion form") == []
    assert "Log in om te reageren." in page.one("#argue").get_text()
    assert page.links("#argue a") == [f"/inloggen?next=/ideeen/{idea}/argumenten"]
    answer = client.get(f"/ideeen/{idea}/argumenten")
    assert answer.headers["Location"] == f"/inloggen?next=/ideeen/{idea}/argumenten"


@pytest.mark.one_database
def test_a_blocked_person_cannot_write(app: Flask, client: FlaskClient, idea: int, writer: int) -> None:
    change(app, update(Person).where(Person.id == writer).values(blocked_at=PAST))
    assert argue(client, idea).headers["Location"].startswith("/inloggen")
    assert counted(app, idea) == 0


def test_after_twenty_texts_in_ten_minutes_a_pause(
    app: Flask, client: FlaskClient, idea: int, writer: int
) -> None:
    for _ in range(3):
        argue(client, idea, 400, body="Te kort.")  # faults do not count
    for number in range(20):
        argue(client, idea, body=f"{TEXT} Nummer {number}.")
    page = look_at(client, argue(client, idea, 429))
    assert "Wacht tien minuten" in page.text
    assert page.one("#kept-text").get_text().strip() == TEXT
    assert counted(app, idea) == 20


def test_what_people_write_is_shown_and_never_obeyed(
    app: Flask, client: FlaskClient, idea: int, writer: int
) -> None:
    argue(client, idea, body="<script>alert(1)</script> <b>vet</b> en zie https://www.example.org/pad")
    page = visit(client, f"/ideeen/{idea}")
    text = page.one(".argument__text")
    assert "<script>alert(1)</script>" in text.get_text()
    assert text.find("script") is None
    assert text.find("a")["href"] == "https://www.example.org/pad"  # type: ignore[index]
    assert "nofollow" in text.find("a")["rel"]  # type: ignore[index]


def test_a_long_discussion_is_one_statement(app: Flask, app_context: None) -> None:
    idea = factories.an_idea()
    for number in range(75):
        factories.an_argument(idea, side=list(Side)[number % 3])
    db.session.commit()
    with statements() as sent:
        talk = arguments.of_idea(idea.id, None)
    assert len(sent) <= 2  # the expired idea is read again for its number
    assert talk.count == 75


def test_the_order_of_the_talk(app: Flask, app_context: None) -> None:
    """The newest argument is first; replies follow the talk."""
    idea = factories.an_idea()
    me = factories.a_person()
    moments = [PAST + timedelta(minutes=minute) for minute in range(4)]
    old = factories.an_argument(idea, me, created_at=moments[0])
    new = factories.an_argument(idea, created_at=moments[1])
    first = factories.an_argument(idea, created_at=moments[2], parent_id=old.id)
    second = factories.an_argument(idea, created_at=moments[3], parent_id=old.id)
    talk = arguments.of_idea(idea.id, me.id)
    assert [thread.top.id for thread in talk.for_] == [new.id, old.id]
    assert [row.id for row in talk.for_[1].replies] == [first.id, second.id]
    assert [thread.top.is_own for thread in talk.for_] == [False, True]
