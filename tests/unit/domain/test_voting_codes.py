"""Voting codes: readable from paper, hard to guess, and every slip of one or two characters is told at once."""

from itertools import combinations
from random import Random

import pytest

from app.domain import mail_domains, voting_codes
from app.domain.mail_domains import NotADomain
from app.domain.voting_codes import ALPHABET, DRAWN, NotACode


def test_a_code_can_be_copied_from_paper() -> None:
    draw = Random(1).randrange
    made = {voting_codes.make(draw) for _ in range(500)}
    assert len(made) == 500
    assert not set("0O1I") & set("".join(made))
    assert len(ALPHABET) ** DRAWN >= 2**60
    for code in made:
        shown = voting_codes.grouped(code)
        assert [len(group) for group in shown.split("-")] == [4, 4, 4, 4]
        for typed in (shown, shown.lower(), f"  {shown.replace('-', ' ')}\n", code, shown.replace("-", "–")):
            assert voting_codes.read(typed) == code


def test_one_wrong_character_and_every_swap_are_told() -> None:
    draw = Random(2).randrange
    for _ in range(10):
        code = voting_codes.make(draw)
        wrong = [
            code[:place] + other + code[place + 1 :]
            for place in range(len(code))
            for other in ALPHABET
            if other != code[place]
        ]
        for one, two in combinations(range(len(code)), 2):
            if code[one] != code[two]:
                turned = list(code)
                turned[one], turned[two] = turned[two], turned[one]
                wrong.append("".join(turned))
        for typed in wrong:
            with pytest.raises(NotACode, match="typing mistake"):
                voting_codes.read(typed)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Fill in the code"),
        (" - ", "Fill in the code"),
        ("0ESH-9682-PG9B-25AS", "no 0, O, 1 or I"),
        ("JESH-9682-PG9B-25AI", "no 0, O, 1 or I"),
        ("JESH_9682_PG9B_25AS", "letters and digits only"),
        ("JESH-9682-PG9B-25A", "you typed"),
        ("JESH-9682-PG9B-25ASS", "you typed"),
        ("é" * 16, "letters and digits only"),
    ],
)
def test_what_is_no_code_gets_its_sentence(typed: str, sentence: str) -> None:
    assert voting_codes.read("JESH-9682-PG9B-25AS") == "JESH9682PG9B25AS"
    with pytest.raises(NotACode, match=sentence):
        voting_codes.read(typed)


def test_a_domain_to_trust_is_of_one_organisation() -> None:
    assert mail_domains.read(" @Raad.Maastricht.EXAMPLE. ") == "raad.maastricht.example"
    assert mail_domains.read("bücher.example") == "xn--bcher-kva.example"
    assert mail_domains.of("iemand@raad.example") == "raad.example"
    for typed in ("gmail.com", "@Outlook.com", "hotmail.com", "live.nl", "ziggo.nl", "kpnmail.nl"):
        with pytest.raises(NotADomain, match="get an address"):
            mail_domains.read(typed)
    for typed in ("nl", "co.uk", "github.io"):
        with pytest.raises(NotADomain, match="register a name"):
            mail_domains.read(typed)
    for typed in ("", "a b.nl", "-a.nl", "iemand@raad.nl", "10.0.0.1", f"{'a' * 64}.nl", "a..nl"):
        with pytest.raises(NotADomain, match="not a domain"):
            mail_domains.read(typed)
