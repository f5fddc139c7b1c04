"""Warning, pausing and blocking: what is in force, whom it keeps out, and what somebody says against it.

    sanctions.impose(moderator, person, Measure(kind, reason, sentence, ends_at), now)
    sanctions.lift(sanction, moderator, sentence, now)     # also when an appeal is upheld
    sanctions.let_in(person, now)                          # every way to sign in asks this; raises Blocked

All in the transaction of the caller, who asked the policy and commits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import or_, select, update
from sqlalchemy.orm import joinedload

from app.db import db
from app.domain.decision import N_, Decision, NotAllowed
from app.domain.lifecycle import REASON_LENGTH
from app.kit import audit, mail
from app.kit.i18n import speaking
from app.kit.paths import LARGEST_NUMBER
from app.kit.words import word
from app.models.following import Notice
from app.models.moderation import Sanction, SanctionKind, SanctionReason
from app.models.person import Person
from app.policies.accounts import may_sign_in
from app.policies.conduct import may_impose
from app.records import appeals, decisions, news, notices
from app.records.sweep_letters import parts

_PURPOSE = "my-sanction"
SENTENCE_LENGTH = REASON_LENGTH
MOMENT = timedelta(minutes=1)
"""What is imposed again within this, by the same person and in the same words, was sent twice."""
TITLES = {
    SanctionKind.WARN: N_("A warning of the moderators"),
    SanctionKind.PAUSE: N_("Your account has been paused"),
    SanctionKind.BLOCK: N_("Your account has been blocked"),
}
"""What the inbox of the person says; the same as the subjects of the mails."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What a moderator does about somebody, why, and until when."""

    kind: SanctionKind
    reason: SanctionReason
    sentence: str
    """What the person reads."""
    ends_at: datetime | None = None


class Blocked(NotAllowed):
    """A blocked person tried to come in; carries the measure, so that a page can say why and until when."""

    def __init__(self, decision: Decision, sanction_id: int | None) -> None:
        super().__init__(decision)
        self.sanction_id = sanction_id


def let_in(person: Person, now: datetime) -> None:
    """Every way to sign in asks this, after the person proved who they are. Raises Blocked."""
    decision = may_sign_in(person, now)
    if not decision:
        found = in_force(person.id, now, SanctionKind.BLOCK)
        raise Blocked(decision, found[-1].id if found else None)


def in_force(person_id: int, now: datetime, *kinds: SanctionKind) -> list[Sanction]:
    """The pauses and blocks that hold at this moment (or only of these kinds), the one that ends last at the end."""
    rows = db.session.scalars(
        select(Sanction).where(
            Sanction.person_id == person_id,
            Sanction.kind.in_(kinds or (SanctionKind.PAUSE, SanctionKind.BLOCK)),
            Sanction.lifted_at.is_(None),
            or_(Sanction.ends_at.is_(None), Sanction.ends_at > now),
        )
    )
    return sorted(rows, key=lambda row: (row.ends_at is None, row.ends_at or now, row.id))


def impose(
    moderator: Person, person: Person, measure: Measure, now: datetime, batch: str | None = None
) -> Sanction:
    """Warn, pause or block somebody and tell them; a block ends all their sessions. Raises NotAllowed.

    batch: the sweep that hid everything of this person along with it. What was sent twice is one measure.
    """
    may_impose(measure.kind, measure.ends_at, now).or_raise()
    db.session.refresh(person, with_for_update={"key_share": True, "of": Person})
    before = repeated(moderator, person, measure, now)
    if before is not None and batch in (None, before.batch):
        return before
    sanction = Sanction(
        person_id=person.id,
        kind=measure.kind,
        reason=measure.reason,
        sentence=measure.sentence,
        by_id=moderator.id,
        started_at=now,
        ends_at=None if measure.kind == SanctionKind.WARN else measure.ends_at,
        appeal_until=decisions.until(now, appeals.days_of_measures()),
        lifted_sentence="",
        batch=batch,
    )
    db.session.add(sanction)
    db.session.flush()
    news.decided(
        [person.id], _event_key(sanction.id), TITLES[measure.kind], path_of(sanction), now, measure.sentence
    )
    if person.email:
        mail.queue(person.email, "sanction", person.language, now, **_letter(sanction, person))
    _apply(person, measure.kind, now)
    if measure.kind == SanctionKind.BLOCK:
        person.session_epoch += 1
    audit.record(
        moderator,
        f"conduct.{measure.kind}",
        person,
        now,
        after={
            "reason": measure.reason.value,
            **({"until": measure.ends_at.isoformat(timespec="minutes")} if measure.ends_at else {}),
        },
        why=measure.sentence,
    )
    db.session.flush()
    return sanction


def repeated(moderator: Person, person: Person, measure: Measure, now: datetime) -> Sanction | None:
    """The same measure, if this moderator imposed it a moment ago: the button was pressed twice.

    Whoever asks holds the row of the person, so that of two at once the second one sees the first.
    """
    rows = db.session.scalars(
        select(Sanction)
        .where(
            Sanction.person_id == person.id,
            Sanction.by_id == moderator.id,
            Sanction.kind == measure.kind,
            Sanction.reason == measure.reason,
            Sanction.sentence == measure.sentence,
            Sanction.lifted_at.is_(None),
            Sanction.started_at > now - MOMENT,
        )
        .order_by(Sanction.id)
    )
    ends_at = None if measure.kind == SanctionKind.WARN else measure.ends_at
    for row in rows:
        if row.ends_at is None or ends_at is None:
            is_equal = row.ends_at is ends_at
        else:
            is_equal = abs(row.ends_at - ends_at) <= MOMENT
        if is_equal:
            return row
    return None


def lift(sanction: Sanction, actor: Person, sentence: str, now: datetime, *, tells: bool = True) -> None:
    """End a measure before its time, or take a warning back, and tell the person. Raises NotAllowed when it is over.

    tells: not after an appeal, whose answer says so.
    """
    person = db.session.get_one(Person, sanction.person_id)
    db.session.refresh(person, with_for_update={"key_share": True, "of": Person})
    lifted = db.session.scalar(
        update(Sanction)
        .where(
            Sanction.id == sanction.id,
            Sanction.lifted_at.is_(None),
            or_(Sanction.ends_at.is_(None), Sanction.ends_at > now),
        )
        .values(lifted_at=now, lifted_by_id=actor.id, lifted_sentence=sentence)
        .returning(Sanction.id)
        .execution_options(synchronize_session=False)
    )
    if lifted is None:
        raise NotAllowed(Decision(N_("This measure is over already.")))
    db.session.refresh(sanction)
    if sanction.kind != SanctionKind.WARN:
        _apply(person, sanction.kind, now)
    db.session.flush()
    if tells:
        _tell_lifted(sanction, person, sentence, now)
    audit.record(
        actor, "conduct.lift", person, now, before={"kind": sanction.kind.value}, after={}, why=sentence
    )


def lift_batch(batch: str, actor: Person, sentence: str, now: datetime) -> int:
    """Lift the blocks that came along with a sweep, for a thousand accounts at once; how many that were.

    Who was told of the block hears that it is over. The caller writes the audit line, and commits.
    """
    lifted = dict(
        db.session.execute(
            update(Sanction)
            .where(
                Sanction.batch == batch,
                Sanction.kind == SanctionKind.BLOCK,
                Sanction.lifted_at.is_(None),
                or_(Sanction.ends_at.is_(None), Sanction.ends_at > now),
            )
            .values(lifted_at=now, lifted_by_id=actor.id, lifted_sentence=sentence)
            .returning(Sanction.id, Sanction.person_id)
            .execution_options(synchronize_session=False)
        ).all()
    )
    db.session.expire_all()
    for some in parts(set(lifted.values())):
        _free(some, now)
    for some in parts(lifted):
        told = select(Notice.event_key).where(Notice.event_key.in_([_event_key(number) for number in some]))
        known = set(db.session.scalars(told))
        for number in some:
            if _event_key(number) in known:
                sanction = db.session.get_one(Sanction, number)
                _tell_lifted(sanction, sanction.person, sentence, now)
    return len(lifted)


def _free(people: Sequence[int], now: datetime) -> None:
    """Let these in again, as far as nothing else blocks them."""
    held = select(Sanction.person_id).where(
        Sanction.person_id.in_(people),
        Sanction.kind == SanctionKind.BLOCK,
        Sanction.lifted_at.is_(None),
        or_(Sanction.ends_at.is_(None), Sanction.ends_at > now),
    )
    still = set(db.session.scalars(held))
    db.session.execute(
        update(Person)
        .where(Person.id.in_(set(people) - still))
        .values(blocked_at=None, blocked_until=None)
        .execution_options(synchronize_session=False)
    )
    for number in sorted(still):
        _apply(db.session.get_one(Person, number), SanctionKind.BLOCK, now)
    db.session.flush()


def _event_key(number: int) -> str:
    """The name of the message that tells of a measure."""
    return f"sanction:{number}"


def _tell_lifted(sanction: Sanction, person: Person, sentence: str, now: datetime) -> None:
    news.decided(
        [person.id],
        f"sanction-lifted:{sanction.id}",
        N_("A measure against your account was lifted"),
        path_of(sanction),
        now,
        sentence,
    )
    if person.email:
        mail.queue(
            person.email,
            "sanction_lifted",
            person.language,
            now,
            **_letter(sanction, person),
            lifted_sentence=sentence,
        )


def _apply(person: Person, kind: SanctionKind, now: datetime) -> None:
    """Bring the columns of the person in line with what is in force: they are what every request asks."""
    if kind == SanctionKind.WARN:
        return
    db.session.flush()
    rows = in_force(person.id, now, kind)
    last = rows[-1].ends_at if rows else None
    if kind == SanctionKind.PAUSE:
        person.paused_until = last
    else:
        person.blocked_at = min(row.started_at for row in rows) if rows else None
        person.blocked_until = last


def path_of(sanction: Sanction) -> str:
    """The page of a measure for the person it is about, without site and language: a link that opens it to them."""
    return notices.page("conduct.my_sanction", token=token_of(sanction))


def token_of(sanction: Sanction) -> str:
    """What the link in the mail holds: signed, for one measure, and good for nothing else."""
    return _signer().dumps(sanction.id)


def with_token(token: str) -> Sanction | None:
    """The measure that a link is about, or None for a link that we did not make."""
    try:
        number = _signer().loads(token)
    except BadData:
        return None
    if not isinstance(number, int) or not 0 < number <= LARGEST_NUMBER:
        return None
    return db.session.scalar(
        select(Sanction).options(joinedload(Sanction.person)).where(Sanction.id == number)
    )


def of_person(person_id: int) -> Sequence[Sanction]:
    """Every measure about somebody, the newest first."""
    return db.session.scalars(
        select(Sanction).where(Sanction.person_id == person_id).order_by(Sanction.id.desc())
    ).all()


def _letter(sanction: Sanction, person: Person) -> dict[str, object]:
    with speaking(person.language):
        reason = word(sanction.reason)
    return {
        "person_name": person.name,
        "kind": sanction.kind.value,
        "reason": reason,
        "sentence": sanction.sentence,
        "ends_at": sanction.ends_at,
        "swept": sanction.batch is not None,
        "page_url": mail.whole(path_of(sanction), person.language),
    }


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt=_PURPOSE)
