"""The ranking methods, group figures and reasons in words that everybody can read."""

from typing import Any

from flask_babel import format_decimal, format_percent, ngettext
from flask_babel import gettext as _

from app.domain.ranking import Method
from app.kit import voices


def method_name(method: Method) -> str:
    """What a method is called."""
    return {
        Method.DRAAGVLAK: _("Support"),
        Method.ZEKERHEID: _("Certainty"),
        Method.NETTO: _("Net votes"),
        Method.BRUG: _("Bridge"),
        Method.OMSTREDEN: _("Disputed"),
        Method.GROEPSVERSCHIL: _("Difference between groups"),
        Method.ACTUEEL: _("Current"),
    }[method]


def method_sentence(method: Method) -> str:
    """What a method does, in a few short sentences."""
    return {
        Method.DRAAGVLAK: _(
            "Support: the average of the share of for-votes among residents, council and partners. Each group "
            "weighs the same. With few votes we calculate carefully: as if there were already 5 average votes "
            "in each group."
        ),
        Method.ZEKERHEID: _(
            "Certainty: the share of for-votes that we can be sure of. With few votes that share is low, so an "
            "idea that many people see stands higher. Everybody weighs the same."
        ),
        Method.NETTO: _("Net votes: the votes for minus the votes against. Everybody weighs the same."),
        Method.BRUG: _(
            "Bridge: high only when all groups are in favour. One group that says no pulls it down."
        ),
        Method.OMSTREDEN: _("Disputed: high when for and against are equally strong."),
        Method.GROEPSVERSCHIL: _("Difference: how far apart the groups are."),
        Method.ACTUEEL: _("Current: recent votes count more. A vote of a week ago counts half."),
    }[method]


def score_text(method: Method, score: float | None, *, whole: bool = False) -> str:
    """A score as people read it: a share in percent (with one decimal, or `whole`), or a number of votes."""
    if score is None:
        return ""
    if method is Method.NETTO:
        return str(format_decimal(int(score), "+#,##0;-#,##0;0"))
    if method is Method.ACTUEEL:
        return str(format_decimal(score, "#,##0.0"))
    return str(format_percent(score, "#,##0 %" if whole or score >= 0.9995 else "#,##0.0 %"))


def share_of_bar(method: Method, score: float | None, highest: float) -> float:
    """How far the bar is filled, 0 to 1."""
    if score is None:
        return 0.0
    if method in (Method.NETTO, Method.ACTUEEL):
        return max(0.0, score / highest) if highest > 0 else 0.0
    return max(0.0, min(1.0, score))


def firmness(up: int | None, down: int | None) -> str:
    """How many votes would move an idea, in one sentence."""
    parts = []
    if up is not None:
        parts.append(
            ngettext("%(num)d vote for from one place higher", "%(num)d votes for from one place higher", up)
        )
    if down is not None:
        parts.append(
            ngettext(
                "%(num)d vote against from one place lower",
                "%(num)d votes against from one place lower",
                down,
            )
        )
    return "; ".join(parts)


def context() -> dict[str, Any]:
    """What templates of rankings and agendas call."""
    return {
        "method_name": method_name,
        "method_sentence": method_sentence,
        "group_name": voices.group_name,
        "group_plural": voices.group_plural,
        "people_in_words": voices.people,
        "firmness_in_words": firmness,
    }
