"""What every page must be: named, labelled, well nested, without anything inline or from elsewhere."""

import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser

from bs4 import BeautifulSoup, Tag

VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
BLOCKS = frozenset(
    {
        "address",
        "article",
        "aside",
        "blockquote",
        "details",
        "dialog",
        "div",
        "dl",
        "fieldset",
        "figure",
        "footer",
    }
    | {"form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "main", "nav", "ol", "p", "pre", "section"}
    | {"search", "table", "ul"}
)
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
SPEAKS_FOR_ITSELF = frozenset({"hidden", "submit", "button", "reset", "image"})
REFERENCES = (
    "aria-labelledby",
    "aria-describedby",
    "aria-controls",
    "aria-errormessage",
    "for",
    "list",
    "form",
)
FIRST_VOTE = re.compile(r"(/en)?/ideeen/\d+/stem")
LEFT_BEHIND = re.compile(r"\{\{|\{%|%\(\w+\)[sd]|<built-in|<function|object at 0x")


def faults(html: str, language: str, parsed: BeautifulSoup | None = None) -> list[str]:
    """Everything that is wrong with a whole page, one sentence each; an empty list for a good one."""
    soup = parsed or BeautifulSoup(html, "html.parser")
    found: list[str] = []
    for look in (_balance, _left_behind):
        found += look(html)
    found += _frame(soup, language)
    for check in (_headings, _ids, _labels, _names, _pictures, _forms, _inline, _nesting):
        found += check(soup)
    return found


def name_of(tag: Tag, soup: BeautifulSoup) -> str:
    """What a screen reader calls it, near enough."""
    if label := str(tag.get("aria-label") or "").strip():
        return label
    if marks := str(tag.get("aria-labelledby") or "").split():
        return " ".join(part.get_text(" ", strip=True) for mark in marks if (part := soup.find(id=mark)))
    inner = tag.get_text(" ", strip=True)
    pictures = [str(picture.get("alt") or "") for picture in tag.find_all("img")]
    pictures += [str(drawing.get("aria-label") or "") for drawing in tag.find_all("svg")]
    return " ".join([inner, *pictures]).strip() or str(tag.get("title") or tag.get("value") or "").strip()


class _Balance(HTMLParser):
    """Finds elements that are never closed, or closed in another order than they were opened."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, _attrs: object) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        if tag not in VOID and "svg" not in self.open and tag != "svg":
            self.found.append(f"<{tag}/> is not closed by its own slash")

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()
        elif not self.found:
            line, _ = self.getpos()
            self.found.append(f"</{tag}> on line {line} closes <{self.open[-1] if self.open else 'nothing'}>")


def _balance(html: str) -> list[str]:
    parser = _Balance()
    parser.feed(html)
    if not parser.found and parser.open:
        parser.found.append(f"<{parser.open[-1]}> is never closed")
    return parser.found


def _left_behind(html: str) -> Iterator[str]:
    for match in LEFT_BEHIND.finditer(html):
        yield f"left behind in the page: {html[max(0, match.start() - 30) : match.end() + 30]!r}"


def _frame(soup: BeautifulSoup, language: str) -> Iterator[str]:
    root = soup.find("html")
    if not isinstance(root, Tag) or root.get("lang") != language:
        yield f"the page does not say that it is in {language!r}"
    if not soup.title or not soup.title.get_text(strip=True):
        yield "the page has no title"
    if not soup.find("meta", attrs={"name": "viewport"}):
        yield "the page has no viewport"
    if len(soup.find_all("main")) != 1:
        yield f"{len(soup.find_all('main'))} main elements instead of one"
    if len(soup.find_all("h1")) != 1:
        yield f"{len(soup.find_all('h1'))} h1 elements instead of one"


def _headings(soup: BeautifulSoup) -> Iterator[str]:
    level = 1
    for heading in soup.find_all(HEADINGS):
        mine = int(heading.name[1])
        if mine > level + 1:
            yield f"{heading} follows a heading of level {level}"
        if not name_of(heading, soup):
            yield f"an empty {heading.name}"
        level = mine


def _ids(soup: BeautifulSoup) -> Iterator[str]:
    ids = Counter(str(tag["id"]) for tag in soup.find_all(id=True))
    yield from (f"the id {mark!r} stands {times} times" for mark, times in ids.items() if times > 1)
    for reference in REFERENCES:
        for tag in soup.select(f"[{reference}]"):
            yield from (
                f"{reference}={mark!r} of <{tag.name}> leads nowhere"
                for mark in str(tag[reference]).split()
                if mark not in ids
            )
    for link in soup.find_all("a", href=re.compile(r"^#.")):
        if str(link["href"])[1:] not in ids:
            yield f"the link {link['href']} leads nowhere"


def _labels(soup: BeautifulSoup) -> Iterator[str]:
    labelled = {
        str(label["for"]) for label in soup.find_all("label", attrs={"for": True}) if name_of(label, soup)
    }
    for control in soup.find_all(["input", "select", "textarea"]):
        if control.get("type") in SPEAKS_FOR_ITSELF:
            continue
        wrapped = control.find_parent("label")
        named = (
            control.get("aria-label")
            or control.get("aria-labelledby")
            or (wrapped and name_of(wrapped, soup))
        )
        if not named and control.get("id") not in labelled:
            yield f"no label: {_short(control)}"
    for group in soup.find_all("fieldset"):
        legend = group.find("legend", recursive=False)
        if legend is None and not group.get("aria-label") and not group.get("aria-labelledby"):
            yield f"no legend: {_short(group)}"


def _names(soup: BeautifulSoup) -> Iterator[str]:
    for tag in soup.find_all(["a", "button", "summary"]):
        if not name_of(tag, soup):
            yield f"no name: {_short(tag)}"
        if tag.name == "a" and not tag.get("href"):
            yield f"a link to nothing: {_short(tag)}"
    for tag in soup.find_all("input", type=["submit", "button", "image"]):
        if not tag.get("value") and not tag.get("alt"):
            yield f"no name: {_short(tag)}"
    for table in soup.find_all("table"):
        if not table.find("th"):
            yield f"a table without heads: {_short(table)}"


def _pictures(soup: BeautifulSoup) -> Iterator[str]:
    for picture in soup.find_all("img"):
        if picture.get("alt") is None:
            yield f"no alt: {_short(picture)}"
    for drawing in soup.find_all("svg"):
        if drawing.find_parent(_stands_for_all_of_it):
            continue
        named = drawing.get("aria-label") or drawing.get("aria-labelledby") or drawing.find("title")
        if drawing.get("aria-hidden") != "true" and not (drawing.get("role") == "img" and named):
            yield f"a drawing that is neither named nor hidden: {_short(drawing)}"


def _stands_for_all_of_it(tag: Tag) -> bool:
    """Whether it is named or hidden as a whole, or only a pattern that a script fills in."""
    return tag.get("aria-hidden") == "true" or tag.get("role") == "img" or tag.name == "template"


def _forms(soup: BeautifulSoup) -> Iterator[str]:
    for form in soup.find_all("form"):
        method = str(form.get("method") or "get").lower()
        tokens = form.find_all("input", attrs={"name": "csrf_token", "type": "hidden"})
        if method == "post" and not (len(tokens) == 1 and tokens[0].get("value")) and not _first_vote(form):
            yield f"a form that posts with {len(tokens)} CSRF fields: {_short(form)}"
        if method == "get" and tokens:
            yield f"a form that puts its CSRF token in the address: {_short(form)}"


def _first_vote(form: Tag) -> bool:
    """The vote of a stranger: it only keeps the choice until they have signed in, and a token would need a session."""
    return bool(FIRST_VOTE.fullmatch(str(form.get("action")))) and not form.find(
        ["input", "textarea", "select"]
    )


def _inline(soup: BeautifulSoup) -> Iterator[str]:
    for tag in soup.find_all(True):
        for attribute in tag.attrs:
            if attribute == "style" or attribute.startswith("on"):
                yield f"inline {attribute}: {_short(tag)}"
        for attribute in ("href", "src", "action", "formaction"):
            if str(tag.get(attribute) or "").strip().lower().startswith("javascript:"):
                yield f"a script in an address: {_short(tag)}"
    yield from (f"inline style: {_short(tag)}" for tag in soup.find_all("style"))
    for script in soup.find_all("script"):
        if not script.get("src"):
            yield f"inline script: {_short(script)}"
        elif script.get("type") != "module":
            yield f"a script that is no module: {_short(script)}"
    for tag in soup.find_all(["script", "img", "iframe", "source", "video", "audio", "embed", "object"]):
        if re.match(r"(https?:)?//", str(tag.get("src") or tag.get("data") or "")):
            yield f"fetched from elsewhere: {_short(tag)}"
    for tag in soup.find_all("link", rel=["stylesheet", "preload", "icon", "modulepreload"]):
        if re.match(r"(https?:)?//", str(tag.get("href") or "")):
            yield f"fetched from elsewhere: {_short(tag)}"


def _nesting(soup: BeautifulSoup) -> Iterator[str]:
    for outer, inner in (
        ("a", ["a", "button", "input", "select"]),
        ("button", ["a", "button", "input"]),
        ("form", ["form"]),
    ):
        for tag in soup.find_all(outer):
            if within := tag.find(inner):
                yield f"<{within.name}> inside {_short(tag)}"
    for paragraph in soup.find_all(["p", "h1", "h2", "h3", "h4", "h5", "h6", "label", "span"]):
        if block := paragraph.find(BLOCKS):
            yield f"<{block.name}> inside {_short(paragraph)}"
    for parent, children in (
        (["ul", "ol"], {"li", "template"}),
        (["dl"], {"dt", "dd", "div", "template"}),
        (["tr"], {"td", "th"}),
        (["select"], {"option", "optgroup", "hr"}),
    ):
        for tag in soup.find_all(parent):
            for child in tag.find_all(True, recursive=False):
                if child.name not in children:
                    yield f"<{child.name}> directly inside {_short(tag)}"


def _short(tag: Tag) -> str:
    text = " ".join(str(tag).split())
    return text if len(text) <= 160 else f"{text[:160]}…"
