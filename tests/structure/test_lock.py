"""The locks hold what pyproject.toml asks for, with hashes, and say nothing about where it comes from."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.support import project

PROJECT = tomllib.loads((project.ROOT / "pyproject.toml").read_text())
RUNTIME = PROJECT["project"]["dependencies"]
GROUPS = PROJECT["dependency-groups"]
LOCKS = {
    "requirements.txt": RUNTIME,
    "requirements-dev.txt": RUNTIME + GROUPS["dev"],
    "requirements-uv.txt": GROUPS["uv"],
    "requirements-oracle.txt": GROUPS["oracle"],
}
PIN = re.compile(
    r"^([A-Za-z0-9_.-]+)==(\S+?)(?: ; .*?)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE
)


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_answers_what_is_asked(lock: str) -> None:
    pinned = _pins(lock)
    stale = []
    for line in LOCKS[lock]:
        wanted = Requirement(line)
        version = pinned.get(canonicalize_name(wanted.name))
        if version is None or version not in wanted.specifier:
            stale.append(f"{line}: locked is {version}")
    assert not stale, "run: make lock"


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_of_the_lock_is_a_pin_with_its_hashes(lock: str) -> None:
    rest = PIN.sub("", (project.ROOT / lock).read_text())
    assert [line for line in rest.splitlines() if not line.startswith("#")] == []


def test_tests_run_on_what_is_served() -> None:
    served, tested = _pins("requirements.txt"), _pins("requirements-dev.txt")
    assert served.items() <= tested.items()


def _pins(lock: str) -> dict[str, Version]:
    found = PIN.findall((project.ROOT / lock).read_text())
    return {canonicalize_name(name): Version(version) for name, version, _ in found}
