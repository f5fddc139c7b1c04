"""Documents on paper from one description: PDF/UA for reading and printing, DOCX for working on.

A room describes a document once as a `Paper` of parts; `pdf` and `docx` make the same words, tables and drawings of
it. Texts of people stay data in both: they can become neither markup nor a formula.
"""

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
from app.kit.paper.typeset import pdf
from app.kit.paper.word import docx

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

__all__ = [
    "DOCX",
    "PDF",
    "Bullets",
    "Figure",
    "Heading",
    "Lines",
    "PageBreak",
    "Paper",
    "Part",
    "Picture",
    "Table",
    "Text",
    "TextKind",
    "docx",
    "pdf",
]
