"""Warning, pausing and blocking: what the person may still do, how they hear of it, and how they say no."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import db
from app.domain.decision import NotAllowed
from app.domain.lifecycle import IdeaState
from app.features.accounts import oidc_service
from app.features.accounts.oidc import Known
from app.kit.i18n import TIME_ZONE
from app.models import (
    Appeal,
    AuditEntry,
    DuplicateProposal,
    Idea,
    MailMessage,
    Notice,
    Person,
    QueueItem,
    Report,
    Sanction,
)
from app.models.moderation import SanctionKind, SanctionReason
from app.models.person import Role
from app.policies.accounts import may_sign_in
from app.records import erasure, sanctions
from app.records.sanctions import Blocked, Measure
from tests import factories
from tests.support import csrf_token, look_at, post, sign_in, visit

SENTENCE = "Je schold twee keer iemand uit. Dat mag hier niet."
NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)


class Cast:
    """Moderators, an organiser, and somebody who goes too far."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            call = factories.a_call()
            self.call = call.id
            self.moderator = factories.a_person(Role.MODERATOR, name="Mo").id
            self.organiser = factories.a_person(Role.MODERATOR, Role.ORGANISER, name="Ot").id
            self.facilitator = factories.a_person(Role.FACILITATOR, name="Fa").id
            self.person = factories.a_person(name="Bas", email="bas@voorbeeld.example").id
            other = factories.a_person(name="Els")
            self.idea = factories.an_idea(call, other).id
            self.other = factories.an_idea(call, other).id
            db.session.commit()

    def client(self, person: int) -> FlaskClient:
        return sign_in(self.app.test_client(), person)

    def impose(self, kind: SanctionKind, ends_at: datetime | None = None, now: datetime | None = None) -> int:
        """Without the page of the moderators."""
        with self.app.app_context():
            made = sanctions.impose(
                db.session.get_one(Person, self.moderator),
                db.session.get_one(Person, self.person),
                Measure(kind, SanctionReason.INSULTS, SENTENCE, ends_at),
                now or datetime.now(UTC),
            )
            db.session.commit()
            return made.id

    def token(self, number: int) -> str:
        with self.app.app_context():
            return sanctions.token_of(db.session.get_one(Sanction, number))

    def all(self, table: type[Any]) -> list[Any]:
        with self.app.app_context():
            rows = list(db.session.scalars(select(table).order_by(table.id)))
            db.session.expunge_all()
            return rows

    def get(self, table: type[Any], number: int) -> Any:
        with self.app.app_context():
            row = db.session.get_one(table, number)
            db.session.expunge_all()
            return row


@pytest.fixture
def cast(app: Flask) -> Cast:
    return Cast(app)


def fill(kind: str, days: str = "", reason: str = "insults", sentence: str = SENTENCE) -> dict[str, str]:
    return {
        "measure-kind": kind,
        "measure-days": days,
        "measure-reason": reason,
        "measure-sentence": sentence,
    }


FORM = "form[action$='/maatregel']"


def test_a_moderator_warns_pauses_and_blocks_from_the_page_of_a_person(cast: Cast) -> None:
    desk = cast.client(cast.moderator)
    page = visit(desk, "/moderatie/mensen?zoek=bas").follow(".people__name a")
    assert page.h1 == "Bas"
    assert "bas@voorbeeld.example" not in page.html
    for kind, days, badge in (("warn", "", ""), ("pause", "14", "Gepauzeerd"), ("block", "", "Geblokkeerd")):
        assert page.submit(FORM, fill(kind, days)).status_code == 303
        page = visit(desk, f"/moderatie/mensen/{cast.person}")
        assert badge in page.text
    warned, paused, blocked = cast.all(Sanction)
    assert [row.kind.value for row in (warned, paused, blocked)] == ["warn", "pause", "block"]
    assert (warned.ends_at, blocked.ends_at) == (None, None)
    assert timedelta(days=13) < paused.ends_at - datetime.now(UTC) <= timedelta(days=14)
    assert [(row.action, row.subject_id, row.why) for row in cast.all(AuditEntry)] == [
        (f"conduct.{kind}", cast.person, SENTENCE) for kind in ("warn", "pause", "block")
    ]
    letters = cast.all(MailMessage)
    assert [letter.recipient for letter in letters] == ["bas@voorbeeld.example"] * 3
    assert [letter.subject for letter in letters] == [
        "Een waarschuwing van de moderatoren",
        "Je account is gepauzeerd",
        "Je account is geblokkeerd",
    ]
    for letter, row in zip(letters, (warned, paused, blocked), strict=True):
        assert SENTENCE in letter.text
        assert "Anderen kwetsen of beledigen" in letter.text
        assert f"/maatregel/{cast.token(row.id)}" in letter.text
        assert cast.token(row.id) in letter.html
    assert len(cast.all(Notice)) == 3


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("given", "fault"),
    [
        (fill("pause"), "#measure-days"),
        (fill("pause", "91"), "#measure-days"),
        (fill("pause", "0"), "#measure-days"),
        (fill("block", "-1"), "#measure-days"),
        (fill("warn", reason=""), "#measure-reason"),
        (fill(""), "#measure-kind"),
        (fill("warn", sentence="kort"), "#measure-sentence"),
    ],
)
def test_a_faulty_form_says_so_and_does_nothing(cast: Cast, given: dict[str, str], fault: str) -> None:
    desk = cast.client(cast.moderator)
    answer = visit(desk, f"/moderatie/mensen/{cast.person}").submit(FORM, given)
    assert answer.status_code == 400
    again = look_at(desk, answer)
    assert fault in [link["href"] for link in again.all("[data-error-summary] a")]
    assert again.one("#measure-sentence").get_text().strip() == given["measure-sentence"]
    assert again.one("#measure details").has_attr("open")
    assert cast.all(Sanction) == cast.all(AuditEntry) == cast.all(MailMessage) == []


@pytest.mark.one_database
def test_who_may_do_this_to_whom(cast: Cast) -> None:
    for actor, target, allowed in (
        (cast.moderator, cast.moderator, False),
        (cast.moderator, cast.facilitator, False),
        (cast.organiser, cast.facilitator, True),
        (cast.facilitator, cast.person, False),
        (cast.person, cast.moderator, False),
    ):
        client, path = cast.client(actor), f"/moderatie/mensen/{target}"
        for verb in ("maatregel", "opruimen", "terugzetten"):
            given = fill("warn") if verb == "maatregel" else {}
            answer = client.post(f"{path}/{verb}", data={"csrf_token": csrf_token(client), **given})
            expected = (303 if verb == "maatregel" else 400) if allowed else 403
            assert answer.status_code == expected, (actor, target, verb)
    assert [row.person_id for row in cast.all(Sanction)] == [cast.facilitator]
    page = visit(cast.client(cast.moderator), f"/moderatie/mensen/{cast.facilitator}")
    assert "Deze persoon werkt voor de site. Alleen een organisator besluit hierover." in page.text
    assert not page.all(FORM)
    assert cast.app.test_client().get(f"/moderatie/mensen/{cast.person}").status_code == 303


def test_a_paused_person_reads_and_votes_and_posts_nothing(cast: Cast) -> None:
    until = datetime.now(UTC) + 5 * DAY
    cast.impose(SanctionKind.PAUSE, until)
    client = cast.client(cast.person)
    page = visit(client, f"/ideeen/{cast.idea}")
    assert "De moderatoren hebben je account gepauzeerd tot" in page.one("#argue").get_text()
    assert not page.all("form[action$='/argumenten']")
    assert post(client, f"/ideeen/{cast.idea}/stem", choice="for").status_code == 303
    for path, given in (
        (
            f"/ideeen/{cast.idea}/argumenten",
            {"side": "for", "body": "Dit argument is lang genoeg om te staan."},
        ),
        (f"/ideeen/{cast.idea}/melden", {"reason": "insult", "explanation": "Kijk eens."}),
    ):
        said = look_at(client, post(client, path, 403, **given))
        assert "Je kunt lezen en stemmen, maar niets plaatsen." in said.text
        assert said.one("#kept-text").get_text().strip() in given.values()
    page = visit(client, f"/ideeen/{cast.idea}/dubbel")
    assert "Je kunt lezen en stemmen" in page.text
    assert not page.all("main form")
    same = look_at(
        client, post(client, f"/ideeen/{cast.idea}/dubbel", 403, other="another", address=cast.other)
    )
    assert "Je kunt lezen en stemmen" in same.text
    assert cast.all(DuplicateProposal) == []
    suggested = visit(client, "/praktijk/voorstellen")
    assert "Je kunt lezen en stemmen" in suggested.one(".ballot__closed").get_text()
    assert not suggested.all("main form button[type=submit]")
    assert "Je kunt lezen en stemmen" in visit(client, "/ideeen/nieuw").text
    assert "gepauzeerd" in visit(client, "/mijn").text
    assert cast.all(Report) == []
    english = visit(client, f"/en/ideeen/{cast.idea}").one("#argue").get_text()
    there = until.astimezone(ZoneInfo(TIME_ZONE))
    assert f"until {there.day} {there:%B %Y}" in english


def test_drafts_of_a_paused_person_are_kept_and_wait(cast: Cast) -> None:
    with cast.app.app_context():
        call = db.session.get_one(Idea, cast.idea).call
        author = db.session.get_one(Person, cast.person)
        draft = factories.an_idea(call, author, state=IdeaState.DRAFT, published_at=None, submitted_at=None)
        draft.themes = [factories.a_theme(call.process)]
        shown = factories.an_idea(call, author)
        db.session.commit()
        numbers = draft.id, shown.id
    cast.impose(SanctionKind.PAUSE, datetime.now(UTC) + 2 * DAY)
    client = cast.client(cast.person)
    visit(client, f"/ideeen/{numbers[0]}/bewerken")
    page = visit(client, f"/ideeen/{numbers[0]}")
    assert "Je kunt lezen en stemmen, maar niets plaatsen." in page.text
    answer = client.get(f"/ideeen/{numbers[1]}/bewerken", follow_redirects=True)
    assert "Je kunt lezen en stemmen, maar niets plaatsen." in answer.get_data(as_text=True)


def test_a_block_ends_every_session_at_once_and_every_way_in_says_why(cast: Cast) -> None:
    phone, laptop = cast.client(cast.person), cast.client(cast.person)
    with cast.app.app_context():
        person = db.session.get_one(Person, cast.person)
        person.oidc_hash = "x" * 64
        db.session.commit()
    number = cast.impose(SanctionKind.BLOCK, datetime.now(UTC) + 30 * DAY)
    for client in (phone, laptop):
        assert client.get("/mijn").headers["Location"].startswith("/inloggen")
    with cast.app.app_context():
        known = Known("x" * 64, "bas@voorbeeld.example", second_step=False)
        with pytest.raises(Blocked):
            oidc_service.arrival(known, "nl", "", datetime.now(UTC))
        db.session.rollback()
    client = cast.app.test_client()
    visit(client, "/inloggen").submit("main form[action$='/inloggen']", email="bas@voorbeeld.example")
    letter = next(row for row in cast.all(MailMessage) if row.kind == "sign_in")
    code = next(word for word in letter.text.split() if word.isdigit() and len(word) == 6)
    refused = visit(client, "/inloggen/code").submit("main form:has([name=code])", code=code)
    assert refused.status_code == 403
    page = look_at(client, refused)
    assert page.h1 == "Je kunt niet inloggen"
    assert SENTENCE in page.text
    assert "Anderen kwetsen of beledigen" in page.text
    assert "geblokkeerd tot" in page.text
    assert f"/maatregel/{cast.token(number)}" in page.links()
    assert refused.headers["Cache-Control"] == "no-store"


def test_votes_of_a_blocked_person_stay_and_the_block_ends_by_itself(cast: Cast) -> None:
    with cast.app.app_context():
        factories.a_vote(db.session.get_one(Idea, cast.idea), db.session.get_one(Person, cast.person))
        db.session.commit()
    now = datetime.now(UTC)
    cast.impose(SanctionKind.BLOCK, now + timedelta(hours=1), now)
    person = cast.get(Person, cast.person)
    assert not may_sign_in(person, now + timedelta(minutes=59))
    assert may_sign_in(person, now + timedelta(hours=1))
    with cast.app.app_context():
        with pytest.raises(Blocked):
            sanctions.let_in(person, now)
        sanctions.let_in(person, now + timedelta(hours=1))
        # A shorter block over a longer one leaves the longer one standing.
        target, mo = db.session.get_one(Person, cast.person), db.session.get_one(Person, cast.moderator)
        measure = Measure(SanctionKind.BLOCK, SanctionReason.SPAM, SENTENCE, now + timedelta(minutes=5))
        short = sanctions.impose(mo, target, measure, now)
        assert target.blocked_until == now + timedelta(hours=1)
        long = sanctions.in_force(target.id, now, SanctionKind.BLOCK)[-1]
        sanctions.lift(long, mo, SENTENCE, now)
        assert target.blocked_until == now + timedelta(minutes=5)
        sanctions.lift(short, mo, SENTENCE, now)
        db.session.refresh(target)
        assert not target.is_blocked(now)
        with pytest.raises(NotAllowed):
            sanctions.lift(short, mo, SENTENCE, now)
        db.session.rollback()


def test_lifting_tells_the_person_and_lets_them_in(cast: Cast) -> None:
    number = cast.impose(SanctionKind.BLOCK)
    desk = cast.client(cast.moderator)
    page = visit(desk, f"/moderatie/mensen/{cast.person}")
    given = {f"lift-{number}-sentence": "We hebben gesproken en maken afspraken."}
    assert page.submit("form[action$='/opheffen']", given).status_code == 303
    row = cast.get(Sanction, number)
    assert (row.lifted_by_id, row.lifted_sentence) == (
        cast.moderator,
        "We hebben gesproken en maken afspraken.",
    )
    assert cast.get(Person, cast.person).blocked_at is None
    assert cast.all(MailMessage)[-1].subject == "Je kunt weer inloggen"
    assert cast.all(AuditEntry)[-1].action == "conduct.lift"
    assert visit(cast.client(cast.person), "/mijn").h1 == "Bas"
    again = page.submit("form[action$='/opheffen']", given)
    assert again.status_code == 403
    assert "Deze maatregel is al voorbij." in look_at(desk, again).text


def test_a_blocked_person_reads_and_appeals_without_signing_in_and_once(cast: Cast) -> None:
    number = cast.impose(SanctionKind.BLOCK)
    client, path = cast.app.test_client(), f"/maatregel/{cast.token(number)}"
    page = visit(client, path)
    assert SENTENCE in page.text
    answer = page.submit("main form", text="Dat was ik niet, mijn broer zat op mijn telefoon.")
    assert answer.status_code == 303
    (appeal,) = cast.all(Appeal)
    assert (appeal.sanction_id, appeal.decision_id, appeal.author_id) == (number, None, cast.person)
    assert appeal.due_at - appeal.created_at == timedelta(days=14)
    (item,) = cast.all(QueueItem)
    assert (item.key, item.author_id, item.due_at) == (f"appeal:{appeal.id}", cast.person, appeal.due_at)
    told = visit(client, path)
    assert "Je maakte bezwaar op" in told.text
    assert not told.all("main form")
    again = page.submit("main form", text="Nog een keer, want ik ben het er niet mee eens.")
    assert again.status_code == 403
    assert len(cast.all(Appeal)) == 1
    shown = visit(cast.client(cast.moderator), f"/moderatie/mensen/{cast.person}")
    assert "mijn broer zat op mijn telefoon" in shown.text


def test_two_appeals_at_once_are_one(cast: Cast) -> None:
    number = cast.impose(SanctionKind.PAUSE, datetime.now(UTC) + 2 * DAY)
    gate, statuses = threading.Barrier(4), [0] * 4

    def sender(place: int) -> Callable[[], None]:
        client = cast.app.test_client()
        client.get(f"/maatregel/{cast.token(number)}")
        given = {"csrf_token": csrf_token(client), "text": f"Ik ben het er niet mee eens, om reden {place}."}

        def send() -> None:
            gate.wait()
            statuses[place] = client.post(f"/maatregel/{cast.token(number)}", data=given).status_code

        return send

    threads = [threading.Thread(target=sender(place)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(statuses) == [303, 403, 403, 403]
    assert len(cast.all(Appeal)) == len(cast.all(QueueItem)) == 1


@pytest.mark.one_database
def test_only_our_own_links_open_a_measure_and_time_runs_out(cast: Cast, client: FlaskClient) -> None:
    number = cast.impose(SanctionKind.WARN, now=datetime.now(UTC) - 20 * DAY)
    token = cast.token(number)
    for wrong in ("geen-echte-sleutel", token[:-1] + ("a" if token[-1] != "a" else "b"), str(number)):
        assert client.get(f"/maatregel/{wrong}").status_code == 404
    late = visit(client, f"/maatregel/{token}")
    assert "De tijd om bezwaar te maken is voorbij." in late.text
    assert not late.all("main form")
    assert late.response.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.one_database
def test_notes_are_for_moderators_and_go_with_the_account(cast: Cast) -> None:
    cast.impose(SanctionKind.WARN)
    desk, path = cast.client(cast.moderator), f"/moderatie/mensen/{cast.person}"
    answer = visit(desk, path).submit("form[action*='/notitie']", {"note-text": "Eerst bellen."})
    assert answer.status_code == 303
    assert "Eerst bellen." in visit(desk, path).one("#notes").get_text()
    assert "Eerst bellen." not in visit(cast.client(cast.person), "/mijn/gegevens", max_queries=40).text
    assert SENTENCE in visit(cast.client(cast.person), "/mijn/gegevens", max_queries=40).text
    with cast.app.app_context():
        erasure.erase(cast.person, datetime.now(UTC))
        db.session.commit()
    (row,) = cast.all(Sanction)
    assert (row.sentence, row.kind) == ("", SanctionKind.WARN)
    page = visit(desk, path)
    assert "Eerst bellen." not in page.text
    assert "Account gewist" in page.text


def test_a_spam_account_is_swept_from_its_page_and_put_back(cast: Cast) -> None:
    with cast.app.app_context():
        call = db.session.get_one(Idea, cast.idea).call
        spam = factories.an_idea(call, db.session.get_one(Person, cast.person), title="Koop nu goedkoop in")
        db.session.commit()
        idea = spam.id
    desk, path = cast.client(cast.moderator), f"/moderatie/mensen/{cast.person}"
    page = visit(desk, path)
    given = {
        "sweep-reason": "advertising",
        "sweep-sentence": "Dit is reclame voor een webwinkel.",
        "sweep-block": "y",
    }
    assert page.submit("form[action$='/opruimen']", given).status_code == 303
    assert cast.get(Idea, idea).state == IdeaState.HIDDEN
    assert "Koop nu goedkoop in" not in visit(cast.app.test_client(), "/ideeen").html
    (letter,) = [row for row in cast.all(MailMessage) if row.recipient == "bas@voorbeeld.example"]
    assert (letter.kind, "Al je teksten zijn ook van de site gehaald." in letter.text) == ("sanction", True)
    assert [row.action for row in cast.all(AuditEntry)] == ["conduct.sweep", "conduct.block"]
    page = visit(desk, path)
    back = {"back-sentence": "Het was een vergissing van ons."}
    assert page.submit("form[action$='/terugzetten']", back).status_code == 303
    assert cast.get(Idea, idea).state == IdeaState.PUBLISHED
    assert cast.get(Person, cast.person).blocked_at is None
    assert "Koop nu goedkoop in" in visit(cast.app.test_client(), "/ideeen").html
    late = page.submit("form[action$='/terugzetten']", back)
    assert late.status_code == 403
    assert "Dit is al teruggezet." in look_at(desk, late).text


@pytest.mark.one_database
def test_people_are_found_by_name_and_never_by_address(cast: Cast) -> None:
    desk = cast.client(cast.moderator)
    for words, found in (
        ("ba", ["Bas"]),
        ("BAS", ["Bas"]),
        (str(cast.person), ["Bas"]),
        ("bas@voorbeeld", []),
        ("%", []),
        ("", []),
    ):
        page = visit(desk, f"/moderatie/mensen?zoek={words.replace('%', '%25')}")
        assert page.texts(".people__name") == found, words
    cast.impose(SanctionKind.WARN)
    assert visit(desk, "/moderatie/mensen").texts(".people__name") == ["Bas"]


def test_what_moderators_note_about_somebody_is_for_the_others(cast: Cast) -> None:
    own = visit(cast.client(cast.moderator), f"/moderatie/mensen/{cast.moderator}", status=403)
    assert "Wat moderatoren over je noteren, is voor andere moderatoren." in own.text
    assert visit(cast.client(cast.organiser), f"/moderatie/mensen/{cast.moderator}").h1 == "Mo"
