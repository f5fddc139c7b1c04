"""Partners in the city and the conversations with them: requests in, answers out."""

from flask import Blueprint

bp = Blueprint("partners", __name__)
