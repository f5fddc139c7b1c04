"""What a moderator says when a wave is cleaned up."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired

from app.domain.decision import N_
from app.domain.lifecycle import REASON_LENGTH, RefusalReason
from app.kit.forms import Form, length
from app.kit.words import word

REASONS = (
    RefusalReason.ADVERTISING,
    RefusalReason.INSULT,
    RefusalReason.PERSONAL_DATA,
    RefusalReason.OFF_TOPIC,
)


class CleanForm(Form):
    """Which house rule the wave breaks, what the senders read, and who of those we know goes along."""

    until = HiddenField()
    """The moment of the preview: what came in later was not looked at and stays."""
    named = SelectMultipleField(_l("Also of people we know"), coerce=int, validate_choice=False)
    reason = RadioField(_l("Which house rule?"), validators=[InputRequired(_l("Choose the house rule."))])
    sentence = TextAreaField(
        _l("Explain it to the senders"),
        validators=[
            length(
                REASON_LENGTH,
                N_("Write at least %(least)d characters. The reader must understand why."),
                N_("Write at most %(most)d characters. Now there are %(now)d."),
            )
        ],
    )
    blocks = BooleanField(_l("Block these accounts as well"))

    def __init__(self, **given: object) -> None:
        super().__init__(**given)
        self.reason.choices = [SelectChoice(reason.value, word(reason)) for reason in REASONS]

    @property
    def chosen(self) -> RefusalReason:
        """The reason, after the form was found good."""
        return RefusalReason(self.reason.data)


class UndoForm(Form):
    """One button."""
