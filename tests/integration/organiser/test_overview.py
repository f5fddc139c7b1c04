"""The overview, the messages, and who may come in."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from app.db import db
from app.domain.ballot import Group, Side
from app.domain.lifecycle import IdeaState
from app.models import AuditEntry, ContactMessage, Idea, Report
from app.models.moderation import ReportReason
from app.models.person import Role
from tests import factories
from tests.support import post, sign_in, visit

from .conftest import Office

PAGES = ["/beheer", "/beheer/logboek", "/beheer/berichten", "/beheer/ideeen"]


def test_the_overview_counts_what_is_there(office: Office, desk: FlaskClient) -> None:
    office.person(group=Group.COUNCIL)
    office.message()
    office.message(handled=True)
    for state in (IdeaState.SUBMITTED, IdeaState.SUBMITTED, IdeaState.HIDDEN, IdeaState.DRAFT):
        office.idea(state=state)
    published = office.idea()
    with office.app.app_context():
        idea = db.session.get_one(Idea, published)
        factories.a_vote(idea)
        argument = factories.an_argument(idea, side=Side.AGAINST)
        for text in ({"idea_id": published}, {"argument_id": argument.id}):
            db.session.add(
                Report(
                    reporter_id=office.author,
                    reason=ReportReason.OTHER,
                    created_at=datetime.now(UTC) - timedelta(days=9),
                    **text,
                )
            )
        db.session.commit()
    page = visit(desk, "/beheer", max_queries=8)
    assert "4 teksten wachten op een moderator" in page.text
    assert "de oudste al 1 week" in page.text
    assert "1 bericht staat open" in page.text
    assert page.texts(".stat") == [
        "6 mensen",
        "1 geplaatste ideeën",
        "1 stemmen",
        "1 argumenten en reacties",
    ]
    assert page.texts(".definitions div") == ["Inwoner 5", "Raadslid 1", "Partner in de stad 0"]
    rows = page.texts(".chart tbody tr")
    assert "Wacht op een moderator 2" in rows
    assert "Verborgen 1" in rows
    assert not any("Concept" in row for row in rows)


def test_a_moderator_among_the_organisers_finds_the_queue(office: Office, client: FlaskClient) -> None:
    office.idea(state=IdeaState.SUBMITTED)
    sign_in(client, office.organiser)
    assert not visit(client, "/beheer").all("main a[href='/moderatie']")
    sign_in(client, office.person(Role.ORGANISER, Role.MODERATOR))
    assert visit(client, "/beheer").all("main a[href='/moderatie']")


def test_messages_are_read_and_handled(office: Office, desk: FlaskClient) -> None:
    first = office.message(body="Kan ik ook bellen?\n\nOf <b>langskomen</b>?")
    office.message(name="", email="", body="Zonder naam en adres.")
    page = visit(desk, "/beheer/berichten", max_queries=4)
    assert page.texts(".inbox__from") == ["Zonder naam", "Trees"]
    assert "Of <b>langskomen</b>?" in page.text
    assert page.links(".inbox a") == ["mailto:trees@voorbeeld.example"]
    answer = page.submit(f"form[action='/beheer/berichten/{first}/afhandelen']")
    assert answer.location == "/beheer/berichten"
    page = visit(desk, "/beheer/berichten")
    assert "Het bericht is afgehandeld." in page.text
    assert page.texts(".inbox__from") == ["Zonder naam"]
    handled = visit(desk, "/beheer/berichten?soort=afgehandeld")
    assert handled.texts(".inbox__from") == ["Trees"]
    handled.submit(f"form[action='/beheer/berichten/{first}/heropenen']")
    assert office.get(ContactMessage, first).handled_at is None
    lines = office.all(AuditEntry)
    assert [(line.action, line.subject_type, line.subject_id) for line in lines] == [
        ("organiser.handle_message", "contact_message", first),
        ("organiser.reopen_message", "contact_message", first),
    ]


def test_handling_twice_changes_and_writes_once(office: Office, desk: FlaskClient) -> None:
    message = office.message()
    post(desk, f"/beheer/berichten/{message}/afhandelen")
    moment = office.get(ContactMessage, message).handled_at
    post(desk, f"/beheer/berichten/{message}/afhandelen")
    assert office.get(ContactMessage, message).handled_at == moment
    assert len(office.all(AuditEntry)) == 1
    post(desk, "/beheer/berichten/4711/afhandelen", 404)


def test_messages_are_paged(office: Office, desk: FlaskClient) -> None:
    for number in range(23):
        office.message(name=f"Bezoeker {number:02d}")
    page = visit(desk, "/beheer/berichten")
    assert page.texts(".inbox__from")[0] == "Bezoeker 22"
    assert page.follow("a[rel=next]").texts(".inbox__from") == ["Bezoeker 02", "Bezoeker 01", "Bezoeker 00"]


def test_empty_pages_say_so(office: Office, desk: FlaskClient) -> None:
    for path, words in zip(
        [*PAGES, "/beheer/berichten?soort=afgehandeld"],
        [
            "Nog niets",
            "Geen regels gevonden",
            "Geen open berichten",
            "Geen ideeën gevonden",
            "Nog geen afgehandelde",
        ],
        strict=True,
    ):
        assert words in visit(desk, path).text


@pytest.mark.parametrize("path", PAGES)
def test_only_organisers_come_in(office: Office, client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 303
    for roles in [(), (Role.FACILITATOR,), (Role.MODERATOR,)]:
        sign_in(client, office.person(*roles))
        assert "Deze pagina is voor de organisatie." in visit(client, path, status=403).text


def test_only_organisers_handle_messages(office: Office, client: FlaskClient) -> None:
    message = office.message()
    for roles in [(), (Role.FACILITATOR,), (Role.MODERATOR,)]:
        sign_in(client, office.person(*roles))
        post(client, f"/beheer/berichten/{message}/afhandelen", 403)
        post(client, f"/beheer/berichten/{message}/heropenen", 403)
    assert office.get(ContactMessage, message).handled_at is None


@pytest.mark.one_database
def test_the_room_speaks_english(office: Office, desk: FlaskClient) -> None:
    office.message()
    office.idea(state=IdeaState.SUBMITTED)
    headings = [visit(desk, f"/en{path}").h1 for path in PAGES]
    assert headings == ["Organisation", "Audit log", "Messages", "Answer ideas"]
    page = visit(desk, "/en/beheer")
    assert "1 text waits for a moderator" in page.text
    assert "1 message is open" in page.text
