"""What the actions of moderators need: a text, a person or votes, and the form that decides on it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select

from app.db import db
from app.domain.lifecycle import IdeaState, RefusalReason
from app.domain.sameness import mark_of
from app.features.conduct import service as conduct
from app.features.integrity import accounts
from app.features.moderation import service as moderation
from app.features.moderation.cases import Case
from app.features.moderation.letters import Ruling as DecisionRuling
from app.features.waves import service as waves
from app.features.waves.queries import By
from app.models import Argument, AuditEntry, Call, Idea, Person, Report
from app.models.argument import ArgumentState
from app.models.duplicate import ProposalState
from app.models.moderation import ModerationDecision, ModerationVerb, ReportReason, SanctionKind
from app.models.person import Role
from app.models.queue import QueueItem, QueueKind
from app.records import merging, queue
from app.records.sweeping import Ruling
from tests import factories
from tests.support import odd_votes

from .conftest import Office
from .recipes_of_organisers import SENTENCE, Recipe, idea_in

RULING = {"rule-outcome": "upheld", "rule-sentence": SENTENCE}


def _argument(state: ArgumentState, data: dict[str, Any]) -> Recipe:
    return lambda office: {"argument_id": _an_argument(office, state), "data": data}


def _an_argument(office: Office, state: ArgumentState) -> int:
    idea = office.idea()
    with office.app.app_context():
        argument: Argument = factories.an_argument(
            db.session.get_one(Idea, idea), db.session.get_one(Person, office.author)
        )
        argument.state = state
        db.session.commit()
        return argument.id


def _a_report(office: Office) -> dict[str, Any]:
    argument = _an_argument(office, ArgumentState.PUBLISHED)
    with office.app.app_context():
        report = Report(
            argument_id=argument,
            reporter_id=office.author,
            reason=ReportReason.OTHER,
            created_at=datetime.now(UTC),
        )
        db.session.add(report)
        db.session.commit()
        return {"report_id": report.id, "data": {"keep-sentence": SENTENCE}}


def _a_signal(office: Office, data: dict[str, Any], state: str = "investigating") -> dict[str, Any]:
    """Votes that stand out, in a state."""
    with office.app.app_context():
        idea = factories.an_idea(db.session.get_one(Call, office.call))
        voters = [factories.a_vote(idea) for _ in range(3)]
        signal = odd_votes.a_signal(idea, voters, state=state)
        token = accounts.tokens_of(signal.id, [voters[0].id])[voters[0].id]
        db.session.commit()
        return {
            "signal_id": signal.id,
            "data": {**data, **({"propose-accounts": token} if "propose-reason" in data else {})},
        }


def _an_exclusion(office: Office, data: dict[str, Any], *, objects: bool = False) -> dict[str, Any]:
    """A proposal that votes do not count, or one in force to which somebody objects."""
    with office.app.app_context():
        idea = factories.an_idea(db.session.get_one(Call, office.call))
        signal = odd_votes.a_signal(idea, [factories.a_vote(idea) for _ in range(3)], state="investigating")
        first, second = factories.a_person(Role.MODERATOR), factories.a_person(Role.MODERATOR)
        if not objects:
            exclusion = odd_votes.a_proposal(signal, first)
            db.session.commit()
            return {"exclusion_id": exclusion.id, "data": data}
        exclusion = odd_votes.an_exclusion(signal, first, second)
        voter = odd_votes.an_objection(exclusion)
        token = accounts.tokens_of(signal.id, [voter])[voter]
        db.session.commit()
        return {"exclusion_id": exclusion.id, "token": token, "data": data}


def _a_suggestion(office: Office) -> int:
    with office.app.app_context():
        process = db.session.get_one(Call, office.call).process
        practice = factories.a_suggestion(process, db.session.get_one(Person, office.author))
        db.session.commit()
        return practice.id


def _a_wave(office: Office) -> str:
    """Three ideas of somebody new that say the same; what they have in common."""
    with office.app.app_context():
        call, now = db.session.get_one(Call, office.call), datetime.now(UTC)
        stranger = factories.a_person()
        for _ in range(3):
            idea = factories.an_idea(
                call,
                stranger,
                state=IdeaState.SUBMITTED,
                title="Snel rijk worden",
                body="Kijk op www.x.example",
            )
            queue.put(QueueKind.IDEA, idea, now)
        db.session.commit()
        return mark_of("Snel rijk worden", "Kijk op www.x.example")


def _cleaned(office: Office) -> dict[str, Any]:
    mark, now = _a_wave(office), datetime.now(UTC)
    with office.app.app_context():
        moderator = factories.a_person(Role.MODERATOR)
        swept = waves.clean(
            moderator, By.TEXT, mark, now, (), Ruling(SENTENCE, RefusalReason.ADVERTISING), now
        )
        db.session.execute(delete(AuditEntry))
        db.session.commit()
        batch = swept.batch
    return {"batch": batch, "data": {}}


def _a_pair(office: Office, data: dict[str, Any], *, merged: bool = False, **values: Any) -> dict[str, Any]:
    """Two ideas that may be the same; the form says that the second stays."""
    one, other = office.idea(), office.idea()
    now = datetime.now(UTC)
    with office.app.app_context():
        pair = factories.a_pair(db.session.get_one(Idea, one), db.session.get_one(Idea, other), **values)
        if merged:
            goes, stays = merging.hold(one, other, now)
            by = db.session.get_one(Person, office.author)
            merging.merge(goes, stays, by, now, proposal_id=pair.id)
            pair.state = ProposalState.MERGED
        db.session.commit()
        number = pair.id
    return {
        "proposal_id": number,
        "data": {name: other if name.endswith("stays") else value for name, value in data.items()},
    }


def _an_item(office: Office) -> dict[str, Any]:
    """An idea that waits in the queue."""
    idea = office.idea(state=IdeaState.SUBMITTED)
    with office.app.app_context():
        item = db.session.scalars(select(QueueItem).where(QueueItem.idea_id == idea)).one()
        return {"item_id": item.id, "data": {}}


def _a_held_item(office: Office) -> dict[str, Any]:
    made, holder = _an_item(office), office.everything
    with office.app.app_context():
        item = db.session.get_one(QueueItem, made["item_id"])
        item.claimed_by_id, item.claimed_at = holder, datetime.now(UTC)
        db.session.commit()
    return made


def _read(office: Office) -> dict[str, Any]:
    """A published idea with something new in it."""
    idea = office.idea()
    with office.app.app_context():
        queue.put(QueueKind.IDEA, db.session.get_one(Idea, idea), datetime.now(UTC), is_live=True)
        db.session.commit()
    return {"idea_id": idea, "data": {"keep-version": 1}}


def _read_argument(office: Office) -> dict[str, Any]:
    argument = _an_argument(office, ArgumentState.PUBLISHED)
    with office.app.app_context():
        text = db.session.get_one(Argument, argument)
        queue.put(QueueKind.ARGUMENT, text, datetime.now(UTC), is_live=True)
        db.session.commit()
    return {"argument_id": argument, "data": {}}


def _decided(office: Office) -> tuple[int, str]:
    """An idea that another moderator refused a moment ago: the number of the decision, and of its step."""
    idea, batch, now = office.idea(state=IdeaState.SUBMITTED), "b" * 32, datetime.now(UTC)
    with office.app.test_request_context():
        case = Case(db.session.get_one(Idea, idea))
        other = factories.a_person(Role.MODERATOR)
        ruling = DecisionRuling(SENTENCE, RefusalReason.UNCLEAR)
        ruled = moderation.rule(other, ModerationVerb.REFUSE, [case], ruling, now, batch)
        moderation.finish(ruled)
        db.session.execute(delete(AuditEntry))
        db.session.commit()
        return db.session.scalars(select(ModerationDecision.id)).one(), batch


def _in_two_themes(office: Office) -> dict[str, Any]:
    idea = office.idea()
    with office.app.app_context():
        found = db.session.get_one(Idea, idea)
        found.themes = [factories.a_theme(found.call.process) for _ in range(2)]
        db.session.commit()
        theme = found.themes[0].id
    return {"idea_id": idea, "data": {"theme": theme, "into": 0, "sentence": SENTENCE}}


def _with_an_image(office: Office) -> dict[str, Any]:
    idea = office.idea()
    with office.app.app_context():
        key = factories.an_image(db.session.get_one(Idea, idea)).key
        db.session.commit()
    return {"idea_id": idea, "data": {"key": key, "reason": "advertising", "sentence": SENTENCE}}


def _to_split(office: Office) -> dict[str, Any]:
    made = _in_two_themes(office)
    part = "Dit deel van de tekst gaat over iets heel anders, en hoort daarom in een idee van zichzelf thuis."
    with office.app.app_context():
        db.session.get_one(Idea, made["idea_id"]).body += f" {part}"
        db.session.commit()
    data = {
        "version": 1,
        "title": "Een tweede idee in één tekst",
        "summary": "Dit deel gaat over iets anders.",
        "body": part,
        "themes": made["data"]["theme"],
        "sentence": SENTENCE,
    }
    return {"idea_id": made["idea_id"], "data": data}


def _an_appeal(office: Office) -> dict[str, Any]:
    idea = office.idea(state=IdeaState.HIDDEN)
    with office.app.app_context():
        decision = factories.a_decision(db.session.get_one(Idea, idea), factories.a_person(Role.MODERATOR))
        appeal = factories.an_appeal(decision, db.session.get_one(Person, office.author))
        db.session.commit()
        return {"appeal_id": appeal.id, "data": {"outcome": "rejected", "sentence": SENTENCE}}


def _a_sanction(office: Office) -> dict[str, Any]:
    with office.app.app_context():
        until = datetime.now(UTC) + timedelta(days=3)
        person, moderator = db.session.get_one(Person, office.author), factories.a_person(Role.MODERATOR)
        sanction = factories.a_sanction(person, moderator, kind=SanctionKind.PAUSE, ends_at=until)
        db.session.commit()
        number = sanction.id
    return {"sanction_id": number, "data": {f"lift-{number}-sentence": SENTENCE}}


def _a_spammer(office: Office) -> dict[str, Any]:
    office.idea()
    data = {"sweep-reason": "advertising", "sweep-sentence": SENTENCE}
    return {"person_id": office.author, "data": data}


def _swept(office: Office) -> dict[str, Any]:
    office.idea()
    with office.app.test_request_context():
        moderator, person = factories.a_person(Role.MODERATOR), db.session.get_one(Person, office.author)
        ruling = Ruling(SENTENCE, RefusalReason.ADVERTISING)
        batch = conduct.sweep(moderator, person, ruling, datetime.now(UTC), with_block=False).batch
        db.session.execute(delete(AuditEntry))
        db.session.commit()
    return {"person_id": office.author, "data": {"back-batch": batch, "back-sentence": SENTENCE}}


def _a_reported_practice(office: Office, data: dict[str, Any]) -> dict[str, Any]:
    with office.app.app_context():
        process = db.session.get_one(Call, office.call).process
        practice = factories.a_practice(process)
        now = datetime.now(UTC)
        db.session.add(
            Report(
                practice_id=practice.id, reporter_id=office.author, reason=ReportReason.OTHER, created_at=now
            )
        )
        queue.put(QueueKind.REPORT, practice, now, is_live=True)
        db.session.commit()
        return {"practice_id": practice.id, "data": data}


ANSWERED: dict[str, Any] = {
    "state": ProposalState.ASKING,
    "asked_at": factories.NOW,
    "answer_until": factories.NOW + timedelta(days=7),
}
HIDING = {"hide-sentence": SENTENCE, "hide-reason": "insult"}
MODERATORS: dict[str, Recipe] = {
    "waves.clean": lambda office: {
        "by": "tekst",
        "mark": _a_wave(office),
        "data": {"reason": "advertising", "sentence": SENTENCE},
    },
    "waves.undo": _cleaned,
    "integrity.investigate": lambda office: _a_signal(office, {}, "open"),
    "integrity.dismiss": lambda office: _a_signal(office, {"dismiss-sentence": SENTENCE}),
    "integrity.propose": lambda office: _a_signal(
        office, {"propose-reason": "bought", "propose-sentence": SENTENCE}
    ),
    "integrity.confirm": lambda office: _an_exclusion(office, {}),
    "integrity.refuse": lambda office: _an_exclusion(office, {"refuse-sentence": SENTENCE}),
    "objections.rule": lambda office: _an_exclusion(office, RULING, objects=True),
    "objections.organisers_rule": lambda office: _an_exclusion(office, RULING, objects=True),
    "duplicates.ask": lambda office: _a_pair(office, {"ask-stays": 0}),
    "duplicates.merge": lambda office: _a_pair(
        office, {"merge-stays": 0, "merge-sentence": SENTENCE}, **ANSWERED
    ),
    "duplicates.reject": lambda office: _a_pair(office, {"reject-sentence": SENTENCE}),
    "duplicates.undo": lambda office: _a_pair(office, {"undo-sentence": SENTENCE}, merged=True),
    "moderation.publish": idea_in(IdeaState.SUBMITTED, {"publish-version": 1}),
    "moderation.return_": idea_in(IdeaState.SUBMITTED, {"return-version": 1, "return-sentence": SENTENCE}),
    "moderation.refuse": idea_in(
        IdeaState.SUBMITTED, {"refuse-version": 1, "refuse-sentence": SENTENCE, "refuse-reason": "unclear"}
    ),
    "moderation.hide": idea_in(IdeaState.PUBLISHED, HIDING),
    "moderation.restore": idea_in(IdeaState.HIDDEN, {"restore-sentence": SENTENCE}),
    "moderation.hide_argument": _argument(ArgumentState.PUBLISHED, HIDING),
    "moderation.restore_argument": _argument(ArgumentState.HIDDEN, {"restore-sentence": SENTENCE}),
    "moderation.keep": _a_report,
    "practices.publish": lambda office: {"practice_id": _a_suggestion(office), "data": {}},
    "practices.refuse": lambda office: {
        "practice_id": _a_suggestion(office),
        "data": {"refuse-reason": "unclear", "refuse-sentence": SENTENCE},
    },
    "practices.keep": lambda office: _a_reported_practice(office, {"keep-sentence": SENTENCE}),
    "practices.take_out": lambda office: _a_reported_practice(
        office, {"out-reason": "advertising", "out-sentence": SENTENCE}
    ),
    "moderation.claim": _an_item,
    "moderation.release": _a_held_item,
    "moderation.next_": lambda office: {"data": _an_item(office)["data"]},
    "moderation.note": lambda office: {
        "kind": "idee",
        "number": office.idea(),
        "data": {"note-text": "Ik heb de auteur gebeld."},
    },
    "moderation.publish_argument": _argument(ArgumentState.WAITING, {"publish-version": 0}),
    "moderation.refuse_argument": _argument(
        ArgumentState.WAITING, {"refuse-version": 0, "refuse-reason": "insult", "refuse-sentence": SENTENCE}
    ),
    "moderation.read": _read,
    "moderation.read_argument": _read_argument,
    "moderation.decide_together": lambda office: {
        "data": {"kies": _an_item(office)["item_id"], "verb": "return", "sentence": SENTENCE}
    },
    "moderation.undo": lambda office: {"decision_id": _decided(office)[0], "data": {}},
    "moderation.undo_together": lambda office: {"batch": _decided(office)[1], "data": {}},
    "curating.detach": _in_two_themes,
    "curating.split": _to_split,
    "curating.take_image": _with_an_image,
    "curating.mask_idea": idea_in(IdeaState.PUBLISHED, {"passages": "bushalte", "sentence": SENTENCE}),
    "curating.mask_argument": _argument(
        ArgumentState.PUBLISHED, {"passages": "argument", "sentence": SENTENCE}
    ),
    "appeals.decide": _an_appeal,
    "conduct.add_note": lambda office: {
        "person_id": office.author,
        "data": {"note-text": "Ik heb de auteur gebeld."},
    },
    "conduct.impose": lambda office: {
        "person_id": office.author,
        "data": {
            "measure-kind": "pause",
            "measure-reason": "spam",
            "measure-days": 3,
            "measure-sentence": SENTENCE,
        },
    },
    "conduct.lift": _a_sanction,
    "conduct.sweep": _a_spammer,
    "conduct.put_back": _swept,
}
