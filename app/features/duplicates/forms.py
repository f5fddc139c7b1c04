"""What people fill in about two ideas: which one is the same, whether they agree, which one stays, and why."""

import re
from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import HiddenInput

from app.domain.decision import N_
from app.domain.lifecycle import REASON_LENGTH
from app.kit.forms import Form, length

_NUMBER = re.compile(r"(?:^|/ideeen/)\s*#?(\d{1,9})(?=$|[/?#\s])")
ANOTHER = "another"

_sentence = length(
    REASON_LENGTH,
    N_("Write at least %(least)d characters. The reader must understand why."),
    N_("Write at most %(most)d characters. Now there are %(now)d."),
)


def number_in(typed: str) -> int | None:
    """The number of the idea that somebody typed: `12`, `#12`, or the address of its page."""
    found = _NUMBER.search(typed.strip())
    return int(found[1]) if found else None


class SuggestForm(Form):
    """Which idea is the same: one of the likely ones, or any other by its address or number."""

    other = RadioField(
        _l("Which idea does it look like?"),
        validators=[InputRequired(_l("Choose an idea, or “Another idea”."))],
    )
    address = StringField(_l("Address or number of the other idea"))
    sentence = TextAreaField(
        _l("Why are they the same?"),
        validators=[
            Optional(),
            length(
                (0, REASON_LENGTH[1]), "", N_("Write at most %(most)d characters. Now there are %(now)d.")
            ),
        ],
    )

    def __init__(self, likely: Sequence[tuple[int, str]], **values: object) -> None:
        super().__init__(**values)
        self.other.choices = [
            *(SelectChoice(value=str(number), label=title) for number, title in likely),
            SelectChoice(value=ANOTHER, label=_("Another idea")),
        ]
        if not likely:
            self.other.data = ANOTHER

    def validate(self, extra_validators: object = None) -> bool:
        """Another idea is named by its address or number."""
        good = super().validate(extra_validators)
        if self.other.data == ANOTHER and number_in(self.address.data or "") is None:
            self.address.errors = [
                *self.address.errors,
                _("Give the address or the number of the other idea, such as /ideeen/12."),
            ]
            return False
        return good

    @property
    def chosen(self) -> int | None:
        """The number of the other idea, after the form was found good."""
        if self.other.data == ANOTHER:
            return number_in(self.address.data or "")
        return int(self.other.data)


class StaysForm(Form):
    """Which of the two ideas stays."""

    stays = IntegerField(widget=HiddenInput(), validators=[InputRequired()])


class MergeForm(StaysForm):
    """What the authors and everybody else read with the merge."""

    sentence = TextAreaField(
        _l("What should people know?"),
        validators=[Optional(), _sentence],
    )


class MergeAnywayForm(StaysForm):
    """Against an objection there is always a reason."""

    sentence = TextAreaField(_l("Why do they become one although an author objects?"), validators=[_sentence])


class RejectForm(Form):
    """Why the ideas stay apart."""

    sentence = TextAreaField(_l("Why do they stay apart?"), validators=[_sentence])


class UndoForm(Form):
    """Why a merge is undone."""

    sentence = TextAreaField(_l("Why do you undo this?"), validators=[_sentence])


class AnswerForm(Form):
    """An author agrees, or says why not."""

    agrees = RadioField(_l("What do you think?"), validators=[InputRequired(_l("Choose one of the two."))])
    text = TextAreaField(_l("Why not?"))

    def __init__(self, **values: object) -> None:
        super().__init__(**values)
        self.agrees.choices = [
            SelectChoice(value="yes", label=_("They may become one")),
            SelectChoice(value="no", label=_("I object")),
        ]

    def validate(self, extra_validators: object = None) -> bool:
        """Whoever objects says why."""
        good = super().validate(extra_validators)
        least, most = REASON_LENGTH
        now = len(self.text.data or "")
        if self.agrees.data == "no" and now < least:
            self.text.errors = [
                _("Write at least %(least)d characters: the moderators must understand why.", least=least)
            ]
            return False
        if now > most:
            self.text.errors = [
                _("Write at most %(most)d characters. Now there are %(now)d.", most=most, now=now)
            ]
            return False
        return good
