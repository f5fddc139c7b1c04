"""Pointing out, asking, answering, merging and undoing, as people meet them; and what the pages of ideas then show."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import db
from app.domain.lifecycle import IdeaState
from app.features.duplicates.jobs import FIND
from app.features.moderation import appeals as moderation_appeals
from app.features.notifications import fan_out
from app.kit import jobs
from app.models import (
    AuditEntry,
    Call,
    DuplicateProposal,
    HeldMail,
    Idea,
    MailMessage,
    Merge,
    ModerationDecision,
    Notice,
    Person,
    Phase,
    Process,
    VotedWish,
)
from app.models.person import Role
from app.models.process import ProcessState
from app.records import decisions
from tests import factories
from tests.support import look_at, post, sign_in, visit

from .conftest import SENTENCE, Pair

WEEK = timedelta(days=7)


def state_of(pair: Pair, proposal: int) -> str:
    return str(pair.get(DuplicateProposal, proposal).state)


def test_a_resident_points_out_an_idea_that_is_the_same(pair: Pair, client: FlaskClient) -> None:
    me = pair.person(name="Rik")
    page = visit(sign_in(client, me), f"/ideeen/{pair.goes}")
    assert f'href="/ideeen/{pair.goes}/dubbel"' in page.html
    page = visit(client, f"/ideeen/{pair.goes}/dubbel")
    assert "Bankjes langs de Maas" in page.text, "the likely one is offered"
    sent = page.submit("main form", other=str(pair.stays), sentence="Allebei bankjes.")
    assert (sent.status_code, sent.location) == (303, f"/ideeen/{pair.goes}")
    (proposal,) = pair.all(DuplicateProposal)
    assert (proposal.idea_id, proposal.into_id) == (pair.goes, pair.stays), "the later goes on in the earlier"
    assert (proposal.source, proposal.proposed_by_id) == ("resident", me)
    assert pair.waiting() == [f"duplicate:duplicate_proposal:{proposal.id}"]
    again = visit(client, f"/ideeen/{pair.stays}/dubbel").submit("main form", other=str(pair.goes))
    assert again.status_code == 303
    assert "Iemand heeft dit al eerder gemeld" in visit(client, again.location).text
    assert len(pair.all(DuplicateProposal)) == 1


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ("/ideeen/{stays}", 303),
        ("http://localhost/en/ideeen/{stays}?x=1#y", 303),
        (" #{stays} ", 303),
        ("{goes}", 403),
        ("999999", 400),
        ("een bank", 400),
        ("", 400),
    ],
)
@pytest.mark.one_database
def test_another_idea_is_named_by_its_address_or_number(
    pair: Pair, client: FlaskClient, typed: str, status: int
) -> None:
    page = visit(sign_in(client, pair.person()), f"/ideeen/{pair.goes}/dubbel")
    address = typed.format(stays=pair.stays, goes=pair.goes)
    sent = page.submit("main form", other="another", address=address)
    assert sent.status_code == status
    assert len(pair.all(DuplicateProposal)) == int(status == 303)
    if status == 403:
        assert "Dit is hetzelfde idee." in sent.text


@pytest.mark.one_database
def test_ideas_that_cannot_become_one_are_refused_with_a_sentence(pair: Pair, client: FlaskClient) -> None:
    with pair.app.app_context():
        call = factories.a_call(db.session.get_one(Call, pair.call).process)
        elsewhere = factories.an_idea(call).id
        db.session.commit()
    sign_in(client, pair.person())
    page = visit(client, f"/ideeen/{pair.goes}/dubbel")
    refused = page.submit("main form", other="another", address=str(elsewhere))
    assert (refused.status_code, "verschillende oproepen" in refused.text) == (403, True)
    with pair.app.app_context():
        db.session.get_one(Call, pair.call).process.state = ProcessState.CLOSED
        db.session.commit()
    refused = page.submit("main form", other=str(pair.stays))
    assert (refused.status_code, "Dit traject is gesloten" in refused.text) == (403, True)
    assert client.get(f"/ideeen/{pair.person()}99/dubbel").status_code == 404


@pytest.mark.one_database
def test_ten_pairs_a_day_are_enough_for_a_resident(pair: Pair, client: FlaskClient) -> None:
    me = pair.person()
    for _ in range(10):
        pair.propose(me, pair.idea(title="Nog een idee over iets"), pair.stays)
    sent = visit(sign_in(client, me), f"/ideeen/{pair.goes}/dubbel").submit(
        "main form", other=str(pair.stays)
    )
    assert sent.status_code == 403
    assert "Ga morgen verder." in sent.text


def test_what_moderators_keep_apart_is_not_brought_up_again(pair: Pair, desk: FlaskClient) -> None:
    me = pair.person()
    proposal = pair.propose(me)
    page = visit(desk, f"/moderatie/dubbel/{proposal}")
    short = page.submit("form[action$=afwijzen]", {"reject-sentence": "Nee"})
    assert short.status_code == 400
    look_at(desk, short)
    done = page.submit("form[action$=afwijzen]", {"reject-sentence": SENTENCE})
    assert done.status_code == 303
    assert state_of(pair, proposal) == "rejected"
    assert pair.waiting() == []
    assert [notice.person_id for notice in pair.all(Notice)] == [me], "who pointed it out hears of it"
    resident = sign_in(pair.app.test_client(), pair.person())
    sent = visit(resident, f"/ideeen/{pair.goes}/dubbel").submit("main form", other=str(pair.stays))
    assert (sent.status_code, "houden ze apart" in sent.text) == (403, True)
    turn(pair)
    assert pair.waiting() == [], "the site does not bring it up either"
    assert pair.propose(pair.second) == proposal, "a moderator may"
    assert state_of(pair, proposal) == "proposed"


def turn(pair: Pair, at: datetime | None = None) -> jobs.Turn:
    with pair.app.app_context():
        return jobs.run_once(FIND, at or datetime.now(UTC), "test")


def test_the_site_finds_pairs_by_itself_and_explains_them(pair: Pair, desk: FlaskClient) -> None:
    other = pair.idea(title="Meer groene daken", summary="Begin met de scholen en het stadhuis.")
    assert turn(pair) is jobs.Turn.RAN
    (proposal,) = pair.all(DuplicateProposal)
    assert (proposal.source, proposal.idea_id, proposal.into_id) == ("system", pair.goes, pair.stays)
    assert set(proposal.shared) == {"langs", "maas", "bankjes", "zitten", "water"}
    assert proposal.likeness > 0.5
    page = visit(desk, f"/moderatie/dubbel/{proposal.id}")
    assert "maas" in page.html
    assert "<mark>Maas</mark>" in page.html
    assert turn(pair) is jobs.Turn.IDLE, "a text is looked at once"
    with pair.app.app_context():
        idea = db.session.get_one(Idea, other)
        idea.title, idea.version = "Zitten langs de Maas op bankjes", idea.version + 1
        idea.summary = "Meer bankjes om te zitten aan het water."
        db.session.commit()
    assert turn(pair) is jobs.Turn.RAN
    assert {(row.idea_id, row.into_id) for row in pair.all(DuplicateProposal)} == {
        (pair.goes, pair.stays),
        (other, pair.goes),
        (other, pair.stays),
    }


def test_both_authors_agree_and_the_ideas_become_one(pair: Pair, desk: FlaskClient) -> None:
    proposal = pair.propose(pair.person())
    page = visit(desk, f"/moderatie/dubbel/{proposal}")
    assert "Voeg ze samen" not in page.text, "the authors are asked first"
    early = post(desk, f"/moderatie/dubbel/{proposal}/samenvoegen", 409, **{"merge-stays": pair.stays})
    assert (early.status_code, "Vraag het eerst aan de indieners." in early.text) == (409, True)
    assert page.submit("form[action$=vragen]").status_code == 303
    assert pair.waiting() == []
    mails = pair.all(MailMessage)
    assert sorted(mail.recipient for mail in mails) == ["ann@voorbeeld.example", "ben@voorbeeld.example"]
    assert f"http://localhost/samenvoegen/{proposal}" in mails[0].text
    assert {notice.person_id for notice in pair.all(Notice)} == {pair.ann, pair.ben}
    refused = post(desk, f"/moderatie/dubbel/{proposal}/samenvoegen", 409, **{"merge-stays": pair.stays})
    assert (refused.status_code, "kunnen nog antwoorden" in refused.text) == (409, True)
    for author in (pair.ann, pair.ben):
        assert pair.waiting() == []
        page = visit(sign_in(pair.app.test_client(), author), f"/samenvoegen/{proposal}")
        assert page.submit("main form", agrees="yes").status_code == 303
    assert pair.waiting() == [f"duplicate:duplicate_proposal:{proposal}"]
    page = visit(desk, f"/moderatie/dubbel/{proposal}")
    assert "Iedereen is het ermee eens." in page.text
    done = page.submit("form[action$=samenvoegen]", {"merge-sentence": SENTENCE})
    assert done.status_code == 303
    assert (pair.get(Idea, pair.goes).state, state_of(pair, proposal)) == ("merged", "merged")
    assert pair.waiting() == []
    (decision,) = pair.all(ModerationDecision)
    assert (decision.verb, decision.idea_id, decision.sentence) == ("merge", pair.goes, SENTENCE)
    held = {row.message_id for row in pair.all(HeldMail)}
    told = [mail for mail in pair.all(MailMessage) if mail.kind == "idea_merged"]
    assert {mail.recipient for mail in told} == {"ann@voorbeeld.example", "ben@voorbeeld.example"}
    appeals = {mail.recipient: "Je kunt bezwaar maken tot" in mail.text for mail in told}
    assert appeals == {"ann@voorbeeld.example": False, "ben@voorbeeld.example": True}, (
        "whose idea went on there"
    )
    assert {mail.id for mail in told} == held, "they leave when it can no longer be undone"
    assert [line.action for line in pair.all(AuditEntry)] == ["duplicates.ask", "duplicates.merge"]
    look_at(desk, desk.get(done.location))


def test_after_an_objection_only_somebody_else_decides_and_says_why(pair: Pair, desk: FlaskClient) -> None:
    proposal = pair.propose(pair.moderator)
    visit(desk, f"/moderatie/dubbel/{proposal}").submit("form[action$=vragen]")
    author = sign_in(pair.app.test_client(), pair.ben)
    page = visit(author, f"/samenvoegen/{proposal}")
    assert page.submit("main form", agrees="no").status_code == 400, "with a reason"
    assert (
        page.submit("main form", agrees="no", text="Ik vraag om stoelen, niet om banken.").status_code == 303
    )
    assert pair.waiting() == [f"duplicate:duplicate_proposal:{proposal}"]
    page = visit(desk, f"/moderatie/dubbel/{proposal}")
    assert "Ik vraag om stoelen" in page.text
    data: dict[str, Any] = {"merge-stays": pair.stays, "merge-sentence": SENTENCE}
    refused = post(desk, f"/moderatie/dubbel/{proposal}/samenvoegen", 409, **data)
    assert (refused.status_code, "jij hebt dit zelf voorgesteld" in refused.text) == (409, True)
    second = sign_in(pair.app.test_client(), pair.second)
    without = post(second, f"/moderatie/dubbel/{proposal}/samenvoegen", 400, **{"merge-stays": pair.stays})
    assert without.status_code == 400
    assert post(second, f"/moderatie/dubbel/{proposal}/samenvoegen", **data).status_code == 303
    assert pair.get(Idea, pair.goes).merged_into_id == pair.stays


def test_silence_of_a_week_brings_the_pair_back(pair: Pair, desk: FlaskClient) -> None:
    proposal = pair.propose()
    visit(desk, f"/moderatie/dubbel/{proposal}").submit("form[action$=vragen]")
    turn(pair)
    assert pair.waiting() == []
    with time_machine.travel(datetime.now(UTC) + WEEK + timedelta(minutes=1)):
        assert turn(pair, datetime.now(UTC)) is jobs.Turn.RAN
        assert pair.waiting() == [f"duplicate:duplicate_proposal:{proposal}"]
        turn(pair, datetime.now(UTC))
        assert len(pair.waiting()) == 1
        late = visit(sign_in(pair.app.test_client(), pair.ann), f"/samenvoegen/{proposal}")
        assert "De tijd om te antwoorden is voorbij." in late.text
        page = visit(sign_in(pair.app.test_client(), pair.moderator), f"/moderatie/dubbel/{proposal}")
        assert page.submit("form[action$=samenvoegen]").status_code == 303
    assert pair.get(Idea, pair.goes).state == "merged"


def test_who_has_no_account_is_not_waited_for(pair: Pair, desk: FlaskClient) -> None:
    nobody = pair.person(email=None)
    one, other = pair.idea(nobody, title="Bank bij de kade"), pair.idea(nobody, title="Bank aan de kade")
    proposal = pair.propose(None, one, other)
    assert visit(desk, f"/moderatie/dubbel/{proposal}").submit("form[action$=vragen]").status_code == 303
    page = visit(desk, f"/moderatie/dubbel/{proposal}")
    assert "Geen van de indieners heeft hier een account" in page.text
    assert pair.waiting() == [f"duplicate:duplicate_proposal:{proposal}"]
    assert page.submit("form[action$=samenvoegen]").status_code == 303


def test_the_other_one_can_stay(pair: Pair, desk: FlaskClient) -> None:
    proposal = pair.propose()
    page = visit(desk, f"/moderatie/dubbel/{proposal}?blijft={pair.goes}")
    page.submit("form[action$=vragen]")
    found = pair.get(DuplicateProposal, proposal)
    assert (found.idea_id, found.into_id) == (pair.stays, pair.goes)


@pytest.mark.parametrize("name", ["vragen", "samenvoegen", "afwijzen"])
@pytest.mark.one_database
def test_nobody_decides_on_an_own_idea(pair: Pair, client: FlaskClient, name: str) -> None:
    with pair.app.app_context():
        db.session.get_one(Idea, pair.goes).author_id = pair.moderator
        db.session.commit()
    proposal = pair.propose()
    sign_in(client, pair.moderator)
    page = visit(client, f"/moderatie/dubbel/{proposal}")
    assert "Een van deze ideeën is van jou." in page.text
    data = {
        "ask-stays": pair.stays,
        "merge-stays": pair.stays,
        "merge-sentence": SENTENCE,
        "reject-sentence": SENTENCE,
    }
    refused = post(client, f"/moderatie/dubbel/{proposal}/{name}", 409, **data)
    assert (refused.status_code, "Een van deze ideeën is van jou." in refused.text) == (409, True)
    assert state_of(pair, proposal) == "proposed"


@pytest.mark.one_database
def test_only_the_authors_answer(pair: Pair, client: FlaskClient) -> None:
    proposal = pair.propose()
    stranger = sign_in(client, pair.person())
    assert stranger.get(f"/samenvoegen/{proposal}").status_code == 403
    author = sign_in(pair.app.test_client(), pair.ann)
    page = visit(author, f"/samenvoegen/{proposal}")
    assert "Niemand heeft je iets over deze ideeën gevraagd." in page.text
    assert post(author, f"/samenvoegen/{proposal}", 403, agrees="yes").status_code == 403
    assert pair.answers() == []


def test_votes_are_not_told_while_a_phase_hides_them(pair: Pair, desk: FlaskClient) -> None:
    for _ in range(4):
        pair.vote(pair.goes, pair.person(), 1)
    proposal = pair.propose()
    assert "4 voor" in visit(desk, f"/moderatie/dubbel/{proposal}").text
    with pair.app.app_context():
        for phase in db.session.scalars(select(Phase)):
            phase.hides_counts = True
        db.session.commit()
    page = visit(desk, f"/moderatie/dubbel/{proposal}")
    assert "4 voor" not in page.text
    assert "In deze fase zijn de aantallen verborgen" in page.text


def test_the_address_of_a_merged_idea_leads_to_the_one_that_stays(pair: Pair, client: FlaskClient) -> None:
    third = pair.idea(title="Zitten aan de Maas", age=20)
    said = pair.argument(pair.goes)
    pair.merge()
    second = pair.merge(one=pair.stays, other=third)
    for idea in (pair.goes, pair.stays):
        answer = client.get(f"/ideeen/{idea}")
        assert (answer.status_code, answer.location) == (303, f"/ideeen/{third}#samengevoegd-{idea}")
    page = visit(client, f"/ideeen/{third}")
    for idea in (pair.goes, pair.stays):
        assert f'id="samengevoegd-{idea}"' in page.html
    assert "Geplaatst bij" in page.text
    assert "‘Bankjes langs de Maas’ is samengevoegd met dit idee" in page.text
    original = visit(client, f"/ideeen/{pair.goes}?origineel=1")
    assert "Dit idee is samengevoegd met een ander idee" in original.text
    assert f'href="/ideeen/{third}"' in original.html
    assert client.get(f"/argumenten/{said}").location.startswith(f"/ideeen/{third}")
    listed = client.get("/ideeen").text
    assert [f'/ideeen/{idea}"' in listed for idea in (pair.goes, pair.stays, third)] == [False, False, True]
    assert f"/ideeen/{pair.goes}<" not in client.get("/sitemap.xml").text
    pair.undo(second)
    assert client.get(f"/ideeen/{pair.stays}").status_code == 200
    assert client.get(f"/ideeen/{pair.goes}").location == f"/ideeen/{pair.stays}#samengevoegd-{pair.goes}"
    page = visit(client, f"/ideeen/{pair.stays}")
    assert "Staat weer op zichzelf, los van ‘Zitten aan de Maas’" in page.text


def test_a_merged_idea_keeps_its_page_when_the_other_leaves_the_site(pair: Pair, client: FlaskClient) -> None:
    pair.merge()
    with pair.app.app_context():
        db.session.get_one(Idea, pair.stays).state = IdeaState.HIDDEN
        db.session.commit()
    page = visit(client, f"/ideeen/{pair.goes}")
    assert "staat niet meer op de site" in page.text
    assert "Bankjes langs de Maas" not in page.text, "a hidden title is not told"


def test_voters_and_followers_hear_of_it_both_times(pair: Pair) -> None:
    one, other = pair.person(), pair.person()
    with pair.app.app_context():
        for person in (one, other):
            db.session.add(VotedWish(person_id=person, wanted_at=datetime.now(UTC) - timedelta(days=1)))
        db.session.commit()
    pair.vote(pair.goes, one, 1)
    pair.vote(pair.stays, other, -1)
    proposal = pair.merge()
    spread(pair)
    titles = {one: titles_of(pair, one), other: titles_of(pair, other)}
    assert all(len(found) == 1 and "is samengevoegd met" in found[0] for found in titles.values())
    pair.undo(proposal)
    spread(pair)
    for person in (one, other):
        assert len(titles_of(pair, person)) == 2
        assert "staat weer op zichzelf" in titles_of(pair, person)[1]


def spread(pair: Pair) -> None:
    with pair.app.app_context():
        fan_out.tell_all(datetime.now(UTC))


def titles_of(pair: Pair, person: int) -> list[str]:
    return [notice.title for notice in pair.all(Notice) if notice.person_id == person]


def test_a_slip_is_undone_within_ten_minutes_as_if_it_had_not_happened(pair: Pair, desk: FlaskClient) -> None:
    proposal = pair.merge()
    page = visit(desk, f"/moderatie/dubbel/{proposal}")
    assert page.submit("form[action$=ongedaan-maken]", {"undo-sentence": SENTENCE}).status_code == 303
    assert pair.get(Idea, pair.goes).state == "published"
    assert state_of(pair, proposal) == "asking"
    assert pair.waiting() == [f"duplicate:duplicate_proposal:{proposal}"]
    assert not [mail for mail in pair.all(MailMessage) if mail.kind in ("idea_merged", "idea_parted")]
    (decision,) = pair.all(ModerationDecision)
    assert decision.undone_by_id == pair.moderator
    again = post(desk, f"/moderatie/dubbel/{proposal}/ongedaan-maken", 409, **{"undo-sentence": SENTENCE})
    assert (again.status_code, "al ongedaan gemaakt" in again.text) == (409, True)
    assert [line.action for line in pair.all(AuditEntry)][-1] == "duplicates.undo"


def test_later_everybody_hears_that_it_was_undone(pair: Pair, client: FlaskClient) -> None:
    proposal = pair.merge()
    with time_machine.travel(datetime.now(UTC) + timedelta(days=2)):
        page = visit(sign_in(client, pair.second), f"/moderatie/dubbel/{proposal}")
        assert page.submit("form[action$=ongedaan-maken]", {"undo-sentence": SENTENCE}).status_code == 303
    assert state_of(pair, proposal) == "rejected"
    told = [mail.recipient for mail in pair.all(MailMessage) if mail.kind == "idea_parted"]
    assert sorted(told) == ["ann@voorbeeld.example", "ben@voorbeeld.example"]
    assert pair.all(ModerationDecision)[0].undone_by_id == pair.second


def test_an_appeal_that_is_upheld_puts_the_merge_back(pair: Pair) -> None:
    proposal = pair.merge()
    with pair.app.app_context():
        decision = db.session.scalars(select(ModerationDecision)).one()
        decisions.put_back(decision, datetime.now(UTC) + timedelta(days=3))
        db.session.commit()
        decisions.put_back(decision, datetime.now(UTC) + timedelta(days=3))
        db.session.commit()
    assert pair.get(Idea, pair.goes).state == "published"
    assert state_of(pair, proposal) == "rejected"
    assert [row.undone_at is not None for row in pair.all(Merge)] == [True]


@pytest.mark.one_database
def test_an_author_does_not_read_the_other_idea_when_it_is_off_the_site(
    pair: Pair, client: FlaskClient
) -> None:
    proposal = pair.agreed()
    sign_in(client, pair.ben)
    secret = "Bankjes langs de Maas"
    assert secret in visit(client, f"/samenvoegen/{proposal}").text
    with pair.app.app_context():
        db.session.get_one(Idea, pair.stays).state = IdeaState.HIDDEN
        db.session.commit()
    page = visit(client, f"/samenvoegen/{proposal}")
    assert secret not in page.text
    assert "Zitplekken langs de Maas" in page.text, "the own idea"


def test_whose_idea_stays_neither_undoes_the_decision_nor_answers_the_appeal(
    pair: Pair, client: FlaskClient
) -> None:
    pair.stays = pair.idea(pair.second, title="Bankjes langs de Geul", age=9)
    pair.merge(pair.agreed(one=pair.goes, other=pair.stays))
    sign_in(client, pair.second)
    (decision,) = pair.all(ModerationDecision)
    said = visit(client, post(client, f"/moderatie/besluiten/{decision.id}/ongedaan").location)
    assert "Dit is je eigen tekst." in said.text
    assert pair.get(Idea, pair.goes).state == "merged"
    with pair.app.app_context(), time_machine.travel(datetime.now(UTC) + timedelta(hours=1)):
        author = db.session.get_one(Person, pair.ben)
        made = db.session.get_one(ModerationDecision, decision.id)
        lodged = moderation_appeals.lodge(author, made, "Mijn idee is echt iets anders.", datetime.now(UTC))
        may = moderation_appeals.may_decide(db.session.get_one(Person, pair.second), lodged)
        assert may.refusal == "One of these ideas is yours. Another moderator decides on them."
        assert moderation_appeals.may_decide(factories.a_person(Role.MODERATOR), lodged)


@pytest.mark.one_database
def test_the_list_shows_what_waits_and_what_was_decided(pair: Pair, desk: FlaskClient) -> None:
    empty = visit(desk, "/moderatie/dubbel")
    assert "Er lijken geen twee ideeën hetzelfde te zijn." in empty.text
    proposal = pair.propose()
    page = visit(desk, "/moderatie/dubbel")
    assert f'href="/moderatie/dubbel/{proposal}"' in page.html
    assert "gevonden door de site" in page.text
    assert desk.get("/moderatie/dubbel/999").status_code == 404
    english = visit(desk, f"/en/moderatie/dubbel/{proposal}")
    assert english.h1 == "Are these the same idea?"


@pytest.mark.one_database
def test_the_decision_is_said_in_words(pair: Pair, desk: FlaskClient) -> None:
    pair.merge()
    assert SENTENCE in visit(desk, "/moderatie/besluiten").text
    author = sign_in(pair.app.test_client(), pair.ben)
    assert "Samenvoegen met een ander idee" in visit(author, "/mijn/gegevens").text


@pytest.mark.one_database
def test_a_merged_idea_counts_once_in_the_figures(pair: Pair, client: FlaskClient) -> None:
    voter = pair.person()
    pair.vote(pair.goes, voter, 1)
    pair.vote(pair.stays, voter, 1)
    pair.merge()
    assert "stem_votes 1\n" in client.get("/metrics").text
    assert pair.all(Process)
