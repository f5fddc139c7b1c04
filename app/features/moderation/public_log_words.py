"""The account of the moderators in words, tables and drawings."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from app.domain.decision import N_
from app.domain.house_rules import HOUSE_RULES
from app.features.moderation.public_log import Account, Wait
from app.kit import charts
from app.kit.charts import Bar
from app.kit.words import word
from app.models.integrity import ExclusionReason
from app.models.moderation import ModerationVerb, SanctionKind

_VERBS = {
    ModerationVerb.PUBLISH: N_("Placed"),
    ModerationVerb.RETURN: N_("Returned with a request"),
    ModerationVerb.REFUSE: N_("Not placed"),
    ModerationVerb.HIDE: N_("Taken off the site"),
    ModerationVerb.RESTORE: N_("Put back on the site"),
    ModerationVerb.KEEP: N_("Looked at and left as it was"),
    ModerationVerb.DETACH: N_("Taken out of a theme"),
    ModerationVerb.SPLIT: N_("Split in two ideas"),
    ModerationVerb.MASK: N_("Personal details made unreadable"),
    ModerationVerb.TAKE_IMAGE: N_("Image taken off"),
    ModerationVerb.MERGE: N_("Merged with another idea"),
    ModerationVerb.RECALL: N_("Off the site for now, after reports"),
}
_WAITS = {
    "texts": N_("Ideas, changes, images and reactions"),
    "reports": N_("Reports"),
    "appeals": N_("Appeals"),
}
_OUTCOMES = {
    "right": N_("The text was changed or went"),
    "kept": N_("The text stayed"),
    "handled": N_("Handled"),
    "open": N_("Not looked at yet"),
}
_SANCTIONS = {
    SanctionKind.WARN: N_("Warnings"),
    SanctionKind.PAUSE: N_("Pauses: reading and voting, but not posting"),
    SanctionKind.BLOCK: N_("Blocks: not signing in"),
}
_EXCLUSIONS = {
    ExclusionReason.MANY_ACCOUNTS: N_("One person with several accounts"),
    ExclusionReason.AUTOMATED: N_("A program voted"),
    ExclusionReason.BOUGHT: N_("Votes that were bought or forced"),
    ExclusionReason.NOT_ENTITLED: N_("Somebody who may not vote here"),
}


@dataclass(frozen=True, slots=True)
class Table:
    """A table, with a drawing of the same figures if there is one."""

    id: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    svg: Markup | None = None
    said: str = ""


def tables(account: Account) -> list[Table]:
    """All parts of the account, in the order of the page; a part without anything is a sentence."""
    return [
        _decisions(account),
        _rules(account),
        _waits(account),
        _reports(account),
        _appeals(account),
        _counts("votes", _("Votes that do not count"), account.excluded, _EXCLUSIONS,
                _("No vote was left out."),
                _("Votes count, until two moderators decide with a reason that they do not. The voter is told.")),
        _counts("measures", _("Warnings, pauses and blocks on the whole site"), account.sanctions, _SANCTIONS,
                _("Nobody was warned, paused or blocked."), _lifted(account.lifted)),
    ]  # fmt: skip


def _decisions(account: Account) -> Table:
    rows = [(verb, account.verbs.get(verb, 0)) for verb in ModerationVerb if account.verbs.get(verb)]
    title = _("What was decided")
    said = [ngettext("%(num)s decision in all.", "%(num)s decisions in all.", account.total)]
    if account.overturned:
        said.append(
            ngettext(
                "%(num)s of them was put back after an appeal.",
                "%(num)s of them were put back after an appeal.",
                account.overturned,
            )
        )
    if account.by_site:
        said.append(
            ngettext(
                "The site itself took %(num)s of them, by a rule that organisers chose.",
                "The site itself took %(num)s of them, by a rule that organisers chose.",
                account.by_site,
            )
        )
    return Table(
        "decided",
        title,
        (_("Decision"), _("How often")),
        tuple((_(_VERBS[verb]), number) for verb, number in rows),
        _bars(title, ((_(_VERBS[verb]), number) for verb, number in rows)),
        " ".join(said),
    )


def _rules(account: Account) -> Table:
    title = _("For which house rule texts were not placed, taken off the site or changed")
    found = [(reason, rule, account.rules.get(reason, 0)) for reason, rule in HOUSE_RULES.items()]
    shown = [(f"{rule.number}. {_(rule.sentence)}", number) for _reason, rule, number in found]
    return Table(
        "rules",
        title,
        (_("House rule"), _("How often")),
        tuple(shown) if account.rules else (),
        _bars(title, shown) if account.rules else None,
        "" if account.rules else _("No text broke a house rule."),
    )


def _waits(account: Account) -> Table:
    title = _("How long texts waited for a moderator")
    waits = [(_(_WAITS[name]), wait) for name, wait in account.waits.items() if wait.number]
    said = ngettext("%(num)s text waits now.", "%(num)s texts wait now.", account.waiting_now)
    if account.late_now:
        late = ngettext(
            "%(num)s of them waits longer than promised.",
            "%(num)s of them wait longer than promised.",
            account.late_now,
        )
        said = f"{said} {late}"
    return Table(
        "waits",
        title,
        (_("What"), _("How many"), _("Half of them within"), _("Nine in ten within"), _("Promise kept")),
        tuple(_wait_row(name, wait) for name, wait in waits),
        _bars(
            _("Half of them within"),
            ((name, (wait.median or 0) / 3600) for name, wait in waits),
            [duration(wait.median) for _name, wait in waits],
        ),
        said,
    )


def _wait_row(name: str, wait: Wait) -> tuple[object, ...]:
    kept = _("%(kept)s of %(all)s", kept=wait.kept, all=wait.number)
    return name, wait.number, duration(wait.median), duration(wait.ninetieth), kept


def _reports(account: Account) -> Table:
    title = _("Reports, and what came of them")
    reasons = sorted({reason for reason, _outcome in account.reports})
    outcomes = [name for name in _OUTCOMES if any(outcome == name for _r, outcome in account.reports)]
    rows = tuple(
        (word(reason), *(account.reports.get((reason, outcome), 0) for outcome in outcomes))
        for reason in reasons
    )
    per_outcome = [
        (_(_OUTCOMES[name]), sum(number for (_r, each), number in account.reports.items() if each == name))
        for name in outcomes
    ]
    return Table(
        "reports",
        title,
        (_("Reason"), *(_(_OUTCOMES[name]) for name in outcomes)),
        rows,
        _bars(title, per_outcome),
        "" if rows else _("Nobody reported a text."),
    )


def _appeals(account: Account) -> Table:
    names = {
        "upheld": _("The author was right"),
        "rejected": _("The decision stayed"),
        "open": _("Not decided yet"),
    }
    title = _("Appeals, and what came of them")
    found = account.appeals
    rows = tuple((names[name], found[name]) for name in names) if found["lodged"] else ()
    said = [
        ngettext("%(num)s appeal.", "%(num)s appeals.", found["lodged"])
        if found["lodged"]
        else _("Nobody appealed.")
    ]
    if found["late"]:
        said.append(
            ngettext(
                "%(num)s of them waits longer than promised.",
                "%(num)s of them wait longer than promised.",
                found["late"],
            )
        )
    said.append(_("Another moderator decides on an appeal than the one who took the decision."))
    return Table("appeals", title, (_("Outcome"), _("How often")), rows, _bars(title, rows), " ".join(said))


def _counts(
    name: str, title: str, counts: Mapping[Any, int], words: Mapping[Any, str], none: str, said: str
) -> Table:
    rows = tuple((_(words[kind]), counts[kind]) for kind in words if counts.get(kind))
    return Table(name, title, (_("What"), _("How often")), rows, _bars(title, rows), said if rows else none)


def _lifted(number: int) -> str:
    if not number:
        return ""
    return ngettext("%(num)s of them was lifted.", "%(num)s of them were lifted.", number)


def _bars(title: str, rows: Iterable[tuple[str, float]], texts: list[str] | None = None) -> Markup | None:
    found = list(rows)
    if not found:
        return None
    return charts.bars(
        title,
        [
            Bar(label, value, texts[place] if texts else "", tone=2)
            for place, (label, value) in enumerate(found)
        ],
    )


def duration(seconds: float | None) -> str:
    """How long something took, as people say it."""
    if seconds is None:
        return "–"
    minutes = round(seconds / 60)
    if minutes < 90:
        return str(ngettext("%(num)s minute", "%(num)s minutes", max(minutes, 1)))
    hours = round(minutes / 60)
    if hours < 48:
        return str(ngettext("%(num)s hour", "%(num)s hours", hours))
    return str(ngettext("%(num)s day", "%(num)s days", round(hours / 24)))
