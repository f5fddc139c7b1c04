"""The pages about the site itself, for people, search engines and operators."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text

from app.db import db
from app.domain.ballot import Group, VoteValue
from app.domain.lifecycle import IdeaState
from app.models import ContactMessage, MailMessage
from tests import factories
from tests.support import post, visit

PLAIN = (
    "/over",
    "/spelregels",
    "/privacy",
    "/toegankelijkheid",
    "/open-data",
    "/over/rangschikking",
    "/over/algoritmeregister",
    "/contact",
)


@pytest.mark.one_database
@pytest.mark.parametrize("path", PLAIN)
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_every_plain_page_stands_on_an_empty_site(client: FlaskClient, path: str, prefix: str) -> None:
    visit(client, prefix + path)


def test_home_of_an_empty_site_says_what_will_come(client: FlaskClient) -> None:
    assert "Zodra de gemeente een vraag stelt" in visit(client, "/").html


def test_home_shows_the_question_the_calls_and_the_newest_ideas(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        process = factories.a_process(question="Waar moet de stad slim in zijn?")
        call = factories.a_call(process, title="Jouw oproep")
        factories.an_idea(call, title="Bomen langs de Maas")
        factories.an_idea(call, title="Dit wacht nog op iemand", state=IdeaState.SUBMITTED)
        activity = factories.an_activity(process, title="Straks een avond", date_text="tweede kwartaal")
        factories.an_activity(process, title="Al lang geweest", starts_at=datetime(2020, 1, 1, tzinfo=UTC))
        number = activity.id
        db.session.commit()
    page = visit(client, "/", max_queries=14)
    assert page.h1 == "Waar moet de stad slim in zijn?"
    assert "Jouw oproep" in page.text
    assert "Bomen langs de Maas" in page.text
    assert "Dit wacht nog op iemand" not in page.html
    assert "Datum nog te bepalen: tweede kwartaal" in page.text
    assert "Al lang geweest" not in page.html
    assert f"/activiteiten/{number}" in page.links()


def test_signed_out_pages_are_the_same_bytes_and_set_no_cookie(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        factories.an_idea()
        db.session.commit()
    for path in (
        "/",
        "/ideeen?sort=created_desc",
        "/ranglijst",
        "/themas",
        "/over",
        "/praktijk",
        "/partners",
    ):
        first, second = client.get(path), app.test_client().get(path, headers={"User-Agent": "anders"})
        assert first.data == second.data, path
        assert "Set-Cookie" not in first.headers, path
        assert first.headers["Cache-Control"].startswith("public"), path
        again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b""), path


def test_a_message_reaches_the_organisers_inbox_and_mail(app: Flask, client: FlaskClient) -> None:
    page = visit(client, "/contact")
    body = "Wanneer is het werkatelier en mag ik mijn buurvrouw meenemen?"
    answer = page.submit("main form", name="Mia", email="mia@voorbeeld.example", body=body)
    assert answer.status_code == 303
    assert "Je bericht is bij de organisatoren" in visit(client, "/contact").text
    with app.app_context():
        message = db.session.scalars(select(ContactMessage)).one()
        assert (message.name, message.body, message.handled_at) == ("Mia", body, None)
        mail = db.session.scalars(select(MailMessage)).one()
        assert mail.kind == "contact_message"
        assert body in mail.text


def test_a_faulty_message_keeps_everything_and_names_all_faults(app: Flask, client: FlaskClient) -> None:
    page = visit(client, "/contact")
    answer = page.submit("main form", name="Mia", email="geen adres", body="Kort.")
    assert answer.status_code == 400
    html = answer.get_data(as_text=True)
    for kept in ("Mia", "geen adres", "Kort.", "minstens 20 tekens", "naam@voorbeeld.nl"):
        assert kept in html, kept
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(ContactMessage)) == 0


def test_health(client: FlaskClient) -> None:
    assert client.get("/healthz").data == b"ok\n"
    assert client.get("/readyz").data == b"ok\n"


@pytest.mark.one_database
def test_not_ready_without_tables(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        db.session.execute(text("DROP TABLE phase"))
        db.session.execute(text("ALTER TABLE call RENAME TO elsewhere"))
        db.session.commit()
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200


@pytest.mark.one_database
def test_figures_only_for_operators(make_app: object, client: FlaskClient) -> None:
    assert b"stem_votes 0" in client.get("/metrics").data
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "10.1.2.3"}).status_code == 403
    for header in ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Via"):
        assert client.get("/metrics", headers={header: "10.1.2.3"}).status_code == 403
    guarded = make_app(METRICS_TOKEN="a token that is long enough").test_client()  # type: ignore[operator]
    assert guarded.get("/metrics").status_code == 403
    good = {"Authorization": "Bearer a token that is long enough"}
    assert guarded.get("/metrics", headers=good, environ_base={"REMOTE_ADDR": "10.1.2.3"}).status_code == 200


@pytest.mark.one_database
def test_security_txt_expires_within_a_year(client: FlaskClient) -> None:
    lines = dict(line.split(": ", 1) for line in client.get("/.well-known/security.txt").text.splitlines())
    assert {"Contact", "Expires", "Canonical", "Policy", "Preferred-Languages"} == set(lines)
    left = datetime.fromisoformat(lines["Expires"].replace("Z", "+00:00")) - datetime.now(UTC)
    assert timedelta(days=180) < left < timedelta(days=365)


def test_search_engines_find_published_ideas_only(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        shown = factories.an_idea().id
        hidden = factories.an_idea(state=IdeaState.HIDDEN).id
        db.session.commit()
    sitemap = client.get("/sitemap.xml").text
    assert f"/ideeen/{shown}<" in sitemap
    assert f"/ideeen/{hidden}<" not in sitemap
    assert "Disallow: /moderatie" in client.get("/robots.txt").text


def test_open_data_give_the_public_counts_and_withhold_small_groups(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        idea = factories.an_idea()
        for _ in range(4):
            factories.a_vote(idea)
        for _ in range(3):
            factories.a_vote(idea, factories.a_person(group=Group.PARTNER), VoteValue.AGAINST)
        factories.a_vote(idea, factories.a_person(group=Group.COUNCIL))
        slug = idea.call.slug
        db.session.commit()
    found = client.get(f"/open-data/ideeen?oproep={slug}").json
    assert found is not None
    votes = found["ideas"][0]["votes"]
    assert (votes["for"], votes["against"]) == (5, 3)
    # One council vote is withheld, and with it the smallest group that would give it away.
    assert votes["groups"] == {"resident": {"for": 4, "against": 0}, "council": None, "partner": None}


def test_open_data_leak_nothing_while_counts_are_hidden(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        call = factories.a_call(open_now=False)
        factories.a_phase(call, hides_counts=True)
        idea = factories.an_idea(call)
        factories.a_vote(idea)
        slug = call.slug
        db.session.commit()
    found = client.get(f"/open-data/ideeen?oproep={slug}").json
    assert found is not None
    assert found["countsHidden"] is True
    assert found["ideas"][0]["votes"] is None
    for path in ("/ranglijst", "/ranglijst/themas"):
        page = visit(client, f"{path}?oproep={slug}")
        assert "als deze stemronde voorbij is" in page.text
        assert not page.all(".ranking")


@pytest.mark.one_database
@pytest.mark.parametrize(
    "path", ["/ideeen/999", "/trajecten/nergens", "/nergens", "/themas/9", "/praktijk/x", "/partners/x"]
)
def test_what_does_not_exist_is_a_page_with_a_way_out(client: FlaskClient, path: str) -> None:
    page = visit(client, path, status=404)
    assert "/" in page.links("main a")


@pytest.mark.one_database
def test_headers_on_every_answer(client: FlaskClient) -> None:
    for path in ("/over", "/nergens", "/healthz", "/open-data"):
        headers = client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        for part in ("base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"):
            assert part in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "Strict-Transport-Security" not in headers
    secure = client.get("/over", base_url="https://localhost").headers
    assert "max-age=31536000" in secure["Strict-Transport-Security"]


@pytest.mark.one_database
def test_a_huge_body_is_refused_kindly(client: FlaskClient) -> None:
    answer = client.post("/contact", data={"body": "x" * (11 * 1024 * 1024)})
    assert answer.status_code == 413
    assert "Traceback" not in answer.text


@pytest.mark.one_database
def test_an_error_shows_no_trace(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("a secret of the house")

    monkeypatch.setattr("app.features.partners.queries.partners", fail)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    page = visit(client, "/partners", status=500)
    assert "secret of the house" not in page.html
    assert "ZeroDivisionError" not in page.html


@pytest.mark.one_database
def test_contact_needs_its_token(client: FlaskClient) -> None:
    assert (
        client.post("/contact", data={"body": "Een bericht zonder teken van de pagina."}).status_code == 400
    )
    assert post(client, "/contact", body="Een bericht met een teken van de pagina.").status_code == 303
