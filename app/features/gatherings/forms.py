"""What people fill in to come, and what organisers fill in to arrange an activity."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import HiddenField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Optional, ValidationError

from app.domain.ballot import GROUPS, Group
from app.domain.decision import N_
from app.kit import moments
from app.kit.forms import Form, length
from app.models.process import Activity, ProgrammePart

NOTE = (0, 300)
MOST_PLACES = 5000
NO_PART = 0
_TOO_LONG = N_("This is too long: %(now)d characters. Use at most %(most)d.")


class RegisterForm(Form):
    """Somebody wants to come."""

    note = TextAreaField(
        _l("Is there something we should know?"), validators=[length(NOTE, _TOO_LONG, _TOO_LONG)]
    )


class ActivityForm(Form):
    """When and where an activity is, and who can come."""

    day = StringField(_l("On which day does it begin?"))
    hour = StringField(_l("At what time does it begin?"))
    until = StringField(_l("Until what time?"))
    date_text = StringField(
        _l("What do we say as long as there is no date?"), validators=[length((0, 80), _TOO_LONG, _TOO_LONG)]
    )
    place = StringField(_l("Where?"), validators=[length((0, 120), _TOO_LONG, _TOO_LONG)])
    who = RadioField(
        _l("Who can come?"),
        choices=[
            SelectChoice("open", _l("Everybody, without registering")),
            SelectChoice("all", _l("Everybody who registers")),
            SelectChoice("some", _l("Who registers first, as long as there are places")),
        ],
        validators=[InputRequired(_l("Choose who can come."))],
    )
    capacity = IntegerField(_l("How many places?"), validators=[Optional()])
    last_day = StringField(_l("Until which day can people register?"))
    last_hour = StringField(_l("Until what time on that day?"))
    seen = HiddenField()
    """What the activity was when the form was opened, so that two organisers do not undo each other's work."""

    def validate_day(self, field: StringField) -> None:
        if field.data and moments.day(field.data) is None:
            raise ValidationError(gettext("Fill in a day, such as 2026-11-30."))
        if not field.data and self.hour.data:
            raise ValidationError(gettext("Fill in the day as well, or leave out the time."))

    def validate_hour(self, field: StringField) -> None:
        if field.data and moments.hour(field.data) is None:
            raise ValidationError(gettext("Fill in a time, such as 14:00."))
        if not field.data and self.day.data:
            raise ValidationError(gettext("Fill in the time as well."))
        if moments.day(self.day.data) and moments.hour(field.data) and self.starts_at is None:
            raise ValidationError(gettext("The clocks skip this hour on that day. Choose another time."))

    def validate_until(self, field: StringField) -> None:
        if not field.data:
            return
        if moments.hour(field.data) is None:
            raise ValidationError(gettext("Fill in a time, such as 14:00."))
        if self.starts_at is not None and self.ends_at is not None and self.ends_at <= self.starts_at:
            raise ValidationError(gettext("Choose a time after the beginning."))

    def validate_capacity(self, field: IntegerField) -> None:
        if self.who.data != "some":
            return
        if field.data is None or not 1 <= field.data <= MOST_PLACES:
            raise ValidationError(gettext("Fill in a number from 1 to %(most)d.", most=MOST_PLACES))

    def validate_last_day(self, field: StringField) -> None:
        if field.data and moments.day(field.data) is None:
            raise ValidationError(gettext("Fill in a day, such as 2026-11-30."))
        ends = self.registration_ends_at
        if ends is not None and self.starts_at is not None and ends > self.starts_at:
            raise ValidationError(gettext("Registration ends before the activity begins."))

    def validate_last_hour(self, field: StringField) -> None:
        if field.data and moments.hour(field.data) is None:
            raise ValidationError(gettext("Fill in a time, such as 14:00."))
        if self.last_day.data and not field.data:
            raise ValidationError(gettext("Fill in the time as well."))

    @property
    def starts_at(self) -> datetime | None:
        """When it begins, in UTC; None as long as that is still to be set."""
        return moments.moment(moments.day(self.day.data), moments.hour(self.hour.data))

    @property
    def ends_at(self) -> datetime | None:
        """When it ends, on the day on which it begins."""
        return moments.moment(moments.day(self.day.data), moments.hour(self.until.data))

    @property
    def registration_ends_at(self) -> datetime | None:
        """Until when people can register; None: until it begins."""
        return moments.moment(moments.day(self.last_day.data), moments.hour(self.last_hour.data))

    @property
    def places(self) -> int | None:
        """As Activity.capacity: None without registering, 0 without a limit."""
        return {"open": None, "all": 0}.get(str(self.who.data), self.capacity.data)


def filled(activity: Activity, mark: str) -> ActivityForm:
    """The form with what holds now."""
    day, hour = moments.parts(activity.starts_at)
    _same_day, until = moments.parts(activity.ends_at)
    last_day, last_hour = moments.parts(activity.registration_ends_at)
    who = "open" if activity.capacity is None else "some" if activity.capacity else "all"
    return ActivityForm(
        formdata=None,
        data={
            "day": day,
            "hour": hour,
            "until": until,
            "date_text": activity.date_text,
            "place": activity.place,
            "who": who,
            "capacity": activity.capacity or None,
            "last_day": last_day,
            "last_hour": last_hour,
            "seen": mark,
        },
    )


class KeptField(IntegerField):
    """A number of places; nothing filled in is none."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take digits only; anything else is reported by the check of the form."""
        text = valuelist[0].strip() if valuelist else ""
        self.data = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None if text else 0


class QuotaForm(Form):
    """How many places are kept for each group."""

    resident = KeptField(_l("Residents"))
    council = KeptField(_l("Council members"))
    partner = KeptField(_l("Partners in the city"))

    def __init__(self, capacity: int, **values: Any) -> None:
        super().__init__(**values)
        self.capacity = capacity

    def validate_resident(self, field: IntegerField) -> None:
        self._is_number(field)
        if None not in self.places.values() and sum(self.places.values()) > self.capacity:
            raise ValidationError(
                gettext("Together at most %(most)d: there are no more places.", most=self.capacity)
            )

    def validate_council(self, field: IntegerField) -> None:
        self._is_number(field)

    def validate_partner(self, field: IntegerField) -> None:
        self._is_number(field)

    @staticmethod
    def _is_number(field: IntegerField) -> None:
        if field.data is None:
            raise ValidationError(gettext("Fill in a number, or nothing."))

    @property
    def places(self) -> dict[Group, int]:
        """Places by group."""
        return {group: self[group.value].data for group in GROUPS}


class FileForm(Form):
    """A file for people to read."""

    file = FileField(_l("Which file?"))
    title = StringField(
        _l("What is it called?"),
        validators=[
            length(
                (3, 120),
                N_("Make the title at least %(least)d characters. It has %(now)d now."),
                N_("Make the title at most %(most)d characters. It has %(now)d now."),
            )
        ],
    )
    part = SelectField(_l("To which part of the programme does it belong?"), coerce=int)

    def __init__(self, parts: Sequence[ProgrammePart], **values: Any) -> None:
        super().__init__(**values)
        self.file.flags.required = True
        self.part.choices = [
            SelectChoice(NO_PART, gettext("To the whole activity")),
            *(SelectChoice(part.id, part.title) for part in parts),
        ]

    def validate_file(self, field: FileField) -> None:
        if not field.data or not field.data.filename:
            raise ValidationError(gettext("Choose a file."))
