"""Residents suggest practices, moderators decide: limits, nothing lost, nobody decides on their own, and once."""

import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import db
from app.models import AuditEntry, Call, ModerationDecision, Practice
from app.models.message import MailMessage
from app.models.person import Role
from app.models.practice import PracticeState, PracticeSuggestion
from tests import factories
from tests.support import csrf_token, look_at, post, sign_in, sign_out, visit

NOW = datetime.now(UTC)
GOOD: dict[str, Any] = {
    "title": "Lantaarns die meedenken",
    "level": "city",
    "place": "Eindhoven",
    "url": "https://www.voorbeeld.example/licht",
    "done": "De lampen branden zacht zolang er niemand is, en gaan aan voor wie voorbijkomt.",
    "learned": "Vraag de buurt eerst hoe licht het moet zijn.",
    "themes": ["licht"],
}
SENTENCE = "Dit staat al onder een andere naam in de bibliotheek."
REFUSAL = {"refuse-reason": "advertising", "refuse-sentence": SENTENCE}


@pytest.fixture
def call(app: Flask) -> int:
    """An open call with two themes."""
    with app.app_context():
        call = factories.a_call()
        for slug in ("licht", "water", "groen", "wonen"):
            factories.a_theme(call.process, slug=slug, title=slug.capitalize())
        db.session.commit()
        return call.id


def somebody(app: Flask, *roles: Role, **values: object) -> int:
    with app.app_context():
        number = factories.a_person(*roles, **values).id
        db.session.commit()
    return number


def suggested(app: Flask, call: int, by: int) -> int:
    """The number of a practice that waits."""
    with app.app_context():
        process = db.session.get_one(Call, call).process
        number = factories.a_suggestion(process, db.session.get_one(factories.Person, by), **_kept(GOOD)).id
        db.session.commit()
    return number


def _kept(good: dict[str, Any]) -> dict[str, Any]:
    return {name: good[name] for name in ("title", "place", "url", "done", "learned")}


def test_a_suggestion_waits_and_nobody_else_reads_it(app: Flask, client: FlaskClient, call: int) -> None:
    person = somebody(app, name="Inge")
    page = visit(sign_in(client, person), "/praktijk").follow('.section__head a[href$="voorstellen"]')
    faults = {**GOOD, "title": "Kort", "url": "javascript:alert(1)", "done": "Te kort.", "themes": None}
    wrong = look_at(client, page.submit("main form", faults))
    assert wrong.status == 400
    summary = wrong.one("[data-error-summary]").get_text()
    for said in ("minstens 10 tekens", "heel webadres", "minstens 50 tekens", "Kies één, twee of drie thema"):
        assert said in summary
    assert wrong.one("[name=learned]").get_text().strip() == GOOD["learned"]
    four = look_at(
        client, wrong.submit("main form", {**GOOD, "themes": ["licht", "water", "groen", "wonen"]})
    )
    assert "Kies één, twee of drie thema" in four.text
    for _time in range(2):  # the same form again is the same practice
        answer = four.submit("main form", GOOD)
        assert answer.headers["Location"] == "/mijn#own-practices"
    with app.app_context():
        practice = db.session.scalars(select(Practice)).one()
        assert (practice.state, [theme.slug for theme in practice.themes]) == (
            PracticeState.SUGGESTED,
            ["licht"],
        )
        slug = practice.slug
    mine = visit(client, "/mijn").one("#own-practices").parent.get_text(" ", strip=True)  # type: ignore[union-attr]
    assert "Lantaarns die meedenken" in mine
    assert "Wacht op een moderator" in mine
    sign_out(client)
    assert client.get(f"/praktijk/{slug}").status_code == 404
    for path in ("/praktijk", "/praktijk?zoek=lantaarns", "/praktijk?plaats=Eindhoven"):
        assert GOOD["title"] not in visit(client, path).html


def test_what_a_stranger_typed_waits_for_them(app: Flask, client: FlaskClient, call: int) -> None:
    page = visit(client, "/praktijk/voorstellen")
    answer = page.submit("main form", GOOD)
    assert answer.headers["Location"] == "/inloggen?next=/praktijk/voorstellen"
    sign_in(client, somebody(app))
    page = visit(client, "/praktijk/voorstellen")
    assert "Je tekst staat er nog." in page.text
    assert page.submit("main form").headers["Location"] == "/mijn#own-practices"
    with app.app_context():
        practice = db.session.scalars(select(Practice)).one()
        assert (practice.title, practice.url) == (GOOD["title"], GOOD["url"])
    stale = client.post(
        "/praktijk/voorstellen", data={"csrf_token": "old", **GOOD, "title": "Nog een voorbeeld"}
    )
    again = look_at(client, stale)
    assert again.status == 400
    assert "Je sessie was verlopen." in again.text
    assert again.submit("main form").status_code == 303


def test_a_moderator_publishes_or_says_why_not(app: Flask, client: FlaskClient, call: int) -> None:
    person = somebody(app, name="Inge", email="inge@voorbeeld.example")
    first, second = suggested(app, call, person), suggested(app, call, person)
    moderator = somebody(app, Role.MODERATOR)
    queue = visit(sign_in(client, moderator), "/moderatie/praktijken", max_queries=6)
    assert len(queue.all(".queue__item")) == 2
    page = visit(client, f"/moderatie/praktijken/{first}")
    assert page.links('main a[rel~="nofollow"]') == [GOOD["url"]]
    assert "noopener" in str(page.one('main a[rel~="nofollow"]')["rel"])
    assert page.submit('form[action$="plaatsen"]').status_code == 303
    refusing = visit(client, f"/moderatie/praktijken/{second}")
    short = look_at(client, refusing.submit('form[action$="weigeren"]', {"refuse-sentence": "Nee."}))
    assert short.status == 400
    assert short.one("[data-error-summary]")
    assert "Kies de spelregel." in short.text
    assert short.submit('form[action$="weigeren"]', REFUSAL).status_code == 303
    post(client, f"/moderatie/praktijken/{first}/plaatsen", 409)
    late = look_at(client, post(client, f"/moderatie/praktijken/{second}/weigeren", 409, **REFUSAL))
    assert "Iemand heeft intussen over dit voorstel besloten." in late.text
    with app.app_context():
        refused = db.session.scalars(select(ModerationDecision).order_by(ModerationDecision.id)).all()[-1]
        assert (refused.verb, refused.reason) == ("refuse", "advertising")
        states = dict(db.session.execute(select(Practice.id, Practice.state)).all())
        assert states == {first: PracticeState.PUBLISHED, second: PracticeState.REFUSED}
        lines = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        assert [(line.action, line.subject_id, line.actor_id, line.why) for line in lines] == [
            ("practices.publish", first, moderator, ""),
            ("practices.refuse", second, moderator, SENTENCE),
        ]
        mails = db.session.scalars(select(MailMessage).order_by(MailMessage.id)).all()
        assert [mail.kind for mail in mails] == ["practice_published", "practice_refused"]
        assert SENTENCE in mails[1].text
        assert "De reden: Reclame (spelregel 6: Maak geen reclame.)" in mails[1].text
        assert "/mijn/besluiten" in mails[1].text
        assert "Je kunt bezwaar maken tot" in mails[1].text
        slug = db.session.get_one(Practice, first).slug
        assert f"/praktijk/{slug}" in mails[0].html
    mine = visit(sign_in(client, person), "/mijn").one("#own-practices").parent.get_text(" ", strip=True)  # type: ignore[union-attr]
    assert "Op de site" in mine
    assert SENTENCE in mine
    sign_out(client)
    assert visit(client, "/praktijk").texts(".card__title") == [GOOD["title"]]
    assert SENTENCE not in visit(client, f"/praktijk/{slug}").html


def test_nobody_decides_on_their_own_suggestion_and_of_two_one_does(
    app: Flask, client: FlaskClient, call: int
) -> None:
    own = somebody(app, Role.MODERATOR)
    number = suggested(app, call, own)
    page = visit(sign_in(client, own), f"/moderatie/praktijken/{number}")
    assert page.all("main form:not([action*='/notities/'])") == []
    for verb, data in (("plaatsen", {}), ("weigeren", REFUSAL)):
        refused = post(client, f"/moderatie/praktijken/{number}/{verb}", 403, **data)
        assert "Dit is je eigen tekst." in refused.text
    others = [sign_in(app.test_client(), somebody(app, Role.MODERATOR)) for _ in range(4)]
    tokens = [csrf_token(each) for each in others]
    gate, answers = threading.Barrier(4), [0] * 4

    def decide(turn: int) -> None:
        verb = "plaatsen" if turn % 2 else "weigeren"
        gate.wait()
        answers[turn] = (
            others[turn]
            .post(
                f"/moderatie/praktijken/{number}/{verb}",
                data={"csrf_token": tokens[turn], **REFUSAL},
            )
            .status_code
        )

    threads = [threading.Thread(target=decide, args=(turn,)) for turn in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(answers) == [303, 409, 409, 409]
    with app.app_context():
        assert len(db.session.scalars(select(AuditEntry)).all()) == 1
        decided = db.session.scalars(select(PracticeSuggestion)).one()
        state = db.session.get_one(Practice, number).state
        assert (state == PracticeState.REFUSED) == (decided.sentence == SENTENCE)


def test_the_library_counts_pages_and_knows_what_belongs_together(
    app: Flask, client: FlaskClient, call: int
) -> None:
    with app.app_context():
        process = db.session.get_one(Call, call).process
        light = factories.a_theme(process, slug="straatlicht", title="Straatlicht")
        for turn in range(14):
            place = "Eindhoven" if turn % 2 else "Gent"
            title = f"Fietsbrug nummer {turn:02}" if turn else "Lantaarns op de dijk"
            factories.a_practice(process, title=title, place=place, done="Iets.").themes = [light]
        refused = factories.a_practice(process, title="Geweigerd", state=PracticeState.REFUSED)
        refused.themes = [light]
        held = db.session.get_one(Call, call)
        idea = factories.an_idea(held, title="Slimme lantaarns op de dijk", themes=[light]).id
        factories.an_idea(held, title="Een fietsbrug bij het station", themes=[light])
        slug = db.session.scalars(select(Practice.slug).where(Practice.title == "Lantaarns op de dijk")).one()
        db.session.commit()
    first = visit(client, "/praktijk", max_queries=4)
    assert len(first.all(".card__title")) == 12
    assert "14 voorbeelden" in first.text
    assert "Straatlicht (14)" in first.text
    rest = visit(client, first.links(".pager a")[0])
    assert len(rest.all(".card__title")) == 2
    assert not set(rest.texts(".card__title")) & set(first.texts(".card__title"))
    ghent = visit(client, "/praktijk?plaats=Gent&zoek=FIETSBRUG&thema=straatlicht")
    assert "6 voorbeelden" in ghent.text
    assert "Een andere stad (6)" in ghent.text
    assert "0 voorbeelden" in visit(client, "/praktijk?zoek=%25").text
    assert visit(client, f"/ideeen/{idea}").texts(".idea__practices strong")[0] == "Lantaarns op de dijk"
    near = visit(client, f"/praktijk/{slug}", max_queries=4).texts("#ideas-title ~ ul h3")
    assert near == ["Slimme lantaarns op de dijk", "Een fietsbrug bij het station"]
    assert "Geweigerd" not in first.html + rest.html + visit(client, f"/ideeen/{idea}").html
