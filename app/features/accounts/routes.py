"""Signing in and out, the own page, and in the demo the people and the post: requests in, answers out."""

from flask import Blueprint

bp = Blueprint("accounts", __name__)
