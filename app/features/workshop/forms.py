"""What a facilitator fills in: the standing, minutes, blocks, themes fixed with a reason, the order, a version."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, NumberRange, StopValidation, ValidationError

from app.domain.decision import N_
from app.features.workshop import words
from app.kit.forms import Form, length
from app.kit.words import word
from app.models.workshop import AgendaBasis, AgendaItemKind, Answer
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
    """A theme that certainly comes on the agenda, certainly does not, or takes other minutes than usual."""

    theme = SelectField(_l("Theme"), coerce=int, validators=[InputRequired()])
    kind = RadioField(
        _l("What do you want with it?"), validators=[InputRequired(_l("Choose what you want."))]
    )
    minutes = MinutesField(_l("Minutes, if it comes on the agenda"), LONGEST_PART)
    reason = TextAreaField(_l("Why?"), validators=[_reason])

    def __init__(
        self, themes: Iterable[ThemeTag], lengths: Mapping[int, int] | None = None, **values: Any
    ) -> None:
        super().__init__(**values)
        self._lengths = lengths or {}
        self.theme.choices = [SelectChoice(value=theme.id, label=theme.title) for theme in themes]
        self.kind.choices = [
            SelectChoice(value=kind.value, label=words.item_kind(kind))
            for kind in (AgendaItemKind.PINNED, AgendaItemKind.SKIPPED, AgendaItemKind.RETIMED)
        ]

    def validate_minutes(self, field: MinutesField) -> None:
        """Other minutes are other than usual."""
        if self.kind.data == AgendaItemKind.RETIMED and field.data == self._lengths.get(self.theme.data):
            raise ValidationError(gettext("This theme takes so many minutes already. Choose another number."))


class BasisForm(Form):
    """What the agenda follows from: the newest standing, the votes of this moment, or one sealed standing."""

    basis = RadioField(
        _l("What does the agenda follow from?"),
        validators=[InputRequired(_l("Choose what it follows from."))],
    )

    def __init__(self, sealed: Iterable[tuple[str, str]], **values: Any) -> None:
        """sealed: value and label of every sealed standing that can be chosen."""
        super().__init__(**values)
        self.basis.choices = [
            SelectChoice(value=AgendaBasis.NEWEST.value, label=word(AgendaBasis.NEWEST)),
            SelectChoice(value=AgendaBasis.VOTES.value, label=word(AgendaBasis.VOTES)),
            *(SelectChoice(value=value, label=label) for value, label in sealed),
        ]

    @property
    def chosen(self) -> tuple[AgendaBasis, int | None]:
        """The basis, with the number of a sealed standing."""
        kind, _colon, number = str(self.basis.data).partition(":")
        return AgendaBasis(kind), int(number) if number else None


class OrderForm(Form):
    """Why the parts stand in another order. seen: the order that its sender saw."""

    seen = HiddenField()
    reason = TextAreaField(_l("Why this order?"), validators=[_reason])


class PublishForm(Form):
    """A version to publish: what is new in it, and what its sender saw."""

    seen = HiddenField()
    mark = HiddenField()
    note = TextAreaField(_l("What is new in this version?"))

    def __init__(self, *, is_first: bool = True, **values: Any) -> None:
        super().__init__(**values)
        self._least = 0 if is_first else REASON[0]
        self.note.flags.required = not is_first
        self.note.flags.maximum = REASON[1]
        if not is_first:
            self.note.flags.minimum = REASON[0]

    def validate_note(self, field: TextAreaField) -> None:
        """Everybody reads it from the second version on; the first may go without."""
        length(
            (self._least, REASON[1]),
            N_("Write at least %(least)d characters. Everybody reads what is new."),
            N_("Write at most %(most)d characters. Now there are %(now)d."),
        )(self, field)


class AnswerForm(Form):
    """What somebody answers who is asked to come."""

    answer = RadioField(_l("Do you come?"), validators=[InputRequired(_l("Choose whether you come."))])
    shows_name = BooleanField(_l("My name may stand on the agenda that everybody can read"))
    note = StringField(
        _l("Something that the facilitators should know"),
        validators=[
            length(
                (0, 300),
                N_("Write at least %(least)d characters."),
                N_("Write at most %(most)d characters. Now there are %(now)d."),
            )
        ],
    )

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.answer.choices = [
            SelectChoice(value=Answer.YES.value, label=gettext("Yes, I come")),
            SelectChoice(value=Answer.NO.value, label=gettext("No, I cannot come")),
        ]
