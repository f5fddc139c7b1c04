"""The decision of the council: shown before it is published, per element, told with reasons, and corrected in sight."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import db
from app.domain.lifecycle import PublicStatus
from app.features.council import deciding, plans, rulings
from app.features.council.holding import Overtaken
from app.features.notifications import fan_out
from app.kit import moments
from app.models import (
    AuditEntry,
    CouncilDecision,
    FocusElement,
    Follow,
    Idea,
    MailMessage,
    Notice,
    Person,
    StatusChange,
)
from app.models.council import CouncilProposal, CouncilResult
from tests import factories
from tests.integration.organiser.recipes_of_the_council import decision_fields
from tests.support import csrf_token, look_at, post, sign_in, visit
from tests.support.chamber import a_ruling

from .conftest import Hall

FORM = "main form[action$='/besluit']"
WHY = "De raad vindt dit te duur voor dit jaar."


def path_of(hall: Hall) -> str:
    return f"/beheer/trajecten/{hall.made.slug}/raad/voorstellen/{hall.made.handed_in}/besluit"


def idea_before(hall: Hall) -> int:
    return hall.made.ideas[PublicStatus.BEFORE_COUNCIL]


def test_it_is_shown_first_and_published_when_confirmed(hall: Hall, desk: FlaskClient) -> None:
    hall.drop(PublicStatus.DISCUSSED)
    page = visit(desk, path_of(hall), max_queries=12)
    first = page.submit(FORM, decision_fields(hall.made.asked))
    assert first.status_code == 200
    assert hall.get(Idea, idea_before(hall)).public_status == PublicStatus.BEFORE_COUNCIL
    assert len(hall.all(CouncilDecision)) == 1  # the one of the other proposal
    shown = look_at(desk, first)
    assert "Eén idee wordt aangenomen." in shown.text
    assert "Eén persoon hoort ervan" in shown.text
    mark = str(shown.one("button[name=sure]")["value"])
    answer = shown.submit(FORM, button=mark)
    assert answer.status_code == 303
    decision = hall.all(CouncilDecision)[-1]
    assert (decision.proposal_id, decision.result) == (hall.made.handed_in, CouncilResult.ADOPTED)
    element = hall.get(FocusElement, hall.made.asked)
    assert (element.decision_id, element.result) == (decision.id, CouncilResult.ADOPTED)
    assert hall.get(Idea, idea_before(hall)).public_status == PublicStatus.ADOPTED
    (change,) = hall.all(StatusChange)
    assert change.reason == "De raad nam “Focuspunt bij de raad” aan."
    (line,) = hall.all(AuditEntry)
    assert (line.action, line.after["outcome"], line.after["ideas"]) == ("council.decide", "adopted", 1)
    (letter,) = hall.all(MailMessage)
    assert "De raad nam “Focuspunt bij de raad” aan." in letter.text
    public = visit(hall.app.test_client(), f"/trajecten/{hall.made.slug}/raad")
    assert "Besluit over privacy" in public.text
    assert "https://raad.example/stuk" in public.links("#decisions a")


def test_back_gives_the_form_with_what_was_typed(hall: Hall, desk: FlaskClient) -> None:
    page = visit(desk, path_of(hall))
    shown = look_at(desk, page.submit(FORM, decision_fields(hall.made.asked)))
    form = look_at(desk, shown.submit(FORM, button="1"))
    assert form.one("#decision-title")["value"] == "Besluit over privacy"
    assert form.one(f"#decision-result_{hall.made.asked} input[checked]")["value"] == "adopted"


@pytest.mark.one_database
def test_every_fault_is_named(hall: Hall, desk: FlaskClient) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    fields = decision_fields(hall.made.asked, "not_adopted", day=tomorrow, document_url="raad", text="kort")
    shown = look_at(desk, post(desk, path_of(hall), 400, **fields))
    assert shown.links("[data-error-summary] a") == [
        "#decision-text",
        "#decision-document_url",
        "#decision-day",
        f"#decision-words_{hall.made.asked}",
    ]
    long_ago = decision_fields(hall.made.asked, day="2019-01-01")
    shown = look_at(desk, post(desk, path_of(hall), 400, **long_ago))
    assert shown.links("[data-error-summary] a") == ["#decision-day"]
    bare = {key: value for key, value in decision_fields(hall.made.asked).items() if "result" not in key}
    shown = look_at(desk, post(desk, path_of(hall), 400, **bare))
    assert shown.links("[data-error-summary] a") == [f"#decision-result_{hall.made.asked}"]


def decide(hall: Hall, ruling: rulings.Ruling, **values: Any) -> bool:
    """Publish a decision on the proposal that waits for one."""

    def work(organiser: Person) -> bool:
        now = datetime.now(UTC)
        seen = plans.of_decision(hall.made.process, ruling, now).mark
        return deciding.decide(organiser, hall.made.process, hall.made.handed_in, ruling, seen, now)

    return hall.as_organiser(work, **values)


def test_not_adopted_tells_why(hall: Hall) -> None:
    assert decide(hall, a_ruling(hall.made.asked, CouncilResult.NOT_ADOPTED, WHY))
    idea = hall.get(Idea, idea_before(hall))
    assert idea.public_status == PublicStatus.NOT_ADOPTED
    page = visit(hall.app.test_client(), f"/ideeen/{idea.id}")
    assert f"De raad nam “Focuspunt bij de raad” niet aan: {WHY}" in page.text
    left = visit(hall.app.test_client(), f"/trajecten/{hall.made.slug}/spoor")
    assert WHY in left.text


def test_who_follows_the_process_hears_of_a_decision_that_moves_no_ideas(hall: Hall) -> None:
    for status in (PublicStatus.DISCUSSED, PublicStatus.BEFORE_COUNCIL):
        hall.drop(status)
    with hall.app.app_context():
        follower = factories.a_person().id
        db.session.add(Follow(person_id=follower, process_id=hall.made.process, created_at=datetime.now(UTC)))
        db.session.commit()
        plan = plans.of_decision(hall.made.process, a_ruling(hall.made.asked), datetime.now(UTC))
        assert (plan.moves, plan.people) == ({}, 1)
    assert decide(hall, a_ruling(hall.made.asked))
    with hall.app.app_context():
        fan_out.tell_all(datetime.now(UTC))
        told = db.session.execute(select(Notice.person_id, Notice.title, Notice.text)).all()
    assert told == [(follower, "De raad stemde in: Besluit over privacy", "De raad heeft besloten.")]


@pytest.mark.parametrize("hours", [-1, 1, 30], ids=["before it was handed in", "still to come", "tomorrow"])
def test_in_a_trail_the_decision_stands_after_the_proposal_and_not_later_than_now(
    hall: Hall, hours: int
) -> None:
    """Of the day that an organiser fills in it is midday, which may not have been, or before the proposal was there."""
    with hall.app.app_context():
        handed_in = db.session.get_one(CouncilProposal, hall.made.handed_in).handed_in_at
    assert handed_in is not None
    midday = handed_in - timedelta(hours=1) if hours < 0 else datetime.now(UTC) + timedelta(hours=hours)
    assert decide(hall, replace(a_ruling(hall.made.asked), decided_at=midday))
    with hall.app.app_context():
        row = db.session.query(CouncilDecision).filter_by(proposal_id=hall.made.handed_in).one()
        assert handed_in < row.decided_at <= datetime.now(UTC)


def test_an_idea_that_waits_for_another_proposal_waits_on(hall: Hall) -> None:
    def other_waits() -> None:
        idea = db.session.get_one(Idea, idea_before(hall))
        other = factories.a_theme(idea.call.process)
        idea.themes = [*idea.themes, other]
        row = db.session.get_one(FocusElement, hall.made.drafted)
        assert row.proposal is not None
        row.theme, row.proposal.handed_in_at = other, datetime.now(UTC)

    hall.do(other_waits)
    assert decide(hall, a_ruling(hall.made.asked, CouncilResult.NOT_ADOPTED, WHY))
    assert hall.get(Idea, idea_before(hall)).public_status == PublicStatus.BEFORE_COUNCIL


def at_once(work: Callable[[int], None], times: int) -> None:
    threads = [threading.Thread(target=work, args=(turn,)) for turn in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


def test_of_ten_clicks_one_publishes_and_none_is_refused(hall: Hall) -> None:
    hall.drop(PublicStatus.DISCUSSED)
    gate, codes = threading.Barrier(10), []
    with hall.app.app_context():
        ruling = a_ruling(hall.made.asked)
        mark = plans.of_decision(hall.made.process, ruling, datetime.now(UTC)).mark

    def click(_turn: int) -> None:
        client = sign_in(hall.app.test_client(), hall.organiser)
        data = {**decision_fields(hall.made.asked), "sure": mark, "csrf_token": csrf_token(client)}
        gate.wait()
        codes.append(client.post(path_of(hall), data=data).status_code)

    at_once(click, 10)
    assert codes == [303] * 10
    assert len(hall.all(CouncilDecision)) == 2
    assert len(hall.all(StatusChange)) == len(hall.all(AuditEntry)) == len(hall.all(MailMessage)) == 1


def test_of_two_who_say_different_things_one_is_told_so(hall: Hall) -> None:
    hall.drop(PublicStatus.DISCUSSED)
    gate = threading.Barrier(2)
    found: list[bool | str] = []
    rulings = (a_ruling(hall.made.asked), a_ruling(hall.made.asked, CouncilResult.NOT_ADOPTED, WHY))

    def click(turn: int) -> None:
        gate.wait()
        try:
            found.append(decide(hall, rulings[turn], second=bool(turn)))
        except Overtaken:
            found.append("overtaken")

    at_once(click, 2)
    assert sorted(map(str, found)) == ["True", "overtaken"]
    assert len(hall.all(CouncilDecision)) == 2
    assert len(hall.all(StatusChange)) == 1


@pytest.mark.parametrize("name", ["document_url", "day", "words"])
def test_whatever_somebody_else_noted_down_differently_is_said_and_kept(
    hall: Hall, desk: FlaskClient, name: str
) -> None:
    page = visit(desk, path_of(hall))
    shown = look_at(desk, page.submit(FORM, decision_fields(hall.made.asked)))
    sure = str(shown.one("button[name=sure]")["value"])
    assert decide(hall, a_ruling(hall.made.asked), second=True)
    data = {**decision_fields(hall.made.asked), "sure": sure}
    assert desk.post(path_of(hall), data={**data, "csrf_token": csrf_token(desk)}).status_code == 303
    today = moments.day_of(datetime.now(UTC))
    other = {
        "document_url": "https://raad.example/ander-stuk",
        "day": (today - timedelta(days=1)).isoformat(),
        "words": "Mits het dorp meedoet.",
    }[name]
    hall.do(
        lambda: db.session.query(CouncilProposal).update(
            {"handed_in_at": datetime.now(UTC) - timedelta(days=9)}
        )
    )
    field = f"decision-words_{hall.made.asked}" if name == "words" else f"decision-{name}"
    late = desk.post(path_of(hall), data={**data, field: other, "csrf_token": csrf_token(desk)})
    assert late.status_code == 409
    kept = look_at(desk, late).one(f"#{field}")
    assert other in (kept.get("value") or kept.get_text())


def test_what_changed_since_it_was_shown_is_shown_again(hall: Hall, desk: FlaskClient) -> None:
    hall.drop(PublicStatus.DISCUSSED)
    shown = look_at(desk, visit(desk, path_of(hall)).submit(FORM, decision_fields(hall.made.asked)))

    def one_more() -> None:
        idea = db.session.get_one(Idea, hall.made.ideas[PublicStatus.OPEN])
        idea.public_status = PublicStatus.BEFORE_COUNCIL

    hall.do(one_more)
    late = shown.submit(FORM, button=str(shown.one("button[name=sure]")["value"]))
    assert late.status_code == 409
    again = look_at(desk, late)
    assert "2 ideeën worden aangenomen." in again.text
    assert again.submit(FORM, button=str(again.one("button[name=sure]")["value"])).status_code == 303
    assert len(hall.all(StatusChange)) == 2


def test_an_idea_that_was_discussed_late_goes_along_with_the_decision(hall: Hall) -> None:
    """After its theme went to the council; what an organiser put back from there stays back."""
    late, back = hall.made.ideas[PublicStatus.DISCUSSED], hall.made.ideas[PublicStatus.OPEN]

    def put_back() -> None:
        idea = db.session.get_one(Idea, back)
        idea.public_status = PublicStatus.DISCUSSED
        db.session.add(
            StatusChange(
                idea_id=back,
                status=PublicStatus.BEFORE_COUNCIL,
                reason="Te vroeg.",
                changed_at=datetime.now(UTC),
            )
        )

    hall.do(put_back)
    assert decide(hall, a_ruling(hall.made.asked))
    assert hall.get(Idea, late).public_status == PublicStatus.ADOPTED
    assert hall.get(Idea, back).public_status == PublicStatus.DISCUSSED
    page = visit(hall.app.test_client(), f"/ideeen/{back}")
    assert "“Focuspunt bij de raad” ging naar de raad voor het thema ervan." in page.text


@pytest.mark.parametrize("others", [True, False])
def test_discussed_late_and_not_adopted_unless_another_element_may_take_it_along(
    hall: Hall, *, others: bool
) -> None:
    if not others:
        hall.do(
            lambda: (
                db.session.query(FocusElement)
                .filter(FocusElement.theme_id == hall.made.theme, FocusElement.id != hall.made.asked)
                .update({"theme_id": None})
            )
        )
    assert decide(hall, a_ruling(hall.made.asked, CouncilResult.NOT_ADOPTED, WHY))
    late = hall.get(Idea, hall.made.ideas[PublicStatus.DISCUSSED])
    assert late.public_status == (PublicStatus.DISCUSSED if others else PublicStatus.NOT_ADOPTED)


def test_an_idea_that_was_not_discussed_shows_what_became_of_its_theme(hall: Hall) -> None:
    idea = hall.made.ideas[PublicStatus.OPEN]
    assert decide(hall, a_ruling(hall.made.asked))
    assert hall.get(Idea, idea).public_status == PublicStatus.OPEN
    page = visit(hall.app.test_client(), f"/ideeen/{idea}", max_queries=6)
    assert "De raad stemde in: Besluit over privacy" in page.texts(".trail__title")
    assert "Dit idee zelf is niet besproken, dus het ging niet mee." in page.text
    left = visit(hall.app.test_client(), f"/trajecten/{hall.made.slug}/spoor")
    assert "Ging niet mee naar de raad (1)" in left.text
    assert "Dit idee zelf is niet besproken, dus het ging niet mee." in left.text


def test_the_council_cannot_have_decided_on_what_it_does_not_have(hall: Hall, desk: FlaskClient) -> None:
    path = path_of(hall).replace(f"/{hall.made.handed_in}/", f"/{hall.made.proposal}/")
    assert "Dien het voorstel eerst in." in visit(desk, path).text
    post(desk, path, 403, **decision_fields(hall.made.drafted))
