"""The shape of a vote as it is sent."""

from wtforms import HiddenField, StringField
from wtforms.validators import AnyOf

from app.domain.ballot import VoteValue
from app.kit.forms import Form

CHOICES = {
    "for": VoteValue.FOR,
    "against": VoteValue.AGAINST,
    "withdraw": VoteValue.WITHDRAWN,
}
"""What the buttons of a ballot send, and the state each of them asks for."""


class BallotForm(Form):
    """One pressed button, and the page on which it stood."""

    choice = StringField(validators=[AnyOf(CHOICES)])
    back = HiddenField()

    @property
    def value(self) -> VoteValue:
        """The state that was asked for. Only after validation."""
        return CHOICES[self.choice.data or ""]
