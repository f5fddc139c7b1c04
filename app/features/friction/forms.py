"""What organisers fill in: words for the list, and a level for a while."""

from collections.abc import Iterable

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import Field, RadioField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired

from app.domain.decision import N_
from app.domain.lifecycle import REASON_LENGTH
from app.domain.text_checks import normal
from app.kit.forms import Form, length

WORD_LENGTH = (3, 60)
MOST_WORDS = 200
HOURS = (1, 4, 24, 72)


class WordsForm(Form):
    """One word or sentence on each line."""

    words = TextAreaField(
        _l("New words, one on each line"),
        validators=[
            length(
                (3, 6000),
                N_("Fill in at least one word."),
                N_("This is too much at once. Use at most %(most)d characters."),
            )
        ],
    )

    @property
    def chosen(self) -> list[str]:
        """The words as the list keeps them, each once."""
        return list(dict.fromkeys(word for word in map(normal, _lines(self.words.data or "")) if word))

    def validate_words(self, field: Field) -> None:
        if not self.chosen:
            raise ValidationError(gettext("Fill in at least one word."))
        if len(self.chosen) > MOST_WORDS:
            raise ValidationError(gettext("Add at most %(most)d words at once.", most=MOST_WORDS))
        for word in self.chosen:
            if not WORD_LENGTH[0] <= len(word) <= WORD_LENGTH[1]:
                raise ValidationError(
                    gettext(
                        "“%(word)s” is not 3 to 60 letters long. Short words mean too many things.",
                        word=word,
                    )
                )


class LevelForm(Form):
    """A level that holds for a while, whatever is measured, and why."""

    level = RadioField(
        _l("How much is asked of strangers?"),
        choices=[
            SelectChoice("0", _l("Nothing")),
            SelectChoice("1", _l("A little: their browser works for a second")),
            SelectChoice("2", _l("More: some seconds, also for posting with a new account")),
            SelectChoice("3", _l("Much: about ten seconds, and little is taken in from new accounts")),
        ],
        validators=[InputRequired(_l("Choose how much is asked."))],
    )
    hours = RadioField(
        _l("For how long?"),
        choices=[
            SelectChoice("1", _l("An hour")),
            SelectChoice("4", _l("Four hours")),
            SelectChoice("24", _l("A day")),
            SelectChoice("72", _l("Three days")),
        ],
        validators=[InputRequired(_l("Choose for how long."))],
    )
    why = TextAreaField(
        _l("Why?"),
        validators=[
            length(
                REASON_LENGTH,
                N_("Write at least %(least)d characters, so that others understand it later."),
                N_("Write at most %(most)d characters. Now there are %(now)d."),
            )
        ],
    )


class ButtonForm(Form):
    """One button."""


def _lines(text: str) -> Iterable[str]:
    return (line for part in text.splitlines() for line in part.split(","))
