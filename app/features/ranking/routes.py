"""The ranking of ideas and themes, explained: requests in, answers out."""

from flask import Blueprint

bp = Blueprint("ranking", __name__)
