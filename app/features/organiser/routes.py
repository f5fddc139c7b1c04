"""What organisers see: overview, audit log, incoming messages: requests in, answers out."""

from flask import Blueprint

bp = Blueprint("organiser", __name__)
