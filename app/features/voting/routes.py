"""Casting, changing and withdrawing a vote: requests in, answers out."""

from flask import Blueprint

bp = Blueprint("voting", __name__)
