"""Logs as JSON lines; never with secrets, addresses of people or the text they wrote."""

import logging
import re
import sys

import structlog
from flask import Flask

SECRET_KEYS = {"password", "secret", "token", "code", "authorization", "cookie", "email"}
SECRET_PARTS = (
    (re.compile(r"[^\s<>()\"'=,;:]+@[^\s<>()\"'=,;:]+"), "…@…"),  # addresses of people
    (re.compile(r"(/(?:inloggen/link|uitnodiging|maatregel)/)[^\s\"'?]+"), r"\1…"),  # a link that lets in
    (re.compile(r"^\s*DETAIL:.*$", re.MULTILINE), "DETAIL: …"),  # PostgreSQL quotes the row that it refuses
)


def _hide_secrets(
    _logger: object, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    for key, value in event.items():
        if any(word in key.lower() for word in SECRET_KEYS):
            event[key] = "…"
        elif isinstance(value, str):
            for pattern, instead in SECRET_PARTS:
                value = pattern.sub(instead, value)
            event[key] = value
    return event


def init_app(app: Flask) -> None:
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _hide_secrets,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=not app.testing,
    )
