"""A described document as DOCX for a word processor: real headings, lists and tables, alternatives for pictures."""

import io
import re
from typing import Any

import docx as office
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from PIL import Image

from app.kit import pdf as press
from app.kit.paper.described import (
    Bullets,
    Figure,
    Heading,
    Lines,
    PageBreak,
    Paper,
    Part,
    Picture,
    Table,
    Text,
    TextKind,
)
from app.kit.paper.drawings import standalone

INK, QUIET, ACCENT = RGBColor(0x1B, 0x2A, 0x31), RGBColor(0x56, 0x60, 0x5F), RGBColor(0x0D, 0x54, 0x63)
FONT = "Source Sans 3"
"""The house font; a machine without it shows the nearest one it has."""
WIDTH = Cm(16.6)
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
"""Signs that XML does not know."""


def docx(paper: Paper) -> bytes:
    """The document as DOCX, in the language and with the title that screen readers read out."""
    made = office.Document()
    _prepare(made, paper)
    if paper.kicker:
        _say(made.add_paragraph(), paper.kicker, QUIET, bold=True)
    made.add_heading(_clean(paper.title), level=1)
    if paper.lead:
        _say(made.add_paragraph(), paper.lead, INK, size=13)
    for name, value in paper.facts:
        line = made.add_paragraph()
        line.paragraph_format.space_after = Pt(0)
        _say(line, f"{name}: ", QUIET)
        _say(line, value, INK, bold=True)
    for part in paper.parts:
        _add(made, part)
    made.core_properties.title = _clean(paper.title)
    made.core_properties.language = paper.language
    made.core_properties.author = made.core_properties.last_modified_by = _clean(paper.site)
    made.core_properties.comments = ""
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _prepare(made: Document, paper: Paper) -> None:
    """Paper of A4, the house font and colours, and the language in which the text is read out."""
    page = made.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2.2)
    page.top_margin = page.bottom_margin = Cm(2.4)
    for name, size in (
        ("Normal", 11),
        ("Heading 1", 22),
        ("Heading 2", 15),
        ("Heading 3", 12.5),
        ("Heading 4", 11.5),
    ):
        style: Any = made.styles[name]
        style.font.name, style.font.size = FONT, Pt(size)
        style.font.color.rgb = INK if name in ("Normal", "Heading 4") else ACCENT
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), {"nl": "nl-NL", "en": "en-GB"}.get(paper.language, paper.language))
    defaults = made.styles["Normal"].element.get_or_add_rPr()
    defaults.append(language)


def _add(made: Document, part: Part) -> None:
    match part:
        case Heading(text, level):
            made.add_heading(_clean(text), level=level + 1)
        case Text(text, kind):
            for block in text.split("\n\n"):
                if block.strip():
                    size = {TextKind.LEAD: 13, TextKind.NOTE: 9.5}.get(kind, 11)
                    colour = QUIET if kind is TextKind.NOTE else INK
                    _say(made.add_paragraph(), " ".join(block.split()), colour, size=size)
        case Bullets(items, numbered):
            for number, item in enumerate(items, start=1):
                # Numbers are written out: those of a word processor would go on counting in the next list.
                words = f"{number}. {item}" if numbered else item
                made.add_paragraph(_clean(words), style=None if numbered else "List Bullet")
        case Table():
            _table(made, part)
        case Figure(svg, alt):
            _picture(made, press.drawn(standalone(svg)), alt)
        case Picture(data, alt):
            _picture(made, data, alt)
        case Lines(count):
            for _ in range(count):
                made.add_paragraph("_" * 78)
        case PageBreak():
            made.add_paragraph().add_run().add_break(WD_BREAK.PAGE)


def _table(made: Document, part: Table) -> None:
    caption = made.add_paragraph()
    caption.paragraph_format.keep_with_next = True
    _say(caption, part.caption, QUIET, size=9.5)
    table = made.add_table(rows=1, cols=len(part.head), style="Table Grid")
    table.autofit = False
    widths = list(part.widths) or [1.0] * len(part.head)
    for place, name in enumerate(part.head):
        _cell(table.rows[0].cells[place], name, bold=True, right=place in part.numbers)
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)
    for row in part.rows:
        cells = table.add_row().cells
        for place, words in enumerate(row):
            _cell(cells[place], words, right=place in part.numbers)
    for place, share in enumerate(widths):
        for cell in table.columns[place].cells:
            cell.width = int(WIDTH * share / sum(widths))
    made.add_paragraph()


def _cell(cell: Any, words: str, *, bold: bool = False, right: bool = False) -> None:
    line = cell.paragraphs[0]
    line.paragraph_format.space_after = Pt(2)
    if right:
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _say(line, words, INK, bold=bold, size=10)


def _picture(made: Document, data: bytes, alt: str) -> None:
    with Image.open(io.BytesIO(data)) as image:
        if image.format not in ("PNG", "JPEG"):
            again = io.BytesIO()
            image.convert("RGB").save(again, "JPEG", quality=85)
            data = again.getvalue()
    shape = made.add_picture(io.BytesIO(data), width=WIDTH)
    shape._inline.docPr.set("descr", _clean(alt))


def _say(line: Any, words: str, colour: RGBColor, *, bold: bool = False, size: float = 0) -> None:
    run = line.add_run(_clean(words))
    run.bold = bold or None
    run.font.color.rgb = colour
    if size:
        run.font.size = Pt(size)


def _clean(words: str) -> str:
    return _FORBIDDEN.sub("", words)
