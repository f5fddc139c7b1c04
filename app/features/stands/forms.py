"""What an organiser fills in: a standing to seal now or at a moment, and what the file for checkers is needed for."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, ValidationError

from app.domain.decision import N_
from app.features.stands.queries import WorkshopChoice
from app.kit import moments
from app.kit.forms import Form, length
from app.kit.words import word
from app.models.seal import SealReason
from app.records.calls import CallRow
from app.records.seals import AHEAD, TOO_SOON

WHY = (10, 500)
NO_WORKSHOP = 0
_why = length(
    WHY,
    N_("Write at least %(least)d characters. Other organisers read this in the audit log."),
    N_("Write at most %(most)d characters. Now there are %(now)d."),
)


class SealForm(Form):
    """A standing to seal now."""

    seen = HiddenField()
    """The last standing that the organiser saw: when another came in between, the form comes back."""
    call = SelectField(_l("Of which call?"), coerce=int, validators=[InputRequired()])
    reason = RadioField(_l("What for?"), validators=[InputRequired(_l("Choose what it is for."))])
    workshop = SelectField(_l("For which workshop?"), coerce=int, default=NO_WORKSHOP)
    why = TextAreaField(_l("Why now?"), validators=[_why])

    def __init__(self, every: Iterable[CallRow], workshops: Iterable[WorkshopChoice], **values: Any) -> None:
        super().__init__(**values)
        self._workshops = {workshop.id: workshop for workshop in workshops}
        self.workshop.flags.required = False
        self.call.choices = [
            SelectChoice(value=call.id, label=f"{call.title} ({call.process_title})") for call in every
        ]
        self.reason.choices = [SelectChoice(value=reason.value, label=word(reason)) for reason in SealReason]
        self.workshop.choices = [
            SelectChoice(value=NO_WORKSHOP, label=gettext("No workshop")),
            *(
                SelectChoice(value=workshop.id, label=f"{workshop.title} ({workshop.call_title})")
                for workshop in self._workshops.values()
            ),
        ]

    def validate_workshop(self, field: SelectField) -> None:
        """Named when the reason asks for it, and fed by the call."""
        chosen = self._workshops.get(field.data)
        if chosen is None and self.reason.data == SealReason.WORKSHOP:
            raise ValidationError(gettext("Choose the workshop that it is for."))
        if chosen is not None and chosen.call_id != self.call.data:
            raise ValidationError(
                gettext("This workshop gets its themes from another call: %(call)s.", call=chosen.call_title)
            )

    @property
    def chosen_reason(self) -> SealReason:
        """What it is for, after the form was found good."""
        return SealReason(self.reason.data)

    @property
    def chosen_workshop(self) -> int | None:
        """The workshop that it is for."""
        return self.workshop.data or None


class PlanForm(SealForm):
    """A standing to seal at a moment by the clocks of the city."""

    day = StringField(_l("On which day?"))
    hour = StringField(_l("At what time?"))
    why = TextAreaField(_l("Why then?"), validators=[_why])
    now: datetime

    def __init__(self, every: Iterable[CallRow], workshops: Iterable[WorkshopChoice], **values: Any) -> None:
        super().__init__(every, workshops, **values)
        self.day.flags.required = self.hour.flags.required = True

    def validate_day(self, field: StringField) -> None:
        """A day, and with the time a moment that is still to come."""
        if moments.day(field.data) is None:
            raise ValidationError(gettext("Fill in a day, such as 2026-11-30."))
        moment = self.moment
        if moment is not None and moment < self.now + AHEAD:
            raise ValidationError(gettext(TOO_SOON.refusal))

    def validate_hour(self, field: StringField) -> None:
        """A time that the clocks of that day know."""
        clock, day = moments.hour(field.data), moments.day(self.day.data)
        if clock is None:
            raise ValidationError(gettext("Fill in a time, such as 14:00."))
        if day is not None and self.moment is None:
            raise ValidationError(gettext("The clocks skip this hour on that day. Choose another time."))

    @property
    def moment(self) -> datetime | None:
        """The moment in UTC; None while day or time is missing, and for an hour that the clocks skip."""
        return moments.moment(moments.day(self.day.data), moments.hour(self.hour.data))


class CheckForm(Form):
    """What the file for checkers is needed for."""

    why = TextAreaField(_l("What do you need it for?"), validators=[_why])
