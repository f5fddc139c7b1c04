"""The page of one idea: who reads it, what stands on it, what it costs, and where merged and hidden ones lead."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import db
from app.domain.ballot import Group, Side
from app.domain.lifecycle import IdeaState, PublicStatus, RefusalReason
from app.models import (
    CouncilDecision,
    FocusElement,
    Idea,
    ModerationDecision,
    OfficialResponse,
    PracticeTheme,
    StatusChange,
)
from app.models.council import CouncilResult
from app.models.integrity import ExcludedVote, Exclusion, ExclusionReason, ExclusionState
from app.models.moderation import ModerationVerb
from app.models.person import Role
from app.models.process import ProcessState
from tests import factories
from tests.support import post, sign_in, visit

SPRING = datetime(2026, 3, 20, 11, 0, tzinfo=UTC)


def made(app: Flask, **values: Any) -> tuple[int, int]:
    """An idea and its author."""
    with app.app_context():
        idea = factories.an_idea(**values)
        db.session.commit()
        return idea.id, idea.author_id


def a_visitor(app: Flask, *roles: Role) -> FlaskClient:
    with app.app_context():
        person = factories.a_person(*roles)
        db.session.commit()
        return sign_in(app.test_client(), person.id)


def test_what_stands_on_the_page(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        call = factories.a_call(slug="slim")
        theme = factories.a_theme(call.process, title="Water", slug="water")
        council = factories.a_person(name="Rob Raad", group=Group.COUNCIL)
        idea = factories.an_idea(
            call,
            council,
            themes=[theme],
            title="Regenwater in elke straat",
            summary="Vang regen op waar hij valt.",
            body="Eerste alinea.\n\nZie https://voorbeeld.nl/plan voor meer.\nTweede regel.",
            neighbourhood="Wyck",
        )
        practice = factories.a_practice(
            call.process, title="Regentonnen", slug="regentonnen", place="Hasselt"
        )
        db.session.add(PracticeTheme(practice_id=practice.id, theme_id=theme.id))
        factories.a_practice(call.process, title="Iets anders")
        factories.an_argument(idea, side=Side.AGAINST, body="Dat wordt een dure grap, vrees ik toch wel.")
        factories.a_vote(idea)
        db.session.commit()
        number = idea.id
    page = visit(client, f"/ideeen/{number}")
    assert page.h1 == "Regenwater in elke straat"
    for words in (
        "Vang regen op",
        "Rob Raad Raadslid",
        "Wyck",
        "Regentonnen",
        "dure grap",
        "Log in om te stemmen",
    ):
        assert words in page.text
    assert "Iets anders" not in page.text
    assert [tag.get_text("|") for tag in page.all(".idea__text p")] == [
        "Eerste alinea.",
        "Zie |https://voorbeeld.nl/plan| voor meer.|Tweede regel.",
    ]
    assert "/ideeen?oproep=slim&thema=water" in page.links()
    assert f"/ideeen/{number}/melden" in page.links()
    assert "/praktijk/regentonnen" in page.links()
    assert page.one("[data-share-link]").get_text().endswith(f"/ideeen/{number}")
    assert not page.all("#own-title")


def test_a_page_with_75_arguments_costs_six_statements(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        call = factories.a_call()
        themes = [factories.a_theme(call.process) for _ in range(3)]
        idea = factories.an_idea(call, themes=themes, public_status=PublicStatus.ADOPTED)
        author = factories.a_person()
        for place in range(25):
            parent = factories.an_argument(idea, author, list(Side)[place % 3])
            for _ in range(2):
                factories.an_argument(idea, author, parent.side, parent_id=parent.id)
        db.session.commit()
        number = idea.id
    page = visit(client, f"/ideeen/{number}", max_queries=6)
    assert len(page.all(".argument")) == 75
    assert "#unplaced" not in page.html
    assert "Set-Cookie" not in page.response.headers
    assert "csrf_token" not in page.html


def test_merges_and_votes_that_do_not_count_cost_no_statement_more(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        idea = factories.an_idea(themes=[factories.a_theme(factories.a_process())])
        first = factories.an_idea(
            idea.call, title="Ook bankjes", state=IdeaState.MERGED, merged_into_id=idea.id
        )
        factories.an_idea(
            idea.call, title="Nog meer bankjes", state=IdeaState.MERGED, merged_into_id=first.id
        )
        voter, number = factories.a_person(), idea.id
        factories.a_vote(idea)
        factories.a_vote(idea, voter)
        past = datetime.now(UTC) - timedelta(hours=1)
        exclusion = Exclusion(
            call_id=idea.call_id,
            reason=ExclusionReason.AUTOMATED,
            sentence="Deze stemmen kwamen van een programma.",
            state=ExclusionState.IN_FORCE,
            proposed_by_id=factories.a_person(Role.MODERATOR).id,
            proposed_at=past,
        )
        row = ExcludedVote(exclusion=exclusion, idea_id=number, person_id=voter.id, from_at=past)
        db.session.add_all([exclusion, row])
        reader = factories.a_person(created_at=datetime.now(UTC) - timedelta(days=3)).id
        db.session.commit()
    for who, most in ((client, 6), (sign_in(app.test_client(), reader), 8)):
        page = visit(who, f"/ideeen/{number}", max_queries=most)
        assert page.texts(".idea__merged-text h3") == ["Ook bankjes", "Nog meer bankjes"]
        assert page.texts(".excluded__reasons li") == ["Deze stemmen zijn door een programma uitgebracht: 1"]


def test_the_text_is_shown_as_typed(app: Flask, client: FlaskClient) -> None:
    evil = '<img src=x onerror=alert(1)> & "zo"'
    number, _ = made(
        app, title=evil, summary=evil, body=evil + " [x](javascript:alert(1))", neighbourhood=evil
    )
    page = visit(client, f"/ideeen/{number}")
    assert page.h1 == evil
    assert not page.all("main img")
    assert evil in page.text


def test_the_trail_tells_what_happened_in_order(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        call = factories.a_call()
        theme = factories.a_theme(call.process, title="Water")
        idea = factories.an_idea(
            call,
            themes=[theme],
            public_status=PublicStatus.ADOPTED,
            submitted_at=SPRING,
            published_at=SPRING + timedelta(days=1),
        )
        for days, status in ((20, PublicStatus.ADOPTED), (5, PublicStatus.ON_AGENDA)):
            db.session.add(
                StatusChange(
                    idea_id=idea.id,
                    status=status,
                    reason=f"Reden na {days} dagen.",
                    changed_at=SPRING + timedelta(days=days),
                )
            )
        organiser = factories.a_person(Role.ORGANISER)
        db.session.add(
            OfficialResponse(
                idea_id=idea.id,
                author_id=organiser.id,
                on_behalf_of="college",
                body="We gaan dit uitzoeken.",
                answered_at=SPRING + timedelta(days=9),
            )
        )
        decision = CouncilDecision(
            process_id=call.process_id,
            title="Visie vastgesteld",
            text="",
            result=CouncilResult.AMENDED,
            document_url="https://raad.example/besluit",
            decided_at=SPRING + timedelta(days=19),
        )
        db.session.add(decision)
        db.session.flush()
        db.session.add(
            FocusElement(
                process_id=call.process_id, theme_id=theme.id, decision_id=decision.id, title="Water"
            )
        )
        db.session.commit()
        number = idea.id
    page = visit(client, f"/ideeen/{number}", max_queries=6)
    assert page.texts(".trail__title") == [
        "Ingestuurd",
        "Geplaatst",
        "Op de agenda",
        "De gemeente reageerde",
        "De raad stemde in, met wijzigingen: Visie vastgesteld",
        "Aangenomen",
    ]
    assert page.texts(".trail__when")[0] == "20 maart 2026"
    assert page.texts(".idea__status") == ["Aangenomen Reden na 20 dagen."]
    assert "We gaan dit uitzoeken." in page.text
    assert "https://raad.example/besluit" in page.links(".trail a")
    english = visit(client, f"/en/ideeen/{number}")
    assert "The council agreed with changes: Visie vastgesteld" in english.texts(".trail__title")
    assert english.texts(".trail__when")[0] == "20 March 2026"


def test_the_council_decides_on_its_way_only_at_the_end(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        call = factories.a_call()
        theme = factories.a_theme(call.process)
        idea = factories.an_idea(call, themes=[theme])
        decision = CouncilDecision(
            process_id=call.process_id,
            title="Over het thema",
            text="",
            result=CouncilResult.ADOPTED,
            decided_at=SPRING,
        )
        db.session.add(decision)
        db.session.flush()
        db.session.add(
            FocusElement(process_id=call.process_id, theme_id=theme.id, decision_id=decision.id, title="x")
        )
        db.session.commit()
        number = idea.id
    assert "Over het thema" not in visit(client, f"/ideeen/{number}").text


@pytest.mark.parametrize(
    ("state", "was_public", "status", "sentence"),
    [
        (IdeaState.DRAFT, False, 403, "Dit idee staat niet op de site."),
        (IdeaState.SUBMITTED, False, 403, "Dit idee staat niet op de site."),
        (IdeaState.RETURNED, False, 403, "Dit idee staat niet op de site."),
        (IdeaState.REFUSED, False, 403, "Dit idee staat niet op de site."),
        (IdeaState.WITHDRAWN, False, 403, "Dit idee staat niet op de site."),
        (IdeaState.WITHDRAWN, True, 410, "De indiener heeft dit idee ingetrokken."),
        (IdeaState.HIDDEN, True, 410, "Een moderator heeft dit idee verborgen"),
    ],
)
def test_who_may_not_read_it_reads_why(
    app: Flask, client: FlaskClient, state: IdeaState, was_public: bool, status: int, sentence: str
) -> None:
    values: dict[str, Any] = {"state": state, "title": "Geheim gehouden idee"}
    if not was_public:
        values["published_at"] = None
    if state == IdeaState.DRAFT:
        values["submitted_at"] = None
    number, author = made(app, **values)
    for visitor in (client, a_visitor(app), a_visitor(app, Role.ORGANISER)):
        page = visit(visitor, f"/ideeen/{number}", status=status)
        assert sentence in page.text
        assert "Geheim" not in page.html
        assert "/ideeen" in page.links()
    assert visit(sign_in(app.test_client(), author), f"/ideeen/{number}").h1 == "Geheim gehouden idee"
    moderator = a_visitor(app, Role.MODERATOR)
    if state == IdeaState.DRAFT:
        visit(moderator, f"/ideeen/{number}", status=403)
    else:
        assert f"/moderatie/ideeen/{number}" in visit(moderator, f"/ideeen/{number}").links()


def test_a_page_that_is_not_public_is_not_voted_or_argued_on(app: Flask) -> None:
    number, author = made(app, state=IdeaState.SUBMITTED, published_at=None)
    page = visit(sign_in(app.test_client(), author), f"/ideeen/{number}")
    assert "Je krijgt een e-mail zodra het op de site staat" in page.text
    assert not page.all(".ballot, .discussion, .report-link, .idea__share")
    assert page.one('meta[name="robots"]')["content"] == "noindex"


@pytest.mark.parametrize(
    ("state", "verb"),
    [
        (IdeaState.RETURNED, ModerationVerb.RETURN),
        (IdeaState.REFUSED, ModerationVerb.REFUSE),
        (IdeaState.HIDDEN, ModerationVerb.HIDE),
    ],
)
def test_the_author_reads_what_the_moderator_wrote(
    app: Flask, state: IdeaState, verb: ModerationVerb
) -> None:
    number, author = made(app, state=state)
    with app.app_context():
        moderator = factories.a_person(Role.MODERATOR)
        for days, sentence in ((3, "Een ouder besluit."), (1, "Haal de naam van je buurman weg.")):
            db.session.add(
                ModerationDecision(
                    idea_id=number,
                    verb=verb,
                    reason=RefusalReason.PERSONAL_DATA,
                    sentence=sentence,
                    moderator_id=moderator.id,
                    decided_at=datetime.now(UTC) - timedelta(days=days),
                )
            )
        db.session.commit()
    page = visit(sign_in(app.test_client(), author), f"/ideeen/{number}")
    now = page.one(".idea__next").get_text()
    assert "Haal de naam van je buurman weg." in now
    assert "Een ouder besluit." not in now
    course = page.texts(".course .mine__sentence")
    assert course == ["Haal de naam van je buurman weg.", "Een ouder besluit."], "all of it, newest first"
    read_by_others = app.test_client().get(f"/ideeen/{number}").text
    assert "ouder besluit" not in read_by_others
    assert "je buurman" not in read_by_others


def test_a_merged_idea_leads_to_the_one_it_became(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        target = factories.an_idea()
        merged = factories.an_idea(
            target.call, title="Hetzelfde nog een keer", state=IdeaState.MERGED, merged_into_id=target.id
        )
        db.session.commit()
        numbers = merged.id, target.id
    answer = client.get(f"/ideeen/{numbers[0]}")
    assert answer.status_code == 303, "not for ever: a merge can be undone"
    anchor = f"#samengevoegd-{numbers[0]}"
    assert answer.headers["Location"] == f"/ideeen/{numbers[1]}{anchor}"
    english = client.get(f"/en/ideeen/{numbers[0]}").headers["Location"]
    assert english == f"/en/ideeen/{numbers[1]}{anchor}"
    assert "Hetzelfde nog een keer" in visit(client, f"/ideeen/{numbers[1]}").text
    assert visit(client, f"/ideeen/{numbers[0]}?origineel=1").h1 == "Hetzelfde nog een keer"
    assert visit(client, f"/ideeen/{numbers[0]}/melden").h1
    with app.app_context():
        db.session.get_one(Idea, numbers[1]).state = IdeaState.HIDDEN
        db.session.commit()
    page = visit(client, f"/ideeen/{numbers[0]}")
    assert page.h1 == "Hetzelfde nog een keer", "where the other may not be read it keeps its own page"
    assert f"/ideeen/{numbers[1]}" not in page.links()
    assert not page.all(".ballot button, .discussion")


def test_an_idea_that_never_was_is_not_found(client: FlaskClient) -> None:
    visit(client, "/ideeen/1", status=404)
    visit(client, "/ideeen/99999999999999999999", status=404)


def test_authors_find_their_actions(app: Flask) -> None:
    number, author = made(app)
    client = sign_in(app.test_client(), author)
    page = visit(client, f"/ideeen/{number}")
    assert f"/ideeen/{number}/bewerken" in page.links()
    assert f"/ideeen/{number}/melden" not in page.links()
    with app.app_context():
        factories.a_vote(db.session.get_one(Idea, number))
        db.session.commit()
    page = visit(client, f"/ideeen/{number}")
    assert f"/ideeen/{number}/bewerken" not in page.links()
    assert "Anderen hebben gestemd of gereageerd." in page.text


def test_withdrawing_takes_it_off_the_site(app: Flask, client: FlaskClient) -> None:
    number, author = made(app, title="Een idee dat weer weg mag")
    own = sign_in(app.test_client(), author)
    assert f"/ideeen/{number}/intrekken" in visit(own, f"/ideeen/{number}").links()
    asked = visit(own, f"/ideeen/{number}/intrekken")
    answer = asked.submit(f'form[action="/ideeen/{number}/intrekken"]')
    assert answer.status_code == 303
    assert "Je hebt je idee ingetrokken." in visit(own, answer.headers["Location"]).text
    visit(client, f"/ideeen/{number}", status=410)
    assert "Een idee dat weer weg mag" not in visit(client, "/ideeen").text
    answer = post(own, f"/ideeen/{number}/intrekken", 403)
    assert "Dit idee kun je niet meer intrekken." in answer.get_data(as_text=True)


def test_nobody_else_withdraws_it(app: Flask, client: FlaskClient) -> None:
    number, _ = made(app)
    for visitor in (a_visitor(app), a_visitor(app, Role.MODERATOR), a_visitor(app, Role.ORGANISER)):
        answer = post(visitor, f"/ideeen/{number}/intrekken", 403)
        assert "Alleen de indiener kan dit idee intrekken." in answer.get_data(as_text=True)
    assert "/inloggen" in post(client, f"/ideeen/{number}/intrekken").headers["Location"]
    assert client.get(f"/ideeen/{number}/intrekken").status_code == 303
    visit(a_visitor(app, Role.MODERATOR), f"/ideeen/{number}/intrekken", status=403)
    with app.app_context():
        assert db.session.get_one(Idea, number).state == IdeaState.PUBLISHED


def test_a_closed_process_keeps_its_ideas(app: Flask) -> None:
    with app.app_context():
        call = factories.a_call(factories.a_process(state=ProcessState.CLOSED))
        idea = factories.an_idea(call)
        db.session.commit()
        number, author = idea.id, idea.author_id
    client = sign_in(app.test_client(), author)
    assert "Dit traject is gesloten." in visit(client, f"/ideeen/{number}").text
    post(client, f"/ideeen/{number}/intrekken", 403)
    assert client.get(f"/ideeen/{number}/bewerken").location == f"/ideeen/{number}/wijzigen"
    page = visit(client, f"/ideeen/{number}/wijzigen", status=403)
    assert "Dit traject is gesloten" in page.text


def test_the_english_page_is_english(app: Flask, client: FlaskClient) -> None:
    number, author = made(app, title="Een Nederlands idee blijft zo")
    page = visit(client, f"/en/ideeen/{number}")
    assert page.h1 == "Een Nederlands idee blijft zo"
    for dutch in ("Deel dit", "Wat er tot nu", "Ingestuurd", "reacties", "Gesprek", "Meld"):
        assert dutch not in page.text
    own = visit(sign_in(app.test_client(), author), f"/en/ideeen/{number}")
    assert "Withdraw your idea" in own.text
    assert all(link.startswith(("/en/", "#")) for link in own.links("main a"))
