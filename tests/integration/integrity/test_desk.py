"""The desk: from a signal to a decision by two, and what nobody gets to see there."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.db import db
from app.domain.ballot import Group, VoteValue
from app.features.integrity import letters, queries, service
from app.kit import tokens
from app.models import Idea, MailMessage, Notice, Person, PersonRole
from app.models.contribution import Channel, IdeaOrigin
from app.models.following import News
from app.models.integrity import (
    ExcludedVote,
    Exclusion,
    ExclusionReason,
    ExclusionState,
    IntegritySignal,
    SignalState,
)
from app.models.person import Role
from app.records import erasure, seals
from tests import factories
from tests.support.page import look_at, post

from .conftest import FAKES, HONEST, SENTENCE, Desk

START, DISMISS, PROPOSE = "onderzoeken", "niets-mis", "voorstellen"


def tokens_of(desk: Desk, people: list[int]) -> list[str]:
    """What stands for these people in the form."""
    with desk.app.app_context():
        return [
            tokens.keyed_hash("integrity-account", str(desk.signal), str(person))[:20] for person in people
        ]


def proposing(desk: Desk, people: list[int]) -> dict[str, Any]:
    """The form that proposes that the votes of these people do not count."""
    return {
        "propose-accounts": tokens_of(desk, people),
        "propose-reason": "automated",
        "propose-sentence": SENTENCE,
    }


def step(desk: Desk, person: int, path: str, status: int = 303, /, **data: Any) -> str:
    """Send a step; the page that answers."""
    return post(desk.client(person), path, status, **data).get_data(as_text=True)


def test_from_signal_to_votes_that_do_not_count(desk: Desk) -> None:
    page = desk.page(desk.first, desk.path)
    assert page.submit(".decision--direct").status_code == 303
    signal = desk.get(IntegritySignal, desk.signal)
    assert (signal.state, signal.investigator_id) == (SignalState.INVESTIGATING, desk.first)
    assert desk.tally() == (FAKES, HONEST)

    page = desk.page(desk.second, desk.path)
    form = "form[action$='/voorstellen']"
    assert len(page.all(f"{form} input[name='propose-accounts'][checked]")) == FAKES
    sent = page.submit(
        form,
        {
            "propose-accounts": tokens_of(desk, desk.fakes[:4]),
            "propose-reason": "automated",
            "propose-sentence": SENTENCE,
        },
    )
    assert sent.status_code == 303
    (exclusion,) = desk.rows(Exclusion)
    assert (exclusion.state, exclusion.proposed_by_id) == (ExclusionState.PROPOSED, desk.second)
    assert {row.person_id for row in desk.rows(ExcludedVote)} == set(desk.fakes[:4])
    assert desk.tally() == (FAKES, HONEST), "one moderator alone changes nothing"
    assert desk.rows(MailMessage) == []

    page = desk.page(desk.second, desk.path)
    assert "Je hebt dit zelf voorgesteld" in page.text
    assert not page.all("form[action$='/bevestigen']")
    page = desk.page(desk.third, desk.path)
    assert page.submit("form[action$='/bevestigen']").status_code == 303
    assert desk.tally() == (FAKES - 4, HONEST)
    assert desk.off() == {(desk.ideas[0], person) for person in desk.fakes[:4]}
    exclusion = desk.get(Exclusion, exclusion.id)
    assert (exclusion.state, exclusion.decided_by_id) == (ExclusionState.IN_FORCE, desk.third)
    assert exclusion.object_until == exclusion.decided_at + timedelta(days=14), "as the mail names it"
    assert desk.get(IntegritySignal, desk.signal).state == SignalState.EXCLUDED
    assert desk.audit() == [
        ("integrity.investigate", desk.first),
        ("integrity.propose", desk.second),
        ("integrity.confirm", desk.third),
    ]
    page = desk.page(desk.first, desk.path)
    for words in ("begon een onderzoek", "stelde voor", "was het ermee eens", SENTENCE):
        assert words in page.text


def test_the_voters_hear_what_why_and_until_when(desk: Desk) -> None:
    exclusion = desk.propose()
    step(desk, desk.second, f"/moderatie/integriteit/voorstellen/{exclusion}/bevestigen")
    mails = desk.rows(MailMessage)
    assert {mail.recipient for mail in mails} == {f"nep{number}@voorbeeld.example" for number in range(FAKES)}
    decided = desk.get(Exclusion, exclusion).decided_at
    for mail in mails:
        assert mail.subject == "Stemmen van jou tellen niet mee: Waar moet de stad slim in zijn?"
        assert SENTENCE in mail.text
        assert "Eén persoon stemde met meerdere accounts" in mail.text
        assert "- Een bank bij elke bushalte" in mail.text
        assert str((decided + timedelta(days=14)).year) in mail.text
        assert "/mijn/stemmen-die-niet-tellen" in mail.text
        assert "Mo" not in mail.text.split(), "who decided is not told"
    notices = desk.rows(Notice)
    assert {notice.person_id for notice in notices} == set(desk.fakes)
    assert {notice.path for notice in notices} == {"/mijn/stemmen-die-niet-tellen"}
    assert {notice.text for notice in notices} == {SENTENCE}


def test_nothing_is_wrong(desk: Desk) -> None:
    step(desk, desk.first, f"{desk.path}/{START}")
    page = step(desk, desk.first, f"{desk.path}/{DISMISS}", 400, **{"dismiss-sentence": "nee"})
    assert "Schrijf minstens" in page
    step(desk, desk.second, f"{desk.path}/{DISMISS}", **{"dismiss-sentence": SENTENCE})
    signal = desk.get(IntegritySignal, desk.signal)
    assert (signal.state, signal.closing_sentence) == (SignalState.DISMISSED, SENTENCE)
    assert desk.tally() == (FAKES, HONEST)
    assert [action for action, _who in desk.audit()] == ["integrity.investigate", "integrity.dismiss"]
    assert SENTENCE in desk.page(desk.third, desk.path).text
    assert not desk.page(desk.third, desk.path).all(".review__decide form")


def test_the_second_does_not_agree(desk: Desk) -> None:
    exclusion = desk.propose()
    path = f"/moderatie/integriteit/voorstellen/{exclusion}/weigeren"
    step(desk, desk.second, path, **{"refuse-sentence": "Een klas stemde samen in de les."})
    found = desk.get(Exclusion, exclusion)
    assert (found.state, found.decided_by_id) == (ExclusionState.REFUSED, desk.second)
    assert desk.get(IntegritySignal, desk.signal).state == SignalState.INVESTIGATING
    assert desk.tally() == (FAKES, HONEST)
    assert desk.off() == set()
    assert desk.rows(MailMessage) == []
    page = desk.page(desk.first, desk.path)
    assert "Een klas stemde samen in de les." in page.text
    assert page.all("form[action$='/voorstellen']"), "it may be proposed again"


def test_a_step_that_cannot_be_taken_gets_its_sentence(desk: Desk) -> None:
    first = desk.first
    early = step(desk, first, f"{desk.path}/{DISMISS}", 409, **{"dismiss-sentence": SENTENCE})
    assert "Begin eerst het onderzoek." in early
    assert SENTENCE in early, "what was typed is not lost"
    step(desk, first, f"{desk.path}/{START}")
    assert "Iemand is al met dit signaal bezig." in step(desk, desk.second, f"{desk.path}/{START}", 409)
    none = step(
        desk,
        first,
        f"{desk.path}/{PROPOSE}",
        400,
        **{"propose-reason": "bought", "propose-sentence": SENTENCE},
    )
    assert "Kies ten minste één account." in none
    foreign = proposing(desk, desk.honest[:1])
    assert step(desk, first, f"{desk.path}/{PROPOSE}", 400, **foreign), "an account of another set"
    step(desk, first, f"{desk.path}/{PROPOSE}", **proposing(desk, desk.fakes))
    for verb, data in ((DISMISS, {"dismiss-sentence": SENTENCE}), (PROPOSE, proposing(desk, desk.fakes))):
        assert "Er ligt al een voorstel." in step(desk, desk.second, f"{desk.path}/{verb}", 409, **data)
    (exclusion,) = desk.rows(Exclusion)
    step(desk, desk.second, f"/moderatie/integriteit/voorstellen/{exclusion.id}/bevestigen")
    again = step(desk, desk.third, f"/moderatie/integriteit/voorstellen/{exclusion.id}/bevestigen", 409)
    assert "Een andere moderator heeft al over dit voorstel beslist." in again
    closed = step(desk, desk.third, f"{desk.path}/{DISMISS}", 409, **{"dismiss-sentence": SENTENCE})
    assert "Dit signaal is gesloten." in closed
    assert len(desk.audit()) == 3


def test_votes_that_do_not_count_already_are_not_proposed_again(desk: Desk) -> None:
    desk.exclude(desk.a_signal(desk.fakes))
    step(desk, desk.first, f"{desk.path}/{START}")
    answer = step(desk, desk.first, f"{desk.path}/{PROPOSE}", 409, **proposing(desk, desk.fakes))
    assert "Geen van deze stemmen telt nog" in answer


def test_a_standing_that_is_being_sealed_is_waited_for(desk: Desk) -> None:
    exclusion, now = desk.propose(), datetime.now(UTC)
    with desk.app.app_context():
        seals.plan(desk.call, now - timedelta(seconds=2), now - timedelta(hours=1))
    answer = step(desk, desk.second, f"/moderatie/integriteit/voorstellen/{exclusion}/bevestigen", 409)
    assert "wordt een stand van deze oproep verzegeld" in answer
    assert desk.get(Exclusion, exclusion).state == ExclusionState.PROPOSED
    assert desk.tally() == (FAKES, HONEST)
    assert desk.rows(MailMessage) == []


STAKES = {
    "voter": "Een van deze stemmen is van jou.",
    "author": "Deze stemmen zijn op je eigen idee.",
    "poster": "Je hebt het idee waar deze stemmen op zijn voor iemand anders geplaatst.",
}


@pytest.mark.parametrize("who", list(STAKES))
def test_nobody_with_a_stake_takes_a_step(desk: Desk, who: str) -> None:
    """A moderator who voted in the set, or who wrote the idea or posted it for somebody else."""
    exclusion = desk.propose()
    with desk.app.app_context():
        person = {"voter": desk.fakes[0], "author": desk.author}.get(who) or factories.a_person().id
        db.session.add(PersonRole(person_id=person, role=Role.MODERATOR))
        if who == "poster":
            posted = {"channel": Channel.PAPER, "posted_by_id": person, "posted_at": datetime.now(UTC)}
            db.session.add(IdeaOrigin(idea_id=desk.ideas[0], **posted))
        db.session.commit()
        stake = queries.stake_in_exclusion(db.session.get_one(Exclusion, exclusion))
        assert person not in queries.moderators_without_part(
            db.session.get_one(Exclusion, exclusion), datetime.now(UTC)
        )
        assert person in stake.people
    words = STAKES[who]
    page = desk.page(person, desk.path)
    assert words in page.text
    assert not page.all(".review__decide form")
    data = {"refuse-sentence": SENTENCE}
    for verb in ("bevestigen", "weigeren"):
        assert words in step(
            desk, person, f"/moderatie/integriteit/voorstellen/{exclusion}/{verb}", 403, **data
        )
    other = desk.signal = desk.a_signal(desk.fakes)
    assert words in step(desk, person, f"/moderatie/integriteit/{other}/{START}", 403)
    step(desk, desk.first, f"/moderatie/integriteit/{other}/{START}")
    assert words in step(
        desk, person, f"/moderatie/integriteit/{other}/{DISMISS}", 403, **{"dismiss-sentence": SENTENCE}
    )
    assert words in step(
        desk, person, f"/moderatie/integriteit/{other}/{PROPOSE}", 403, **proposing(desk, desk.fakes)
    )
    assert desk.tally() == (FAKES, HONEST)


def test_who_proposed_does_not_confirm(desk: Desk) -> None:
    exclusion = desk.propose()
    for verb in ("bevestigen", "weigeren"):
        answer = step(
            desk,
            desk.first,
            f"/moderatie/integriteit/voorstellen/{exclusion}/{verb}",
            403,
            **{"refuse-sentence": SENTENCE},
        )
        assert "Je hebt dit zelf voorgesteld" in answer
    assert desk.get(Exclusion, exclusion).state == ExclusionState.PROPOSED


def test_only_moderators_come_in(desk: Desk) -> None:
    exclusion = desk.propose()
    paths = ["/moderatie/integriteit", desk.path, "/moderatie/integriteit/bezwaren"]
    for path in paths:
        for person in (desk.organiser, desk.honest[0]):
            desk.page(person, path, 403)
        assert desk.client(None).get(path).status_code == 303
    for person in (desk.organiser, desk.honest[0]):
        step(desk, person, f"/moderatie/integriteit/voorstellen/{exclusion}/bevestigen", 403)
        step(desk, person, f"{desk.path}/{START}", 403)


def test_the_list_shows_every_state_with_its_numbers(desk: Desk) -> None:
    page = desk.page(desk.first, "/moderatie/integriteit")
    assert "6 stemmen voor dit idee" in page.text
    assert "Waar moet de stad slim in zijn?" in page.text
    assert "6 accounts" in page.text
    desk.propose()
    assert (
        "Wacht op een tweede moderator"
        in desk.page(desk.first, "/moderatie/integriteit?staat=in-onderzoek").text
    )
    desk.exclude(desk.a_signal(desk.honest))
    assert desk.page(desk.first, "/moderatie/integriteit?staat=telt-niet-mee").links(".queue__title a")
    assert "Hier is niets" in desk.page(desk.first, "/moderatie/integriteit?staat=niets-mis").text
    assert desk.client(desk.first).get("/moderatie/integriteit?staat=anders").status_code == 404
    many = [desk.a_signal(desk.honest[:1]) for _turn in range(52)]
    page = desk.page(desk.first, "/moderatie/integriteit")
    assert len(page.all(".queue__item")) == 50
    page = page.follow(".pager a[rel='next']")
    assert len(page.all(".queue__item")) == 2
    assert len(many) == 52


def test_a_timeline_and_a_ranking_without_them(desk: Desk) -> None:
    page = desk.page(desk.first, desk.path)
    assert page.all("svg.chart__svg .c-against")
    table = page.texts("figure table td")
    assert "6" in table
    assert "Een bank bij elke bushalte" in page.texts("#shadow ~ .table-scroll tbody th")
    assert not desk.page(
        desk.first, f"/moderatie/integriteit/{desk.a_signal(desk.honest, desk.ideas[1])}"
    ).all(".notification")


def test_nobody_reads_who_these_people_are(desk: Desk) -> None:
    """No name, number, address or moment of a vote; a group only where three of the accounts belong to it."""
    one = desk.person(group=Group.COUNCIL)
    desk.vote(one, VoteValue.FOR)
    signal = desk.a_signal([*desk.fakes, one])
    path = f"/moderatie/integriteit/{signal}"
    page = desk.page(desk.first, path)
    rows = page.texts("#accounts ~ .table-scroll tbody tr")
    assert [row.split()[0] for row in rows] == [f"A{number}" for number in range(1, FAKES + 2)]
    assert "Nep " not in page.text
    assert "@" not in page.html.split("<footer")[0].split("<main")[1]
    assert "Raadslid" not in page.text
    assert "Inwoner" not in page.text, "the one that is left would be known by the others"
    tokens_there = re.findall(r'value="([0-9a-f]{20})"', step_into(desk, signal).html)
    assert len(set(tokens_there)) == FAKES + 1
    two = [desk.person(group=Group.COUNCIL) for _turn in range(2)]
    for person in two:
        desk.vote(person, VoteValue.FOR)
    page = desk.page(desk.first, f"/moderatie/integriteit/{desk.a_signal([*desk.fakes, one, *two])}")
    assert "Raadslid" in page.text
    assert "Inwoner" in page.text


def step_into(desk: Desk, signal: int) -> Any:
    """The page of a signal under investigation."""
    step(desk, desk.second, f"/moderatie/integriteit/{signal}/{START}")
    return desk.page(desk.first, f"/moderatie/integriteit/{signal}")


def test_while_counts_are_hidden_the_desk_tells_none(desk: Desk) -> None:
    desk.hide_counts()
    step(desk, desk.first, f"{desk.path}/{START}")
    for path in ("/moderatie/integriteit?staat=in-onderzoek", desk.path):
        page = desk.page(desk.second, path)
        assert "6 stemmen voor dit idee" not in page.text
        assert "voor dit idee" not in page.text
        assert not page.all("svg.chart__svg")
    page = desk.page(desk.second, desk.path)
    assert "aantallen verborgen, ook hier" in page.text
    assert not page.all("#shadow")
    assert len(page.all("#accounts ~ .table-scroll tbody tr")) == FAKES
    assert page.all("form[action$='/voorstellen']"), "and it can still be decided"
    desk.hide_counts(False)
    assert "6 stemmen voor dit idee" in desk.page(desk.second, desk.path).text


def test_everybody_reads_how_it_goes(desk: Desk) -> None:
    for person in (None, desk.honest[0], desk.organiser):
        page = desk.page(person, "/over/integriteit")
        assert "Geen programma beslist dat een stem niet meetelt." in page.text
        assert "Wat vinden we niet?" in page.text
        assert len(page.all("dl dt")) == 7
    english = desk.page(None, "/en/over/integriteit")
    assert "No program decides that a vote does not count." in english.text


def test_many_voters_are_told_too(desk: Desk) -> None:
    """More than fit in one request hear of it from the news, and each by mail."""
    with desk.app.app_context():
        idea = db.session.get_one(Idea, desk.ideas[1])
        people = [factories.a_person() for _turn in range(55)]
        for person in people:
            factories.a_vote(idea, person)
        numbers = [person.id for person in people]
        db.session.commit()
    exclusion = desk.propose(desk.a_signal(numbers, desk.ideas[1]), ExclusionReason.BOUGHT)
    step(desk, desk.second, f"/moderatie/integriteit/voorstellen/{exclusion}/bevestigen")
    assert len(desk.rows(MailMessage)) == 55
    (news,) = desk.rows(News)
    assert set(news.audience["people"]) == set(numbers)
    assert desk.tally(desk.ideas[1]) == (HONEST, 0)


def test_who_deleted_the_account_meanwhile_is_not_written_to(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    exclusion, real = desk.propose(), letters.of_exclusion

    def slowly(number: int, now: datetime) -> Any:
        post_ = real(number, now)
        erasure.erase(desk.fakes[0], now)
        db.session.commit()
        return post_

    monkeypatch.setattr(letters, "of_exclusion", slowly)
    with desk.app.app_context():
        service.confirm(db.session.get_one(Person, desk.second), exclusion, datetime.now(UTC))
    assert len(desk.rows(MailMessage)) == FAKES - 1
    assert desk.fakes[0] not in {notice.person_id for notice in desk.rows(Notice)}
    assert desk.tally() == (0, HONEST)


def test_a_form_with_a_fault_comes_back_filled_in(desk: Desk) -> None:
    step(desk, desk.first, f"{desk.path}/{START}")
    client = desk.client(desk.first)
    data = {**proposing(desk, desk.fakes[:2]), "propose-sentence": "kort"}
    page = look_at(client, post(client, f"{desk.path}/{PROPOSE}", 400, **data), desk.path)
    checked = page.all("input[name='propose-accounts'][checked]")
    assert {str(box["value"]) for box in checked} == set(tokens_of(desk, desk.fakes[:2]))
    assert page.all("details[open] form[action$='/voorstellen']")
    assert page.all(".error-summary, [role='alert']")


def test_the_queue_of_texts_says_what_waits_at_this_desk(desk: Desk) -> None:
    def told(person: int) -> list[str]:
        page = desk.page(person, "/moderatie")
        assert len(page.texts(".queue__votes a")) == len(page.links(".queue__votes a"))
        return page.texts(".queue__votes a")

    assert told(desk.third) == ["Er wacht één signaal over stemmen"]
    other = desk.a_signal(desk.honest[:3], desk.ideas[1])
    assert told(desk.third) == ["Er wachten 2 signalen over stemmen"]
    desk.propose()
    assert told(desk.first) == ["Er wacht één signaal over stemmen"], "a second moderator decides"
    assert told(desk.second) == ["Er wachten 2 signalen over stemmen"]
    exclusion = desk.exclude(other)
    desk.objection(exclusion)
    assert told(desk.third) == ["Er wacht één signaal over stemmen", "Er wacht één bezwaar over stemmen"]
    assert desk.page(desk.third, "/moderatie").links(".queue__votes a") == [
        "/moderatie/integriteit",
        "/moderatie/integriteit/bezwaren",
    ]
