"""A device in a few words, read from what its browser says about itself; no version, no model, no address."""

from flask_babel import gettext as _

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("FxiOS", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chromium", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
"""Marks in the order to look for them: most browsers also call themselves by the names of older ones."""
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)
_BETWEEN = " on "


def words_of(user_agent: str) -> str:
    """What is kept of a device: `Firefox on Android`, one of the two, or nothing."""
    parts = (_first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent))
    return _BETWEEN.join(part for part in parts if part)


def in_words(device: str) -> str:
    """A device as its person reads it."""
    browser, _between, system = device.partition(_BETWEEN)
    if system:
        return _("%(browser)s on %(system)s", browser=browser, system=system)
    return browser or _("A device that we do not recognise")


def _first(marks: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for mark, name in marks if mark in text), "")
