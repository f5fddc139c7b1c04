"""Pictures that people send: only dots come through, and what is broken or built to harm is refused."""

import io
import struct
import zlib

import pytest
from PIL import Image

from app.kit import images
from app.kit.images import Unusable, encode


def drawn(kind: str, size: tuple[int, int] = (1600, 900), mode: str = "RGB", **options: object) -> bytes:
    target = io.BytesIO()
    picture = Image.new(mode, size, 0 if mode in ("P", "L", "1") else "teal")
    picture.putpixel((0, 0), 1 if mode in ("P", "L", "1") else picture.getpixel((1, 1)))  # type: ignore[arg-type]
    picture.save(target, kind, **options)
    return target.getvalue()


def sent(content: bytes) -> images.Encoded:
    return encode(io.BytesIO(content))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_an_image_comes_out_as_webp_in_two_widths(kind: str) -> None:
    found = sent(drawn(kind))
    large, small = Image.open(io.BytesIO(found.large)), Image.open(io.BytesIO(found.small))
    assert (large.format, large.size, small.format, small.size) == ("WEBP", (1280, 720), "WEBP", (480, 270))
    assert (found.width, found.height) == (1280, 720)
    assert found == sent(drawn(kind))


@pytest.mark.parametrize("mode", ["RGBA", "P", "L", "CMYK", "1"])
def test_every_way_to_write_colours_is_read(mode: str) -> None:
    found = sent(drawn("JPEG" if mode == "CMYK" else "PNG", (300, 200), mode))
    assert Image.open(io.BytesIO(found.large)).mode == "RGB"
    assert (found.width, found.height) == (300, 200)


def test_what_the_camera_added_stays_behind_and_the_image_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter
    exif[0x010F] = "Camera van Jansen"
    exif.get_ifd(0x8825)[2] = (50.0, 51.0, 0.0)
    found = sent(drawn("JPEG", (900, 600), exif=exif, comment=b"geheim"))
    assert (found.width, found.height) == (600, 900)
    for body in (found.large, found.small):
        assert not Image.open(io.BytesIO(body)).getexif()
        assert b"Jansen" not in body
        assert b"geheim" not in body
        assert b"EXIF" not in body


def test_of_a_moving_image_the_first_frame_stays() -> None:
    frames = [Image.new("RGB", (200, 100), colour) for colour in ("red", "blue", "green")]
    target = io.BytesIO()
    frames[0].save(target, "WEBP", save_all=True, append_images=frames[1:], duration=100)
    made = Image.open(io.BytesIO(sent(target.getvalue()).large))
    assert getattr(made, "n_frames", 1) == 1
    red, _green, blue = made.convert("RGB").getpixel((50, 50))  # type: ignore[misc]
    assert red > 200 > 60 > blue


def test_a_file_that_is_two_things_at_once_comes_out_as_one() -> None:
    both = drawn("PNG", (200, 100)) + b"<script>alert(1)</script>PK\x03\x04<?php echo 1;"
    found = sent(both)
    assert b"script" not in found.large + found.small
    assert b"php" not in found.large + found.small


def claimed(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose head says that it is enormous."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")]
    made = b"\x89PNG\r\n\x1a\n"
    for name, body in parts:
        made += struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
    return made


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", images.NO_IMAGE),
        (b"Geen beeld maar tekst", images.NO_IMAGE),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', images.NO_IMAGE),
        (drawn("GIF"), images.NO_IMAGE),
        (drawn("BMP"), images.NO_IMAGE),
        (drawn("TIFF"), images.NO_IMAGE),
        (drawn("JPEG")[:2000], images.NO_IMAGE),
        (drawn("PNG", (900, 900))[:-400], images.NO_IMAGE),
        (drawn("WEBP")[:200], images.NO_IMAGE),
        (b"\xff\xd8\xff\xe0<script>alert(1)</script>", images.NO_IMAGE),
        (claimed(200, 200), images.NO_IMAGE),
        (claimed(8000, 7000), images.TOO_MANY_PIXELS),
        (claimed(12000, 12000), images.TOO_MANY_PIXELS),
        (claimed(100_000, 100_000), images.TOO_MANY_PIXELS),
        (drawn("PNG", (30, 400)), images.TOO_SMALL),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * images.MOST_BYTES, images.TOO_HEAVY),
    ],
)
def test_what_is_no_image_or_built_to_harm_is_refused(content: bytes, sentence: str) -> None:
    with pytest.raises(Unusable) as refused:
        sent(content)
    assert str(refused.value) == sentence
