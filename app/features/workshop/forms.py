"""What a facilitator fills in: minutes, blocks of time, and themes that are fixed with a reason."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, NumberRange, StopValidation

from app.domain.decision import N_
from app.features.workshop import words
from app.kit.forms import Form, length
from app.models.workshop import AgendaItemKind
from app.records.frames import ThemeTag
from app.records.standings import FIXED_KINDS

TITLE, REASON = (2, 120), (10, 500)
LONGEST_WORKSHOP, LONGEST_PART = 720, 240


class MinutesField(IntegerField):
    """Whole minutes, with one sentence for everything that is not."""

    def __init__(self, label: Any, longest: int, **values: Any) -> None:
        limits = NumberRange(1, longest, _l("Between 1 and %(most)s minutes.", most=longest))
        super().__init__(label, validators=[self._typed, limits], **values)
        self.flags.required = True

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take digits only; anything else is reported by the first check."""
        text = valuelist[0].strip() if valuelist else ""
        self.data = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None

    @staticmethod
    def _typed(_form: Form, field: IntegerField) -> None:
        if field.data is None:
            raise StopValidation(gettext("Write the number of minutes in digits."))


_title = length(
    TITLE,
    N_("Write at least %(least)d characters."),
    N_("Write at most %(most)d characters. Now there are %(now)d."),
)
_reason = length(
    REASON,
    N_("Write at least %(least)d characters. Everybody reads this reason on the page."),
    N_("Write at most %(most)d characters. Now there are %(now)d."),
)


class WorkshopForm(Form):
    """How long the workshop takes."""

    minutes = MinutesField(_l("Minutes of the whole workshop"), LONGEST_WORKSHOP)


class BlockForm(Form):
    """A block of time that is there already."""

    title = StringField(_l("What happens"), validators=[_title])
    minutes = MinutesField(_l("Minutes"), LONGEST_PART)


class NewBlockForm(BlockForm):
    """A block of time to add."""

    kind = RadioField(_l("Where does it stand?"), validators=[InputRequired(_l("Choose where it stands."))])

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.kind.choices = [
            SelectChoice(value=kind.value, label=words.block_place(kind)) for kind in FIXED_KINDS
        ]


class ThemeForm(Form):
    """A theme that certainly comes on the agenda, or certainly does not."""

    theme = SelectField(_l("Theme"), coerce=int, validators=[InputRequired()])
    kind = RadioField(
        _l("What do you want with it?"), validators=[InputRequired(_l("Choose what you want."))]
    )
    minutes = MinutesField(_l("Minutes, if it comes on the agenda"), LONGEST_PART)
    reason = TextAreaField(_l("Why?"), validators=[_reason])

    def __init__(self, themes: Iterable[ThemeTag], **values: Any) -> None:
        super().__init__(**values)
        self.theme.choices = [SelectChoice(value=theme.id, label=theme.title) for theme in themes]
        self.kind.choices = [
            SelectChoice(value=kind.value, label=words.item_kind(kind))
            for kind in (AgendaItemKind.PINNED, AgendaItemKind.SKIPPED)
        ]
