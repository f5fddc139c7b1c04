"""What every template may count on: the site's settings, its navigation and the moment."""

from dataclasses import dataclass

from flask import Flask, request, url_for
from flask_babel import gettext as _

from app.kit import clock, html


@dataclass(frozen=True, slots=True)
class Site:
    """The settings that pages show."""

    name: str
    url: str
    municipality: str
    contact_email: str
    demo: bool
    theme: str = ""


@dataclass(frozen=True, slots=True)
class NavItem:
    """One place in the header."""

    label: str
    url: str
    icon: str
    current: bool


def nav_items() -> list[NavItem]:
    """The places in the header, in the language of the page, with the current one marked."""
    places = (
        ("ideas.index", _("Ideas"), "list", "/ideeen"),
        ("ranking.index", _("Ranking"), "podium", "/ranglijst"),
        ("processes.themes", _("Themes"), "grid", "/themas"),
        ("workshop.index", _("Workshop"), "agenda", "/werkateliers"),
        ("practices.index", _("Practice"), "practice", "/praktijk"),
        ("partners.index", _("Partners"), "building", "/partners"),
    )
    return [
        NavItem(label=label, url=url_for(endpoint), icon=icon, current=request.path.startswith(path))
        for endpoint, label, icon, path in places
    ]


def init_app(app: Flask, site: Site) -> None:
    app.jinja_env.globals.update(site=site, nav_items=nav_items, now=clock.now)
    app.jinja_env.filters.update(
        plain_text=html.from_plain, rich_text=html.from_rich, web_address=html.web_address
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
