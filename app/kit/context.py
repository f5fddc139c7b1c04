"""What every template may count on: the site's settings, its navigation and the moment."""

from dataclasses import dataclass
from functools import lru_cache

from flask import Flask, request
from flask_babel import gettext as _

from app.domain.decision import N_
from app.kit import clock, html, maps, paths
from app.kit.i18n import language


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


_PLACES = (
    ("ideas.index", N_("Ideas"), "list", "/ideeen"),
    ("ranking.index", N_("Ranking"), "podium", "/ranglijst"),
    ("processes.themes", N_("Themes"), "grid", "/themas"),
    ("workshop.index", N_("Workshop"), "agenda", "/werkateliers"),
    ("practices.index", N_("Practice"), "practice", "/praktijk"),
    ("partners.index", N_("Partners"), "building", "/partners"),
)


def nav_items() -> tuple[NavItem, ...]:
    """The places in the header, in the language of the page, with the current one marked."""
    here = next((path for *_, path in _PLACES if request.path.startswith(path)), "")
    return _nav_items(language(), request.script_root, here)


@lru_cache(maxsize=64)
def _nav_items(_language: str, _root: str, here: str) -> tuple[NavItem, ...]:
    return tuple(
        NavItem(label=_(label), url=paths.place(endpoint), icon=icon, current=path == here)
        for endpoint, label, icon, path in _PLACES
    )


def init_app(app: Flask, site: Site) -> None:
    app.jinja_env.globals.update(site=site, nav_items=nav_items, now=clock.now, maps=maps)
    app.jinja_env.filters.update(
        plain_text=html.from_plain, rich_text=html.from_rich, web_address=html.web_address
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
