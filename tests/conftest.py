"""Fixtures for every test: servers of this run, and the application on each database."""

import gc
import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache

from app.kit import assets
from app.kit.limits import limiter
from tests.support import databases, servers

pytest_plugins = ["tests.support.browsing"]
# An example may take long on a busy machine; what is asked of it stays the same.
hypothesis.settings.register_profile("here", deadline=None)
hypothesis.settings.load_profile("here")


def pytest_configure(config: pytest.Config) -> None:
    """Open the run in the process that pytest was started in; its workers learn of it by the environment."""
    if not hasattr(config, "workerinput"):
        config.stash[RUN] = servers.open_run()
        assets.build()


def pytest_collection_finish() -> None:
    """Let the collector of garbage leave alone what stays until the end, and look less often: pages are parsed into
    many small objects, and looking at all of them again and again took a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the servers and remove the data of the run."""
    if RUN in config.stash:
        servers.close_run(config.stash[RUN])


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that touches the database runs on each kind, unless it says that one will do."""
    if "database" in metafunc.fixturenames:
        alone = metafunc.definition.get_closest_marker("one_database") is not None
        metafunc.parametrize("database", databases.KINDS[:1] if alone else databases.KINDS, indirect=True)


RUN = pytest.StashKey[Path]()


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """The address of a migrated, empty database."""
    return databases.fresh(request.param)


@pytest.fixture
def make_app(database: str) -> Iterator[Callable[..., Flask]]:
    """Makes the application with other settings: `make_app(DEMO="1")`."""
    made: list[Flask] = []

    def make(*, testing: bool = True, **settings: str) -> Flask:
        app = databases.make_app(database, testing=testing, **settings)
        # Templates are compiled once per run instead of once per test.
        app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(_bytecode()))
        made.append(app)
        return app

    yield make
    for app in made:
        databases.let_go(app)


@pytest.fixture
def app(database: str) -> Iterator[Flask]:
    """The application on an empty database. No context is open: tests open one where they touch objects.

    It is made once per process and database and begins every test as new; `make_app` makes others.
    """
    app = _as_new(database)
    yield app
    databases.let_go(app)


def _as_new(database: str) -> Flask:
    app, settings = _made(database)
    app.config.clear()
    app.config.update(settings)
    for name in [name for name in app.extensions if name.startswith("kept:")]:
        del app.extensions[name]
    app.extensions["page_cache"].forget()
    with app.app_context():
        limiter.reset()
    return app


@cache
def _made(database: str) -> tuple[Flask, dict[str, object]]:
    app = databases.make_app(database)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(_bytecode()))
    return app, dict(app.config)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor, signed out."""
    return app.test_client()


@pytest.fixture
def app_context(app: Flask) -> Iterator[None]:
    """An open application context, for tests of services and queries; never together with `client`."""
    with app.app_context():
        yield


@pytest.fixture(scope="session")
def valkey_url() -> str:
    """The address of a real Valkey."""
    return servers.valkey()


def _bytecode() -> Path:
    folder = servers.run_folder() / f"templates-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    folder.mkdir(exist_ok=True)
    return folder
