"""The pages about the site itself: home, about, privacy, accessibility, contact, health: requests in, answers out."""

from flask import Blueprint

bp = Blueprint("pages", __name__)
