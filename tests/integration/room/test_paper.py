"""Paper of an open question: hundreds of answers are counted on one page, and merged ones are counted again."""

from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient

from app.domain import rounds as rules
from app.models.person import Role
from app.models.room import RoundKind, RoundState
from tests.support import look_at, post, sign_in, visit
from tests.support.hall import Hall
from tests.support.page import Page

AGAIN = "Nog niet alles is geteld"
FORM = "form[action$='/papier']"


@dataclass
class Counting:
    """A closed open question, and two people who count."""

    hall: Hall
    people: tuple[FlaskClient, FlaskClient]
    round: int
    options: list[int]

    @property
    def path(self) -> str:
        return f"{self.hall.path}/rondes/{self.round}"

    def enter(self, **numbers: int) -> None:
        """Both enter the same; `_1` is the first answer."""
        fields = {f"count-{self.options[int(name[1:]) - 1]}-1": n for name, n in numbers.items()}
        for person in self.people:
            assert visit(person, f"{self.path}/papier").submit(FORM, fields).status_code == 303

    def merge(self, *places: int) -> Page:
        """Merge answers into the first of them; the page afterwards."""
        same = [self.options[place - 1] for place in places]
        post(self.people[0], f"{self.path}/antwoorden", same=same, into=same[0])
        return visit(self.people[0], f"{self.path}/antwoorden")

    def shown(self) -> list[str]:
        """What everybody reads after the reveal, an answer a line."""
        return visit(self.hall.app.test_client(), self.path).texts(".room-figures__item")


@pytest.fixture
def counting(hall: Hall) -> Counting:
    number = hall.round(RoundKind.OPEN, options=("Bomen", "Meer groen", "Water"), state=RoundState.CLOSED)
    people = (
        sign_in(hall.app.test_client(), hall.facilitator),
        sign_in(hall.app.test_client(), hall.room.person(Role.FACILITATOR)),
    )
    return Counting(hall, people, number, hall.options(number))


def test_merged_answers_are_counted_on_paper_again(counting: Counting) -> None:
    counting.enter(_1=4, _2=3, _3=2)
    page = visit(counting.people[0], f"{counting.path}/papier")
    assert "Jullie vonden hetzelfde" in page.text
    assert "opnieuw tellen" in visit(counting.people[0], f"{counting.path}/antwoorden").text
    assert "Op papier waren ze al geteld" in counting.merge(1, 2).text
    for person in counting.people:
        page = visit(person, f"{counting.path}/papier")
        assert AGAIN in page.text
        typed = [str(tag.get("value", "")) for tag in page.all("input.input--short")]
        assert typed == ["", "2"], "what did not change keeps its count"
    counting.hall.lead("reveal", counting.round)
    assert not any("4" in line for line in counting.shown()), "half of a number is none"
    counting.enter(_1=6)
    bomen, water = counting.shown()
    assert "6" in bomen
    assert "2" in water


def test_answers_that_part_are_counted_on_paper_again(counting: Counting) -> None:
    counting.merge(1, 2)
    counting.enter(_1=6, _3=2)
    answers = f"{counting.path}/antwoorden"
    post(counting.people[0], f"{answers}/{counting.options[1]}", verb="unmerge")
    assert "als één antwoord geteld" in visit(counting.people[0], answers).text
    assert AGAIN in visit(counting.people[1], f"{counting.path}/papier").text
    counting.enter(_1=4, _2=3)
    counting.hall.lead("reveal", counting.round)
    assert [any(number in line for line in counting.shown()) for number in "4326"] == [
        True,
        True,
        True,
        False,
    ]


def test_nothing_has_to_be_counted_again_where_nothing_was(counting: Counting) -> None:
    assert "geteld" not in counting.merge(1, 2).text


def test_what_was_typed_while_answers_were_merged_comes_back(counting: Counting) -> None:
    page = visit(counting.people[1], f"{counting.path}/papier")
    counting.merge(1, 2)
    first, second, third = (f"count-{option}-1" for option in counting.options)
    answer = page.submit(FORM, {first: "4", second: "3", third: "17"})
    assert answer.status_code == 403
    shown = look_at(counting.people[1], answer)
    assert "De keuzes zijn intussen veranderd" in shown.text
    assert shown.one(f"#{third}")["value"] == "17"
    assert not visit(counting.people[1], f"{counting.path}/papier").one(f"#{third}").get("value")


def test_an_answer_off_the_screens_keeps_its_count(counting: Counting) -> None:
    counting.enter(_1=4, _2=3, _3=2)
    answer = f"{counting.path}/antwoorden/{counting.options[1]}"
    post(counting.people[0], answer, verb="hide")
    counting.enter(_1=5)
    post(counting.people[0], answer, verb="show")
    assert "Jullie vonden hetzelfde" in visit(counting.people[0], f"{counting.path}/papier").text


def test_five_hundred_answers_are_counted_and_an_empty_field_is_nought(hall: Hall) -> None:
    texts = tuple(f"Antwoord {number}" for number in range(rules.MOST_ANSWERS_OF_ALL))
    number = hall.round(RoundKind.OPEN, options=texts, state=RoundState.CLOSED)
    people = (
        sign_in(hall.app.test_client(), hall.facilitator),
        sign_in(hall.app.test_client(), hall.room.person(Role.FACILITATOR)),
    )
    counting = Counting(hall, people, number, hall.options(number))
    counting.enter(_1=3, _500=7)
    page = visit(counting.people[0], f"{counting.path}/papier")
    assert "Jullie vonden hetzelfde" in page.text
    typed = [str(tag["value"]) for tag in page.all("input.input--short")]
    assert (len(typed), typed[0], typed[1], typed[499]) == (500, "3", "0", "7")
