"""What an organiser fills in to choose who speaks for an organisation."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired
from wtforms.widgets import HiddenInput

from app.domain.decision import N_
from app.domain.lifecycle import REASON_LENGTH
from app.features.partners.queries import Member
from app.kit.forms import Form, length

NOBODY = "0"


class DelegateForm(Form):
    """Who it becomes, why, and who it was when the organiser looked."""

    person = RadioField(
        _l("Who speaks and votes for this organisation?"),
        choices=[],
        validators=[InputRequired(_l("Choose who it is."))],
    )
    seen = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    reason = TextAreaField(
        _l("Why?"),
        validators=[
            length(
                REASON_LENGTH,
                N_("Write at least %(least)d characters. Other organisers read this in the audit log."),
                N_("Write at most %(most)d characters. Now there are %(now)d."),
            )
        ],
    )

    def __init__(self, members: Sequence[Member], **given: object) -> None:
        super().__init__(**given)
        self.person.choices = [
            *(SelectChoice(str(member.id), member.name or str(_l("A participant"))) for member in members),
            SelectChoice(NOBODY, _l("Nobody for now")),
        ]
