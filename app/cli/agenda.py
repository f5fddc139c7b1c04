"""The agenda of a workshop."""

from flask.cli import AppGroup

agenda = AppGroup("agenda", help="The agenda of a workshop.")
