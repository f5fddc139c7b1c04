"""What an organiser fills in: an answer on behalf of the municipality, a step of the public status."""

from collections.abc import Mapping

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired
from wtforms.widgets import HiddenInput

from app.domain.decision import N_
from app.domain.lifecycle import REASON_LENGTH, PublicStatus, StatusStep
from app.kit.forms import Form, length
from app.kit.words import word

ANSWER_LENGTH = (30, 5000)
BEHALF_LENGTH = (3, 120)


class AnswerForm(Form):
    """A public answer on an idea, for a version of it."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    on_behalf_of = StringField(
        _l("On behalf of"),
        validators=[
            length(
                BEHALF_LENGTH,
                N_("Say who answers, in at least %(least)d characters."),
                N_("Say who answers, in at most %(most)d characters."),
            )
        ],
    )
    body = TextAreaField(
        _l("The answer"),
        validators=[
            length(
                ANSWER_LENGTH,
                N_("Make the answer at least %(least)d characters. It has %(now)d now."),
                N_("Make the answer at most %(most)d characters. It has %(now)d now."),
            )
        ],
    )


class StatusForm(Form):
    """A step of the public status, from the one that the organiser saw, with its reason."""

    before = HiddenField()
    status = RadioField(_l("New status"), validators=[InputRequired(_l("Choose the new status."))])
    reason = TextAreaField(
        _l("Why?"),
        validators=[
            length(
                REASON_LENGTH,
                N_("Write at least %(least)d characters. People read this under the idea."),
                N_("Write at most %(most)d characters. Now there are %(now)d."),
            )
        ],
    )

    def offer(self, steps: Mapping[PublicStatus, StatusStep]) -> "StatusForm":
        """Offer only the steps that the idea can take now."""
        self.status.choices = [
            SelectChoice(
                value=status.value,
                label=gettext("Back to: %(status)s", status=word(status))
                if step == StatusStep.CORRECTION
                else word(status),
            )
            for status, step in steps.items()
        ]
        return self

    @property
    def chosen(self) -> PublicStatus:
        """The new status, after the form was found good."""
        return PublicStatus(self.status.data)
