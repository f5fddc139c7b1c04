"""What people choose: to follow or not, how often to be mailed, and about what."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired

from app.features.notifications.words import DIGESTS, KINDS
from app.kit.forms import Form
from app.models.following import NoticeKind
from app.models.person import Digest


class ButtonForm(Form):
    """A button that says yes or no, and the page it stood on."""

    wanted = HiddenField()
    back = HiddenField()


class UpToForm(Form):
    """The newest message that the person saw."""

    up_to = HiddenField()


class ChoiceForm(Form):
    """How often and about what."""

    digest = RadioField(_l("How often do you want mail with news?"), validators=[InputRequired()])
    kinds = SelectMultipleField(_l("What should stand in that mail?"))
    voted = BooleanField(_l("Tell me what becomes of the ideas I voted on"))

    desk = BooleanField(_l("Mail me when texts wait for a moderator"))

    def __init__(self, *, is_moderator: bool = False, **values: Any) -> None:
        super().__init__(**values)
        if not is_moderator:
            del self.desk
        self.digest.choices = [SelectChoice(value=kind.value, label=DIGESTS[kind]) for kind in Digest]
        self.kinds.choices = [SelectChoice(value=kind.value, label=text) for kind, text in KINDS.items()]
        self.kinds.flags.required = False

    @property
    def by_mail(self) -> dict[NoticeKind, bool]:
        """Which kinds are wanted by mail."""
        wanted = {kind: kind.value in (self.kinds.data or []) for kind in KINDS}
        return {**wanted, NoticeKind.DESK: bool(self.desk.data)} if "desk" in self else wanted
