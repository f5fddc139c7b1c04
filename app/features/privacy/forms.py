"""The form with which somebody has their account removed."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField
from wtforms.validators import DataRequired

from app.kit.forms import Form


class EraseForm(Form):
    """A tick, so that nobody loses an account by one press of a wrong button."""

    sure = BooleanField(
        _l("Yes, remove my name and my e-mail address. I know that this cannot be undone."),
        validators=[DataRequired(_l("Tick this box if you are sure."))],
    )
