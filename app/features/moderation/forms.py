"""What a moderator fills in: a request, a reason with its sentence, or only a sentence."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, RadioField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Optional, ValidationError
from wtforms.widgets import HiddenInput

from app.domain.decision import N_
from app.domain.lifecycle import REASON_LENGTH, RefusalReason
from app.kit.forms import Form, NumbersField, length
from app.kit.words import word
from app.models.moderation import ModerationVerb
from app.policies.moderation import may_publish
from app.records import notes

VERBS = {
    ModerationVerb.PUBLISH: _l("Publish what was sent in"),
    ModerationVerb.KEEP: _l("Leave on the site, and close reports"),
    ModerationVerb.RETURN: _l("Return ideas with a request"),
    ModerationVerb.REFUSE: _l("Refuse what was sent in"),
    ModerationVerb.HIDE: _l("Take off the site"),
}
"""What can be decided on many texts at once."""
_SPEAKING = (ModerationVerb.RETURN, ModerationVerb.REFUSE, ModerationVerb.HIDE)
_sentence = length(
    REASON_LENGTH,
    N_("Write at least %(least)d characters. The reader must understand why."),
    N_("Write at most %(most)d characters. Now there are %(now)d."),
)
ARGUMENT_REASONS = (
    RefusalReason.INSULT,
    RefusalReason.PERSONAL_DATA,
    RefusalReason.ADVERTISING,
    RefusalReason.OFF_TOPIC,
)
"""Why an argument can be hidden; the other house rules are about ideas."""


def _reason() -> RadioField:
    return RadioField(_l("Which house rule?"), validators=[InputRequired(_l("Choose the house rule."))])


class _Reasoned(Form):
    """Offers the reasons in the language of the page."""

    reasons: tuple[RefusalReason, ...] = tuple(RefusalReason)
    reason: RadioField

    def __init__(self, **values: object) -> None:
        super().__init__(**values)
        self.reason.choices = [
            SelectChoice(value=reason.value, label=word(reason)) for reason in self.reasons
        ]

    @property
    def chosen(self) -> RefusalReason:
        """The reason, after the form was found good."""
        return RefusalReason(self.reason.data)


class VersionForm(Form):
    """Which version of the text the moderator has read."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired()])


class PublishForm(VersionForm):
    """The same, with the list that the moderator went through: every point must be ticked."""

    checked = SelectMultipleField(_l("Go through this list first"), validators=[])

    def __init__(self, checklist: Sequence[str] = (), **values: object) -> None:
        super().__init__(**values)
        self.checklist = tuple(checklist)
        self.checked.choices = [
            SelectChoice(value=str(number), label=point) for number, point in enumerate(checklist)
        ]
        self.checked.flags.required = True

    def validate_checked(self, field: SelectMultipleField) -> None:
        """Every point of the list."""
        if not may_publish(self.checklist, self.points):
            raise ValidationError(str(_(may_publish(self.checklist, self.points).refusal)))

    @property
    def points(self) -> tuple[str, ...]:
        """What was ticked, in words."""
        ticked = set(self.checked.data or ())
        return tuple(point for number, point in enumerate(self.checklist) if str(number) in ticked)


class ReturnForm(VersionForm):
    """What the author is asked to change."""

    sentence = TextAreaField(_l("What should the author change?"), validators=[_sentence])


class RefuseForm(VersionForm, _Reasoned):
    """Which house rule the idea breaks, and what the author should know."""

    reason = _reason()
    sentence = TextAreaField(_l("Explain it to the author"), validators=[_sentence])


class HideForm(_Reasoned):
    """Which house rule the published text breaks, and what the author should know."""

    reason = _reason()
    sentence = TextAreaField(_l("Explain it to the author"), validators=[_sentence])


class HideArgumentForm(HideForm):
    """The same for an argument."""

    reasons = ARGUMENT_REASONS


class RefuseArgumentForm(RefuseForm):
    """Which house rule the reaction breaks, and what its author should know."""

    reasons = ARGUMENT_REASONS


class RestoreForm(Form):
    """Why the text comes back."""

    sentence = TextAreaField(_l("Why do you put it back?"), validators=[_sentence])


class KeepForm(Form):
    """What the people who reported the text should know, and which reports were on the page."""

    version = IntegerField(widget=HiddenInput(), validators=[Optional()])
    reports = NumbersField()
    sentence = TextAreaField(_l("Explain it to the person who reported it"), validators=[_sentence])


class ReadForm(Form):
    """That the text was read and may stay as it is; nobody waits for an answer."""

    version = IntegerField(widget=HiddenInput(), validators=[Optional()])


class TogetherForm(_Reasoned):
    """One decision on many texts: which, with one house rule and one sentence where it needs them."""

    verb = RadioField(
        _l("Your decision on all of them"), validators=[InputRequired(_l("Choose a decision."))]
    )
    reason = RadioField(_l("Which house rule?"), validate_choice=False)
    sentence = TextAreaField(_l("Explain it to the authors"))
    listed = BooleanField(_l("I went through the list for each of them"))

    def __init__(self, *, needs_list: bool = False, has_reports: bool = False, **values: object) -> None:
        super().__init__(**values)
        self.needs_list, self.has_reports = needs_list, has_reports
        self.verb.choices = [SelectChoice(value=verb.value, label=VERBS[verb]) for verb in VERBS]

    def validate_reason(self, field: RadioField) -> None:
        """Refusing and hiding rest on a house rule."""
        known = field.data in {reason.value for reason in self.reasons}
        if self.verb.data in (ModerationVerb.REFUSE, ModerationVerb.HIDE) and not known:
            raise ValidationError(str(_("Choose the house rule.")))

    def validate_sentence(self, field: TextAreaField) -> None:
        """Whoever hears a no hears why; what is kept is explained where somebody reported it."""
        answers = self.has_reports and self.verb.data == ModerationVerb.KEEP
        if self.verb.data in _SPEAKING or answers or field.data:
            _sentence(self, field)

    def validate_listed(self, field: BooleanField) -> None:
        """Publishing without the list is not possible, one by one or all at once."""
        if self.needs_list and self.verb.data == ModerationVerb.PUBLISH and not field.data:
            raise ValidationError(str(_("Go through the whole list first, and tick every point.")))

    @property
    def decided(self) -> ModerationVerb:
        """The decision, after the form was found good."""
        return ModerationVerb(self.verb.data)


class NoteForm(Form):
    """What a moderator writes down for the others."""

    text = TextAreaField(
        _l("A note for the other moderators"),
        validators=[
            length(
                notes.LENGTH,
                N_("Write at least %(least)d characters here. There are %(now)d now."),
                N_("Write at most %(most)d characters here. There are %(now)d now."),
            )
        ],
    )
