"""What a moderator fills in: a request, a reason with its sentence, or only a sentence."""

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired
from wtforms.widgets import HiddenInput

from app.domain.decision import N_
from app.domain.lifecycle import REASON_LENGTH, RefusalReason
from app.kit.forms import Form, length
from app.kit.words import word

_sentence = length(
    REASON_LENGTH,
    N_("Write at least %(least)d characters. The reader must understand why."),
    N_("Write at most %(most)d characters. Now there are %(now)d."),
)
ARGUMENT_REASONS = (
    RefusalReason.INSULT,
    RefusalReason.PERSONAL_DATA,
    RefusalReason.ADVERTISING,
    RefusalReason.OFF_TOPIC,
)
"""Why an argument can be hidden; the other house rules are about ideas."""


def _reason() -> RadioField:
    return RadioField(_l("Which house rule?"), validators=[InputRequired(_l("Choose the house rule."))])


class _Reasoned(Form):
    """Offers the reasons in the language of the page."""

    reasons: tuple[RefusalReason, ...] = tuple(RefusalReason)
    reason: RadioField

    def __init__(self, **values: object) -> None:
        super().__init__(**values)
        self.reason.choices = [
            SelectChoice(value=reason.value, label=word(reason)) for reason in self.reasons
        ]

    @property
    def chosen(self) -> RefusalReason:
        """The reason, after the form was found good."""
        return RefusalReason(self.reason.data)


class PublishForm(Form):
    """Which version of the text the moderator has read."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired()])


class ReturnForm(PublishForm):
    """What the author is asked to change."""

    sentence = TextAreaField(_l("What should the author change?"), validators=[_sentence])


class RefuseForm(PublishForm, _Reasoned):
    """Which house rule the idea breaks, and what the author should know."""

    reason = _reason()
    sentence = TextAreaField(_l("Explain it to the author"), validators=[_sentence])


class HideForm(_Reasoned):
    """Which house rule the published text breaks, and what the author should know."""

    reason = _reason()
    sentence = TextAreaField(_l("Explain it to the author"), validators=[_sentence])


class HideArgumentForm(HideForm):
    """The same for an argument."""

    reasons = ARGUMENT_REASONS


class RestoreForm(Form):
    """Why the text comes back."""

    sentence = TextAreaField(_l("Why do you put it back?"), validators=[_sentence])


class KeepForm(Form):
    """What the people who reported the text should know."""

    sentence = TextAreaField(_l("Explain it to the person who reported it"), validators=[_sentence])
