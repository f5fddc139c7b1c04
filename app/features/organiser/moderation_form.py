"""What an organiser fills in to choose how texts are moderated: for the process, for each of its calls, and why."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired

from app.domain.decision import N_
from app.features.organiser import moderation_rules as rules
from app.kit.forms import Form, length
from app.kit.numbers import NumberField
from app.kit.words import word
from app.models.process import Call, Curation, Process
from app.policies.moderation_settings import may_keep_names

REASON = (10, 500)
MOST_POINTS = 12
POINT = (10, 140)


class OptionalNumberField(NumberField):
    """A number within limits, or nothing."""

    def __init__(self, label: Any, least: float, most: float, **values: Any) -> None:
        super().__init__(label, least, most, **values)
        self.validators = [self._within_or_empty]
        self.flags.required = False

    @staticmethod
    def _within_or_empty(form: Form, field: "NumberField") -> None:
        if field.data is not None or field.typed:
            NumberField._within(form, field)


class ProcessForm(Form):
    """What holds for the whole process."""

    promised_hours = NumberField(_l("Hours within which moderators look"), 1, 720)
    report_threshold = NumberField(_l("Reports after which a text waits for a moderator"), 0, 1000)
    appeal_days = NumberField(_l("Days to appeal, and to answer an appeal"), 1, 90)
    retention_months = NumberField(_l("Months that names stay after the process"), 1, 120)


class CallForm(Form):
    """What holds for one call."""

    idea_curation = RadioField(
        _l("When do moderators read ideas?"),
        validators=[InputRequired(_l("Choose when moderators read ideas."))],
    )
    argument_curation = RadioField(
        _l("When do moderators read arguments and replies?"),
        validators=[InputRequired(_l("Choose when moderators read arguments and replies."))],
    )
    trust_after = NumberField(_l("Accepted texts in a row after which an author is trusted"), 1, 50)
    checklist = TextAreaField(_l("Checklist"))
    threshold = OptionalNumberField(_l("Votes for an idea that are sure of an answer"), 1, 999_999)

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        for field in (self.idea_curation, self.argument_curation):
            field.choices = [SelectChoice(value=each.value, label=word(each)) for each in Curation]

    @property
    def points(self) -> list[str]:
        """The points of the checklist, one from each line."""
        lines = (" ".join(line.split()) for line in (self.checklist.data or "").splitlines())
        return [line for line in lines if line]

    def validate(self, extra_validators: Any = None) -> bool:
        """Every field for itself, and every point of the checklist."""
        good: bool = super().validate(extra_validators)
        faults = self._faults_of_points()
        if faults:
            self.checklist.errors = [*self.checklist.errors, *faults]
        return good and not faults

    def _faults_of_points(self) -> list[str]:
        points, faults = self.points, []
        if len(points) > MOST_POINTS:
            faults.append(
                gettext(
                    "A checklist has at most %(most)s points. Now there are %(now)s.",
                    most=MOST_POINTS,
                    now=len(points),
                )
            )
        for number, point in enumerate(points[:MOST_POINTS], 1):
            if not POINT[0] <= len(point) <= POINT[1]:
                faults.append(
                    gettext(
                        "Point %(number)s of the checklist: write %(least)s to %(most)s characters, not %(now)s.",
                        number=number,
                        least=POINT[0],
                        most=POINT[1],
                        now=len(point),
                    )
                )
        return faults


class ReasonForm(Form):
    """Why the settings change, and what they were when the form was made."""

    seen = HiddenField()
    reason = TextAreaField(
        _l("Why?"),
        validators=[
            length(
                REASON,
                N_("Write at least %(least)d characters. The reason stands in the audit log."),
                N_("Write at most %(most)d characters. Now there are %(now)d."),
            )
        ],
    )


class Sheet:
    """The forms of a process, its calls and the reason, sent together."""

    def __init__(self, process: Process, calls: Sequence[Call], *, sent: bool) -> None:
        now = rules.plain(process, calls)

        def made(kind: type[Form], prefix: str, data: dict[str, Any]) -> Any:
            return kind(prefix=prefix, data=data) if sent else kind(prefix=prefix, formdata=None, data=data)

        self._process = process
        self.process: ProcessForm = made(
            ProcessForm, "process-", {name: now[name] for name in rules.OF_PROCESS}
        )
        self.calls: list[tuple[Call, CallForm]] = [
            (call, made(CallForm, f"call-{call.id}-", _filled(call))) for call in calls
        ]
        self.reason: ReasonForm = made(ReasonForm, "change-", {"seen": rules.mark(now)})

    @property
    def forms(self) -> list[Form]:
        """All of them, in the order of the page."""
        return [self.process, *(form for _call, form in self.calls), self.reason]

    def validate(self) -> bool:
        """Every form for itself, all faults at once."""
        good = [form.validate() for form in self.forms]
        months = self.process.retention_months
        if not months.errors:
            allowed = may_keep_names(self._process, int(months.data))
            if not allowed:
                months.errors = [gettext(allowed.refusal, **allowed.values)]
                return False
        return all(good)

    @property
    def all_errors(self) -> list[tuple[str, str]]:
        """Every fault, as (field id, message), for the error summary."""
        found = self.process.all_errors
        for call, form in self.calls:
            several = len(self.calls) > 1
            found += [(name, f"{call.title}: {text}" if several else text) for name, text in form.all_errors]
        return found + self.reason.all_errors

    def wanted(self) -> dict[str, Any]:
        """What was filled in under the names of `moderation_rules.plain`, after the forms were found good."""
        found: dict[str, Any] = {name: int(self.process[name].data) for name in rules.OF_PROCESS}
        for call, form in self.calls:
            threshold = form.threshold.data
            values = {
                "idea_curation": Curation(form.idea_curation.data),
                "argument_curation": Curation(form.argument_curation.data),
                "trust_after": int(form.trust_after.data or 1),
                "checklist": form.points,
                "threshold": None if threshold is None else int(threshold),
            }
            found |= {f"{name}@{call.slug}": value for name, value in values.items()}
        return found


def _filled(call: Call) -> dict[str, Any]:
    return {
        "idea_curation": call.idea_curation.value,
        "argument_curation": call.argument_curation.value,
        "trust_after": call.trust_after,
        "checklist": "\n".join(call.checklist),
        "threshold": call.threshold,
    }


def opened_sentence(calls: Sequence[Call]) -> str:
    """What the organiser hears when ideas go on the site unread from now on."""
    titles = ", ".join(call.title for call in calls)
    return ngettext(
        "From now on ideas in this call are on the site at once: %(titles)s.",
        "From now on ideas in these calls are on the site at once: %(titles)s.",
        len(calls),
        titles=titles,
    )
