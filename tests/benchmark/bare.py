"""The least that Flask, SQLAlchemy Core and Jinja can do for the same work: what the site is compared with."""

import os
from typing import Any

from flask import Flask, Response, abort, request
from sqlalchemy import create_engine, text

engine = create_engine(os.environ["DATABASE_URL"], pool_size=10, max_overflow=10)
app = Flask(__name__)

SHELL = "<!doctype html><html lang=nl><head><title>{{ title }}</title></head><body><main><h1>{{ title }}</h1>"
LIST = app.jinja_env.from_string(
    SHELL
    + """{% for row in rows %}<article class="card"><h2><a href="/ideeen/{{ row.id }}">{{ row.title }}</a></h2>
<p>{{ row.summary }}</p><p>{{ row.body }}</p><p>{{ row.published_at.strftime("%d-%m-%Y") }}</p>
<dl><div><dt>voor</dt><dd>{{ row.votes_for }}</dd></div><div><dt>tegen</dt><dd>{{ row.votes_against }}</dd></div>
<div><dt>argumenten</dt><dd>{{ row.argument_count }}</dd></div></dl></article>{% endfor %}</main></body></html>"""
)
IDEA = app.jinja_env.from_string(
    SHELL
    + """<p>{{ row.summary }}</p><p>{{ row.body }}</p>{% for each in arguments %}<article class="argument">
<h3>{{ each.name }}</h3><p>{{ each.body }}</p><p>{{ each.created_at.strftime("%d-%m-%Y %H:%M") }}</p></article>
{% endfor %}</main></body></html>"""
)
READY = "<!doctype html><title>Klaar</title>" + "<p>Een pagina die al klaar is.</p>" * 1170

TWENTY = text(
    "SELECT i.id, i.title, i.summary, i.body, i.published_at, i.argument_count, t.votes_for, t.votes_against"
    " FROM idea i JOIN tally t ON t.idea_id = i.id AND t.\"group\" = 'resident' ORDER BY i.id DESC LIMIT 20"
)
ONE = text("SELECT id, title, summary, body FROM idea WHERE id = :id")
ITS_ARGUMENTS = text(
    "SELECT a.body, a.created_at, p.name FROM argument a JOIN person p ON p.id = a.author_id"
    " WHERE a.idea_id = :id ORDER BY a.created_at"
)
INSERT = text(
    "WITH put AS (INSERT INTO bare_vote (idea_id, person_id, value) VALUES (:idea, :person, :value)"
    " ON CONFLICT (idea_id, person_id) DO UPDATE SET value = excluded.value RETURNING idea_id)"
    " UPDATE bare_tally SET votes = votes + 1 WHERE idea_id = (SELECT idea_id FROM put)"
)


@app.get("/ready")
def ready() -> Response:
    """A page that is a string already; 304 for whoever has it."""
    response = Response(READY)
    response.set_etag("ready")
    return response.make_conditional(request)  # type: ignore[return-value]


@app.get("/list")
def list_() -> str:
    """Twenty ideas by index, through a template."""
    with engine.connect() as connection:
        rows = connection.execute(TWENTY).all()
    return LIST.render(title="Ideeën", rows=rows)


@app.get("/idea/<int:number>")
def idea(number: int) -> str:
    """One idea and its arguments, through a template."""
    with engine.connect() as connection:
        row: Any = connection.execute(ONE, {"id": number}).one_or_none() or abort(404)
        arguments = connection.execute(ITS_ARGUMENTS, {"id": number}).all()
    return IDEA.render(title=row.title, row=row, arguments=arguments)


@app.post("/vote/<int:number>")
def vote(number: int) -> tuple[str, int]:
    """A bare insert with its count, in one statement."""
    with engine.begin() as connection:
        connection.execute(
            INSERT,
            {"idea": number, "person": int(request.form["person"]), "value": int(request.form["value"])},
        )
    return "", 204
