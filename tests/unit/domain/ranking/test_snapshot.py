"""Sealed standings as documents: canonical, the same again, every changed leaf found, and older versions refused."""

import copy
import hashlib
import hmac
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.ranking import Method, Weighting, ideas_record, rank_ideas, snapshot
from app.domain.ranking.canonical import (
    Difference,
    NotCanonical,
    canonical,
    events_digest,
    first_difference,
    parse,
    sha256,
)
from app.domain.ranking.material import UnknownMethod, ballots_of, material_of
from app.domain.ranking.public_check import verify_public
from app.domain.ranking.records import plain
from app.domain.ranking.snapshot import ballots_record
from app.domain.ranking.verification import verify_audit, verify_both
from tests.unit.domain.ranking import sealed


def test_a_standing_computes_again_from_either_document() -> None:
    standing = sealed.usual()
    assert verify_audit(standing.audit_text) == []
    assert verify_both(standing.public_text, standing.audit_text) == []
    assert verify_public(standing.public_text) == []


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("small", [0.02, 0.1, 0.3])
def test_standings_of_any_votes_compute_again(seed: int, small: float) -> None:
    votes = sealed.drawn(seed, small=small)
    weighting = list(Weighting)[seed % 2]
    standing = sealed.standing(sealed.counted(votes, sealed.themes_of(12), weighting=weighting))
    assert verify_both(standing.public_text, standing.audit_text) == []
    assert verify_public(standing.public_text) == []


def test_a_standing_without_votes_or_ideas_computes_again() -> None:
    votes = sealed.Votes.of([], [], [], [], 0)
    standing = sealed.standing(sealed.counted(votes, []))
    assert verify_both(standing.public_text, standing.audit_text) == []
    assert verify_public(standing.public_text) == []
    votes = sealed.Votes.of([], [], [], [], 2)
    standing = sealed.standing(sealed.counted(votes, [[101], []]))
    assert verify_both(standing.public_text, standing.audit_text) == []
    assert verify_public(standing.public_text) == []


def test_the_text_is_canonical_and_knows_no_floats() -> None:
    text = sealed.usual().public_text
    assert text == canonical(parse(text))
    assert "\n" not in text
    assert canonical({"b": [1, None], "a": "é"}) == '{"a":"é","b":[1,null]}'
    for wrong in ("1.5", "[NaN]", "{", '{"a":1e3}'):
        with pytest.raises(NotCanonical):
            parse(wrong)
    scores = [
        row["score"] for row in sealed.usual().public["outputs"]["ideas"]["draagvlak:per_group"]["rows"]
    ]
    assert all(len(score.partition(".")[2]) == 12 for score in scores)


def test_the_same_votes_in_another_order_give_the_same_text() -> None:
    votes = sealed.drawn(3)
    order = np.random.default_rng(4).permutation(len(votes.voter))
    shuffled = sealed.Votes.of(
        votes.voter[order], votes.idea[order], votes.value[order], votes.voter_group, votes.n_ideas
    )
    texts = {
        sealed.standing(sealed.counted(each, sealed.themes_of(12))).audit_text for each in (votes, shuffled)
    }
    assert len(texts) == 1


def test_every_method_by_every_weighting_is_in_it_as_it_is_ranked_by_itself() -> None:
    standing = sealed.usual()
    material = material_of(standing.audit)
    for method in Method:
        for weighting in Weighting:
            recent = material.recent if method is Method.ACTUEEL else None
            ranking = rank_ideas(
                material.tallies, material.parameters, method, material.seed, weighting, recent
            )
            assert standing.audit["outputs"]["ideas"][f"{method}:{weighting}"] == ideas_record(ranking)
            assert ideas_record(ranking)["rows"] == plain(ranking.rows())
            assert ideas_record(ranking)["too_few"] == plain(ranking.too_few)
    assert sorted(standing.audit["outputs"]["agendas"]) == [
        f"{number}:{weighting}" for number in (4, 5) for weighting in sorted(Weighting)
    ]
    assert "take more time" in standing.public["outputs"]["agendas"]["5:per_group"]["error"]
    agenda = standing.public["outputs"]["agendas"]["4:per_group"]
    assert agenda["entries"][0]["reason"] == "Besluit van de raad"
    assert "Vorige keer besproken" in [row["note"] for row in agenda["left_out"]]
    assert [comparison["method"] for comparison in agenda["comparisons"]] == [
        "meeste_stemmen@1",
        "phragmen@1",
    ]


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of everything that is not a list or a dictionary, or an empty one."""
    if isinstance(value, dict) and value:
        for key in sorted(value):
            yield from leaves(value[key], (*path, key))
    elif isinstance(value, list) and value:
        for place, item in enumerate(value):
            yield from leaves(item, (*path, place))
    else:
        yield path


def flipped(value: Any) -> Any:
    """Another value of the same kind."""
    if value is None:
        return 0
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return value[:-1] + ("1" if value[-1] != "1" else "2") if value else "x"
    return [0] if isinstance(value, list) else {"x": 0}


AUDIT_LEAVES = list(leaves(sealed.usual().audit))
PUBLIC_LEAVES = list(leaves(sealed.usual().public))


def changed(document: Any, path: tuple[Any, ...]) -> str:
    spoilt = parse(canonical(document))  # a copy that shares nothing between its parts
    inner = spoilt
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = flipped(inner[path[-1]])
    return canonical(spoilt)


def differences(text: str) -> list[Difference]:
    try:
        return verify_audit(text)
    except UnknownMethod as error:
        return [Difference("methods" if "method" in str(error) else "schema", str(error), "")]


def named(path: tuple[Any, ...], found: list[Difference]) -> bool:
    """Whether a difference names the place, the part it is in, or what the place is the digest of."""
    dotted = ".".join(map(str, path))
    if path[0] == "digests":
        # A digest and what it is of can only be told apart by whoever knows which one was changed.
        return bool({each.path.removeprefix("inputs.") for each in found} & {str(path[-1]), "digests"})
    if path[0] == "inputs":
        return any(each.path.split(".")[0] == "inputs" for each in found)
    if path[0] == "key":
        return {"inputs.tallies", "inputs.ballots"} <= {each.path for each in found}
    return any(
        each.path in (dotted, f"{dotted}.0", f"{dotted}.x") or dotted.startswith(f"{each.path}.")
        for each in found
    )


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(AUDIT_LEAVES))
def test_any_changed_leaf_of_the_auditors_document_is_found_and_named(path: tuple[Any, ...]) -> None:
    found = differences(changed(sealed.usual().audit, path))
    assert found, path
    assert named(path, found), (path, found)


@pytest.mark.parametrize("part", sorted({path[0] for path in AUDIT_LEAVES}))
def test_a_change_in_every_part_is_found(part: str) -> None:
    path = next(path for path in AUDIT_LEAVES if path[0] == part)
    found = differences(changed(sealed.usual().audit, path))
    assert named(path, found), found


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(PUBLIC_LEAVES))
def test_any_changed_leaf_of_the_public_document_is_found_beside_the_auditors(path: tuple[Any, ...]) -> None:
    text = changed(sealed.usual().public, path)
    assert sha256(text) != sha256(sealed.usual().public_text)
    try:
        found = verify_both(text, sealed.usual().audit_text)
    except UnknownMethod:
        assert path == ("schema",)
        return
    dotted = ".".join(map(str, path))
    (difference,) = found
    if path == ("schema",):
        assert "Its schema is" in difference.should_be
    else:  # in an empty list that was filled, the first item is what differs
        assert difference.path in (dotted, f"{dotted}.0", f"{dotted}.x")


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 255))
def test_a_changed_byte_is_found(place: int, byte: int) -> None:
    raw = sealed.usual().audit_text.encode()
    place %= len(raw)
    spoilt = raw[:place] + bytes([byte]) + raw[place + 1 :]
    if spoilt == raw:
        return
    try:
        text = spoilt.decode()
    except UnicodeDecodeError:
        return  # not even a text
    assert differences(text)


def test_another_parameter_shows_in_the_parameters_and_in_what_follows_from_them() -> None:
    audit = parse(sealed.usual().audit_text)
    audit["parameters"]["m"] = 6
    paths = [difference.path for difference in verify_audit(canonical(audit))]
    assert paths[0] == "parameters"
    assert any(path.startswith("outputs.") for path in paths)


def test_an_unknown_version_is_a_clear_sentence() -> None:
    audit = parse(sealed.usual().audit_text)
    del audit["digests"]["parts"]["methods"]
    audit["methods"]["ideas"][0] = "draagvlak@9"
    text = canonical(audit).replace("draagvlak@1", "draagvlak@9")
    assert [difference.path for difference in verify_audit(text)] == ["methods"]
    for schema in ("stand@7", "stand-audit@7"):
        with pytest.raises(UnknownMethod, match=schema):
            verify_audit(canonical({**audit, "schema": schema}))
    public = parse(sealed.usual().public_text)
    public["methods"]["agenda"].append("mes_add1@9")
    with pytest.raises(UnknownMethod, match="does not know the method mes_add1@9"):
        verify_public(canonical(public))


def test_a_standing_of_before_a_method_was_added_computes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    older = {kind: names[:2] for kind, names in snapshot.METHODS.items()}
    monkeypatch.setattr(snapshot, "METHODS", {**older, "agenda": snapshot.METHODS["agenda"]})
    standing = sealed.standing(sealed.counted(sealed.drawn(2), sealed.themes_of(12)))
    monkeypatch.undo()
    assert sorted(standing.public["outputs"]["ideas"]) == [
        f"{method}:{weighting}" for method in ("brug", "draagvlak") for weighting in sorted(Weighting)
    ]
    assert verify_both(standing.public_text, standing.audit_text) == []
    assert verify_public(standing.public_text) == []


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema":1}', '{"schema":"stand-audit@1"}', "[" * 5000])
def test_something_else_is_no_standing(text: str) -> None:
    if "schema" in text and "stand" not in text:
        with pytest.raises(UnknownMethod):
            verify_audit(text)
        return
    assert verify_audit(text)


def test_the_digest_of_the_votes_is_that_of_the_written_lines() -> None:
    people, ideas = [7, 12, 3], [9, 10, 101]
    rows = [(0, 0, 1), (0, 1, -1), (1, 2, 1), (2, 0, -1), (2, 2, 1), (0, 2, -1)]
    whose = [0, 1, 2]

    def name(person: int) -> str:
        return hmac.new(bytes.fromhex(sealed.KEY), str(person).encode(), hashlib.sha256).hexdigest()[:32]

    lines = [
        f"{name(people[voter])};{ideas[idea]};{sealed.GROUPS[whose[voter]]};{value}\n".encode()
        for voter, idea, value in rows
    ]
    voter, idea, value = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    digest = events_digest(
        sealed.KEY, people, ideas, sealed.GROUPS, voter, idea, value, np.array(whose)[voter]
    )
    assert digest == hashlib.sha256(b"".join(sorted(lines))).hexdigest()


def test_ballots_are_written_as_masks_and_read_back() -> None:
    audit = sealed.usual().audit
    items = [theme["id"] for theme in audit["scope"]["themes"]]
    ballots = ballots_of(audit["inputs"]["ballots"], items, sealed.GROUPS)
    assert ballots_record(ballots) == audit["inputs"]["ballots"]
    wide = ballots_of([["8000000000000000001", "council", 2]], list(range(80)), sealed.GROUPS)
    assert ballots_record(wide) == [["8000000000000000001", "council", 2]]
    with pytest.raises(ValueError, match="not in the scope"):
        ballots_of([["10", "resident", 1]], items, sealed.GROUPS)


@pytest.mark.parametrize(
    ("stands", "should", "path"),
    [
        ({"a": [1, 2]}, {"a": [1, 3]}, "a.1"),
        ({"a": [1]}, {"a": [1, 3]}, "a.1"),
        ({"a": 1, "b": 0}, {"b": 0}, "a"),
        ({"a": True}, {"a": 1}, "a"),
        ([{"x": "1"}], [{"x": 1}], "0.x"),
        ({"a": None}, {"a": {}}, "a"),
    ],
)
def test_the_first_difference_is_named_by_its_path(stands: Any, should: Any, path: str) -> None:
    found = first_difference(stands, should)
    assert found is not None
    assert found.path == path
    assert str(found).startswith(f"{path}: it says ")
    assert first_difference(should, copy.deepcopy(should)) is None


def test_a_standing_that_was_sealed_with_the_first_versions_computes_again_for_ever() -> None:
    """When this fails, outcomes of a version that is out in the world changed: add a version, keep the old one."""
    folder = Path(__file__).parents[3] / "data" / "standing-1"
    public, audit = ((folder / name).read_text() for name in ("public.json", "audit.json"))
    assert sha256(public) == "6f90d4346c1cb049dae1ed7a627cdab4b23dd616e10f6a0e85a54e8a80c7eafa"
    assert verify_both(public, audit) == []
    assert verify_public(public) == []
