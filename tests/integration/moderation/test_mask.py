"""Personal data made unreadable: everywhere at once, kept under lock, put back exactly, destroyed on time."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import Base, db
from app.domain.decision import NotAllowed
from app.domain.lifecycle import IdeaState
from app.features.moderation import masking
from app.features.moderation.masking_jobs import DESTROY
from app.models import (
    Amendment,
    Appeal,
    Argument,
    Call,
    Idea,
    IdeaChallenge,
    IdeaImage,
    IdeaTheme,
    MailMessage,
    MaskedText,
    ModerationDecision,
    Notice,
    Person,
    Report,
)
from app.models.argument import ArgumentState
from app.models.moderation import AppealOutcome, ReportReason
from app.models.person import Role
from app.models.process import CallKind
from app.models.queue import QueueItem
from app.records import decisions, news
from tests import factories
from tests.support import post, sign_in, visit

from .conftest import Room, hours_ago

SENTENCE = "Hier stond hoe je iemand kunt bereiken die daar niet om vroeg."
NAME, PHONE = "Jan Jansen", "06-87654321"
WORDS = f"{NAME}\n{PHONE}"
TITLE = "Bankjes voor Jan Jansen"
BODY = "Vraag het aan Jan\nJansen of bel 06-87654321. Hij weet alles van bankjes en zit er graag op."


@pytest.fixture
def idea(room: Room) -> int:
    """An idea with personal data in every place where it can hold words."""
    number = room.idea(IdeaState.PUBLISHED, title=TITLE, summary="Jan Jansen wil graag zitten.", body=BODY)
    with room.app.app_context():
        db.session.get_one(Call, room.call).kind = CallKind.CHALLENGE
        made = db.session.get_one(Idea, number)
        factories.an_image(made, alt="Jan Jansen op een bankje.")
        db.session.add_all(
            [
                Amendment(
                    idea_id=number, number=1, title="Bankje van jan jansen", summary="Eerst stond er iets anders.",
                    body="Bel 06-87654321.", reason="Het nummer van Jan Jansen klopte niet.", made_at=hours_ago(2),
                ),
                IdeaChallenge(idea_id=number, task="Banken maken", team="Jan Jansen en zijn buren"),
            ]
        )  # fmt: skip
        news.idea_published(made, hours_ago(3))
        news.idea_amended(number, 1, "Het nummer van Jan Jansen klopte niet.", hours_ago(2))
        db.session.add(
            MailMessage(
                recipient="rik@voorbeeld.example", subject=f"Een nieuw idee: {TITLE}",
                text=f"Lees {TITLE}\nhttp://localhost/ideeen/{number}\n",
                html=f"<p>{TITLE}</p>", kind="digest", created_at=hours_ago(1), next_try_at=hours_ago(-1),
            )
        )  # fmt: skip
        db.session.commit()
    return number


def everything(room: Room) -> str:
    """All rows of all tables as text."""
    with room.app.app_context():
        rows = {
            table.name: [dict(row) for row in db.session.execute(select(table)).mappings()]
            for table in Base.metadata.sorted_tables
        }
    return json.dumps(rows, default=str, ensure_ascii=False)


def text_of(room: Room, idea: int) -> dict[str, object]:
    """Everything that an idea says."""
    with room.app.app_context():
        made = db.session.get_one(Idea, idea)
        said = {field.name: field.text for field in masking.fields_of(made)}
        db.session.rollback()
    return dict(said)


def mask(desk: FlaskClient, path: str, words: str = WORDS, status: int = 303) -> str:
    page = visit(desk, f"{path}/afschermen")
    answer = page.submit("main form.form", passages=words, sentence=SENTENCE)
    assert answer.status_code == status, answer.text
    return answer.text


def the_decision(room: Room) -> ModerationDecision:
    return room.all(ModerationDecision)[-1]


def undo(room: Room, now: datetime | None = None) -> None:
    with room.app.app_context():
        found = db.session.get_one(ModerationDecision, the_decision(room).id)
        decisions.undo(found, db.session.get_one(Person, room.second), now or datetime.now(UTC))
        db.session.commit()


def test_the_words_go_from_everywhere(
    room: Room, desk: FlaskClient, idea: int, heard: list[tuple[str, object]]
) -> None:
    stranger = room.app.test_client()
    assert NAME in visit(stranger, "/ideeen").text
    page = visit(desk, f"/moderatie/ideeen/{idea}").follow("main a[href$='/afschermen']")
    assert PHONE in page.one("textarea[name=passages]").get_text(), "proposed by the rules"
    assert page.submit("main form.form", passages=WORDS, sentence=SENTENCE).status_code == 303
    said = text_of(room, idea)
    assert said["title"] == "Bankjes voor [weggehaald]"
    assert (
        said["body"]
        == "Vraag het aan [weggehaald] of bel [weggehaald]. Hij weet alles van bankjes en zit er graag op."
    )
    assert said["image:alt"] == "[weggehaald] op een bankje."
    assert said["challenge:team"] == "[weggehaald] en zijn buren"
    assert said["amendment:1:title"] == "Bankje van [weggehaald]"
    for word in ("jansen", "87654321"):
        assert word not in everything(room).lower(), "not in a message, mail, audit line or decision either"
    for path in (
        "/", "/ideeen", f"/ideeen/{idea}", f"/ideeen/{idea}/wijzigingen", "/ideeen?zoek=bankjes",
        "/open-data/ideeen", f"/moderatie/ideeen/{idea}", "/ideeen.atom", "/mijn/gegevens",
    ):  # fmt: skip
        answer = desk.get(path)
        assert answer.status_code in (200, 404), path
        assert "Jansen" not in answer.text, path
    assert "Bankjes voor" not in visit(stranger, "/ideeen?zoek=jansen").text, "the search does not find it"
    assert "[weggehaald]" in visit(stranger, "/ideeen?zoek=bankjes").text
    assert room.get(Idea, idea).version == 2
    assert ("idea_changed", idea) in heard
    kept = room.all_by(MaskedText)
    assert len(kept) == 1
    assert kept[0].destroyed_at is None
    assert kept[0].keep_until == the_decision(room).decided_at + timedelta(days=14)
    (letter,) = [mail for mail in room.all(MailMessage) if mail.kind == "text_masked"]
    assert letter.next_try_at == the_decision(room).decided_at + decisions.UNDO
    line = room.written()[1][0]
    assert (line.action, line.why, line.after["passages"]) == ("moderation.mask", SENTENCE, 2)
    assert line.after["quotes"] == 3, "the author's inbox is told after that"


def test_it_comes_back_exactly(room: Room, desk: FlaskClient, idea: int) -> None:
    before = text_of(room, idea)
    mask(desk, f"/moderatie/ideeen/{idea}")
    assert text_of(room, idea) != before
    undo(room)
    assert text_of(room, idea) == before
    assert room.all_by(MaskedText)[0].original is None, "and nothing is kept twice"
    assert "Bankjes voor" in visit(room.app.test_client(), "/ideeen?zoek=jansen").text
    assert [mail.kind for mail in room.all(MailMessage)] == ["digest"]
    assert not [note for note in room.all(Notice) if note.path.startswith("/mijn/besluiten")]


def test_an_argument_is_masked_in_the_language_of_its_author(
    room: Room, desk: FlaskClient, idea: int
) -> None:
    author = room.person(language="en", email="ann@voorbeeld.example")
    argument = room.argument(
        idea, author=author, body=f"Ask {NAME}, his number is {PHONE}, he will help you."
    )
    other = room.argument(idea, body=f"Ja, {NAME} weet daar heel erg veel van, vraag maar.")
    page = visit(desk, f"/moderatie/argumenten/{argument}/afschermen")
    answer = page.submit("main form.form", passages=WORDS, sentence=SENTENCE)
    assert room.get(Argument, argument).body == "Ask [removed], his number is [removed], he will help you."
    assert NAME in room.get(Argument, other).body, "it is the text of somebody else"
    shown = visit(desk, answer.location)
    assert "Dezelfde woorden staan in nog 2 andere teksten" in shown.html
    assert "[removed]" in visit(room.app.test_client(), f"/ideeen/{idea}").text
    assert room.get(Idea, idea).version == 2
    undo(room)
    assert room.get(Argument, argument).body == f"Ask {NAME}, his number is {PHONE}, he will help you."


def test_who_changed_the_text_since_writes_the_words_again(room: Room, desk: FlaskClient, idea: int) -> None:
    mask(desk, f"/moderatie/ideeen/{idea}")
    with room.app.app_context():
        db.session.get_one(Idea, idea).body = "Een heel andere tekst over banken in de stad."
        db.session.commit()
    masked = text_of(room, idea)
    with pytest.raises(NotAllowed, match="has changed since"):
        undo(room)
    assert text_of(room, idea) == masked
    assert room.all_by(MaskedText)[0].original is not None, "the appeal is still possible"


def test_what_was_masked_later_comes_back_first(room: Room, desk: FlaskClient, idea: int) -> None:
    before = text_of(room, idea)
    mask(desk, f"/moderatie/ideeen/{idea}", NAME)
    first = the_decision(room).id
    mask(desk, f"/moderatie/ideeen/{idea}", PHONE)
    with room.app.app_context(), pytest.raises(NotAllowed):
        decisions.put_back(db.session.get_one(ModerationDecision, first), datetime.now(UTC))
    undo(room)
    with room.app.app_context():
        decisions.put_back(db.session.get_one(ModerationDecision, first), datetime.now(UTC))
        db.session.commit()
    assert text_of(room, idea) == before


@pytest.mark.parametrize("way", ["time", "answer", "waits"])
def test_what_is_kept_is_destroyed_when_nobody_can_ask_it_back(
    room: Room, desk: FlaskClient, idea: int, way: str
) -> None:
    mask(desk, f"/moderatie/ideeen/{idea}")
    decided = the_decision(room).decided_at
    late = decided + timedelta(days=14)
    with room.app.app_context():
        if way != "time":
            decision = db.session.get_one(ModerationDecision, the_decision(room).id)
            appeal = factories.an_appeal(decision, db.session.get_one(Person, room.author))
            if way == "answer":
                appeal.decided_at, appeal.outcome = decided + timedelta(days=1), AppealOutcome.REJECTED
            db.session.commit()
        DESTROY.run(late - timedelta(seconds=1))
    kept = room.all_by(MaskedText)[0]
    assert (kept.original is None) == (way == "answer")
    with room.app.app_context():
        DESTROY.run(late)
    kept = room.all_by(MaskedText)[0]
    assert (kept.original is None, kept.destroyed_at is not None) == (way != "waits", way != "waits")
    if way == "waits":
        with room.app.app_context():
            db.session.scalars(select(Appeal)).one().decided_at = late
            db.session.commit()
            DESTROY.run(late + timedelta(days=1))
        assert room.all_by(MaskedText)[0].original is None
    with room.app.app_context(), pytest.raises(NotAllowed, match="destroyed"):
        decisions.put_back(db.session.get_one(ModerationDecision, the_decision(room).id), late)
    with room.app.app_context():
        raw = str(db.session.execute(select(MaskedText.__table__)).all())
    assert "gAAAA" not in raw, "nothing encrypted is left"


@pytest.mark.parametrize(
    ("words", "sentence", "said"),
    [
        ("Piet Pieters", SENTENCE, "“Piet Pieters” staat niet (meer) in deze tekst."),
        ("", SENTENCE, "Schrijf op welke woorden weg moeten"),
        ("J", SENTENCE, "Een stukje heeft 2 tot 200 tekens."),
        ("\n".join(f"Jan {number}" for number in range(21)), SENTENCE, "Hoogstens 20 stukjes tegelijk."),
        (NAME, "Het nummer van Jan Jansen stond erin.", "Herhaal de woorden niet in je uitleg"),
        (NAME, "Kort", "Schrijf minstens 10 tekens."),
    ],
)
@pytest.mark.one_database
def test_what_makes_no_sense_is_refused(
    room: Room, desk: FlaskClient, idea: int, words: str, sentence: str, said: str
) -> None:
    before = text_of(room, idea)
    page = visit(desk, f"/moderatie/ideeen/{idea}/afschermen")
    answer = page.submit("main form.form", passages=words, sentence=sentence)
    assert answer.status_code == 400
    assert said in answer.text
    assert text_of(room, idea) == before
    assert room.all(ModerationDecision) == []


def test_who_may(room: Room, client: FlaskClient, idea: int) -> None:
    argument = room.argument(idea, body=f"Vraag het aan {NAME}, die weet het allemaal wel.")
    fields = {"passages": NAME, "sentence": SENTENCE}
    for kind, path in (
        ("idea", f"/moderatie/ideeen/{idea}"),
        ("argument", f"/moderatie/argumenten/{argument}"),
    ):
        path = f"{path}/afschermen"
        assert "/inloggen" in post(client, path, 303, **fields).location
        for roles in [(), (Role.FACILITATOR,), (Role.ORGANISER,)]:
            post(sign_in(client, room.person(*roles)), path, 403, **fields)
        post(sign_in(client, room.author), path, 403, **fields)
        if kind == "idea":
            room.report(by=room.moderator, idea=idea)
        else:
            room.report(by=room.moderator, argument=argument)
        post(sign_in(client, room.moderator), path, 403, **fields)
        client.get("/uitloggen")
        client = room.app.test_client()
    assert NAME in room.get(Argument, argument).body
    assert room.all(ModerationDecision) == []
    mia = sign_in(room.app.test_client(), room.second)
    post(mia, f"/moderatie/argumenten/{argument}/afschermen", 303, **fields)
    assert NAME not in room.get(Argument, argument).body
    own = room.idea(IdeaState.PUBLISHED, author=room.second, body=BODY)
    post(mia, f"/moderatie/ideeen/{own}/afschermen", 403, **fields)
    draft = room.idea(IdeaState.DRAFT, body=BODY)
    post(mia, f"/moderatie/ideeen/{draft}/afschermen", 404, **fields)


def test_a_part_that_was_split_off_keeps_no_copy(room: Room, desk: FlaskClient, idea: int) -> None:
    with room.app.app_context():
        theme = factories.a_theme(db.session.get_one(Call, room.call).process)
        db.session.add(IdeaTheme(idea_id=idea, theme_id=theme.id))
        made = db.session.get_one(Idea, idea)
        made.body = f"{BODY}\n\nZet ook lampen neer langs het water, zodat je 's avonds kunt lopen."
        db.session.execute(db.delete(IdeaImage))
        db.session.commit()
    page = visit(desk, f"/moderatie/ideeen/{idea}/splitsen")
    page.submit(
        "main form.form",
        title="Lampen langs het water",
        summary="Zodat je er 's avonds kunt lopen.",
        body="Zet ook lampen neer langs het water, zodat je 's avonds kunt lopen.",
        leaves="y",
        sentence=SENTENCE,
    )
    split = the_decision(room)
    before = text_of(room, idea)
    mask(desk, f"/moderatie/ideeen/{idea}")
    assert "Jansen" not in everything(room)
    undo(room)
    assert text_of(room, idea) == before
    assert room.get(ModerationDecision, split.id).before == split.before


def reported(
    room: Room, reason: ReportReason, *, idea: int | None = None, argument: int | None = None
) -> int:
    """Somebody reports a text for this reason; the number of the report."""
    reader = room.person(email=f"{reason}@voorbeeld.example")
    number = room.report(by=reader, idea=idea, argument=argument)
    with room.app.app_context():
        db.session.get_one(Report, number).reason = reason
        db.session.commit()
    return number


def outcomes(room: Room, *reports: int) -> list[str | None]:
    return [room.get(Report, number).outcome for number in reports]


def waiting(room: Room) -> list[str]:
    return [item.key for item in room.all(QueueItem) if item.closed_at is None]


def test_who_pointed_at_personal_details_was_right(room: Room, desk: FlaskClient, idea: int) -> None:
    right = reported(room, ReportReason.PERSONAL_DATA, idea=idea)
    mask(desk, f"/moderatie/ideeen/{idea}")
    assert outcomes(room, right) == ["right"]
    assert f"report:idea:{idea}" not in waiting(room)
    letters = [mail for mail in room.all(MailMessage) if mail.kind == "report_handled"]
    assert [mail.recipient for mail in letters] == ["personal_data@voorbeeld.example"]
    assert "Je had gelijk" in letters[0].text
    assert "Bankjes voor [weggehaald]" in letters[0].subject
    undo(room)
    assert outcomes(room, right) == [None]
    assert f"report:idea:{idea}" in waiting(room)
    assert not [mail for mail in room.all(MailMessage) if mail.kind == "report_handled"]


def test_other_reports_wait_and_are_not_called_unfounded_after_it(
    room: Room, desk: FlaskClient, idea: int
) -> None:
    right, other = (
        reported(room, reason, idea=idea) for reason in (ReportReason.PERSONAL_DATA, ReportReason.OTHER)
    )
    mask(desk, f"/moderatie/ideeen/{idea}")
    assert [room.get(Report, number).handled_at is not None for number in (right, other)] == [True, False]
    late = reported(room, ReportReason.INSULT, idea=idea)
    with room.app.app_context():
        db.session.get_one(Report, late).created_at = datetime.now(UTC) + timedelta(seconds=1)
        db.session.commit()
    page = visit(desk, f"/moderatie/ideeen/{idea}")
    assert page.submit("main form[action$='/laten-staan']", {"keep-sentence": SENTENCE}).status_code == 303
    assert outcomes(room, right, other, late) == ["right", None, "kept"]
    assert all(room.get(Report, number).handled_at for number in (right, other, late))


def test_what_reports_took_off_the_site_still_waits_for_a_decision(room: Room, desk: FlaskClient) -> None:
    argument = room.argument(
        room.idea(IdeaState.PUBLISHED), body=f"Bel {NAME} op {PHONE}, die weet er alles van."
    )
    right = reported(room, ReportReason.PERSONAL_DATA, argument=argument)
    with room.app.app_context():
        db.session.get_one(Argument, argument).state = ArgumentState.WAITING
        db.session.commit()
    mask(desk, f"/moderatie/argumenten/{argument}")
    assert waiting(room) == [f"report:argument:{argument}"]
    page = visit(desk, f"/moderatie/argumenten/{argument}")
    assert page.submit("main form[action$='/plaatsen']").status_code == 303
    assert (outcomes(room, right), waiting(room)) == (["right"], [])
    (letter,) = (mail for mail in room.all(MailMessage) if mail.kind == "report_handled")
    assert "Je had gelijk" in letter.text
