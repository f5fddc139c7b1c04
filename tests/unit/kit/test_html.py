"""The door through which people's text becomes HTML: nothing that runs gets through, and nothing honest is lost."""

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from app.kit import html
from app.kit.html import PLAIN_TAGS, RICH_TAGS, from_plain, from_rich, tidy, web_address

CORPUS = [
    line
    for line in (Path(__file__).parents[2] / "data/attacks.txt").read_text().splitlines()
    if line and not line.startswith("#")
]
PIECES = st.sampled_from(
    [*CORPUS, "<", ">", '"', "'", "&", "javascript:", "</p>", "\n\n", "http://a.nl", "\x00", "ﬁ", "&lt;"]
)


def faults(markup: str, tags: set[str]) -> list[str]:
    """What a browser could run or load in this HTML."""
    found = []
    for element in BeautifulSoup(f"<main>{markup}</main>", "html.parser").find_all(True)[1:]:
        if element.name not in tags:
            found.append(f"element {element.name}")
        for name, value in element.attrs.items():
            if element.name != "a" or name not in ("href", "rel"):
                found.append(f"attribute {element.name}.{name}")
            elif name == "href" and not re.match(r"https?://|mailto:", str(value)):
                found.append(f"address {value}")
    return found


def test_the_corpus_holds_the_known_ways_in() -> None:
    text = "\n".join(CORPUS).lower()
    for way in (
        "<script",
        "onerror",
        "javascript:",
        "data:text/html",
        "<svg",
        "<math",
        "<iframe",
        "style=",
        "&#",
        "<style",
    ):
        assert way in text
    assert len(CORPUS) >= 60


@pytest.mark.parametrize("attack", CORPUS)
def test_no_attack_passes(attack: str) -> None:
    assert faults(from_plain(attack), PLAIN_TAGS) == []
    assert faults(from_rich(attack), RICH_TAGS) == []


@settings(max_examples=400, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=6).map("".join))
def test_no_mixture_passes_and_the_result_is_stable(text: str) -> None:
    plain, rich = from_plain(text), from_rich(text)
    assert faults(plain, PLAIN_TAGS) == []
    assert faults(rich, RICH_TAGS) == []
    assert faults(from_rich(str(rich)), RICH_TAGS) == []


@settings(max_examples=200, deadline=None)
@given(
    st.text(alphabet=st.characters(blacklist_categories=("Cs", "Cc", "Cf", "Zl", "Zp", "Zs")), max_size=80)
)
def test_plain_text_is_shown_as_it_was_typed(text: str) -> None:
    shown = BeautifulSoup(f"<main>{from_plain(text)}</main>", "html.parser").get_text()
    assert shown == tidy(text)


def test_paragraphs_and_lines_stay() -> None:
    assert from_plain("een\ntwee\r\n\r\ndrie") == "<p>een<br>twee</p><p>drie</p>"


def test_links_become_links_without_credit() -> None:
    link = BeautifulSoup(from_plain("Zie https://www.maastricht.nl/plan?a=1&b=2."), "html.parser").a
    assert link is not None
    assert link["href"] == "https://www.maastricht.nl/plan?a=1&b=2"
    assert set(link["rel"]) == {"nofollow", "noopener", "noreferrer", "ugc"}


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(["www", ".nl", "maastricht", "http:", "//", "/pad", " ", "é.be", "a@b"]), PIECES
        ),
        max_size=6,
    ).map("".join)
)
def test_looking_for_links_only_where_there_may_be_one_misses_none(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(html, "_MAY_HOLD_A_LINK", re.compile(""))
        always = from_plain.__wrapped__(text)
    assert from_plain(text) == always


def test_markup_of_residents_is_shown_not_obeyed() -> None:
    assert "&lt;b&gt;vet&lt;/b&gt;" in from_plain("<b>vet</b>")


def test_organisers_keep_their_headings_and_lists() -> None:
    assert from_rich("<h2>Kop</h2><ul><li>een</li></ul><script>x</script>").startswith(
        "<h2>Kop</h2><ul><li>een</li></ul>"
    )


def test_control_and_direction_characters_go() -> None:
    assert tidy("a\u202egnp.exe\x00\x07 ") == "agnp.exe"


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        " https://voor.example",
        "JAVASCRIPT:x",
        "data:text/html,x",
        "//ander.example",
        "",
    ],
)
def test_what_is_no_page_on_the_web_is_no_address(address: str) -> None:
    assert web_address(address) == ""


def test_a_page_on_the_web_is_an_address() -> None:
    assert web_address("https://www.vng.nl/smart-society") == "https://www.vng.nl/smart-society"
