"""Prepare this checkout: environment, locked packages, browser, assets, translations. Standard library only.

`python3 tools/prepare.py run` readies what serving needs, `… dev` what tests need too, `… oracle` the independent
library that `make oracle` compares with, in an environment of its own. A step says one line when it had something
to do and nothing when it had not; one whose input did not change needs no network.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "stamps"
ORACLE = ROOT / ".venv-oracle"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
TRANSLATIONS = ROOT / "app" / "translations"


class StepFailed(Exception):
    """A step could not be done; the message says what to do about it."""


def main(arguments: Sequence[str]) -> int:
    """Run the steps for `run`, `dev` or `oracle`. Ends 0, or 2 with a sentence on standard error."""
    purpose = arguments[0] if arguments else "run"
    try:
        ensure_environment()
        ensure_uv()
        if purpose == "oracle":
            ensure_oracle()
            return 0
        ensure_packages("requirements-dev.txt" if purpose == "dev" else "requirements.txt")
        if purpose == "dev":
            ensure_browser()
        build_assets()
        compile_translations()
    except StepFailed as failure:
        print(failure, file=sys.stderr)
        return 2
    return 0


def ensure_environment() -> None:
    """A virtual environment in .venv, made by the Python that runs this."""
    if sys.version_info < (3, 11):  # noqa: UP036 - whatever Python stands on the machine runs this file
        raise StepFailed(
            f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}. Try: make PYTHON=python3.11"
        )
    if PYTHON.exists() and _answers(PYTHON, "-c", "import pip"):
        return

    def make() -> None:
        try:
            venv.create(VENV, clear=True, with_pip=True, symlinks=True)
        except (subprocess.CalledProcessError, ImportError) as error:
            raise StepFailed(
                "Python's venv module is not complete; on Debian: apt-get install python3-venv"
            ) from error

    _step("environment in .venv", make)


def ensure_uv() -> None:
    """The installer, brought in by pip with its hashes."""
    _once(
        "requirements-uv.txt",
        "installer",
        lambda: _run(
            PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input",
            "--require-hashes", "-r", "requirements-uv.txt",
        ),
    )  # fmt: skip


def ensure_packages(lock: str) -> None:
    """Every package of the lock, each checked against its hash."""
    if _is_stamped("requirements-dev.txt") and lock == "requirements.txt":
        return  # the longer lock holds the shorter one
    _once(
        lock,
        f"packages of {lock}",
        lambda: _run(
            PYTHON, "-m", "uv", "pip", "install", "--quiet", "--python", PYTHON,
            "--require-hashes", "--requirements", lock,
        ),
    )  # fmt: skip


def ensure_oracle() -> None:
    """The library that the agenda is compared with, apart from all that serves or tests."""
    python, stamp = ORACLE / "bin" / "python", ORACLE / "requirements-oracle.txt"
    if (
        stamp.exists()
        and stamp.read_text() == _digest(stamp.name)
        and _answers(python, "-c", "import pabutools")
    ):
        return

    def make() -> None:
        venv.create(ORACLE, clear=True, with_pip=False, symlinks=True)
        # Without what its lock leaves out: a closed solver for parts of the library that nothing here uses.
        _run(
            PYTHON, "-m", "uv", "pip", "install", "--quiet", "--python", python,
            "--require-hashes", "--no-deps", "--requirements", stamp.name,
        )  # fmt: skip
        stamp.write_text(_digest(stamp.name))

    _step("independent library in .venv-oracle", make)


def ensure_browser() -> None:
    """Chromium, for the tests that look at pages, and what its driver needs: what is there, else Debian's."""
    wanted = [] if any(shutil.which(name) for name in BROWSERS) else ["chromium"]
    driver = next(VENV.glob("lib/python*/site-packages/playwright/driver/node"), None)
    if driver is not None and not _answers(driver, "--version"):
        wanted.append("libatomic1")
    if not wanted:
        return
    names = " and ".join(wanted)
    if not shutil.which("apt-get"):
        raise StepFailed(
            f"The browser tests need {names}: install that, and see that `chromium` can be found."
        )
    become = [] if os.geteuid() == 0 else ["sudo"]
    if become and not shutil.which("sudo"):
        raise StepFailed(f"The browser tests need {names}. As root: apt-get install {' '.join(wanted)}")
    quiet = [*become, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]

    def install() -> None:
        _run(*quiet, "update")
        _run(*quiet, "install", "-y", "--no-install-recommends", *wanted)

    _step(f"{names} from Debian", install)


def build_assets() -> None:
    """Hashed and compressed copies of the static files."""
    _run(PYTHON, "-c", "from app.kit.assets import build; build()")


def compile_translations() -> None:
    """The catalogues as the site reads them, wherever the text is newer."""
    stale = [
        source
        for source in TRANSLATIONS.rglob("*.po")
        if not source.with_suffix(".mo").exists()
        or source.with_suffix(".mo").stat().st_mtime < source.stat().st_mtime
    ]
    if stale:
        _step(
            "translations",
            lambda: _run(PYTHON, "-m", "babel.messages.frontend", "-q", "compile", "-d", "app/translations"),
        )


def _once(source: str, what: str, do: Callable[[], None]) -> None:
    """Do it, unless it was done for exactly this content of the file; the mark lies in .venv."""
    if _is_stamped(source):
        return
    _step(what, do)
    STAMPS.mkdir(exist_ok=True)
    (STAMPS / source).write_text(_digest(source))


def _is_stamped(source: str) -> bool:
    stamp = STAMPS / source
    return stamp.exists() and stamp.read_text() == _digest(source)


def _digest(source: str) -> str:
    return hashlib.sha256((ROOT / source).read_bytes()).hexdigest()


def _step(what: str, do: Callable[[], None]) -> None:
    """Say what is being done, and how long it took."""
    print(f"  {what} …", end="", flush=True)
    began = time.monotonic()
    try:
        do()
    except StepFailed:
        print(" failed", flush=True)
        raise
    print(f" {time.monotonic() - began:.1f} s", flush=True)


def _run(*command: str | Path) -> None:
    """Run a command in the root, quietly; its own words are shown when it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise StepFailed(
            f"{done.stdout}{done.stderr}\nThis failed: {' '.join(str(part) for part in command)}"
        )


def _answers(*command: str | Path) -> bool:
    return subprocess.run([str(part) for part in command], capture_output=True, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
