"""Choices by phone: what they become, what is refused, and that nothing is lost or counted twice in a rush."""

import threading
from collections import Counter
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from app.db import db
from app.domain.ballot import Group
from app.domain.decision import NotAllowed
from app.domain.lifecycle import IdeaState
from app.features.room import frame, voting
from app.models import Attendee, Idea, Process, RoundOption
from app.models.process import ProcessState
from app.models.room import RoundKind, RoundState
from app.records import rounds
from tests.support import Page, csrf_token, look_at, post, statements, visit
from tests.support.hall import Hall


def put(hall: Hall, attendee: int, number: int, option: int, value: int | None) -> str:
    """The outcome of a choice: `kept`, or the sentence of a no."""
    with hall.app.app_context():
        try:
            voting.put(hall.workshop, attendee, number, option, value, datetime.now(UTC))
        except NotAllowed as no:
            return no.decision.refusal
    return "kept"


def answer(hall: Hall, attendee: int, number: int, text: str) -> str:
    with hall.app.app_context():
        try:
            voting.answer(hall.workshop, attendee, number, text, datetime.now(UTC))
        except NotAllowed as no:
            return no.decision.refusal
    return "kept"


def together(calls: list[object]) -> list[object]:
    """Do all of them at once; what each gave back."""
    start, outcomes = threading.Barrier(len(calls)), [None] * len(calls)

    def run(place: int) -> None:
        start.wait()
        outcomes[place] = calls[place]()  # type: ignore[operator]

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return list(outcomes)


def chosen(hall: Hall, number: int) -> list[tuple[int, int]]:
    return [(option, value) for _who, option, value, _group in hall.votes(number)]


def test_a_choice_is_set_changed_and_withdrawn_without_scripts(hall: Hall) -> None:
    number, attendee = hall.round(), hall.attendee()
    one, _two = hall.options(number)
    phone = hall.phone(attendee)
    form = f"#option-{one} form"
    page = visit(phone, f"{hall.path}/meedoen", max_queries=7)
    for value in ("1", "-1", "-1"):
        sent = page.submit(form, button=value)
        assert (sent.status_code, sent.location) == (303, f"{hall.path}/meedoen#option-{one}")
        assert chosen(hall, number) == [(one, int(value))]
        page = visit(phone, f"{hall.path}/meedoen")
        assert page.one(f'#option-{one} [aria-pressed="true"]')["value"] == value
    page.submit(form, button="")
    assert chosen(hall, number) == []


def test_a_script_gets_the_page_with_the_choice_at_once(hall: Hall) -> None:
    """Three hundred phones press within seconds: one request each, and not two."""
    number, attendee = hall.round(), hall.attendee()
    one, _two = hall.options(number)
    phone = hall.phone(attendee)
    token = csrf_token(phone)
    wish = {"Prefer": "return=representation"}
    address = f"{hall.path}/meedoen/{number}/keuze"
    with statements() as sent:
        answer = phone.post(address, headers=wish, data={"csrf_token": token, "option": one, "value": "1"})
    assert (answer.status_code, answer.headers["Preference-Applied"]) == (200, "return=representation")
    page = look_at(phone, answer)
    assert page.one(f'#option-{one} [aria-pressed="true"]')["value"] == "1"
    assert "1 persoon" in page.one("[data-voters]").get_text()
    assert len(sent) <= 12, "\n".join(sent)
    assert chosen(hall, number) == [(one, 1)]


def test_a_script_of_somebody_who_was_taken_out_meanwhile_hears_it_on_the_page(hall: Hall) -> None:
    number, attendee = hall.round(), hall.attendee()
    one, _two = hall.options(number)
    phone = hall.phone(attendee)
    token = csrf_token(phone)
    with hall.app.app_context():
        db.session.execute(update(Attendee).values(removed_at=datetime.now(UTC)))
        db.session.commit()
    sent = {"csrf_token": token, "option": one, "value": "1"}
    wish = {"Prefer": "return=representation"}
    answer = phone.post(f"{hall.path}/meedoen/{number}/keuze", headers=wish, data=sent)
    assert (answer.status_code, "Preference-Applied" in answer.headers) == (403, False)
    assert chosen(hall, number) == []


def test_unsure_is_a_choice_and_not_a_withdrawal(hall: Hall) -> None:
    number, attendee = hall.round(RoundKind.AGREE), hall.attendee()
    one = hall.options(number)[0]
    assert put(hall, attendee, number, one, 0) == "kept"
    assert chosen(hall, number) == [(one, 0)]
    assert put(hall, attendee, number, one, None) == "kept"
    assert chosen(hall, number) == []


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (RoundKind.FOR_AGAINST, 0),
        (RoundKind.FOR_AGAINST, 2),
        (RoundKind.AGREE, -2),
        (RoundKind.DOTS, 4),
        (RoundKind.DOTS, -1),
        (RoundKind.OPEN, -1),
    ],
)
def test_what_no_button_says_is_refused(hall: Hall, kind: RoundKind, value: int) -> None:
    number, attendee = hall.round(kind), hall.attendee()
    assert put(hall, attendee, number, hall.options(number)[0], value) == "Press one of the buttons."
    assert chosen(hall, number) == []


def test_dots_are_never_more_than_there_are(hall: Hall) -> None:
    number, attendee = hall.round(RoundKind.DOTS), hall.attendee()
    one, two = hall.options(number)
    assert [put(hall, attendee, number, one, 2), put(hall, attendee, number, two, 1)] == ["kept", "kept"]
    assert "dots in all" in put(hall, attendee, number, one, 3)
    assert put(hall, attendee, number, two, 0) == "kept"
    assert put(hall, attendee, number, one, 3) == "kept"
    assert chosen(hall, number) == [(one, 3)]


def test_dots_of_one_person_sent_at_once_stay_within_bounds(hall: Hall) -> None:
    number, attendee = (
        hall.round(RoundKind.DOTS, options=tuple(f"Optie {n}" for n in range(8))),
        hall.attendee(),
    )
    options = hall.options(number)
    outcomes = together([lambda option=option: put(hall, attendee, number, option, 1) for option in options])
    assert Counter(outcomes)["kept"] == 3
    assert len([outcome for outcome in outcomes if "dots in all" in str(outcome)]) == 5
    assert sum(value for _option, value in chosen(hall, number)) == 3


def test_ten_presses_at_once_are_one_choice(hall: Hall) -> None:
    number, attendee = hall.round(), hall.attendee()
    one = hall.options(number)[0]
    assert set(together([lambda: put(hall, attendee, number, one, 1)] * 10)) == {"kept"}
    assert chosen(hall, number) == [(one, 1)]


def test_closing_while_votes_come_in_keeps_exactly_those_that_were_told_so(hall: Hall) -> None:
    number = hall.round(state=RoundState.PLANNED)
    hall.lead("open", number)
    one = hall.options(number)[0]
    people = [hall.attendee() for _ in range(15)]

    def close() -> str:
        hall.lead("close", number)
        return "closed"

    calls: list[object] = [lambda who=who: put(hall, who, number, one, 1) for who in people]
    outcomes = together([*calls[:7], close, *calls[7:]])
    told = Counter(outcomes)
    assert told["closed"] == 1
    assert told["kept"] + told["This round is closed. What you chose before still counts."] == 15
    kept = {
        who for who, outcome in zip([*people[:7], 0, *people[7:]], outcomes, strict=True) if outcome == "kept"
    }
    assert {who for who, *_rest in hall.votes(number)} == kept
    assert hall.state(number) is RoundState.CLOSED


def test_three_hundred_votes_at_once_are_all_counted(hall: Hall) -> None:
    number = hall.round()
    one, two = hall.options(number)
    phones = [hall.phone(hall.attendee()) for _ in range(30)]
    address = f"{hall.path}/meedoen/{number}/keuze"
    tokens = [
        visit(phone, f"{hall.path}/meedoen").one(f"#option-{one} [name=csrf_token]")["value"]
        for phone in phones
    ]

    def ten(place: int) -> list[int]:
        sent = []
        for turn in range(10):
            option, value = (one, two)[turn % 2], "1" if turn < 8 else "-1"
            data = {"csrf_token": tokens[place], "option": option, "value": value}
            sent.append(phones[place].post(address, data=data).status_code)
        return sent

    outcomes = together([lambda place=place: ten(place) for place in range(30)])
    assert Counter(status for each in outcomes for status in each) == {303: 300}  # type: ignore[attr-defined]
    assert Counter(chosen(hall, number)) == {(one, -1): 30, (two, -1): 30}


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (RoundState.PLANNED, "not open yet"),
        (RoundState.CLOSED, "This round is closed"),
        (RoundState.REVEALED, "This round is closed"),
    ],
)
def test_nobody_votes_in_a_round_that_is_not_open(hall: Hall, state: RoundState, sentence: str) -> None:
    number, attendee = hall.round(state=state), hall.attendee()
    assert sentence in put(hall, attendee, number, hall.options(number)[0], 1)
    assert hall.votes(number) == []


def test_an_option_of_another_round_is_refused(hall: Hall) -> None:
    other, number, attendee = hall.round(state=RoundState.CLOSED), hall.round(), hall.attendee()
    strange = hall.options(other)[0]
    assert "cannot be chosen" in put(hall, attendee, number, strange, 1)
    assert "cannot be chosen" in put(hall, attendee, number, 2_000_000, 1)
    phone = hall.phone(attendee)
    post(phone, f"{hall.path}/meedoen/{number}/keuze", 403, option=strange, value="1")
    for option, value in (("", "1"), ("x", "1"), (strange, "banana"), ("9" * 12, "1"), (strange, "1111111")):
        post(phone, f"{hall.path}/meedoen/{number}/keuze", 403, option=option, value=value)
    assert hall.votes(number) == []


def test_a_forged_or_removed_phone_does_not_vote(hall: Hall) -> None:
    number, attendee = hall.round(), hall.attendee()
    option = hall.options(number)[0]
    forged = hall.app.test_client()
    forged.set_cookie("room", "secret-999")
    post(forged, f"{hall.path}/meedoen/{number}/keuze", 403, option=option, value="1")
    post(hall.app.test_client(), f"{hall.path}/meedoen/{number}/keuze", 403, option=option, value="1")
    assert put(hall, attendee + 1000, number, option, 1).startswith("Check in first")
    with hall.app.app_context():
        db.session.execute(update(Attendee).values(removed_at=datetime.now(UTC)))
        db.session.commit()
    assert "not checked in any more" in put(hall, attendee, number, option, 1)
    post(hall.phone(attendee), f"{hall.path}/meedoen/{number}/keuze", 403, option=option, value="1")
    assert hall.votes(number) == []


def test_nobody_votes_in_a_closed_process(hall: Hall) -> None:
    number, attendee = hall.round(), hall.attendee()
    with hall.app.app_context():
        db.session.execute(update(Process).values(state=ProcessState.CLOSED))
        db.session.commit()
    assert "over" in put(hall, attendee, number, hall.options(number)[0], 1)


def test_a_form_with_an_old_token_comes_back(hall: Hall) -> None:
    number, attendee = hall.round(), hall.attendee()
    data = {"csrf_token": "old", "option": hall.options(number)[0], "value": "1"}
    sent = hall.phone(attendee).post(f"{hall.path}/meedoen/{number}/keuze", data=data)
    assert sent.status_code == 400
    assert hall.votes(number) == []


def test_votes_carry_the_badge_once_it_is_confirmed(hall: Hall) -> None:
    number = hall.round()
    one = hall.options(number)[0]
    waiting, confirmed = hall.attendee(Group.COUNCIL), hall.attendee(Group.COUNCIL, confirmed=True)
    put(hall, waiting, number, one, 1)
    put(hall, confirmed, number, one, 1)
    assert [group for *_rest, group in hall.votes(number)] == [Group.RESIDENT, Group.COUNCIL]


def test_equal_answers_are_one_and_supported(hall: Hall) -> None:
    number = hall.round(RoundKind.OPEN, options=())
    people = [hall.attendee() for _ in range(3)]
    for who, text in zip(people, ("Meer bómen!", "meer bomen", "MEER  BOMEN."), strict=True):
        assert answer(hall, who, number, text) == "kept"
    (option,) = hall.options(number)
    assert chosen(hall, number) == [(option, 1)] * 3
    assert answer(hall, people[0], number, "Meer bomen") == "kept"
    assert len(hall.votes(number)) == 3


def test_the_same_answer_of_ten_people_at_once_is_one(hall: Hall) -> None:
    number = hall.round(RoundKind.OPEN, options=())
    people = [hall.attendee() for _ in range(10)]
    assert set(together([lambda who=who: answer(hall, who, number, "Bankjes") for who in people])) == {"kept"}
    assert len(hall.options(number)) == 1
    assert len(hall.votes(number)) == 10


def test_an_answer_is_written_on_the_phone_and_shown_as_text(hall: Hall) -> None:
    number, attendee = hall.round(RoundKind.OPEN, options=()), hall.attendee()
    phone = hall.phone(attendee)
    attack = "<script>alert(1)</script> & meer"
    page = visit(phone, f"{hall.path}/meedoen")
    sent = page.submit("form.phone__answer", {"text": attack})
    assert sent.status_code == 303
    page = visit(phone, f"{hall.path}/meedoen")
    assert attack in page.text
    assert "<script>alert" not in page.html
    sent = page.submit("form.phone__answer", {"text": "x"})
    assert sent.status_code == 400
    sent = page.submit("form.phone__answer", {"text": "y" * 100_000})
    assert sent.status_code == 400
    assert len(hall.options(number)) == 1


def test_five_answers_a_person_and_no_more(hall: Hall) -> None:
    number, attendee = hall.round(RoundKind.OPEN, options=()), hall.attendee()
    outcomes = [answer(hall, attendee, number, f"Antwoord {n}") for n in range(6)]
    assert outcomes[:5] == ["kept"] * 5
    assert "answers already" in outcomes[5]
    other = hall.attendee()
    rush = together([lambda n=n: answer(hall, other, number, f"Ander antwoord {n}") for n in range(8)])
    assert Counter(rush)["kept"] == 5


def test_an_answer_off_the_screens_cannot_be_supported(hall: Hall) -> None:
    number, attendee = hall.round(RoundKind.OPEN), hall.attendee()
    one = hall.options(number)[0]
    with hall.app.app_context():
        db.session.get_one(RoundOption, one).hidden_at = datetime.now(UTC)
        db.session.commit()
    assert "cannot be chosen" in put(hall, attendee, number, one, 1)
    page = visit(hall.phone(attendee), f"{hall.path}/meedoen")
    assert "Meer bomen" not in page.text


def an_idea(hall: Hall, option: int) -> int:
    """Let an option stand for an idea of the site; its number."""
    with hall.app.app_context():
        idea = db.session.get_one(Idea, hall.room.ideas["Groen"][0])
        row = db.session.get_one(RoundOption, option)
        row.idea_id, row.text = idea.id, idea.title
        db.session.commit()
        return idea.id


def set_state(hall: Hall, idea: int, state: IdeaState) -> None:
    with hall.app.app_context():
        db.session.get_one(Idea, idea).state = state
        db.session.commit()


def test_dots_on_an_idea_that_was_hidden_are_taken_back_by_whoever_put_them(hall: Hall) -> None:
    number = hall.round(RoundKind.DOTS)
    one, two = hall.options(number)
    idea = an_idea(hall, one)
    back, stays, other = (hall.attendee() for _ in range(3))
    assert [put(hall, back, number, one, 2), put(hall, back, number, two, 1)] == ["kept", "kept"]
    assert put(hall, stays, number, one, 3) == "kept"
    set_state(hall, idea, IdeaState.HIDDEN)

    page = visit(hall.phone(back), f"{hall.path}/meedoen", max_queries=7)
    assert page.texts("#dots-left strong") == ["Je hebt nog 0 stippen."]
    gone = page.one(f"#option-{one}")
    assert "Dit idee is niet meer te zien." in gone.text
    assert "2 stippen" in gone.text
    # Nobody puts dots on what is not to be seen, neither more nor fewer than there were, and not for the first time.
    assert "cannot be chosen" in put(hall, back, number, one, 1)
    assert "cannot be chosen" in put(hall, other, number, one, 1)
    assert not visit(hall.phone(other), f"{hall.path}/meedoen").all(f"#option-{one}")

    page.submit(f"#option-{one} form", button="")
    page = visit(hall.phone(back), f"{hall.path}/meedoen")
    assert page.texts("#dots-left strong") == ["Je hebt nog 2 stippen."]
    assert not page.all(f"#option-{one}")
    assert put(hall, back, number, two, 3) == "kept"
    assert "cannot be chosen" in put(hall, back, number, one, 1)

    hall.lead("close", number)
    said = visit(hall.phone(stays), f"{hall.path}/meedoen").text
    assert "Een idee dat niet meer te zien is: 3 stippen" in said
    assert "closed" in put(hall, stays, number, one, None)
    hall.lead("reveal", number)
    with hall.app.app_context():
        found = rounds.figures(rounds.get(number))  # type: ignore[arg-type]
    # What was left there stays counted, without the name of the idea; what was given back counts where it went.
    assert [(row.text, row.dots) for row in found.rows] == [("", 3), ("Meer bankjes", 3)]
    assert found.voters == 2


def test_an_idea_that_comes_back_has_the_dots_that_were_left_on_it(hall: Hall) -> None:
    number, attendee = hall.round(RoundKind.DOTS), hall.attendee()
    one, _two = hall.options(number)
    idea = an_idea(hall, one)
    put(hall, attendee, number, one, 2)
    for state in (IdeaState.HIDDEN, IdeaState.PUBLISHED):
        set_state(hall, idea, state)
    page = visit(hall.phone(attendee), f"{hall.path}/meedoen")
    assert "2 stippen" in page.one(f"#option-{one} .dots").text
    assert put(hall, attendee, number, one, 3) == "kept"


def test_phones_hear_of_an_idea_that_is_hidden_while_they_vote(hall: Hall) -> None:
    number = hall.round(RoundKind.DOTS)
    idea = an_idea(hall, hall.options(number)[0])

    def told() -> tuple[str, str]:
        with hall.app.app_context():
            return rounds.version(number), frame.sign(rounds.get(number))

    seen = [told()]
    for state in (IdeaState.HIDDEN, IdeaState.PUBLISHED):
        set_state(hall, idea, state)
        seen.append(told())
    assert seen[0] == seen[2]
    assert seen[0][0] != seen[1][0]
    assert seen[0][1] != seen[1][1]


@pytest.mark.parametrize(
    ("kind", "value"), [(RoundKind.FOR_AGAINST, -1), (RoundKind.AGREE, 0), (RoundKind.OPEN, 1)]
)
def test_a_choice_on_what_is_hidden_can_be_taken_back_in_every_round(
    hall: Hall, kind: RoundKind, value: int
) -> None:
    number, attendee = hall.round(kind), hall.attendee()
    one, _two = hall.options(number)
    assert put(hall, attendee, number, one, value) == "kept"
    if kind is RoundKind.OPEN:
        with hall.app.app_context():
            db.session.get_one(RoundOption, one).hidden_at = datetime.now(UTC)
            db.session.commit()
    else:
        set_state(hall, an_idea(hall, one), IdeaState.HIDDEN)
    page = visit(hall.phone(attendee), f"{hall.path}/meedoen")
    assert "is niet meer te zien" in page.one(f"#option-{one}").text
    assert page.submit(f"#option-{one} form", button="").status_code == 303
    assert chosen(hall, number) == []
    assert "cannot be chosen" in put(hall, attendee, number, one, value)


def test_supporting_what_was_merged_counts_for_the_whole(hall: Hall) -> None:
    number, attendee = hall.round(RoundKind.OPEN), hall.attendee()
    one, two = hall.options(number)
    put(hall, attendee, number, two, 1)
    with hall.app.app_context():
        db.session.get_one(RoundOption, two).merged_into_id = one
        db.session.commit()
    assert put(hall, attendee, number, one, 1) == "kept"
    assert chosen(hall, number) == [(two, 1)]
    assert put(hall, attendee, number, one, None) == "kept"
    assert chosen(hall, number) == []


def test_a_phone_is_counted_by_itself_and_not_by_address(hall: Hall) -> None:
    number = hall.round()
    option = hall.options(number)[0]
    busy, calm = hall.phone(hall.attendee()), hall.phone(hall.attendee())
    address = f"{hall.path}/meedoen/{number}/keuze"
    statuses = [busy.post(address, data={"option": option, "value": "1"}).status_code for _ in range(125)]
    assert statuses[-1] == 429
    post(calm, address, option=option, value="1")


def options_on(page: Page) -> list[str]:
    return [str(tag["id"]) for tag in page.all(".phone__option")]


def test_no_option_is_on_top_for_everybody_and_numbers_stay(hall: Hall) -> None:
    number = hall.round(options=tuple(f"Voorstel {n}" for n in range(1, 7)))
    phones = [hall.phone(hall.attendee()) for _ in range(6)]
    pages = [visit(phone, f"{hall.path}/meedoen") for phone in phones]
    assert len({options_on(page)[0] for page in pages}) > 1
    assert options_on(pages[0]) == options_on(visit(phones[0], f"{hall.path}/meedoen"))
    third = hall.options(number)[2]
    assert all("3." in page.texts(f"#option-{third} .phone__text")[0] for page in pages)
    with hall.app.app_context():
        assert db.session.scalar(select(RoundOption.text).where(RoundOption.id == third)) == "Voorstel 3"
