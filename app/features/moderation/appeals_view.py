"""What the pages about appeals show: the text and the decision for the second moderator, sanctions for the person."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.db import db
from app.domain.decision import N_, NotAllowed
from app.domain.house_rules import HOUSE_RULES, HouseRule
from app.features.moderation import appeals as service
from app.features.moderation import masking
from app.kit.words import word
from app.models.argument import Argument
from app.models.idea import Idea
from app.models.moderation import (
    Appeal,
    MaskedText,
    ModerationVerb,
    Sanction,
)
from app.models.person import Person
from app.models.practice import Practice
from app.models.process import Theme
from app.policies.appeals import may_appeal_measure
from app.records import course, decisions, sanctions
from app.records.course import OwnAppeal


@dataclass(frozen=True, slots=True)
class OwnMeasure:
    """A warning, pause or block as it stands in the list of the person; its own page says the rest."""

    sanction: Sanction
    token: str
    is_open: bool
    """Whether the person can still appeal."""
    appeal: OwnAppeal | None


@dataclass(frozen=True, slots=True)
class Case:
    """What the second moderator reads."""

    title: str
    what: str
    """What kind of thing it is about, in English."""
    verb: ModerationVerb | None
    rule: HouseRule | None
    sentence: str
    moderator: str
    at: datetime
    texts: tuple[tuple[str, str], ...]
    """(heading in English, text): what it says now, and what it said before."""
    idea_id: int | None
    argument_id: int | None
    new_idea_id: int | None = None
    themes: tuple[str, str] = ("", "")
    """The theme that the idea left, and the one that it went to."""
    person_id: int | None = None
    """Whom a measure is about."""


def measures_of(person_id: int, now: datetime) -> list[OwnMeasure]:
    """Everything that was laid upon somebody, newest first."""
    found = course.sanctions_of(person_id)
    return [
        OwnMeasure(
            sanction,
            sanctions.token_of(sanction),
            bool(
                may_appeal_measure(
                    sanction,
                    sanction.appeal_until,
                    now,
                    has_appealed=appeal is not None,
                )
            ),
            _said(appeal) if appeal else None,
        )
        for sanction, appeal in found
    ]


def _said(appeal: Appeal) -> OwnAppeal:
    return OwnAppeal(
        appeal.id,
        appeal.text,
        appeal.created_at,
        appeal.due_at,
        appeal.decided_at,
        appeal.outcome,
        appeal.sentence,
    )


def case(appeal: Appeal) -> Case:
    """The case that an appeal is about."""
    if appeal.sanction is not None:
        laid = appeal.sanction
        return Case(
            word(laid.kind), N_("A measure against somebody"), None, None, laid.sentence, _name(laid.by_id),
            laid.started_at, ((N_("Reason"), word(laid.reason)),), None, None,
            person_id=laid.person_id,
        )  # fmt: skip
    decision = appeal.decision
    if decision is None:
        raise LookupError(f"Appeal {appeal.id} is about nothing.")
    text = decisions.text_of(decision)
    what = {
        Idea: N_("A decision about an idea"),
        Argument: N_("A decision about a reaction"),
        Practice: N_("A decision about an example"),
    }[type(text)]
    idea_id = text.id if isinstance(text, Idea) else text.idea_id if isinstance(text, Argument) else None
    before = decision.before
    return Case(
        service.title_of(appeal),
        what,
        decision.verb,
        HOUSE_RULES[decision.reason] if decision.reason else None,
        decision.sentence,
        _name(decision.moderator_id),
        decision.decided_at,
        tuple(_texts(text)) + tuple(_masked(decision.id) if decision.verb == ModerationVerb.MASK else ()),
        idea_id,
        decision.argument_id,
        before.get("idea") if decision.verb == ModerationVerb.SPLIT else None,
        (_theme(before.get("theme")), _theme(before.get("into")))
        if decision.verb == ModerationVerb.DETACH
        else ("", ""),
    )


def _texts(text: Idea | Argument | Practice) -> list[tuple[str, str]]:
    if isinstance(text, Idea):
        return [(N_("In one sentence"), text.summary), (N_("Text"), text.body)]
    return [(N_("Text"), text.body if isinstance(text, Argument) else text.done)]


def _masked(decision_id: int) -> list[tuple[str, str]]:
    """The words that were made unreadable, as long as they are kept: whoever answers the appeal must know them."""
    kept = db.session.get(MaskedText, decision_id)
    if kept is None or kept.original is None:
        return []
    try:
        words = masking.unlocked(kept.original)
    except NotAllowed:
        return []
    return [(N_("The words that were made unreadable"), words[masking.PASSAGES])]


def _name(person_id: int | None) -> str:
    return db.session.scalar(select(Person.name).where(Person.id == person_id)) or "" if person_id else ""


def _theme(number: object) -> str:
    return db.session.scalar(select(Theme.title).where(Theme.id == number)) or "" if number else ""
