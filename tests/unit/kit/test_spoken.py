"""Templates per language: words put in when a template is compiled are those that would be asked for."""

import pytest
from flask import Flask, render_template
from jinja2 import DictLoader

from app.kit.i18n import speaking
from tests.support.databases import make_app

TEMPLATES = {
    "page.html": "{% from 'part.html' import way %}{{ _('Sign in') }}|{{ way() }}",
    "part.html": "{% macro way() %}{{ _('Votes') }}{% endmacro %}",
    "gaps.html": "{{ _('Ideas: %(call)s', call=name) }}|{{ ngettext('%(num)d vote', '%(num)d votes', n) }}",
    "letter.txt": "{{ _('Ideas: %(call)s', call=name) }} {{ _('Sign in') ~ '<' }}",
    "percent.html": "{{ _('100 %% sure') }}|{{ _('100 %% sure') ~ '<b>' }}",
}


@pytest.fixture(scope="module")
def app() -> Flask:
    made = make_app("sqlite:///:memory:")
    made.jinja_env.loader = DictLoader(TEMPLATES)
    return made


@pytest.mark.parametrize(("root", "said"), [("", "Inloggen|Stemmen"), ("/en", "Sign in|Votes")])
def test_every_address_speaks_its_language(app: Flask, root: str, said: str) -> None:
    with app.test_request_context("/", base_url=f"http://localhost{root}"):
        assert render_template("page.html") == said


def test_what_fills_a_gap_is_escaped_in_pages_alone(app: Flask) -> None:
    with app.test_request_context("/"):
        assert render_template("gaps.html", name="<i>", n=1) == "Ideeën: &lt;i&gt;|1 stem"
        assert render_template("gaps.html", name="b", n=2) == "Ideeën: b|2 stemmen"
        assert render_template("letter.txt", name="<i>") == "Ideeën: <i> Inloggen<"


def test_a_doubled_percent_sign_is_one_and_what_is_added_is_escaped(app: Flask) -> None:
    with app.test_request_context("/"):
        assert render_template("percent.html") == "100 % sure|100 % sure&lt;b&gt;"


def test_a_letter_in_another_language_leaves_the_page_alone(app: Flask) -> None:
    with app.test_request_context("/"):
        before = render_template("letter.txt", name="x")
        with speaking("en"):
            assert render_template("letter.txt", name="x") == "Ideas: x Sign in<"
        assert render_template("letter.txt", name="x") == before == "Ideeën: x Inloggen<"
