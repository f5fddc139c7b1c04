"""What belongs to an idea beside its words, in the form: an image, a place, and the questions of a challenge."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, Field, HiddenField, StringField, TextAreaField, ValidationError

from app.domain.decision import N_
from app.features.ideas.extras import Challenge, Extras
from app.kit import html, images, maps
from app.kit.forms import Form
from app.models.person import Person
from app.models.process import CallKind
from app.records import areas
from app.records import images as kept_images
from app.records.areas import AreaRow
from app.records.calls import CallRow
from app.records.ideas import IdeaRow, ImageTag

ALT_LENGTH = (10, 200)
TASK_LENGTH = (10, 300)
ANSWER_LENGTH = (10, 500)
CHALLENGE_FIELDS = ("task", "team", "means", "better")
KEPT_TEXTS = ("image_alt", "latitude", "longitude", *CHALLENGE_FIELDS)
"""What of these fields is kept as text while somebody signs in."""
IMAGE_MISSING = "image_missing"
"""In what was kept: there was an image, which has to be chosen again."""
_LAST = ("image", "kept_image", "removes_image", "image_alt", "latitude", "longitude", *CHALLENGE_FIELDS)
_SHORT = N_("Write at least %(least)d characters here. There are %(now)d now.")
_LONG = N_("Write at most %(most)d characters here. There are %(now)d now.")
_ELSEWHERE = N_("Choose a place on the map, or take the pin away.")


def one_line(value: Any) -> Any:
    """Clean text without line breaks; no character more or less than the browser counted."""
    return html.tidy(value).replace("\n", " ") if isinstance(value, str) else value


class Sized:
    """Limits that the browser counts as well, and that hold only while the question is asked."""

    def __init__(self, bounds: tuple[int, int]) -> None:
        self.least, self.most = bounds
        self.field_flags = {"minimum": self.least, "maximum": self.most}

    def __call__(self, form: "ExtraFields", field: Field) -> None:
        now, is_asked = len(field.data or ""), form.asks(field.name)
        if is_asked and not form.as_draft and now < self.least:
            raise ValidationError(gettext(_SHORT, least=self.least, now=now))
        if now > self.most:
            raise ValidationError(gettext(_LONG, most=self.most, now=now))


@dataclass(frozen=True, slots=True)
class Around:
    """What these fields need to know: who sends them, what the idea has now, and where it may lie."""

    person_id: int | None = None
    image: ImageTag | None = None
    former_neighbourhood: str = ""
    areas: tuple[AreaRow, ...] = ()
    challenges: frozenset[str] = frozenset()
    """The calls, by slug, that ask for a challenge."""


class ExtraFields(Form):
    """Fields for what stands beside the text. Say `prepare` before reading or checking them."""

    as_draft = False
    around = Around()
    new_image: images.Encoded | None = None
    image_is_missing = False
    """Whether somebody chose an image before signing in, which we did not keep."""

    image = FileField(_l("Image"))
    kept_image = HiddenField()
    removes_image = BooleanField(_l("Take this image away"))
    image_alt = StringField(_l("What can be seen in the image?"), [Sized(ALT_LENGTH)], filters=[one_line])
    latitude = HiddenField()
    longitude = HiddenField()
    task = TextAreaField(_l("Which task of the municipality do you want to do?"), [Sized(TASK_LENGTH)])
    team = TextAreaField(_l("Who will do it?"), [Sized(ANSWER_LENGTH)])
    means = TextAreaField(_l("What do you need for it?"), [Sized(ANSWER_LENGTH)])
    better = TextAreaField(_l("Why can you do it better?"), [Sized(ANSWER_LENGTH)])

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        # They stand below the text on the page, and so does what is wrong with them in the summary.
        for name in _LAST:
            self._fields[name] = self._fields.pop(name)

    def prepare(
        self, person: Person | None, calls: Sequence[CallRow], now: datetime, idea: IdeaRow | None = None
    ) -> None:
        """Tell who sends the form, which calls there are, and which idea is changed."""
        self.around = Around(
            person_id=person.id if person else None,
            image=idea.image if idea else None,
            former_neighbourhood=idea.neighbourhood if idea else "",
            areas=areas.everywhere(),
            challenges=frozenset(call.slug for call in calls if call.kind == CallKind.CHALLENGE),
        )
        if person is not None and self.kept_image.data:
            self.new_image = kept_images.kept(person.id, self.kept_image.data, now)
            if self.new_image is None:
                self.kept_image.data = ""

    def asks(self, name: str) -> bool:
        """Whether the question of this field is asked, as far as it was filled in now."""
        return self.has_image if name == "image_alt" else self.is_challenge

    @property
    def has_image(self) -> bool:
        """Whether the idea will have an image."""
        stays = self.around.image is not None and not self.removes_image.data
        return self.new_image is not None or stays

    @property
    def is_challenge(self) -> bool:
        """Whether the chosen call is a challenge."""
        call = self["call"].data if "call" in self else next(iter(self.around.challenges), "")
        return call in self.around.challenges

    @property
    def chose_image(self) -> bool:
        """Whether a file came along."""
        return isinstance(self.image.data, FileStorage) and bool(self.image.data.filename)

    def validate_image(self, field: FileField) -> None:
        """Only for somebody who signed in: for a stranger decoding is too much work, and the file is let go."""
        if not self.chose_image or self.around.person_id is None:
            return
        try:
            self.new_image = images.encode(field.data.stream)
        except images.Unusable as no:
            raise ValidationError(gettext(str(no))) from no

    def validate_latitude(self, field: HiddenField) -> None:
        if not field.data and not self.longitude.data:
            return
        if self._place() is None:
            raise ValidationError(gettext(_ELSEWHERE))

    def validate_neighbourhood(self, field: Field) -> None:
        names = {area.name for area in self.around.areas}
        if names and field.data and field.data not in names | {self.around.former_neighbourhood}:
            raise ValidationError(gettext(N_("Choose a neighbourhood from the list.")))

    def _place(self) -> tuple[float, float] | None:
        try:
            latitude, longitude = float(self.latitude.data or ""), float(self.longitude.data or "")
        except ValueError:
            return None
        if not (math.isfinite(latitude) and math.isfinite(longitude)):
            return None
        if abs(latitude) > 85 or abs(longitude) > 180:
            return None
        if self.around.areas and areas.nearest(latitude, longitude) is None:
            return None
        return maps.rounded(latitude), maps.rounded(longitude)

    def extras(self) -> Extras:
        """What was filled in, for the service; say it after the form was found good."""
        answers = {name: self[name].data or "" for name in CHALLENGE_FIELDS}
        return Extras(
            image=self.new_image,
            alt=self.image_alt.data or "",
            removes_image=bool(self.removes_image.data) and self.new_image is None,
            kept_image=self.kept_image.data or "",
            place=self._place(),
            challenge=Challenge(**answers) if self.is_challenge else None,
        )

    def typed_extras(self) -> dict[str, Any]:
        """What was filled in, to keep it while somebody signs in; an image is not among it."""
        kept: dict[str, Any] = {name: (self[name].data or "")[:1000] for name in KEPT_TEXTS}
        if self.chose_image:
            kept[IMAGE_MISSING] = "1"
        return kept
