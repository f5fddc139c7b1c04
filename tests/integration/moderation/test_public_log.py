"""The account of the moderators: exact counts and times for everybody, per process and period; never names or texts."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from app.db import db
from app.domain.lifecycle import IdeaState, RefusalReason
from app.models import (
    Argument,
    Call,
    ExcludedVote,
    Exclusion,
    Idea,
    Merge,
    ModerationDecision,
    Person,
    Process,
    QueueItem,
    Report,
)
from app.models.argument import ArgumentState
from app.models.integrity import ExclusionReason, ExclusionState
from app.models.moderation import AppealOutcome, ModerationVerb, ReportOutcome, SanctionKind
from app.models.queue import QueueKind
from tests import factories
from tests.support import visit

from .conftest import Room, hours_ago

TITLE = "Een titel die niemand hier mag lezen"
SENTENCE = "Een uitleg voor de schrijver alleen."


def fill(room: Room) -> None:
    """A month of work, and some from before."""
    idea = room.idea(IdeaState.HIDDEN, title=TITLE)
    argument = room.argument(idea, body="Een reactie die niemand hier mag lezen, echt niet.")
    with room.app.app_context():
        mo, reader = db.session.get_one(Person, room.moderator), db.session.get_one(Person, room.reader)
        text, said = db.session.get_one(Idea, idea), db.session.get_one(Argument, argument)
        verbs = ModerationVerb

        def decided(
            verb: ModerationVerb, on: Idea | Argument = text, days: float = 1, **values: object
        ) -> int:
            given = {"reason": None, "sentence": SENTENCE, "decided_at": hours_ago(24 * days), **values}
            return factories.a_decision(on, mo, verb=verb, **given).id

        for days in (1, 2, 40):
            decided(verbs.PUBLISH, days=days)
        decided(verbs.REFUSE, reason=RefusalReason.ADVERTISING)
        hidden = decided(verbs.HIDE, reason=RefusalReason.INSULT, undone_at=hours_ago(2))
        decided(verbs.HIDE, said, reason=RefusalReason.INSULT)
        decided(verbs.HIDE, said, reason=RefusalReason.OFF_TOPIC, undone_at=hours_ago(1))
        decided(verbs.RECALL, moderator_id=None)
        process = db.session.get_one(Call, room.call).process_id
        for number, hours in enumerate((1, 2, 3, 4, 30)):
            db.session.add(
                QueueItem(
                    kind=QueueKind.IDEA, key=f"idea:{number}", process_id=process,
                    waits_since=hours_ago(100), due_at=hours_ago(76), closed_at=hours_ago(100 - hours),
                    closed_by_id=room.moderator,
                )
            )  # fmt: skip
        db.session.add_all(
            [
                QueueItem(
                    kind=QueueKind.IDEA, key="taken back", process_id=process, waits_since=hours_ago(90),
                    due_at=hours_ago(60), closed_at=hours_ago(1),
                ),
                QueueItem(
                    kind=QueueKind.REPORT, key="waits", process_id=process, waits_since=hours_ago(90),
                    due_at=hours_ago(60),
                ),
                Report(
                    idea_id=idea, reporter_id=reader.id, reason="insult", explanation="Dit mag niemand lezen.",
                    created_at=hours_ago(9), handled_at=hours_ago(8), outcome=ReportOutcome.RIGHT,
                ),
                Report(argument_id=argument, reporter_id=reader.id, reason="insult", created_at=hours_ago(9)),
            ]
        )  # fmt: skip
        factories.an_appeal(
            db.session.get_one(ModerationDecision, hidden),
            text.author,
            outcome=AppealOutcome.UPHELD,
            decided_at=hours_ago(2),
        )
        factories.an_appeal(factories.a_decision(text, mo), text.author, due_at=hours_ago(1))
        factories.a_sanction(reader, mo, kind=SanctionKind.BLOCK)
        factories.a_sanction(reader, mo, lifted_at=hours_ago(1))
        other = factories.an_idea(db.session.get_one(Call, room.call))
        db.session.add(Merge(idea_id=idea, into_id=other.id, merged_at=hours_ago(3), merged_by_id=mo.id))
        for state, reason in (
            (ExclusionState.IN_FORCE, ExclusionReason.AUTOMATED),
            (ExclusionState.PROPOSED, ExclusionReason.BOUGHT),
        ):
            exclusion = Exclusion(
                call_id=room.call, reason=reason, sentence=SENTENCE, state=state,
                proposed_by_id=mo.id, proposed_at=hours_ago(5),
            )  # fmt: skip
            db.session.add(exclusion)
            db.session.flush()
            in_force = state == ExclusionState.IN_FORCE
            db.session.add(
                ExcludedVote(
                    exclusion_id=exclusion.id,
                    idea_id=other.id,
                    person_id=reader.id,
                    from_at=hours_ago(4) if in_force else None,
                )
            )
        elsewhere = factories.an_idea(factories.a_call(factories.a_process(slug="elders", title="Elders")))
        for _number in range(7):
            factories.a_decision(elsewhere, mo)
        db.session.commit()


def figures(client: FlaskClient, query: str) -> dict[tuple[str, str, str], object]:
    answer = client.get(f"/over/moderatie.json{query}")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.json
    return {(row["part"], row["subject"], row["detail"]): row["number"] for row in answer.json["figures"]}


def test_the_counts_are_exact_per_process_and_period(room: Room, client: FlaskClient) -> None:
    fill(room)
    with room.app.app_context():
        slug = db.session.get_one(Call, room.call).process.slug
    found = figures(client, f"?traject={slug}")
    assert found["decisions", "publish", ""] == 2
    assert found["decisions", "refuse", "advertising"] == 1
    assert found["decisions", "hide", "insult"] == 3, "with what an appeal overturned"
    assert ("decisions", "hide", "off_topic") not in found, "what was taken back at once never was"
    assert found["decisions", "overturned", ""] == 1
    assert (found["decisions", "recall", ""], found["decisions", "by_the_site", ""]) == (1, 1)
    assert found["waiting", "texts", "number"] == 5
    assert abs(int(str(found["waiting", "texts", "median_seconds"])) - 3 * 3600) <= 2
    assert abs(int(str(found["waiting", "texts", "ninetieth_percentile_seconds"])) - 19.6 * 3600) <= 2
    assert found["waiting", "texts", "promise_kept"] == 4
    assert (found["waiting", "reports", "number"], found["waiting", "reports", "median_seconds"]) == (0, None)
    assert (found["waiting", "now", "number"], found["waiting", "now", "late"]) == (1, 1)
    assert (found["reports", "insult", "right"], found["reports", "insult", "open"]) == (1, 1)
    appeals = [found["appeals", name, ""] for name in ("lodged", "upheld", "rejected", "open", "late")]
    assert appeals == [2, 1, 0, 1, 1]
    assert found["merges", "", ""] == 1
    assert found["votes_that_do_not_count", "automated", ""] == 1
    assert ("votes_that_do_not_count", "bought", "") not in found, "proposed is not decided"
    assert [found["measures", name, ""] for name in ("warn", "block", "lifted")] == [1, 1, 1]
    assert figures(client, f"?traject={slug}&periode=alles")["decisions", "publish", ""] == 3
    elsewhere = figures(client, "?traject=elders")
    assert elsewhere["decisions", "hide", "insult"] == 7
    assert (elsewhere["appeals", "lodged", ""], elsewhere["merges", "", ""]) == (0, 0)
    table = client.get(f"/over/moderatie.csv?traject={slug}")
    assert table.mimetype == "text/csv"
    rows = list(csv.reader(io.StringIO(table.text)))
    assert rows[0] == ["part", "subject", "detail", "number"]
    assert {tuple(row[:3]): row[3] for row in rows[1:]} == {
        key: "" if number is None else str(number) for key, number in found.items()
    }


@pytest.mark.one_database
def test_the_page_says_it_in_words_drawings_and_tables_but_never_names(
    room: Room, client: FlaskClient
) -> None:
    fill(room)
    with room.app.app_context():
        slug = db.session.get_one(Call, room.call).process.slug
        titles = [row.title for row in db.session.scalars(db.select(Process))]
    page = visit(client, f"/over/moderatie?traject={slug}", max_queries=14)
    assert page.h1 == "Zo werken de moderatoren"
    for said in (
        "Samen 7 besluiten.",
        "Daarvan is er 1 teruggedraaid na een bezwaar.",
        "5. Wees vriendelijk voor elkaar.",
        "De helft binnen",
        "3 uur",
        "20 uur",
        "4 van 5",
        "Een programma stemde",
        "Blokkades: niet inloggen",
    ):
        assert said in page.text, said
    assert len(page.all("figure.chart svg.chart__svg")) == len(page.all("figure.chart table")) >= 6
    assert len(page.all("nav.public-log__choice a")) == len(titles) + 2
    for path in ("/over/moderatie", "/over/moderatie.json", "/over/moderatie.csv"):
        for query in (f"?traject={slug}", f"?traject={slug}&periode=alles"):
            text = client.get(path + query).text
            for secret in (
                TITLE,
                SENTENCE,
                "niemand hier mag lezen",
                "niemand lezen",
                "Inge",
                "Rik",
                "Mia",
                ">Mo<",
            ):
                assert secret not in text, (path, secret)
    english = visit(client, f"/en/over/moderatie?traject={slug}")
    assert "7 decisions in all." in english.text


def test_strangers_share_one_page_and_find_it(room: Room, client: FlaskClient) -> None:
    first = client.get("/over/moderatie")
    assert "Set-Cookie" not in first.headers
    assert first.headers["Cache-Control"].startswith("public")
    assert client.get("/over/moderatie", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    for path in ("/over", "/spelregels", "/open-data"):
        assert "/over/moderatie" in visit(client, path).links("main a"), path
    assert client.get("/over/moderatie?traject=bestaat-niet").status_code == 404
    empty = visit(client, "/over/moderatie")
    assert "Geen tekst brak een spelregel." in empty.text
    assert "Niemand heeft bezwaar gemaakt." in empty.text


@pytest.mark.one_database
def test_a_site_without_a_process_has_nothing_to_tell(client: FlaskClient) -> None:
    assert "Er zijn nog geen gegevens." in visit(client, "/over/moderatie").text
    assert client.get("/over/moderatie.json").status_code == 404


def test_a_closed_text_says_why_and_not_what(room: Room, client: FlaskClient) -> None:
    public = room.idea(IdeaState.PUBLISHED, title="Dit blijft staan voor iedereen")
    hidden = room.idea(IdeaState.HIDDEN, title=TITLE, body=f"{TITLE}. " * 4)
    refused = room.idea(IdeaState.REFUSED, title=TITLE, published_at=None)
    argument = room.argument(public, body=f"{TITLE}, en dat is niet aardig.", state=ArgumentState.HIDDEN)
    at = datetime(2026, 3, 3, 12, tzinfo=UTC)
    with room.app.app_context():
        mo = db.session.get_one(Person, room.moderator)
        for number, verb in ((hidden, ModerationVerb.HIDE), (refused, ModerationVerb.REFUSE)):
            factories.a_decision(
                db.session.get_one(Idea, number), mo, verb=verb, sentence=SENTENCE, decided_at=at
            )
        factories.a_decision(db.session.get_one(Argument, argument), mo, sentence=SENTENCE, decided_at=at)
        factories.a_decision(
            db.session.get_one(Argument, argument), mo, reason=RefusalReason.ADVERTISING,
            decided_at=at + timedelta(days=1), undone_at=at + timedelta(days=1),
        )  # fmt: skip
        db.session.commit()
    for path, status in ((f"/ideeen/{hidden}", 410), (f"/ideeen/{refused}", 403), (f"/ideeen/{public}", 200)):
        page = visit(client, path, status=status)
        assert "Spelregel 5: Wees vriendelijk voor elkaar." in page.text
        assert "3 maart 2026" in page.text
        assert "/over/moderatie" in page.links("main a")
        assert "Spelregel 6" not in page.text, "what was taken back says nothing"
    for path in (
        "/", "/ideeen", "/ideeen?zoek=titel", "/ideeen.atom", "/ideeen/kaart.json", "/open-data/ideeen", "/sitemap.xml",
        f"/ideeen/{hidden}", f"/ideeen/{refused}", f"/ideeen/{public}", f"/ideeen/{hidden}/wijzigingen",
        "/over/moderatie", f"/ideeen/{hidden}/poster.pdf", f"/argumenten/{argument}", f"/argumenten/{argument}/melden",
    ):  # fmt: skip
        answer = client.get(path)
        assert TITLE not in answer.text, path
        assert SENTENCE not in answer.text, path
