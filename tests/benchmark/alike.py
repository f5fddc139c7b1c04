"""Gunicorn's settings for the bare application: those that ship, without the jobs of the site."""

import runpy

from tests.support import project

globals().update(runpy.run_path(str(project.ROOT / "gunicorn.conf.py")))
del globals()["post_worker_init"]
