"""Answering ideas and setting their status: dated, with a reason, told to the author, one step at a time."""

import threading
from itertools import product

import pytest
from flask.testing import FlaskClient

from app.domain.lifecycle import IdeaState, PublicStatus, status_step
from app.models import AuditEntry, Idea, MailMessage, OfficialResponse, StatusChange
from app.models.person import Role
from tests.support import csrf_token, look_at, post, sign_in, visit

from .conftest import Office

BODY = "Op twee haltes komt dit jaar een bank.\n\nIn het voorjaar weten we wat het kost."
REASON = "Het idee past bij het thema en er is tijd voor."
ANSWER = "main form[action$='/reactie']"
STATUS = "main form[action$='/status']"


def test_an_answer_stands_under_the_idea_and_is_mailed(office: Office, desk: FlaskClient) -> None:
    idea = office.idea()
    page = visit(desk, f"/beheer/ideeen/{idea}", max_queries=8)
    answer = page.submit(ANSWER, {"answer-on_behalf_of": "team Mobiliteit", "answer-body": BODY})
    assert answer.location == f"/beheer/ideeen/{idea}"
    (response,) = office.all(OfficialResponse)
    assert (response.idea_id, response.author_id) == (idea, office.organiser)
    assert (response.on_behalf_of, response.body) == ("team Mobiliteit", BODY)
    assert office.get(Idea, idea).version == 2
    (line,) = office.all(AuditEntry)
    assert (line.action, line.subject_id, line.after) == (
        "responses.answer",
        idea,
        {"on_behalf_of": "team Mobiliteit"},
    )
    (letter,) = office.all(MailMessage)
    assert letter.subject == "Een reactie op je idee: Een bank bij elke bushalte"
    assert "namens team Mobiliteit" in letter.text
    assert "In het voorjaar weten we wat het kost." in letter.text
    assert f"http://localhost/ideeen/{idea}" in letter.text
    shown = visit(office.app.test_client(), f"/ideeen/{idea}")
    assert "team Mobiliteit" in shown.text
    assert "In het voorjaar weten we wat het kost." in shown.text
    assert "team Mobiliteit" in visit(desk, f"/beheer/ideeen/{idea}").text


def test_the_same_answer_twice_is_one_answer(office: Office, desk: FlaskClient) -> None:
    page = visit(desk, f"/beheer/ideeen/{office.idea()}")
    fields = {"answer-on_behalf_of": "team Mobiliteit", "answer-body": BODY}
    assert page.submit(ANSWER, fields).status_code == 303
    assert page.submit(ANSWER, fields).status_code == 303
    assert len(office.all(OfficialResponse)) == len(office.all(AuditEntry)) == 1
    late = page.submit(ANSWER, {**fields, "answer-body": f"{BODY} En nog iets."})
    assert late.status_code == 409
    shown = look_at(desk, late)
    assert "Dit idee is intussen veranderd." in shown.text
    assert "En nog iets." in shown.one("#answer-body").get_text()
    assert shown.submit(ANSWER).status_code == 303


def test_a_step_is_dated_with_its_reason_and_mailed(office: Office, desk: FlaskClient) -> None:
    idea = office.idea()
    page = visit(desk, f"/beheer/ideeen/{idea}")
    answer = page.submit(STATUS, {"status-status": "on_agenda", "status-reason": REASON})
    assert answer.location == f"/beheer/ideeen/{idea}"
    assert office.get(Idea, idea).public_status == PublicStatus.ON_AGENDA
    assert office.get(Idea, idea).version == 2
    (change,) = office.all(StatusChange)
    assert (change.idea_id, change.status, change.reason, change.actor_id) == (
        idea,
        "on_agenda",
        REASON,
        office.organiser,
    )
    (line,) = office.all(AuditEntry)
    assert (line.action, line.before, line.after, line.why) == (
        "responses.status",
        {"public_status": "open"},
        {"public_status": "on_agenda"},
        REASON,
    )
    (letter,) = office.all(MailMessage)
    assert letter.subject == "Nieuws over je idee: Een bank bij elke bushalte"
    assert "heeft een nieuwe status: Op de agenda." in letter.text
    assert REASON in letter.text
    shown = visit(office.app.test_client(), f"/ideeen/{idea}")
    assert "Op de agenda" in shown.text
    assert REASON in shown.text


def test_a_correction_goes_back_and_says_so(office: Office, desk: FlaskClient) -> None:
    author = office.person(name="Noor", email="noor@voorbeeld.example", language="en")
    idea = office.idea(author, public_status=PublicStatus.ADOPTED)
    page = visit(desk, f"/beheer/ideeen/{idea}")
    assert page.texts("#status-status label") == [
        "In uitvoering",
        "Uitgevoerd",
        "Terug naar: Open",
        "Terug naar: Op de agenda",
        "Terug naar: Besproken",
        "Terug naar: Bij de raad",
    ]
    page.submit(STATUS, {"status-status": "before_council", "status-reason": REASON})
    (letter,) = office.all(MailMessage)
    assert letter.subject == "A correction about your idea: Een bank bij elke bushalte"
    assert "We have put it back to: Before the council." in letter.text
    assert f"http://localhost/en/ideeen/{idea}" in letter.html


@pytest.mark.one_database
@pytest.mark.parametrize(("before", "after"), list(product(PublicStatus, PublicStatus)))
def test_only_steps_of_the_ladder_are_taken(
    office: Office, desk: FlaskClient, before: PublicStatus, after: PublicStatus
) -> None:
    idea = office.idea(public_status=before)
    allowed = status_step(before, after) is not None
    fields = {"status-before": before.value, "status-status": after.value, "status-reason": REASON}
    answer = post(desk, f"/beheer/ideeen/{idea}/status", 303 if allowed else 400, **fields)
    assert office.get(Idea, idea).public_status == (after if allowed else before)
    if not allowed:
        assert REASON in look_at(desk, answer).one("#status-reason").get_text()


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("form", "fields", "faults"),
    [
        (ANSWER, {"answer-on_behalf_of": "", "answer-body": BODY}, ["#answer-on_behalf_of"]),
        (ANSWER, {"answer-on_behalf_of": "team", "answer-body": "te kort"}, ["#answer-body"]),
        (ANSWER, {"answer-on_behalf_of": "x" * 121, "answer-body": BODY}, ["#answer-on_behalf_of"]),
        (STATUS, {"status-reason": REASON}, ["#status-status"]),
        (STATUS, {"status-status": "on_agenda", "status-reason": "kort"}, ["#status-reason"]),
        (STATUS, {"status-status": "adored", "status-reason": REASON}, ["#status-status"]),
    ],
)
def test_a_faulty_form_says_so_and_loses_nothing(
    office: Office, desk: FlaskClient, form: str, fields: dict[str, object], faults: list[str]
) -> None:
    idea = office.idea()
    answer = visit(desk, f"/beheer/ideeen/{idea}").submit(form, fields)
    assert answer.status_code == 400
    page = look_at(desk, answer)
    assert page.links("[data-error-summary] a") == faults
    for name, value in fields.items():
        if name.endswith(("body", "reason")):
            assert " ".join(page.one(f"#{name}").get_text().split()) == " ".join(str(value).split())
    assert office.all(AuditEntry) == []


def both_at_once(office: Office, idea: int) -> dict[str, tuple[int, str]]:
    """Two organisers take the idea a step further at the same moment; the status and page each got."""
    gate = threading.Barrier(2)
    answers: dict[str, tuple[int, str]] = {}

    def send(person: int, status: str) -> None:
        client = sign_in(office.app.test_client(), person)
        fields = {"status-before": "open", "status-status": status, "status-reason": REASON}
        fields["csrf_token"] = csrf_token(client)
        gate.wait()
        answer = client.post(f"/beheer/ideeen/{idea}/status", data=fields)
        answers[status] = (answer.status_code, answer.get_data(as_text=True))

    threads = [
        threading.Thread(target=send, args=(office.organiser, "on_agenda")),
        threading.Thread(target=send, args=(office.second, "discussed")),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


def test_of_two_organisers_at_once_one_sets_the_status(office: Office) -> None:
    for _round in range(3):
        idea = office.idea()
        answers = both_at_once(office, idea)
        assert sorted(status for status, _page in answers.values()) == [303, 409]
        (won,) = [status for status, (code, _page) in answers.items() if code == 303]
        (lost,) = [page for code, page in answers.values() if code == 409]
        assert office.get(Idea, idea).public_status == won
        assert "Iemand anders heeft de status intussen veranderd." in lost
        assert REASON in lost
    assert len(office.all(AuditEntry)) == len(office.all(StatusChange)) == 3


def test_nobody_answers_an_own_idea(office: Office, desk: FlaskClient) -> None:
    idea = office.idea(office.organiser)
    page = visit(desk, f"/beheer/ideeen/{idea}")
    assert "Dit is je eigen idee. Een andere organisator geeft antwoord." in page.text
    assert not page.all("main form")
    _refused(office, desk, idea, "Dit is je eigen idee.")


def test_a_merged_idea_is_not_answered(office: Office, desk: FlaskClient) -> None:
    idea = office.idea(state=IdeaState.MERGED, merged_into_id=office.idea())
    _refused(office, desk, idea, "Er valt dus niets te beantwoorden.")


@pytest.mark.one_database
@pytest.mark.parametrize("state", [s for s in IdeaState if s not in (IdeaState.PUBLISHED, IdeaState.MERGED)])
def test_what_is_not_on_the_site_is_not_found(office: Office, desk: FlaskClient, state: IdeaState) -> None:
    idea = office.idea(state=state)
    visit(desk, f"/beheer/ideeen/{idea}", status=404)
    post(desk, f"/beheer/ideeen/{idea}/reactie", 404)
    post(desk, f"/beheer/ideeen/{idea}/status", 404)


def test_only_organisers_answer(office: Office, client: FlaskClient) -> None:
    idea = office.idea()
    for roles in [(), (Role.FACILITATOR,), (Role.MODERATOR,)]:
        sign_in(client, office.person(*roles))
        visit(client, f"/beheer/ideeen/{idea}", status=403)
        _refused(office, client, idea, "Deze pagina is voor de organisatie.")


def test_ideas_are_found_by_title_and_status(office: Office, desk: FlaskClient) -> None:
    office.idea(title="Een bank bij elke bushalte")
    office.idea(title="Honderd procent schone bussen", public_status=PublicStatus.ADOPTED)
    office.idea(title="Nog niet op de site", state=IdeaState.SUBMITTED)
    page = visit(desk, "/beheer/ideeen", max_queries=4)
    assert page.texts(".queue__title") == ["Honderd procent schone bussen", "Een bank bij elke bushalte"]
    assert visit(desk, "/beheer/ideeen?zoek=BANK+bus").texts(".queue__title") == [
        "Een bank bij elke bushalte"
    ]
    assert visit(desk, "/beheer/ideeen?zoek=100%25").texts(".queue__title") == []
    found = visit(desk, "/beheer/ideeen?status=adopted")
    assert found.texts(".queue__title") == ["Honderd procent schone bussen"]
    assert len(visit(desk, "/beheer/ideeen?status=x").texts(".queue__title")) == 2


def test_ideas_are_paged(office: Office, desk: FlaskClient) -> None:
    for number in range(22):
        office.idea(title=f"Idee nummer {number:02d} op de site")
    page = visit(desk, "/beheer/ideeen?zoek=nummer")
    assert len(page.texts(".queue__title")) == 20
    assert len(page.follow("a[rel=next]").texts(".queue__title")) == 2


@pytest.mark.one_database
def test_the_page_speaks_english(office: Office, desk: FlaskClient) -> None:
    page = visit(desk, f"/en/beheer/ideeen/{office.idea(public_status=PublicStatus.ON_AGENDA)}")
    assert "Back to: Open" in page.text
    answer = page.submit(STATUS, {"status-status": "discussed", "status-reason": REASON})
    assert "The status is now: Discussed." in visit(desk, answer.location).text


def _refused(office: Office, client: FlaskClient, idea: int, sentence: str) -> None:
    fields = {"answer-version": 1, "answer-on_behalf_of": "team Mobiliteit", "answer-body": BODY}
    answer = post(client, f"/beheer/ideeen/{idea}/reactie", 403, **fields)
    assert sentence in look_at(client, answer).text
    fields = {"status-before": "open", "status-status": "on_agenda", "status-reason": REASON}
    post(client, f"/beheer/ideeen/{idea}/status", 403, **fields)
    assert office.all(AuditEntry) == []
    assert office.all(OfficialResponse) == []
