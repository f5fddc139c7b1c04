"""Pictures that people send, decoded and encoded anew: what reaches a visitor was made here, dot by dot."""

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import IO

from PIL import Image, ImageOps

from app.domain.decision import N_

MOST_BYTES = 8 * 1024 * 1024
MOST_PIXELS = 50_000_000
"""Of a camera of today; a small file can claim to be a thousand times larger, and would fill the memory."""
LEAST_SIDE = 40
FORMATS = ("JPEG", "PNG", "WEBP")
ACCEPTED = "image/jpeg,image/png,image/webp"
LARGE, SMALL = 1280, 480
"""Widths in which a picture is kept; a smaller one is never blown up."""
_HIGHEST = 3
"""A picture is at most this many times as high as it is wide before it is made smaller."""
_QUALITY = 80
_one_at_a_time = Lock()

TOO_HEAVY = N_("This image is larger than 8 MB. Choose a smaller one.")
TOO_MANY_PIXELS = N_("This image has too many pixels. Choose a smaller one.")
TOO_SMALL = N_("This image is too small to see. Choose a larger one.")
NO_IMAGE = N_("This file is not an image that we can read. Choose a JPEG, PNG or WebP file.")


class Unusable(Exception):
    """A file that cannot become a picture; its text is the sentence for the sender, in marked English."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """A picture in two widths as WebP, and the digest of the larger one."""

    key: str
    width: int
    height: int
    large: bytes
    small: bytes


def encode(file: IO[bytes]) -> Encoded:
    """Make a picture of what somebody sent. Raises Unusable.

    Camera, place and everything else that the file tells beside the dots stays behind; what is turned by a mark in
    the file is turned for real first. Of a moving picture the first frame stays.
    """
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise Unusable(TOO_HEAVY)
    with _one_at_a_time, _decoded(content) as picture:
        large = _narrowed(picture, LARGE)
        small = _narrowed(large, SMALL)
        body = _webp(large)
        return Encoded(
            key=hashlib.sha256(body).hexdigest()[:32],
            width=large.width,
            height=large.height,
            large=body,
            small=_webp(small),
        )


@contextmanager
def _decoded(content: bytes) -> Iterator[Image.Image]:
    """The dots of the first frame, upright, on white."""
    try:
        # Only the head of the file is read here: it tells how large the picture says it is.
        with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise Unusable(TOO_MANY_PIXELS)
            if min(opened.size) < LEAST_SIDE:
                raise Unusable(TOO_SMALL)
            # A JPEG can be read at half its size or less, in a fraction of the time.
            opened.draft("RGB", (2 * LARGE, 2 * LARGE))
            yield _on_white(ImageOps.exif_transpose(opened))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise Unusable(TOO_MANY_PIXELS) from bomb
    except Unusable:
        raise
    except Exception as broken:
        # The decoder names a dozen kinds of fault; for whoever sent the file they are all one.
        raise Unusable(NO_IMAGE) from broken


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode == "RGB":
        return picture
    if picture.mode in ("RGBA", "LA", "PA", "P") or "transparency" in picture.info:
        clear = picture.convert("RGBA")
        ground = Image.new("RGB", clear.size, "white")
        ground.paste(clear, mask=clear.getchannel("A"))
        return ground
    return picture.convert("RGB")


def _narrowed(picture: Image.Image, width: int) -> Image.Image:
    smaller = picture.copy()
    smaller.thumbnail((width, width * _HIGHEST))
    return smaller


def _webp(picture: Image.Image) -> bytes:
    target = io.BytesIO()
    # Nothing of the sent file travels along: neither its notes nor its colour profile.
    picture.info.clear()
    picture.save(target, "WEBP", quality=_QUALITY, method=4, exif=b"", icc_profile=b"", xmp=b"")
    return target.getvalue()
