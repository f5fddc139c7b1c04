"""One thing at another place of an order: nothing is lost, and the same place again changes nothing."""

from hypothesis import given
from hypothesis import strategies as st

from app.domain.places import moved


def test_a_thing_moves_to_a_place_and_never_beyond_the_ends() -> None:
    assert moved(("a", "b", "c"), "a", 1) == ("b", "a", "c")
    assert moved(("a", "b", "c"), "a", 9) == ("b", "c", "a")
    assert moved(("a", "b", "c"), "c", -1) == ("c", "a", "b")
    assert moved(("a", "b"), "x", 0) == ("a", "b")


@given(
    found=st.lists(st.sampled_from("abcdefgh"), unique=True, min_size=1),
    to=st.integers(-2, 10),
    data=st.data(),
)
def test_moving_again_changes_nothing_and_moving_back_everything(
    found: list[str], to: int, data: st.DataObject
) -> None:
    one = data.draw(st.sampled_from(found))
    there = moved(found, one, to)
    assert sorted(there) == sorted(found)
    assert there.index(one) == min(max(to, 0), len(found) - 1)
    assert moved(there, one, to) == there
    assert list(moved(there, one, found.index(one))) == found
