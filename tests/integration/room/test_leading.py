"""Preparing rounds, counting paper, and what everybody reads afterwards."""

import threading
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import db
from app.domain.ballot import Group
from app.domain.decision import NotAllowed
from app.domain.lifecycle import IdeaState
from app.features.room import paper_service
from app.models import AuditEntry, Idea, PaperCount, Person, Round, RoundOption
from app.models.person import Role
from app.models.room import RoundKind, RoundState
from app.records import rooms, rounds
from tests.support import Page, look_at, post, sign_in, visit
from tests.support.hall import Hall

NEW = "form[action$='/rondes']"
GOOD = {
    "round-kind": "agree",
    "round-question": "Wat vind je hiervan?",
    "round-options": "Meer groen\n\nMeer water",
}


@pytest.fixture
def desk(hall: Hall, client: FlaskClient) -> FlaskClient:
    """The facilitator, signed in."""
    return sign_in(client, hall.facilitator)


def actions(hall: Hall) -> list[str]:
    with hall.app.app_context():
        return list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def texts(hall: Hall, number: int) -> list[tuple[str, int | None]]:
    with hall.app.app_context():
        rows = select(RoundOption.text, RoundOption.idea_id).where(RoundOption.round_id == number)
        return [(row[0], row[1]) for row in db.session.execute(rows.order_by(RoundOption.position))]


def prepared(hall: Hall) -> list[rounds.RoundRow]:
    with hall.app.app_context():
        return rounds.of_workshop(hall.workshop)


def test_a_round_is_prepared_changed_moved_and_deleted(hall: Hall, desk: FlaskClient) -> None:
    page = visit(desk, f"{hall.path}/rondes", max_queries=8)
    assert page.submit(NEW, GOOD).status_code == 303
    assert page.submit(NEW, GOOD).status_code == 303
    (row,) = prepared(hall)
    assert (row.kind, row.question, row.state) == (
        RoundKind.AGREE,
        "Wat vind je hiervan?",
        RoundState.PLANNED,
    )
    assert texts(hall, row.id) == [("Meer groen", None), ("Meer water", None)]
    page.submit(NEW, {"round-kind": "for_against", "round-question": "Moet de markt autovrij worden?"})
    second = prepared(hall)[1]
    assert texts(hall, second.id) == [("Moet de markt autovrij worden?", None)]
    form = visit(desk, f"{hall.path}/rondes/{second.id}/wijzigen")
    changed = {"round-kind": "dots", "round-dots": "5", "round-options": "Links\nRechts"}
    assert form.submit("form[action$='/wijzigen']", changed).status_code == 303
    assert (prepared(hall)[1].kind, prepared(hall)[1].dots) == (RoundKind.DOTS, 5)
    post(desk, f"{hall.path}/rondes/{second.id}/plaats", to=0)
    assert [each.id for each in prepared(hall)] == [second.id, row.id]
    post(desk, f"{hall.path}/rondes/{row.id}/weg")
    post(desk, f"{hall.path}/rondes/{row.id}/weg")
    assert [each.id for each in prepared(hall)] == [second.id]
    assert actions(hall) == ["rounds.add", "rounds.add", "rounds.change", "rounds.move", "rounds.delete"]


def test_the_same_question_sent_again_is_one(hall: Hall, desk: FlaskClient) -> None:
    twice = {**GOOD, "round-options": "Meer groen\nmeer groen!\nMeer water"}
    page = visit(desk, f"{hall.path}/rondes")
    for _turn in range(2):
        assert page.submit(NEW, twice).status_code == 303
    (row,) = prepared(hall)
    form = visit(desk, f"{hall.path}/rondes/{row.id}/wijzigen")
    for _turn in range(2):
        sent = form.submit("form[action$='/wijzigen']", {"round-options": "Meer groen\nMeer wind"})
        assert sent.status_code == 303
    assert texts(hall, row.id) == [("Meer groen", None), ("Meer wind", None)]
    with hall.app.app_context():
        made, changed = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        assert (made.action, made.after["text"]) == ("rounds.add", "Meer groen; Meer water")
        assert changed.action == "rounds.change"
        assert (changed.before["text"], changed.after["text"]) == (
            made.after["text"],
            "Meer groen; Meer wind",
        )


def test_the_log_says_what_changed_also_when_the_question_did_not(hall: Hall, desk: FlaskClient) -> None:
    number = hall.round(RoundKind.DOTS, state=RoundState.PLANNED)
    form = visit(desk, f"{hall.path}/rondes/{number}/wijzigen")
    groen = hall.room.themes["Groen"]
    for typed in ({"round-dots": "5"}, {"round-dots": "5", "round-theme": str(groen)}):
        assert form.submit("form[action$='/wijzigen']", typed).status_code == 303
    with hall.app.app_context():
        dots, theme = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        assert dots.after == {**dots.before, "dots": 5} != dots.before
        assert theme.after == {**theme.before, "theme": groen} != theme.before


def test_ideas_on_top_of_a_theme_come_along(hall: Hall, desk: FlaskClient) -> None:
    groen = hall.room.themes["Groen"]
    for ideas in (3, 2, 1):
        for _ in range(6):
            hall.room.vote("Groen", ideas=ideas)
    hall.room.refresh()
    page = visit(desk, f"{hall.path}/rondes")
    wish = {**GOOD, "round-kind": "dots", "round-options": "", "round-theme": str(groen), "round-top": "3"}
    assert page.submit(NEW, wish).status_code == 303
    (row,) = prepared(hall)
    assert [text for text, _idea in texts(hall, row.id)] == [f"Groen, idee nummer {n}" for n in (1, 2, 3)]
    form = visit(desk, f"{hall.path}/rondes/{row.id}/wijzigen")
    form.submit("form[action$='/wijzigen']", {"round-question": "Welk idee eerst?"})
    assert [idea for _text, idea in texts(hall, row.id)] == hall.room.ideas["Groen"], "they stay ideas"
    hall.room.hide_counts()
    refused = visit(desk, f"{hall.path}/rondes").submit(NEW, {**wish, "round-question": "Nog een keer?"})
    assert refused.status_code == 403
    assert len(prepared(hall)) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"round-question": "Hoe"},
        {"round-kind": None},
        {"round-kind": "dots", "round-options": "Een"},
        {"round-kind": "dots", "round-dots": "21"},
        {"round-kind": "dots", "round-dots": "veel"},
        {"round-options": "x" * 281},
        {"round-options": "\n".join(f"Stelling {n}" for n in range(21))},
        {"round-top": "3"},
        {"round-theme": "99999"},
    ],
)
def test_faults_come_back_with_what_was_typed(
    hall: Hall, desk: FlaskClient, wrong: dict[str, str | None]
) -> None:
    page = visit(desk, f"{hall.path}/rondes")
    answer = page.submit(NEW, {**GOOD, **wrong})
    assert answer.status_code == 400
    shown = look_at(desk, answer)
    assert shown.all("[data-error-summary] li")
    assert str(shown.one("[name=round-options]").text).strip() == (
        wrong.get("round-options") or GOOD["round-options"]
    )
    assert prepared(hall) == []


def test_the_next_step_stands_on_the_page(hall: Hall, desk: FlaskClient) -> None:
    number = hall.round(state=RoundState.PLANNED)
    other = hall.round(state=RoundState.PLANNED)
    for state in ("open", "closed", "revealed"):
        visit(desk, f"{hall.path}/rondes").submit(
            f"#round-{number} form:has(.button:not(.button--subtle):not(.button--secondary))"
        )
        assert hall.state(number) == state
        if state == "open":
            assert not visit(desk, f"{hall.path}/rondes").all(f"#round-{other} [value=open]")
    assert actions(hall) == ["rounds.open", "rounds.close", "rounds.reveal"]
    post(desk, f"{hall.path}/rondes/{number}/stand", 400, verb="explode")
    post(desk, f"{hall.path}/rondes/{number}/stand", 403, verb="open")


@pytest.mark.parametrize("state", [RoundState.OPEN, RoundState.CLOSED, RoundState.REVEALED])
def test_what_people_could_vote_on_stays_as_it_is(hall: Hall, desk: FlaskClient, state: RoundState) -> None:
    number = hall.round(state=state)
    post(desk, f"{hall.path}/rondes/{number}/weg", 403)
    page = visit(desk, f"{hall.path}/rondes/{number}/wijzigen")
    refused = page.submit("form[action$='/wijzigen']", {"round-question": "Iets heel anders?"})
    assert refused.status_code == 403
    shown = look_at(desk, refused)
    assert "dus de vraag blijft zoals die is" in shown.text, "a no comes with its sentence"
    assert shown.one("[name=round-question]")["value"] == "Iets heel anders?"
    assert prepared(hall)[0].question == "Wat wil je hier?"


def test_changing_while_another_opens_has_one_outcome(hall: Hall, desk: FlaskClient) -> None:
    number = hall.round(state=RoundState.PLANNED)
    second = sign_in(hall.app.test_client(), hall.room.person(Role.FACILITATOR))
    page = visit(desk, f"{hall.path}/rondes/{number}/wijzigen")
    token = visit(second, f"{hall.path}/rondes").one(
        f"#round-{number} form:has([value=open]) [name=csrf_token]"
    )["value"]
    start, seen = threading.Barrier(2), {}

    def change() -> None:
        start.wait()
        seen["change"] = page.submit(
            "form[action$='/wijzigen']", {"round-question": "Iets heel anders?"}
        ).status_code

    def open_() -> None:
        start.wait()
        data = {"csrf_token": token, "verb": "open"}
        seen["open"] = second.post(f"{hall.path}/rondes/{number}/stand", data=data).status_code

    threads = [threading.Thread(target=each) for each in (change, open_)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen["open"] == 303
    expected = {303: "Iets heel anders?", 403: "Wat wil je hier?"}
    assert prepared(hall)[0].question == expected[seen["change"]]


def counts(number: int, options: list[int], *values: int) -> dict[str, int]:
    names = [f"count-{option}-{value}" for option in options for value in ("1", "m1")]
    return dict(zip(names, values, strict=True))


def test_two_people_count_and_neither_sees_the_other_first(hall: Hall, desk: FlaskClient) -> None:
    number = hall.round(state=RoundState.CLOSED)
    options = hall.options(number)
    second = sign_in(hall.app.test_client(), hall.room.person(Role.FACILITATOR))
    third = sign_in(hall.app.test_client(), hall.room.person(Role.FACILITATOR))
    address, form = f"{hall.path}/rondes/{number}/papier", "form[action$='/papier']"

    def enter(client: FlaskClient, *values: int) -> Page:
        answer = visit(client, address).submit(form, counts(number, options, *values))
        assert answer.status_code == 303
        return visit(client, address)

    first_page = enter(desk, 17, 23, 41, 5)
    assert not first_page.all("table")
    page = visit(second, address)
    assert not page.all("table")
    assert all(not tag.get("value") for tag in page.all("input.input--short"))
    page = enter(second, 17, 23, 42, 5)
    assert [cells[-3:-1] for cells in rows_of(page)] == [["17", "17"], ["23", "23"], ["41", "42"], ["5", "5"]]
    assert len(page.all(".badge--warning")) == 1
    refused = third.post(
        address, data={**counts(number, options, 1, 1, 1, 1), "csrf_token": token_of(page, third)}
    )
    assert refused.status_code in (400, 403)
    hall.lead("reveal", number)
    public = visit(hall.app.test_client(), f"{hall.path}/rondes/{number}")
    assert "17" in public.texts(".room-figures__item")[0]
    assert "42" not in " ".join(public.texts(".room-figures__item"))
    enter(second, 17, 23, 41, 5)
    public = visit(hall.app.test_client(), f"{hall.path}/rondes/{number}")
    assert "41" in public.texts(".room-figures__item")[1]
    with hall.app.app_context():
        logged = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "rounds.count_paper")).all()
        assert len(logged) == 3
        assert not any("17" in str(line.after) for line in logged)


def rows_of(page: Page) -> list[list[str]]:
    return [
        [" ".join(cell.get_text(" ").split()) for cell in row.select("th, td")]
        for row in page.all("tbody tr")
    ]


def token_of(_page: Page, client: FlaskClient) -> str:
    found = visit(client, "/contact").all("[name=csrf_token]")
    return str(found[0]["value"])


@pytest.mark.parametrize("typed", ["", "-1", "veel", "12345", "1.5"])
def test_a_count_that_is_no_number_comes_back(hall: Hall, desk: FlaskClient, typed: str) -> None:
    number = hall.round(state=RoundState.CLOSED)
    options = hall.options(number)
    page = visit(desk, f"{hall.path}/rondes/{number}/papier")
    sent = {**counts(number, options, 1, 2, 3, 4), f"count-{options[0]}-1": typed}
    answer = page.submit("form[action$='/papier']", sent)
    assert answer.status_code == 400
    shown = look_at(desk, answer)
    assert str(shown.one(f"#count-{options[1]}-1")["value"]) == "3", "what was good stays"
    with hall.app.app_context():
        assert db.session.scalars(select(PaperCount)).all() == []


def test_of_five_who_count_at_once_two_are_taken(hall: Hall) -> None:
    number = hall.round(state=RoundState.CLOSED)
    one, two = hall.options(number)
    people = [hall.room.person(Role.FACILITATOR) for _ in range(5)]
    start, outcomes = threading.Barrier(5), []

    def count(person: int) -> None:
        start.wait()
        with hall.app.app_context():
            room = rooms.get(hall.workshop)
            assert room is not None
            cells = {(option, value): 3 for option in (one, two) for value in (1, -1)}
            try:
                paper_service.enter(
                    db.session.get_one(Person, person), room, number, cells, datetime.now(UTC)
                )
                outcomes.append("taken")
            except NotAllowed as no:
                outcomes.append(no.decision.refusal[:10])

    threads = [threading.Thread(target=count, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["Two people"] * 3 + ["taken"] * 2


def test_nothing_is_counted_before_a_round_was_open(hall: Hall, desk: FlaskClient) -> None:
    number = hall.round(state=RoundState.PLANNED)
    assert not visit(desk, f"{hall.path}/rondes/{number}/papier").all("form[action$='/papier']")
    post(desk, f"{hall.path}/rondes/{number}/papier", 403, **counts(number, hall.options(number), 1, 1, 1, 1))


def test_groups_of_one_or_two_are_never_shown_or_to_be_subtracted(hall: Hall, client: FlaskClient) -> None:
    number = hall.round(state=RoundState.REVEALED)
    one, two = hall.options(number)
    for group, size in ((Group.RESIDENT, 6), (Group.COUNCIL, 3), (Group.PARTNER, 1)):
        for _ in range(size):
            hall.vote(number, hall.attendee(group, confirmed=True), one, 1, group)
    for group in (Group.RESIDENT, Group.COUNCIL):
        for _ in range(3):
            hall.vote(number, hall.attendee(group, confirmed=True), two, -1, group)
    page = visit(client, f"{hall.path}/rondes/{number}", max_queries=7)
    first, second = (
        [" ".join(tag.get_text(" ").split()) for tag in item.select(".room-figures__group dd")]
        for item in page.all(".room-figures__item")
    )
    assert [text.split()[0] for text in first] == ["6", "niet", "niet"], (
        "the council goes along with one partner"
    )
    assert [text.split()[0] for text in second] == ["0", "0"]
    assert len(page.all(".room-figures__item")) == 2


@pytest.mark.parametrize("state", [RoundState.OPEN, RoundState.CLOSED])
def test_before_it_is_revealed_only_how_many_voted(
    hall: Hall, client: FlaskClient, state: RoundState
) -> None:
    number = hall.round(state=state)
    one, two = hall.options(number)
    for _ in range(7):
        attendee = hall.attendee()
        hall.vote(number, attendee, one, 1)
        hall.vote(number, attendee, two, -1)
    desk = sign_in(hall.app.test_client(), hall.facilitator)
    for who in (client, desk):
        page = visit(who, f"{hall.path}/rondes/{number}")
        assert "7" in page.text
        assert not page.all(".room-figures, .room-bar")
    assert "Meer bomen" not in visit(client, f"{hall.path}/uitslagen").text
    told = client.get(f"{hall.path}/meedoen/stand").get_json()
    assert set(told) == {"sign", "answers", "voters"}
    assert told["voters"].startswith("7 ")


def test_a_round_that_is_planned_is_nobodys_business(
    hall: Hall, client: FlaskClient, desk: FlaskClient
) -> None:
    number = hall.round(state=RoundState.PLANNED)
    visit(hall.app.test_client(), f"{hall.path}/rondes/{number}", 404)
    visit(desk, f"{hall.path}/rondes/{number}")
    visit(hall.app.test_client(), f"/werkateliers/{hall.workshop + 1}/rondes/{number}", 404)


def test_an_idea_that_left_the_site_is_not_named(hall: Hall, client: FlaskClient) -> None:
    number = hall.round(state=RoundState.REVEALED)
    one = hall.options(number)[0]
    with hall.app.app_context():
        idea = db.session.get_one(Idea, hall.room.ideas["Groen"][0])
        option = db.session.get_one(RoundOption, one)
        option.idea_id, option.text = idea.id, idea.title
        db.session.commit()
        title = idea.title
    assert title in visit(client, f"{hall.path}/rondes/{number}").text
    with hall.app.app_context():
        db.session.get_one(Idea, hall.room.ideas["Groen"][0]).state = IdeaState.HIDDEN
        db.session.commit()
    assert title not in visit(client, f"{hall.path}/rondes/{number}").text


@pytest.mark.parametrize("roles", [(), (Role.MODERATOR,), (Role.ORGANISER,)])
def test_nobody_else_leads(hall: Hall, client: FlaskClient, roles: tuple[Role, ...]) -> None:
    number = hall.round(RoundKind.OPEN, state=RoundState.CLOSED)
    option = hall.options(number)[0]
    sign_in(client, hall.room.person(*roles))
    for path in (
        "rondes",
        f"rondes/{number}/wijzigen",
        f"rondes/{number}/antwoorden",
        f"rondes/{number}/papier",
    ):
        visit(client, f"{hall.path}/{path}", 403)
        if path != "rondes":
            post(client, f"{hall.path}/{path}", 403)
    for path in ("stand", "plaats", "weg", f"antwoorden/{option}"):
        post(client, f"{hall.path}/rondes/{number}/{path}", 403, verb="reveal", to=0)
    assert hall.state(number) is RoundState.CLOSED
    with hall.app.app_context():
        assert db.session.scalars(select(Round.state)).all() == [RoundState.CLOSED]


def test_phones_follow_with_a_mark(hall: Hall, client: FlaskClient) -> None:
    number = hall.round(RoundKind.OPEN)
    one = hall.options(number)[0]
    address = f"{hall.path}/meedoen/stand"
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    hall.vote(number, hall.attendee(), one, 1)
    second = client.get(address).get_json()
    assert second["sign"] == first.get_json()["sign"], "a vote does not renew every page"
    assert second["voters"] != first.get_json()["voters"]
    hall.lead("close", number)
    assert client.get(address).get_json()["sign"] != second["sign"]
    assert client.get("/werkateliers/99999/meedoen/stand").status_code == 404
