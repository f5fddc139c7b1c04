"""What structure tests share: the application as it is wired, and the files of the project."""

import pytest
from flask import Flask

from tests.support import databases


@pytest.fixture(scope="session")
def wired() -> Flask:
    """The application with everything registered, on a database that nobody opens."""
    return databases.make_app("sqlite:///:memory:", DEMO="1")
