"""Files that are made to hurt whoever checks them: they are refused or named, in an instant."""

import json
from typing import Any

import pytest

from app.domain.ranking.canonical import NotCanonical, canonical, parse
from app.domain.ranking.public_check import verify_public
from app.domain.ranking.verification import verify_audit
from tests.unit.domain.ranking import sealed

ENORMOUS = "1e99999999"
"""As a fraction this would be a number of a hundred million digits."""


@pytest.mark.parametrize(
    "text",
    ['{"number":' + "9" * 5000 + "}", r'{"schema":"stand@1","reason":"\ud800"}', r'{"\udfff":1}'],
    ids=["digits", "half a letter", "half a letter as a key"],
)
def test_what_cannot_be_a_document_is_refused(text: str) -> None:
    with pytest.raises(NotCanonical):
        parse(text)


def test_letters_that_only_look_like_halves_are_kept() -> None:
    document = {"title": "\\ud800", "smile": "😀"}
    assert parse(canonical(document)) == document
    assert parse(json.dumps(document)) == document


@pytest.mark.parametrize("methods", [None, [], 5, "draagvlak@1", {"ideas": 5}, {"ideas": None}])
def test_methods_of_another_kind_are_named(methods: Any) -> None:
    public = {**sealed.usual().public, "methods": methods}
    assert len(verify_public(canonical(public))) == 1


def test_numbers_that_would_take_a_day_to_write_out_are_not_computed_with() -> None:
    audit = parse(sealed.usual().audit_text)
    audit["parameters"]["weights"][1] = ENORMOUS
    assert verify_audit(canonical(audit))
    for place in ("weights", "mu", "paid", "common"):
        public = parse(sealed.usual().public_text)
        if place == "weights":
            public["parameters"]["weights"][1] = ENORMOUS
        elif place == "mu":
            public["outputs"]["ideas"]["draagvlak:per_group"]["mu"] = [ENORMOUS] * 3
        else:
            entry = public["outputs"]["agendas"]["4:per_group"]["entries"][0]
            entry["paid"] = [ENORMOUS] * 3 if place == "paid" else ["0/1"] * 3
            entry["common"] = ENORMOUS if place == "common" else "0/1"
        assert len(verify_public(canonical(public))) == 1, place


RANKING = ("outputs", "ideas", "draagvlak:per_group")
THEMES = ("outputs", "themes", "top3:per_person")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ((*RANKING, "method"), "brug@1"),
        ((*RANKING, "weighting"), "per_person"),
        ((*RANKING, "seed"), "another"),
        ((*RANKING, "parameters", "m"), 6),
        ((*RANKING, "rows", 0, "rank"), 2),
        ((*RANKING, "rows", 3, "rank"), 1),
        ((*THEMES, "rows", 1, "rank"), 9),
        ((*THEMES, "rows", 0, "id"), 999),
        (("outputs", "agendas", "4:per_group", "parameters", "k"), 11),
        (("scope", "themes", 0, "id"), 999),
    ],
)
def test_a_public_file_that_contradicts_itself_is_named(path: tuple[str | int, ...], value: Any) -> None:
    public = parse(sealed.usual().public_text)
    place: Any = public
    for step in path[:-1]:
        place = place[step]
    assert place[path[-1]] != value
    place[path[-1]] = value
    (found,) = verify_public(canonical(public))
    assert found.path.startswith("outputs.")
