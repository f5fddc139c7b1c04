"""What is filled in at the integrity desk: a sentence, the accounts it is about, or what a voter has against it."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from app.domain.decision import N_
from app.domain.lifecycle import REASON_LENGTH
from app.features.integrity.accounts import Account
from app.kit.forms import Form, length
from app.kit.words import word
from app.models.integrity import ExclusionReason

OBJECTION_LENGTH = (20, 2000)

_sentence = length(
    REASON_LENGTH,
    N_("Write at least %(least)d characters. The reader must understand why."),
    N_("Write at most %(most)d characters. Now there are %(now)d."),
)


class StartForm(Form):
    """Only a button: to begin an investigation."""


class DismissForm(Form):
    """Why nothing is wrong with these votes."""

    sentence = TextAreaField(_l("Why do these votes simply count?"), validators=[_sentence])


class ProposeForm(Form):
    """Which accounts, for what reason, and what their owners read."""

    accounts = SelectMultipleField(
        _l("Whose votes should not count?"),
        validators=[InputRequired(_l("Choose at least one account."))],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    reason = RadioField(
        _l("Why should they not count?"), validators=[InputRequired(_l("Choose the reason."))]
    )
    sentence = TextAreaField(_l("Explain it to the people who cast these votes"), validators=[_sentence])

    def __init__(self, accounts: Sequence[Account], **values: object) -> None:
        super().__init__(**values)
        self.reason.choices = [SelectChoice(value=each.value, label=word(each)) for each in ExclusionReason]
        self.accounts.choices = [SelectChoice(value=each.token, label=each.label) for each in accounts]

    @property
    def chosen(self) -> ExclusionReason:
        """The reason, after the form was found good."""
        return ExclusionReason(self.reason.data)


class ConfirmForm(Form):
    """The second moderator agrees: only a button."""


class RefuseForm(Form):
    """Why the second moderator does not agree."""

    sentence = TextAreaField(_l("Why do you not agree?"), validators=[_sentence])


class ObjectForm(Form):
    """What a voter has against it."""

    text = TextAreaField(
        _l("Why should your votes count?"),
        validators=[
            length(
                OBJECTION_LENGTH,
                N_("Write at least %(least)d characters, so that we understand what you mean."),
                N_("Write at most %(most)d characters. Now there are %(now)d."),
            )
        ],
    )


class RuleForm(Form):
    """What is decided on an objection, and why."""

    outcome = RadioField(
        _l("What do you decide?"),
        choices=[
            SelectChoice(value="upheld", label=_l("The votes of this person count again")),
            SelectChoice(value="rejected", label=_l("The votes of this person still do not count")),
        ],
        validators=[InputRequired(_l("Choose what you decide."))],
    )
    sentence = TextAreaField(_l("Explain it to the person who objected"), validators=[_sentence])

    @property
    def is_upheld(self) -> bool:
        """The decision, after the form was found good."""
        return bool(self.outcome.data == "upheld")
