"""Promised answers: by organisers or by votes, late in sight of everybody, answered once, organisers reminded once."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.db import db
from app.domain.lifecycle import IdeaState, PublicStatus
from app.features.council import promises, queries
from app.features.notifications import fan_out
from app.models import AuditEntry, Call, Follow, Idea, MailMessage, Notice, Phase, VotedWish
from app.models.council import AnswerClock
from app.models.person import Role
from tests import factories
from tests.support import csrf_token, look_at, post, sign_in, visit

from .conftest import Hall

ANSWER = "Dit kan volgend jaar, als de raad het geld geeft."
DAY = timedelta(days=1)


def path_of(hall: Hall) -> str:
    return f"/beheer/trajecten/{hall.made.slug}/antwoorden"


def test_a_promise_on_an_idea_is_there_for_everybody(hall: Hall, desk: FlaskClient) -> None:
    idea = hall.made.ideas[PublicStatus.OPEN]
    page = visit(desk, path_of(hall), max_queries=12)
    day = (datetime.now(UTC) + 20 * DAY).date().isoformat()
    fields = {"promise-subject": f"idee-{idea}", "promise-promised_by": "de wethouder", "promise-day": day}
    for _click in range(2):
        assert page.submit("main form[action$='/antwoorden']", fields).status_code == 303
    clock = hall.all(AnswerClock)[-1]
    assert (clock.idea_id, clock.promised_by, clock.answered_at) == (idea, "de wethouder", None)
    assert len(hall.all(AnswerClock)) == 2
    assert len(hall.all(AuditEntry)) == 1
    public = visit(hall.app.test_client(), f"/trajecten/{hall.made.slug}/raad")
    assert "de wethouder geeft uiterlijk op" in public.text
    assert f"/ideeen/{idea}" in public.links("#answers a")
    trail = visit(hall.app.test_client(), f"/ideeen/{idea}", max_queries=6)
    assert "Er is een antwoord beloofd door: de wethouder" in trail.texts(".trail__title")
    assert "Nog" in trail.one(".idea__promise .badge").get_text()
    with time_machine.travel(clock.due_at + 2 * DAY, tick=False):
        late = visit(hall.app.test_client(), f"/ideeen/{idea}")
        assert late.one(".idea__promise .badge").get_text(strip=True) == "Te laat, sinds 3 dagen"


@pytest.mark.one_database
def test_faults_of_a_promise(hall: Hall, desk: FlaskClient) -> None:
    page = visit(desk, path_of(hall))
    answer = page.submit(
        "main form[action$='/antwoorden']", {"promise-promised_by": "", "promise-day": "2020-01-01"}
    )
    assert answer.status_code == 400
    shown = look_at(desk, answer)
    assert shown.links("[data-error-summary] a") == ["#promise-promised_by", "#promise-day"]
    other = hall.do(lambda: factories.an_idea().id)
    fields = {
        "promise-subject": f"idee-{other}",
        "promise-promised_by": "het college",
        "promise-day": "2099-01-01",
    }
    post(desk, path_of(hall), 400, **fields)
    assert len(hall.all(AnswerClock)) == 1


def test_any_idea_of_the_process_can_be_promised_an_answer(hall: Hall, desk: FlaskClient) -> None:
    """Those with a promise leave room in the list for others, and any other goes by its number or address."""
    now = datetime.now(UTC)

    def many() -> tuple[int, int, int]:
        call = db.session.get_one(Call, hall.made.call)
        ideas = [factories.an_idea(call, argument_count=9) for _ in range(queries.OFFERED)]
        db.session.flush()
        for idea in ideas:
            db.session.add(
                AnswerClock(
                    process_id=hall.made.process,
                    idea_id=idea.id,
                    promised_by="het college",
                    started_at=now,
                    due_at=now + DAY,
                )
            )
        others = [factories.an_idea(call) for _ in range(queries.OFFERED)]
        elsewhere = factories.an_idea()
        db.session.flush()
        return others[-1].id, others[-2].id, elsewhere.id

    last, before, elsewhere = hall.do(many)
    page = visit(desk, path_of(hall), max_queries=12)
    offered = [str(tag["value"]) for tag in page.all("#promise-subject option")]
    assert f"idee-{hall.made.ideas[PublicStatus.OPEN]}" in offered
    assert f"idee-{last}" not in offered
    fields = {"promise-promised_by": "het college", "promise-day": "2099-01-01"}
    form = "main form[action$='/antwoorden']"
    for typed in (str(last), f"https://stem.example/en/ideeen/{before}?van=lijst#reacties"):
        assert page.submit(form, {**fields, "promise-other": typed}).status_code == 303
    assert {row.idea_id for row in hall.all(AnswerClock)[-2:]} == {last, before}
    for typed in (str(elsewhere), "het idee van Inge"):
        wrong = page.submit(form, {**fields, "promise-other": typed})
        assert wrong.status_code == 400
        shown = look_at(desk, wrong)
        assert shown.links("[data-error-summary] a") == ["#promise-other"]
        assert shown.one("#promise-other")["value"] == typed


def test_another_promise_on_the_same_is_said_and_kept(hall: Hall, desk: FlaskClient) -> None:
    page, idea = visit(desk, path_of(hall)), hall.made.ideas[PublicStatus.OPEN]
    fields = {"promise-subject": f"idee-{idea}", "promise-promised_by": "het college"}
    for who, day, code in (
        ("het college", "2099-01-01", 303),
        ("de raad", "2099-01-01", 409),
        ("het college", "2099-02-01", 409),
    ):
        answer = page.submit(
            "main form[action$='/antwoorden']",
            {**fields, "promise-promised_by": who, "promise-day": day},
        )
        assert answer.status_code == code
        if code == 409:
            shown = look_at(desk, answer)
            assert "het college antwoordt uiterlijk op 1 januari 2099" in shown.text
            assert (shown.one("#promise-promised_by")["value"], shown.one("#promise-day")["value"]) == (
                who,
                day,
            )
    assert len(hall.all(AnswerClock)) == 2


def test_late_is_said_with_how_many_days(hall: Hall, client: FlaskClient) -> None:
    page = visit(client, f"/trajecten/{hall.made.slug}/raad")
    assert "Nog 9 dagen" in page.one("#answers").get_text()
    with time_machine.travel(datetime.now(UTC) + 13 * DAY, tick=False):
        late = visit(client, f"/trajecten/{hall.made.slug}/raad")
        assert "Te laat, sinds 4 dagen" in late.one("#answers").get_text()


def test_an_answer_closes_it_and_is_told_to_who_wished(hall: Hall, desk: FlaskClient) -> None:
    with hall.app.app_context():
        now = datetime.now(UTC)
        idea = db.session.get_one(Idea, hall.made.ideas[PublicStatus.OPEN])
        wants, silent, follows = (factories.a_person() for _ in range(3))
        for voter in (wants, silent):
            factories.a_vote(idea, voter)
        db.session.add(VotedWish(person_id=wants.id, wanted_at=now))
        db.session.add(Follow(person_id=follows.id, theme_id=hall.made.theme, created_at=now))
        db.session.commit()
        expected = {wants.id, follows.id}
    page = visit(desk, path_of(hall))
    form, field = f"main form[action$='/antwoorden/{hall.made.clock}']", f"answer-{hall.made.clock}-text"
    for _click in range(2):
        assert page.submit(form, {field: ANSWER}).status_code == 303
    late = page.submit(form, {field: f"{ANSWER} En nog iets."})
    assert late.status_code == 409
    assert "Dit is al beantwoord." in look_at(desk, late).text
    clock = hall.get(AnswerClock, hall.made.clock)
    assert clock.answer == ANSWER
    with hall.app.app_context():
        fan_out.tell_all(datetime.now(UTC))
        told = db.session.scalars(
            select(Notice.person_id).where(Notice.event_key == f"promise:{clock.id}:answer")
        )
        assert set(told) == expected
    public = visit(hall.app.test_client(), f"/trajecten/{hall.made.slug}/raad")
    assert ANSWER in public.text
    assert "Op tijd beantwoord" in public.text


def test_an_answer_on_the_idea_closes_its_promise(hall: Hall, desk: FlaskClient) -> None:
    idea = hall.made.ideas[PublicStatus.OPEN]
    now = datetime.now(UTC)
    clock = AnswerClock(
        process_id=hall.made.process,
        idea_id=idea,
        promised_by="De gemeente",
        started_at=now,
        due_at=now + DAY,
    )
    hall.do(lambda: db.session.add(clock))
    page = visit(desk, f"/beheer/ideeen/{idea}")
    fields = {"answer-on_behalf_of": "het college", "answer-body": ANSWER}
    assert page.submit("main form[action$='/reactie']", fields).status_code == 303
    assert hall.all(AnswerClock)[-1].answered_at is not None
    assert "Het antwoord staat bij het idee" in visit(desk, path_of(hall)).text


def test_what_was_promised_on_an_idea_that_became_one_with_another_is_answered_there(
    hall: Hall, desk: FlaskClient
) -> None:
    """By way of a third one as well; and while the other one is off the site, nothing is said to be late."""
    now, stays = datetime.now(UTC), hall.made.ideas[PublicStatus.OPEN]

    def merged() -> tuple[int, int]:
        call = db.session.get_one(Call, hall.made.call)
        third = factories.an_idea(call, state=IdeaState.MERGED, merged_into_id=stays)
        first = factories.an_idea(
            call, state=IdeaState.MERGED, merged_into_id=third.id, title="Een idee vooraf"
        )
        for idea in (first, third):
            db.session.add(
                AnswerClock(
                    process_id=hall.made.process,
                    idea_id=idea.id,
                    promised_by="het college",
                    started_at=now - 9 * DAY,
                    due_at=now - DAY,
                )
            )
        return first.id, third.id

    first, third = hall.do(merged)
    page = visit(desk, path_of(hall), max_queries=12)
    assert page.links("main a[href*='/beheer/ideeen/']") == [f"/beheer/ideeen/{stays}"] * 2
    assert "Je antwoord daar telt voor allebei." in page.text
    public = visit(hall.app.test_client(), f"/trajecten/{hall.made.slug}/raad")
    assert f"/ideeen/{stays}" in public.links("#answers a")
    trail = visit(hall.app.test_client(), f"/ideeen/{stays}", max_queries=6)
    assert trail.one(".idea__promise .badge").get_text(strip=True).startswith("Te laat")
    hall.do(lambda: setattr(db.session.get_one(Idea, stays), "state", IdeaState.HIDDEN))
    assert "Een idee vooraf" not in visit(hall.app.test_client(), f"/trajecten/{hall.made.slug}/raad").text
    hall.do(lambda: setattr(db.session.get_one(Idea, stays), "state", IdeaState.PUBLISHED))
    fields = {"answer-on_behalf_of": "het college", "answer-body": ANSWER}
    answer = visit(desk, f"/beheer/ideeen/{stays}").submit("main form[action$='/reactie']", fields)
    assert answer.status_code == 303
    closed = {row.idea_id for row in hall.all(AnswerClock) if row.answered_at is not None}
    assert closed == {first, third}


def letters(hall: Hall) -> list[MailMessage]:
    return [letter for letter in hall.all(MailMessage) if letter.kind == "answers_due"]


def remind(hall: Hall, now: datetime) -> int:
    with hall.app.app_context():
        return promises.remind(now)


def test_organisers_hear_a_week_before_a_day_before_and_when_it_is_late(hall: Hall) -> None:
    due = hall.get(AnswerClock, hall.made.clock).due_at
    hours = [due + timedelta(hours=hour) for hour in range(-9 * 24, 5 * 24, 6)]
    told = [(hour - due) / DAY for hour in hours if remind(hall, hour)]
    assert told == [-7, -1, 0]
    assert len(letters(hall)) == 6  # to both organisers
    last = letters(hall)[-1]
    assert last.subject == "Eén beloofd antwoord moet er bijna zijn"
    assert "Vrij focuspunt" in last.text
    assert f"/beheer/trajecten/{hall.made.slug}/antwoorden" in last.text


def test_one_mail_tells_of_all_and_of_two_processes_one_writes(hall: Hall) -> None:
    now = datetime.now(UTC)

    def more() -> None:
        for number in list(hall.made.ideas.values())[:3]:
            db.session.add(
                AnswerClock(
                    process_id=hall.made.process,
                    idea_id=number,
                    promised_by="De gemeente",
                    started_at=now - 9 * DAY,
                    due_at=now - DAY,
                )
            )
        gone = factories.a_person(Role.ORGANISER, blocked_at=now)
        assert gone.id

    hall.do(more)
    gate, found = threading.Barrier(4), []

    def run() -> None:
        gate.wait()
        found.append(remind(hall, now))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(found) == [0, 0, 0, 3]
    assert len(letters(hall)) == 2
    assert letters(hall)[0].subject == "3 beloofde antwoorden zijn te laat"


def with_votes(hall: Hall, threshold: int = 3) -> int:
    """An idea with so many votes for it, in a call that asks for as many."""
    idea = hall.made.ideas[PublicStatus.OPEN]

    def vote() -> None:
        db.session.get_one(Call, hall.made.call).threshold = threshold
        for _ in range(threshold):
            factories.a_vote(db.session.get_one(Idea, idea))

    hall.do(vote)
    return idea


def begin(hall: Hall) -> int:
    with hall.app.app_context():
        return promises.begin_by_votes(datetime.now(UTC))


def test_enough_votes_begin_a_promise_once(hall: Hall) -> None:
    idea = with_votes(hall)
    assert (begin(hall), begin(hall)) == (1, 0)
    clock = hall.all(AnswerClock)[-1]
    assert (clock.idea_id, clock.promised_by) == (idea, "De gemeente")
    assert 41 <= (clock.due_at - clock.started_at) / DAY <= 43


def test_not_while_nobody_may_see_counts(hall: Hall) -> None:
    with_votes(hall)
    hall.do(lambda: db.session.execute(update(Phase).values(hides_counts=True)))
    assert begin(hall) == 0
    hall.do(lambda: db.session.execute(update(Phase).values(hides_counts=False)))
    assert begin(hall) == 1


def test_one_vote_short_is_too_few(hall: Hall) -> None:
    idea = with_votes(hall)
    hall.do(lambda: setattr(db.session.get_one(Call, hall.made.call), "threshold", 4))
    assert begin(hall) == 0
    hall.do(lambda: factories.a_vote(db.session.get_one(Idea, idea)))
    assert begin(hall) == 1


def test_of_two_organisers_who_promise_at_once_one_does(hall: Hall) -> None:
    gate, codes = threading.Barrier(6), []
    day = (datetime.now(UTC) + 20 * DAY).date().isoformat()
    fields = {"promise-subject": f"element-{hall.made.second}", "promise-promised_by": "het college"}

    def click(person: int) -> None:
        client = sign_in(hall.app.test_client(), person)
        data = {**fields, "promise-day": day, "csrf_token": csrf_token(client)}
        gate.wait()
        codes.append(client.post(path_of(hall), data=data).status_code)

    threads = [
        threading.Thread(target=click, args=((hall.organiser, hall.second)[turn % 2],)) for turn in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert codes == [303] * 6
    assert len(hall.all(AnswerClock)) == 2
    assert len(hall.all(AuditEntry)) == 1
