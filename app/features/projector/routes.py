"""The screen in the room, live: requests in, answers out."""

from flask import Blueprint

bp = Blueprint("projector", __name__)
