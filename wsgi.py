"""The application, as a server imports it."""

import sys

from app.factory import create_app
from config import SettingsError, load_config

try:
    app = create_app(load_config())
except SettingsError as error:
    print(error, file=sys.stderr)
    sys.exit(2)
