"""The evening of a workshop."""

import pytest
from flask import Flask

from tests.support.hall import Hall, a_hall


@pytest.fixture
def hall(app: Flask) -> Hall:
    """A workshop that begins in an hour, with its doors open and nobody in it yet."""
    return a_hall(app)
