"""Ideas: the list, one idea, the form: requests in, answers out."""

from flask import Blueprint

bp = Blueprint("ideas", __name__)
