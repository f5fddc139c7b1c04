"""The shape of a practice that somebody suggests, and of what a moderator says about it."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import Field, RadioField, SelectMultipleField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired

from app.domain.decision import N_
from app.domain.lifecycle import REASON_LENGTH, THEMES_PER_IDEA, RefusalReason
from app.features.practices.levels import level_name
from app.kit import html
from app.kit.forms import Form, NumbersField, length
from app.kit.words import word
from app.models.practice import PracticeLevel
from app.records import notes
from app.records.frames import ThemeTag

TITLE = (10, 120)
PLACE = (2, 120)
URL = (0, 300)
DONE = (50, 3000)
LEARNED = (0, 3000)
_SHORT = N_("Write at least %(least)d characters; there are %(now)d now.")
_LONG = N_("Write at most %(most)d characters; there are %(now)d now.")


class SuggestionForm(Form):
    """What somebody else did, and what can be learned from it."""

    title = StringField(_l("What is it called?"), validators=[length(TITLE, _SHORT, _LONG)])
    level = RadioField(
        _l("Where does it come from?"),
        choices=[],
        validators=[InputRequired(_l("Choose where it comes from."))],
    )
    place = StringField(_l("In which place?"), validators=[length(PLACE, _SHORT, _LONG)])
    url = StringField(_l("Link to more information"), validators=[length(URL, "", _LONG)])
    done = TextAreaField(_l("What was done?"), validators=[length(DONE, _SHORT, _LONG)])
    learned = TextAreaField(_l("What was learned?"), validators=[length(LEARNED, "", _LONG)])
    themes = SelectMultipleField(_l("What is it about?"), validate_choice=False)

    def __init__(self, themes: Sequence[ThemeTag], **given: object) -> None:
        super().__init__(**given)
        self.level.choices = [SelectChoice(level.value, level_name(level)) for level in PracticeLevel]
        self.themes.choices = [SelectChoice(theme.slug, theme.title) for theme in themes]
        self._known = {theme.slug: theme.id for theme in themes}

    @property
    def theme_ids(self) -> list[int]:
        """The numbers of the chosen themes, in the order of the page."""
        chosen = set(self.themes.data or ())
        return [number for slug, number in self._known.items() if slug in chosen]

    def validate_url(self, field: Field) -> None:
        """Only what a browser opens as a page."""
        if field.data and not html.web_address(field.data):
            raise ValidationError(_l("Write a whole web address, such as https://www.example.org."))

    def validate_themes(self, field: Field) -> None:
        """As many as an idea has, and only those that there are."""
        chosen = set(field.data or ())
        least, most = THEMES_PER_IDEA
        if chosen - set(self._known) or not least <= len(chosen) <= most:
            raise ValidationError(_l("Choose one, two or three themes."))


class PublishForm(Form):
    """Yes, put it into the library."""


_sentence = length(
    REASON_LENGTH,
    N_("Write at least %(least)d characters. The reader must understand why."),
    N_("Write at most %(most)d characters. Now there are %(now)d."),
)


class _Reasoned(Form):
    """Offers the house rules that an example can break, in the language of the page."""

    reason: RadioField
    reasons: tuple[RefusalReason, ...] = (
        RefusalReason.ADVERTISING,
        RefusalReason.PERSONAL_DATA,
        RefusalReason.INSULT,
        RefusalReason.OFF_TOPIC,
    )

    def __init__(self, **given: object) -> None:
        super().__init__(**given)
        self.reason.choices = [
            SelectChoice(value=reason.value, label=word(reason)) for reason in self.reasons
        ]


class RefuseForm(_Reasoned):
    """Which house rule the suggestion breaks, and why, for the person who suggested it."""

    reasons = (*_Reasoned.reasons, RefusalReason.DUPLICATE, RefusalReason.UNCLEAR)
    reason = RadioField(_l("Which house rule?"), validators=[InputRequired(_l("Choose the house rule."))])
    sentence = TextAreaField(_l("Explain it to the person who suggested it"), validators=[_sentence])


class KeepForm(Form):
    """Why a reported example stays, for those who reported it; and which reports were on the page."""

    reports = NumbersField()
    sentence = TextAreaField(_l("Explain it to the person who reported it"), validators=[_sentence])


class TakeOutForm(_Reasoned):
    """Which house rule a reported example breaks."""

    reason = RadioField(_l("Which house rule?"), validators=[InputRequired(_l("Choose the house rule."))])
    sentence = TextAreaField(_l("Explain it to the person who suggested it"), validators=[_sentence])


class NoteForm(Form):
    """What a moderator writes down for the others; the moderators' room takes it in."""

    text = TextAreaField(
        _l("A note for the other moderators"),
        validators=[
            length(
                notes.LENGTH,
                N_("Write at least %(least)d characters here. There are %(now)d now."),
                N_("Write at most %(most)d characters here. There are %(now)d now."),
            )
        ],
    )
