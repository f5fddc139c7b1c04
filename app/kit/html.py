"""The one door through which people's text becomes HTML: bleach links and cleans, nh3 always has the last word."""

import re
from collections.abc import MutableMapping
from functools import lru_cache
from typing import Any

import bleach
import nh3
from bleach.linkifier import Linker
from markupsafe import Markup, escape

PLAIN_TAGS = {"p", "br", "a"}
RICH_TAGS = PLAIN_TAGS | {"h2", "h3", "ul", "ol", "li", "strong", "em", "blockquote"}
SCHEMES = {"http", "https", "mailto"}
_MAY_HOLD_A_LINK = re.compile(r"[\w-]\.\w|:/|@")
"""Looking for links takes a millisecond a text; where these characters miss there is none to find."""
_PARAGRAPHS = re.compile(r"\n\s*\n")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


def tidy(text: str) -> str:
    """A text as it is stored: unix line ends, no control or direction-changing characters, trimmed."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _careful_link(attrs: MutableMapping[Any, str], new: bool = False) -> Any:
    """Only web links, without credit for the author and without telling the other site where the reader came from."""
    if not attrs.get((None, "href"), "").startswith(("http://", "https://")):
        return None
    attrs[(None, "rel")] = "nofollow noopener noreferrer ugc"
    return attrs


def web_address(address: str) -> str:
    """The address of a page on the web, or nothing: what somebody typed as an address never becomes a script."""
    return address if address.startswith(("http://", "https://")) else ""


_linker = Linker(callbacks=[_careful_link], skip_tags={"pre", "code"}, parse_email=False)


def _last_word(html: str, tags: set[str]) -> Markup:
    return Markup(
        nh3.clean(
            html,
            tags=tags,
            attributes={"a": {"href"}},
            url_schemes=SCHEMES,
            link_rel="nofollow noopener noreferrer ugc",
        )
    )


@lru_cache(maxsize=4096)
def from_plain(text: str) -> Markup:
    """Plain text of a resident as paragraphs with clickable links. Any markup in it is shown, never obeyed."""
    blocks = [block for block in _PARAGRAPHS.split(tidy(text)) if block.strip()]
    html = "".join(f"<p>{str(escape(block)).replace(chr(10), '<br>')}</p>" for block in blocks)
    return _last_word(_linker.linkify(html) if _MAY_HOLD_A_LINK.search(html) else html, PLAIN_TAGS)


def from_rich(html: str) -> Markup:
    """HTML that an organiser wrote, reduced to headings, lists, emphasis and links."""
    cleaned = bleach.clean(html, tags=RICH_TAGS, attributes={"a": ["href"]}, protocols=SCHEMES, strip=True)
    return _last_word(_linker.linkify(cleaned), RICH_TAGS)
