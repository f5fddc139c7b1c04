"""The shape of what people fill in for the second step of signing in."""

import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired

from app.domain.decision import N_
from app.features.accounts.forms import only_digits
from app.features.accounts.second_factor import RECOVERY_LENGTH
from app.kit.forms import Form, length

REASON_LENGTH = (10, 500)
_APP_CODE = re.compile(r"[0-9]{6}")
_RECOVERY_CODE = re.compile(rf"[a-z0-9]{{{RECOVERY_LENGTH}}}")


def bare(value: Any) -> Any:
    """People copy a code with capitals, spaces or dashes, as it suits them."""
    return re.sub(r"[\s\-.]", "", value).lower() if isinstance(value, str) else value


def is_app_code(code: str) -> bool:
    """Whether it can be a code of the app, and not a recovery code."""
    return _APP_CODE.fullmatch(code) is not None


class AppCodeForm(Form):
    """Six digits from the app."""

    code = StringField(
        _l("The code from your app"),
        filters=[only_digits],
        validators=[DataRequired(_l("Fill in the code."))],
    )

    def validate_code(self, field: Field) -> None:
        if not is_app_code(field.data):
            raise ValidationError(_("A code has six digits."))


class RecoveryForm(Form):
    """One of the codes that were kept for when the app is gone."""

    recovery = StringField(
        _l("A recovery code"), filters=[bare], validators=[DataRequired(_l("Fill in the code."))]
    )

    def validate_recovery(self, field: Field) -> None:
        if not _RECOVERY_CODE.fullmatch(field.data):
            raise ValidationError(
                _("A recovery code has %(number)d letters and digits.", number=RECOVERY_LENGTH)
            )


class ProofForm(Form):
    """A present code of either kind, before something about the second step changes."""

    code = StringField(
        _l("A code from your app"), filters=[bare], validators=[DataRequired(_l("Fill in the code."))]
    )

    def validate_code(self, field: Field) -> None:
        if not (is_app_code(field.data) or _RECOVERY_CODE.fullmatch(field.data)):
            raise ValidationError(
                _(
                    "A code has six digits; a recovery code has %(number)d letters and digits.",
                    number=RECOVERY_LENGTH,
                )
            )


class ResetForm(Form):
    """Why somebody sets up the second step anew."""

    reason = TextAreaField(
        _l("Why?"),
        validators=[
            length(
                REASON_LENGTH,
                N_("Write at least %(least)d characters. It stays in the audit log."),
                N_("Write at most %(most)d characters. Now there are %(now)d."),
            )
        ],
    )
