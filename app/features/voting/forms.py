"""The shape of a vote as it is sent: one button for an idea, ticked themes for the agenda."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectMultipleField, StringField, TextAreaField, ValidationError
from wtforms.validators import AnyOf

from app.domain.ballot import MOST_TICKS, VoteValue
from app.domain.decision import N_
from app.kit.forms import Form, length

REASON = (10, 500)

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


class AgendaForm(Form):
    """The themes that somebody ticked. None at all is a choice as well: it withdraws the one before."""

    themes = SelectMultipleField(_l("Which themes should the agenda have?"), validate_choice=False)

    def __init__(self, theme_ids: Sequence[int], **values: Any) -> None:
        super().__init__(**values)
        self.known = {str(number): number for number in theme_ids}

    @property
    def ticked(self) -> list[int]:
        """The known themes among those that were sent, each once, in the order of the page."""
        sent = set(self.themes.data or ())
        return [number for text, number in self.known.items() if text in sent]

    def validate_themes(self, field: SelectMultipleField) -> None:
        """Every fault at once, as everywhere."""
        sent = set(field.data or ())
        faults = []
        if sent - self.known.keys():
            faults.append(gettext("Choose themes from the list."))
        if len(sent) > MOST_TICKS:
            faults.append(
                gettext(
                    "Choose at most %(most)d themes. You ticked %(now)d: untick %(over)d.",
                    most=MOST_TICKS,
                    now=len(sent),
                    over=len(sent) - MOST_TICKS,
                )
            )
        if faults:
            raise ValidationError(" ".join(faults))


class OpeningForm(Form):
    """Turns the agenda vote of a call the other way than the organiser saw it, with the reason."""

    seen = HiddenField(validators=[AnyOf(("open", "closed"))])
    reason = TextAreaField(
        _l("Why?"),
        validators=[
            length(
                REASON,
                N_("Write at least %(least)d characters. Other organisers read this in the audit log."),
                N_("Write at most %(most)d characters. Now there are %(now)d."),
            )
        ],
    )
