"""Files that organisers attach: only documents that a browser downloads and never opens as a page of this site."""

import hashlib
import io
import re
import zipfile
import zlib
from dataclasses import dataclass

from app.domain.decision import N_, Decision, NotAllowed

MOST_BYTES = 8 * 1024 * 1024
_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
KINDS = {
    "pdf": "application/pdf",
    "docx": f"{_OFFICE}wordprocessingml.document",
    "pptx": f"{_OFFICE}presentationml.presentation",
    "xlsx": f"{_OFFICE}spreadsheetml.sheet",
    "odt": f"{_OPEN}text",
    "odp": f"{_OPEN}presentation",
    "ods": f"{_OPEN}spreadsheet",
}
"""What can be attached, by the ending of its name. Nothing here runs or shows inside a page."""
NOT_A_DOCUMENT = Decision(
    N_("This file cannot be used. Choose a PDF, or a document of a word processor, slides or a spreadsheet.")
)
TOO_LARGE = Decision(N_("This file is larger than 8 MB. Make it smaller, or put a link in the programme."))
WITH_MACROS = Decision(N_("This document has macros in it. Save it without macros, or as PDF."))


@dataclass(frozen=True, slots=True)
class Document:
    """A file that was found to be what its name says."""

    filename: str
    media_type: str
    digest: str
    data: bytes


def read(filename: str, data: bytes) -> Document:
    """Look at a file: its content has to be of the kind that its name says. Raises NotAllowed with the reason."""
    if len(data) > MOST_BYTES:
        raise NotAllowed(TOO_LARGE)
    stem, _dot, ending = filename.rpartition(".")
    ending = ending.lower()
    if ending not in KINDS or not _is(ending, data):
        raise NotAllowed(NOT_A_DOCUMENT)
    plain = re.sub(r"[^A-Za-z0-9]+", "-", stem).strip("-").lower()[:100] or "document"
    return Document(f"{plain}.{ending}", KINDS[ending], hashlib.sha256(data).hexdigest(), data)


def _is(ending: str, data: bytes) -> bool:
    if ending == "pdf":
        return data.startswith(b"%PDF-")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            names = set(parts.namelist())
            if any(name.lower().endswith("vbaproject.bin") or name.startswith("Basic/") for name in names):
                raise NotAllowed(WITH_MACROS)
            if ending in ("odt", "odp", "ods"):
                return "mimetype" in names and _begins_with(parts, "mimetype", KINDS[ending])
            folder = {"docx": "word/", "pptx": "ppt/", "xlsx": "xl/"}[ending]
            return "[Content_Types].xml" in names and any(name.startswith(folder) for name in names)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError, ValueError):
        return False


def _begins_with(parts: zipfile.ZipFile, name: str, words: str) -> bool:
    """Whether a part holds these words and no more. Only so much is unpacked: a small file can hold a huge part."""
    with parts.open(name) as part:
        return part.read(len(words) + 1) == words.encode("ascii")
