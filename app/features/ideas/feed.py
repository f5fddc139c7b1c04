"""A view of the list as an Atom feed (RFC 4287): newest first, and never a word about votes."""

import re
from datetime import UTC, datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree as Xml

from flask import url_for
from flask_babel import gettext as _

from app.features.ideas.listing import Choice, Listing
from app.kit.i18n import language
from app.records import ideas
from app.records.ideas import CardRow
from app.records.order import Sort

ENTRIES = 30
MIMETYPE = "application/atom+xml"
ATOM = "http://www.w3.org/2005/Atom"
BEGAN = "2026"
"""The year in the names of feeds: from then on this name was ours to give (RFC 4151)."""
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(found: Listing, site_url: str, site_name: str) -> bytes:
    """The newest ideas of a view."""
    choice = found.choice
    ordering = found.sheet.ordering(Sort.CREATED_DESC)
    newest = ordering.ids[found.found[ordering.place]][:ENTRIES].tolist()
    rows = ideas.cards(newest)
    here = f"{site_url}{choice.address(base=url_for('lists.feed'), oproep=choice.call.slug, sort='')}"
    page = f"{site_url}{choice.address(oproep=choice.call.slug, sort='')}"
    feed = Xml.Element("feed", {"xmlns": ATOM, "xml:lang": language()})
    _put(feed, "id", _name(site_url, BEGAN, urlsplit(here).path + "?" + urlsplit(here).query))
    _put(feed, "title", f"{title_of(choice)} · {site_name}")
    _put(feed, "subtitle", choice.call.question)
    _put(feed, "updated", _moment(max((row.published_at for row in rows if row.published_at), default=None)))
    Xml.SubElement(feed, "link", {"rel": "self", "type": MIMETYPE, "href": here})
    Xml.SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": page})
    author = Xml.SubElement(feed, "author")
    _put(author, "name", site_name)
    for row in rows:
        _entry(feed, row, site_url)
    return Xml.tostring(feed, encoding="utf-8", xml_declaration=True)


def title_of(choice: Choice) -> str:
    """What a view is called: the call, with what was chosen."""
    parts = [theme.title for theme in choice.themes]
    parts += [choice.area] if choice.area else []
    parts += [f"“{choice.search}”"] if choice.search else []
    return " · ".join([_("Ideas: %(call)s", call=choice.call.title), *parts])


def _entry(feed: Xml.Element, row: CardRow, site_url: str) -> None:
    entry = Xml.SubElement(feed, "entry")
    moment = row.published_at or datetime.fromtimestamp(0, UTC)
    _put(entry, "id", _name(site_url, moment.date().isoformat(), f"/ideeen/{row.id}"))
    _put(entry, "title", row.title)
    _put(entry, "published", _moment(moment))
    _put(entry, "updated", _moment(moment))
    address = f"{site_url}{url_for('ideas.show', idea_id=row.id)}"
    Xml.SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": address})
    author = Xml.SubElement(entry, "author")
    _put(author, "name", row.author or _("A participant"))
    for theme in row.themes:
        Xml.SubElement(entry, "category", {"term": theme.slug, "label": _clean(theme.title)})
    _put(entry, "summary", row.summary)


def _put(parent: Xml.Element, name: str, words: str) -> None:
    Xml.SubElement(parent, name).text = _clean(words)


def _clean(words: str) -> str:
    return _NOT_XML.sub("", words)


def _name(site_url: str, date: str, specific: str) -> str:
    """A name for ever, whatever the address becomes: tag:example.org,2026-03-01:/ideeen/7."""
    return f"tag:{urlsplit(site_url).hostname},{date}:{specific}"


def _moment(moment: datetime | None) -> str:
    return (moment or datetime.fromtimestamp(0, UTC)).astimezone(UTC).isoformat(timespec="seconds")
