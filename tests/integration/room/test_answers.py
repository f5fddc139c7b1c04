"""Answers to an open question: merged, parted, taken off the screens, and never another result than what was shown."""

import threading
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import db
from app.domain import rounds as rules
from app.domain.decision import NotAllowed
from app.features.room import answers_service
from app.models import AuditEntry, Person, RoundOption
from app.models.room import RoundKind, RoundState
from app.records import rooms
from tests.support import look_at, post, sign_in, visit
from tests.support.hall import Hall
from tests.support.page import Page


@pytest.fixture
def desk(hall: Hall, client: FlaskClient) -> FlaskClient:
    """The facilitator, signed in."""
    return sign_in(client, hall.facilitator)


def merge(desk: FlaskClient, hall: Hall, number: int, same: Sequence[int], into: int) -> Page:
    """Tick answers, choose the one that stays; the page afterwards."""
    answers = visit(desk, f"{hall.path}/rondes/{number}/antwoorden")
    ticked = look_at(desk, answers.submit("#merge", {"same": list(same)}))
    assert ticked.submit("form.form", {"into": into}).status_code == 303
    return visit(desk, f"{hall.path}/rondes/{number}/antwoorden")


def actions(hall: Hall) -> list[str]:
    with hall.app.app_context():
        return list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_answers_are_merged_unmerged_and_hidden(hall: Hall, desk: FlaskClient) -> None:
    number = hall.round(RoundKind.OPEN, options=("Bomen", "Meer groen", "Onzin"), state=RoundState.CLOSED)
    one, two, three = hall.options(number)
    both, other = hall.attendee(), hall.attendee()
    for attendee, option in ((both, one), (both, two), (other, two), (other, three)):
        hall.vote(number, attendee, option, 1)
    page = merge(desk, hall, number, [one, two], one)
    page.submit(f"#answer-{three} form:has([value=hide])")
    page.submit(f"#answer-{three} form:has([value=hide])")
    page = visit(desk, f"{hall.path}/rondes/{number}/antwoorden")
    page.submit("form:has([value=unmerge])")
    merge(desk, hall, number, [one, two], one)
    hall.lead("reveal", number)
    public = visit(hall.app.test_client(), f"{hall.path}/rondes/{number}")
    assert public.texts(".room-figures__text") == ["Bomen"]
    assert public.texts(".room-figures__facts dd strong") == ["2"]
    page = visit(desk, f"{hall.path}/rondes/{number}/antwoorden")
    page.submit(f"#answer-{three} form:has([value=show])")
    public = visit(hall.app.test_client(), f"{hall.path}/rondes/{number}")
    assert public.texts(".room-figures__text") == ["Bomen", "Onzin"]
    assert public.texts(".room-figures__facts dd strong") == ["2", "1"]
    assert actions(hall) == [
        *("rounds.merge", "rounds.hide", "rounds.unmerge", "rounds.merge", "rounds.reveal", "rounds.show"),
    ]


SHOWN = "Iedereen heeft de uitslag van deze ronde gezien, dus de antwoorden blijven samen of apart."


def test_what_was_shown_is_not_merged_or_parted_any_more(hall: Hall, desk: FlaskClient) -> None:
    number = hall.round(RoundKind.OPEN, options=("Bomen", "Meer groen", "Water"), state=RoundState.CLOSED)
    one, two, three = hall.options(number)
    for option in (one, two, two, three):
        hall.vote(number, hall.attendee(), option, 1)
    answers = f"{hall.path}/rondes/{number}/antwoorden"
    page = merge(desk, hall, number, [one, two], one)
    hall.lead("reveal", number)

    def figures() -> list[str]:
        public = visit(hall.app.test_client(), f"{hall.path}/rondes/{number}")
        return [*public.texts(".room-figures__text"), *public.texts(".room-figures__facts dd strong")]

    before = figures()
    assert before == ["Bomen", "Water", "3", "1"]
    # The page that was open when the result came still has its buttons: what they send is refused with the sentence.
    assert page.all("#merge")
    assert page.all("form:has([value=unmerge])")
    for sent in ({"same": [one, three]}, {"same": [one, three], "into": one}):
        assert SHOWN in post(desk, answers, 403, **sent).text
    assert SHOWN in post(desk, f"{answers}/{two}", 403, verb="unmerge").text
    page = visit(desk, answers)
    assert SHOWN in page.text
    assert not page.all("#merge, [name=same]")
    assert not page.all("form:has([value=unmerge])")
    assert figures() == before
    assert actions(hall) == ["rounds.merge", "rounds.reveal"]


def test_of_merging_and_showing_at_once_the_figures_stay_what_was_shown(
    hall: Hall, desk: FlaskClient
) -> None:
    number = hall.round(RoundKind.OPEN, options=("Bomen", "Meer groen"), state=RoundState.CLOSED)
    one, two = hall.options(number)
    start, seen = threading.Barrier(2), {}

    def merge() -> None:
        start.wait()
        with hall.app.app_context():
            room = rooms.get(hall.workshop)
            assert room is not None
            actor = db.session.get_one(Person, hall.facilitator)
            try:
                answers_service.merge(actor, room, number, [two], one, datetime.now(UTC))
                seen["merge"] = "done"
            except NotAllowed as no:
                seen["merge"] = no.decision.refusal

    def reveal() -> None:
        start.wait()
        hall.lead("reveal", number)
        seen["reveal"] = "done"

    threads = [threading.Thread(target=each) for each in (merge, reveal)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen["reveal"] == "done"
    with hall.app.app_context():
        merged = db.session.get_one(RoundOption, two).merged_into_id
    if seen["merge"] == "done":
        assert (merged, actions(hall)) == (one, ["rounds.merge", "rounds.reveal"])
    else:
        assert "seen the result" in seen["merge"]
        assert (merged, actions(hall)) == (None, ["rounds.reveal"])


def test_merging_a_merged_answer_takes_its_own_along(hall: Hall, desk: FlaskClient) -> None:
    number = hall.round(RoundKind.OPEN, options=("Een", "Twee", "Drie"))
    one, two, three = hall.options(number)
    for option, into in ((two, one), (one, three), (three, two)):
        post(desk, f"{hall.path}/rondes/{number}/antwoorden", same=[option, into], into=into)
    with hall.app.app_context():
        roots = dict(db.session.execute(select(RoundOption.id, RoundOption.merged_into_id)).all())
    assert roots == {one: three, two: three, three: None}
    other = hall.round(RoundKind.AGREE, state=RoundState.CLOSED)
    strange = hall.options(other)
    post(desk, f"{hall.path}/rondes/{number}/antwoorden/{strange[0]}", 403, verb="hide")
    post(desk, f"{hall.path}/rondes/{number}/antwoorden", 403, same=[one, strange[0]], into=one)
    post(desk, f"{hall.path}/rondes/{other}/antwoorden", 404, same=strange, into=strange[1])


def test_several_are_merged_at_once_and_fewer_than_two_are_not(hall: Hall, desk: FlaskClient) -> None:
    number = hall.round(RoundKind.OPEN, options=("Een", "Twee", "Drie", "Vier"), state=RoundState.CLOSED)
    one, two, three, four = hall.options(number)
    page = visit(desk, f"{hall.path}/rondes/{number}/antwoorden")
    answer = page.submit("#merge", {"same": [two]})
    assert answer.status_code == 400
    again = look_at(desk, answer)
    assert again.one("[data-error-summary] a")["href"] == f"#same-{one}"
    assert [tag["value"] for tag in again.all("[name=same][checked]")] == [str(two)], "a tick is not lost"
    assert [
        tag["value"]
        for tag in look_at(desk, page.submit("#merge", {"same": [one, two, four]})).all("[name=into]")
    ] == [str(each) for each in (one, two, four)]
    merge(desk, hall, number, [one, two, four], two)
    with hall.app.app_context():
        roots = dict(db.session.execute(select(RoundOption.id, RoundOption.merged_into_id)).all())
    assert roots == {one: two, two: None, three: None, four: two}
    assert actions(hall) == ["rounds.merge", "rounds.merge"]


def test_a_page_of_five_hundred_answers_grows_with_them_and_not_with_their_square(
    hall: Hall, desk: FlaskClient
) -> None:
    most = rules.MOST_ANSWERS_OF_ALL
    number = hall.round(RoundKind.OPEN, options=tuple(f"Antwoord {n}" for n in range(most)))
    page = visit(desk, f"{hall.path}/rondes/{number}/antwoorden")
    assert len(page.all("[name=same]")) == most
    assert len(page.html) < 1500 * most
    ticked = page.submit("#merge", {"same": hall.options(number)})
    assert len(look_at(desk, ticked).all("[name=into]")) == most
    merge(desk, hall, number, hall.options(number), hall.options(number)[0])
    assert len(visit(desk, f"{hall.path}/rondes/{number}/antwoorden").all("h2")) < most
