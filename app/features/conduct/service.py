"""What moderators do about a person: each verb asks the policy, writes one audit line and commits once."""

from collections.abc import Collection
from datetime import datetime

from app.db import db
from app.domain.decision import N_, Decision, NotAllowed
from app.features.conduct import queries
from app.kit import audit, signals
from app.models.moderation import (
    Appeal,
    ModerationNote,
    Sanction,
    SanctionKind,
    SanctionReason,
)
from app.models.person import Person
from app.policies.appeals import may_appeal_measure
from app.policies.conduct import may_look_into, may_sanction, may_sweep
from app.records import appeals, sanctions, stakes, sweeping, unsweeping
from app.records.sanctions import Measure
from app.records.sweeping import Ruling, Swept


def impose(moderator: Person, person: Person, measure: Measure, now: datetime) -> None:
    """Warn, pause or block somebody. Raises NotAllowed."""
    may_sanction(moderator, person).or_raise()
    sanctions.impose(moderator, person, measure, now)
    db.session.commit()
    signals.mail_queued.send()


def lift(actor: Person, sanction: Sanction, sentence: str, now: datetime) -> None:
    """End a measure before its time. Raises NotAllowed."""
    may_sanction(actor, sanction.person).or_raise()
    sanctions.lift(sanction, actor, sentence, now)
    db.session.commit()
    signals.mail_queued.send()


def sweep(moderator: Person, person: Person, ruling: Ruling, now: datetime, *, with_block: bool) -> Swept:
    """Take everything of somebody off the site in one step, and block the account along with it if asked.

    Raises NotAllowed. With a block there is one letter about both.
    """
    may_take_all(moderator, person).or_raise()
    swept = sweeping.sweep([person.id], moderator, ruling, now, sweeping.new_batch(), tells=not with_block)
    if not swept.people and not with_block:
        raise NotAllowed(Decision(N_("This person has nothing on the site and nothing that waits.")))
    measure = Measure(SanctionKind.BLOCK, SanctionReason.SPAM, ruling.sentence)
    if not swept.people and sanctions.repeated(moderator, person, measure, now):
        db.session.rollback()
        return swept
    audit.record(
        moderator,
        "conduct.sweep",
        person,
        now,
        after={"batch": swept.batch, **swept.counts},
        why=ruling.sentence,
    )
    if with_block:
        sanctions.impose(moderator, person, measure, now, swept.batch)
    db.session.commit()
    sweeping.announce(swept)
    signals.mail_queued.send()
    return swept


def may_take_all(moderator: Person, person: Person) -> Decision:
    """Whether this moderator may take everything of somebody off the site."""
    return may_sweep(moderator, person, has_stake=bool(stakes.among([person.id], moderator.id)))


def put_back(actor: Person, person: Person, batch: str, sentence: str, now: datetime) -> Swept:
    """Undo a sweep that took texts of this person, for everybody whose texts it took; a block that came along with it
    is lifted. Raises NotAllowed.
    """
    may_sanction(actor, person).or_raise()
    if batch not in {found.batch for found in queries.sweeps(person.id)}:
        raise NotAllowed(Decision(N_("This has been put back already.")))
    swept, freed = unsweeping.put_back(batch, actor, sentence, now)
    after = {"batch": batch, **swept.counts, "blocked": freed}
    audit.record(actor, "conduct.put_back", person, now, after=after, why=sentence)
    db.session.commit()
    sweeping.announce(swept)
    signals.mail_queued.send()
    return swept


def add_note(moderator: Person, person: Person, text: str, now: datetime) -> None:
    """Leave a note about somebody for other moderators. Raises NotAllowed."""
    may_look_into(moderator, person).or_raise()
    db.session.add(ModerationNote(person_id=person.id, author_id=moderator.id, text=text, created_at=now))
    # The words of the note stay in the note: they go with the account.
    audit.record(moderator, "conduct.note", person, now)
    db.session.commit()


def may_appeal(sanction: Sanction, appeal: Appeal | None, now: datetime) -> Decision:
    """Whether somebody may still say no to a measure, now; `appeal`: what they said before."""
    return may_appeal_measure(sanction, sanction.appeal_until, now, has_appealed=appeal is not None)


def appeal(sanction: Sanction, text: str, now: datetime) -> Appeal:
    """Put what somebody says against a measure before another moderator. Raises NotAllowed.

    Whoever holds the link from the mail is taken for the person whom the measure is about.
    """
    may_appeal(sanction, appeals.of(sanction), now).or_raise()
    made = appeals.lodge(sanction.person, sanction, text, now)
    db.session.commit()
    return made


@appeals.on_upheld_sanction
def lift_after_appeal(sanction: Sanction, moderator: Person, sentence: str, now: datetime) -> Collection[int]:
    """The measure ends, and the texts of this person that went along with it come back; those of others stay away."""
    sanctions.lift(sanction, moderator, sentence, now, tells=False)
    if sanction.batch is None:
        return ()
    try:
        back = unsweeping.undo(sanction.batch, moderator, now, [sanction.person_id])
    except NotAllowed:
        # Somebody put them back before.
        return ()
    after = {"batch": sanction.batch, **back.counts}
    audit.record(moderator, "conduct.put_back", sanction.person, now, after=after, why=sentence)
    return back.ideas
