"""The werkatelier and its agenda, drafted from the ranking: requests in, answers out."""

from flask import Blueprint

bp = Blueprint("workshop", __name__)
