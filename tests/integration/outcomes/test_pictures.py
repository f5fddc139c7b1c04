"""Pictures of the evening: encoded anew without what the camera tells, described, in order, and gone when asked."""

import io
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from app.db import db
from app.features.outcomes import album
from app.kit.images import MOST_BYTES
from app.models import WorkshopPicture
from app.models.person import Role
from tests.integration.outcomes.conftest import Evening, one, value
from tests.support import csrf_token, look_at, post, sign_in, visit

ALT = "Een flap met drie kolommen briefjes."


def drawn(kind: str = "PNG", size: tuple[int, int] = (640, 480), colour: str = "teal", **more: Any) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, colour).save(made, kind, **more)
    return made.getvalue()


def send(
    client: FlaskClient,
    evening: Evening,
    data: bytes,
    status: int = 303,
    *,
    name: str = "foto.png",
    **form: str,
) -> Any:
    fields = {"alt": ALT, "agreed": "y", "csrf_token": csrf_token(client), **form}
    # Packed in memory: a heavy form that the test client packs by itself leaves a file open.
    boundary, body = encode_multipart({**fields, "file": FileStorage(io.BytesIO(data), name)})
    answer = client.post(
        f"{evening.path}/beelden", data=body, content_type=f"multipart/form-data; boundary={boundary}"
    )
    assert answer.status_code == status, answer.text[:300]
    return answer


def kept(evening: Evening) -> list[tuple[int, str, str]]:
    """Number, words and digest in the order of the page."""
    with evening.app.app_context():
        rows = db.session.scalars(
            select(WorkshopPicture).order_by(WorkshopPicture.position, WorkshopPicture.id)
        )
        return [(row.id, row.alt, row.digest) for row in rows]


def test_a_picture_is_seen_by_everybody_once_the_evening_was_finished(
    evening: Evening, desk: FlaskClient, stranger: FlaskClient
) -> None:
    evening.write(desk)
    send(desk, evening, drawn())
    send(desk, evening, drawn())  # the same once more
    ((_number, alt, key),) = kept(evening)
    assert alt == ALT
    path = f"{evening.room.path}/beelden/{key}-480.webp"
    assert stranger.get(path).status_code == 404
    mine = desk.get(path)
    assert (mine.status_code, mine.headers["Cache-Control"]) == (200, "private, no-store")
    assert "album" not in visit(stranger, evening.path).html
    evening.finish(desk)
    answer = stranger.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "image/webp")
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert stranger.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert Image.open(io.BytesIO(answer.data)).size == (480, 360)
    page = visit(stranger, evening.path)
    assert one(page, ".album img")["alt"] == ALT
    assert stranger.get(f"{evening.room.path}/beelden/{key}-77.webp").status_code == 404
    assert stranger.get(f"{evening.room.path}/beelden/{'0' * 32}-480.webp").status_code == 404
    assert (
        stranger.get(f"/werkateliers/{evening.room.workshop + 1}/beelden/{key}-480.webp").status_code == 404
    )
    assert evening.lines().count("outcomes.add_picture") == 1


def test_what_the_camera_tells_stays_behind(evening: Evening, desk: FlaskClient) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Camera van Jansen"
    exif.get_ifd(0x8825)[2] = (50.0, 51.0, 0.0)
    send(desk, evening, drawn("JPEG", (900, 600), exif=exif, comment=b"geheim"), name="foto.jpg")
    ((_number, _alt, key),) = kept(evening)
    for width in (480, 1280):
        body = desk.get(f"{evening.room.path}/beelden/{key}-{width}.webp").data
        found = Image.open(io.BytesIO(body))
        assert not found.getexif()
        assert found.height > found.width, "turned for real"
        assert b"Jansen" not in body
        assert b"geheim" not in body


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "geen afbeelding"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "geen afbeelding"),
        (drawn("GIF"), "geen afbeelding"),
        (drawn("PNG")[:200], "geen afbeelding"),
        (drawn("PNG", (20, 20)), "te klein"),
        (drawn("PNG", (9000, 6000)), "te veel beeldpunten"),
        (b"\xff\xd8\xff" + b"0" * MOST_BYTES, "groter dan 8 MB"),
    ],
    ids=["empty", "script", "another kind", "cut off", "tiny", "a bomb", "too heavy"],
)
def test_what_is_no_good_picture_is_refused(
    evening: Evening, desk: FlaskClient, data: bytes, sentence: str
) -> None:
    page = look_at(desk, send(desk, evening, data, 400), f"{evening.path}/beelden")
    assert sentence in page.text
    assert value(page, "#alt") == ALT
    assert kept(evening) == []


def test_words_and_consent_are_asked(evening: Evening, desk: FlaskClient) -> None:
    page = look_at(desk, send(desk, evening, drawn(), 400, alt="Flap", agreed=""), f"{evening.path}/beelden")
    assert page.texts(".errors li") == [
        "Schrijf hier ten minste 10 tekens. Het zijn er nu 4.",
        "Vraag het aan iedereen die te herkennen is, of kies een andere foto.",
    ]
    assert "Zet iemand alleen op de site als je het gevraagd hebt" in page.text
    answer = post(desk, f"{evening.path}/beelden", 400, alt=ALT, agreed="y")
    assert "Kies een foto." in answer.text
    assert kept(evening) == []


def test_a_form_as_heavy_as_a_film_is_not_read(evening: Evening, desk: FlaskClient) -> None:
    send(desk, evening, b"0" * (11 * 1024 * 1024), 413)
    assert kept(evening) == []


def test_order_words_and_taking_away(evening: Evening, desk: FlaskClient, stranger: FlaskClient) -> None:
    evening.write(desk)
    for colour in ("red", "green", "blue"):
        send(desk, evening, drawn(colour=colour), alt=f"Een vlak van de kleur {colour}.")
    first, second, third = (number for number, _alt, _key in kept(evening))
    page = visit(desk, f"{evening.path}/beelden")
    for _click in range(2):  # the same click again finds it where it should be
        page.submit(f"#beeld-{third} form:has([value='1'])")
        assert [number for number, *_more in kept(evening)] == [first, third, second]
    assert evening.lines().count("outcomes.move_picture") == 1
    post(desk, f"{evening.path}/beelden/{first}/plaats", to=-1)
    post(desk, f"{evening.path}/beelden/{second}/plaats", to=99)
    post(desk, f"{evening.path}/beelden/{second}/plaats", 400, to="ergens")
    assert [number for number, *_more in kept(evening)] == [first, third, second]
    visit(desk, f"{evening.path}/beelden").submit(f"#beeld-{third} form:has([value='2'])")
    assert [number for number, *_more in kept(evening)] == [first, second, third]
    prefix = f"p{first}-"
    post(desk, f"{evening.path}/beelden/{first}", 400, **{f"{prefix}alt": "Kort"})
    post(desk, f"{evening.path}/beelden/{first}", **{f"{prefix}alt": "Een rode muur zonder mensen."})
    assert kept(evening)[0][1] == "Een rode muur zonder mensen."
    evening.finish(desk)
    evening.close()
    post(desk, f"{evening.path}/beelden/{second}/plaats", 403, to=0)
    send(desk, evening, drawn(colour="pink"), 403)
    key = kept(evening)[1][2]
    assert stranger.get(f"{evening.room.path}/beelden/{key}-480.webp").status_code == 200
    for _time in range(2):
        post(desk, f"{evening.path}/beelden/{second}/weg")  # who is on it asked for that
    assert stranger.get(f"{evening.room.path}/beelden/{key}-480.webp").status_code == 404
    assert [number for number, *_more in kept(evening)] == [first, third]
    assert evening.lines().count("outcomes.remove_picture") == 1


def test_there_is_a_most_and_pictures_belong_to_one_evening(
    evening: Evening, desk: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(album, "MOST", 1)
    send(desk, evening, drawn(colour="red"))
    assert "Er staan al 1 foto" in send(desk, evening, drawn(colour="blue"), 403).text
    ((number, *_more),) = kept(evening)
    other = f"/werkateliers/{evening.room.workshop + 1000}/opbrengsten/beelden/{number}/weg"
    post(desk, other, 404)
    resident = sign_in(evening.app.test_client(), evening.room.person(Role.ORGANISER))
    post(resident, f"{evening.path}/beelden/{number}/weg", 403)
    assert len(kept(evening)) == 1
