"""What the actions on an agenda need: a workshop whose themes people voted for, its builder, and the forms on it."""

from typing import Any

from flask import Flask

from app.db import db
from app.models import AgendaInvitation, AgendaItem, Call, Idea, Workshop
from app.models.workshop import AgendaItemKind, Invited
from app.records import standings
from tests import factories
from tests.support import sign_in, visit

from .conftest import Office
from .recipes_of_organisers import SENTENCE, Recipe


def _built(office: Office) -> tuple[int, list[int], list[int]]:
    """A workshop of an hour and a half with two themes on its draft; the numbers of all, and of the two authors."""
    app: Flask = office.app
    with app.app_context():
        call = db.session.get_one(Call, office.call)
        workshop = factories.a_workshop(call)
        db.session.add(
            AgendaItem(workshop_id=workshop.id, kind=AgendaItemKind.OPENING, title="Welkom", minutes=10)
        )
        themes, authors = [], []
        for title in ("Groen", "Maas"):
            theme, author = factories.a_theme(call.process, title=title), factories.a_person()
            ideas: list[Idea] = [factories.an_idea(call, author, themes=[theme]) for _ in range(3)]
            for _ in range(8):
                voter = factories.a_person()
                for idea in ideas:
                    factories.a_vote(idea, voter)
            themes.append(theme.id)
            authors.append(author.id)
        number = workshop.id
        db.session.commit()
        standings.refresh(office.call, factories.NOW)
    return number, themes, authors


def _hidden(office: Office, workshop: int, form: str) -> dict[str, str]:
    """What the page put into a form by itself."""
    client = sign_in(office.app.test_client(), office.everything)
    page = visit(client, f"/werkateliers/{workshop}/agenda")
    return {
        str(tag["name"]): str(tag.get("value", ""))
        for tag in page.all(f"form[action$='/agenda/{form}'] input[type=hidden]")
        if tag["name"] != "csrf_token"
    }


def _choose_basis(office: Office) -> dict[str, Any]:
    return {"workshop_id": _built(office)[0], "data": {"basis-basis": "votes"}}


def _moved(office: Office) -> tuple[int, dict[str, str]]:
    """A workshop, and the form that puts its second theme first."""
    workshop, themes, _authors = _built(office)
    data = {**_hidden(office, workshop, "volgorde"), "order-reason": SENTENCE}
    return workshop, {**data, "move": f"theme:{themes[1]} 0"}


def _move(office: Office) -> dict[str, Any]:
    workshop, data = _moved(office)
    return {"workshop_id": workshop, "data": data}


def _publish(office: Office) -> dict[str, Any]:
    workshop = _built(office)[0]
    data = {**_hidden(office, workshop, "publiceren"), "publish-note": "De eerste versie van de agenda."}
    return {"workshop_id": workshop, "data": data}


def _invite(office: Office) -> dict[str, Any]:
    workshop, themes, authors = _built(office)
    return {"workshop_id": workshop, "theme_id": themes[0], "data": {"people": authors[0]}}


def _restore_order(office: Office) -> dict[str, Any]:
    workshop, themes, _authors = _built(office)
    with office.app.app_context():
        row = db.session.get_one(Workshop, workshop)
        row.order, row.order_reason = [f"theme:{number}" for number in reversed(themes)], SENTENCE
        db.session.commit()
    return {"workshop_id": workshop, "data": {}}


def _withdraw(office: Office) -> dict[str, Any]:
    workshop, themes, authors = _built(office)
    with office.app.app_context():
        asked = AgendaInvitation(
            workshop_id=workshop,
            theme_id=themes[0],
            person_id=authors[0],
            role=Invited.PROPOSER,
            token_hash="0" * 64,
            asked_at=factories.NOW,
        )
        db.session.add(asked)
        db.session.commit()
        return {"workshop_id": workshop, "invitation_id": asked.id, "data": {}}


AGENDA: dict[str, Recipe] = {
    "workshop.choose_basis": _choose_basis,
    "workshop.move": _move,
    "workshop.publish": _publish,
    "workshop.invite": _invite,
    "workshop.restore_order": _restore_order,
    "workshop.withdraw_invitation": _withdraw,
}
