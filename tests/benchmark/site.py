"""The site as it ships, with a switch for the cache of whole pages."""

import os

from app.factory import create_app
from config import load_config

app = create_app(load_config())
app.config["PAGE_CACHE"] = os.environ.get("BENCH_CACHE", "1") == "1"
