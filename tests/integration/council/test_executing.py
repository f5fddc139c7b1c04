"""Carrying out: milestones in sight of everybody, ideas that move with the first one and when all is done."""

from datetime import UTC, datetime

from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import db
from app.domain.lifecycle import PublicStatus
from app.features.council import executing
from app.features.notifications import fan_out
from app.models import AuditEntry, FocusElement, Follow, Idea, Notice, StatusChange, Theme
from app.models.council import Milestone
from tests import factories
from tests.support import look_at, post, visit

from .conftest import Hall

WHY = "Alle bomen staan er."


def path_of(hall: Hall) -> str:
    return f"/beheer/trajecten/{hall.made.slug}/uitvoering"


def test_the_first_step_takes_ideas_into_execution(hall: Hall, desk: FlaskClient) -> None:
    page = visit(desk, path_of(hall), max_queries=12)
    element = hall.made.adopted
    fields = {f"step-{element}-title": "Honderd bomen erbij", f"step-{element}-day": "2031-03-01"}
    for _click in range(2):
        assert page.submit(f"main form[action$='/uitvoering/{element}']", fields).status_code == 303
    assert [row.title for row in hall.all(Milestone)] == ["De eerste honderd bomen", "Honderd bomen erbij"]
    (change,) = hall.all(StatusChange)
    assert (change.idea_id, change.status) == (hall.made.ideas[PublicStatus.ADOPTED], "in_execution")
    assert (
        change.reason
        == "De uitvoering van “Overal een boom” is begonnen. De eerste stap: Honderd bomen erbij"
    )
    assert len(hall.all(AuditEntry)) == 1
    public = visit(hall.app.test_client(), f"/trajecten/{hall.made.slug}/raad", max_queries=8)
    assert "Gepland op 1 maart 2031" in public.one("#execution").get_text()
    picture = public.one("#execution svg[role=img]")
    assert "Honderd bomen erbij" in picture.get_text()


def test_faults_of_a_step(hall: Hall, desk: FlaskClient) -> None:
    element = hall.made.adopted
    page = visit(desk, path_of(hall))
    fields = {f"step-{element}-title": "x", f"step-{element}-day": "ooit"}
    shown = look_at(desk, page.submit(f"main form[action$='/uitvoering/{element}']", fields))
    assert shown.links("[data-error-summary] a") == [f"#step-{element}-title", f"#step-{element}-day"]
    assert shown.one(f"#step-{element}-day")["value"] == "ooit"


def test_a_step_that_is_taken_is_told_once_to_followers(hall: Hall, desk: FlaskClient) -> None:
    with hall.app.app_context():
        follower = factories.a_person().id
        db.session.add(Follow(person_id=follower, process_id=hall.made.process, created_at=datetime.now(UTC)))
        db.session.commit()
    path = f"/beheer/trajecten/{hall.made.slug}/mijlpalen/{hall.made.milestone}"
    for done in ("1", "1", "0", "1"):
        post(desk, path, done=done)
    assert hall.get(Milestone, hall.made.milestone).done_at is not None
    assert len(hall.all(AuditEntry)) == 3
    with hall.app.app_context():
        fan_out.tell_all(datetime.now(UTC))
        notices = db.session.execute(select(Notice.person_id, Notice.title, Notice.waits)).all()
    assert notices == [(follower, "Er is een stap gezet: De eerste honderd bomen", True)]
    post(desk, f"{path}/verwijderen", 409)
    post(desk, path, 400, done="misschien")


def test_everything_carried_out(hall: Hall, desk: FlaskClient) -> None:
    page = visit(desk, path_of(hall))
    element = hall.made.adopted
    assert "2 ideeën van dit thema krijgen de status “Uitgevoerd”." in page.text
    form = f"main form[action$='/{element}/afronden']"
    assert page.submit(form, {f"finish-{element}-reason": WHY}).status_code == 303
    done = {
        hall.get(Idea, hall.made.ideas[status]).public_status
        for status in (PublicStatus.ADOPTED, PublicStatus.IN_EXECUTION)
    }
    assert done == {PublicStatus.DONE}
    assert {change.reason for change in hall.all(StatusChange)} == {WHY}
    (line,) = hall.all(AuditEntry)
    assert (line.action, line.why) == ("council.finish", WHY)
    assert not visit(desk, path_of(hall)).all(form)


def test_what_the_council_did_not_agree_with_is_not_carried_out(hall: Hall, desk: FlaskClient) -> None:
    post(
        desk, f"{path_of(hall)}/{hall.made.asked}", 403, **{f"step-{hall.made.asked}-title": "Toch beginnen"}
    )
    post(
        desk, f"{path_of(hall)}/{hall.made.asked}/afronden", 403, **{f"finish-{hall.made.asked}-reason": WHY}
    )
    assert len(hall.all(Milestone)) == 1


def a_second_element(hall: Hall, theme: int) -> int:
    """Another element of this theme that the council agreed with."""

    def work() -> int:
        first = db.session.get_one(FocusElement, hall.made.adopted)
        row = FocusElement(
            process_id=first.process_id,
            theme_id=theme,
            proposal_id=first.proposal_id,
            decision_id=first.decision_id,
            title="Ook water in de straat",
            result=first.result,
            position=8,
        )
        db.session.add(row)
        db.session.flush()
        return row.id

    return hall.do(work)


def finish(hall: Hall, element: int, reason: str = WHY) -> int:
    return hall.as_organiser(
        lambda organiser: executing.finish(organiser, hall.made.process, element, reason, datetime.now(UTC))
    )


def test_ideas_wait_until_every_element_of_their_themes_has_been_carried_out(
    hall: Hall, desk: FlaskClient
) -> None:
    second = a_second_element(hall, hall.made.other_theme)
    page = visit(desk, path_of(hall), max_queries=12)
    assert "2 ideeën wachten op een ander focuspunt van hun thema’s" in page.text
    form = f"main form[action$='/{hall.made.adopted}/afronden']"
    fields = {f"finish-{hall.made.adopted}-reason": WHY}
    assert page.submit(form, fields).status_code == 303
    assert hall.all(StatusChange) == []
    page = visit(desk, path_of(hall))
    assert not page.all(form)
    assert "2 ideeën van dit thema krijgen de status “Uitgevoerd”." in page.text
    assert finish(hall, second, "Het water stroomt nu ook.") == 2
    assert {hall.get(Idea, change.idea_id).public_status for change in hall.all(StatusChange)} == {"done"}
    assert [line.action for line in hall.all(AuditEntry)] == ["council.finish"] * 2


def test_an_idea_with_two_themes_waits_for_both(hall: Hall) -> None:
    a_second_element(hall, hall.made.theme)
    both = hall.made.ideas[PublicStatus.ADOPTED]

    def work() -> None:
        idea = db.session.get_one(Idea, both)
        idea.themes = [*idea.themes, db.session.get_one(Theme, hall.made.theme)]

    hall.do(work)
    assert finish(hall, hall.made.adopted) == 1
    assert hall.get(Idea, both).public_status == PublicStatus.ADOPTED
    assert hall.get(Idea, hall.made.ideas[PublicStatus.IN_EXECUTION]).public_status == PublicStatus.DONE


def test_finishing_twice_is_once_and_other_words_are_told(hall: Hall, desk: FlaskClient) -> None:
    page, form = visit(desk, path_of(hall)), f"main form[action$='/{hall.made.adopted}/afronden']"
    field = f"finish-{hall.made.adopted}-reason"
    for _click in range(2):
        assert page.submit(form, {field: WHY}).status_code == 303
    late = page.submit(form, {field: "Iets heel anders erover."})
    assert late.status_code == 409
    assert "Iets heel anders erover." in look_at(desk, late).text
    assert len(hall.all(AuditEntry)) == 1


def test_a_step_that_is_planned_afterwards_opens_it_again(hall: Hall) -> None:
    assert finish(hall, hall.made.adopted) == 2
    step = executing.Step("Nog honderd bomen", "", None)
    hall.as_organiser(
        lambda organiser: executing.add(
            organiser, hall.made.process, hall.made.adopted, step, datetime.now(UTC)
        )
    )
    assert hall.get(FocusElement, hall.made.adopted).finished_at is None
