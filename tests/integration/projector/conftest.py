"""A workshop that can be worked out by hand."""

import pytest
from flask import Flask

from tests.support.room import Room, a_room


@pytest.fixture
def room(app: Flask) -> Room:
    """Groen and Maas on the agenda, Fietsen not."""
    return a_room(app)
