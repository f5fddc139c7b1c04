"""The part of the form in which staff say that an idea comes from somebody else."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from app.domain.decision import N_
from app.features.ideas.extra_fields import one_line
from app.features.ideas.posting import Source
from app.kit.forms import Form, length
from app.kit.words import word
from app.models.contribution import Channel

NOTE_LENGTH = (0, 140)
NAME_LENGTH = (2, 80)
_NAMES = ("for_other", "channel", "note", "display_name", "may_show_name")
_LONG = N_("Write at most %(most)d characters here. There are %(now)d now.")


class OriginFields(Form):
    """Who an idea comes from and how it came in; asked of staff only, and looked at only when they say so."""

    as_draft = False
    may_post_for_other = False

    for_other = BooleanField(_l("This idea comes from somebody else"))
    channel = RadioField(_l("How did it come in?"), validate_choice=False)
    note = StringField(
        _l("What should readers know about it?"), [length(NOTE_LENGTH, _LONG, _LONG)], filters=[one_line]
    )
    display_name = StringField(_l("Name to show"), filters=[one_line])
    may_show_name = BooleanField(_l("This person said that their name may stand on the site"))

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.channel.choices = [SelectChoice(channel.value, word(channel)) for channel in Channel]
        for name in _NAMES:
            self._fields[name] = self._fields.pop(name)

    @property
    def is_for_other(self) -> bool:
        """Whether staff say that somebody else thought of it."""
        return self.may_post_for_other and bool(self.for_other.data)

    def validate_for_other(self, field: BooleanField) -> None:
        if self.is_for_other and self.as_draft:
            raise ValidationError(
                gettext(
                    N_("An idea for somebody else cannot be kept as a draft. Send it in, or untick this.")
                )
            )

    def validate_channel(self, field: RadioField) -> None:
        if self.is_for_other and field.data not in set(Channel):
            raise ValidationError(gettext(N_("Choose how the idea came in.")))

    def validate_display_name(self, field: StringField) -> None:
        name, (least, most) = field.data or "", NAME_LENGTH
        if self.is_for_other and name and not least <= len(name) <= most:
            raise ValidationError(
                gettext(N_("A name has %(least)d to %(most)d characters."), least=least, most=most)
            )

    def validate_may_show_name(self, field: BooleanField) -> None:
        if self.is_for_other and self.display_name.data and not field.data:
            raise ValidationError(gettext(N_("Tick this, or leave the name empty.")))

    def source(self) -> Source:
        """Where the idea comes from; say it after the form was found good."""
        return Source(Channel(self.channel.data), self.note.data or "", self.display_name.data or "")
