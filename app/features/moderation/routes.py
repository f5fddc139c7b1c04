"""The moderators' queue and their decisions: requests in, answers out."""

from flask import Blueprint

bp = Blueprint("moderation", __name__)
