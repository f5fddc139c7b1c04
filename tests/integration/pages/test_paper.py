"""Documents on paper: one description becomes PDF/UA and DOCX that say the same, and texts of people stay texts."""

import io

import docx as office
import pytest
from docx.oxml.ns import qn
from flask import Flask
from PIL import Image

from app.kit import paper
from app.kit.charts import Bar, bars
from app.kit.paper import Bullets, Figure, Heading, Lines, PageBreak, Paper, Picture, Table, Text, TextKind
from app.kit.paper.drawings import standalone

HOSTILE = "#strong[vet] *ster* </w:t> \x07 𝔘 = 1"


def _picture(kind: str) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (300, 200), "teal").save(made, kind)
    return made.getvalue()


@pytest.fixture
def described() -> Paper:
    return Paper(
        title="Agenda van de avond",
        language="nl",
        site="Stem van de stad",
        kicker="Werkatelier",
        lead="Wat we bespreken.",
        facts=[("Plaats", "Stadhuis")],
        parts=[
            Heading("Onderwerpen"),
            Text(f"Een alinea.\n\n{HOSTILE}"),
            Heading("Lijsten", 2),
            Bullets(["een", "twee"]),
            Bullets(["eerst", "dan"], numbered=True),
            Table(
                "Stemmen", ["Groep", "Voor"], [["Inwoners", "12"], ["Raad", "3"]], numbers=(1,), widths=(3, 1)
            ),
            Figure(bars("Steun", [Bar("Groen", 0.5, "50 %", 1)]), "Groen heeft 50 %"),
            *(Picture(_picture(kind), f"Een foto ({kind})") for kind in ("JPEG", "PNG", "WEBP")),
            Lines(3),
            PageBreak(),
            Heading("Slot"),
            Text("Klaar.", TextKind.NOTE),
        ],
    )


def test_the_pdf_is_for_screen_readers_and_the_same_each_time(app: Flask, described: Paper) -> None:
    with app.test_request_context():
        made = paper.pdf(described)
        again = paper.pdf(described)
    assert made.startswith(b"%PDF-")
    assert b"pdfuaid" in made, "readable with a screen reader"
    assert b"(nl)" in made or b"/Lang" in made
    assert made == again, "without a moment in it"


def test_the_docx_has_real_headings_tables_and_alternatives(app: Flask, described: Paper) -> None:
    with app.test_request_context():
        made = office.Document(io.BytesIO(paper.docx(described)))
    headings = [
        (p.style.name, p.text) for p in made.paragraphs if p.style and p.style.name.startswith("Heading")
    ]
    assert headings == [
        ("Heading 1", "Agenda van de avond"),
        ("Heading 2", "Onderwerpen"),
        ("Heading 3", "Lijsten"),
        ("Heading 2", "Slot"),
    ]
    texts = [p.text for p in made.paragraphs]
    assert HOSTILE.replace("\x07", "") in texts, "as it was written, less the sign that no file may hold"
    assert "2. dan" in texts
    (table,) = made.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["Groep", "Voor"],
        ["Inwoners", "12"],
        ["Raad", "3"],
    ]
    repeated = table.rows[0]._tr.trPr
    assert repeated is not None
    assert repeated.find(qn("w:tblHeader")) is not None, "the head comes back on every page"
    told = [shape._inline.docPr.get("descr") for shape in made.inline_shapes]
    assert told == ["Groen heeft 50 %", *(f"Een foto ({kind})" for kind in ("JPEG", "PNG", "WEBP"))]
    assert (made.core_properties.title, made.core_properties.language) == ("Agenda van de avond", "nl")
    assert made.core_properties.author == "Stem van de stad"


def test_a_drawing_on_paper_brings_its_colours(app: Flask) -> None:
    with app.test_request_context():
        drawing = standalone(bars("Steun", [Bar("A & B", 0.5, "50 %", 1)]))
    assert "A &amp; B" in drawing
    assert ".c-1 { fill: #" in drawing
    assert "var(" not in drawing
    assert 'width="640"' in drawing
    with app.test_request_context(), pytest.raises(ValueError, match="no drawing"):
        standalone("<p>tekst</p>")


@pytest.mark.parametrize("words", ["你好，世界", "😀 😀 😀 😀 😀 😀"])
def test_words_of_which_the_font_has_no_sign_break_no_document(app: Flask, words: str) -> None:
    strange = Paper(
        title=words,
        language="nl",
        site=words,
        kicker=words,
        lead=words,
        facts=[(words, words)],
        parts=[
            Heading(words),
            Text(words),
            Bullets([words]),
            Table(words, [words, "Stemmen"], [[words, "3"]], numbers=[1]),
            Picture(_picture("PNG"), words),
        ],
    )
    with app.test_request_context():
        assert paper.pdf(strange).startswith(b"%PDF")
        assert words in "".join(
            line.text for line in office.Document(io.BytesIO(paper.docx(strange))).paragraphs
        )
