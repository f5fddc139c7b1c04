"""The house rules as data: what a text must be, and the reason for refusing one that is not."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.decision import N_
from app.domain.lifecycle import RefusalReason


@dataclass(frozen=True, slots=True)
class HouseRule:
    """One rule: its number on the page, the sentence that is cited, and what it means."""

    number: int
    sentence: str
    meaning: str


_R = RefusalReason
HOUSE_RULES: Mapping[RefusalReason, HouseRule] = {
    _R.OFF_TOPIC: HouseRule(
        1,
        N_("Stay with the question of the call."),
        N_("Every call asks one question. Does your idea answer another? Then look for the call that fits."),
    ),
    _R.OUTSIDE_MANDATE: HouseRule(
        2,
        N_("Ask for something that the municipality can do."),
        N_("The municipality must be able to do it, pay for it, or bring others together who can."),
    ),
    _R.DUPLICATE: HouseRule(
        3,
        N_("Add something new."),
        N_("Look first whether your idea is already here. If it is, vote for it or add an argument."),
    ),
    _R.PERSONAL_DATA: HouseRule(
        4,
        N_("Leave out the personal details of others."),
        N_("No names, addresses, phone numbers or photos of people who did not agree to that."),
    ),
    _R.INSULT: HouseRule(
        5,
        N_("Be kind to each other."),
        N_("Disagree as much as you like, but do not insult, threaten or discriminate."),
    ),
    _R.ADVERTISING: HouseRule(
        6,
        N_("Do not advertise."),
        N_("You may name a product as an example. You may not sell it here."),
    ),
    _R.UNCLEAR: HouseRule(
        7,
        N_("Write so that others understand you."),
        N_("Say what the problem is and what should be done about it. Short sentences are fine."),
    ),
}
"""Every reason to refuse a text cites exactly one rule, so the rules stand in the order of their numbers."""
