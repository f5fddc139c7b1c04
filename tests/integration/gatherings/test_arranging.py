"""Organisers set dates, places and files; calendars and paper follow; nothing that is attached can do anything."""

import io
import tracemalloc
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select

from app.db import db
from app.domain.decision import NotAllowed
from app.features.gatherings import documents, service
from app.features.gatherings.queries import Guest
from app.features.notifications import fan_out
from app.models import Activity, Attachment, Notice, ProgrammePart
from app.models.gathering import RegistrationState
from app.models.person import Role
from app.models.process import ProcessState
from app.records import registrations
from tests import factories
from tests.support import post, sign_in, visit

PLAN = "form[action$='/beheer/activiteiten/{}']"


@pytest.fixture
def evening(app: Flask) -> int:
    """An activity whose date is still to be set."""
    with app.app_context():
        process = factories.a_process(slug="visie")
        activity = factories.an_activity(
            process, title="Werkatelier", starts_at=None, ends_at=None, date_text="tweede kwartaal"
        )
        db.session.add(ProgrammePart(activity_id=activity.id, title="Uitleg", text="Wat kan er?", minutes=45))
        db.session.commit()
        return activity.id


@pytest.fixture
def organiser(app: Flask, client: FlaskClient) -> FlaskClient:
    """The browser of an organiser."""
    with app.app_context():
        person = factories.a_person(Role.ORGANISER).id
        db.session.commit()
    return sign_in(client, person)


def test_a_date_is_set_and_whoever_comes_hears_of_it(
    app: Flask, evening: int, organiser: FlaskClient
) -> None:
    with app.app_context():
        guest = factories.a_person().id
        db.session.execute(db.update(Activity).values(capacity=0))
        registrations.register(evening, guest, "", datetime.now(UTC))
        db.session.commit()
    stranger = app.test_client()
    assert "Datum nog te bepalen: tweede kwartaal" in visit(stranger, f"/activiteiten/{evening}").text
    assert stranger.get(f"/activiteiten/{evening}.ics").status_code == 404

    page = visit(organiser, f"/beheer/activiteiten/{evening}", max_queries=10)
    stale = visit(organiser, f"/beheer/activiteiten/{evening}")
    wanted: dict[str, Any] = {
        "day": "2031-05-20",
        "hour": "19:00",
        "until": "21:30",
        "place": "Centre Céramique",
        "who": "some",
        "capacity": "40",
    }
    assert page.submit(PLAN.format(evening), **wanted).status_code == 303
    with app.app_context():
        activity = db.session.get_one(Activity, evening)
        assert activity.starts_at == datetime(2031, 5, 20, 17, 0, tzinfo=UTC)
        assert activity.ends_at == datetime(2031, 5, 20, 19, 30, tzinfo=UTC)
        assert (activity.place, activity.capacity) == ("Centre Céramique", 40)
    late = stale.submit(PLAN.format(evening), **{**wanted, "place": "Stadhuis"})
    assert late.status_code == 409
    assert "Een andere organisator heeft deze activiteit intussen veranderd." in late.text
    assert "Stadhuis" in late.text, "what was typed is not lost"
    with app.app_context():
        assert db.session.get_one(Activity, evening).place == "Centre Céramique"


@pytest.mark.one_database
def test_every_fault_at_once_and_nothing_changes(app: Flask, evening: int, organiser: FlaskClient) -> None:
    page = visit(organiser, f"/beheer/activiteiten/{evening}")
    refused = page.submit(
        PLAN.format(evening),
        day="2031-02-31",
        hour="25:00",
        until="x",
        who="some",
        capacity="0",
        last_day="nooit",
    )
    assert refused.status_code == 400
    for fault in ("Vul een dag in", "Vul een tijd in", "Vul een getal in van 1 tot 5000."):
        assert fault in refused.text
    assert "2031-02-31" in refused.text
    with app.app_context():
        assert db.session.get_one(Activity, evening).starts_at is None


@pytest.mark.one_database
def test_a_closed_process_stays_as_it_is(app: Flask, evening: int, organiser: FlaskClient) -> None:
    with app.app_context():
        db.session.get_one(Activity, evening).process.state = ProcessState.CLOSED
        db.session.commit()
    page = visit(organiser, f"/beheer/activiteiten/{evening}")
    assert not page.all(PLAN.format(evening))
    assert post(organiser, f"/beheer/activiteiten/{evening}", 403, who="open").status_code == 403


def test_a_file_is_offered_as_a_download_that_can_do_nothing(
    app: Flask, evening: int, organiser: FlaskClient
) -> None:
    data: dict[str, Any] = {
        "file-title": "De dia's",
        "file-part": 0,
        "file-file": (io.BytesIO(b"%PDF-1.7 x"), "../Dia's & meer.PDF"),
    }
    post(organiser, f"/beheer/activiteiten/{evening}/bestanden", **data)
    with app.app_context():
        row = db.session.scalars(select(Attachment)).one()
        assert (row.filename, row.media_type, row.size) == ("dia-s-meer.pdf", "application/pdf", 10)
        address = f"/activiteiten/{evening}/bestanden/{row.id}/{row.filename}"
    stranger = app.test_client()
    assert address in visit(stranger, f"/activiteiten/{evening}").links()
    answer = stranger.get(address)
    assert (answer.data, answer.headers["Content-Disposition"]) == (
        b"%PDF-1.7 x",
        'attachment; filename="dia-s-meer.pdf"',
    )
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert stranger.get(address, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert stranger.get(address.replace("dia-s", "iets")).status_code == 404


def _zip(**parts: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for name, text in parts.items():
            file.writestr(name.replace("__", "/").replace("_DOT_", "."), text)
    return made.getvalue()


def _packed(kind: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("mimetype", kind)
    return made.getvalue()


def _spoilt(file: bytes) -> bytes:
    """The same file with nonsense where the content of its first part begins."""
    return file[:38] + b"\xff" * 8 + file[46:]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("pagina.html", b"<script>alert(1)</script>"),
        ("plaatje.svg", b"<svg onload='alert(1)'/>"),
        ("nep.pdf", b"<script>alert(1)</script>"),
        ("nep.docx", b"%PDF-1.7"),
        (
            "macro.docx",
            _zip(**{"[Content_Types].xml": "x", "word/document.xml": "x", "word/vbaProject.bin": "x"}),
        ),
        ("kapot.xlsx", b"PK\x03\x04 en verder niets"),
        ("verknoeid.odt", _spoilt(_packed(b"abcd" * 400))),
        ("zonder", b"%PDF-1.7"),
        ("groot.pdf", b"%PDF-1.7" + b"x" * documents.MOST_BYTES),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_a_document_is_refused(name: str, data: bytes) -> None:
    with pytest.raises(NotAllowed):
        documents.read(name, data)


def test_a_small_file_with_a_huge_part_is_not_unpacked() -> None:
    bomb = _packed(b"x" * 30_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(NotAllowed):
            documents.read("klein.odt", bomb)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_documents_are_known_by_their_content() -> None:
    word = _zip(**{"[Content_Types].xml": "x", "word/document.xml": "x"})
    assert documents.read("Verslag.docx", word).filename == "verslag.docx"
    text = _zip(mimetype=documents.KINDS["odt"])
    assert documents.read("Verslag van de avond.odt", text).filename == "verslag-van-de-avond.odt"


@pytest.mark.one_database
def test_calendars_take_it_over(app: Flask, evening: int) -> None:
    start = datetime(2031, 5, 20, 17, 0, tzinfo=UTC)
    with app.app_context():
        activity = db.session.get_one(Activity, evening)
        activity.starts_at, activity.ends_at = start, start + timedelta(hours=2)
        activity.title, activity.place = "Praten; eten, luisteren", "Markt 78\\Zaal 1"
        db.session.commit()
    answer = app.test_client().get(f"/activiteiten/{evening}.ics")
    assert answer.mimetype == "text/calendar"
    (event,) = Calendar.from_ical(answer.data).walk("VEVENT")
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (start, start + timedelta(hours=2))
    assert (str(event["summary"]), str(event["location"])) == ("Praten; eten, luisteren", "Markt 78\\Zaal 1")
    assert str(event["url"]) == f"http://localhost/activiteiten/{evening}"
    assert str(event["uid"]) == f"activiteit-{evening}@localhost"
    whole = Calendar.from_ical(app.test_client().get("/trajecten/visie/agenda.ics").data)
    assert [str(each["uid"]) for each in whole.walk("VEVENT")] == [str(event["uid"])]


@pytest.mark.one_database
def test_the_programme_comes_on_paper(app: Flask, evening: int) -> None:
    answer = app.test_client().get(f"/activiteiten/{evening}/programma.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.data.startswith(b"%PDF-")
    assert b"pdfuaid" in answer.data, "readable with a screen reader"


def test_the_list_for_the_door_is_no_formula(app: Flask) -> None:
    guest = Guest(
        "=1+1", None, "resident", None, RegistrationState.COMING, "@kom", datetime(2031, 5, 20, tzinfo=UTC)
    )
    with app.app_context():
        lines = service.as_csv([guest]).splitlines()
    assert lines[1] == "'=1+1;resident;;coming;'@kom;2031-05-20T00:00+00:00"


def test_news_of_another_place_goes_to_the_inbox(app: Flask, evening: int) -> None:
    with app.app_context():
        organiser, guest = factories.a_person(Role.ORGANISER), factories.a_person()
        activity = db.session.get_one(Activity, evening)
        activity.capacity = 0
        registrations.register(evening, guest.id, "", datetime.now(UTC))
        db.session.commit()
        plan = service.Plan(None, None, "derde kwartaal", "Stadhuis", 0, None)
        service.arrange(organiser, evening, plan, service.mark(activity), datetime.now(UTC))
        fan_out.tell_all(datetime.now(UTC))
        assert db.session.scalars(select(Notice.title).where(Notice.person_id == guest.id)).all() == [
            "Veranderd: Werkatelier"
        ]
