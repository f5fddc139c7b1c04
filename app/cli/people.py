"""People and how they sign in."""

from flask.cli import AppGroup

people = AppGroup("people", help="People and how they sign in.")
