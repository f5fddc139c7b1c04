"""An evening at the desk."""

import pytest
from flask import Flask

from tests.support.evenings import Evening, an_evening


@pytest.fixture
def evening(app: Flask) -> Evening:
    """Groen with one round, then Maas; two facilitators."""
    return an_evening(app)
