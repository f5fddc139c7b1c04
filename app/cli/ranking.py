"""The ranking of ideas and themes."""

from flask.cli import AppGroup

ranking = AppGroup("ranking", help="The ranking of ideas and themes.")
