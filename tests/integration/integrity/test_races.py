"""Several at once: every step is taken once, everybody gets an answer, and the tallies equal a recount."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from app.db import db
from app.domain.ballot import Group, VoteValue
from app.features.integrity import accounts
from app.models import MailMessage, Person, Vote
from app.models.integrity import (
    ExcludedVote,
    Exclusion,
    ExclusionState,
    IntegritySignal,
    Objection,
    SignalState,
)
from app.models.person import Role
from app.models.seal import SealReason, Snapshot
from app.records import exclusions, groups, seals, stand_recounts
from tests.support import csrf_token

from .conftest import FAKES, HONEST, SENTENCE, Desk
from .test_objections import MINE, WORDS, address, rule

ROUNDS = 4
Task = Callable[[], tuple[int, str]]


def sender(desk: Desk, person: int, path: str, **data: Any) -> Task:
    """One device of somebody that sends a form; the status and page of the answer."""
    client = desk.client(person)
    given = {"csrf_token": csrf_token(client), **data}

    def send() -> tuple[int, str]:
        answer = client.post(path, data=given)
        return answer.status_code, answer.get_data(as_text=True)

    return send


def within(desk: Desk, work: Callable[[], object]) -> Task:
    """Something that happens beside the requests."""

    def run() -> tuple[int, str]:
        with desk.app.app_context():
            try:
                return 0, str(work())
            finally:
                db.session.remove()

    return run


def at_once(*tasks: Task) -> list[tuple[int, str]]:
    """Do everything at the same moment; what became of each."""
    gate = threading.Barrier(len(tasks))
    came: list[tuple[int, str]] = [(-1, "")] * len(tasks)

    def run(place: int, task: Task) -> None:
        gate.wait()
        came[place] = task()

    threads = [threading.Thread(target=run, args=(place, task)) for place, task in enumerate(tasks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    return came


def confirming(desk: Desk, person: int, exclusion: int) -> Task:
    return sender(desk, person, f"/moderatie/integriteit/voorstellen/{exclusion}/bevestigen")


def test_two_take_up_one_signal(desk: Desk) -> None:
    came = at_once(*(sender(desk, who, f"{desk.path}/onderzoeken") for who in (desk.first, desk.second)))
    assert sorted(status for status, _page in came) == [303, 409]
    assert "Iemand is al met dit signaal bezig." in next(page for status, page in came if status == 409)
    taken = desk.get(IntegritySignal, desk.signal).investigator_id
    assert taken == (desk.first if came[0][0] == 303 else desk.second)
    assert desk.audit() == [("integrity.investigate", taken)]


def test_one_dismisses_while_the_other_proposes(desk: Desk) -> None:
    for _turn in range(ROUNDS):
        desk.signal = desk.a_signal(desk.fakes)
        at_once(sender(desk, desk.first, f"{desk.path}/onderzoeken"))
        before = len(desk.rows(Exclusion))
        with desk.app.app_context():
            token = accounts.tokens_of(desk.signal, desk.fakes)[desk.fakes[0]]
        proposal = {"propose-accounts": token, "propose-reason": "bought", "propose-sentence": SENTENCE}
        dismissed, proposed = at_once(
            sender(desk, desk.first, f"{desk.path}/niets-mis", **{"dismiss-sentence": SENTENCE}),
            sender(desk, desk.second, f"{desk.path}/voorstellen", **proposal),
        )
        assert sorted((dismissed[0], proposed[0])) == [303, 409]
        state = desk.get(IntegritySignal, desk.signal).state
        made = len(desk.rows(Exclusion)) - before
        expected = (SignalState.DISMISSED, 0) if dismissed[0] == 303 else (SignalState.INVESTIGATING, 1)
        assert (state, made) == expected


def test_two_confirm_at_once(desk: Desk) -> None:
    exclusion = desk.propose()
    came = at_once(*(confirming(desk, who, exclusion) for who in (desk.second, desk.third)))
    assert sorted(status for status, _page in came) == [303, 409]
    assert "heeft al over dit voorstel beslist" in next(page for status, page in came if status == 409)
    found = desk.get(Exclusion, exclusion)
    assert found.decided_by_id == (desk.second if came[0][0] == 303 else desk.third)
    assert desk.audit() == [("integrity.confirm", found.decided_by_id)]
    assert len(desk.rows(MailMessage)) == FAKES
    assert desk.tally() == (0, HONEST)
    assert desk.off() == {(desk.ideas[0], person) for person in desk.fakes}


def test_one_confirms_while_the_other_refuses(desk: Desk) -> None:
    outcomes = Counter[str]()
    for turn in range(ROUNDS):
        people = [desk.person() for _voter in range(3)]
        for person in people:
            desk.vote(person, VoteValue.FOR, desk.ideas[1])
        desk.signal = desk.a_signal(people, desk.ideas[1])
        exclusion = desk.propose(desk.signal)
        before, off = desk.tally(desk.ideas[1]), desk.off()
        confirmed, refused = at_once(
            confirming(desk, desk.second, exclusion),
            sender(
                desk,
                desk.third,
                f"/moderatie/integriteit/voorstellen/{exclusion}/weigeren",
                **{"refuse-sentence": SENTENCE},
            ),
        )
        assert sorted((confirmed[0], refused[0])) == [303, 409], turn
        state = desk.get(Exclusion, exclusion).state
        if confirmed[0] == 303:
            assert (state, desk.tally(desk.ideas[1])) == (ExclusionState.IN_FORCE, (before[0] - 3, before[1]))
            assert desk.off() - off == {(desk.ideas[1], person) for person in people}
        else:
            assert (state, desk.tally(desk.ideas[1]), desk.off()) == (ExclusionState.REFUSED, before, off)
            assert SENTENCE in desk.get(Exclusion, exclusion).decision_sentence
        outcomes[state] += 1
    assert outcomes.total() == ROUNDS


def test_two_exclusions_share_votes(desk: Desk) -> None:
    """Both hold the same people; whoever comes second gets a sentence, and nothing is half done."""
    one, other = desk.propose(), desk.propose(desk.a_signal([*desk.fakes[2:], *desk.honest]))
    came = at_once(confirming(desk, desk.second, one), confirming(desk, desk.third, other))
    assert sorted(status for status, _page in came) == [303, 409]
    assert "tellen al niet mee, door een ander besluit" in next(
        page for status, page in came if status == 409
    )
    if came[0][0] == 303:
        assert desk.tally() == (0, HONEST)
        assert desk.get(Exclusion, other).state == ExclusionState.PROPOSED
    else:
        assert desk.tally() == (2, 0)
        assert desk.get(Exclusion, one).state == ExclusionState.PROPOSED


def test_people_change_votes_while_they_stop_counting(desk: Desk) -> None:
    for _turn in range(ROUNDS):
        desk.signal = desk.a_signal(desk.fakes[:3])
        exclusion = desk.propose(desk.signal)
        voters = [*desk.fakes, *desk.honest[:2]]
        choices = ("against", "withdraw", "for")
        votes = [
            sender(desk, person, f"/ideeen/{desk.ideas[0]}/stem", choice=choices[place % 3])
            for place, person in enumerate(voters)
        ]
        came = at_once(confirming(desk, desk.second, exclusion), *votes)
        assert [status for status, _page in came] == [303] * len(came)
        with desk.app.app_context():
            rows = {row.person_id: row for row in db.session.query(Vote).filter_by(idea_id=desk.ideas[0])}
            wanted = {person: (-1, 0, 1)[place % 3] for place, person in enumerate(voters)}
            assert {person: rows[person].value for person in voters} == wanted
            counted = [row.value for row in rows.values() if row.excluded_at is None]
        assert desk.tally() == (counted.count(1), counted.count(-1))
        assert {person for _idea, person in desk.off()} == set(desk.fakes[:3])
        with desk.app.app_context():
            for person in desk.fakes[:3]:
                exclusions.lift(exclusion, desk.call, person, datetime.now(UTC))
            db.session.commit()
        desk.tally()


def test_a_person_gets_another_group_while_the_votes_stop_counting(desk: Desk) -> None:
    for turn in range(ROUNDS):
        group = (Group.COUNCIL, Group.RESIDENT)[turn % 2]
        desk.signal = desk.a_signal(desk.fakes)
        exclusion = desk.propose(desk.signal)

        def move(group: Group = group) -> None:
            for number in (desk.fakes[0], desk.honest[0]):
                groups.move_person(db.session.get_one(Person, number), group, None, False, datetime.now(UTC))
                db.session.commit()

        came = at_once(confirming(desk, desk.second, exclusion), within(desk, move))
        assert [status for status, _page in came] == [303, 0]
        assert desk.tally() == (0, HONEST)
        assert desk.get(Vote, (desk.ideas[0], desk.fakes[0])).group == group
        with desk.app.app_context():
            for person in desk.fakes:
                exclusions.lift(exclusion, desk.call, person, datetime.now(UTC))
            db.session.commit()
        assert desk.tally() == (FAKES, HONEST)


def test_a_standing_is_sealed_while_votes_stop_counting(desk: Desk) -> None:
    for _turn in range(ROUNDS):
        people = [desk.person() for _voter in range(3)]
        for person in people:
            desk.vote(person, VoteValue.FOR, desk.ideas[1])
        desk.signal = desk.a_signal(people, desk.ideas[1])
        exclusion = desk.propose(desk.signal)
        came = at_once(
            confirming(desk, desk.second, exclusion),
            within(desk, lambda: seals.seal(desk.call, SealReason.COUNCIL, datetime.now(UTC)).id),
        )
        assert [status for status, _page in came] == [303, 0]
        with desk.app.app_context():
            snapshot = db.session.get_one(Snapshot, int(came[1][1]))
            since = db.session.query(ExcludedVote).filter_by(exclusion_id=exclusion).first()
            assert since is not None
            assert since.from_at is not None
            told = seals.public_document(snapshot.id)["inputs"]
            out = told["exclusions"].get("many_accounts", 0)
            assert out % 3 == 0
            before = len(desk_out(desk, exclusion))
            assert out == before + (3 if since.from_at <= snapshot.cut_off else 0)
            recounted = stand_recounts.recount(snapshot.id)
            assert (recounted.whole, recounted.differences) == (True, ())
        desk.tally(desk.ideas[1])


def desk_out(desk: Desk, but: int) -> list[ExcludedVote]:
    """The votes that other exclusions keep out."""
    return list(db.session.query(ExcludedVote).filter(ExcludedVote.exclusion_id != but))


def test_one_objects_twice_at_once(desk: Desk) -> None:
    exclusion = desk.exclude()
    path, field = f"{MINE}/{exclusion}/bezwaar", f"object-{exclusion}-text"
    came = at_once(*(sender(desk, desk.fakes[0], path, **{field: WORDS}) for _device in range(4)))
    assert Counter(status for status, _page in came) == {303: 1, 409: 3}
    assert all("Je hebt al bezwaar gemaakt." in page for status, page in came if status == 409)
    assert len(desk.rows(Objection)) == 1


def test_two_decide_on_one_objection(desk: Desk) -> None:
    exclusion, fourth = desk.exclude(), desk.person(Role.MODERATOR)
    me = desk.objection(exclusion)
    path = address(desk, exclusion, me)
    came = at_once(
        sender(desk, desk.third, path, **rule("upheld")), sender(desk, fourth, path, **rule("rejected"))
    )
    assert sorted(status for status, _page in came) == [303, 409]
    upheld = came[0][0] == 303
    made = desk.get(Objection, (exclusion, me))
    assert (made.is_upheld, made.decided_by_id) == (upheld, desk.third if upheld else fourth)
    assert desk.tally() == (1 if upheld else 0, HONEST)
    assert len(desk.rows(MailMessage)) == 1


def test_everybody_is_put_right_at_once(desk: Desk) -> None:
    exclusion = desk.exclude()
    with desk.app.app_context():
        now = datetime.now(UTC)
        for person in desk.fakes:
            db.session.add(
                Objection(
                    exclusion_id=exclusion,
                    person_id=person,
                    text=WORDS,
                    made_at=now,
                    due_at=now + timedelta(days=14),
                )
            )
        db.session.commit()
    came = at_once(
        *(sender(desk, desk.third, address(desk, exclusion, me), **rule("upheld")) for me in desk.fakes)
    )
    assert [status for status, _page in came] == [303] * FAKES
    assert desk.get(Exclusion, exclusion).state == ExclusionState.LIFTED
    assert desk.tally() == (FAKES, HONEST)
    assert desk.off() == set()
