"""The contact form."""

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, StringField, TextAreaField
from wtforms.validators import Email, Length, Optional

from app.domain.decision import N_
from app.kit.forms import Form, length

MESSAGE_LENGTH = (20, 3000)


class ContactForm(Form):
    """What a visitor writes to the organisers; name and address are not required."""

    name = StringField(_l("Your name"), validators=[Optional(), Length(max=80)])
    email = EmailField(
        _l("Your e-mail address"),
        validators=[
            Optional(),
            Email(_l("This is not an e-mail address. It should look like name@example.com.")),
            Length(max=254),
        ],
    )
    body = TextAreaField(
        _l("Your question or remark"),
        validators=[
            length(
                MESSAGE_LENGTH,
                N_("Write at least %(least)d characters; there are %(now)d now."),
                N_("Write at most %(most)d characters; there are %(now)d now."),
            )
        ],
    )
