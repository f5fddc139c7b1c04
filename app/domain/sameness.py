"""Whether two texts are nearly the same, for waves of spam: one short mark that both then share."""

import hashlib
import re
import unicodedata

_LINK = re.compile(r"(?:https?://|www\.)(?:www\.)?([^\s/?#]+)")
_NOT_A_LETTER = re.compile(r"[^a-z]+")
LENGTH = 32


def mark_of(title: str, body: str) -> str:
    """A mark of 32 hex digits, equal for texts that differ in digits, capitals, accents and signs only.

    Texts that lead to the same place share it as well, whatever they say around it: whoever advertises changes the
    words and keeps the link.
    """
    links = _LINK.findall(f"{title} {body}".lower())
    if links:
        return _digest("link:" + links[0])
    plain = unicodedata.normalize("NFKD", f"{title} {body}".lower())
    return _digest("text:" + _NOT_A_LETTER.sub("", plain))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:LENGTH]
