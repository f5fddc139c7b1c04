"""What people fill in at the door and on their phone, and what facilitators fill in to ask something."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Optional, ValidationError

from app.domain import join_codes
from app.domain import rounds as rules
from app.domain.ballot import GROUPS
from app.domain.decision import N_
from app.features.room import words
from app.kit import voices
from app.kit.forms import Form, length
from app.models.room import RoundKind
from app.records.frames import ThemeTag

WHOLE_EVENING = 0
TOP_CHOICES = (0, 3, 5, 10)
_SHORT = N_("Write at least %(least)d characters.")
_LONG = N_("Write at most %(most)d characters. Now there are %(now)d.")


class CodeForm(Form):
    """The six characters on the screen; asked for in an address, so without a token."""

    class Meta(Form.Meta):
        csrf = False

    code = StringField(_l("The code on the screen"))

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.code.flags.required = True

    def validate_code(self, field: StringField) -> None:
        if not join_codes.readings(field.data or ""):
            raise ValidationError(
                gettext("A code has %(length)d letters and digits.", length=join_codes.LENGTH)
            )


class ProvenCodeForm(CodeForm):
    """The same, sent with a proof and a token."""

    class Meta(Form.Meta):
        csrf = True


class CheckInForm(Form):
    """Which badge somebody wears, and what they want to be called."""

    group = RadioField(
        _l("Which colour is your badge?"), validators=[InputRequired(_l("Choose the colour of your badge."))]
    )
    name = StringField(_l("What shall we call you?"), validators=[length(rules.NAME, _SHORT, _LONG)])

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.group.choices = [
            SelectChoice(
                value=group.value, label=f"{words.badge_colour(group)}: {voices.group_name(group).lower()}"
            )
            for group in GROUPS
        ]


class AnswerForm(Form):
    """An answer of one's own to an open question."""

    text = TextAreaField(_l("Your answer"), validators=[length(rules.ANSWER, _SHORT, _LONG)])


class RoundForm(Form):
    """A question to the room."""

    kind = RadioField(_l("What do you ask?"), validators=[InputRequired(_l("Choose what you ask."))])
    question = StringField(_l("The question"), validators=[length(rules.QUESTION, _SHORT, _LONG)])
    theme = SelectField(_l("About which theme?"), coerce=int)
    top = SelectField(_l("Take ideas of this theme along"), coerce=int)
    options = TextAreaField(_l("Statements of your own, one on each line"))
    dots = IntegerField(_l("How many dots does everybody have?"), validators=[Optional()])

    def __init__(self, themes: Iterable[ThemeTag], **values: Any) -> None:
        super().__init__(**values)
        self.kind.choices = [
            SelectChoice(value=kind.value, label=words.kind_name(kind)) for kind in RoundKind
        ]
        self.theme.choices = [
            SelectChoice(value=WHOLE_EVENING, label=gettext("The whole evening")),
            *(SelectChoice(value=theme.id, label=theme.title) for theme in themes),
        ]
        self.top.choices = [
            SelectChoice(
                value=number,
                label=gettext("The %(num)d ideas on top", num=number) if number else gettext("None"),
            )
            for number in TOP_CHOICES
        ]

    def validate_top(self, field: SelectField) -> None:
        if field.data and self.theme.data == WHOLE_EVENING:
            raise ValidationError(gettext("Choose the theme of these ideas as well."))

    def validate_options(self, field: TextAreaField) -> None:
        least, most = rules.OPTION
        for line in self.lines:
            if not least <= len(line) <= most:
                raise ValidationError(
                    gettext("Every statement has %(least)d to %(most)d characters.", least=least, most=most)
                )
        if len(self.lines) > rules.MOST_OPTIONS:
            raise ValidationError(gettext("At most %(most)d statements.", most=rules.MOST_OPTIONS))
        wanted = RoundKind.DOTS if self.kind.data == RoundKind.DOTS.value else None
        if wanted and len({rules.key_of(line) for line in self.lines}) < 2 and not self.top.data:
            raise ValidationError(gettext("Give at least two options to divide dots over."))

    def validate_dots(self, field: IntegerField) -> None:
        if self.kind.data != RoundKind.DOTS.value:
            return
        if field.data is None or not rules.LEAST_DOTS <= field.data <= rules.MOST_DOTS:
            raise ValidationError(gettext("Fill in a number from 1 to %(most)d.", most=rules.MOST_DOTS))

    @property
    def lines(self) -> list[str]:
        """The statements, without empty lines."""
        return [line.strip() for line in (self.options.data or "").split("\n") if line.strip()]


class PaperForm(Form):
    """Counts from paper: nothing but the token; the numbers have a field each."""


_CELL = re.compile(r"count-([1-9]\d{0,9})-(m1|0|1)")


def numbers_of(
    sent: Mapping[str, str], *, empty_is_nought: bool
) -> tuple[dict[tuple[int, int], int], list[str]]:
    """The numbers that came in by cell (option, choice), and the names of the fields that hold none.

    Which fields there must be is not known here: what was asked when the form was made may have changed since.
    """
    found: dict[tuple[int, int], int] = {}
    faulty: list[str] = []
    for name, typed in sent.items():
        cell = _CELL.fullmatch(name)
        if cell is None:
            continue
        text = typed.strip() or ("0" if empty_is_nought else "")
        if text.isascii() and text.isdigit() and len(text) <= 4:
            found[int(cell[1]), -1 if cell[2] == "m1" else int(cell[2])] = int(text)
        else:
            faulty.append(name)
    return found, faulty


def field_name(option: int, value: int) -> str:
    """The name of the field of one count."""
    return f"count-{option}-{'m1' if value == -1 else value}"
