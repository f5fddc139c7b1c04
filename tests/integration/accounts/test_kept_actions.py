"""What was begun while signed out is told on the pages to sign in and completed by the sign-in, once, if wanted."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from app.db import db
from app.domain import voting_codes
from app.domain.ballot import Group, Side, VoteValue
from app.domain.lifecycle import IdeaState
from app.features.codes.service import code_hash
from app.models import Argument, Idea, Phase, Report
from app.models.entry import CodeBatch, VotingCode
from app.models.person import Draft, Person
from app.models.vote import Vote
from app.records import drafts, kept_actions
from tests import factories
from tests.support.letters import Letter, letters
from tests.support.page import Page, look_at, sign_in, visit

FORM = "main form.form"
TEXT = "Dit helpt de hele buurt, want er is al jaren te weinig groen."
IDEA = {
    "title": "Een bankje bij het water",
    "summary": "Zet een bankje neer waar je over de Maas uitkijkt.",
    "body": "Wie oud is wil onderweg uitrusten. " * 5,
    "themes": ["groen"],
}


@pytest.fixture
def idea(app: Flask) -> int:
    """A published idea in a call where everything may be done."""
    with app.app_context():
        process = factories.a_process()
        factories.a_theme(process, slug="groen", title="Groen")
        number = factories.an_idea(factories.a_call(process, slug="slim"), title="Meer groen").id
        db.session.commit()
        return number


def begin_vote(client: FlaskClient, idea: int, choice: str = "for") -> Page:
    """Press a button of the ballot while signed out; the page to sign in that follows."""
    answer = visit(client, f"/ideeen/{idea}").submit(".ballot__form", button=choice)
    assert answer.status_code == 303
    return visit(client, answer.headers["Location"])


def ask(page: Page, email: str = "nieuw@voorbeeld.example") -> Letter:
    """Ask for a mail from the page to sign in."""
    assert page.submit(FORM, email=email).headers["Location"] == "/inloggen/code"
    return letters(page.client.application)[0]


def follow(client: FlaskClient, location: str) -> Page:
    return visit(client, location.partition("#")[0])


def votes(app: Flask) -> list[tuple[int, int]]:
    with app.app_context():
        return [(row.idea_id, row.value) for row in db.session.execute(select(Vote.idea_id, Vote.value))]


def waiting(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Draft)) or 0


def a_person(app: Flask, email: str = "bekend@voorbeeld.example", **values: object) -> str:
    with app.app_context():
        factories.a_person(email=email, **values)
        db.session.commit()
    return email


def test_a_vote_is_told_on_every_page_and_cast_on_another_device(
    app: Flask, client: FlaskClient, idea: int
) -> None:
    page = begin_vote(client, idea)
    promise = "Na het inloggen telt je stem VOOR ‘Meer groen’ mee."
    assert promise in page.text
    letter = ask(page)
    assert promise in visit(client, "/inloggen/code").text
    assert votes(app) == []
    phone = app.test_client()
    page = visit(phone, letter.link)
    assert promise in page.text
    assert page.texts("main form.form button") == ["Inloggen en stemmen", "Alleen inloggen"]
    answer = page.submit(FORM, button="do")
    assert answer.headers["Location"] == f"/mijn/naam?next=/ideeen/{idea}%23ballot-{idea}"
    assert votes(app) == [(idea, VoteValue.FOR)]
    assert waiting(app) == 0
    page = follow(phone, answer.headers["Location"])
    assert "Je stem VOOR ‘Meer groen’ is geteld." in page.text
    answer = page.submit(FORM, name="Anke")
    assert answer.headers["Location"] == f"/ideeen/{idea}#ballot-{idea}"
    page = follow(phone, answer.headers["Location"])
    assert page.one(".ballot [value=for]")["aria-pressed"] == "true"
    assert look_at(phone, phone.get("/mijn")).h1 == "Anke"


@pytest.mark.parametrize("way_in", ["code", "link", "bare link"])
def test_who_only_signs_in_votes_for_nothing(app: Flask, client: FlaskClient, idea: int, way_in: str) -> None:
    """A link that is followed by a press without a choice does no more than sign in either."""
    letter = ask(begin_vote(client, idea), a_person(app))
    if way_in == "code":
        answer = visit(client, "/inloggen/code").submit(FORM, code=letter.code, button="only")
    else:
        answer = visit(client, letter.link).submit(FORM, button="only" if way_in == "link" else None)
    assert answer.headers["Location"] == f"/ideeen/{idea}"
    assert votes(app) == []
    assert waiting(app) == 0


def test_who_is_known_goes_to_the_vote_also_in_english(app: Flask, client: FlaskClient, idea: int) -> None:
    answer = visit(client, f"/en/ideeen/{idea}").submit(".ballot__form", button="against")
    page = visit(client, answer.headers["Location"])
    assert "After signing in, your vote AGAINST ‘Meer groen’ is counted." in page.text
    assert page.submit(FORM, email=a_person(app)).headers["Location"] == "/en/inloggen/code"
    answer = visit(client, "/en/inloggen/code").submit(FORM, code=letters(app)[0].code, button="do")
    assert answer.headers["Location"] == f"/en/ideeen/{idea}#ballot-{idea}"
    assert votes(app) == [(idea, VoteValue.AGAINST)]
    page = follow(client, answer.headers["Location"])
    assert "Your vote AGAINST ‘Meer groen’ has been counted." in page.text
    # With an ended session the script hears where to sign in, and the choice waits as well.
    client.post("/uitloggen", data={"csrf_token": page.one("form.ballot__form [name=csrf_token]")["value"]})
    said = client.post(
        f"/ideeen/{idea}/stem", data={"choice": "withdraw"}, headers={"Accept": "application/json"}
    )
    assert said.status_code == 401
    assert "je stem over ‘Meer groen’ ingetrokken" in visit(client, said.get_json()["sign_in"]).text


@pytest.mark.parametrize("why", ["not the delegate", "closed", "hidden", "blocked", "expired"])
def test_a_vote_that_may_not_be_is_not_cast(app: Flask, client: FlaskClient, idea: int, why: str) -> None:
    now = datetime.now(UTC)
    with time_machine.travel(now, tick=False) as clock:
        page = begin_vote(client, idea)
        if why == "expired":
            clock.move_to(now + drafts.LIFETIME + timedelta(minutes=1), tick=False)
            page = visit(client, f"/inloggen?next=/ideeen/{idea}")
            assert "telt je stem" not in page.text
        group = Group.PARTNER if why == "not the delegate" else Group.RESIDENT
        letter = ask(page, a_person(app, group=group))
        with app.app_context():
            if why == "closed":
                db.session.execute(update(Phase).values(may_vote=False))
            if why == "hidden":
                db.session.execute(update(Idea).values(state=IdeaState.HIDDEN))
            if why == "blocked":
                db.session.execute(update(Person).values(blocked_at=now))
            db.session.commit()
        page = visit(client, "/inloggen/code")
        assert ("telt je stem" in page.text) is (why in ("not the delegate", "blocked"))
        assert ("Meer groen" in page.text) is (why in ("not the delegate", "blocked"))
        answer = page.submit(FORM, code=letter.code)
    assert votes(app) == []
    if why == "blocked":
        assert answer.status_code == 403
        return
    assert answer.headers["Location"].startswith(f"/ideeen/{idea}")
    if why != "expired":
        assert waiting(app) == 0
        page = look_at(client, client.get(f"/ideeen/{idea}"))
        assert {
            "not the delegate": "Jouw organisatie stemt via haar afgevaardigde.",
            "closed": "Het stemmen op dit idee is gesloten.",
            "hidden": "Je kunt niet op dit idee stemmen.",
        }[why] in page.text


def begin_argument(client: FlaskClient, idea: int, argument: int) -> str:
    answer = client.post(f"/ideeen/{idea}/argumenten", data={"side": "against", "body": TEXT})
    return str(answer.headers["Location"])


def begin_reply(client: FlaskClient, idea: int, argument: int) -> str:
    return str(client.post(f"/argumenten/{argument}/reacties", data={"body": TEXT}).headers["Location"])


def begin_report(client: FlaskClient, idea: int, argument: int) -> str:
    sent = {"reason": "insult", "explanation": TEXT}
    return str(client.post(f"/argumenten/{argument}/melden", data=sent).headers["Location"])


def begin_idea(client: FlaskClient, idea: int, argument: int) -> str:
    return str(visit(client, "/ideeen/nieuw").submit(FORM, IDEA, button="send").headers["Location"])


def begin_idea_draft(client: FlaskClient, idea: int, argument: int) -> str:
    return str(visit(client, "/ideeen/nieuw").submit(FORM, IDEA, button="draft").headers["Location"])


def the_argument() -> object:
    row = db.session.execute(select(Argument.side, Argument.body).order_by(Argument.id.desc())).first()
    return tuple(row) if row else None


def the_reply() -> object:
    return tuple(
        db.session.execute(
            select(Argument.parent_id.is_not(None), Argument.body).order_by(Argument.id.desc())
        ).first()
        or ()
    )


def the_report() -> object:
    return db.session.scalars(select(Report.explanation)).one_or_none()


def the_idea() -> object:
    row = db.session.execute(select(Idea.state, Idea.body).order_by(Idea.id.desc())).first()
    return tuple(row) if row else None


BODY = IDEA["body"].strip() if isinstance(IDEA["body"], str) else ""
BEGUN: dict[str, tuple[Callable[..., str], str, str, Callable[[], object], object]] = {
    "argument": (
        begin_argument,
        "je argument tegen ‘Meer groen’",
        "is geplaatst",
        the_argument,
        (Side.AGAINST, TEXT),
    ),
    "reply": (begin_reply, "je reactie bij ‘Meer groen’", "is geplaatst", the_reply, (True, TEXT)),
    "report": (
        begin_report,
        "melding van een tekst bij ‘Meer groen’",
        "Bedankt voor je melding",
        the_report,
        TEXT,
    ),
    "idea": (
        begin_idea,
        "je idee ‘Een bankje bij het water’ in",
        "is ingestuurd",
        the_idea,
        (IdeaState.SUBMITTED, BODY),
    ),
    "draft": (
        begin_idea_draft,
        "je idee als concept",
        "Je concept is bewaard",
        the_idea,
        (IdeaState.DRAFT, BODY),
    ),
}


@pytest.mark.parametrize("thing", BEGUN)
def test_a_text_is_completed_or_waits_in_its_form(
    app: Flask, client: FlaskClient, idea: int, thing: str
) -> None:
    begin, told, outcome, read, expected = BEGUN[thing]
    with app.app_context():
        argument = factories.an_argument(db.session.get_one(Idea, idea)).id
        db.session.commit()
    email = a_person(app)
    for wanted in (False, True):
        page = visit(client, begin(client, idea, argument))
        assert told in page.text
        letter = ask(page, email)
        phone = app.test_client()
        page = visit(phone, letter.link)
        assert told in page.text
        assert thing == "draft" or any(part in page.text for part in (TEXT, BODY))
        answer = page.submit(FORM, button="do" if wanted else "only")
        page = follow(phone, answer.headers["Location"])
        with app.app_context():
            assert (read() == expected) is wanted
        assert (outcome in page.text) is wanted
        assert waiting(app) == (0 if wanted else 1)
        if not wanted:
            assert "staat er nog" in page.text
            typed = [tag.get_text().strip() for tag in page.all("textarea")]
            assert any(text in (TEXT, BODY) for text in typed)


def test_a_text_with_a_fault_promises_nothing_and_waits(app: Flask, client: FlaskClient, idea: int) -> None:
    answer = client.post(f"/ideeen/{idea}/argumenten", data={"side": "", "body": TEXT})
    page = visit(client, answer.headers["Location"])
    assert "Na het inloggen" not in page.text
    ask(page, a_person(app))
    answer = visit(client, "/inloggen/code").submit(FORM, code=letters(app)[0].code)
    page = follow(client, answer.headers["Location"])
    assert page.one("textarea").get_text().strip() == TEXT


def test_a_text_that_is_refused_is_handed_back_with_the_reason(
    app: Flask, client: FlaskClient, idea: int
) -> None:
    ask(visit(client, begin_argument(client, idea, 0)), a_person(app))
    with app.app_context():
        db.session.execute(update(Phase).values(may_argue=False))
        db.session.commit()
    answer = visit(client, "/inloggen/code").submit(FORM, code=letters(app)[0].code)
    page = look_at(client, client.get(answer.headers["Location"]), answer.headers["Location"])
    assert page.status == 403
    assert "Het gesprek over dit idee is gesloten." in page.text
    assert page.one("#kept-text").get_text().strip() == TEXT


def test_the_code_completes_what_its_browser_began_last(app: Flask, client: FlaskClient, idea: int) -> None:
    letter = ask(begin_vote(client, idea), a_person(app))
    begin_argument(client, idea, 0)
    page = visit(client, "/inloggen/code")
    assert "je argument tegen" in page.text
    # The link promises what was begun when it was asked for, and that is gone.
    assert "Na het inloggen" not in visit(app.test_client(), letter.link).text
    page.submit(FORM, code=letter.code, button="do")
    assert votes(app) == []
    with app.app_context():
        assert the_argument() == (Side.AGAINST, TEXT)


@pytest.mark.one_database
def test_a_ballot_that_says_nothing_keeps_nothing(app: Flask, client: FlaskClient, idea: int) -> None:
    for choice in ("", "perhaps"):
        assert client.post(f"/ideeen/{idea}/stem", data={"choice": choice}).status_code == 303
    assert waiting(app) == 0
    # One visitor, one thing waiting, however often they press.
    for choice in ("for", "against", "for"):
        begin_vote(client, idea, choice)
    assert waiting(app) == 1


@pytest.mark.one_database
def test_the_made_up_people_of_the_demo_complete_it_too(make_app: Callable[..., Flask]) -> None:
    app = make_app(DEMO="1")
    with app.app_context():
        person = factories.a_person(demo_order=1, name="Inge").id
        idea = factories.an_idea(title="Meer groen").id
        db.session.commit()
    client = app.test_client()
    page = begin_vote(client, idea)
    page.submit(f"form[action='/demo/inloggen/{person}']")
    assert votes(app) == [(idea, VoteValue.FOR)]


def test_a_voting_code_from_a_letter_completes_it_too(app: Flask, client: FlaskClient, idea: int) -> None:
    now, code = datetime.now(UTC), voting_codes.make(Random(7).randrange)
    with app.app_context():
        batch = CodeBatch(
            call_id=db.session.get_one(Idea, idea).call_id,
            count=1,
            created_at=now,
            expires_at=now + timedelta(days=1),
        )
        db.session.add(batch)
        db.session.flush()
        db.session.add(VotingCode(batch_id=batch.id, code_hash=code_hash(code)))
        db.session.commit()
    begin_vote(client, idea)
    page = visit(client, "/inloggen/stemcode")
    assert "telt je stem VOOR ‘Meer groen’ mee" in page.text
    answer = page.submit(FORM, code=code, button="do")
    assert answer.headers["Location"] == f"/mijn/naam?next=/ideeen/{idea}%23ballot-{idea}"
    assert votes(app) == [(idea, VoteValue.FOR)]


@pytest.mark.parametrize("kind", ["vote", "argue"])
def test_of_eight_who_complete_one_thing_exactly_one_does(app: Flask, idea: int, kind: str) -> None:
    """Eight sign-in mails with one draft, confirmed at the same moment by eight people."""
    now, start = datetime.now(UTC), threading.Barrier(8)
    data: dict[str, object] = {"value": 1} if kind == "vote" else {"side": "for", "body": TEXT}
    with app.app_context():
        people = [factories.a_person().id for _ in range(8)]
        token = drafts.keep(kind, {"subject": idea, **data}, now)
        db.session.commit()
    found: dict[int, object] = {}

    def do(number: int) -> None:
        with app.test_request_context(method="POST"):
            person = db.session.get_one(Person, number)
            db.session.rollback()
            start.wait()
            try:
                found[number] = kept_actions.complete(person, token, now)
            except Exception as error:
                found[number] = error

    threads = [threading.Thread(target=do, args=(number,)) for number in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done = {number: outcome for number, outcome in found.items() if outcome is not None}
    assert len(found) == 8
    [(winner, outcome)] = done.items()
    assert isinstance(outcome, kept_actions.Outcome)
    assert outcome.kind == "success"
    with app.app_context():
        who = select(Vote.person_id) if kind == "vote" else select(Argument.author_id)
        assert db.session.scalars(who).all() == [winner]
    assert waiting(app) == 0


def test_an_ended_session_loses_no_vote(app: Flask, client: FlaskClient, idea: int) -> None:
    """The form of a page that was made while signed in, sent after the session ended."""
    with app.app_context():
        person = factories.a_person(email="bekend@voorbeeld.example").id
        db.session.commit()
    page = visit(sign_in(client, person), f"/ideeen/{idea}")
    with app.app_context():
        db.session.execute(update(Person).values(session_epoch=5))
        db.session.commit()
    answer = page.submit(".ballot__form", button="for")
    ask(visit(client, answer.headers["Location"]), "bekend@voorbeeld.example")
    visit(client, "/inloggen/code").submit(FORM, code=letters(app)[0].code, button="do")
    assert votes(app) == [(idea, VoteValue.FOR)]
