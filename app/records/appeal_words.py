"""What a mail about a decision says beside the sentence: the house rule, and until when one may appeal."""

from datetime import datetime

from flask_babel import gettext

from app.domain.decision import N_
from app.domain.house_rules import HOUSE_RULES
from app.domain.lifecycle import RefusalReason
from app.kit.i18n import speaking
from app.kit.words import word
from app.models.argument import Argument
from app.models.practice import Practice
from app.records import decisions
from app.records.decisions import Text


def cited(reason: RefusalReason | None, language: str) -> str:
    """The reason with the house rule it rests on, in the language of the reader; nothing when there is none."""
    if reason is None:
        return ""
    rule = HOUSE_RULES[reason]
    with speaking(language):
        number = gettext(N_("house rule %(number)d"), number=rule.number)
        return f"{word(reason)} ({number}: {gettext(rule.sentence)})"


def last_day(text: Text, now: datetime) -> datetime:
    """Until when the author may appeal against a decision on the text that is taken now."""
    if isinstance(text, Practice):
        process = text.process
    else:
        process = (text.idea if isinstance(text, Argument) else text).call.process
    return decisions.until(now, process.appeal_days)
