"""What a moderator fills in to take an idea out of a theme, to split it, or to make passages unreadable."""

from collections.abc import Collection, Sequence

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired
from wtforms.widgets import HiddenInput

from app.domain.decision import N_
from app.domain.lifecycle import (
    BODY_LENGTH,
    REASON_LENGTH,
    SUMMARY_LENGTH,
    THEMES_PER_IDEA,
    TITLE_LENGTH,
    RefusalReason,
)
from app.domain.masking import MOST_PASSAGES, PASSAGE_LENGTH, passages_of
from app.kit.forms import Form, length
from app.kit.words import word
from app.models.process import Theme

PICTURE_REASONS = (
    RefusalReason.PERSONAL_DATA,
    RefusalReason.INSULT,
    RefusalReason.ADVERTISING,
    RefusalReason.OFF_TOPIC,
    RefusalReason.UNCLEAR,
)
"""The house rules that an image can break."""
_TOO_SHORT = N_("Write at least %(least)d characters here. There are %(now)d now.")
_TOO_LONG = N_("Write at most %(most)d characters here. There are %(now)d now.")


def _sentence() -> TextAreaField:
    return TextAreaField(
        _l("Explain it to the author"),
        validators=[
            length(
                REASON_LENGTH,
                N_("Write at least %(least)d characters. The reader must understand why."),
                N_("Write at most %(most)d characters. Now there are %(now)d."),
            )
        ],
    )


class DetachForm(Form):
    """Which theme the idea leaves, for which other one, and why."""

    theme = RadioField(
        _l("From which theme?"), coerce=int, validators=[InputRequired(_l("Choose the theme."))]
    )
    into = SelectField(_l("To another theme?"), coerce=int)
    sentence = _sentence()

    def offer(self, themes: Sequence[Theme], here: Collection[int]) -> None:
        """The themes that the idea is in, and the others of the process."""
        self.theme.choices = [
            SelectChoice(value=theme.id, label=theme.title) for theme in themes if theme.id in here
        ]
        others = [SelectChoice(value=theme.id, label=theme.title) for theme in themes if theme.id not in here]
        self.into.choices = [SelectChoice(value=0, label=gettext("No, only out of this one")), *others]


class SplitForm(Form):
    """What the new idea is called and which of the author's passages it holds."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    title = StringField(_l("Title of the new idea"), [length(TITLE_LENGTH, _TOO_SHORT, _TOO_LONG)])
    summary = TextAreaField(_l("In one sentence"), [length(SUMMARY_LENGTH, _TOO_SHORT, _TOO_LONG)])
    body = TextAreaField(_l("Passages of the author"), [length(BODY_LENGTH, _TOO_SHORT, _TOO_LONG)])
    themes = SelectMultipleField(
        _l("Themes of the new idea"), coerce=int, validators=[InputRequired(_l("Choose a theme."))]
    )
    leaves = BooleanField(_l("Take these passages out of the first idea"))
    sentence = _sentence()

    def offer(self, themes: Sequence[Theme]) -> None:
        """The themes of the process."""
        self.themes.choices = [SelectChoice(value=theme.id, label=theme.title) for theme in themes]

    def validate_themes(self, field: SelectMultipleField) -> None:
        """One to three of them."""
        least, most = THEMES_PER_IDEA
        if not least <= len(field.data or []) <= most:
            raise ValidationError(
                gettext("Choose at least %(least)d and at most %(most)d themes.", least=least, most=most)
            )


class PictureForm(Form):
    """Which image goes, which house rule it breaks, and why."""

    key = StringField(widget=HiddenInput(), validators=[InputRequired()])
    reason = RadioField(_l("Which house rule?"), validators=[InputRequired(_l("Choose the house rule."))])
    sentence = _sentence()

    def __init__(self, **values: object) -> None:
        super().__init__(**values)
        self.reason.choices = [
            SelectChoice(value=reason.value, label=word(reason)) for reason in PICTURE_REASONS
        ]


class MaskForm(Form):
    """Which passages go, and why."""

    passages = TextAreaField(_l("Which words?"))
    sentence = _sentence()

    def validate_passages(self, field: TextAreaField) -> None:
        """At least one, each neither a letter nor a page."""
        lines = self.lines
        if not lines:
            raise ValidationError(gettext("Write down which words have to go, one passage on each line."))
        if len(lines) > MOST_PASSAGES:
            raise ValidationError(gettext("At most %(most)d passages at a time.", most=MOST_PASSAGES))
        least, most = PASSAGE_LENGTH
        if not all(least <= len(line) <= most for line in lines):
            raise ValidationError(
                gettext("A passage has %(least)d to %(most)d characters.", least=least, most=most)
            )

    @property
    def lines(self) -> list[str]:
        """The passages, the longest first."""
        return passages_of(self.passages.data or "")
