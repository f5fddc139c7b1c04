"""What others do and learned: requests in, answers out."""

from flask import Blueprint

bp = Blueprint("practices", __name__)
