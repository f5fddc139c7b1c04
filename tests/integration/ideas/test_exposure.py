"""How often ideas are seen: counted when a page is served, also from the cache, and least seen comes first."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import db
from app.features.ideas import exposure
from app.kit import jobs
from app.models import Idea, IdeaExposure
from app.records import exposures, standings
from tests import factories
from tests.support import visit


@pytest.fixture(autouse=True)
def nothing_waits() -> Iterator[None]:
    """What other tests looked at is not counted here."""
    exposure._pages.clear()
    yield
    exposure._pages.clear()


def some_ideas(app: Flask, number: int) -> list[int]:
    with app.app_context():
        call = factories.a_call(slug="slim")
        made = [factories.an_idea(call, title=f"Idee {place}").id for place in range(number)]
        db.session.commit()
        return made


def seen(app: Flask) -> dict[int, int]:
    with app.app_context():
        return {row.idea_id: row.seen for row in db.session.scalars(db.select(IdeaExposure))}


def test_opened_pages_count_and_machines_do_not(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    app.config["PAGE_CACHE"] = True
    one, two = some_ideas(app, 2)
    client = app.test_client()
    for _turn in range(3):  # the second and third come out of the cache
        client.get(f"/ideeen/{one}")
    etag = client.get("/ideeen").headers["ETag"]
    assert client.get("/ideeen", headers={"If-None-Match": etag}).status_code == 304
    client.head(f"/ideeen/{one}")
    client.get(f"/ideeen/{one}", headers={"User-Agent": "SomeBot/2.1"})
    client.get(f"/ideeen/{one}", headers={"Sec-Purpose": "prefetch"})
    client.get("/ideeen?thema=geen", headers={"User-Agent": ""})
    client.get("/ideeen/kaart.json")
    client.get("/ideeen.atom")
    assert seen(app) == {}, "nothing is written in a request"
    with app.app_context():
        assert exposure.is_due()
        exposure.run(datetime.now(UTC))
    assert seen(app) == {one: 5, two: 2}
    client.get(f"/ideeen/{two}")
    with app.app_context():
        db.session.execute(db.delete(IdeaExposure).where(IdeaExposure.idea_id == one))
        db.session.commit()
    jobs.end(app)  # a process that stops writes what it counted
    assert seen(app) == {two: 3}
    assert "3 keer gezien" in visit(client, f"/ideeen/{two}?anders").text


def test_ideas_that_are_gone_are_not_counted_and_a_fault_loses_nothing(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one,) = some_ideas(app, 1)
    exposure._pages.extend([(one, 999_999), (one,)])
    with app.app_context(), monkeypatch.context() as broken:
        broken.setattr(exposures, "add", lambda _counts: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            exposure.flush()
    with app.app_context():
        exposure.flush()
        exposure.flush()
    assert seen(app) == {one: 2}


def test_least_seen_first_stays_while_people_look(app: Flask, client: FlaskClient) -> None:
    ids = some_ideas(app, 45)
    now = datetime.now(UTC)
    with app.app_context():
        exposures.add({number: 100 - place for place, number in enumerate(ids[:40])})
        exposures.write_down(now)
        db.session.commit()
        call = db.session.get_one(Idea, ids[0]).call_id
    page = visit(client, "/ideeen?sort=least_seen", max_queries=4)
    assert "Ideeën die weinig mensen zagen, staan vooraan" in page.text
    found = [int(link.rsplit("/", 1)[1]) for link in page.links(".idea-card .card__title a")]
    assert set(found[:5]) == set(ids[40:]), "what nobody saw"
    assert found[5:] == ids[39:24:-1]
    for turn in range(2):
        with app.app_context():  # everybody looks at the first pages, and ten minutes pass
            exposures.add(dict.fromkeys(found, 500))
            exposures.write_down(now + (turn + 1) * exposures.STEP)
            standings.refresh(call, now)  # which forgets nothing of this
            db.session.commit()
        page = page.follow('.pager a[rel="next"]')
        found += [int(link.rsplit("/", 1)[1]) for link in page.links(".idea-card .card__title a")]
    assert len(found) == len(set(found)) == 45
    assert visit(client, "/ideeen?sort=least_seen").links(".idea-card .card__title a")[0] not in {
        f"/ideeen/{number}" for number in found[:40]
    }
    with app.app_context():
        for turn in range(3, 8):
            exposures.write_down(now + turn * exposures.STEP + timedelta(seconds=1))
        kept = exposures.read(call)
        assert kept is not None
        assert len(kept.moments) == exposures.MOMENTS
