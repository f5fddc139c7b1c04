"""Language by address: the site is Dutch, the same page under /en is English; dates and numbers by locale."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, g, has_request_context, request
from flask_babel import (
    Babel,
    force_locale,
    format_date,
    format_datetime,
    format_decimal,
    format_percent,
    format_timedelta,
    get_locale,
    gettext,
    to_user_timezone,
)
from markupsafe import Markup, escape

LANGUAGES = ("nl", "en")
DEFAULT_LANGUAGE = "nl"
TIME_ZONE = "Europe/Amsterdam"

NO_BREAK = "\N{NO-BREAK SPACE}"
_PATH = "/:@!$&'()*+,;=~"

babel = Babel()


class LanguagePrefix:
    """Moves a leading /en from the path into SCRIPT_NAME, so that every address made on an English page is English."""

    def __init__(self, app: WSGIApplication) -> None:
        self.app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == "/en" or path.startswith("/en/"):
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + "/en"
            environ["PATH_INFO"] = path[3:] or "/"
        return self.app(environ, start_response)


def language() -> str:
    """The language of this request, or of the block that `speaking` opened."""
    return str(get_locale() or DEFAULT_LANGUAGE)[:2]


def speaking(code: str) -> Any:
    """Run a block in another language, for mails to somebody who reads that one."""
    return force_locale(code if code in LANGUAGES else DEFAULT_LANGUAGE)


def _select_locale() -> str:
    forced = g.get("language") if has_request_context() else None
    if forced:
        return str(forced)
    return "en" if has_request_context() and request.script_root.endswith("/en") else DEFAULT_LANGUAGE


def same_page_in(code: str) -> str:
    """The address of this page in the other language."""
    root = request.script_root.removesuffix("/en")
    prefix = root if code == DEFAULT_LANGUAGE else f"{root}/{code}"
    query = request.query_string.decode("ascii", "ignore")
    # Quoted: a browser reads a backslash as a slash, and `/\\other.example` as another site.
    return prefix + quote(request.path, safe=_PATH) + (f"?{query}" if query else "")


def _time_tag(moment: datetime | date, text: str) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(
        moment.isoformat(timespec="minutes") if isinstance(moment, datetime) else moment.isoformat(), text
    )


def date_filter(moment: datetime | date, style: str = "long") -> Markup:
    """A date in words, as a time element; the day before the month in English too, as beside a time."""
    return _time_tag(moment, format_date(moment, "d MMMM y" if style == "long" else "d MMM y"))


def datetime_filter(moment: datetime, style: str = "long") -> Markup:
    """A date and time in words, without seconds, as a time element."""
    pattern = "d MMMM y, HH:mm" if style == "long" else "d MMM, HH:mm"
    return _time_tag(moment, format_datetime(moment, pattern))


def percent(share: Any, pattern: str = "#,##0 %") -> str:
    """A share in percent. The sign stays with its number at the end of a line; English sets no space before it."""
    said = str(format_percent(share, pattern))
    return said.replace(" %", "%" if language() == "en" else NO_BREAK + "%")


def day_words(moment: datetime | date) -> str:
    """A day in words for where there is no HTML."""
    return str(format_date(moment, "long"))


def date_words(moment: datetime) -> str:
    """A date and time in words for where there is no HTML, such as paper."""
    return str(format_datetime(moment, "EEEE d MMMM y, HH:mm"))


def span_filter(since: datetime, until: datetime) -> Markup:
    """From one moment to another in words: on one day the day is said once, within a minute there is one moment."""
    first, last = (to_user_timezone(moment).replace(second=0, microsecond=0) for moment in (since, until))
    if first == last:
        return datetime_filter(since)
    if first.date() == last.date():
        until_text = _time_tag(until, format_datetime(until, "HH:mm"))
    else:
        until_text = datetime_filter(until)
    return escape(gettext("from %(since)s to %(until)s")) % {
        "since": datetime_filter(since),
        "until": until_text,
    }


def age_filter(moment: datetime, now: datetime) -> Markup:
    """How long ago it was, in words such as "3 days", as a time element."""
    return _time_tag(moment, format_timedelta(now - moment, granularity="minute"))


def hours_filter(hours: int) -> str:
    """A number of hours in words; whole days as days."""
    return str(format_timedelta(timedelta(hours=hours), granularity="hour", threshold=1))


def init_app(app: Flask) -> None:
    app.config.setdefault("BABEL_DEFAULT_LOCALE", DEFAULT_LANGUAGE)
    app.config.setdefault("BABEL_DEFAULT_TIMEZONE", TIME_ZONE)
    babel.init_app(app, locale_selector=_select_locale)
    filters: dict[str, Callable[..., Any]] = {
        "date": date_filter,
        "datetime": datetime_filter,
        "span": span_filter,
        "age": age_filter,
        "hours": hours_filter,
        "number": format_decimal,
        "percent": percent,
    }
    app.jinja_env.filters.update(filters)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.globals.update(language=language, same_page_in=same_page_in)
    app.wsgi_app = LanguagePrefix(app.wsgi_app)  # type: ignore[method-assign]
