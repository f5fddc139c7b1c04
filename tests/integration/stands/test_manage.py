"""What organisers do with standings: seal, plan, call off, take the file for checkers; each with its audit line."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import db
from app.models.person import Role
from app.models.seal import SealPlan, SealReason, Snapshot
from app.records import seals
from tests import factories
from tests.support import look_at, post, sign_in, visit

from .conftest import Sealer

WHY = "De raad praat er morgen over."


@pytest.fixture
def desk(sealer: Sealer, client: FlaskClient) -> FlaskClient:
    """An organiser, signed in."""
    return sign_in(client, sealer.room.person(Role.ORGANISER))


def given(sealer: Sealer, prefix: str, **values: Any) -> dict[str, Any]:
    """A good form, some of it changed."""
    good = {"call": sealer.room.call, "reason": "council", "workshop": 0, "why": WHY}
    if prefix == "seal":
        good["seen"] = 0
    else:
        good.update(day="2031-05-20", hour="14:00")
    return {f"{prefix}-{name}": value for name, value in {**good, **values}.items()}


def plans(sealer: Sealer) -> list[SealPlan]:
    with sealer.room.app.app_context():
        found = list(db.session.scalars(select(SealPlan).order_by(SealPlan.id)))
        db.session.expunge_all()
        return found


def snapshots(sealer: Sealer) -> list[Snapshot]:
    with sealer.room.app.app_context():
        found = list(db.session.scalars(select(Snapshot).order_by(Snapshot.id)))
        db.session.expunge_all()
        return found


def test_sealing_now_leads_to_the_page_of_the_standing(sealer: Sealer, desk: FlaskClient) -> None:
    page = visit(desk, "/beheer/standen", max_queries=12)
    answer = page.submit(
        'form[action$="/verzegelen"]',
        {
            "seal-call": sealer.room.call,
            "seal-reason": "workshop",
            "seal-workshop": sealer.room.workshop,
            "seal-why": WHY,
        },
    )
    (made,) = snapshots(sealer)
    assert answer.headers["Location"] == f"/stand/{made.id}"
    assert (made.reason, made.workshop_id) == (SealReason.WORKSHOP, sealer.room.workshop)
    (line,) = sealer.lines("ranking.seal")
    assert (line["subject"], line["why"]) == (made.id, WHY)
    assert f"/stand/{made.id}" in visit(desk, "/beheer/standen").links()
    log = visit(desk, "/beheer/logboek")
    assert "verzegelde een stand" in log.text
    assert WHY in log.text


def test_a_standing_that_came_in_between_is_told_first(sealer: Sealer, desk: FlaskClient) -> None:
    first = sealer.seal()
    answer = post(desk, "/beheer/standen/verzegelen", 409, **given(sealer, "seal"))
    page = look_at(desk, answer)
    assert "Er is intussen al een stand verzegeld." in page.text
    assert WHY in page.one("textarea[name=seal-why]").get_text()
    assert len(snapshots(sealer)) == 1
    assert page.submit('form[action$="/verzegelen"]').status_code == 303
    assert [row.previous_digest for row in snapshots(sealer)][1] == sealer.snapshot(first).digest


def test_every_fault_of_a_seal_is_told_at_once_and_nothing_typed_is_lost(
    sealer: Sealer, desk: FlaskClient
) -> None:
    data = given(sealer, "seal", reason="workshop", why="Kort")
    page = look_at(desk, post(desk, "/beheer/standen/verzegelen", 400, **data))
    assert page.texts(".errors li") == [
        "Kies voor welk werkatelier het is.",
        "Schrijf minstens 10 tekens. Anderen van de organisatie lezen dit in het logboek.",
    ]
    assert page.one("textarea[name=seal-why]").get_text().strip() == "Kort"
    assert page.all("input[name=seal-reason][value=workshop][checked]")
    with sealer.room.app.app_context():
        other = factories.a_call(title="Een andere oproep").id
        db.session.commit()
    data = given(sealer, "seal", call=other, workshop=sealer.room.workshop)
    page = look_at(desk, post(desk, "/beheer/standen/verzegelen", 400, **data))
    assert "Dit werkatelier krijgt zijn thema's van een andere oproep" in page.text
    for nonsense in ({"call": 4711}, {"call": "x"}, {"reason": "zomaar"}, {"workshop": 4711}, {"reason": ""}):
        post(desk, "/beheer/standen/verzegelen", 400, **given(sealer, "seal", **nonsense))
    assert not snapshots(sealer)


def test_a_plan_is_a_moment_on_the_clocks_of_the_city(sealer: Sealer, desk: FlaskClient) -> None:
    page = visit(desk, "/beheer/standen")
    data = given(sealer, "plan", reason="workshop", workshop=sealer.room.workshop)
    assert page.submit('form[action$="/plannen"]', data).status_code == 303
    (made,) = plans(sealer)
    assert made.at == datetime(2031, 5, 20, 12, 0, tzinfo=UTC)
    assert made.workshop_id == sealer.room.workshop
    (line,) = sealer.lines("ranking.plan_seal")
    assert (line["subject"], line["why"]) == (made.id, WHY)
    winter = given(sealer, "plan", day="2031-12-01", hour="09:30")
    post(desk, "/beheer/standen/plannen", 303, **winter)
    assert plans(sealer)[1].at == datetime(2031, 12, 1, 8, 30, tzinfo=UTC)
    page = visit(desk, "/beheer/standen")
    assert page.texts(".stands__row--planned .stands__title") == [
        "Wordt verzegeld op 20 mei 2031, 14:00",
        "Wordt verzegeld op 1 december 2031, 09:30",
    ]
    assert "20 mei 2031, 14:00" in visit(desk, "/beheer/logboek").text


@pytest.mark.parametrize(
    ("changed", "sentences"),
    [
        ({"day": "", "hour": ""}, ["Vul een dag in, zoals 2026-11-30.", "Vul een tijd in, zoals 14:00."]),
        ({"day": "31-12-2031", "hour": "25:00"}, ["Vul een dag in", "Vul een tijd in"]),
        ({"day": "2020-01-01"}, ["Kies een moment dat minstens een minuut"]),
        ({"day": "2031-03-30", "hour": "02:30"}, ["De klok slaat dit uur op die dag over."]),
        ({"day": "", "why": "", "reason": ""}, ["Kies waar het voor is.", "Schrijf minstens", "Vul een dag"]),
        ({"day": "9999-01-01"}, ["Vul een dag in"]),
    ],
)
def test_every_fault_of_a_plan_is_told_at_once(
    sealer: Sealer, desk: FlaskClient, changed: dict[str, str], sentences: list[str]
) -> None:
    data = given(sealer, "plan", **changed)
    page = look_at(desk, post(desk, "/beheer/standen/plannen", 400, **data))
    told = page.texts(".errors li")
    assert len(told) == len(sentences)
    for sentence in sentences:
        assert any(text.startswith(sentence) for text in told), told
    for name in ("day", "hour"):
        assert page.one(f"input[name=plan-{name}]").get("value", "") == data[f"plan-{name}"]
    assert not plans(sealer)


def test_a_plan_is_made_once_and_called_off_once(sealer: Sealer, desk: FlaskClient) -> None:
    data = given(sealer, "plan")
    post(desk, "/beheer/standen/plannen", 303, **data)
    page = look_at(desk, post(desk, "/beheer/standen/plannen", 409, **data))
    assert "Er is al een verzegeling gepland op dit moment." in page.text
    (made,) = plans(sealer)
    path = f"/beheer/standen/plannen/{made.id}/annuleren"
    assert f'action="{path}"' in page.html
    post(desk, path, 303)
    post(desk, path, 303)
    assert "intussen" in visit(desk, "/beheer/standen").text
    assert len(sealer.lines("ranking.cancel_seal")) == 1
    assert not visit(desk, "/beheer/standen").all(".stands__row--planned")
    post(desk, "/beheer/standen/plannen/4711/annuleren", 404)


def test_a_plan_comes_true_by_itself(sealer: Sealer, desk: FlaskClient) -> None:
    soon = datetime.now(UTC) + timedelta(minutes=5)
    with sealer.room.app.app_context():
        seals.plan(sealer.room.call, soon, datetime.now(UTC), workshop_id=sealer.room.workshop)
    with time_machine.travel(soon + timedelta(seconds=30)):
        with sealer.room.app.app_context():
            (number,) = seals.run_due(datetime.now(UTC))
        page = visit(desk.application.test_client(), sealer.room.path)
        assert "De agenda volgt uit stand 1" in page.text
        assert f"/stand/{number}" in page.links()


def test_a_workshop_that_is_over_by_then_cannot_be_planned_for(sealer: Sealer, desk: FlaskClient) -> None:
    data = given(sealer, "plan", reason="workshop", workshop=sealer.room.workshop, day="2031-06-01")
    answer = post(desk, "/beheer/standen/plannen", 403, **data)
    assert "Het werkatelier is geweest" in answer.text
    assert not plans(sealer)


def test_the_file_for_checkers_is_a_form_with_a_warning_and_leaves_a_line(
    sealer: Sealer, desk: FlaskClient
) -> None:
    number = sealer.seal()
    page = visit(desk, f"/stand/{number}")
    assert "Pas op: dit bestand kan verraden wat mensen stemden" in page.text
    path = f"/stand/{number}/controle.json"
    assert desk.get(path).status_code == 405
    short = look_at(desk, post(desk, path, 400, **{"check-why": "Zomaar"}))
    assert len(short.texts(".errors li")) == 1
    assert not sealer.lines("stands.take_audit_file")
    answer = page.submit(f'form[action="{path}"]', {"check-why": WHY})
    assert answer.get_data().decode() == sealer.snapshot(number).audit
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="controle-')
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "key" in json.loads(answer.get_data())
    (line,) = sealer.lines("stands.take_audit_file")
    assert (line["subject"], line["why"]) == (number, WHY)
    assert "haalde het controlebestand van een stand op" in visit(desk, "/beheer/logboek").text


@pytest.mark.parametrize("role", [None, Role.MODERATOR, Role.FACILITATOR])
def test_nobody_else_gets_the_file_for_checkers(
    sealer: Sealer, client: FlaskClient, role: Role | None
) -> None:
    number = sealer.seal()
    sign_in(client, sealer.room.person(*([role] if role else [])))
    assert "controle.json" not in visit(client, f"/stand/{number}").html
    post(client, f"/stand/{number}/controle.json", 403, **{"check-why": WHY})
    for path in ("/beheer/standen/verzegelen", "/beheer/standen/plannen"):
        post(client, path, 403, **given(sealer, "seal"))
    assert not sealer.lines("stands.take_audit_file")
    assert len(snapshots(sealer)) == 1


def test_while_counts_are_hidden_organisers_get_no_file_either(sealer: Sealer, desk: FlaskClient) -> None:
    number = sealer.seal()
    sealer.room.hide_counts()
    answer = post(desk, f"/stand/{number}/controle.json", 403, **{"check-why": WHY})
    assert "Je ziet deze stand als de stemronde voorbij is." in answer.text
    page = visit(desk, "/beheer/standen")
    assert "60 stemmen" not in page.text
    # Sealing goes on: what was counted shows when the round is over.
    data = given(sealer, "seal", seen=number)
    post(desk, "/beheer/standen/verzegelen", 303, **data)
    assert len(snapshots(sealer)) == 2
