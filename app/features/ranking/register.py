"""The entry of the ranking for the national register of algorithms, filled from the settings of this site."""

from dataclasses import dataclass
from typing import Any

from flask import current_app, url_for
from flask_babel import format_date
from flask_babel import gettext as _

from app.domain.ranking import AgendaMethod, Method, Parameters, ThemeMethod, plain
from app.kit import mail
from app.kit.i18n import language
from app.records.frames import Frame

STANDARD = "1.0"
"""The version of the register's publication standard whose fields stand here."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One field: its name in the standard, what it is called on the page, and what stands in it."""

    key: str
    label: str
    text: str
    """Empty for the settings: the page shows them as a list, the file as numbers."""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the entry."""

    key: str
    title: str
    fields: tuple[Entry, ...]


def versions() -> list[str]:
    """Every method with its version."""
    return [method.versioned for kind in (Method, ThemeMethod, AgendaMethod) for method in kind]


def sections(frame: Frame | None, starts: Any) -> list[Section]:
    """The whole entry in the language of the page. `starts`: when the process began, or None."""
    return [_general(frame, starts), _responsible(), _working(frame)]


def _general(frame: Frame | None, starts: Any) -> Section:
    site = current_app.config["SITE"]
    status = _("In development (demonstration)") if site.demo else _("In use")
    return Section(
        "general",
        _("General information"),
        (
            Entry("name", _("Name"), _("Ranking and agenda of %(site)s", site=site.site_name)),
            Entry("organization", _("Responsible organisation"), site.municipality),
            Entry(
                "description_short",
                _("Short description"),
                _(
                    "The algorithm counts votes of residents, council members and partners on ideas. It puts "
                    "ideas and themes in order and divides the minutes of a workshop over themes."
                ),
            ),
            Entry("theme", _("Subject"), _("Participation and democracy")),
            Entry("status", _("Status"), status),
            Entry(
                "begin_date",
                _("In use since"),
                str(format_date(starts, "d MMM y")) if starts else _("not begun yet"),
            ),
            Entry("contact_email", _("Contact"), site.contact_email, f"mailto:{site.contact_email}"),
            Entry("website", _("Website"), site.site_url, site.site_url),
            Entry("publication_category", _("Category"), _("Other algorithms")),
            Entry(
                "process",
                _("Used for"),
                frame.call.process_title if frame else _("no process yet"),
            ),
        ),
    )


def _responsible() -> Section:
    return Section(
        "responsible_use",
        _("Responsible use"),
        (
            Entry(
                "goal",
                _("Goal and impact"),
                _(
                    "The goal is an agenda that people from the city make together. The outcome decides which "
                    "themes get time in a workshop. It decides nothing about a person: no right, permit or "
                    "benefit depends on it."
                ),
            ),
            Entry(
                "proportionality",
                _("Considerations"),
                _(
                    "Counting by hand cannot be checked by everybody. Most votes first would leave smaller groups "
                    "without any time. So the groups are weighed (see the settings), and groups that agree get "
                    "their share of the time. The price is that the order is not the best estimate of what "
                    "residents alone want."
                ),
            ),
            Entry(
                "human_intervention",
                _("Human intervention"),
                _(
                    "People make every choice: moderators decide which ideas are published, organisers choose the "
                    "rules, and a facilitator may put themes on the agenda or take them off, always with a public "
                    "reason. The council decides."
                ),
            ),
            Entry(
                "risks",
                _("Risks and what is done about them"),
                _(
                    "Votes are political opinions: figures of fewer than three people of a group are not shown, "
                    "and nobody sees who voted what. A group could try to steer the outcome: every person has one "
                    "vote per idea, and few votes weigh little. An error in the counting is found by counting "
                    "anew every night and by anyone who computes a sealed standing again."
                ),
            ),
            Entry(
                "lawful_basis",
                _("Legal basis"),
                _(
                    "The participation ordinance of the municipality (article 150 of the Municipalities Act). "
                    "Personal data: the consent of who takes part (article 6 and article 9 of the GDPR)."
                ),
            ),
            Entry(
                "lawful_basis_link",
                _("Link to the legal basis"),
                "wetten.overheid.nl",
                "https://wetten.overheid.nl/BWBR0005416/",
            ),
            Entry(
                "impact_assessment",
                _("Impact assessments"),
                _(
                    "The municipality notes here which assessments it made, such as a DPIA. None has been entered yet."
                ),
            ),
        ),
    )


def _working(frame: Frame | None) -> Section:
    return Section(
        "working",
        _("How it works"),
        (
            Entry(
                "source_data",
                _("Data"),
                _(
                    "Votes for and against, the group of the voter, the themes of ideas, the minutes of themes "
                    "and of the workshop. No age, gender, origin, address or behaviour elsewhere."
                ),
            ),
            Entry("source_data_link", _("Link to the data"), _("Open data"), url_for("pages.open_data")),
            Entry(
                "methods_and_models",
                _("Technical working"),
                _(
                    "Fixed rules of arithmetic; nothing is learned from data. Ideas: averages per group with "
                    "smoothing. Themes: the majority of every person's votes. Agenda: the method of equal shares "
                    "with Add1, in exact "
                    "fractions. All methods with their versions: %(versions)s.",
                    versions=", ".join(versions()),
                ),
            ),
            *([Entry("parameters", _("Settings in force"), "")] if frame else []),
            Entry("explanation", _("Explanation"), _("How the ranking works"), url_for("ranking.explained")),
            Entry("provider", _("Supplier"), _("The municipality itself, with open-source software")),
            Entry("code_base", _("Source code and licence"), "Stem van de stad, EUPL-1.2"),
        ),
    )


def document(found: list[Section], frame: Frame | None) -> dict[str, Any]:
    """The entry as it can be handed in: the fields of the standard by name, and the settings as numbers."""
    fields = {field.key: field.text for section in found for field in section.fields}
    return {
        "standard": STANDARD,
        "lang": language(),
        **fields,
        "source_data_link": mail.address("pages.open_data", language()),
        "lawful_basis_link": "https://wetten.overheid.nl/BWBR0005416/",
        "explanation": mail.address("ranking.explained", language()),
        "versions": versions(),
        "parameters": plain(frame.rules.parameters if frame else Parameters()),
        "weighting": plain(frame.rules.weighting) if frame else None,
    }
