"""The end of the evening: what it does is shown first; ideas become discussed, and everybody hears it once."""

import json
from datetime import UTC, datetime, timedelta

from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.db import db
from app.domain.lifecycle import IdeaState, PublicStatus
from app.features.notifications import fan_out
from app.models import (
    AgendaVersion,
    AuditEntry,
    Follow,
    Idea,
    MailMessage,
    Notice,
    StatusChange,
    VotedWish,
    Workshop,
)
from app.models.gathering import Registration, RegistrationState
from app.models.person import Role
from tests import factories
from tests.integration.outcomes.conftest import Evening
from tests.support import look_at, post, sign_in, visit

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)


def on_the_agenda(evening: Evening, *themes: str) -> None:
    """Give the ideas of these themes the status that they have before the evening."""
    ids = [number for theme in themes for number in evening.room.ideas[theme]]
    with evening.app.app_context():
        db.session.execute(update(Idea).where(Idea.id.in_(ids)).values(public_status=PublicStatus.ON_AGENDA))
        db.session.commit()


def statuses(evening: Evening, theme: str) -> list[str]:
    with evening.app.app_context():
        return [db.session.get_one(Idea, number).public_status.value for number in evening.room.ideas[theme]]


def told(evening: Evening) -> dict[int, list[str]]:
    """Who has which message about the evening in the inbox, after what waited was told."""
    with evening.app.app_context():
        fan_out.tell_all(datetime.now(UTC))
        rows = db.session.scalars(select(Notice).where(Notice.event_key.like("evening:%")))
        found: dict[int, list[str]] = {}
        for row in rows:
            found.setdefault(row.person_id, []).append(row.title)
        return found


def test_the_page_says_beforehand_what_it_does_and_does_just_that(
    evening: Evening, desk: FlaskClient
) -> None:
    on_the_agenda(evening, "Groen", "Maas")
    with evening.app.app_context():
        follower, voter, wisher, visitor = (factories.a_person() for _one in range(4))
        first, second = evening.room.ideas["Groen"][:2]
        db.session.add_all(
            Follow(person_id=follower.id, idea_id=number, created_at=NOW) for number in (first, second)
        )
        for person in (voter, wisher):
            factories.a_vote(db.session.get_one(Idea, first), person)
        db.session.add(VotedWish(person_id=wisher.id, wanted_at=NOW))
        activity = db.session.get_one(Workshop, evening.room.workshop).activity_id
        db.session.add(
            Registration(
                activity_id=activity,
                person_id=visitor.id,
                state=RegistrationState.COMING,
                asked_at=NOW,
                changed_at=NOW,
            )
        )
        db.session.commit()
        people = follower.id, voter.id, wisher.id, visitor.id
    assert "minstens één thema" in visit(desk, f"{evening.path}/afronden").text
    evening.finish(desk, 403)
    evening.write(desk, conclusion="Meer bomen.")
    page = visit(desk, f"{evening.path}/afronden", max_queries=10)
    assert page.texts("#ideas ~ ul li") == [f"Groen, idee nummer {place} (Groen)" for place in (1, 2, 3)]
    assert page.texts("#told ~ ul li") == [
        "1 auteur, met een mail over al haar of zijn ideeën",
        "3 anderen die dit volgen, erop stemden en het wilden horen, of zich aanmeldden: elk één bericht",
    ]
    evening.finish(desk)
    assert statuses(evening, "Groen") == ["discussed"] * 3
    assert statuses(evening, "Maas") == ["on_agenda"] * 3, "nothing was concluded on it"
    found = told(evening)
    assert sorted(found) == sorted({people[0], people[2], people[3], evening.room.author})
    assert all(len(titles) == 1 for titles in found.values())
    with evening.app.app_context():
        reasons = set(db.session.scalars(select(StatusChange.reason)))
        letter = db.session.scalars(select(MailMessage).where(MailMessage.kind == "ideas_discussed")).one()
        line = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "outcomes.finish")).one()
        assert len(reasons) == 1
        assert "bij het thema Groen. De zaal besloot: Meer bomen." in reasons.pop()
        assert letter.text.count("Groen, idee nummer") == 3
        assert line.after == {"outcomes": 1, "ideas": evening.room.ideas["Groen"]}
    trail = visit(desk, f"/ideeen/{evening.room.ideas['Groen'][0]}")
    assert "De zaal besloot: Meer bomen." in trail.text


def test_finishing_again_changes_nothing_and_tells_nobody(evening: Evening, desk: FlaskClient) -> None:
    on_the_agenda(evening, "Groen")
    evening.write(desk)
    evening.finish(desk)
    before = told(evening)
    evening.finish(desk)
    assert "De avond is al afgerond" in visit(desk, f"{evening.path}/afronden").text
    post(desk, f"{evening.path}/heropenen")
    post(desk, f"{evening.path}/heropenen")
    assert "Wordt nog geschreven" in visit(desk, evening.path).text
    evening.finish(desk)
    assert told(evening) == before
    with evening.app.app_context():
        assert len(db.session.scalars(select(StatusChange)).all()) == 3
        assert len(db.session.scalars(select(MailMessage)).all()) == 1
    assert [line for line in evening.lines() if line != "outcomes.record"] == [
        "outcomes.finish",
        "outcomes.reopen",
        "outcomes.finish",
    ]


def test_what_an_organiser_put_back_stays_back_and_a_new_theme_still_moves(
    evening: Evening, desk: FlaskClient
) -> None:
    on_the_agenda(evening, "Groen", "Maas")
    evening.write(desk)
    evening.finish(desk)
    number = evening.room.ideas["Groen"][0]
    with evening.app.app_context():
        db.session.execute(update(Idea).where(Idea.id == number).values(public_status=PublicStatus.ON_AGENDA))
        db.session.commit()
    evening.write(desk, "Maas", conclusion="Hogere dijken.", why="Deze flap lag nog in de zaal.")
    page = visit(desk, f"{evening.path}/afronden")
    assert page.texts("#ideas ~ ul li") == [f"Maas, idee nummer {place} (Maas)" for place in (1, 2, 3)]
    evening.finish(desk)
    assert statuses(evening, "Groen") == ["on_agenda", "discussed", "discussed"]
    assert statuses(evening, "Maas") == ["discussed"] * 3


def test_only_ideas_that_were_on_the_agenda_move(evening: Evening, desk: FlaskClient) -> None:
    """The published agenda names them; what went further, left the site or stood nowhere stays as it is."""
    ideas = evening.room.ideas["Groen"]
    part = {
        "key": "theme:1",
        "kind": "theme",
        "number": 1,
        "themeId": evening.room.themes["Groen"],
        "title": "Groen",
        "minutes": 30,
        "begins": 10,
        "why": "",
        "ideas": ideas[:2],
    }
    pinned = {"kind": "pinned", "title": "Groen", "reason": "De raad vroeg erom."}
    document = {
        "title": "Avond",
        "parts": [part],
        "deviations": [pinned],
        "stand": None,
        "weighting": "per_group",
    }
    with evening.app.app_context():
        db.session.add(
            AgendaVersion(
                workshop_id=evening.room.workshop,
                number=1,
                document=json.dumps(document),
                digest="0" * 64,
                published_at=NOW,
            )
        )
        db.session.get_one(Idea, ideas[1]).state = IdeaState.HIDDEN
        db.session.commit()
    evening.write(desk)
    evening.finish(desk)
    assert statuses(evening, "Groen") == ["discussed", "open", "open"]
    report = visit(desk, f"{evening.room.path}/verslag")
    assert "op de agenda gezet, wat de stemmen ook zeggen. Reden: De raad vroeg erom." in report.text


def test_before_it_begins_and_for_others_it_is_not_finished(evening: Evening, desk: FlaskClient) -> None:
    evening.write(desk)
    evening.began(timedelta(hours=-1))
    assert "nog niet begonnen" in look_at(desk, evening.finish(desk, 403)).text
    organiser = sign_in(evening.app.test_client(), evening.room.person(Role.ORGANISER))
    evening.finish(organiser, 403)
    assert evening.lines() == ["outcomes.record"]
