"""The programme of an activity on paper."""

from collections.abc import Sequence

from flask import current_app
from flask_babel import gettext as _
from flask_babel import ngettext

from app.kit import pdf
from app.kit.i18n import date_words, language
from app.models.process import Activity, Process, ProgrammePart


def paper(activity: Activity, process: Process, parts: Sequence[ProgrammePart]) -> bytes:
    """The programme as PDF, in the language of the page."""
    when = (
        date_words(activity.starts_at)
        if activity.starts_at
        else activity.date_text or _("Date still to be set")
    )
    facts = [(_("When"), when)] + ([(_("Where"), activity.place)] if activity.place else [])
    return pdf.render(
        "programme",
        {
            "site": current_app.config["SITE"].site_name,
            "language": language(),
            "kicker": process.title,
            "title": activity.title,
            "lead": activity.summary,
            "facts": facts,
            "parts": [_part(part) for part in parts],
        },
    )


def _part(part: ProgrammePart) -> dict[str, object]:
    return {
        "title": part.title,
        "minutes": ngettext("%(num)d minute", "%(num)d minutes", part.minutes) if part.minutes else "",
        "text": [" ".join(each.split()) for each in part.text.split("\n\n") if each.strip()],
        "link": part.link_url if part.link_url.startswith(("https://", "http://")) else "",
    }
