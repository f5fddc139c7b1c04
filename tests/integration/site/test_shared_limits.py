"""With REDIS_URL every process counts in one place; without it each counts for itself."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.support import post

pytestmark = pytest.mark.one_database
LIMIT = 20
"""Messages that the contact form takes in an hour from one visitor."""


def test_a_second_process_goes_on_counting(make_app: Callable[..., Flask], valkey_url: str) -> None:
    _write_until_it_is_enough(make_app(REDIS_URL=valkey_url))
    post(make_app(REDIS_URL=valkey_url).test_client(), "/contact", 429)


def test_without_it_a_second_process_begins_anew(make_app: Callable[..., Flask]) -> None:
    _write_until_it_is_enough(make_app())
    post(make_app().test_client(), "/contact", 400)


def _write_until_it_is_enough(app: Flask) -> None:
    client = app.test_client()
    for _ in range(LIMIT):
        post(client, "/contact", 400)
    post(client, "/contact", 429)
