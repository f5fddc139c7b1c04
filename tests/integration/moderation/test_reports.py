"""Handling reports: all reports on a text together, the counts exact, everybody told."""

from collections.abc import Sequence

import pytest
from flask.testing import FlaskClient

from app.db import db
from app.domain.lifecycle import IdeaState
from app.features.moderation import cases
from app.features.moderation.cases import Case
from app.models import Argument, Idea, Report
from app.models.argument import ArgumentState
from app.models.person import Role
from app.models.queue import QueueItem, QueueKind
from app.records import queue
from tests.support import look_at, post, sign_in, visit

from .conftest import Room, hours_ago

SENTENCE = "We hebben de tekst gelezen en naar de spelregels gekeken."


def form(verb: str) -> str:
    return f"main form[action$='/{verb}']"


def is_handled(room: Room, report: int) -> bool:
    return room.get(Report, report).handled_at is not None


def test_a_report_leads_to_the_page_of_its_text(room: Room, desk: FlaskClient) -> None:
    idea = room.idea(IdeaState.PUBLISHED)
    argument = room.argument(idea)
    of_idea, of_argument = room.report(idea=idea), room.report(argument=argument)
    assert desk.get(f"/moderatie/meldingen/{of_idea}").location == f"/moderatie/ideeen/{idea}"
    assert desk.get(f"/moderatie/meldingen/{of_argument}").location == f"/moderatie/argumenten/{argument}"
    assert desk.get("/moderatie/meldingen/4711").status_code == 404


def test_the_page_shows_every_open_report(room: Room, desk: FlaskClient) -> None:
    idea = room.idea(IdeaState.PUBLISHED)
    argument = room.argument(idea, body="Wie dit bedenkt is een <i>sukkel</i>, vind ik.")
    room.report(argument=argument, at=hours_ago(30))
    room.report(argument=argument, by=room.second)
    room.report(argument=argument, by=room.author, handled=True)
    page = visit(desk, f"/moderatie/argumenten/{argument}", max_queries=15)
    assert page.h1 == "Argument bij “Een bank bij elke bushalte”"
    assert "een <i>sukkel</i>" in page.text
    assert page.texts(".reports__title") == ["2 open meldingen"]
    assert page.texts(".reports__text") == ["Dit is <b>gemeen</b>."] * 2
    assert "wacht 1 dag" in page.text


def test_leaving_an_idea_closes_its_reports_and_tells_who_reported(room: Room, desk: FlaskClient) -> None:
    idea = room.idea(IdeaState.PUBLISHED)
    noor = room.person(name="Noor", email="noor@voorbeeld.example", language="en")
    nameless = room.person(email=None)
    reports = [room.report(idea=idea), room.report(idea=idea, by=noor), room.report(idea=idea, by=nameless)]
    other = room.report(idea=room.idea(IdeaState.PUBLISHED, title="Een ander gemeld idee"), at=hours_ago(0.5))
    page = visit(desk, f"/moderatie/ideeen/{idea}")
    answer = page.submit(form("laten-staan"), {"keep-sentence": SENTENCE})
    assert answer.status_code == 303
    assert all(is_handled(room, report) for report in reports)
    assert not is_handled(room, other)
    assert room.get(Idea, idea).state == IdeaState.PUBLISHED
    (decision,), (line,), letters = room.written()
    assert (decision.verb, decision.idea_id, decision.sentence) == ("keep", idea, SENTENCE)
    assert (line.action, line.subject_id, line.after, line.why) == (
        "moderation.keep",
        idea,
        {"reports": 3},
        SENTENCE,
    )
    assert [letter.recipient for letter in letters] == ["rik@voorbeeld.example", "noor@voorbeeld.example"]
    dutch, english = letters
    assert dutch.subject == "We hebben naar je melding gekeken: Een bank bij elke bushalte"
    assert "Je meldde het idee “Een bank bij elke bushalte”." in dutch.text
    assert "De tekst blijft staan." in dutch.text
    assert SENTENCE in dutch.text
    assert english.subject == "We looked at your report: Een bank bij elke bushalte"
    assert "You reported the idea" in english.text
    assert f"http://localhost/en/ideeen/{idea}" in english.text
    assert SENTENCE in english.html


def test_hiding_a_reported_idea_closes_its_reports(room: Room, desk: FlaskClient) -> None:
    idea = room.idea(IdeaState.PUBLISHED)
    report = room.report(idea=idea)
    page = visit(desk, f"/moderatie/ideeen/{idea}")
    page.submit(form("verbergen"), {"hide-sentence": SENTENCE, "hide-reason": "insult"})
    assert room.get(Idea, idea).state == IdeaState.HIDDEN
    assert is_handled(room, report)
    (_decision,), (line,), letters = room.written()
    assert line.after == {"state": "hidden", "reason": "insult", "reports": 1}
    assert {letter.recipient: letter.kind for letter in letters} == {
        "inge@voorbeeld.example": "idea_hidden",
        "rik@voorbeeld.example": "report_handled",
    }
    told = next(letter for letter in letters if letter.kind == "report_handled")
    # What was said to the author is between the moderator and the author.
    assert SENTENCE not in told.text
    assert "Een moderator heeft ernaar gekeken en de tekst verborgen." in told.text


def test_hiding_an_argument_keeps_the_count_exact(
    room: Room, desk: FlaskClient, heard: list[tuple[str, object]]
) -> None:
    idea = room.idea(IdeaState.PUBLISHED)
    argument = room.argument(idea, author=room.reader, body="Wie dit bedenkt is niet goed bij zijn hoofd.")
    room.argument(idea, parent_id=argument, body="Dat vind ik een heel onaardige opmerking van je.")
    report = room.report(argument=argument, by=room.author)
    assert room.get(Idea, idea).argument_count == 2
    page = visit(desk, f"/moderatie/argumenten/{argument}")
    assert [field["value"] for field in page.all("input[name=hide-reason]")] == [
        "insult",
        "personal_data",
        "advertising",
        "off_topic",
    ]
    page.submit(form("verbergen"), {"hide-sentence": SENTENCE, "hide-reason": "insult"})
    assert room.get(Argument, argument).state == ArgumentState.HIDDEN
    assert room.get(Idea, idea).argument_count == 1
    assert is_handled(room, report)
    (decision,), (line,), letters = room.written()
    assert (decision.argument_id, decision.idea_id, decision.reason) == (argument, None, "insult")
    assert (line.action, line.subject_type, line.subject_id) == (
        "moderation.hide_argument",
        "argument",
        argument,
    )
    assert (line.before, line.after["state"], line.why) == ({"state": "published"}, "hidden", SENTENCE)
    author = next(letter for letter in letters if letter.kind == "argument_hidden")
    assert author.recipient == "rik@voorbeeld.example"
    assert "Wie dit bedenkt is niet goed bij zijn hoofd." in author.text
    assert "Kwetsend of beledigend (spelregel 5: Wees vriendelijk voor elkaar.)" in author.text
    reporter = next(letter for letter in letters if letter.kind == "report_handled")
    assert "Je meldde een reactie op het idee" in reporter.text
    assert heard == [("idea_changed", idea), ("mail_queued", None)]
    # And back.
    visit(desk, f"/moderatie/argumenten/{argument}").submit(
        form("terugzetten"), {"restore-sentence": SENTENCE}
    )
    assert room.get(Argument, argument).state == ArgumentState.PUBLISHED
    assert room.get(Idea, idea).argument_count == 2
    assert room.written()[1][-1].action == "moderation.restore_argument"
    assert room.written()[2][-1].subject.startswith("Je reactie staat weer op de site")


def test_readers_see_a_tombstone_with_the_reason(room: Room, desk: FlaskClient) -> None:
    idea = room.idea(IdeaState.PUBLISHED)
    argument = room.argument(idea, body="Wie dit bedenkt is niet goed bij zijn hoofd.")
    post(
        desk,
        f"/moderatie/argumenten/{argument}/verbergen",
        303,
        **{"hide-sentence": SENTENCE, "hide-reason": "insult"},
    )
    shown = visit(room.app.test_client(), f"/ideeen/{idea}")
    assert "niet goed bij zijn hoofd" not in shown.html
    assert SENTENCE not in shown.html
    assert "Kwetsend of beledigend" in shown.text


def test_a_text_that_is_gone_already_still_gets_its_reports_closed(room: Room, desk: FlaskClient) -> None:
    idea = room.idea(IdeaState.WITHDRAWN)
    report = room.report(idea=idea)
    page = visit(desk, f"/moderatie/ideeen/{idea}")
    assert "Het staat al niet meer op de site: meldingen afsluiten" in page.text
    page.submit(form("laten-staan"), {"keep-sentence": SENTENCE})
    assert is_handled(room, report)
    assert "De tekst staat niet meer op de site." in room.written()[2][0].text


def test_nobody_handles_an_own_report(room: Room, desk: FlaskClient) -> None:
    idea = room.idea(IdeaState.PUBLISHED)
    argument = room.argument(idea)
    ruling = {"hide-sentence": SENTENCE, "hide-reason": "insult"}
    for number, text, path in (
        (room.report(idea=idea, by=room.moderator), idea, "ideeen"),
        (room.report(argument=argument, by=room.moderator), argument, "argumenten"),
    ):
        page = visit(desk, f"/moderatie/{path}/{text}")
        assert "Je hebt deze tekst zelf gemeld. Een andere moderator besluit erover." in page.text
        assert not page.all("#decide .decision")
        keep = {"keep-sentence": SENTENCE}
        answer = post(desk, f"/moderatie/meldingen/{number}/laten-staan", 403, **keep)
        assert "Je hebt deze tekst zelf gemeld." in look_at(desk, answer).text
        post(desk, f"/moderatie/{path}/{text}/verbergen", 403, **ruling)
        assert not is_handled(room, number)
    assert room.written() == ([], [], [])


def test_nobody_handles_reports_on_an_own_text(room: Room, desk: FlaskClient) -> None:
    idea = room.idea(IdeaState.PUBLISHED)
    argument = room.argument(idea, author=room.moderator)
    report = room.report(argument=argument)
    page = visit(desk, f"/moderatie/argumenten/{argument}")
    assert "Dit is je eigen tekst. Een andere moderator besluit erover." in page.text
    post(desk, f"/moderatie/meldingen/{report}/laten-staan", 403, **{"keep-sentence": SENTENCE})
    ruling = {"hide-sentence": SENTENCE, "hide-reason": "insult"}
    post(desk, f"/moderatie/argumenten/{argument}/verbergen", 403, **ruling)
    assert room.written() == ([], [], [])


def test_an_argument_can_be_hidden_without_a_report(room: Room, desk: FlaskClient) -> None:
    idea = room.idea(IdeaState.PUBLISHED)
    argument = room.argument(idea, body="Koop deze bank voor een mooie prijs in mijn winkel.")
    ruling = {"hide-sentence": SENTENCE, "hide-reason": "advertising"}
    page = visit(desk, f"/moderatie/ideeen/{idea}")
    assert "Koop deze bank" in page.texts(".details")[0]
    answer = page.follow(".details__body a").submit(form("verbergen"), ruling)
    assert answer.location == f"/moderatie/argumenten/{argument}"
    assert room.get(Argument, argument).state == ArgumentState.HIDDEN
    assert "Verborgen" in visit(desk, f"/moderatie/ideeen/{idea}").texts(".details")[0]


def test_a_second_handling_finds_it_done(room: Room, desk: FlaskClient) -> None:
    idea = room.idea(IdeaState.PUBLISHED)
    argument = room.argument(idea)
    room.report(argument=argument)
    page = visit(desk, f"/moderatie/argumenten/{argument}")
    ruling = {"hide-sentence": SENTENCE, "hide-reason": "insult"}
    assert page.submit(form("verbergen"), ruling).status_code == 303
    for verb, fields, sentence in (
        ("verbergen", ruling, "Je kunt alleen een argument verbergen dat op de site staat."),
        ("laten-staan", {"keep-sentence": SENTENCE}, "Deze meldingen zijn al afgehandeld."),
    ):
        late = page.submit(form(verb), fields)
        assert late.status_code == 409
        shown = look_at(desk, late)
        assert sentence in shown.text
        assert shown.one("#lost").get_text().strip() == SENTENCE
    assert room.get(Idea, idea).argument_count == 0
    assert len(room.written()[0]) == len(room.written()[1]) == 1


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("verb", "fields", "fault"),
    [
        ("laten-staan", {"keep-sentence": "kort"}, "#keep-sentence"),
        ("verbergen", {"hide-sentence": SENTENCE}, "#hide-reason"),
        ("verbergen", {"hide-sentence": SENTENCE, "hide-reason": "duplicate"}, "#hide-reason"),
    ],
)
def test_a_faulty_form_says_so_and_loses_nothing(
    room: Room, desk: FlaskClient, verb: str, fields: dict[str, object], fault: str
) -> None:
    argument = room.argument(room.idea(IdeaState.PUBLISHED))
    room.report(argument=argument)
    answer = visit(desk, f"/moderatie/argumenten/{argument}").submit(form(verb), fields)
    assert answer.status_code == 400
    page = look_at(desk, answer)
    assert page.links("[data-error-summary] a") == [fault]
    typed = next(iter(fields.values()))
    assert page.one(f"#{next(iter(fields))}").get_text().strip() == typed
    assert room.written() == ([], [], [])


def test_only_moderators_handle_reports(room: Room, client: FlaskClient) -> None:
    argument = room.argument(room.idea(IdeaState.PUBLISHED))
    report = room.report(argument=argument)
    paths = [
        f"/moderatie/meldingen/{report}/laten-staan",
        f"/moderatie/argumenten/{argument}/verbergen",
        f"/moderatie/argumenten/{argument}/terugzetten",
    ]
    for roles in [(), (Role.FACILITATOR,), (Role.ORGANISER,)]:
        sign_in(client, room.person(*roles))
        for path in paths:
            post(client, path, 403)
        visit(client, f"/moderatie/argumenten/{argument}", status=403)
        visit(client, f"/moderatie/meldingen/{report}", status=403)
    assert room.written() == ([], [], [])


@pytest.mark.one_database
def test_the_pages_of_reports_speak_english(room: Room, desk: FlaskClient) -> None:
    argument = room.argument(room.idea(IdeaState.PUBLISHED))
    room.report(argument=argument)
    page = visit(desk, f"/en/moderatie/argumenten/{argument}")
    assert page.h1 == "Argument on “Een bank bij elke bushalte”"
    assert page.texts(".reports__title") == ["1 open report"]
    answer = page.submit(form("laten-staan"), {"keep-sentence": SENTENCE})
    assert answer.location == "/en/moderatie"
    assert "That was the last one" in visit(desk, "/en/moderatie").text


NEW = "Iemand heeft deze tekst gemeld terwijl je ernaar keek."


def test_reports_that_were_not_on_the_page_are_not_closed(room: Room, desk: FlaskClient) -> None:
    idea = room.idea(IdeaState.PUBLISHED)
    first = room.report(idea=idea)
    page = visit(desk, f"/moderatie/ideeen/{idea}")
    second = room.report(idea=idea, by=room.person())
    answer = page.submit(form("laten-staan"), {"keep-sentence": SENTENCE})
    assert answer.status_code == 409
    again = look_at(desk, answer)
    assert NEW in again.text
    assert SENTENCE in again.text, "what was typed is still there"
    assert not is_handled(room, first)
    assert not is_handled(room, second)
    assert room.written() == ([], [], [])
    # Having read both, the moderator decides on both.
    assert again.submit(form("laten-staan"), {"keep-sentence": SENTENCE}).status_code == 303
    assert is_handled(room, first)
    assert is_handled(room, second)


@pytest.mark.parametrize("kind", ["ideeen", "argumenten"])
def test_who_only_read_a_text_closes_no_report_on_it(room: Room, desk: FlaskClient, kind: str) -> None:
    idea = room.idea(IdeaState.PUBLISHED)
    argument = None if kind == "ideeen" else room.argument(idea)
    number = argument or idea
    with room.app.app_context():
        if argument is None:
            queue.put(QueueKind.IDEA, db.session.get_one(Idea, idea), hours_ago(1), is_live=True)
        else:
            queue.put(QueueKind.ARGUMENT, db.session.get_one(Argument, argument), hours_ago(1), is_live=True)
        db.session.commit()
    page = visit(desk, f"/moderatie/{kind}/{number}")
    report = room.report(argument=argument) if argument else room.report(idea=idea)
    answer = page.submit(form("gelezen"))
    assert answer.status_code == 409
    again = look_at(desk, answer)
    assert NEW in again.text
    assert not is_handled(room, report)
    assert again.submit(form("laten-staan"), {"keep-sentence": SENTENCE}).status_code == 303
    assert is_handled(room, report)


def test_a_report_that_arrives_while_somebody_decides_is_not_lost(
    room: Room, desk: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    idea = room.idea(IdeaState.PUBLISHED)
    room.report(idea=idea)
    known = cases.complete

    def too_early(found: Sequence[Case]) -> None:
        known(found)
        for case in found:
            case.reports = []  # it came just after they were looked up

    monkeypatch.setattr(cases, "complete", too_early)
    post(desk, f"/moderatie/ideeen/{idea}/verbergen", 409, **{
        "hide-sentence": SENTENCE, "hide-reason": "insult",
    })  # fmt: skip
    assert room.get(Idea, idea).state == IdeaState.PUBLISHED
    assert not [item for item in room.all(QueueItem) if item.closed_at]
