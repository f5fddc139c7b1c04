"""Mail that waits to be sent."""

from flask.cli import AppGroup

mail = AppGroup("mail", help="Mail that waits to be sent.")
