"""What measurements of an evening share: the processes that run, who follows them, and a line for what was found."""

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.benchmark import report
from tests.benchmark.bench import Bench
from tests.benchmark.serving import Running
from tests.support import project


@dataclass(frozen=True, slots=True)
class Evening:
    """What runs: the bench with its data, the site and the live process."""

    bench: Bench
    site: Running
    live: Running

    @property
    def path(self) -> str:
        """What everybody follows."""
        return f"/live/scherm/{self.bench.filled.workshop}"


class Followers:
    """Followers in a process of their own; `stop` tells what they saw."""

    def __init__(self, evening: Evening, number: int, path: str = "") -> None:
        command = ["tests.benchmark.followers", str(evening.live.port), path or evening.path, str(number)]
        self._process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=project.ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.connected: float = json.loads(self._process.stdout.readline())["connected"]

    def stop(self) -> dict[str, Any]:
        """End them; the frames with the moments at which the first, half, 95 in a hundred and the last had each."""
        said, _nothing = self._process.communicate("\n", timeout=60)
        seen: dict[str, Any] = json.loads(said)
        return seen


def show(work: str, found: list[float], must: float | None, goal: float | None = None) -> None:
    half, most = (float(np.percentile(found, share)) for share in (50, 95))
    print(
        report.plain(
            work,
            f"{half * 1000:.0f} / {most * 1000:.0f} ms",
            f"{must * 1000:.0f} ms" if must else "",
            f"{goal * 1000:.0f} ms" if goal else "",
            most <= must if must else None,
        ),
        flush=True,
    )
