"""Only places on this site are a way back."""

from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import NotFound

from app.kit.paths import init_app, same_site


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/ideeen",
        "/ideeen?sort=votes_desc&zoek=fiets%20pad",
        "/en/ideeen/3",
        "/ideeen?zoek=https%3A%2F%2Fander.example",
        "/ideeen?zoek=%5C%5C",
        "/ideeen/nieuw?oproep=2#titel",
    ],
)
def test_a_page_of_this_site(path: str) -> None:
    assert same_site(path) == path


@pytest.mark.parametrize(
    "path",
    [
        None,
        "",
        "ideeen",
        "//ander.example",
        "///ander.example",
        "/\\ander.example",
        "\\\\ander.example",
        "/%5cander.example",
        "/%2fander.example",
        "/%252fander.example",
        "/%255cander.example",
        "/ideeen//ander.example",
        "/\tander.example",
        "/\n/ander.example",
        "/%09/ander.example",
        "/ /ander.example",
        " /ideeen",
        "https://ander.example",
        "https:/ander.example",
        "javascript:alert(1)",
        "mailto:iemand@ander.example",
        "//[",
        "/" + "a" * 500,
    ],
)
def test_another_place(path: str | None) -> None:
    assert same_site(path) == ""


@given(st.text(alphabet="/\\.:@%259cfCF\t\n ?#abc", max_size=30))
def test_a_browser_stays_here(path: str) -> None:
    safe = same_site(path)
    if not safe:
        return
    # What a browser does first: drop tabs and line ends, read backslashes as slashes.
    read = safe.replace("\t", "").replace("\n", "").replace("\r", "").replace("\\", "/")
    assert urlsplit(urljoin("https://hier.example/inloggen", read)).netloc == "hier.example"


@pytest.mark.parametrize(
    ("address", "number"),
    [
        ("/idee/7", 7),
        ("/idee/2147483647", 2147483647),
        ("/idee/2147483648", None),
        ("/idee/99999999999", None),
        ("/idee/" + "9" * 5000, None),
        ("/idee/٣", None),
        ("/idee/-1", None),
    ],
    ids=["7", "largest", "too_large", "longer", "huge", "other_digits", "negative"],
)
def test_a_number_in_an_address_fits_the_database(address: str, number: int | None) -> None:
    app = Flask(__name__)
    init_app(app)
    app.add_url_rule("/idee/<int:idea_id>", "show")
    adapter = app.url_map.bind("hier.example")
    if number is None:
        with pytest.raises(NotFound):
            adapter.match(address)
    else:
        assert adapter.match(address) == ("show", {"idea_id": number})
