"""What a moderator fills in about a person, and what that person says against it."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, HiddenField, IntegerField, RadioField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired

from app.domain.decision import N_
from app.domain.lifecycle import RefusalReason
from app.kit.forms import Form, length
from app.kit.words import word
from app.models.moderation import SanctionKind, SanctionReason
from app.policies.conduct import LONGEST_PAUSE
from app.records.appeals import APPEAL_LENGTH
from app.records.sanctions import SENTENCE_LENGTH

LONGEST_BLOCK = 3650
"""Days; a longer block lasts until somebody lifts it."""
NOTE_LENGTH = (3, 1000)
_sentence = length(
    SENTENCE_LENGTH,
    N_("Write at least %(least)d characters. The reader must understand why."),
    N_("Write at most %(most)d characters. Now there are %(now)d."),
)
_SWEPT_FOR = (
    RefusalReason.ADVERTISING,
    RefusalReason.INSULT,
    RefusalReason.PERSONAL_DATA,
    RefusalReason.OFF_TOPIC,
)
"""Why everything of an account goes; the other house rules are about one idea."""


class Days(IntegerField):
    """A number of days, or nothing; unlike `Optional()` it leaves the form to say whether nothing will do."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """An empty field is no fault by itself."""
        if any(text.strip() for text in valuelist):
            super().process_formdata(valuelist)


class MeasureForm(Form):
    """Warn, pause or block: what, why, and for how long."""

    kind = RadioField(_l("What do you do?"), validators=[InputRequired(_l("Choose what you do."))])
    reason = RadioField(_l("Why?"), validators=[InputRequired(_l("Choose why."))])
    days = Days(_l("For how many days?"))
    sentence = TextAreaField(_l("Explain it to the person"), validators=[_sentence])

    def __init__(self, **given: object) -> None:
        super().__init__(**given)
        self.kind.choices = [SelectChoice(value=kind.value, label=word(kind)) for kind in SanctionKind]
        self.reason.choices = [
            SelectChoice(value=reason.value, label=word(reason)) for reason in SanctionReason
        ]

    def validate_days(self, field: Field) -> None:
        """A pause needs an end; a block may go without."""
        most = LONGEST_PAUSE.days
        if self.kind.data == SanctionKind.PAUSE and not (field.data and 1 <= field.data <= most):
            raise ValidationError(_l("A pause lasts between 1 and 90 days. Write how many."))
        is_wrong = field.data is not None and not 1 <= field.data <= LONGEST_BLOCK
        if self.kind.data == SanctionKind.BLOCK and is_wrong:
            raise ValidationError(_l("Write a number of days from 1 to 3650, or leave it empty."))


class LiftForm(Form):
    """Why a measure ends before its time."""

    sentence = TextAreaField(_l("Why do you lift it?"), validators=[_sentence])


class SweepForm(Form):
    """Why everything of an account goes, and whether the account is blocked along with it."""

    reason = RadioField(_l("Which house rule?"), validators=[InputRequired(_l("Choose the house rule."))])
    sentence = TextAreaField(_l("Explain it to the person"), validators=[_sentence])
    block = BooleanField(_l("Block the account as well, until somebody lifts the block"))

    def __init__(self, **given: object) -> None:
        super().__init__(**given)
        self.reason.choices = [SelectChoice(value=reason.value, label=word(reason)) for reason in _SWEPT_FOR]


class PutBackForm(Form):
    """Why a sweep is undone."""

    batch = HiddenField(validators=[InputRequired()])
    sentence = TextAreaField(_l("Why do you put everything back?"), validators=[_sentence])


class NoteForm(Form):
    """What other moderators should know about somebody."""

    text = TextAreaField(
        _l("Note for other moderators"),
        validators=[
            length(
                NOTE_LENGTH,
                N_("Write at least %(least)d characters."),
                N_("Write at most %(most)d characters. Now there are %(now)d."),
            )
        ],
    )


class AppealForm(Form):
    """What somebody says against a measure."""

    text = TextAreaField(
        _l("Why do you not agree?"),
        validators=[
            length(
                APPEAL_LENGTH,
                N_("Write at least %(least)d characters, so that the other moderator can follow you."),
                N_("Write at most %(most)d characters. Now there are %(now)d."),
            )
        ],
    )
