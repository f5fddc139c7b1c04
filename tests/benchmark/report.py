"""The table that `make bench` prints: what the site does, what the bare application does, and the share."""

from dataclasses import dataclass

from tests.benchmark.load import Result

WIDTH = 52
HEAD = (
    f"{'work':<{WIDTH}} {'site/s':>7} {'bare/s':>7} {'share':>6} {'must':>6} {'goal':>6} "
    f"{'p50':>6} {'p95 ms':>7} {'KB':>5}"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of work, measured on the site and beside it."""

    work: str
    site: Result
    bare: Result
    must: float | None = None
    goal: float | None = None

    @property
    def share(self) -> float:
        """How much of the bare application's rate the site reaches."""
        return self.site.rate / self.bare.rate

    def __str__(self) -> str:
        return (
            f"{self.work:<{WIDTH}} {self.site.rate:>7.0f} {self.bare.rate:>7.0f} {self.share:>6.0%} "
            f"{_percent(self.must)} {_percent(self.goal)} {self.site.percentile(50):>6.1f} "
            f"{self.site.percentile(95):>7.1f} {self.site.size / 1024:>5.0f}{_mark(self._is_fine)}"
        )

    @property
    def _is_fine(self) -> bool | None:
        return None if self.must is None else self.share >= self.must


BESIDE_HEAD = f"{'work':<58} {'here':>9} {'beside':>9} {'ratio':>9} {'must':>8} {'goal':>7}"


def beside(
    work: str,
    took: float,
    other: float | None,
    must: str = "",
    goal: str = "",
    fine: bool | None = None,
    *,
    slower: bool,
) -> str:
    """A line with how long something took, how long what stands beside it took, and how many times that is.

    slower: whether the ratio says how much longer it took here (beside a bare minimum), or how much quicker.
    """
    ratio = "" if other is None else f"{(took / other if slower else other / took):,.1f}x"
    return f"{work:<58} {_seconds(took):>9} {_seconds(other):>9} {ratio:>9} {must:>8} {goal:>7}{_mark(fine)}"


def figure(work: str, value: str, must: str, fine: bool) -> str:
    """A line of the same table with a single figure."""
    return f"{work:<58} {value:>9} {'':>9} {'':>9} {must:>8} {'':>7}{_mark(fine)}"


def _seconds(took: float | None) -> str:
    if took is None:
        return ""
    return f"{took * 1000:.1f} ms" if took < 0.1 else f"{took:.2f} s" if took < 100 else f"{took:,.0f} s"


def plain(work: str, value: str, must: str = "", goal: str = "", fine: bool | None = None) -> str:
    """A line with a single figure."""
    return f"{work:<{WIDTH}} {value:>15} {'':>6} {must:>6} {goal:>6}{_mark(fine)}"


def _percent(share: float | None) -> str:
    return f"{share:>6.0%}" if share is not None else " " * 6


def _mark(fine: bool | None) -> str:
    return "" if fine is None else ("  ok" if fine else "  BELOW")
