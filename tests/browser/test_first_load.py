"""A first visit costs a phone less than a hundred kilobytes, and the next page next to nothing."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser
MOST = 100_000
MOST_AGAIN = 25_000
ADDRESSES = ["/", "/ideeen", "/ideeen/1", "/ideeen/nieuw", "/ranglijst", "/werkateliers/1"]


class Received:
    """Counts what comes over the line, as compressed as it comes, heads of answers included."""

    def __init__(self, page: Page) -> None:
        self.bytes: dict[str, float] = {}
        self.addresses: dict[str, str] = {}
        session = page.context.new_cdp_session(page)
        session.on("Network.responseReceived", self._named)
        session.on("Network.loadingFinished", self._finished)
        session.send("Network.enable")

    def _named(self, event: dict[str, dict[str, str]]) -> None:
        self.addresses[str(event["requestId"])] = event["response"]["url"]

    def _finished(self, event: dict[str, float]) -> None:
        number = str(event["requestId"])
        self.bytes[self.addresses.get(number, number)] = event["encodedDataLength"]

    def all(self) -> int:
        """Bytes so far."""
        return int(sum(self.bytes.values()))

    def wait_for(self, page: Page, *parts: str) -> None:
        """Until an address holding each of `parts` has come whole; a font is asked for late, and told of later."""
        for _ in range(100):
            if all(any(part in name for name in self.bytes) for part in parts):
                return
            page.wait_for_timeout(100)
        raise AssertionError(f"{parts} did not all come: {self.bytes}")


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_first_visit_is_light(new_page: Callable[..., Page], address: str) -> None:
    page = new_page(width=390, height=844)
    page.context.unroute_all()  # a browser that is listened in on keeps nothing
    received = Received(page)
    page.goto(address, wait_until="networkidle" if "werk" not in address else "load")
    received.wait_for(page, "css/site.", ".woff2")
    assert received.all() < MOST, received.bytes
    again = Received(page)
    page.goto("/over", wait_until="networkidle")
    assert again.all() < MOST_AGAIN, again.bytes
