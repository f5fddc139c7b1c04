"""The report of the evening makes itself, as page, PDF and DOCX, in two languages, once the evening was finished."""

import io
from datetime import UTC, datetime
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from flask.testing import FlaskClient

from app.db import db
from app.domain.ballot import Group
from app.models import Workshop
from app.models.gathering import Registration, RegistrationState
from app.models.room import Attendee, PaperCount, Round, RoundKind, RoundOption, RoundState, RoundVote
from app.models.seal import SealReason
from app.records import seals
from tests import factories
from tests.integration.outcomes.conftest import Evening, one
from tests.integration.outcomes.test_pictures import ALT, drawn, send
from tests.support import visit

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)


def in_the_room(evening: Evening, group: Group, number: int, *, confirmed: bool = True) -> list[int]:
    """So many people who checked in."""
    with evening.app.app_context():
        rows = [
            Attendee(
                workshop_id=evening.room.workshop,
                token_hash=f"{group}{confirmed}{place}".ljust(64, "0"),
                group=group,
                arrived_at=NOW,
                confirmed_at=NOW if confirmed else None,
            )
            for place in range(number)
        ]
        db.session.add_all(rows)
        db.session.commit()
        return [row.id for row in rows]


def registered(evening: Evening, group: Group, number: int) -> None:
    with evening.app.app_context():
        activity = db.session.get_one(Workshop, evening.room.workshop).activity_id
        for _place in range(number):
            person = factories.a_person(group=group)
            db.session.add(
                Registration(
                    activity_id=activity,
                    person_id=person.id,
                    state=RegistrationState.COMING,
                    asked_at=NOW,
                    changed_at=NOW,
                )
            )
        db.session.commit()


def a_round(
    evening: Evening,
    state: RoundState,
    votes: list[tuple[int, int]],
    paper: list[tuple[int, int]] = (),  # type: ignore[assignment]
    *,
    kind: RoundKind = RoundKind.FOR_AGAINST,
    question: str = "Moet er een boom in elke straat?",
    theme: str | None = "Groen",
) -> None:
    """A round on Groen with votes (attendee, value) and sheets (value, number) found by two people alike."""
    with evening.app.app_context():
        row = Round(
            workshop_id=evening.room.workshop,
            theme_id=evening.room.themes[theme] if theme else None,
            kind=kind,
            question=question,
            state=state,
            created_at=NOW,
            revealed_at=NOW if state == RoundState.REVEALED else None,
        )
        db.session.add(row)
        db.session.flush()
        option = RoundOption(round_id=row.id, text="Een boom per straat", key=question[:60], created_at=NOW)
        db.session.add(option)
        db.session.flush()
        db.session.add_all(
            RoundVote(round_id=row.id, attendee_id=who, option_id=option.id, value=value, cast_at=NOW)
            for who, value in votes
        )
        for counter in (factories.a_person(), factories.a_person()):
            db.session.add_all(
                PaperCount(
                    option_id=option.id, value=value, entered_by=counter.id, number=number, entered_at=NOW
                )
                for value, number in paper
            )
        db.session.commit()


@pytest.fixture
def held(evening: Evening, desk: FlaskClient) -> Evening:
    """An evening with everything in it, finished."""
    people = in_the_room(evening, Group.RESIDENT, 4) + in_the_room(evening, Group.COUNCIL, 3)
    in_the_room(evening, Group.PARTNER, 2)
    registered(evening, Group.RESIDENT, 5)
    a_round(
        evening, RoundState.REVEALED, [(who, 1) for who in people[:5]] + [(people[5], -1)], [(1, 2), (-1, 3)]
    )
    with evening.app.app_context():
        seals.seal(
            evening.room.call, SealReason.WORKSHOP, datetime.now(UTC), workshop_id=evening.room.workshop
        )
    evening.write(
        desk,
        conclusion="Meer bomen in de wijk.",
        points="Elke straat een boom\nGeen asfalt #strong[vet] </w:t>",
        questions="Wie betaalt dat?",
        taken_by="Team Groen",
    )
    evening.write(desk, "Fietsen", conclusion="Een pad langs de Maas.")
    send(desk, evening, drawn())
    evening.finish(desk)
    return evening


def of(evening: Evening, ending: str = "", language: str = "") -> str:
    return f"{language}{evening.room.path}/verslag{ending}"


def test_nobody_but_facilitators_sees_it_before_the_end(
    evening: Evening, desk: FlaskClient, stranger: FlaskClient
) -> None:
    evening.write(desk)
    for ending in ("", ".pdf", ".docx"):
        assert stranger.get(of(evening, ending)).status_code == 404
        answer = desk.get(of(evening, ending))
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"].startswith("private, no-")
    assert "Een voorbeeld: de avond is nog niet afgerond" in visit(desk, of(evening)).text
    assert "verslag" not in visit(stranger, evening.path).html
    assert stranger.get(of(evening, ".exe")).status_code == 404
    assert stranger.get("/werkateliers/99999/verslag").status_code == 404


def test_the_page_says_who_what_and_what_comes_next(held: Evening, stranger: FlaskClient) -> None:
    page = visit(stranger, of(held), max_queries=14)
    rows = page.soup.select("section[aria-labelledby=people] tbody tr")
    assert [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in rows] == [
        ["Inwoners", "5", "4"],
        ["Raadsleden", "0", "niet getoond"],
        ["Partners in de stad", "0", "minder dan 3"],
        ["Samen", "5", "9"],
    ]
    basis = one(page, "section[aria-labelledby=basis]")
    assert "verzegelde stand nummer 1" in basis.get_text()
    assert str(one(page, "section[aria-labelledby=basis] a")["href"]).startswith("/stand/")
    assert page.texts("section[aria-labelledby=programme] tbody th") == [
        "Welkom",
        "1. Groen",
        "Pauze",
        "2. Maas",
        "Borrel",
    ]
    assert "Stond op de agenda, maar er is niets opgeschreven: Maas." in page.text
    assert "Besproken, maar stond niet op de agenda: Fietsen." in page.text
    assert "Moet er een boom in elke straat?" in page.text
    assert "6 mensen stemden met de telefoon." in page.text
    table = one(page, ".outcome__round")
    assert [cell.get_text() for cell in table.select("thead th")] == [
        "Wat er gevraagd is",
        "Voor, met de telefoon",
        "Tegen, met de telefoon",
        "Voor, op papier",
        "Tegen, op papier",
    ]
    assert [cell.get_text() for cell in table.select("tbody tr > *")] == [
        "Een boom per straat",
        "5",
        "1",
        "2",
        "3",
    ]
    assert one(page, ".album img")["alt"] == ALT
    assert page.texts("section[aria-labelledby=next] tbody th") == ["Groen"]
    visit(stranger, of(held, language="/en"))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("", ["Verslag: ", "Wat de zaal besloot", "Wie er meededen"]),
        ("/en", ["Report: ", "What the room concluded", "Who took part"]),
    ],
    ids=["nl", "en"],
)
def test_the_docx_is_a_real_document(
    held: Evening, stranger: FlaskClient, language: str, words: list[str]
) -> None:
    answer = stranger.get(of(held, ".docx", language))
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    made = docx.Document(io.BytesIO(answer.data))
    headings = [
        each.text for each in made.paragraphs if str(getattr(each.style, "name", "")).startswith("Heading")
    ]
    assert headings[0].startswith(words[0])
    assert words[1] in headings
    assert words[2] in headings
    text = "\n".join(each.text for each in made.paragraphs)
    assert "Geen asfalt #strong[vet] </w:t>" in text, "what people wrote stays text"
    cells = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    assert "Een boom per straat" in cells
    assert len(made.inline_shapes) == 1
    about: Any = made.inline_shapes[0]._inline.find(qn("wp:docPr"))
    assert about.get("descr") == ALT
    assert made.core_properties.language == (language.strip("/") or "nl")


@pytest.mark.parametrize("language", ["", "/en"], ids=["nl", "en"])
def test_the_pdf_is_for_screen_readers(held: Evening, stranger: FlaskClient, language: str) -> None:
    answer = stranger.get(of(held, ".pdf", language))
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    body = answer.data
    assert body.startswith(b"%PDF-")
    assert b"pdfuaid" in body, "PDF/UA"
    assert b"/StructTreeRoot" in body, "tagged"
    assert f"/Lang({language.strip('/') or 'nl'}".encode() in body
    assert body.count(b"/Alt") == 1, "the picture says what is on it"
    again = stranger.get(of(held, ".pdf", language), headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert stranger.get(of(held, ".pdf", language)).data == body


def test_a_correction_makes_another_document(held: Evening, desk: FlaskClient, stranger: FlaskClient) -> None:
    before = stranger.get(of(held, ".docx")).headers["ETag"]
    held.write(desk, conclusion="Meer grote bomen.", number="1", why="Het ging om grote bomen.")
    answer = stranger.get(of(held, ".docx"), headers={"If-None-Match": before})
    assert answer.status_code == 200
    text = "\n".join(each.text for each in docx.Document(io.BytesIO(answer.data)).paragraphs)
    assert "Meer grote bomen." in text
    assert "Verbeterd op" in text
    assert "Verbeterd op" in visit(stranger, of(held)).text


@pytest.mark.parametrize("state", [RoundState.PLANNED, RoundState.OPEN, RoundState.CLOSED])
def test_figures_that_were_not_revealed_are_not_in_it(
    evening: Evening, desk: FlaskClient, state: RoundState
) -> None:
    (who,) = in_the_room(evening, Group.RESIDENT, 1)
    a_round(evening, state, [(who, 1)])
    evening.write(desk)
    assert "Moet er een boom" not in visit(desk, of(evening)).text


def test_dots_are_added_up_and_paper_needs_two_people(evening: Evening, desk: FlaskClient) -> None:
    people = in_the_room(evening, Group.RESIDENT, 3)
    votes = [(people[0], 3), (people[1], 2), (people[2], 2)]
    a_round(evening, RoundState.REVEALED, votes, kind=RoundKind.DOTS, question="Waar legde de zaal stippen?")
    with evening.app.app_context():
        option = db.session.query(RoundOption).one().id
        counter = factories.a_person()
        db.session.add(PaperCount(option_id=option, value=1, entered_by=counter.id, number=9, entered_at=NOW))
        db.session.commit()
    page = visit(desk, of(evening))
    assert page.texts(".outcome__round tbody tr td") == ["7"], "one person's count of paper is no figure yet"


@pytest.mark.parametrize("theme", [None, "Fietsen"], ids=["the whole evening", "a theme off the agenda"])
def test_a_round_of_no_theme_of_the_evening_stands_apart(
    evening: Evening, desk: FlaskClient, theme: str | None
) -> None:
    """Also on paper, where a heading that skips a level is no PDF/UA."""
    people = in_the_room(evening, Group.RESIDENT, 3)
    a_round(evening, RoundState.REVEALED, [(who, 1) for who in people], theme=theme)
    page = visit(desk, of(evening))
    assert page.texts("section[aria-labelledby=rounds] h3") == ["Moet er een boom in elke straat?"]
    for ending in (".pdf", ".docx"):
        assert desk.get(of(evening, ending)).status_code == 200


def test_badges_that_nobody_confirmed_count_as_residents(evening: Evening, desk: FlaskClient) -> None:
    in_the_room(evening, Group.COUNCIL, 4, confirmed=False)
    evening.write(desk)
    rows = visit(desk, of(evening)).texts("section[aria-labelledby=people] tbody tr td")
    assert rows == ["4", "0", "0", "4"]
