"""What tests stand on: real servers, migrated databases, pages that are inspected when fetched."""

from tests.support.databases import make_app
from tests.support.page import Page, csrf_token, look_at, post, sign_in, sign_out, visit
from tests.support.statements import statements

__all__ = [
    "Page",
    "csrf_token",
    "look_at",
    "make_app",
    "post",
    "sign_in",
    "sign_out",
    "statements",
    "visit",
]
