"""Preparing a machine does a step once for each content of its input, and never marks what failed as done."""

from pathlib import Path

import pytest

from tools import prepare


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """A checkout with one lock, and a list of what was done."""
    monkeypatch.setattr(prepare, "ROOT", tmp_path)
    monkeypatch.setattr(prepare, "STAMPS", tmp_path / "stamps")
    (tmp_path / "lock.txt").write_text("one")
    return []


def test_a_step_is_done_once_for_each_content(done: list[str], tmp_path: Path) -> None:
    for content in ("one", "one", "two", "two", "one"):
        (tmp_path / "lock.txt").write_text(content)
        prepare._once("lock.txt", "lock", lambda content=content: done.append(content))  # type: ignore[misc]
    assert done == ["one", "two", "one"]


def test_a_step_that_failed_is_done_again(done: list[str]) -> None:
    def fail() -> None:
        raise prepare.StepFailed("no network")

    with pytest.raises(prepare.StepFailed):
        prepare._once("lock.txt", "lock", fail)
    prepare._once("lock.txt", "lock", lambda: done.append("again"))
    assert done == ["again"]


def test_a_step_says_one_line(done: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    prepare._once("lock.txt", "packages", lambda: None)
    prepare._once("lock.txt", "packages", lambda: None)
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_a_command_that_fails_shows_its_own_words(tmp_path: Path, done: list[str]) -> None:
    with pytest.raises(prepare.StepFailed, match="wat er mis is"):
        prepare._run("sh", "-c", "echo wat er mis is; exit 3")


def test_the_longer_lock_holds_the_shorter(
    monkeypatch: pytest.MonkeyPatch, done: list[str], tmp_path: Path
) -> None:
    for lock in ("requirements.txt", "requirements-dev.txt"):
        (tmp_path / lock).write_text(lock)
    monkeypatch.setattr(prepare, "_run", lambda *command: done.append(str(command[-1])))
    prepare.ensure_packages("requirements-dev.txt")
    prepare.ensure_packages("requirements.txt")
    assert done == ["requirements-dev.txt"]


def test_without_a_browser_and_without_apt_it_says_what_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(prepare.StepFailed, match="chromium"):
        prepare.ensure_browser()
