"""Personal data in a text made unreadable: everywhere at once, kept under lock as long as an appeal is possible."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import escape
from sqlalchemy import Select, String, and_, exists, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute

from app.db import db
from app.domain import masking
from app.domain.decision import N_, Decision, NotAllowed
from app.domain.lifecycle import READABLE_STATES
from app.features.moderation import answered
from app.features.moderation.cases import is_recalled
from app.features.moderation.curating import ROW, Overtaken, posted_by, reporters_of
from app.features.moderation.telling import Told, finish, letter
from app.kit import audit, cipher
from app.models.argument import Argument, ArgumentState
from app.models.contribution import Amendment, IdeaChallenge, IdeaImage, IdeaOrigin
from app.models.following import News, Notice
from app.models.idea import Idea
from app.models.message import MailMessage
from app.models.moderation import (
    Appeal,
    HeldMail,
    MaskedText,
    ModerationDecision,
    ModerationVerb,
    Report,
    SplitIdea,
)
from app.models.person import Person
from app.policies.curating import may_mask_argument, may_mask_idea
from app.policies.moderation import may_decide
from app.records import decisions, notices, queue, reports

PURPOSE = "masked-text"
PASSAGES = "passages"
"""Under this name the passages themselves are kept beside the fields, to see later what belongs to whom."""
_IDEA_FIELDS = ("title", "summary", "body")
_CHALLENGE_FIELDS = ("task", "team", "means", "better")
_AMENDMENT_FIELDS = ("title", "summary", "body", "reason")


@dataclass(frozen=True, slots=True)
class Field:
    """One place where words of a text stand: its name, what it says, how long it may be, and where it is kept."""

    name: str
    text: str
    most: int | None
    row: Any
    column: str

    def write(self, text: str) -> None:
        """Put other words in this place; the caller flushes."""
        if self.column.startswith("before."):
            # A new value, or the change of the document would not be seen.
            self.row.before = {**self.row.before, self.column.removeprefix("before."): text}
        else:
            setattr(self.row, self.column, text)


def mask(
    moderator: Person, text: Idea | Argument, lines: Sequence[str], sentence: str, now: datetime
) -> ModerationDecision:
    """Put a mark in the place of every passage, wherever the text or its earlier versions stand.

    Raises NotAllowed: also for a passage that stands nowhere in it. Neither the decision nor the audit line holds
    the words; the original is kept under lock in MaskedText.
    """
    may_decide(
        moderator, text.author_id, reporters_of(text), posted_by(text) if isinstance(text, Idea) else None
    ).or_raise()
    told = Told("text_masked", N_("Personal details in your text were made unreadable: %(title)s"), sentence)
    lock(text)
    possible = may_mask_idea(text.state) if isinstance(text, Idea) else may_mask_argument(text.state)
    if not possible:
        raise Overtaken(possible)
    passages = sorted(lines, key=lambda line: (-len(line), line))
    mark = masking.MARKS.get(text.author.language, masking.MARKS["nl"])
    found = fields_of(text)
    for passage in passages:
        if masking.stands_in(passage, sentence):
            raise NotAllowed(
                Decision(
                    N_("Do not repeat the words in your explanation: it is kept, and the words are not.")
                )
            )
        if not any(masking.stands_in(passage, field.text) for field in found):
            raise NotAllowed(
                Decision(N_("“%(passage)s” does not stand in this text (any more)."), {"passage": passage})
            )
    original = {}
    for field in found:
        masked = masking.mask(field.text, passages, mark, field.most)
        if masked != field.text:
            original[field.name] = cipher.lock(PURPOSE, field.text)
            field.write(masked)
    original[PASSAGES] = cipher.lock(PURPOSE, "\n".join(passages))
    _count_up(text)
    # What reports took off the site waits for more than this: whether it comes back.
    reported, closed, keys = ([], set(), []) if is_recalled(text) else answered.close(text, moderator, now)
    decision = decisions.write(
        text,
        ModerationVerb.MASK,
        moderator,
        now,
        sentence=sentence,
        before={
            "fields": sorted(set(original) - {PASSAGES}),
            "mark": mark,
            "keys": keys,
            "reports": sorted(closed),
        },
    )
    db.session.add(MaskedText(decision_id=decision.id, original=original, keep_until=decision.appeal_until))
    db.session.flush()
    quotes = _mask_quotes(text, passages, mark)
    audit.record(
        moderator,
        "moderation.mask" if isinstance(text, Idea) else "moderation.mask_argument",
        text,
        now,
        after={
            "passages": len(passages),
            "fields": len(original) - 1,
            "quotes": quotes,
            **({"reports": len(closed)} if closed else {}),
        },
        why=sentence,
    )
    letters = letter(text, told, now, mark=mark)  # after the title of the idea was masked
    letters += answered.tell(text, reported, closed, now)
    finish(text, decision, letters, told, now)
    return decision


@decisions.reverts(ModerationVerb.MASK)
def _unmask(decision: ModerationDecision, now: datetime) -> None:
    """Every field says again exactly what it said, if nothing in it changed since; what was kept goes."""
    text = decisions.text_of(decision)
    if isinstance(text, Idea | Argument):
        lock(text)
    kept = db.session.get(MaskedText, decision.id, with_for_update=True, populate_existing=True)
    if kept is None or kept.original is None or not isinstance(text, Idea | Argument):
        raise NotAllowed(Decision(N_("The words have been destroyed, so they cannot be put back.")))
    words = unlocked(kept.original)
    passages, mark = words.pop(PASSAGES).split("\n"), str(decision.before["mark"])
    fields = {field.name: field for field in fields_of(text)}
    for name, was in words.items():
        field = fields.get(name)
        if field is None or field.text != masking.mask(was, passages, mark, field.most):
            raise NotAllowed(
                Decision(
                    N_(
                        "The text has changed since these words were made unreadable, so they cannot be put back by"
                        " themselves. The author can write them again."
                    )
                )
            )
    for name, was in words.items():
        fields[name].write(was)
    kept.original, kept.destroyed_at = None, now
    db.session.flush()
    _count_up(text)
    if decision.undone_at is not None:
        reports.reopen(Report.id.in_(decision.before.get("reports", ())), decision.decided_at)
        queue.reopen(decision.before.get("keys", ()), decision.decided_at)


def unlocked(original: Mapping[str, Any]) -> dict[str, str]:
    """What was kept, in plain words. Raises NotAllowed when the key of the site is another one now."""
    try:
        return {name: cipher.unlock(PURPOSE, locked) for name, locked in original.items()}
    except cipher.Unreadable as error:
        raise NotAllowed(Decision(N_("What was kept cannot be read any more."))) from error


def destroy_kept(now: datetime) -> int:
    """Destroy what nobody can ask back any more: the time to appeal is over, or the appeal was decided. Commits."""
    destroyed = db.session.scalars(
        update(MaskedText)
        .where(MaskedText.destroyed_at.is_(None), _is_over(now))
        .values(original=None, destroyed_at=now)
        .returning(MaskedText.decision_id)
        .execution_options(synchronize_session=False)
    ).all()
    db.session.commit()
    return len(destroyed)


def _is_over(now: datetime) -> Any:
    answered = exists().where(Appeal.decision_id == MaskedText.decision_id, Appeal.decided_at.is_not(None))
    waits = exists().where(Appeal.decision_id == MaskedText.decision_id, Appeal.decided_at.is_(None))
    return or_(answered, and_(MaskedText.keep_until <= now, ~waits))


def lock(text: Idea | Argument) -> None:
    """Nobody else changes the text, or what stands around it, until the commit."""
    idea_id = text.id if isinstance(text, Idea) else text.idea_id
    db.session.get_one(Idea, idea_id, with_for_update=ROW, populate_existing=True)
    if isinstance(text, Argument):
        db.session.refresh(text, with_for_update=ROW)


def fields_of(text: Idea | Argument) -> list[Field]:
    """Every place where words of this text are kept, its earlier versions too."""
    return list(_of_idea(text)) if isinstance(text, Idea) else [_field("body", text, "body")]


def _of_idea(idea: Idea) -> Iterator[Field]:
    for name in _IDEA_FIELDS:
        yield _field(name, idea, name)
    image = db.session.get(IdeaImage, idea.id)
    if image is not None:
        yield _field("image:alt", image, "alt")
    origin = db.session.get(IdeaOrigin, idea.id)
    if origin is not None:
        yield _field("origin:note", origin, "note")
    challenge = db.session.get(IdeaChallenge, idea.id)
    if challenge is not None:
        for name in _CHALLENGE_FIELDS:
            yield _field(f"challenge:{name}", challenge, name)
    for amendment in db.session.scalars(
        select(Amendment).where(Amendment.idea_id == idea.id).order_by(Amendment.number)
    ):
        for name in _AMENDMENT_FIELDS:
            yield _field(f"amendment:{amendment.number}:{name}", amendment, name)
    for split in db.session.scalars(
        select(ModerationDecision).where(
            ModerationDecision.idea_id == idea.id, ModerationDecision.verb == ModerationVerb.SPLIT
        )
    ):
        for name in ("body", "left"):
            if isinstance(split.before.get(name), str):
                yield Field(f"split:{split.id}:{name}", split.before[name], None, split, f"before.{name}")


def _field(name: str, row: Any, column: str) -> Field:
    kind = type(row).__table__.c[column].type
    most = kind.length if isinstance(kind, String) else None
    return Field(name, getattr(row, column), most, row, column)


def _count_up(text: Idea | Argument) -> None:
    """Cards, feeds and pages are kept by the version of the idea."""
    idea_id = text.id if isinstance(text, Idea) else text.idea_id
    db.session.flush()
    db.session.execute(
        update(Idea)
        .where(Idea.id == idea_id)
        .values(version=Idea.version + 1)
        .execution_options(synchronize_session=False)
    )
    db.session.expire(db.session.get_one(Idea, idea_id))


def _mask_quotes(text: Idea | Argument, passages: Sequence[str], mark: str) -> int:
    """Mask the words where messages and mails about the idea repeat them; in how many.

    These are found by the address of the idea or of its reactions. What was sent is gone, but not our copy of it.
    """
    idea_id = text.id if isinstance(text, Idea) else text.idea_id
    path = notices.page("ideas.show", idea_id=idea_id)
    arguments = select(Argument.id).where(Argument.idea_id == idea_id)
    decided = select(ModerationDecision.id).where(
        or_(ModerationDecision.idea_id == idea_id, ModerationDecision.argument_id.in_(arguments))
    )
    said = [f"argument:{number}" for number in db.session.scalars(arguments)]
    said += [f"moderation:{number}" for number in db.session.scalars(decided)]
    changed = 0
    column = Report.idea_id if isinstance(text, Idea) else Report.argument_id
    for report in db.session.scalars(select(Report).where(column == text.id)):
        masked = masking.mask(report.explanation, passages, mark)
        changed += masked != report.explanation
        report.explanation = masked
    told: list[News | Notice] = [
        *db.session.scalars(select(News).where(or_(_about(News.path, path), News.event_key.in_(said)))),
        *db.session.scalars(select(Notice).where(or_(_about(Notice.path, path), Notice.event_key.in_(said)))),
    ]
    changed += sum(_mask_row(row, passages, mark) for row in told)
    changed += sum(_mask_mail(mail, passages, mark) for mail in _mails(path, decided))
    db.session.flush()
    return changed


def _mails(path: str, decided: Select[int]) -> list[MailMessage]:
    """The mails that name the address of the idea, or of a decision about it, or that wait because of one."""
    pages = [
        path,
        *(notices.page("appeals.decision", decision_id=number) for number in db.session.scalars(decided)),
    ]
    held = select(HeldMail.message_id).where(HeldMail.decision_id.in_(decided))
    answers = MailMessage.text.contains(notices.page("appeals.mine") + "/", autoescape=True)
    named = or_(MailMessage.text.contains(path, autoescape=True), answers)
    address = re.compile("|".join(rf"{re.escape(page)}(?!\d)" for page in pages))
    waiting = set(db.session.scalars(held))
    found = db.session.scalars(select(MailMessage).where(or_(MailMessage.id.in_(held), named)))
    return [mail for mail in found if mail.id in waiting or address.search(mail.text)]


def elsewhere(text: Idea | Argument, passages: Sequence[str]) -> int:
    """In how many other texts of the same talk readers still see these words."""
    idea_id = text.id if isinstance(text, Idea) else text.idea_id
    others = list(
        db.session.scalars(
            select(Argument.body).where(
                Argument.idea_id == idea_id,
                Argument.state == ArgumentState.PUBLISHED,
                Argument.id != (text.id if isinstance(text, Argument) else 0),
            )
        )
    )
    parts = select(SplitIdea.idea_id).where(SplitIdea.from_id == idea_id)
    whole = select(SplitIdea.from_id).where(SplitIdea.idea_id == idea_id)
    beside = or_(Idea.id.in_(parts), Idea.id.in_(whole))
    if isinstance(text, Argument):
        beside = or_(beside, Idea.id == idea_id)
    others += [
        "\n".join(row)
        for row in db.session.execute(
            select(Idea.title, Idea.summary, Idea.body).where(beside, Idea.state.in_(READABLE_STATES))
        )
    ]
    return sum(any(masking.stands_in(passage, other) for passage in passages) for other in others)


def _about(column: InstrumentedAttribute[str], path: str) -> Any:
    """Addresses of an idea and of what lies under it, but not of idea 12 when it is about idea 1."""
    return or_(
        column == path,
        column.startswith(f"{path}#", autoescape=True),
        column.startswith(f"{path}/", autoescape=True),
    )


def _mask_row(row: News | Notice, passages: Sequence[str], mark: str) -> bool:
    if isinstance(row, News):
        words = {
            code: [masking.mask(part, passages, mark) for part in parts] for code, parts in row.words.items()
        }
        changed = words != row.words
        row.words = words
        return changed
    title, said = masking.mask(row.title, passages, mark, 200), masking.mask(row.text, passages, mark)
    changed = (title, said) != (row.title, row.text)
    row.title, row.text = title, said
    return changed


def _mask_mail(mail: MailMessage, passages: Sequence[str], mark: str) -> bool:
    before = (mail.subject, mail.text, mail.html)
    written = [str(escape(passage)) for passage in passages]
    mail.subject = masking.mask(mail.subject, passages, mark, 200)
    mail.text = masking.mask(mail.text, passages, mark)
    mail.html = masking.mask(mail.html, written, mark)
    return before != (mail.subject, mail.text, mail.html)
