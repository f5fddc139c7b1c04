"""A workshop that can be worked out by hand, and an evening in it."""

import pytest
from flask import Flask

from tests.support.evenings import Evening, an_evening
from tests.support.room import Room, a_room


@pytest.fixture
def room(app: Flask) -> Room:
    """Groen and Maas on the agenda, Fietsen not."""
    return a_room(app)


@pytest.fixture
def evening(app: Flask) -> Evening:
    """The same with one round on Groen and two facilitators."""
    return an_evening(app)
