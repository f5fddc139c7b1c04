"""What a facilitator sends from the desk; every form carries the number of the screen that it was made for."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import NumberRange, StopValidation

from app.domain.decision import N_
from app.domain.timer import LONGEST
from app.kit.forms import Form, length

MESSAGE = (3, 200)
ENDS = ("1", "5", "15", "")
"""After how many minutes a message goes by itself; empty: when somebody takes it away."""


class WholeNumber(IntegerField):
    """A number in digits; anything else is no number."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take digits only."""
        text = valuelist[0].strip() if valuelist else ""
        self.data = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _typed(_form: Form, field: IntegerField) -> None:
    if field.data is None:
        raise StopValidation(gettext("Write the number of minutes in digits."))


class DeskForm(Form):
    """A button of the desk."""

    number = WholeNumber()

    @property
    def seen(self) -> int:
        """The number of the screen that the form was made for; one that is missing fits no screen."""
        return -1 if self.number.data is None else self.number.data


class StepForm(DeskForm):
    """To a step, forwards or `back`."""

    key = HiddenField()
    back = HiddenField()


class SwitchForm(DeskForm):
    """Something on or off."""

    on = HiddenField()


class TimerForm(DeskForm):
    """The timer, set for so many minutes."""

    minutes = WholeNumber(
        _l("Minutes"),
        validators=[_typed, NumberRange(1, LONGEST, _l("Between 1 and %(most)s minutes.", most=LONGEST))],
    )

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.minutes.flags.required = True


class ClockForm(DeskForm):
    """What is done with a timer that is there."""

    verb = HiddenField()


class MessageForm(DeskForm):
    """A sentence to the room, and when it goes."""

    text = StringField(
        _l("What do you want to say?"),
        validators=[
            length(
                MESSAGE,
                N_("Write at least %(least)d characters."),
                N_("Write at most %(most)d characters. Now there are %(now)d."),
            )
        ],
    )
    ends = SelectField(_l("How long does it stay?"), default="5", validate_choice=True)

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.ends.flags.required = True
        self.ends.choices = [
            SelectChoice("1", gettext("One minute")),
            SelectChoice("5", gettext("Five minutes")),
            SelectChoice("15", gettext("A quarter of an hour")),
            SelectChoice("", gettext("Until I take it away")),
        ]
