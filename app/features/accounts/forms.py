"""The shape of what people fill in to sign in and about themselves."""

import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, Field, HiddenField, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired

from app.domain.decision import N_
from app.kit.forms import Form, clean_text, length
from app.kit.mail import clean_address
from app.kit.tokens import CODE_DIGITS

NAME_LENGTH = (2, 80)
_POSTCODE = re.compile(r"[1-9][0-9]{3}")
"""The lowest is 1000; the letters say too much about one household, so they are not asked and not kept."""
_DIGITS = re.compile(rf"\d{{{CODE_DIGITS}}}")


def one_line(value: Any) -> Any:
    """A name is one line with single spaces."""
    return " ".join(clean_text(value).split()) if isinstance(value, str) else value


def only_digits(value: Any) -> Any:
    """People type a code with spaces or dashes, as it suits them."""
    return re.sub(r"[\s\-.]", "", value) if isinstance(value, str) else value


def without_letters(value: Any) -> Any:
    """Who types a whole postcode means its digits; the letters are gone before anything is kept."""
    return re.sub(r"\s*[A-Za-z]{2}$", "", value.strip()) if isinstance(value, str) else value


class SignInForm(Form):
    """Which address the mail goes to, and where to go afterwards."""

    email = EmailField(
        _l("Your e-mail address"), validators=[DataRequired(_l("Fill in your e-mail address."))]
    )
    next = HiddenField()

    def validate_email(self, field: Field) -> None:
        try:
            field.data = clean_address(field.data)
        except ValueError as error:
            raise ValidationError(
                _("This is not an e-mail address. It should look like name@example.com.")
            ) from error


class CodeForm(Form):
    """The six digits from the mail."""

    code = StringField(
        _l("The code from the mail"),
        filters=[only_digits],
        validators=[DataRequired(_l("Fill in the code."))],
    )

    def validate_code(self, field: Field) -> None:
        if not (field.data.isascii() and _DIGITS.fullmatch(field.data)):
            raise ValidationError(_("A code has six digits."))


class ConfirmForm(Form):
    """One button."""


class NameForm(Form):
    """What somebody wants to be called."""

    name = StringField(
        _l("Your name"),
        filters=[one_line],
        validators=[
            length(
                NAME_LENGTH,
                N_("Fill in a name of at least %(least)d characters."),
                N_("A name has at most %(most)d characters; this has %(now)d."),
            )
        ],
    )

    def validate_name(self, field: Field) -> None:
        name = field.data or ""
        if "@" in name or "://" in name:
            raise ValidationError(_("Everybody sees this name, so do not use an e-mail or web address."))
        if sum(letter.isalnum() for letter in name) < NAME_LENGTH[0]:
            raise ValidationError(_("A name has at least two letters or digits."))


class PostcodeForm(Form):
    """In which part of the city somebody lives, if they want to tell."""

    postcode = StringField(_l("The four digits of your postcode"), filters=[without_letters])

    def validate_postcode(self, field: Field) -> None:
        if field.data and not _POSTCODE.fullmatch(field.data):
            raise ValidationError(_("Fill in four digits, such as 6211, or leave this empty."))


class WelcomeForm(NameForm, PostcodeForm):
    """What somebody new is asked."""


class ProfileForm(NameForm, PostcodeForm):
    """What somebody can change about themselves."""

    language = SelectField(
        _l("Language of the mails you get"),
        choices=[SelectChoice("nl", "Nederlands"), SelectChoice("en", "English")],
        validators=[DataRequired(_l("Choose a language."))],
    )
