"""What a facilitator writes down: a conclusion, sentences one to a line, who takes it on; and pictures."""

import re
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, ValidationError

from app.domain.decision import N_
from app.features.outcomes.album import ALT
from app.features.outcomes.service import WHY
from app.kit import images
from app.kit.forms import Form, length
from app.kit.images import Encoded
from app.records.outcomes import OutcomeRow, OutcomeText

CONCLUSION, TAKEN_BY = (0, 2000), (0, 160)
MOST_LINES, LONGEST_LINE = 20, 300
_MARK = re.compile(r"^(?:[-*•–]|\d{1,2}[.)])\s+")
_TOO_LONG = N_("This is too long: %(now)d characters. Use at most %(most)d.")


class LinesField(TextAreaField):
    """Sentences, one to a line; a dash or a number in front is left out."""

    def __init__(self, label: Any, **values: Any) -> None:
        super().__init__(label, validators=[self._bounded], **values)

    @property
    def lines(self) -> tuple[str, ...]:
        found = (_MARK.sub("", " ".join(line.split())) for line in (self.data or "").splitlines())
        return tuple(line for line in found if line)

    @staticmethod
    def _bounded(_form: Form, field: "LinesField") -> None:
        if len(field.lines) > MOST_LINES:
            raise ValidationError(
                gettext(
                    "These are %(now)s lines. Use at most %(most)s.", now=len(field.lines), most=MOST_LINES
                )
            )
        if any(len(line) > LONGEST_LINE for line in field.lines):
            raise ValidationError(gettext("A line can have at most %(most)s characters.", most=LONGEST_LINE))


class OutcomeForm(Form):
    """What the room concluded on a theme."""

    conclusion = TextAreaField(
        _l("What did the room conclude?"), validators=[length(CONCLUSION, _TOO_LONG, _TOO_LONG)]
    )
    # Not named `elements`: in a browser that name would hide the fields of the form from every script.
    points = LinesField(_l("Elements for vision and focus"))
    questions = LinesField(_l("Questions that are still open"))
    taken_by = StringField(_l("Who takes it on?"), validators=[length(TAKEN_BY, _TOO_LONG, _TOO_LONG)])
    why = TextAreaField(_l("Why do you change it?"))
    number = HiddenField()
    """Of the text that was seen, so that two facilitators do not overwrite each other."""

    is_correction = False

    @classmethod
    def of(cls, row: OutcomeRow | None) -> "OutcomeForm":
        """The form as it stands before anybody typed."""
        text = row.text if row else OutcomeText()
        return cls(
            formdata=None,
            data={
                "conclusion": text.conclusion,
                "points": "\n".join(text.elements),
                "questions": "\n".join(text.questions),
                "taken_by": text.taken_by,
                "number": str(row.number if row else 0),
            },
        )

    @property
    def text(self) -> OutcomeText:
        return OutcomeText(
            self.conclusion.data or "",
            self.points.lines,
            self.questions.lines,
            " ".join((self.taken_by.data or "").split()),
        )

    @property
    def seen(self) -> int:
        """The number of the text that the form was filled in on; anything else than a number counts as none."""
        given = self.number.data or ""
        return int(given) if given.isascii() and given.isdigit() and len(given) < 9 else 0

    def validate_conclusion(self, _field: TextAreaField) -> None:
        if self.text.is_empty:
            raise ValidationError(gettext("Write something down first."))

    def validate_why(self, field: TextAreaField) -> None:
        if not self.is_correction:
            return
        now = len(field.data or "")
        if now < WHY[0]:
            raise ValidationError(
                gettext(
                    "Write at least %(least)d characters here. There are %(now)d now.", least=WHY[0], now=now
                )
            )
        if now > WHY[1]:
            raise ValidationError(
                gettext(
                    "Write at most %(most)d characters here. There are %(now)d now.", most=WHY[1], now=now
                )
            )


_alt = length(
    ALT,
    N_("Write at least %(least)d characters here. There are %(now)d now."),
    N_("Write at most %(most)d characters here. There are %(now)d now."),
)


class NeededFile(FileField):
    """A file that cannot be left out; the check of the form says so."""

    def __init__(self, label: Any, **values: Any) -> None:
        super().__init__(label, **values)
        self.flags.required = True


class DescribeForm(Form):
    """What is to be seen on a picture."""

    alt = StringField(_l("What is to be seen?"), validators=[_alt])


class PictureForm(DescribeForm):
    """A picture to put in, with what is to be seen on it."""

    file = NeededFile(_l("Picture"))
    agreed = BooleanField(
        _l("Everybody who can be recognised on it knows that this picture comes on the site, and agrees."),
        validators=[InputRequired(_l("Ask everybody who can be recognised, or choose another picture."))],
    )

    encoded: Encoded | None = None

    def validate_file(self, field: FileField) -> None:
        if field.data is None or not getattr(field.data, "filename", ""):
            raise ValidationError(gettext("Choose a picture."))
        try:
            self.encoded = images.encode(field.data.stream)
        except images.Unusable as fault:
            raise ValidationError(gettext(str(fault))) from fault
