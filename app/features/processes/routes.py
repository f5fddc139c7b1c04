"""The way from question to decision: process pages, themes, activities: requests in, answers out."""

from flask import Blueprint

bp = Blueprint("processes", __name__)
