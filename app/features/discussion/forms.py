"""The shape of what readers send: an argument, a reply, a helpful mark, a report."""

from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, RadioField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired

from app.domain.ballot import Side
from app.domain.decision import N_
from app.domain.lifecycle import ARGUMENT_LENGTH
from app.kit.forms import Form, length
from app.kit.mail import is_address
from app.kit.words import word
from app.models.moderation import ReportReason

EXPLANATION_LENGTH = (0, 500)

_argument_length = length(
    ARGUMENT_LENGTH,
    N_("Write at least %(least)d characters; there are %(now)d now."),
    N_("Write at most %(most)d characters; there are %(now)d now."),
)


class ArgumentForm(Form):
    """A new argument, or a question."""

    side = RadioField(
        _l("What do you want to post?"),
        id="argument-side",
        choices=[
            SelectChoice(Side.FOR.value, _l("An argument for")),
            SelectChoice(Side.AGAINST.value, _l("An argument against")),
            SelectChoice(Side.QUESTION.value, _l("A question")),
        ],
        validators=[InputRequired(_l("Choose: for, against or a question."))],
    )
    body = TextAreaField(_l("Your text"), id="argument-body", validators=[_argument_length])


class ReplyForm(Form):
    """A reply to an argument."""

    body = TextAreaField(_l("Your reply"), id="reply-body", validators=[_argument_length])


class ChangeForm(Form):
    """One's own text, mended."""

    body = TextAreaField(_l("Your text"), id="change-body", validators=[_argument_length])


class RemoveForm(Form):
    """Yes, take my text away."""


class MarkForm(Form):
    """One pressed button: the number of the text that helped, or no longer does, and the order the reader chose."""

    mark = StringField()
    unmark = StringField()
    argumenten = HiddenField()

    @property
    def is_helpful(self) -> bool:
        """Whether the text helped."""
        return bool(self.mark.data)

    @property
    def argument_id(self) -> int:
        """The number of the text; 0 when none was sent."""
        text = self.mark.data or self.unmark.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


class ReportForm(Form):
    """Why a text breaks the rules."""

    reason = RadioField(
        _l("What is wrong with this text?"),
        choices=[],
        validators=[InputRequired(_l("Choose what is wrong with this text."))],
    )
    explanation = TextAreaField(
        _l("Explanation"),
        validators=[
            length(EXPLANATION_LENGTH, "", N_("Write at most %(most)d characters; there are %(now)d now."))
        ],
    )

    def __init__(self, **given: object) -> None:
        super().__init__(**given)
        self.reason.choices = [SelectChoice(reason.value, word(reason)) for reason in ReportReason]

    def validate_explanation(self, field: Field) -> None:
        """Something else needs words of its own."""
        if self.reason.data == ReportReason.OTHER and not field.data:
            raise ValidationError(_l("Explain in a few words what is wrong."))


class StrangerReportForm(ReportForm):
    """The same from somebody without account, who may hear what came of it by mail."""

    email = StringField(_l("E-mail address"))

    def validate_email(self, field: Field) -> None:
        """Nothing, or something that mail can be sent to."""
        if field.data and not is_address(field.data):
            raise ValidationError(_l("Write your e-mail address like name@example.nl, or leave it empty."))
