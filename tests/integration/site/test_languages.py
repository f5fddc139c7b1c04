"""Pages speak one language: English ones no word of Dutch, Dutch ones no word of English, whichever was read first.

What a page keeps ready for the next reader may hold words as well, so every page is read in Dutch, in English and
in Dutch again by an application that keeps things as it does when it serves.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import pytest
from babel.messages.pofile import read_po
from bs4 import BeautifulSoup
from bs4.element import PreformattedString
from flask import Flask

from app.db import Base, db
from app.domain.ballot import Group
from app.models.person import Role
from tests.support import databases, project, sign_in
from tests.support.addresses import Address, addresses, example
from tests.support.browsing import Site, seeded

Language = Literal["nl", "en"]
LANGUAGES: tuple[Language, ...] = ("nl", "en", "nl")
PAGES = addresses(databases.make_app("sqlite:///:memory:", DEMO="1"))
SPOKEN = ("aria-label", "alt", "title", "placeholder", "content")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]")
OF_ITS_OWN = 4
"""Letters that a sentence needs besides its placeholders before it says anything about its language."""
PART_OF_A_TEXT = 20
"""Letters from which on something is taken for a part of a longer text; below that it could be any word."""
SMALL_DUTCH_WORDS = re.compile(
    r"\b(het|een|van|voor|naar|niet|jij|jouw|wij|onze|bij|aan|deze|wordt|worden|geen|maar|ook|alle|uit|tot)\b",
    re.I,
)


@dataclass(frozen=True)
class Written:
    """What people wrote, in their own language: every text in the database, and the name of the site."""

    whole: frozenset[str]
    lines: tuple[str, ...]
    together: str

    def holds(self, text: str) -> bool:
        """Whether all of it was written by people, perhaps cut off."""
        if text in self.whole:
            return True
        return len(text) > PART_OF_A_TEXT and text.rstrip("….") in self.together

    def left_out(self, text: str) -> str:
        """What the site itself says in a text that quotes people."""
        for line in self.lines:
            if line in text:
                text = text.replace(line, "")
        return text


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on a copy of the demo, keeping pages and pieces of them as when it serves."""
    folder: Path = tmp_path_factory.mktemp("demo")
    app = databases.make_app(seeded("sqlite", folder), testing=False, DEMO="1")
    yield app
    databases.let_go(app)


@pytest.fixture(scope="module")
def written(demo: Flask) -> Written:
    """What people wrote in the demo."""
    return _read_everything(demo)


@pytest.mark.parametrize("address", PAGES, ids=str)
def test_a_page_speaks_one_language(demo: Flask, written: Written, address: Address) -> None:
    for person in _visitors(demo, address):
        client = demo.test_client()
        if person:
            sign_in(client, person)
        path = example(demo, address)
        for language in LANGUAGES:
            answer = client.get(path if language == "nl" else f"/en{path}", follow_redirects=True)
            if answer.mimetype == "text/html":
                found = list(_foreign(answer.get_data(as_text=True), language, written))
                assert found == [], f"{language} page of {path}"


@pytest.mark.parametrize(
    ("page", "language", "found"),
    [
        ("<p>Je hebt nog niet gestemd.</p>", "en", ["Je hebt nog niet gestemd."]),
        ("<p>Plaats 3 van 12 thema's</p>", "en", ["Plaats 3 van 12 thema's"]),
        ('<a aria-label="Zoek">Search</a>', "en", ["Zoek"]),
        ("<p>Los geschreven voor een proef</p>", "en", ["Los geschreven voor een proef"]),
        ("<p>You have not voted.</p>", "nl", ["You have not voted."]),
        ("<p>You have not voted.</p><p lang=nl>Nederlands</p>", "en", []),
        ("<p>Een idee van Inge Inwoner</p>", "nl", []),
    ],
)
def test_a_word_of_the_other_language_is_noticed(
    written: Written, page: str, language: Language, found: list[str]
) -> None:
    noticed = list(_foreign(f'<html lang="{language}"><body>{page}</body></html>', language, written))
    assert noticed == found


def _foreign(page: str, language: Language, written: Written) -> Iterator[str]:
    soup = BeautifulSoup(page, "html.parser")
    html = soup.html
    assert html is not None
    assert html["lang"] == language
    other: Language = "en" if language == "nl" else "nl"
    for text in _texts(soup):
        if written.holds(text):
            continue
        said = _is_said(text, other) and not _is_said(text, language)
        if said or (language == "en" and SMALL_DUTCH_WORDS.search(written.left_out(text))):
            yield text


def _texts(soup: BeautifulSoup) -> Iterator[str]:
    """Everything that is shown or read aloud, without what is in another language on purpose or was typed."""
    for tag in soup.select("[lang]:not(html), .post__text, textarea, .brand"):
        tag.decompose()
    for mark in soup.find_all("mark"):
        mark.unwrap()  # what is marked in a text is a part of it
    soup.smooth()
    for node in soup.find_all(string=True):
        text = " ".join(str(node).split())
        if text and not isinstance(node, PreformattedString):
            yield text
    for name in SPOKEN:
        for tag in soup.select(f"[{name}]"):
            text = " ".join(str(tag[name]).split())
            if text and tag.get("property") != "og:site_name":
                yield text


@cache
def _catalogue() -> dict[Language, tuple[frozenset[str], tuple[re.Pattern[str], ...]]]:
    """What the interface says in each language: whole sentences, and those with something filled in."""
    with (project.ROOT / "app/translations/nl/LC_MESSAGES/messages.po").open("rb") as file:
        messages = [message for message in read_po(file) if message.id]
    said: dict[Language, list[str]] = {"en": [], "nl": []}
    for message in messages:
        said["en"] += _forms(message.id)
        said["nl"] += _forms(message.string)
    return {language: _sorted_out(sentences) for language, sentences in said.items()}


def _forms(sentence: str | Iterable[str] | None) -> list[str]:
    return [sentence] if isinstance(sentence, str) else list(sentence or ())


def _sorted_out(sentences: list[str]) -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
    whole, filled = set(), []
    for sentence in {" ".join(sentence.split()) for sentence in sentences}:
        parts = PLACEHOLDER.split(sentence)
        if len(parts) == 1:
            whole.add(sentence)
        elif sum(len(re.findall(r"[^\W\d]", part)) for part in parts) >= OF_ITS_OWN:
            filled.append(re.compile(".+?".join(re.escape(part.replace("%%", "%")) for part in parts)))
    return frozenset(whole), tuple(filled)


@cache
def _is_said(text: str, language: Language) -> bool:
    whole, filled = _catalogue()[language]
    return text in whole or any(pattern.fullmatch(text) for pattern in filled)


def _read_everything(app: Flask) -> Written:
    found = {app.config["SITE"].site_name, app.config["SITE"].municipality}
    with app.app_context():
        for table in Base.metadata.sorted_tables:
            for row in db.session.execute(table.select()):
                for text in _strings(list(row)):
                    found |= {" ".join(part.split()) for part in (text, *text.splitlines())}
        db.session.rollback()
    lines = sorted((line for line in found if len(line) > 3), key=len, reverse=True)
    return Written(frozenset(found), tuple(lines), "\n".join(lines))


def _strings(value: object) -> Iterator[str]:
    """The texts in a value of the database, also in lists and tables."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _strings(list(value.values()))
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)


def _visitors(app: Flask, address: Address) -> list[int | None]:
    """Who the page says something else to: nobody, a resident, or the staff that the door is for."""
    site = Site(app, "")
    if address.sign in set(Role):
        return [site.person(role=Role(address.sign))]
    resident = site.person(group=Group.RESIDENT)
    return [resident] if address.sign == "signed_in" else [None, resident]
