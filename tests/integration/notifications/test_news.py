"""What happens on the site reaches inboxes: the right people, once, in their language, also after a crash."""

import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from app.db import db
from app.domain.ballot import Side, VoteValue
from app.domain.lifecycle import IdeaState, PublicStatus
from app.features.discussion import queries
from app.features.discussion import service as talking
from app.features.moderation import service as moderation
from app.features.notifications import fan_out
from app.features.organiser import service as organising
from app.models import Argument, Follow, Idea, MailMessage, News, Notice, Person
from app.models.following import NoticeKind
from app.models.moderation import Report, ReportReason
from app.records import follows, heads, news
from app.records.follows import Subject
from app.records.notices import Audience, tell
from tests import factories
from tests.integration.notifications.conftest import Town

NOW = datetime.now(UTC)
REASON = "Het college heeft erover gepraat."


def test_a_published_idea_reaches_who_follows_its_theme_call_or_process(town: Town) -> None:
    with town.app.app_context():
        theme = factories.db.session.get_one(factories.Theme, town.theme)
        call = factories.db.session.get_one(factories.Call, town.call)
        idea = factories.an_idea(
            call,
            factories.a_person(),
            themes=[theme],
            title="Zonnepanelen op school",
            state=IdeaState.SUBMITTED,
            published_at=None,
        )
        db.session.commit()
        number, author = idea.id, idea.author_id
    readers = [
        town.follower(Subject.THEME, town.theme),
        town.follower(Subject.CALL, town.call, language="en"),
        town.follower(Subject.PROCESS, town.process),
    ]
    for subject, of in ((Subject.THEME, town.theme), (Subject.CALL, town.call)):
        town.do(follows.begin, author, subject, of, NOW)
    blocked = town.follower(Subject.THEME, town.theme, blocked_at=NOW)
    other = town.follower(Subject.IDEA, town.idea)
    town.do(moderation.publish_idea, (Person, town.moderator), (Idea, number), version=1, now=NOW)
    assert town.titles(author) == ["Je idee staat op de site: Zonnepanelen op school"]
    assert town.titles(readers[0]) == []  # nothing is told in the request but to the author
    assert town.spread() == 1
    assert town.spread() == 0
    assert [town.titles(reader) for reader in readers] == [
        ["Een nieuw idee: ‘Zonnepanelen op school’"],
        ["A new idea: “Zonnepanelen op school”"],
        ["Een nieuw idee: ‘Zonnepanelen op school’"],
    ]
    assert town.titles(author) == ["Je idee staat op de site: Zonnepanelen op school"]
    assert town.titles(blocked) == town.titles(other) == []
    (notice,) = town.inbox(readers[0])
    assert (notice.path, notice.waits, notice.kind) == (f"/ideeen/{number}", True, NoticeKind.IDEA)
    assert not town.inbox(author)[0].waits
    assert author in [row.person_id for row in town.all(Follow) if row.idea_id == number]


def test_a_status_reaches_followers_and_voters_who_asked(town: Town) -> None:
    follower = town.follower(Subject.IDEA, town.idea)
    people = {name: town.person() for name in ("asked", "silent", "withdrew", "elsewhere")}
    with town.app.app_context():
        idea = db.session.get_one(Idea, town.idea)
        for name in ("asked", "silent", "withdrew"):
            factories.a_vote(idea, db.session.get_one(Person, people[name]), VoteValue.AGAINST)
        factories.a_vote(idea, db.session.get_one(Person, people["withdrew"]), VoteValue.WITHDRAWN)
        for name in ("asked", "withdrew", "elsewhere"):
            follows.wish(people[name], True, datetime(2020, 1, 1, tzinfo=UTC))
        follows.begin(town.author, Subject.IDEA, town.idea, datetime(2020, 1, 1, tzinfo=UTC))
        db.session.commit()
    steps = (PublicStatus.OPEN, PublicStatus.ON_AGENDA)
    town.do(organising.set_status, (Person, town.organiser), (Idea, town.idea), *steps, REASON, NOW)
    town.spread()
    heading = "Het idee ‘Een bank bij elke bushalte’ heeft een nieuwe status: Op de agenda"
    for person in (follower, people["asked"]):
        assert [(each.title, each.text) for each in town.inbox(person)] == [(heading, REASON)]
    for name in ("silent", "withdrew", "elsewhere"):
        assert town.inbox(people[name]) == []
    (own,) = town.inbox(town.author)
    assert own.title.startswith("Je idee ‘Een bank bij elke bushalte’ heeft een nieuwe status")
    assert (own.kind, own.waits) == (NoticeKind.DECISION, False)
    letters = town.all(MailMessage)
    assert [letter.kind for letter in letters] == ["status_changed"]  # to the author, at once; nobody else
    assert all("stem" not in notice.title + notice.text for notice in town.all(Notice))

    version = town.get(Idea, town.idea).version
    town.do(
        organising.answer_idea,
        (Person, town.organiser),
        (Idea, town.idea),
        version,
        "Team Groen",
        "Wij doen het.",
        NOW,
    )
    town.spread()
    assert town.inbox(follower)[1].text == "Team Groen: Wij doen het."
    assert (
        town.titles(people["asked"])[1]
        == "Er is een reactie van de gemeente op het idee ‘Een bank bij elke bushalte’"
    )
    assert len(town.inbox(town.author)) == 2


def test_reactions_replies_and_amendments(town: Town) -> None:
    follower, writer, replier = (town.follower(Subject.IDEA, town.idea) for _each in range(3))
    secret = "Dit argument noemt een naam die er later af moet."
    with town.app.app_context():
        head = heads.of_idea(town.idea)
        assert head is not None
        number = talking.add_argument(db.session.get_one(Person, writer), head, Side.AGAINST, secret, NOW)
        talking.add_argument(db.session.get_one(Person, writer), head, Side.AGAINST, secret, NOW)
    with town.app.app_context():
        head, argument = heads.of_idea(town.idea), queries.argument(number)
        assert head is not None
        assert argument is not None
        talking.reply(
            db.session.get_one(Person, replier), head, argument, "Dat zie ik anders dan jij het ziet.", NOW
        )
        for _twice in range(2):
            news.idea_amended(town.idea, 1, "Plek erbij.", NOW)
        db.session.commit()
    town.spread()
    changed = ("De tekst van het idee ‘Een bank bij elke bushalte’ is aangepast", "Plek erbij.")
    told = ("Een nieuwe reactie op het idee ‘Een bank bij elke bushalte’", "Argument tegen.")
    assert {(each.title, each.text) for each in town.inbox(follower)} == {told, changed}
    assert {each.kind for each in town.inbox(writer)} == {NoticeKind.REPLY, NoticeKind.STATUS}
    assert {(each.title, each.text) for each in town.inbox(replier)} == {told, changed}
    assert "noemt een naam" not in "".join(notice.text for notice in town.all(Notice))
    assert len(town.all(Argument)) == 2


@pytest.mark.one_database
def test_decisions_reach_authors_and_reporters_without_an_address_too(town: Town) -> None:
    writer, reporter = town.person(email=None), town.person(language="en")
    with town.app.app_context():
        argument = factories.an_argument(
            db.session.get_one(Idea, town.idea), db.session.get_one(Person, writer)
        ).id
        db.session.add(
            Report(argument_id=argument, reporter_id=reporter, reason=ReportReason.INSULT, created_at=NOW)
        )
        db.session.commit()
    ruling = moderation.Ruling("Schelden hoort hier niet.")
    town.do(moderation.hide_argument, (Person, town.moderator), (Argument, argument), ruling, NOW)
    assert [(each.title, each.text) for each in town.inbox(writer)] == [
        ("Je reactie is verborgen: Een bank bij elke bushalte", "Schelden hoort hier niet.")
    ]
    assert town.titles(reporter) == ["We looked at your report: Een bank bij elke bushalte"]
    assert [letter.kind for letter in town.all(MailMessage)] == ["report_handled"]


def many(town: Town, number: int) -> list[int]:
    """So many followers of a process, and news for them that is still to be told."""
    with town.app.app_context():
        people = [factories.a_person().id for _each in range(number)]
        for person in people:
            follows.begin(person, Subject.PROCESS, town.process, datetime(2020, 1, 1, tzinfo=UTC))
        audience = Audience(processes=(town.process,), people=(people[0],), but=(people[-1],))
        for _twice in range(2):
            tell(
                audience,
                NoticeKind.ACTIVITY,
                "activity:1",
                "Er is een datum: %(day)s",
                "",
                "/",
                NOW,
                day="1 mei",
            )
        db.session.commit()
    return people[:-1]


def test_a_crash_between_batches_loses_and_doubles_nothing(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = many(town, 12)
    real, left = db.session.commit, [2]

    def commit_twice() -> None:
        if not left[0]:
            raise OSError("the power is gone")
        left[0] -= 1
        real()

    with monkeypatch.context() as patched:
        patched.setattr(db.session, "commit", commit_twice)
        with pytest.raises(OSError, match="power"):
            town.spread(batch=3)
    assert len(town.all(Notice)) == 6
    with town.app.app_context():  # died after the messages, before it was written down how far it came
        db.session.execute(update(News).values(reached=people[1]))
        db.session.commit()
    town.spread(batch=3)
    assert sorted(notice.person_id for notice in town.all(Notice)) == people
    assert town.all(News)[0].told_at is not None


def test_two_who_tell_at_once_tell_everybody_once(town: Town) -> None:
    people = many(town, 30)
    gate, faults = threading.Barrier(3), []

    def run() -> None:
        gate.wait(10)
        try:
            with town.app.app_context():
                fan_out.tell_all(NOW, batch=4)
        except Exception as fault:  # the outcome of each thread is looked at below
            faults.append(fault)

    threads = [threading.Thread(target=run) for _each in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    town.spread()
    assert faults == []
    assert sorted(notice.person_id for notice in town.all(Notice)) == people


def test_what_a_moderator_hides_leaves_the_inboxes_and_is_told_no_further(town: Town) -> None:
    first, second = (town.follower(Subject.CALL, town.call) for _each in range(2))
    fan = town.follower(Subject.IDEA, town.idea)
    writer = town.person()
    with town.app.app_context():
        news.idea_published(db.session.get_one(Idea, town.idea), NOW)
        idea = heads.of_idea(town.idea)
        assert idea is not None
        person = db.session.get_one(Person, writer)
        number = talking.add_argument(person, idea, Side.FOR, "Dat is beter zo.", NOW)
        db.session.commit()
    with town.app.app_context(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(fan_out, "LONGEST_RUN", -1.0)
        assert fan_out.tell_all(NOW, batch=1) == 1  # one of the two knows, and then the idea is hidden
    assert [len(town.inbox(each)) for each in (first, second)] == [1, 0]
    town.spread()
    assert any(notice.event_key == f"argument:{number}" for notice in town.inbox(fan))
    ruling = moderation.Ruling("Dit noemt iemand bij naam.")
    town.do(moderation.hide_idea, (Person, town.moderator), (Idea, town.idea), ruling, NOW)
    town.spread()
    assert [town.inbox(each) for each in (first, second, fan)] == [[], [], []]
    assert "bank" not in "".join(str(row.words) for row in town.all(News))
    assert len(town.inbox(town.author)) == 1
