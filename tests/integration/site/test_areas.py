"""Loading neighbourhoods: all faults told at once and nothing written; a good file replaces what is there."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.db import db
from app.models.area import Area
from app.models.audit import AuditEntry
from app.records import areas
from tests import factories

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "areas.json"
GOOD = {"name": "Wyck", "latitude": 50.85, "longitude": 5.7}


def load(app: Flask, path: Path | str) -> Any:
    return app.test_cli_runner().invoke(args=["areas", "load", str(path)])


def names(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(db.select(Area.name).order_by(Area.position)))


def test_a_good_file_takes_the_place_of_what_was_there(app: Flask) -> None:
    with app.app_context():
        factories.an_area("Verdwenen buurt")
        db.session.commit()
    first = load(app, EXAMPLE)
    assert first.output == "3 neighbourhoods: 3 new, 0 changed, 1 removed.\n"
    assert names(app) == ["Voorbeeldbuurt", "Rivierkwartier", "Heuvelzicht"]
    assert load(app, EXAMPLE).output == "3 neighbourhoods: 0 new, 0 changed, 0 removed.\n"
    with app.app_context():
        first_area, second, third = areas.everywhere()
        assert (first_area.code, first_area.year, first_area.postcodes) == ("BU09350000", 2025, "6211")
        assert second.is_approximate
        assert not third.is_approximate
        assert areas.of_postcode("6229") == second
        assert areas.nearest(50.8434, 5.7011) == second
        assert areas.nearest(52.37, 4.89) is None
        assert areas.named("Heuvelzicht") == third
        assert db.session.scalars(db.select(AuditEntry.action)).all() == ["areas.load"] * 2


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("rows", "faults"),
    [
        ([], 0),
        ("niets", 0),
        ([GOOD, 7], 1),
        ([GOOD, {**GOOD, "name": "wyck"}], 1),
        ([GOOD, {"name": " ", "latitude": 5.7, "longitude": 50.85}], 3),
        ([{**GOOD, "latitude": float("nan")}, {**GOOD, "name": "B", "longitude": True}], 2),
        ([{**GOOD, "code": "XX1", "postcodes": ["621"], "approximate": "ja", "extra": 1}], 5),
        ([{**GOOD, "year": 12, "name": "x" * 81}], 2),
        ([{**GOOD, "name": "!!!"}], 1),
    ],
)
def test_a_bad_file_tells_everything_and_writes_nothing(
    app: Flask, tmp_path: Path, rows: Any, faults: int
) -> None:
    path = tmp_path / "buurten.json"
    path.write_text(json.dumps({"areas": rows}))
    result = load(app, path)
    assert result.exit_code == 2
    assert f"has {faults or 1} fault(s)" in result.stderr
    assert result.stderr.count("\n- ") == (faults or 1)
    assert names(app) == []


@pytest.mark.one_database
@pytest.mark.parametrize("content", [b"", b"[", b"\xff\xfe", b"[" * 100_000, b'"' + b"x" * 2_100_000 + b'"'])
def test_what_is_no_json_is_refused_in_one_sentence(app: Flask, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "buurten.json"
    path.write_bytes(content)
    for given in (path, tmp_path / "bestaat-niet.json"):
        result = load(app, given)
        assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
