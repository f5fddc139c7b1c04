"""One decision on many texts: in one transaction, each author their own letter, and what cannot go is named."""

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.db import db
from app.domain.lifecycle import IdeaState
from app.features.moderation import service
from app.features.moderation.cases import Case
from app.features.moderation.letters import Ruling
from app.models import Argument, Call, Idea, MailMessage, ModerationDecision, Person, Report
from app.models.argument import ArgumentState
from app.models.moderation import ModerationVerb
from app.models.queue import QueueItem
from tests import factories
from tests.support import look_at, post, sign_in, statements, visit

from .conftest import Room, hours_ago
from .test_races import at_once

SENTENCE = "We hebben de tekst gelezen en naar de spelregels gekeken."


def numbers(room: Room) -> list[int]:
    return [item.id for item in room.all(QueueItem) if item.closed_at is None]


def decide(
    client: FlaskClient, room: Room, verb: str, status: int = 303, /, **fields: object
) -> TestResponse:
    ticked = fields.pop("kies", None)
    kies = ticked if isinstance(ticked, list) else [f"{number}:1" for number in numbers(room)]
    return post(client, "/moderatie/samen", status, kies=",".join(kies), verb=verb, **fields)


def test_what_is_ticked_is_published_at_once(room: Room, desk: FlaskClient) -> None:
    noor = room.person(name="Noor", email="noor@voorbeeld.example")
    first, second = room.idea(title="Het eerste idee"), room.idea(title="Het tweede idee", author=noor)
    page = visit(desk, "/moderatie?alles=1")
    assert len(page.all(".queue__tick input[checked]")) == 2
    page = visit(desk, "/moderatie/samen?" + "&".join(f"kies={number}" for number in numbers(room)))
    assert page.texts(".decided__title") == ["Het eerste idee", "Het tweede idee"]
    decide(desk, room, "publish")
    assert [room.get(Idea, idea).state for idea in (first, second)] == [IdeaState.PUBLISHED] * 2
    decisions, lines, letters = room.written()
    assert len({decision.batch for decision in decisions}) == 1
    assert [line.action for line in lines] == ["moderation.publish"] * 2
    assert [letter.recipient for letter in letters] == ["inge@voorbeeld.example", "noor@voorbeeld.example"]
    assert "Het tweede idee" in letters[1].text
    assert numbers(room) == []
    # One button takes all of it back.
    page = visit(desk, "/moderatie")
    assert "Over 2 teksten besloten." in page.text
    assert page.submit(".undo form").location == "/moderatie/besluiten"
    assert [room.get(Idea, idea).state for idea in (first, second)] == [IdeaState.SUBMITTED] * 2
    assert room.all(MailMessage) == []
    assert len(numbers(room)) == 2


def test_what_cannot_be_decided_on_is_named_with_its_sentence(room: Room, desk: FlaskClient) -> None:
    good = room.idea(title="Een gewoon idee", submitted_at=hours_ago(9))
    own = room.idea(title="Een eigen idee", author=room.moderator)
    reported = room.idea(IdeaState.PUBLISHED, title="Een zelf gemeld idee")
    room.report(idea=reported, by=room.moderator)
    published = room.idea(IdeaState.PUBLISHED, title="Een gemeld idee van een ander")
    room.report(idea=published)
    held = room.idea(title="Een idee dat Mia leest")
    changed = room.idea(title="Een idee dat net veranderde", version=2)
    with room.app.app_context():
        process = db.session.get_one(Call, room.call).process
        factories.a_suggestion(
            process, db.session.get_one(Person, room.reader), title="Een voorbeeld van elders"
        )
        db.session.commit()
    item = next(item for item in room.all(QueueItem) if item.idea_id == held)
    post(sign_in(room.app.test_client(), room.second), f"/moderatie/wachtrij/{item.id}/oppakken")
    shown = look_at(desk, decide(desk, room, "publish", 200))
    assert "Over één tekst besloten." in shown.text
    said = " | ".join(shown.texts(".skipped li"))
    for title, why in (
        ("Een eigen idee", "Dit is je eigen tekst."),
        ("Een zelf gemeld idee", "Je hebt deze tekst zelf gemeld."),
        ("Een gemeld idee van een ander", "Dit idee wacht niet meer op een besluit."),
        ("Een idee dat Mia leest", "Mia leest deze tekst nu."),
        ("Een idee dat net veranderde", "De schrijver heeft deze tekst veranderd."),
        ("Een voorbeeld van elders", "Hierover besluit je op een eigen pagina."),
    ):
        assert f"{title} {why}" in said
    states = [room.get(Idea, idea).state for idea in (good, own, reported, published, held, changed)]
    assert states == [
        IdeaState.PUBLISHED,
        IdeaState.SUBMITTED,
        IdeaState.PUBLISHED,
        IdeaState.PUBLISHED,
        IdeaState.SUBMITTED,
        IdeaState.SUBMITTED,
    ]
    assert len(room.all(ModerationDecision)) == 1


def test_refusing_hiding_and_keeping_many(room: Room, desk: FlaskClient) -> None:
    idea = room.idea(IdeaState.PUBLISHED)
    texts = [room.argument(idea) for _ in range(3)]
    reports = [room.report(argument=argument) for argument in texts]
    fields = {"sentence": SENTENCE, "reason": "insult"}
    decide(desk, room, "hide", kies=[str(number) for number in numbers(room)[:2]], **fields)
    decide(desk, room, "keep", kies=[str(numbers(room)[0])], sentence=SENTENCE)
    assert [room.get(Argument, text).state for text in texts] == [
        ArgumentState.HIDDEN,
        ArgumentState.HIDDEN,
        ArgumentState.PUBLISHED,
    ]
    assert room.get(Idea, idea).argument_count == 1
    assert [room.get(Report, report).outcome for report in reports] == ["right", "right", "kept"]
    waiting = [room.idea(title=f"Idee nummer {number}") for number in range(2)]
    decide(desk, room, "refuse", **fields)
    assert [room.get(Idea, number).state for number in waiting] == [IdeaState.REFUSED] * 2
    returned = room.idea()
    decide(desk, room, "return", sentence=SENTENCE)
    assert room.get(Idea, returned).state == IdeaState.RETURNED


def test_a_faulty_form_decides_nothing(room: Room, desk: FlaskClient) -> None:
    idea = room.idea()
    for verb, fields, fault in (
        ("", {}, "Kies een besluit."),
        ("refuse", {"sentence": SENTENCE}, "Kies de spelregel."),
        ("refuse", {"reason": "insult", "sentence": "kort"}, "minstens 10 tekens"),
        ("return", {}, "minstens 10 tekens"),
    ):
        page = look_at(desk, decide(desk, room, verb, 400, **fields))
        assert fault in page.text
    assert room.get(Idea, idea).state == IdeaState.SUBMITTED
    post(desk, "/moderatie/samen", 403, verb="publish")
    assert desk.get("/moderatie/samen").location == "/moderatie"
    too_many = [str(number) for number in range(1, 203)]
    post(desk, "/moderatie/samen", 403, verb="publish", kies=",".join(too_many))


def test_the_list_of_the_call_is_gone_through_first(room: Room, desk: FlaskClient) -> None:
    points = ["De titel zegt wat het idee is.", "Er staat niemand met naam in."]
    with room.app.app_context():
        db.session.get_one(Call, room.call).checklist = points
        db.session.commit()
    first, second = room.idea(), room.idea()
    page = visit(desk, f"/moderatie/ideeen/{first}")
    for point in points:
        assert point in page.text
    form = "main form[action$='/plaatsen']"
    late = page.submit(form, {"publish-checked": "0"})
    assert late.status_code == 400
    assert "Loop eerst de hele lijst langs en vink elk punt aan." in look_at(desk, late).text
    assert room.get(Idea, first).state == IdeaState.SUBMITTED
    assert page.submit(form, {"publish-checked": ["0", "1"]}).status_code == 303
    assert room.all(ModerationDecision)[0].checked == points
    assert "Loop eerst de hele lijst langs" in look_at(desk, decide(desk, room, "publish", 400)).text
    decide(desk, room, "publish", listed="y")
    assert room.get(Idea, second).state == IdeaState.PUBLISHED
    assert room.all(ModerationDecision)[1].checked == points


def test_many_take_hardly_more_statements_than_few(room: Room) -> None:
    counted = {}
    for many, verb in ((3, "publish"), (40, "publish"), (3, "refuse"), (40, "refuse")):
        ideas = [room.idea(title=f"Idee nummer {number}") for number in range(many)]
        with room.app.test_request_context("/moderatie"):
            found = db.session.scalars(db.select(Idea).where(Idea.id.in_(ideas))).all()
            for idea in found:
                assert idea.author.id
                assert idea.call.id
            moderator = db.session.get_one(Person, room.moderator)
            with statements() as sent:
                ruled = service.rule(
                    moderator,
                    ModerationVerb(verb),
                    [Case(idea, 1) for idea in found],
                    Ruling(SENTENCE, None),
                    hours_ago(0),
                    "batch",
                )
                service.finish(ruled)
            assert len(ruled.done) == many
        # SQLite gives the numbers of new rows back one at a time; PostgreSQL takes a thousand rows in one statement.
        counted[verb, many] = len([line for line in sent if not line.startswith("INSERT")])
    assert counted["publish", 40] <= counted["publish", 3] + 3
    assert counted["refuse", 40] <= counted["refuse", 3] + 3
    assert max(counted.values()) < 30


def test_two_who_decide_on_the_same_leave_one_decision_each(room: Room) -> None:
    for _round in range(2):
        ideas = [room.idea(title=f"Idee nummer {number}") for number in range(6)]
        kies = [f"{number}:1" for number in numbers(room)]
        before = len(room.all(ModerationDecision))
        publish = {"kies": ",".join(kies), "verb": "publish"}
        refuse = {
            "kies": ",".join(reversed(kies)),
            "verb": "refuse",
            "reason": "insult",
            "sentence": SENTENCE,
        }
        answers = at_once(
            room, (room.moderator, "/moderatie/samen", publish), (room.second, "/moderatie/samen", refuse)
        )
        assert all(status in (200, 303, 409) for status, _page in answers)
        assert len(room.all(ModerationDecision)) == before + 6
        states = {room.get(Idea, idea).state for idea in ideas}
        assert states in ({IdeaState.PUBLISHED}, {IdeaState.REFUSED})


def test_reports_are_closed_with_a_sentence_and_only_those_on_the_page(room: Room, desk: FlaskClient) -> None:
    idea = room.idea(IdeaState.PUBLISHED)
    first = room.report(idea=idea)
    path = "/moderatie/samen?" + "&".join(f"kies={number}" for number in numbers(room))
    page = visit(desk, path)
    mute = page.submit("form.together", verb="keep")
    assert mute.status_code == 400
    assert "minstens 10 tekens" in look_at(desk, mute).text
    assert room.get(Report, first).handled_at is None
    second = room.report(idea=idea, by=room.person())
    late = page.submit("form.together", verb="keep", sentence=SENTENCE)
    assert late.status_code == 409
    assert "gemeld terwijl je ernaar keek" in look_at(desk, late).text
    assert [room.get(Report, number).handled_at for number in (first, second)] == [None, None]
    assert visit(desk, path).submit("form.together", verb="keep", sentence=SENTENCE).status_code == 303
    assert [room.get(Report, number).outcome for number in (first, second)] == ["kept"] * 2
