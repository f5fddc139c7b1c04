"""The audit log: newest first, in words, filtered and paged."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.db import db
from app.models import AuditEntry, Idea
from tests import factories
from tests.support import visit

from .conftest import Office

NOW = datetime.now(UTC)


def a_line(minutes_ago: int = 0, **values: Any) -> AuditEntry:
    base = {"actor_id": None, "action": "moderation.publish", "subject_type": "idea", "subject_id": None}
    return AuditEntry(
        at=NOW - timedelta(minutes=minutes_ago), **{**base, "before": {}, "after": {}, **values}
    )


def test_a_line_says_who_did_what_and_why(office: Office, desk: FlaskClient) -> None:
    idea = office.idea(title="Een bank bij elke bushalte")
    with office.app.app_context():
        found = db.session.get_one(Idea, idea)
        argument = factories.an_argument(found).id
        theme = factories.a_theme(found.call.process, title="Groen en koelte").id
        workshop = factories.a_workshop(found.call).id
        db.session.commit()
    office.log(
        [
            a_line(
                1,
                actor_id=office.organiser,
                action="responses.status",
                subject_id=idea,
                before={"public_status": "open"},
                after={"public_status": "on_agenda"},
                why="Er is <b>tijd</b> voor.",
            ),
            a_line(
                2,
                actor_id=office.second,
                action="moderation.hide_argument",
                subject_type="argument",
                subject_id=argument,
                before={"state": "published"},
                after={"state": "hidden", "reason": "insult", "reports": 2},
            ),
            a_line(
                3, action="import.polis", subject_type="call", subject_id=office.call, after={"votes": 12}
            ),
            a_line(
                4, action="some.future_thing", subject_type="snapshot", subject_id=7, after={"handled": True}
            ),
            a_line(5, before={"state": "published"}, after={"state": "published"}),
            a_line(
                6,
                action="accounts.create",
                subject_type="person",
                subject_id=office.second,
                after={"group": "council", "roles": ["moderator", "organiser"], "delegate": False},
            ),
            a_line(
                7,
                action="workshop.pin_theme",
                subject_type="workshop",
                subject_id=workshop,
                after={"theme": theme, "minutes": 30, "kind": "pinned"},
            ),
        ]
    )
    page = visit(desk, "/beheer/logboek", max_queries=13)
    lines = page.texts(".log__line")
    assert lines[0].startswith("Olaf veranderde de status van een idee: Een bank bij elke bushalte")
    assert "Status: Open Op de agenda" in lines[0]
    assert "Er is <b>tijd</b> voor." in lines[0]
    assert lines[1].startswith("Odile verborg een argument: Een bank bij elke bushalte")
    assert "Staat: Geplaatst Verborgen" in lines[1]
    assert "Reden: Kwetsend of beledigend" in lines[1]
    assert "Meldingen afgesloten: 2" in lines[1]
    assert lines[2].startswith("De server haalde een gesprek binnen: Waar moet de stad slim in zijn?")
    assert "Stemmen: 12" in lines[2]
    assert "some.future_thing" in lines[3]
    assert "Afgehandeld: ja" in lines[3]
    assert "Staat" not in lines[4]
    assert lines[5].startswith("De server maakte een account: Odile")
    assert "Groep: Raadslid" in lines[5]
    assert "Rollen: Moderator, Organisator" in lines[5]
    assert "Afgevaardigde" not in lines[5]
    assert lines[6].startswith("De server zette een thema op een agenda: Werkatelier")
    assert "Thema: Groen en koelte" in lines[6]
    assert "Minuten: 30" in lines[6]
    assert f"/ideeen/{idea}#argument-{argument}" in page.links(".log a")


def test_lines_are_filtered_by_action_and_person(office: Office, desk: FlaskClient) -> None:
    office.log(
        [
            a_line(1, actor_id=office.organiser, why="eerste"),
            a_line(2, actor_id=office.second, why="tweede"),
            a_line(3, actor_id=office.second, action="moderation.hide", why="derde"),
        ]
    )
    page = visit(desk, "/beheer/logboek")
    assert page.texts("#persoon option") == ["Iedereen", "Odile", "Olaf", "De server"]
    assert page.texts("#actie option") == ["Elke handeling", "Verborg een idee", "Plaatste een idee"]
    one = "form.filters"
    answer = page.submit(one, persoon=str(office.second))
    assert answer.status_code == 200
    assert visit(desk, f"/beheer/logboek?persoon={office.second}").texts(".log__why") == ["tweede", "derde"]
    assert visit(desk, "/beheer/logboek?actie=moderation.publish").texts(".log__why") == ["eerste", "tweede"]
    both = visit(desk, f"/beheer/logboek?actie=moderation.hide&persoon={office.second}")
    assert both.texts(".log__why") == ["derde"]
    assert both.one("#actie option[selected]")["value"] == "moderation.hide"
    assert visit(desk, "/beheer/logboek?persoon=x&voor=y").texts(".log__why") == ["eerste", "tweede", "derde"]


def test_pages_follow_on_without_gap_or_repeat(office: Office, desk: FlaskClient) -> None:
    office.log([a_line(0, actor_id=office.organiser, why=f"nummer {number}") for number in range(70)])
    seen: list[str] = []
    page = visit(desk, f"/beheer/logboek?persoon={office.organiser}")
    for _ in range(5):
        seen += page.texts(".log__why")
        if not page.all("a[rel=next]"):
            break
        page = page.follow("a[rel=next]")
    assert seen == [f"nummer {number}" for number in reversed(range(70))]


@pytest.mark.one_database
def test_the_log_speaks_english(office: Office, desk: FlaskClient) -> None:
    office.log([a_line(action="moderation.refuse", after={"reason": "unclear"})])
    page = visit(desk, "/en/beheer/logboek")
    assert page.texts(".log__line")[0].startswith("The server refused an idea")
    assert "Reason: Not clear enough" in page.text
