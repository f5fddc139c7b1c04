"""What an organiser fills in to say from where on votes stand out, and which networks are known."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired

from app.domain.decision import N_
from app.domain.integrity.thresholds import LIMITS, Thresholds
from app.kit.forms import Form, length
from app.kit.numbers import NumberField
from app.records import networks

REASON = (10, 500)
PERCENT = frozenset(name for name, limit in LIMITS.items() if limit.places == 2)
"""Shares, which people write as percent."""
_NAMES = {
    "rarity": _l("Zeros of the chance (6 means: less than 1 in a million)"),
    "times_usual": _l("How many times the usual share"),
    "new_hours": _l("An account is new for so many hours"),
    "new_votes": _l("At least so many votes from new accounts in a day"),
    "new_share": _l("At least so many percent of the votes of that day"),
    "one_off_most": _l("Hardly votes: at most so many votes in all"),
    "one_off_votes": _l("At least so many votes from people who hardly vote"),
    "one_off_share": _l("At least so many percent of the votes on the idea"),
    "burst_minutes": _l("Length of a burst, in minutes"),
    "burst_votes": _l("At least so many votes in that time"),
    "network_accounts": _l("At least so many accounts on one network"),
    "network_created": _l("Of which so many were made shortly after one another"),
    "network_hours": _l("Shortly after one another: within so many hours"),
    "ring_seconds": _l("Together: within so many seconds"),
    "ring_together": _l("At least so many times together"),
    "ring_common": _l("On at least so many of the same ideas"),
    "ring_agreement": _l("At least so many percent of those alike"),
    "ring_overlap": _l("At least so many percent of all their ideas are the same"),
    "ring_size": _l("At least so many accounts"),
    "shift": _l("So many places up or down in the ranking"),
    "jump": _l("So many places up within a day"),
}


def threshold_name(name: str) -> str:
    """What a line of the audit log calls a threshold or a network; anything else by its own name."""
    return str(_NAMES.get(name) or (_l("Network") if name == "network" else name))


class ThresholdsForm(Form):
    """The thresholds of a process, with the reason of the change."""

    seen = HiddenField()
    reason = TextAreaField(
        _l("Why?"),
        validators=[
            length(
                REASON,
                N_("Write at least %(least)d characters. Your colleagues read this reason in the log."),
                N_("Write at most %(most)d characters. Now there are %(now)d."),
            )
        ],
    )

    def thresholds(self) -> Thresholds:
        """What was filled in, after the form was found good. Raises ValueError with a sentence."""
        given: dict[str, Any] = {}
        for name, limit in LIMITS.items():
            value = self[name].data or 0
            given[name] = value / 100 if name in PERCENT else value if limit.places else int(value)
        return Thresholds(**given)


for _name, _limit in LIMITS.items():
    _times = 100 if _name in PERCENT else 1
    setattr(
        ThresholdsForm,
        _name,
        NumberField(
            _NAMES[_name],
            round(_limit.least * _times),
            round(_limit.most * _times),
            places=1 if _limit.places == 1 else 0,
        ),
    )


def fill(thresholds: Thresholds, seen: str) -> dict[str, Any]:
    """The thresholds in force as the form shows them, with the mark that says whether they changed meanwhile."""
    shown = {
        name: round(100 * getattr(thresholds, name)) if name in PERCENT else getattr(thresholds, name)
        for name in LIMITS
    }
    return {"seen": seen, **shown}


_NO_NETWORK = _l("Write an address such as 192.0.2.7, or a network such as 192.0.2.0/24.")


class NetworkForm(Form):
    """A network that many people share, and what it is called."""

    name = StringField(
        _l("Name"),
        validators=[
            length(
                (3, 120),
                N_("Write at least %(least)d characters, such as the name of the building."),
                N_("Write at most %(most)d characters. Now there are %(now)d."),
            )
        ],
    )
    cidr = StringField(_l("Network"), validators=[InputRequired(_NO_NETWORK)])

    def validate_cidr(self, field: StringField) -> None:
        """An address, or a network that is not too wide."""
        network = networks.parse(field.data or "")
        if network is None:
            raise ValidationError(str(_NO_NETWORK))
        if networks.too_wide(network):
            raise ValidationError(
                gettext("This network is too wide. Write at least /16 for IPv4, or /32 for IPv6.")
            )
