"""Suggesting a practice, and what moderators decide about it."""

import hashlib
import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, insert, select, text, update

from app.db import UTCDateTime, db
from app.domain.decision import N_, Decision, NotAllowed
from app.domain.lifecycle import RefusalReason
from app.features.practices.queries import Suggestion
from app.kit import audit, mail, signals
from app.models.message import MailMessage
from app.models.moderation import ModerationDecision, ModerationVerb, ReportOutcome
from app.models.person import Person
from app.models.practice import Practice, PracticeLevel, PracticeState, PracticeSuggestion, PracticeTheme
from app.models.queue import QueueKind
from app.policies.conduct import may_post
from app.policies.moderation import may_decide
from app.records import claims, decisions, drafts, news, notices, queue, reports
from app.records.appeal_words import cited, last_day
from app.records.reports import Said

LONGEST_SLUG = 60


class Overtaken(NotAllowed):
    """Somebody else decided in the meantime."""


@dataclass(frozen=True, slots=True)
class Content:
    """What somebody suggested, as they typed it."""

    title: str
    level: PracticeLevel
    place: str
    url: str
    done: str
    learned: str
    theme_ids: Sequence[int]


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a moderator says with a decision: a sentence, and the house rule that it rests on."""

    sentence: str = ""
    reason: RefusalReason | None = None


_ADD = text(
    """
    INSERT INTO practice (process_id, slug, title, place, level, url, done, learned, privacy_notes,
                          technology_notes, published_at, state)
    VALUES (:process, :slug, :title, :place, :level, :url, :done, :learned, '', '', :now, 'suggested')
    ON CONFLICT (slug) DO NOTHING
    RETURNING id
    """
).bindparams(bindparam("now", type_=UTCDateTime()))


def suggest(person: Person, process_id: int, content: Content, now: datetime, draft: str = "") -> int:
    """Lay a practice before the moderators and return its number; the same form again is the same practice.

    Raises NotAllowed for a paused account. `draft` is the token of the kept text that this was, if it was one.
    """
    may_post(person, now).or_raise()
    slug = _slug(person, content)
    number = db.session.scalar(
        _ADD,
        {
            "process": process_id,
            "slug": slug,
            "title": content.title,
            "place": content.place,
            "level": content.level.value,
            "url": content.url,
            "done": content.done,
            "learned": content.learned,
            "now": now,
        },
    )
    if number is None:
        number = db.session.scalars(select(Practice.id).where(Practice.slug == slug)).one()
    else:
        db.session.execute(
            insert(PracticeTheme),
            [{"practice_id": number, "theme_id": theme_id} for theme_id in content.theme_ids],
        )
        db.session.add(PracticeSuggestion(practice_id=number, person_id=person.id, suggested_at=now))
        db.session.flush()
        queue.put(QueueKind.PRACTICE, db.session.get_one(Practice, number), now)
    drafts.drop(draft)
    db.session.commit()
    return int(number)


def publish(moderator: Person, suggestion: Suggestion, now: datetime) -> None:
    """Put a suggested practice into the library. Raises NotAllowed, and Overtaken when it was decided already."""
    _decide(moderator, suggestion, PracticeState.PUBLISHED, Ruling(), now)


def refuse(
    moderator: Person, suggestion: Suggestion, reason: RefusalReason, sentence: str, now: datetime
) -> None:
    """Leave a suggested practice out, with the house rule and a sentence.

    Raises NotAllowed, and Overtaken when it was decided already.
    """
    _decide(moderator, suggestion, PracticeState.REFUSED, Ruling(sentence, reason), now)


def _decide(
    moderator: Person, suggestion: Suggestion, state: PracticeState, ruling: Ruling, now: datetime
) -> None:
    practice, published = suggestion.practice, state == PracticeState.PUBLISHED
    found = reports.open_reports(practice)
    may_decide(moderator, suggestion.by_id, reports.reporters(found)).or_raise()
    claims.may_go_on_with(queue.key_of(QueueKind.PRACTICE, practice), moderator, now).or_raise()
    # All letters are written before the row is locked.
    answers = reports.letters(practice, found, Said.KEPT if published else Said.HIDDEN, "", now)
    author = db.session.get_one(Person, suggestion.by_id)
    letter = _letter(author, practice, ruling, now, published=published)
    _move(practice, moderator, state, ruling.sentence, now)
    closed = reports.close(found, ReportOutcome.KEPT if published else ReportOutcome.RIGHT, now)
    decision = _write_down(practice, moderator, state, ruling, now, closed)
    news.decided(
        [author.id],
        decisions.event_key(decision),
        N_("Your example is in the library: %(title)s")
        if published
        else N_("Your example was not placed: %(title)s"),
        notices.page("practices.show", slug=practice.slug) if published else notices.page("practices.index"),
        now,
        ruling.sentence,
        title=practice.title,
    )
    letters = [*letter, *reports.tell(practice, found, closed, "", now, answers)]
    decisions.hold(decision, letters)
    db.session.commit()
    if letters:
        signals.mail_queued.send()


def _letter(
    author: Person, practice: Practice, ruling: Ruling, now: datetime, *, published: bool
) -> list[MailMessage]:
    """The mail to who suggested it; none without an address."""
    if not author.email:
        return []
    language = author.language
    return [
        mail.compose(
            author.email,
            "practice_published" if published else "practice_refused",
            language,
            now,
            person_name=author.name,
            practice_title=practice.title,
            reason=cited(ruling.reason, language),
            sentence=ruling.sentence,
            appeal_until=last_day(practice, now),
            practice_url=(
                mail.address("practices.show", language, slug=practice.slug)
                if published
                else mail.address("practices.index", language)
            ),
        )
    ]


def _move(practice: Practice, moderator: Person, state: PracticeState, sentence: str, now: datetime) -> None:
    """Out of the state in which it waits, if nobody else was first. Raises Overtaken."""
    values: dict[str, object] = {"state": state}
    if state == PracticeState.PUBLISHED:
        values["published_at"] = now
    moved = db.session.execute(
        update(Practice)
        .where(Practice.id == practice.id, Practice.state == PracticeState.SUGGESTED)
        .values(values)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise Overtaken(Decision(N_("Somebody has decided on this suggestion in the meantime.")))
    db.session.execute(
        update(PracticeSuggestion)
        .where(PracticeSuggestion.practice_id == practice.id)
        .values(decided_at=now, decided_by_id=moderator.id, sentence=sentence)
        .execution_options(synchronize_session=False)
    )


def _write_down(
    practice: Practice,
    moderator: Person,
    state: PracticeState,
    ruling: Ruling,
    now: datetime,
    closed: Collection[int],
) -> ModerationDecision:
    """The decision, with what waited for it: also reports that took it off the site before are answered with it."""
    waited = queue.take_out(QueueKind.PRACTICE, practice, now, moderator)
    kinds = [QueueKind.PRACTICE] if waited is not None else []
    if queue.take_out(QueueKind.REPORT, practice, now, moderator) is not None:
        kinds.append(QueueKind.REPORT)
    verb = ModerationVerb.PUBLISH if state == PracticeState.PUBLISHED else ModerationVerb.REFUSE
    decision = decisions.write(
        practice,
        verb,
        moderator,
        now,
        sentence=ruling.sentence,
        reason=ruling.reason,
        before={
            "state": PracticeState.SUGGESTED,
            "to": state,
            "keys": [queue.key_of(kind, practice) for kind in kinds],
            "reports": sorted(closed),
            "published_at": practice.published_at.isoformat(),
        },
        waited=waited,
    )
    audit.record(
        moderator,
        f"practices.{verb}",
        practice,
        now,
        before={"state": PracticeState.SUGGESTED},
        after={"state": state, **({"reason": ruling.reason} if ruling.reason else {})},
        why=ruling.sentence,
    )
    return decision


def keep_for_later(kind: str, fields: dict[str, object], now: datetime, replaces: str = "") -> str:
    """Keep what somebody typed until they have signed in; the token to find it by."""
    token = drafts.keep(kind, fields, now, replaces)
    db.session.commit()
    return token


def _slug(person: Person, content: Content) -> str:
    """The name in the address: words of the title, and who says what, so that the same form twice is one."""
    plain = unicodedata.normalize("NFKD", content.title).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_SLUG].strip("-")
    said = "\x1f".join((str(person.id), content.title, content.place, content.done))
    return f"{words or 'praktijk'}-{hashlib.sha256(said.encode()).hexdigest()[:10]}"
