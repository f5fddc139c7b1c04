"""What comes in, made harmless before anything reads it: forms of a bearable size, texts that a database holds."""

import io
from collections.abc import Callable, Iterable
from typing import IO, Any, TypeVar

from flask import Flask, current_app
from flask import Request as FlaskRequest
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

MOST_BYTES = 10 * 1024 * 1024
"""Of a request with files in it."""
MOST_TEXT = 256 * 1024
"""Of a form without files, and of one field of a form with files: four times the longest text there is."""
MOST_FIELDS = 200
"""Of a form whose view does not say that it takes more."""
View = TypeVar("View", bound=Callable[..., Any])
URLENCODED = "application/x-www-form-urlencoded"


def most_fields(number: int) -> Callable[[View], View]:
    """Let a view take a form of so many fields: one that has a field for each of many things. Stands below the door."""

    def mark(view: View) -> View:
        view.__most_fields__ = number  # type: ignore[attr-defined]
        return view

    return mark


class Values(ImmutableMultiDict[str, Any]):
    """Names and values of an address or a form, without NUL: no one types it, and PostgreSQL refuses it as a fault."""

    def __init__(self, pairs: Iterable[tuple[str, Any]] = ()) -> None:
        super().__init__([(_without_nul(name), _without_nul(value)) for name, value in _pairs(pairs)])


class FormParser(FormDataParser):
    """Werkzeug bounds forms with files only; a long plain form would keep a process busy for seconds."""

    def parse(
        self,
        stream: IO[bytes],
        mimetype: str,
        content_length: int | None,
        options: dict[str, str] | None = None,
    ) -> tuple[IO[bytes], Any, Any]:
        if mimetype != URLENCODED:
            return super().parse(stream, mimetype, content_length, options)
        body = _read(stream, MOST_TEXT + 1)
        if len(body) > MOST_TEXT or body.count(b"&") >= (self.max_form_parts or MOST_FIELDS):
            # A browser that is cut off while it sends shows its own fault instead of our page.
            while stream.read(MOST_TEXT):
                pass
            raise RequestEntityTooLarge
        _rest, form, files = super().parse(io.BytesIO(body), mimetype, len(body), options)
        return stream, form, files


class Request(FlaskRequest):
    """A request of this site."""

    parameter_storage_class = Values
    form_data_parser_class = FormParser

    def make_form_data_parser(self) -> FormDataParser:
        """The parser, with as many fields as the view of this address takes."""
        parser = super().make_form_data_parser()
        view = current_app.view_functions.get(self.endpoint or "")
        parser.max_form_parts = getattr(view, "__most_fields__", self.max_form_parts)
        return parser


def init_app(app: Flask) -> None:
    app.request_class = Request
    app.config.update(
        MAX_CONTENT_LENGTH=MOST_BYTES, MAX_FORM_MEMORY_SIZE=MOST_TEXT, MAX_FORM_PARTS=MOST_FIELDS
    )


def _pairs(given: Any) -> Iterable[tuple[str, Any]]:
    return given.items(multi=True) if hasattr(given, "items") else given


def _without_nul(value: Any) -> Any:
    return value.replace("\x00", "") if isinstance(value, str) else value


def _read(stream: IO[bytes], most: int) -> bytes:
    """At most so many bytes; a stream may hand out less at a time than it was asked for."""
    parts: list[bytes] = []
    while most > 0 and (part := stream.read(most)):
        parts.append(part)
        most -= len(part)
    return b"".join(parts)
