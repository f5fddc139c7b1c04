"""Objections: a voter objects once and in time, a third person decides, and the votes may count again."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import delete, update

from app.db import db
from app.features.integrity import accounts
from app.models import Idea, MailMessage, Notice, Person, PersonRole, Process, Vote
from app.models.integrity import ExcludedVote, Exclusion, ExclusionState, Objection
from app.models.person import Role
from app.records import erasure
from tests.support.page import post, visit

from .conftest import FAKES, HONEST, SENTENCE, Desk

MINE = "/mijn/stemmen-die-niet-tellen"
WORDS = "Ik heb zelf gestemd, op mijn eigen telefoon, thuis aan tafel."


def rule(outcome: str) -> dict[str, Any]:
    """The form that decides on an objection."""
    return {"rule-outcome": outcome, "rule-sentence": "We hebben nog eens goed gekeken naar je account."}


def address(desk: Desk, exclusion: int, person: int, *, organiser: bool = False) -> str:
    """Where an objection is decided on."""
    with desk.app.app_context():
        token = accounts.tokens_of(desk.signal, [person])[person]
    return f"/{'beheer' if organiser else 'moderatie/integriteit'}/bezwaren/{exclusion}/{token}"


def test_whose_votes_all_count_reads_so(desk: Desk) -> None:
    desk.exclude()
    assert "Al je stemmen tellen mee" in desk.page(desk.honest[0], MINE).text
    assert desk.client(None).get(MINE).status_code == 303


def test_a_proposal_is_told_to_nobody(desk: Desk) -> None:
    desk.propose()
    assert "Al je stemmen tellen mee" in desk.page(desk.fakes[0], MINE).text
    assert MINE not in desk.page(desk.fakes[0], f"/ideeen/{desk.ideas[0]}").links(".ballot a")


def test_from_objection_to_votes_that_count_again(desk: Desk) -> None:
    exclusion, me = desk.exclude(), desk.fakes[0]
    page = desk.page(me, MINE)
    for words in ("Een bank bij elke bushalte", SENTENCE, "Je stemde voor", "Je kunt één keer bezwaar maken"):
        assert words in page.text
    sent = page.submit(f"form[action$='/{exclusion}/bezwaar']", {f"object-{exclusion}-text": WORDS})
    assert sent.status_code == 303
    made = desk.get(Objection, (exclusion, me))
    assert (made.text, made.decided_at) == (WORDS, None)
    assert made.due_at == made.made_at + timedelta(days=14)
    page = desk.page(me, MINE)
    assert WORDS in page.text
    assert not page.all("form[action$='/bezwaar']")

    page = desk.page(desk.third, "/moderatie/integriteit/bezwaren")
    assert WORDS in page.text
    assert "Nep 0" not in page.text
    page = page.follow(".queue__title a")
    assert WORDS in page.text
    assert page.path == address(desk, exclusion, me)
    sent = page.submit(f"form[action='{page.path}']", rule("upheld"))
    assert sent.status_code == 303
    assert desk.tally() == (1, HONEST)
    assert desk.off() == {(desk.ideas[0], person) for person in desk.fakes[1:]}
    made = desk.get(Objection, (exclusion, me))
    assert (made.is_upheld, made.decided_by_id) == (True, desk.third)
    assert desk.get(Exclusion, exclusion).state == ExclusionState.IN_FORCE
    (mail,) = desk.rows(MailMessage)
    assert mail.recipient == "nep0@voorbeeld.example"
    assert mail.subject == "Je stemmen tellen weer mee: Waar moet de stad slim in zijn?"
    assert "We hebben nog eens goed gekeken" in mail.text
    (notice,) = [each for each in desk.rows(Notice) if each.event_key == f"objection:{exclusion}"]
    assert notice.person_id == me
    assert desk.audit() == [("integrity.uphold", desk.third)]
    page = desk.page(me, MINE)
    assert "Je stemmen tellen weer mee" in page.text
    assert "Deze stem telt weer mee." in page.text
    assert "telt niet mee" not in desk.page(me, f"/ideeen/{desk.ideas[0]}").one(".ballot").get_text(" ")
    assert "gaf een bezwaar gelijk" in desk.page(desk.first, desk.path).text


def test_an_objection_that_is_rejected(desk: Desk) -> None:
    exclusion = desk.exclude()
    me = desk.objection(exclusion)
    post(desk.client(desk.third), address(desk, exclusion, me), 303, **rule("rejected"))
    assert desk.tally() == (0, HONEST)
    assert desk.get(Objection, (exclusion, me)).is_upheld is False
    (mail,) = desk.rows(MailMessage)
    assert mail.subject.startswith("Je stemmen tellen nog steeds niet mee")
    assert desk.audit() == [("integrity.reject", desk.third)]
    page = desk.page(me, MINE)
    assert "Afgewezen" in page.text
    assert not page.all("form[action$='/bezwaar']"), "once"


def test_the_last_one_lifts_all_of_it(desk: Desk) -> None:
    signal = desk.signal = desk.a_signal(desk.fakes[:1])
    exclusion = desk.exclude(signal)
    me = desk.objection(exclusion)
    post(desk.client(desk.third), address(desk, exclusion, me), 303, **rule("upheld"))
    assert desk.get(Exclusion, exclusion).state == ExclusionState.LIFTED
    assert desk.tally() == (FAKES, HONEST)
    assert len(desk.rows(ExcludedVote)) == 1, "nothing is deleted"


def test_once_and_in_time_and_only_ones_own(desk: Desk) -> None:
    exclusion = desk.exclude()
    path, field = f"{MINE}/{exclusion}/bezwaar", f"object-{exclusion}-text"
    short = post(desk.client(desk.fakes[0]), path, 400, **{field: "Nee."})
    assert "Schrijf minstens 20 tekens" in short.get_data(as_text=True)
    post(desk.client(desk.honest[0]), path, 404, **{field: WORDS})
    post(desk.client(desk.fakes[0]), path, 303, **{field: WORDS})
    again = post(desk.client(desk.fakes[0]), path, 409, **{field: WORDS})
    assert "Je hebt al bezwaar gemaakt." in again.get_data(as_text=True)
    assert len(desk.rows(Objection)) == 1
    with time_machine.travel(datetime.now(UTC) + timedelta(days=13, hours=23)):
        post(desk.client(desk.fakes[1]), path, 303, **{field: WORDS})
    with time_machine.travel(datetime.now(UTC) + timedelta(days=14, hours=1)):
        page = desk.page(desk.fakes[2], MINE)
        assert "De tijd om bezwaar te maken is voorbij." in page.text
        late = post(desk.client(desk.fakes[2]), path, 409, **{field: WORDS})
        assert "De tijd om bezwaar te maken is voorbij." in late.get_data(as_text=True)
    assert len(desk.rows(Objection)) == 2


def test_the_days_are_those_of_the_process(desk: Desk) -> None:
    with desk.app.app_context():
        db.session.execute(update(Process).values(appeal_days=2))
        db.session.commit()
    exclusion = desk.exclude()
    with time_machine.travel(datetime.now(UTC) + timedelta(days=3)):
        post(
            desk.client(desk.fakes[0]),
            f"{MINE}/{exclusion}/bezwaar",
            409,
            **{f"object-{exclusion}-text": WORDS},
        )


@pytest.mark.parametrize("who", ["first", "second"])
def test_who_decided_before_does_not_decide_again(desk: Desk, who: str) -> None:
    exclusion = desk.exclude()
    me, person = desk.objection(exclusion), getattr(desk, who)
    path = address(desk, exclusion, me)
    page = desk.page(person, path)
    assert "Je hebt eerder over deze stemmen beslist." in page.text
    assert not page.all(f"form[action='{path}']")
    answer = post(desk.client(person), path, 403, **rule("upheld"))
    assert "Je hebt eerder over deze stemmen beslist." in answer.get_data(as_text=True)
    assert desk.tally() == (0, HONEST)


def test_nobody_decides_on_votes_of_their_own(desk: Desk) -> None:
    exclusion = desk.exclude()
    me = desk.objection(exclusion)
    with desk.app.app_context():
        db.session.add(PersonRole(person_id=me, role=Role.MODERATOR))
        db.session.commit()
    answer = post(desk.client(me), address(desk, exclusion, me), 403, **rule("upheld"))
    assert "Een van deze stemmen is van jou." in answer.get_data(as_text=True)


def test_an_organiser_decides_only_where_no_moderator_can(desk: Desk) -> None:
    exclusion = desk.exclude()
    me = desk.objection(exclusion)
    path = address(desk, exclusion, me, organiser=True)
    assert "Bezwaar van A1" in desk.page(desk.organiser, "/beheer/bezwaren").text
    page = desk.page(desk.organiser, path)
    assert "Een derde moderator beslist over dit bezwaar." in page.text
    assert "Nep" not in page.text
    post(desk.client(desk.organiser), path, 403, **rule("upheld"))
    desk.page(desk.organiser, address(desk, exclusion, me), 403)
    desk.page(desk.third, path, 403)
    with desk.app.app_context():
        db.session.execute(delete(PersonRole).where(PersonRole.person_id == desk.third))
        db.session.commit()
    page = desk.page(desk.organiser, path)
    assert page.submit(f"form[action='{path}']", rule("upheld")).headers["Location"] == "/beheer/bezwaren"
    assert desk.tally() == (1, HONEST)
    assert desk.audit() == [("integrity.uphold", desk.organiser)]


def test_a_moderator_with_a_stake_is_no_third_moderator(desk: Desk) -> None:
    exclusion = desk.exclude()
    me = desk.objection(exclusion)
    path = address(desk, exclusion, me, organiser=True)
    with desk.app.app_context():
        db.session.execute(update(Idea).where(Idea.id == desk.ideas[0]).values(author_id=desk.third))
        db.session.commit()
    post(desk.client(desk.third), address(desk, exclusion, me), 403, **rule("upheld"))
    post(desk.client(desk.organiser), path, 303, **rule("rejected"))
    assert desk.audit() == [("integrity.reject", desk.organiser)]


def test_a_false_token_opens_nothing(desk: Desk) -> None:
    exclusion = desk.exclude()
    desk.objection(exclusion)
    right = address(desk, exclusion, desk.fakes[0])
    assert desk.client(desk.third).get(right).status_code == 200
    assert desk.client(desk.third).get(right[:-1] + "x").status_code == 404
    assert desk.client(desk.third).get(address(desk, exclusion, desk.fakes[1])).status_code == 404
    post(desk.client(desk.third), right[:-1] + "x", 404, **rule("upheld"))


def test_the_second_decision_on_one_objection_is_too_late(desk: Desk) -> None:
    exclusion, fourth = desk.exclude(), desk.person(Role.MODERATOR)
    me = desk.objection(exclusion)
    path = address(desk, exclusion, me)
    post(desk.client(desk.third), path, 303, **rule("rejected"))
    answer = post(desk.client(fourth), path, 409, **rule("upheld")).get_data(as_text=True)
    assert "Iemand heeft al over dit bezwaar beslist." in answer
    assert "We hebben nog eens goed gekeken" in answer
    assert desk.tally() == (0, HONEST)
    assert len(desk.rows(MailMessage)) == 1


def test_a_deleted_account_keeps_what_was_decided_and_loses_its_words(desk: Desk) -> None:
    exclusion = desk.exclude()
    me = desk.objection(exclusion)
    with desk.app.app_context():
        erasure.erase(me, datetime.now(UTC))
        db.session.commit()
    assert desk.tally() == (0, HONEST)
    assert desk.off() == {(desk.ideas[0], person) for person in desk.fakes}
    assert desk.get(Objection, (exclusion, me)).text == ""
    page = desk.page(desk.third, address(desk, exclusion, me))
    assert "De tekst van het bezwaar is daarmee ook weg." in page.text
    assert page.submit(f"form[action='{page.path}']", rule("upheld")).status_code == 303
    assert desk.tally() == (1, HONEST)
    assert desk.rows(MailMessage) == []


def test_an_idea_that_left_the_site_is_not_named(desk: Desk) -> None:
    desk.exclude()
    with desk.app.app_context():
        db.session.execute(update(Idea).where(Idea.id == desk.ideas[0]).values(state="hidden"))
        db.session.commit()
    page = desk.page(desk.fakes[0], MINE)
    assert "Een bank bij elke bushalte" not in page.text
    assert f"idee {desk.ideas[0]}" in page.text


def test_it_stands_among_what_is_kept_of_somebody(desk: Desk) -> None:
    exclusion = desk.exclude()
    me = desk.objection(exclusion)
    page = visit(desk.client(me), "/mijn/gegevens")
    for words in (
        "Stemmen van jou die niet meetellen",
        SENTENCE,
        "Ik heb zelf gestemd, met mijn eigen account.",
    ):
        assert words in page.text
    other = visit(desk.client(desk.honest[0]), "/mijn/gegevens")
    assert SENTENCE not in other.text
    kept = desk.client(me).get("/mijn/gegevens/bestand.json").json
    assert kept is not None
    assert kept["excluded_votes"][0]["reason"] == "many_accounts"
    assert kept["vote_objections"][0]["upheld"] is None


def test_votes_of_other_people_stay_as_they_are(desk: Desk) -> None:
    exclusion = desk.exclude()
    me = desk.objection(exclusion)
    with desk.app.app_context():
        before = {(row.idea_id, row.person_id): row.value for row in db.session.query(Vote)}
        names = {row.id: row.name for row in db.session.query(Person)}
    post(desk.client(desk.third), address(desk, exclusion, me), 303, **rule("upheld"))
    with desk.app.app_context():
        assert {(row.idea_id, row.person_id): row.value for row in db.session.query(Vote)} == before
        assert {row.id: row.name for row in db.session.query(Person)} == names
