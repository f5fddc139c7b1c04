"""The ranking methods, group figures and reasons in words that everybody can read."""

from typing import Any

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from app.domain.ranking import Method, Parameters, ThemeMethod, Weighting, certainty_of
from app.kit import i18n, voices


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


def method_sentence(
    method: Method, parameters: Parameters | None = None, weighting: Weighting = Weighting.PER_GROUP
) -> str:
    """What a method does, in a few short sentences with the values in force (or the usual ones)."""
    method, rules = Method(method), parameters or Parameters()
    if method is Method.DRAAGVLAK:
        return _support(rules, weighting)
    if method is Method.BRUG and weighting is Weighting.PER_PERSON:
        return _(
            "Bridge: high only when all groups are in favour. Per person everybody is in one group, so the order is "
            "that of Support."
        )
    return {
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
        Method.ACTUEEL: ngettext(
            "Current: recent votes count more. A vote of %(days)s day ago counts half.",
            "Current: recent votes count more. A vote of %(days)s days ago counts half.",
            int(rules.half_life_days + 0.999),
            days=format_decimal(rules.half_life_days, "0.#"),
        ),
    }[method]


def _support(rules: Parameters, weighting: Weighting) -> str:
    if weighting is Weighting.PER_PERSON:
        return _(
            "Support per person: the share of for-votes of all people together. Everybody weighs the same, so the "
            "largest group decides most. With few votes we calculate carefully: as if there were already %(m)s "
            "average votes.",
            m=rules.m,
        )
    if len(set(rules.weights)) == 1:
        return _(
            "Support: the average of the share of for-votes among residents, council and partners. Each group "
            "weighs the same. With few votes we calculate carefully: as if there were already %(m)s average votes "
            "in each group.",
            m=rules.m,
        )
    return _(
        "Support: the average of the share of for-votes among residents, council and partners, who weigh "
        "%(weights)s. With few votes we calculate carefully: as if there were already %(m)s average votes in each "
        "group.",
        m=rules.m,
        weights=" : ".join(str(weight) for weight in rules.whole_weights),
    )


def theme_method_name(method: ThemeMethod) -> str:
    """What a way to order themes is called."""
    return {
        ThemeMethod.MEERDERHEID: _("Majority"),
        ThemeMethod.BEREIK: _("Reach"),
        ThemeMethod.TOP3: _("Best three ideas"),
    }[method]


def theme_method_sentence(method: ThemeMethod) -> str:
    """What a way to order themes does, in a few short sentences."""
    return {
        ThemeMethod.MEERDERHEID: _(
            "Majority: every person counts once per theme, however many ideas stand in it. In favour is who voted "
            "for more often than against. Only this order counts for the agenda."
        ),
        ThemeMethod.BEREIK: _("Reach: how many people are in favour of a theme, whoever is against."),
        ThemeMethod.TOP3: _("Best three ideas: the average support of the three best ideas of a theme."),
    }[method]


def theme_score_text(method: ThemeMethod, score: float, *, whole: bool = False) -> str:
    """The score of a theme as people read it: people for Reach, else a share in percent."""
    if method is ThemeMethod.BEREIK:
        return str(format_decimal(int(score)))
    return score_text(Method.DRAAGVLAK, score, whole=whole)


def score_text(method: Method, score: float | None, *, whole: bool = False) -> str:
    """A score as people read it: a share in percent (with one decimal, or `whole`), or a number of votes."""
    if score is None:
        return ""
    if method is Method.NETTO:
        return str(format_decimal(int(score), "+#,##0;-#,##0;0"))
    if method is Method.ACTUEEL:
        return str(format_decimal(score, "#,##0.0"))
    return i18n.percent(score, "#,##0 %" if whole or score >= 0.9995 else "#,##0.0 %")


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


def certainty(z: float) -> str:
    """How sure margins are: in percent, with z itself."""
    return _(
        "%(percent)s (z = %(z)s)",
        percent=format_decimal(certainty_of(z), "0.#"),
        z=format_decimal(z, "0.00##"),
    )


def context() -> dict[str, Any]:
    """What templates of rankings and agendas call."""
    return {
        "method_name": method_name,
        "method_sentence": method_sentence,
        "group_name": voices.group_name,
        "group_plural": voices.group_plural,
        "people_in_words": voices.people,
        "firmness_in_words": firmness,
        "certainty_in_words": certainty,
        "theme_method_name": theme_method_name,
        "theme_method_sentence": theme_method_sentence,
    }
