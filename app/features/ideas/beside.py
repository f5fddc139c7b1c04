"""What the page of an idea draws beside its text: where it lies, in a picture and in words."""

from dataclasses import dataclass

from flask_babel import gettext as _
from markupsafe import Markup

from app.kit.charts import locator
from app.records import areas
from app.records.ideas import IdeaRow


@dataclass(frozen=True, slots=True)
class Where:
    """The picture of a place with the same in words."""

    drawing: Markup
    words: str
    is_approximate: bool


def where(idea: IdeaRow) -> Where | None:
    """Where an idea lies; None when it does not say, or when the site has no neighbourhoods to tell it by."""
    pin = None
    if idea.latitude is not None and idea.longitude is not None:
        pin = (idea.latitude, idea.longitude)
    if pin is None and not idea.neighbourhood:
        return None
    everywhere = areas.everywhere()
    here = next((area for area in everywhere if area.name == idea.neighbourhood), None)
    if not everywhere or (pin is None and here is None):
        return None
    close = areas.nearest(*pin) if pin else None
    if pin is None:
        words = _("In the neighbourhood %(area)s.", area=idea.neighbourhood)
    elif close is None:
        words = _("The pin shows the place.")
    else:
        words = _("The pin shows the place, near %(area)s.", area=close.name)
    near = (here.latitude, here.longitude) if here else None
    dots = [(area.latitude, area.longitude) for area in everywhere]
    return Where(
        drawing=locator(_("Map with a dot for each neighbourhood. %(where)s", where=words), dots, near, pin),
        words=words,
        is_approximate=any(area.is_approximate for area in everywhere),
    )
