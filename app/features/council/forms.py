"""What organisers fill in on the way to the council and back."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, NumberRange, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from app.domain.decision import N_
from app.domain.lifecycle import REASON_LENGTH
from app.domain.promises import DAYS_TO_ANSWER
from app.features.council.elements import Words
from app.features.council.executing import Step
from app.features.council.proposals import Content
from app.features.council.rulings import Ruling, Verdict
from app.kit import html, moments
from app.kit.forms import Form, length
from app.kit.moments import day_of
from app.kit.words import word
from app.models.council import CouncilResult
from app.models.process import Theme
from app.records.council import FocusRow

NO_THEME = 0
_SHORT = N_("Write at least %(least)d characters. Now there are %(now)d.")
_LONG = N_("Write at most %(most)d characters. Now there are %(now)d.")
MIDDAY = time(12)
ELEMENT, IDEA = "element", "idee"
_IDEA_NUMBER = re.compile(r"#?([0-9]{1,9})")
_IDEA_ADDRESS = re.compile(r"/ideeen/([0-9]{1,9})(?:$|[/?#])")


def words(least: int, most: int) -> Any:
    """Between so many characters."""
    return length((least, most), _SHORT, _LONG)


def check_day(field: StringField) -> None:
    """A day, or nothing."""
    if field.data and moments.day(field.data) is None:
        raise ValidationError(gettext("Fill in a day, such as 2026-11-30."))


def check_link(field: StringField) -> None:
    """An address that begins with https://, or nothing."""
    if field.data and not (field.data.startswith("https://") and html.web_address(field.data)):
        raise ValidationError(gettext("Fill in a whole address that begins with https://."))


class ElementForm(Form):
    """A focus element."""

    title = StringField(_l("What is the focus?"), validators=[words(3, 160)])
    text = TextAreaField(_l("Explanation"), validators=[words(0, 2000)])
    theme = SelectField(_l("From which theme does it follow?"), coerce=int)
    seen = HiddenField()

    def __init__(self, themes: Sequence[Theme], **values: Any) -> None:
        super().__init__(**values)
        self.theme.choices = [
            SelectChoice(NO_THEME, gettext("From no theme: then no ideas go along")),
            *(SelectChoice(theme.id, theme.title) for theme in themes),
        ]

    @property
    def words(self) -> Words:
        return Words(str(self.title.data), str(self.text.data or ""), self.theme.data or None)


class TakeForm(Form):
    """A sentence of an outcome that becomes an element."""

    outcome = IntegerField(validators=[InputRequired()])
    mark = StringField(validators=[InputRequired()])


class Checkboxes(SelectMultipleField):
    """Several choices as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class ProposalForm(Form):
    """What the council is asked to decide."""

    title = StringField(_l("What is the council asked to decide?"), validators=[words(5, 160)])
    text = TextAreaField(_l("The proposal"), validators=[words(0, 5000)])
    elements = Checkboxes(_l("Which focus elements does it hold?"), coerce=int)
    document_url = StringField(_l("Address of the council document"), validators=[words(0, 300)])
    day = StringField(_l("On which day does the council meet?"))
    seen = HiddenField()

    def __init__(self, elements: Sequence[FocusRow], **values: Any) -> None:
        super().__init__(**values)
        self.offer(elements)

    def offer(self, elements: Sequence[FocusRow]) -> None:
        """The elements to choose from."""
        self.elements.choices = [SelectChoice(row.id, row.title) for row in elements]

    def validate_document_url(self, field: StringField) -> None:
        check_link(field)

    def validate_day(self, field: StringField) -> None:
        check_day(field)

    @property
    def content(self) -> Content:
        return Content(
            str(self.title.data),
            str(self.text.data or ""),
            str(self.document_url.data or ""),
            moments.day(self.day.data),
            frozenset(self.elements.data or ()),
        )


class ReasonForm(Form):
    """A sentence that everybody reads with the ideas that move."""

    reason = TextAreaField(_l("What do we tell about it?"), validators=[words(*REASON_LENGTH)])


class HandInForm(ReasonForm):
    """The sentence with which a proposal goes to the council, and the mark of what was shown."""

    seen = HiddenField()


class DecisionForm(Form):
    """What the council decided; `of` adds a result and its words for every element."""

    title = StringField(_l("What is the decision called?"), validators=[words(5, 160)])
    text = TextAreaField(_l("What did the council decide?"), validators=[words(10, 5000)])
    document_url = StringField(
        _l("Address of the council document"),
        validators=[InputRequired(_l("Fill in where the document stands.")), words(0, 300)],
    )
    day = StringField(_l("On which day?"), validators=[InputRequired(_l("Fill in the day."))])
    seen = HiddenField()
    elements: Sequence[FocusRow] = ()
    earliest: date | None = None
    latest: date | None = None

    def validate_document_url(self, field: StringField) -> None:
        check_link(field)

    def validate_day(self, field: StringField) -> None:
        check_day(field)
        day = moments.day(field.data)
        if day and self.latest and day > self.latest:
            raise ValidationError(gettext("Choose a day that has been."))
        if day and self.earliest and day < self.earliest:
            raise ValidationError(gettext("Choose a day on which the council had the proposal."))

    def fields_of(self, element_id: int) -> tuple[RadioField, TextAreaField]:
        """The result of an element and the words with it."""
        return self[f"result_{element_id}"], self[f"words_{element_id}"]

    @property
    def ruling(self) -> Ruling:
        verdicts = {}
        for element in self.elements:
            result, text = self.fields_of(element.id)
            verdicts[element.id] = Verdict(CouncilResult(result.data), str(text.data or ""))
        at = moments.moment(moments.day(self.day.data), MIDDAY)
        assert at is not None  # the form was checked, and no clock skips midday
        return Ruling(str(self.title.data), str(self.text.data), str(self.document_url.data), at, verdicts)


class CorrectionForm(DecisionForm):
    """A published decision, and what was wrong with it."""

    note = TextAreaField(_l("What was wrong?"), validators=[words(10, 300)])


def _words_needed(result_name: str) -> Any:
    def check(form: Form, field: TextAreaField) -> None:
        result = form[result_name].data
        if result in (CouncilResult.AMENDED, CouncilResult.NOT_ADOPTED) and len(field.data or "") < 10:
            raise ValidationError(
                gettext("Write how the text reads now, in at least 10 characters.")
                if result == CouncilResult.AMENDED
                else gettext("Write why the council did not agree, in at least 10 characters.")
            )

    return check


def decision_form(
    kind: type[DecisionForm],
    elements: Sequence[FocusRow],
    earliest: datetime | None,
    now: datetime,
    **values: Any,
) -> Any:
    """A form of this kind with a result for every element."""
    fields: dict[str, Any] = {"elements": tuple(elements), "latest": day_of(now)}
    fields["earliest"] = day_of(earliest) if earliest else None
    for element in elements:
        fields[f"result_{element.id}"] = RadioField(
            gettext("What did the council do with “%(title)s”?", title=element.title),
            choices=[SelectChoice(result.value, word(result)) for result in CouncilResult],
            validators=[
                InputRequired(gettext("Choose what the council did with “%(title)s”.", title=element.title))
            ],
        )
        fields[f"words_{element.id}"] = TextAreaField(
            gettext("How did it change “%(title)s”, or why did it not agree?", title=element.title),
            validators=[words(0, 2000), _words_needed(f"result_{element.id}")],
        )
    made: type[DecisionForm] = type(kind.__name__, (kind,), fields)
    return made(**values)


class PromiseForm(Form):
    """An answer that is promised."""

    subject = SelectField(_l("On what?"), validate_choice=False)
    other = StringField(_l("Or on another idea: its number or its address"), validators=[words(0, 300)])
    promised_by = StringField(_l("Who answers?"), validators=[words(3, 120)])
    day = StringField(_l("Until which day?"), validators=[InputRequired(_l("Fill in the day."))])
    tomorrow: date | None = None

    @property
    def chosen(self) -> tuple[str, int]:
        """What it is about: the kind and its number; the idea that was typed, if any, else what was chosen."""
        typed = str(self.other.data or "")
        if typed:
            found = _IDEA_NUMBER.fullmatch(typed) or _IDEA_ADDRESS.search(typed)
            return IDEA, int(found[1]) if found else 0
        kind, _dash, number = str(self.subject.data or "").partition("-")
        return kind, int(number) if number.isdecimal() and len(number) <= 9 else 0

    def validate_day(self, field: StringField) -> None:
        check_day(field)
        day = moments.day(field.data)
        if day and self.tomorrow and day < self.tomorrow:
            raise ValidationError(gettext("Choose a day from tomorrow on."))


class AnswerForm(Form):
    """The answer that was promised."""

    text = TextAreaField(_l("The answer"), validators=[words(20, 3000)])


class MilestoneForm(Form):
    """A step in carrying something out."""

    title = StringField(_l("Which step?"), validators=[words(3, 160)])
    text = TextAreaField(_l("Explanation"), validators=[words(0, 1000)])
    day = StringField(_l("Planned on"))

    def validate_day(self, field: StringField) -> None:
        check_day(field)

    @property
    def step(self) -> Step:
        return Step(str(self.title.data), str(self.text.data or ""), moments.day(self.day.data))


class DoneForm(Form):
    """Whether a milestone was reached."""

    done = SelectField(choices=[SelectChoice("1", "1"), SelectChoice("0", "0")])


class EvaluationForm(Form):
    """What organisers conclude, and how long an answer may take."""

    text = TextAreaField(_l("What do we conclude?"), validators=[words(0, 4000)])
    answer_days = IntegerField(
        _l("Within how many days do we answer an idea that got enough votes?"),
        validators=[
            InputRequired(_l("Fill in a number of days.")),
            NumberRange(*DAYS_TO_ANSWER, message=_l("Choose a number of days from 1 to 365.")),
        ],
    )
    seen = HiddenField()
