"""What an organiser fills in to choose the rules of a ranking: whole numbers within reason, and why."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired

from app.domain.ballot import GROUPS
from app.domain.decision import N_
from app.domain.ranking import Parameters, Weighting, certainty_of, z_of
from app.kit.forms import Form, length
from app.kit.numbers import NumberField
from app.kit.words import word

REASON = (10, 500)
MOST = 1000
"""Above this a number no longer means anything here, and below it nothing overflows or takes for ever."""
LEAST_CERTAIN, MOST_CERTAIN = 50, 99.9


class RulesForm(Form):
    """The rules of the ranking of a process, with the reason of the change."""

    seen = HiddenField()
    weight_resident = NumberField(_l("Residents"), 0, MOST)
    weight_council = NumberField(_l("Council"), 0, MOST)
    weight_partner = NumberField(_l("Partners"), 0, MOST)
    weighting = RadioField(
        _l("What do people see first?"), validators=[InputRequired(_l("Choose how people weigh."))]
    )
    n_min = NumberField(_l("Votes an idea needs before it is ranked (n_min)"), 0, MOST)
    m = NumberField(_l("Imagined average votes per group (m)"), 1, MOST)
    certainty = NumberField(_l("Certainty of margins, in percent (z)"), LEAST_CERTAIN, MOST_CERTAIN, places=1)
    calm = NumberField(_l("Votes at which Disputed counts half"), 1, MOST)
    half_life_days = NumberField(_l("Days after which a vote counts half in Current"), 0.5, MOST, places=1)
    min_supporters = NumberField(_l("Supporters a theme needs"), 0, MOST)
    min_votes = NumberField(_l("Votes a person needs before the ballot counts for the agenda"), 0, MOST)
    k = NumberField(_l("Damping of a small group in the agenda (k)"), 1, MOST)
    reason = TextAreaField(
        _l("Why?"),
        validators=[
            length(
                REASON,
                N_("Write at least %(least)d characters. Everybody reads this reason on the page."),
                N_("Write at most %(most)d characters. Now there are %(now)d."),
            )
        ],
    )

    def __init__(self, groups: Sequence[str], **values: Any) -> None:
        super().__init__(**values)
        self.groups = tuple(groups)
        for group in GROUPS:
            if group not in self.groups:
                del self[f"weight_{group}"]
        self.weighting.choices = [SelectChoice(value=each.value, label=word(each)) for each in Weighting]

    @property
    def weights(self) -> list[NumberField]:
        """The fields with the weights of the groups, in order."""
        return [self[f"weight_{group}"] for group in self.groups]

    def validate(self, extra_validators: Any = None) -> bool:
        """Every field for itself, and whether any group weighs something."""
        good: bool = super().validate(extra_validators)
        given = [field.data for field in self.weights]
        if None not in given and not any(given):
            self.weights[0].errors = [gettext("Give at least one group a weight above 0.")]
            return False
        return good

    def settings(self, before: Parameters) -> dict[str, Any]:
        """What was filled in as settings of a process, after the form was found good."""
        shares = [int(field.data or 0) for field in self.weights]
        unchanged = self.certainty.data == certainty_of(before.z)
        return {
            "groups": list(self.groups),
            "weights": [f"{share}/{sum(shares)}" for share in shares],
            "weighting": self.weighting.data,
            "z": before.z if unchanged else z_of(self.certainty.data or 0.0),
            "half_life_days": self.half_life_days.data,
            **{
                name: int(self[name].data or 0)
                for name in ("n_min", "m", "calm", "min_supporters", "min_votes", "k")
            },
        }


def fill(parameters: Parameters, weighting: Weighting, seen: str) -> dict[str, Any]:
    """The rules in force as the form shows them, with the mark that says whether they changed meanwhile."""
    weights = dict(zip(parameters.groups, parameters.whole_weights, strict=True))
    return {
        "seen": seen,
        **{f"weight_{group}": weight for group, weight in weights.items()},
        "weighting": weighting.value,
        "certainty": certainty_of(parameters.z),
        **{
            name: getattr(parameters, name)
            for name in ("n_min", "m", "calm", "half_life_days", "min_supporters", "min_votes", "k")
        },
    }
