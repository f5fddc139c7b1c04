"""The shape of what organisers fill in: whom to invite to what, and which mail domain to trust."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, NumberRange

from app.domain import mail_domains
from app.domain.ballot import Group
from app.features.invitations.service import DAYS, MOST_AT_ONCE, MOST_DAYS, Wanted
from app.kit.forms import Form
from app.kit.mail import clean_address
from app.kit.words import word

NONE, NEW = 0, -1
NAME_LENGTH = (2, 120)
GROUPS = (Group.COUNCIL, Group.PARTNER)


class ConfirmForm(Form):
    """One button."""


class SeenForm(Form):
    """A button for something as it was seen."""

    seen = HiddenField()


class _GroupForm(Form):
    """A group, and for partners the organisation: one that is known or a new one."""

    group = RadioField(_l("As what do they take part?"), validators=[InputRequired(_l("Choose a group."))])
    organisation = SelectField(_l("For which organisation?"), coerce=int, default=NONE)
    new_organisation = StringField(_l("Name of the new organisation"))

    def __init__(self, organisations: Sequence[tuple[int, str]], **values: Any) -> None:
        super().__init__(**values)
        self.organisation.flags.required = False
        self.group.choices = [SelectChoice(value=group.value, label=word(group)) for group in GROUPS]
        self.organisation.choices = [
            SelectChoice(value=NONE, label=gettext("No organisation")),
            *(SelectChoice(value=number, label=name) for number, name in organisations),
            SelectChoice(value=NEW, label=gettext("Another one, namely:")),
        ]
        self._names = {name.casefold() for _number, name in organisations}

    def validate_organisation(self, field: Field) -> None:
        if self.group.data == Group.PARTNER and field.data == NONE:
            raise ValidationError(gettext("Choose the organisation that they speak for."))
        if self.group.data == Group.COUNCIL and field.data != NONE:
            raise ValidationError(gettext("Only a partner speaks for an organisation."))

    def validate_new_organisation(self, field: Field) -> None:
        name = " ".join((field.data or "").split())
        if self.organisation.data != NEW:
            if name:
                raise ValidationError(gettext("Choose “Another one, namely:” above, or leave this empty."))
            return
        if not NAME_LENGTH[0] <= len(name) <= NAME_LENGTH[1]:
            raise ValidationError(
                gettext(
                    "A name has %(least)d to %(most)d characters.", least=NAME_LENGTH[0], most=NAME_LENGTH[1]
                )
            )
        if name.casefold() in self._names:
            raise ValidationError(gettext("There is an organisation of this name. Choose it from the list."))
        field.data = name

    @property
    def chosen_group(self) -> Group:
        """The group, after the form was found good."""
        return Group(self.group.data)

    @property
    def chosen_organisation(self) -> int | None:
        """The known organisation."""
        return self.organisation.data if (self.organisation.data or NONE) > 0 else None

    @property
    def named_organisation(self) -> str:
        """The name of the new organisation."""
        return str(self.new_organisation.data or "") if self.organisation.data == NEW else ""


class InviteForm(_GroupForm):
    """Whom to invite to what."""

    emails = TextAreaField(_l("E-mail addresses, one on a line"))
    as_delegate = BooleanField(_l("This person votes for the organisation (delegate)"))
    days = IntegerField(
        _l("How many days does the invitation work?"),
        default=DAYS,
        validators=[
            InputRequired(_l("Fill in a number of days.")),
            NumberRange(1, MOST_DAYS, _l("At least 1 and at most %(most)s days.", most=MOST_DAYS)),
        ],
    )
    language = SelectField(
        _l("Language of the mail"),
        choices=[SelectChoice("nl", "Nederlands"), SelectChoice("en", "English")],
        validators=[InputRequired(_l("Choose a language."))],
    )

    def __init__(self, organisations: Sequence[tuple[int, str]], **values: Any) -> None:
        super().__init__(organisations, **values)
        self.emails.flags.required = True
        self.addresses: list[str] = []
        """The addresses of the good lines, each once, in order."""
        self.line_of: dict[str, int] = {}

    def validate_emails(self, field: Field) -> None:
        self.addresses, self.line_of, faults = [], {}, []
        for number, line in enumerate((field.data or "").splitlines(), start=1):
            if not line.strip():
                continue
            try:
                address = clean_address(line.strip())
            except ValueError:
                faults.append(
                    gettext(
                        "Line %(line)d: “%(text)s” is not an e-mail address.",
                        line=number,
                        text=line.strip()[:80],
                    )
                )
                continue
            if address not in self.line_of:
                self.line_of[address] = number
                self.addresses.append(address)
        if not self.addresses and not faults:
            faults.append(gettext("Fill in at least one e-mail address."))
        if len(self.addresses) > MOST_AT_ONCE:
            faults.append(gettext("Invite at most %(most)d people at a time.", most=MOST_AT_ONCE))
        if faults:
            field.errors = [*field.errors, *faults]

    def validate_as_delegate(self, field: Field) -> None:
        if not field.data:
            return
        if self.group.data != Group.PARTNER:
            raise ValidationError(gettext("Only a partner can be a delegate."))
        if len(self.addresses) > 1:
            raise ValidationError(gettext("An organisation has one delegate. Invite one person for this."))

    @property
    def wanted(self) -> Wanted:
        """What people are invited to, after the form was found good."""
        return Wanted(
            self.chosen_group,
            self.chosen_organisation,
            self.named_organisation,
            bool(self.as_delegate.data) and self.chosen_group == Group.PARTNER,
            int(self.days.data or DAYS),
            str(self.language.data),
        )


class DomainForm(_GroupForm):
    """A mail domain to trust."""

    domain = StringField(_l("Mail domain"))
    confirmed = HiddenField()
    """The domain whose consequences the organiser has seen."""

    def __init__(self, organisations: Sequence[tuple[int, str]], **values: Any) -> None:
        super().__init__(organisations, **values)
        self.domain.flags.required = True

    def validate_domain(self, field: Field) -> None:
        try:
            field.data = mail_domains.read(field.data or "")
        except mail_domains.NotADomain as fault:
            raise ValidationError(gettext(str(fault))) from None
