"""A number in a form: whole, or with a decimal, within limits."""

from typing import Any

from flask_babel import format_decimal, gettext
from wtforms import Field, ValidationError
from wtforms.widgets import TextInput

from app.domain.decision import N_
from app.kit.forms import Form


class NumberField(Field):
    """A number within limits, whole unless `places` allows a decimal; one sentence for everything that is not."""

    widget = TextInput()

    def __init__(self, label: Any, least: float, most: float, *, places: int = 0, **values: Any) -> None:
        super().__init__(label, validators=[self._within], **values)
        self.least, self.most, self.places = least, most, places
        self.typed: str | None = None
        self.flags.required = True

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take digits, with a comma or point where decimals are allowed; anything else is reported by the check."""
        self.typed = valuelist[0].strip() if valuelist else ""
        whole, _point, rest = self.typed.replace(",", ".").partition(".")
        good = whole.isascii() and whole.isdigit() and len(whole) < 7 and len(rest) <= self.places
        if good and (not rest or (rest.isascii() and rest.isdigit())):
            self.data = float(f"{whole}.{rest or 0}")
        else:
            self.data = None

    def _value(self) -> str:
        if self.typed is not None:
            return self.typed[:20]
        return _digits(self.data) if self.data is not None else ""

    @staticmethod
    def _within(_form: Form, field: "NumberField") -> None:
        if field.data is None:
            sentence = (
                N_("%(name)s: write a number in digits.")
                if field.places
                else N_("%(name)s: write a whole number in digits.")
            )
            raise ValidationError(gettext(sentence, name=field.label.text))
        if not field.least <= field.data <= field.most:
            raise ValidationError(
                gettext(
                    "%(name)s: choose a number from %(least)s to %(most)s.",
                    name=field.label.text,
                    least=_digits(field.least),
                    most=_digits(field.most),
                )
            )


def _digits(value: float) -> str:
    return str(format_decimal(value, "0.#"))
