"""Deciding on ideas: every verb once, with its row, audit line and mail; everything else refused in a sentence."""

from datetime import UTC, datetime
from itertools import product

import pytest
from flask.testing import FlaskClient

from app.db import db
from app.domain.decision import NotAllowed
from app.domain.lifecycle import IdeaState, IdeaVerb, RefusalReason, state_after
from app.features.moderation import service
from app.features.moderation.service import Ruling
from app.models import Idea, Person
from app.models.moderation import ModerationVerb
from app.models.person import Role
from tests.support import Page, look_at, post, sign_in, visit

from .conftest import Room, hours_ago

SENTENCE = "Schrijf erbij waar de banken moeten komen."
REASON = RefusalReason.DUPLICATE


def review(client: FlaskClient, idea: int, **kwargs: int) -> Page:
    return visit(client, f"/moderatie/ideeen/{idea}", **kwargs)


def form(verb: str) -> str:
    return f"main form[action$='/{verb}']"


VERBS = [
    (IdeaState.SUBMITTED, "plaatsen", {}, IdeaState.PUBLISHED, "publish", "idea_published"),
    (
        IdeaState.SUBMITTED,
        "terugsturen",
        {"return-sentence": SENTENCE},
        IdeaState.RETURNED,
        "return",
        "idea_returned",
    ),
    (
        IdeaState.SUBMITTED,
        "weigeren",
        {"refuse-sentence": SENTENCE, "refuse-reason": REASON.value},
        IdeaState.REFUSED,
        "refuse",
        "idea_refused",
    ),
    (
        IdeaState.PUBLISHED,
        "verbergen",
        {"hide-sentence": SENTENCE, "hide-reason": REASON.value},
        IdeaState.HIDDEN,
        "hide",
        "idea_hidden",
    ),
    (
        IdeaState.HIDDEN,
        "terugzetten",
        {"restore-sentence": SENTENCE},
        IdeaState.PUBLISHED,
        "restore",
        "idea_restored",
    ),
]


@pytest.mark.parametrize(
    ("before", "verb", "fields", "after", "name", "mail"), VERBS, ids=[verb[1] for verb in VERBS]
)
def test_a_decision_moves_the_idea_and_leaves_its_traces(
    room: Room,
    desk: FlaskClient,
    heard: list[tuple[str, object]],
    before: IdeaState,
    verb: str,
    fields: dict[str, object],
    after: IdeaState,
    name: str,
    mail: str,
) -> None:
    idea = room.idea(before)
    answer = review(desk, idea).submit(form(verb), fields)
    assert answer.status_code == 303
    assert room.get(Idea, idea).state == after
    assert room.get(Idea, idea).version == 2
    (decision,), (line,), (letter,) = room.written()
    assert (decision.idea_id, decision.verb, decision.moderator_id) == (idea, name, room.moderator)
    assert decision.sentence == (SENTENCE if fields else "")
    assert decision.reason == (REASON if f"{name}-reason" in fields else None)
    assert (line.action, line.actor_id) == (f"moderation.{name}", room.moderator)
    assert (line.subject_type, line.subject_id, line.why) == ("idea", idea, decision.sentence)
    assert line.before == {"state": before}
    assert line.after["state"] == after
    assert (letter.recipient, letter.kind) == ("inge@voorbeeld.example", mail)
    assert heard == [("idea_changed", idea), ("mail_queued", None)]


def test_publishing_dates_the_idea_and_putting_back_keeps_that_date(room: Room, desk: FlaskClient) -> None:
    idea = room.idea(published_at=None)
    review(desk, idea).submit(form("plaatsen"))
    published = room.get(Idea, idea).published_at
    assert abs((datetime.now(UTC) - published).total_seconds()) < 60
    review(desk, idea).submit(form("verbergen"), {"hide-sentence": SENTENCE, "hide-reason": "insult"})
    review(desk, idea).submit(form("terugzetten"), {"restore-sentence": SENTENCE})
    assert room.get(Idea, idea).published_at == published


MAILS = [
    (
        "nl",
        {
            "idea_published": "Je idee",
            "idea_returned": "vraag",
            "idea_refused": "niet geplaatst",
            "idea_hidden": "Je idee staat niet meer op de site",
            "idea_restored": "Je idee staat weer op de site",
        },
        "Staat er al (spelregel 3: Voeg iets nieuws toe.)",
        "http://localhost/ideeen/",
    ),
    (
        "en",
        {
            "idea_published": "Your idea",
            "idea_returned": "question",
            "idea_refused": "not placed",
            "idea_hidden": "Your idea is no longer on the site",
            "idea_restored": "Your idea is back on the site",
        },
        "Already on the site (house rule 3: Add something new.)",
        "http://localhost/en/ideeen/",
    ),
]


@pytest.mark.one_database
@pytest.mark.parametrize(("language", "subjects", "cited", "address"), MAILS, ids=["nl", "en"])
def test_the_author_reads_it_in_their_own_language(
    room: Room, desk: FlaskClient, language: str, subjects: dict[str, str], cited: str, address: str
) -> None:
    author = room.person(name="Noor", email="noor@voorbeeld.example", language=language)
    for before, verb, fields, _after, _name, mail in VERBS:
        idea = room.idea(before, author=author, title="Meer <b>banken</b> in de stad")
        # The moderator may work in the other language.
        prefix = "" if language == "en" else "/en"
        visit(desk, f"{prefix}/moderatie/ideeen/{idea}").submit(form(verb), fields)
        letter = room.written()[2][-1]
        assert letter.kind == mail
        assert subjects[mail].lower() in letter.subject.lower()
        assert "Meer <b>banken</b> in de stad" in letter.text
        assert "Noor" in letter.text
        assert f"{address}{idea}" in letter.text
        assert "Meer &lt;b&gt;banken&lt;/b&gt;" in letter.html
        if fields:
            assert SENTENCE in letter.text
            assert SENTENCE in letter.html
        if any(key.endswith("reason") for key in fields):
            assert cited in letter.text
            last = {"nl": "Je kunt bezwaar maken tot", "en": "You can appeal until"}[language]
            assert last in letter.text
            assert last in letter.html
    returned = next(letter for letter in room.written()[2] if letter.kind == "idea_returned")
    assert "/bewerken" in returned.text


def test_an_author_without_address_gets_no_mail(
    room: Room, desk: FlaskClient, heard: list[tuple[str, object]]
) -> None:
    idea = room.idea(author=room.person(email=None, name=""))
    review(desk, idea).submit(form("plaatsen"))
    assert room.get(Idea, idea).state == IdeaState.PUBLISHED
    assert room.written()[2] == []
    assert heard == [("idea_changed", idea)]


ADDRESSES = [verb[1] for verb in VERBS]


@pytest.mark.parametrize("verb", ADDRESSES)
def test_only_moderators_decide(room: Room, client: FlaskClient, verb: str) -> None:
    before, _, fields, *_rest = next(item for item in VERBS if item[1] == verb)
    idea = room.idea(before)
    path = f"/moderatie/ideeen/{idea}/{verb}"
    assert "/inloggen" in post(client, path, 303, **{"publish-version": 1}, **fields).location
    for roles in [(), (Role.FACILITATOR,), (Role.ORGANISER,)]:
        sign_in(client, room.person(*roles))
        answer = post(client, path, 403, **{"publish-version": 1}, **fields)
        assert "Deze pagina is voor moderatoren." in answer.get_data(as_text=True)
    assert room.get(Idea, idea).state == before
    assert room.written() == ([], [], [])


@pytest.mark.parametrize("verb", ADDRESSES)
def test_nobody_decides_on_an_own_idea(room: Room, desk: FlaskClient, verb: str) -> None:
    before, _, fields, *_rest = next(item for item in VERBS if item[1] == verb)
    idea = room.idea(before, author=room.moderator)
    page = review(desk, idea)
    assert "Dit is je eigen tekst. Een andere moderator besluit erover." in page.text
    assert not page.all("#decide .decision")
    versions = {f"{name}-version": 1 for name in ("publish", "return", "refuse")}
    answer = post(desk, f"/moderatie/ideeen/{idea}/{verb}", 403, **versions, **fields)
    assert "Dit is je eigen tekst." in look_at(desk, answer).text
    assert room.get(Idea, idea).state == before
    assert room.written() == ([], [], [])


@pytest.mark.parametrize(("state", "verb"), [
    pair for pair in product(IdeaState, service.VERBS) if state_after(*pair) is None
])  # fmt: skip
@pytest.mark.one_database
def test_what_the_state_does_not_know_is_refused(room: Room, state: IdeaState, verb: IdeaVerb) -> None:
    number = room.idea(state)
    now = datetime.now(UTC)
    with room.app.app_context():
        moderator, idea = db.session.get_one(Person, room.moderator), db.session.get_one(Idea, number)
        verbs = {
            IdeaVerb.PUBLISH: lambda: service.publish_idea(moderator, idea, 1, now),
            IdeaVerb.RETURN: lambda: service.return_idea(moderator, idea, 1, SENTENCE, now),
            IdeaVerb.REFUSE: lambda: service.refuse_idea(moderator, idea, 1, Ruling(SENTENCE, REASON), now),
            IdeaVerb.HIDE: lambda: service.hide_idea(moderator, idea, Ruling(SENTENCE, REASON), now),
            IdeaVerb.RESTORE: lambda: service.restore_idea(moderator, idea, SENTENCE, now),
        }
        with pytest.raises(service.Overtaken) as refused:
            verbs[verb]()
        assert refused.value.decision.refusal
        db.session.rollback()
    assert room.get(Idea, number).state == state
    assert room.written() == ([], [], [])


def test_a_second_decision_finds_what_was_decided_and_keeps_what_was_typed(
    room: Room, desk: FlaskClient
) -> None:
    idea = room.idea()
    page = review(desk, idea)
    page.submit(form("plaatsen"))
    late = page.submit(form("terugsturen"), {"return-sentence": SENTENCE})
    assert late.status_code == 409
    shown = look_at(desk, late)
    assert "Dit idee wacht niet meer op een besluit." in shown.text
    assert "Geplaatst Besloten door Mo" in shown.text
    assert shown.one("#lost").get_text().strip() == SENTENCE
    assert shown.links("main a[href='/moderatie']")
    assert len(room.written()[0]) == 1


def test_a_text_that_its_author_changed_is_read_again(room: Room, desk: FlaskClient) -> None:
    idea = room.idea()
    page = review(desk, idea)
    with room.app.app_context():
        db.session.get_one(Idea, idea).title = "Een heel ander idee dan net"
        db.session.get_one(Idea, idea).version = 2
        db.session.commit()
    late = page.submit(form("weigeren"), {"refuse-sentence": SENTENCE, "refuse-reason": REASON.value})
    assert late.status_code == 409
    shown = look_at(desk, late)
    assert "De schrijver heeft deze tekst veranderd." in shown.text
    assert shown.h1 == "Een heel ander idee dan net"
    # What was typed and chosen is still there, and can be sent for the new text.
    assert shown.one("#refuse-sentence").get_text().strip() == SENTENCE
    assert shown.one("input[name=refuse-reason][checked]")["value"] == REASON.value
    assert shown.submit(form("weigeren")).status_code == 303
    assert room.get(Idea, idea).state == IdeaState.REFUSED


@pytest.mark.parametrize(
    ("verb", "fields", "field"),
    [
        ("terugsturen", {"return-sentence": "te kort  "}, "return-sentence"),
        ("terugsturen", {"return-sentence": "x" * 501}, "return-sentence"),
        ("weigeren", {"refuse-sentence": SENTENCE}, "refuse-reason"),
        ("weigeren", {"refuse-sentence": SENTENCE, "refuse-reason": "because"}, "refuse-reason"),
        ("weigeren", {"refuse-sentence": "kort", "refuse-reason": "insult"}, "refuse-sentence"),
    ],
)
@pytest.mark.one_database
def test_a_faulty_form_says_so_and_loses_nothing(
    room: Room, desk: FlaskClient, verb: str, fields: dict[str, object], field: str
) -> None:
    idea = room.idea()
    answer = review(desk, idea).submit(form(verb), fields)
    assert answer.status_code == 400
    page = look_at(desk, answer)
    assert page.links("[data-error-summary] a") == [f"#{field}"]
    assert page.one("details.decision[open]").select(f"form[action$='/{verb}']")
    name = field.rpartition("-")[0]
    typed = str(fields[f"{name}-sentence"])
    assert page.one(f"#{name}-sentence").get_text().strip() == typed.strip()
    if fields.get("refuse-reason") == "insult":
        assert page.one("input[name=refuse-reason][checked]")["value"] == "insult"
    assert room.get(Idea, idea).state == IdeaState.SUBMITTED
    assert room.written() == ([], [], [])


@pytest.mark.parametrize("length", [10, 500])
@pytest.mark.one_database
def test_the_limits_themselves_are_allowed(room: Room, desk: FlaskClient, length: int) -> None:
    idea = room.idea()
    answer = review(desk, idea).submit(form("terugsturen"), {"return-sentence": "x" * length})
    assert answer.status_code == 303


def test_after_a_decision_comes_the_next_text(room: Room, desk: FlaskClient) -> None:
    first = room.idea(title="Het eerste idee in de rij", submitted_at=hours_ago(9))
    skipped = room.idea(author=room.moderator, submitted_at=hours_ago(8))
    second = room.idea(title="Het tweede idee in de rij", submitted_at=hours_ago(7))
    published = room.idea(IdeaState.PUBLISHED)
    argument = room.argument(published)
    room.report(argument=argument, at=hours_ago(6))
    page = review(desk, first)
    skipping = page.submit(".review__onwards form")
    assert skipping.location == f"/moderatie/ideeen/{second}"
    answer = page.submit(form("plaatsen"))
    assert answer.location == f"/moderatie/ideeen/{second}"
    page = review(desk, second)
    assert "Geplaatst. Dat was “Het eerste idee in de rij”. Hier is de volgende." in page.text
    answer = page.submit(form("plaatsen"))
    assert answer.location == f"/moderatie/argumenten/{argument}"
    answer = visit(desk, answer.location).submit(form("laten-staan"), {"keep-sentence": SENTENCE})
    assert answer.location == "/moderatie"
    assert "Dat was de laatste" in visit(desk, "/moderatie").text
    assert room.get(Idea, skipped).state == IdeaState.SUBMITTED


def test_a_published_idea_that_does_not_wait_comes_back_to_itself(room: Room, desk: FlaskClient) -> None:
    room.idea()
    published = room.idea(IdeaState.PUBLISHED)
    fields = {"hide-sentence": SENTENCE, "hide-reason": "insult"}
    answer = review(desk, published).submit(form("verbergen"), fields)
    assert answer.location == f"/moderatie/ideeen/{published}"


def test_the_page_tells_what_is_needed_to_decide(room: Room, desk: FlaskClient) -> None:
    refused = room.idea(title="Reclame voor mijn bankenwinkel")
    review(desk, refused).submit(
        form("weigeren"), {"refuse-sentence": SENTENCE, "refuse-reason": "advertising"}
    )
    room.idea(
        IdeaState.PUBLISHED,
        author=room.reader,
        title="Een bank bij elke halte van de bus",
        summary="Oudere reizigers kunnen dan zitten.",
    )
    room.idea(IdeaState.PUBLISHED, author=room.reader, title="Sensoren die geluid van uitlaten meten")
    idea = room.idea(
        title="Een bankje bij elke bushalte",
        summary="Oudere reizigers kunnen dan zitten tot de bus komt.",
        body="Ik <script>wacht</script> vaak.\n\nZie https://example.org/banken en zeg het voort.",
        neighbourhood="Wyck",
    )
    page = review(desk, idea, max_queries=17)
    assert page.h1 == "Een bankje bij elke bushalte"
    assert "Waar moet de stad slim in zijn?" in page.text
    assert "Inge (Inwoner)" in page.text
    assert "Wyck" in page.text
    assert "<script>wacht</script>" in page.text
    assert page.one(".review__body a")["rel"]
    assert len(page.all(".rules-check li")) == 7
    assert page.texts(".alike a") == ["Een bank bij elke halte van de bus"]
    assert page.texts(".review__background .decided__title") == ["Reclame voor mijn bankenwinkel"]
    assert "Reclame" in page.texts(".review__background .decided__head")[0]


@pytest.mark.one_database
def test_the_page_speaks_english(room: Room, desk: FlaskClient) -> None:
    idea = room.idea()
    page = visit(desk, f"/en/moderatie/ideeen/{idea}")
    assert page.texts(".review__panel-title") == ["Your decision"]
    assert "House rule 3: Add something new." in page.text
    answer = page.submit(form("weigeren"), {"refuse-sentence": "short"})
    assert answer.status_code == 400
    shown = look_at(desk, answer)
    assert "Choose the house rule." in shown.text
    assert "Write at least 10 characters." in shown.text


@pytest.mark.parametrize(
    ("state", "values"), [(IdeaState.DRAFT, {}), (IdeaState.WITHDRAWN, {"submitted_at": None})]
)
@pytest.mark.one_database
def test_what_was_never_sent_in_is_not_shown(
    room: Room, desk: FlaskClient, state: IdeaState, values: dict[str, None]
) -> None:
    idea = room.idea(state, **values)
    review(desk, idea, status=404)
    for verb in ADDRESSES:
        assert post(desk, f"/moderatie/ideeen/{idea}/{verb}", 404).status_code == 404


def test_an_unknown_idea_is_not_found(room: Room, desk: FlaskClient) -> None:
    review(desk, 4711, status=404)
    post(desk, "/moderatie/ideeen/4711/plaatsen", 404)


def test_decisions_are_listed_newest_first_and_paged(room: Room, desk: FlaskClient) -> None:
    for number in range(22):
        review(desk, room.idea(title=f"Idee nummer {number:02d}")).submit(form("plaatsen"))
    page = visit(desk, "/moderatie/besluiten", max_queries=5)
    assert page.texts(".decided__title")[:2] == ["Idee nummer 21", "Idee nummer 20"]
    older = page.follow("a[rel=next]")
    assert older.texts(".decided__title") == ["Idee nummer 01", "Idee nummer 00"]
    assert ModerationVerb.PUBLISH.value not in page.text
    assert "Mo" in page.texts(".decided__when")[0]


def test_a_refusal_of_the_policy_reaches_the_service_too(room: Room) -> None:
    number = room.idea()
    with room.app.app_context():
        reader, idea = db.session.get_one(Person, room.reader), db.session.get_one(Idea, number)
        with pytest.raises(NotAllowed, match="Only moderators"):
            service.publish_idea(reader, idea, 1, datetime.now(UTC))
