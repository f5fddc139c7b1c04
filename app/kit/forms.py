"""What every form shares: clean text, limits counted alike in browser and server, and errors that say what to do."""

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, request
from flask_babel import gettext
from flask_wtf import CSRFProtect, FlaskForm
from wtforms import EmailField, Field, StringField, TextAreaField, ValidationError
from wtforms.i18n import get_translations
from wtforms.widgets import HiddenInput

from app.kit import html, paths
from app.kit.i18n import language

_NUMBER = re.compile(r"[0-9]{1,18}")
TEXT_FIELDS = (StringField, TextAreaField, EmailField)

csrf = CSRFProtect()
"""Refuses every post without a good token before a view sees it. A view that must be able to hand back what
was typed although the session expired wears `@csrf.exempt` and lets its form check."""
READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def sent_from_here() -> bool:
    """Whether the browser says that the form stood on a page of this site. Old browsers say nothing: yes."""
    if "Origin" in request.headers:
        return _is_of_this_site(request.headers["Origin"])
    return request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none")


def surely_sent_from_here() -> bool:
    """The same, of a browser that says nothing: no."""
    return "Origin" in request.headers and _is_of_this_site(request.headers["Origin"])


def _is_of_this_site(origin: str) -> bool:
    site = urlsplit(current_app.config["SITE"].site_url).netloc
    place = paths.split(origin).netloc
    return bool(place) and place in (request.host, site)


def init_app(app: Flask) -> None:
    @app.before_request
    def refuse_forms_of_other_sites() -> None:
        """Before anything is read or answered: even a refusal that starts a session would end that of the visitor,
        whose cookie does not come along with the form of another site."""
        if request.method not in READING_METHODS and not sent_from_here():
            abort(400)

    csrf.init_app(app)


class Form(FlaskForm):
    """The base of every form; its fields trim and clean what people type before it is checked."""

    class Meta(FlaskForm.Meta):
        def bind_field(self, form: Any, unbound_field: Any, options: Any) -> Any:
            filters = list(unbound_field.kwargs.get("filters", []))
            if "filters" not in unbound_field.kwargs and issubclass(unbound_field.field_class, TEXT_FIELDS):
                filters.append(clean_text)
            return (
                unbound_field.bind(form=form, filters=filters, **options)
                if filters
                else unbound_field.bind(form=form, **options)
            )

        def get_translations(self, form: Any) -> Any:
            """The sentences that the library brings along, read from disk once a language and not once a form."""
            return _library_sentences(language())

    @property
    def is_stale(self) -> bool:
        """Whether the form came with a token of an older session: nothing the visitor typed is wrong."""
        return bool(self.csrf_token.errors)

    @property
    def all_errors(self) -> list[tuple[str, str]]:
        """Every fault at once, as (field id, message), in the order of the fields, for the error summary."""
        found: list[tuple[str, str]] = []
        for field in self:
            if field.name == self.meta.csrf_field_name:
                continue  # see is_stale
            messages = field.errors if isinstance(field.errors, (list, tuple)) else []
            found += [(field.id, str(message)) for message in messages]
        return found


@cache
def _library_sentences(code: str) -> Any:
    return get_translations([code])


def clean_text(value: Any) -> Any:
    """Trim, unify line ends and drop control characters."""
    return html.tidy(value) if isinstance(value, str) else value


def length(bounds: tuple[int, int], too_short: str, too_long: str) -> Callable[[Any, Field], None]:
    """Between bounds[0] and bounds[1] characters after trimming.

    Both sentences are marked English with %(least)d, %(most)d and %(now)d; the field carries the numbers.
    """
    least, most = bounds

    def check(_form: Any, field: Field) -> None:
        now = len(field.data or "")
        if now < least:
            raise ValidationError(gettext(too_short, least=least, most=most, now=now))
        if now > most:
            raise ValidationError(gettext(too_long, least=least, most=most, now=now))

    check.field_flags = {"minimum": least, "maximum": most}  # type: ignore[attr-defined]
    return check


def numbered(numbers: Iterable[int]) -> str:
    """Numbers of things that were on a page, as its form carries them."""
    return ".".join(str(number) for number in sorted(numbers))


def numbers_in(text: str) -> frozenset[int]:
    """The same numbers again; what is none is left out."""
    return frozenset(int(part) for part in text.split(".") if _NUMBER.fullmatch(part))


class NumbersField(Field):
    """Carries unseen which things were on the page, to tell what came since; None when the form does not say."""

    widget = HiddenInput()
    data: frozenset[int] | None

    def _value(self) -> str:
        return numbered(self.data or ())

    def process_formdata(self, valuelist: list[str]) -> None:
        """What the form says."""
        self.data = numbers_in(valuelist[0]) if valuelist and valuelist[0] else None
