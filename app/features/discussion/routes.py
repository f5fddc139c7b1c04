"""Arguments, replies and reports by readers: requests in, answers out."""

from flask import Blueprint

bp = Blueprint("discussion", __name__)
