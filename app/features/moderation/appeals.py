"""What authors and moderators do with appeals: say no to a decision once, and answer it as somebody else."""

from collections.abc import Collection
from datetime import datetime

from flask_babel import gettext
from sqlalchemy import select, update

from app.db import db
from app.domain.decision import N_, YES, Decision, NotAllowed
from app.features.moderation import curating
from app.kit import audit, mail, signals
from app.kit.i18n import speaking
from app.models.idea import Idea
from app.models.message import MailMessage
from app.models.moderation import (
    Appeal,
    AppealOutcome,
    MaskedText,
    ModerationDecision,
    ModerationVerb,
    Report,
)
from app.models.person import Person
from app.models.practice import Practice
from app.models.queue import QueueKind
from app.policies.appeals import may_appeal, may_appeal_against, may_decide_appeal
from app.policies.duplicates import may_judge
from app.records import appeals, decisions, news, notices, queue, reports, sanctions

TITLES = {
    AppealOutcome.UPHELD: N_("You are right: the decision was put back. It was about: %(title)s"),
    AppealOutcome.REJECTED: N_("The decision stays as it is. It was about: %(title)s"),
}
_AGAINST_SANCTION = {
    AppealOutcome.UPHELD: N_("You are right: the measure against you was lifted"),
    AppealOutcome.REJECTED: N_("The measure against you stays as it is"),
}


class Overtaken(NotAllowed):
    """Somebody else decided while the moderator was reading."""


class CannotPutBack(NotAllowed):
    """The author is right, but what was decided can no longer be put back by itself."""


def may_lodge(person: Person | None, decision: ModerationDecision, now: datetime) -> Decision:
    """Whether this person may appeal against this, now."""
    may = may_appeal(
        person,
        appeals.author_of(decision),
        appeals.opens_at(decision),
        decision.appeal_until,
        now,
        is_undone=decision.undone_at is not None,
        has_appealed=appeals.of(decision) is not None,
    )
    return may_appeal_against(decision.verb) if may else may


def lodge(author: Person, decision: ModerationDecision, words: str, now: datetime) -> Appeal:
    """Say no to a decision, and let somebody else look at it. Raises NotAllowed. Measures: see `conduct`."""
    may_lodge(author, decision, now).or_raise()
    appeal = appeals.lodge(author, decision, words, now)
    db.session.commit()
    return appeal


def may_decide(moderator: Person | None, appeal: Appeal) -> Decision:
    """Whether this moderator may answer this appeal."""
    first, reporters, posted_by = _first(appeal), set(), None
    if appeal.decision is not None:
        reporters = _reporters(appeal.decision)
        posted_by = curating.posted_by(appeal.decision.idea) if appeal.decision.idea else None
        other, poster = decisions.other_author(appeal.decision), decisions.other_poster(appeal.decision)
        if moderator is not None and moderator.id in (other, poster):
            return may_judge(moderator, {other or 0}, {poster or 0})
    return may_decide_appeal(
        moderator,
        appeal.author_id,
        first,
        reporter_ids=reporters,
        posted_by_id=posted_by,
        is_decided=appeal.decided_at is not None,
        is_about_staff=appeal.sanction_id is not None and appeal.author.is_staff,
    )


def decide(
    moderator: Person,
    appeal: Appeal,
    outcome: AppealOutcome,
    sentence: str,
    now: datetime,
    *,
    anyhow: bool = False,
) -> None:
    """Answer an appeal: upheld puts the decision back, rejected leaves it. Of two at once one decides.

    Raises NotAllowed; Overtaken when somebody else was first; CannotPutBack when the text has moved on, unless
    `anyhow`: then the author hears that the decision was wrong, and why it cannot be put back.
    """
    if appeal.decided_at is not None:
        raise Overtaken(Decision(_DECIDED))
    may_decide(moderator, appeal).or_raise()
    _claim(moderator, appeal, outcome, sentence, now)
    left, changed = (
        _put_back(moderator, appeal, sentence, now, anyhow) if outcome == AppealOutcome.UPHELD else (YES, ())
    )
    if not left:
        with speaking(appeal.author.language):
            appeal.sentence = f"{sentence}\n\n{gettext(left.refusal, **left.values)}"
    if outcome == AppealOutcome.REJECTED and appeal.decision_id is not None:
        db.session.execute(
            update(MaskedText)
            .where(MaskedText.decision_id == appeal.decision_id, MaskedText.destroyed_at.is_(None))
            .values(original=None, destroyed_at=now)
        )
    queue.take_out(QueueKind.APPEAL, appeal, now, moderator)
    letters = _tell(appeal, outcome, now)
    audit.record(
        moderator,
        "moderation.uphold_appeal" if outcome == AppealOutcome.UPHELD else "moderation.reject_appeal",
        appeal,
        now,
        after={
            "decision": appeal.decision_id,
            "sanction": appeal.sanction_id,
            "outcome": outcome.value,
            "put_back": outcome == AppealOutcome.UPHELD and bool(left),
        },
        why=sentence,
    )
    changed = {*changed, *_changed(appeal)}
    db.session.add_all(letters)
    db.session.commit()
    for number in sorted(changed):
        signals.idea_changed.send(number)
    if letters:
        signals.mail_queued.send()


_DECIDED = N_("This appeal has been decided already.")


def _claim(moderator: Person, appeal: Appeal, outcome: AppealOutcome, sentence: str, now: datetime) -> None:
    claimed = db.session.scalar(
        update(Appeal)
        .where(Appeal.id == appeal.id, Appeal.decided_at.is_(None))
        .values(decided_at=now, decided_by_id=moderator.id, outcome=outcome, sentence=sentence)
        .returning(Appeal.id)
        .execution_options(synchronize_session=False)
    )
    if claimed is None:
        raise Overtaken(Decision(_DECIDED))
    db.session.refresh(appeal)


def _put_back(
    moderator: Person, appeal: Appeal, sentence: str, now: datetime, anyhow: bool
) -> tuple[Decision, Collection[int]]:
    """Bring everything to where it was; the sentence of why not when that cannot be, `anyhow`.

    With it the ideas that changed because a measure ended.
    """
    changed: Collection[int] = ()
    try:
        with db.session.begin_nested():
            if appeal.sanction is not None:
                changed = appeals.lift(appeal.sanction, moderator, sentence, now)
            elif appeal.decision is not None:
                decisions.put_back(appeal.decision, now)
    except NotAllowed as no:
        if not anyhow:
            raise CannotPutBack(no.decision) from no
        db.session.refresh(appeal)
        refusal = no.decision
    else:
        refusal = YES
    if appeal.decision is not None:
        appeal.decision.undone_at, appeal.decision.undone_by_id = now, moderator.id
    return refusal, changed


def _first(appeal: Appeal) -> int | None:
    """Who took the decision that the appeal is about."""
    if appeal.sanction is not None:
        return appeal.sanction.by_id
    return appeal.decision.moderator_id if appeal.decision else None


def _reporters(decision: ModerationDecision) -> set[int]:
    """Everybody who ever reported the text."""
    about = reports.about(decisions.text_of(decision))
    rows = db.session.scalars(select(Report.reporter_id).where(about, Report.reporter_id.is_not(None)))
    return {number for number in rows if number is not None}


def title_of(appeal: Appeal) -> str:
    """What the appeal is about, in the words of the text."""
    if appeal.decision is None:
        return ""
    return reports.title_of(decisions.text_of(appeal.decision))


def _tell(appeal: Appeal, outcome: AppealOutcome, now: datetime) -> list[MailMessage]:
    """The author hears the answer at once, by mail and in the inbox."""
    author, title = appeal.author, title_of(appeal)
    if appeal.sanction is None:
        path = notices.page("appeals.decision", decision_id=appeal.decision_id)
        words = TITLES[outcome]
    else:
        path = sanctions.path_of(appeal.sanction)
        words = _AGAINST_SANCTION[outcome]
    news.decided([author.id], f"appeal:{appeal.id}", words, path, now, appeal.sentence, title=title)
    if not author.email:
        return []
    verb: ModerationVerb | None = appeal.decision.verb if appeal.decision else None
    return [
        mail.compose(
            author.email,
            "appeal_decided",
            author.language,
            now,
            person_name=author.name,
            title=title,
            verb=verb,
            is_upheld=outcome == AppealOutcome.UPHELD,
            sentence=appeal.sentence,
            url=mail.whole(path, author.language),
        )
    ]


def _changed(appeal: Appeal) -> Collection[int]:
    """The ideas whose pages say something else now."""
    if appeal.decision is None:
        return ()
    text = decisions.text_of(appeal.decision)
    if isinstance(text, Practice):
        return ()
    changed = [text.id if isinstance(text, Idea) else text.idea_id]
    other = appeal.decision.before.get("idea")
    return [*changed, other] if isinstance(other, int) else changed
