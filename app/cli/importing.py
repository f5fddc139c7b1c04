"""Bring conversations in from elsewhere."""

from flask.cli import AppGroup

import_ = AppGroup("import", help="Bring conversations in from elsewhere.")
