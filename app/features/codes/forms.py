"""The shape of what people fill in: the code of a letter, and an organiser's order for letters."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, IntegerField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, NumberRange
from wtforms.validators import Optional as MayBeEmpty

from app.domain import voting_codes
from app.domain.decision import N_
from app.domain.phases import Action
from app.features.codes.service import MOST_AT_ONCE
from app.kit.forms import Form, length
from app.kit.i18n import TIME_ZONE
from app.records.calls import CallRow

NAME_LENGTH = (0, 120)
WHY = (10, 500)
LONGEST_VALIDITY = timedelta(days=731)


class CodeForm(Form):
    """The code of a letter."""

    code = StringField(_l("The code from your letter"))
    next = HiddenField()

    def __init__(self, **values: object) -> None:
        super().__init__(**values)
        self.code.flags.required = True

    def validate_code(self, field: Field) -> None:
        try:
            field.data = voting_codes.read(field.data or "")
        except voting_codes.NotACode as fault:
            raise ValidationError(gettext(fault.sentence, **fault.values)) from None


class BatchForm(Form):
    """Letters to make."""

    seen = HiddenField()
    """The newest batch that the organiser saw: when another came in between, the form comes back."""
    call = SelectField(_l("For which call?"), coerce=int, validators=[InputRequired(_l("Choose a call."))])
    count = IntegerField(
        _l("How many letters?"),
        validators=[
            InputRequired(_l("Fill in how many letters you need.")),
            NumberRange(1, MOST_AT_ONCE, _l("At least 1 and at most %(most)s at a time.", most=MOST_AT_ONCE)),
        ],
    )
    name = StringField(
        _l("What do you call this batch?"),
        validators=[
            length(
                NAME_LENGTH,
                N_("Fill in a name."),
                N_("A name has at most %(most)d characters; this has %(now)d."),
            )
        ],
    )
    until = StringField(_l("Until and including which day do the codes work?"), validators=[MayBeEmpty()])
    language = SelectField(
        _l("Language of the letters"),
        choices=[SelectChoice("nl", "Nederlands"), SelectChoice("en", "English")],
        validators=[InputRequired(_l("Choose a language."))],
    )
    now: datetime

    def __init__(self, every: Iterable[CallRow], now: datetime, **values: object) -> None:
        super().__init__(**values)
        self.now = now
        self.calls = {call.id: call for call in every}
        self.call.choices = [
            SelectChoice(value=call.id, label=f"{call.title} ({call.process_title})")
            for call in self.calls.values()
        ]

    def validate_until(self, field: Field) -> None:
        moment = end_of_day(field.data or "")
        if moment is None:
            raise ValidationError(gettext("Fill in a day, such as 2026-11-30."))
        if moment <= self.now:
            raise ValidationError(gettext("This day is over. Choose a later one."))
        if moment > self.now + LONGEST_VALIDITY:
            raise ValidationError(gettext("Codes work for two years at most."))

    @property
    def chosen_call(self) -> CallRow:
        """The call, after the form was found good."""
        return self.calls[self.call.data]

    @property
    def expires_at(self) -> datetime:
        """The end of the day that was filled in, else that of the voting."""
        return end_of_day(self.until.data or "") or end_of_voting(self.chosen_call) or self.now


class RevokeForm(Form):
    """Why a batch is taken back."""

    reason = TextAreaField(
        _l("Why?"),
        validators=[
            length(
                WHY,
                N_("Write at least %(least)d characters. Other organisers read this in the audit log."),
                N_("Write at most %(most)d characters. Now there are %(now)d."),
            )
        ],
    )


def end_of_voting(call: CallRow) -> datetime | None:
    """When the last round of voting of a call ends."""
    return call.closes(Action.VOTE)


def end_of_day(text: str) -> datetime | None:
    """The last minute of a day by the clocks of the city, or None for what is no day."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return None
    if not 2000 <= day.year <= 2200:
        return None
    return datetime.combine(day, time(23, 59), ZoneInfo(TIME_ZONE)).astimezone(UTC)
