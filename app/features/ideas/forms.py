"""The form for an idea: what somebody types, checked by the limits that the browser counts as well."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    Field,
    HiddenField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from app.domain.decision import N_
from app.domain.lifecycle import BODY_LENGTH, SUMMARY_LENGTH, THEMES_PER_IDEA, TITLE_LENGTH
from app.features.ideas.extra_fields import ExtraFields, one_line
from app.features.ideas.origin_fields import OriginFields
from app.features.ideas.service import Content
from app.kit.forms import length
from app.records.calls import CallRow
from app.records.frames import ThemeTag

PLACE_LENGTH = (0, 80)
MOST_KEPT = 4 * BODY_LENGTH[1]
"""Characters of a text that a stranger may leave with us: a first version that is still to be shortened."""
_TOO_LONG = N_("This is too long: %(now)d characters. Use at most %(most)d.")


class Within:
    """The limits of a text. A draft may still be too short."""

    def __init__(self, bounds: tuple[int, int], too_short: str, too_long: str) -> None:
        self._whole = length(bounds, too_short, too_long)
        self._draft = length((0, bounds[1]), too_short, too_long)
        self.field_flags = {"minimum": bounds[0], "maximum": bounds[1]}

    def __call__(self, form: "IdeaForm", field: Field) -> None:
        (self._draft if form.as_draft else self._whole)(form, field)


class IdeaForm(OriginFields, ExtraFields):
    """An idea. As a draft it may be unfinished, but never longer than it may become."""

    call = RadioField(_l("Which call is your idea for?"), validate_choice=False)
    title = StringField(
        _l("Title"),
        [
            Within(
                TITLE_LENGTH,
                N_("Make the title at least %(least)d characters. It has %(now)d now."),
                N_("Make the title at most %(most)d characters. It has %(now)d now."),
            )
        ],
        filters=[one_line],
    )
    summary = TextAreaField(
        _l("Your idea in one sentence"),
        [
            Within(
                SUMMARY_LENGTH,
                N_("Make the sentence at least %(least)d characters. It has %(now)d now."),
                N_("Make the sentence at most %(most)d characters. It has %(now)d now."),
            )
        ],
        filters=[one_line],
    )
    body = TextAreaField(
        _l("Explain your idea"),
        [
            Within(
                BODY_LENGTH,
                N_("Make the explanation at least %(least)d characters. It has %(now)d now."),
                N_("Make the explanation at most %(most)d characters. It has %(now)d now."),
            )
        ],
    )
    themes = SelectMultipleField(_l("What is it about?"), validate_choice=False)
    neighbourhood = StringField(
        _l("Which neighbourhood is it about?"),
        [length(PLACE_LENGTH, _TOO_LONG, _TOO_LONG)],
        filters=[one_line],
    )
    submission_key = HiddenField()
    version = HiddenField()

    def __init__(
        self, calls: Sequence[CallRow], themes: Sequence[ThemeTag], *, as_draft: bool = False, **values: Any
    ) -> None:
        super().__init__(**values)
        self.as_draft = as_draft
        self.theme_ids = {theme.slug: theme.id for theme in themes}
        self.icons = {theme.slug: theme.icon for theme in themes}
        self.tones = {theme.slug: theme.accent for theme in themes}
        self.call_slugs = [call.slug for call in calls]
        self.call.choices = [SelectChoice(call.slug, call.title) for call in calls]
        self.themes.choices = [SelectChoice(theme.slug, theme.title) for theme in themes]
        self.themes.flags.required = True
        self.call.flags.required = True
        if len(self.call_slugs) == 1:
            self.call.data = self.call_slugs[0]

    def validate_call(self, field: RadioField) -> None:
        if self.call_slugs and field.data not in self.call_slugs and not self.as_draft:
            raise ValidationError(gettext(N_("Choose a call.")))

    def validate_themes(self, field: SelectMultipleField) -> None:
        least, most = THEMES_PER_IDEA
        chosen = field.data or []
        if any(slug not in self.theme_ids for slug in chosen):
            raise ValidationError(gettext(N_("Choose themes from the list.")))
        if len(chosen) < least and not self.as_draft:
            raise ValidationError(gettext(N_("Choose at least one theme.")))
        if len(chosen) > most:
            raise ValidationError(gettext(N_("Choose at most three themes.")))

    def content(self) -> Content:
        """What was typed, for the service."""
        return Content(
            title=self.title.data or "",
            summary=self.summary.data or "",
            body=self.body.data or "",
            neighbourhood=self.neighbourhood.data or "",
            theme_ids=tuple(sorted({self.theme_ids[slug] for slug in self.themes.data or []})),
            extras=self.extras(),
        )

    def typed(self) -> dict[str, Any]:
        """What was typed, to keep it while somebody signs in; also when it is too long, within reason."""
        texts = ("call", "title", "summary", "body", "neighbourhood", "submission_key", "version")
        kept: dict[str, Any] = {name: (self[name].data or "")[:MOST_KEPT] for name in texts}
        kept["themes"] = [slug for slug in self.themes.data or [] if slug in self.theme_ids]
        return kept | self.typed_extras()
