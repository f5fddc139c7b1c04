"""Looks at a Dutch text for what a moderator or its writer may want to see. It says where and why, and decides nothing.

Every finding is a sentence with the places that it is about. Each rule is short enough to explain to the writer; where
a rule cannot be sure, its sentence says so ("may be").
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from app.domain import text_patterns as patterns
from app.domain.decision import N_

LONGEST = 6000
"""Characters that are looked at; no text here is longer."""
SHORT = 15
"""Letters; with fewer a text says hardly anything."""
SHOUTED_LETTERS = 15
SHOUTED_SHARE = 0.5
LEAST_LETTERS = 20
MANY_LINKS = 3


class CheckKind(StrEnum):
    """What was found."""

    EMAIL = "email"
    PHONE = "phone"
    ADDRESS = "address"
    BSN = "bsn"
    IBAN = "iban"
    PLATE = "plate"
    WORD = "word"
    SHOUTING = "shouting"
    EXCLAIMING = "exclaiming"
    LINK = "link"
    SHORTENER = "shortener"
    SHORT = "short"
    REPEATED = "repeated"


Place = tuple[int, int]
PERSONAL = frozenset(
    {CheckKind.EMAIL, CheckKind.PHONE, CheckKind.ADDRESS, CheckKind.BSN, CheckKind.IBAN, CheckKind.PLATE}
)
"""What may tell who somebody is or how to find them."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a text: the sentence about it (marked English, with the values that fill it in), and where."""

    kind: CheckKind
    sentence: str
    values: Mapping[str, object] = field(default_factory=dict)
    places: tuple[Place, ...] = ()


def check(text: str, flagged: Collection[str] = ()) -> list[Finding]:
    """Everything found in the text, in the order of `CheckKind`. `flagged`: words as the organisers' list has them."""
    text = text[:LONGEST]
    found: list[Finding] = []
    taken: list[Place] = []

    def say(kind: CheckKind, sentence: str, places: Iterable[Place], **values: object) -> None:
        where = tuple(place for place in places if not _overlaps(place, taken))
        if where:
            taken.extend(where)
            found.append(Finding(kind, sentence, {"count": len(where), **values}, where))

    links = list(_spans(patterns.LINK, text))
    say(CheckKind.EMAIL, _SENTENCES[CheckKind.EMAIL], _spans(patterns.EMAIL, text))
    say(CheckKind.IBAN, _SENTENCES[CheckKind.IBAN], _ibans(text))
    blocked = taken + links
    say(CheckKind.PHONE, _SENTENCES[CheckKind.PHONE], _clear(_phones(text), blocked))
    say(CheckKind.ADDRESS, _SENTENCES[CheckKind.ADDRESS], _clear(_addresses(text), blocked))
    say(CheckKind.PLATE, _SENTENCES[CheckKind.PLATE], _clear(_plates(text), blocked))
    say(CheckKind.BSN, _SENTENCES[CheckKind.BSN], _clear(_bsns(text), blocked))
    found += _of_links(text, _clear(links, taken))
    found += _of_words(text, flagged)
    found += _of_form(text)
    order = list(CheckKind)
    return sorted(found, key=lambda one: order.index(one.kind))


_SENTENCES = {
    CheckKind.EMAIL: N_("There is an e-mail address in the text. Everybody can read it."),
    CheckKind.PHONE: N_("There is a phone number in the text. Everybody can read it."),
    CheckKind.ADDRESS: N_("This may be the address of somebody's home."),
    CheckKind.BSN: N_("This may be a citizen service number (BSN)."),
    CheckKind.IBAN: N_("There is a bank account number (IBAN) in the text."),
    CheckKind.PLATE: N_("This looks like the number plate of a car."),
}


def passes_eleven_test(digits: str) -> bool:
    """Whether eight or nine digits can be a citizen service number: 9a+8b+7c+6d+5e+4f+3g+2h-i is a multiple of 11."""
    digits = digits.zfill(9)
    if len(digits) != 9 or not digits.isascii() or not digits.isdigit() or int(digits) < 1_000_000:
        return False
    total = sum(
        int(digit) * weight for digit, weight in zip(digits, (9, 8, 7, 6, 5, 4, 3, 2, -1), strict=True)
    )
    return total % 11 == 0


def is_iban(number: str) -> bool:
    """Whether this is an account number of a country that we know: its length, and its rest modulo 97 (ISO 13616)."""
    number = number.upper()
    if not (number.isascii() and number.isalnum()) or patterns.IBAN_LENGTHS.get(number[:2]) != len(number):
        return False
    return int("".join(str(int(sign, 36)) for sign in number[4:] + number[:4])) % 97 == 1


def normal(word: str) -> str:
    """A word as the list keeps it: small letters, without accents, single spaces."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    kept = "".join(sign if sign.isalnum() else " " for sign in plain if not unicodedata.combining(sign))
    return " ".join(kept.split())


def forms(word: str) -> frozenset[str]:
    """The word and what Dutch makes of it by itself: plurals, the small ones, and the adjective with -e.

    >>> sorted(forms("klootviool") & {"klootviolen", "klootvioolen"})
    ['klootviolen', 'klootvioolen']
    """
    made = {word + end for end in ("", "s", "en", "e", "je", "jes", "tje", "tjes", "es", "ers")}
    double = re.fullmatch(r"(.*)([aeou])\2([^aeiou])", word)
    if double:  # klootviool, klootviolen
        stem = "".join(double.groups())
        made |= {stem + end for end in ("en", "e")}
        word = stem
    elif re.fullmatch(r".*[^aeiou][aeiou][^aeiouwx]", word):  # trut, trutten
        made |= {word + word[-1] + end for end in ("en", "e", "er", "ers")}
    if word[-1:] in ("f", "s"):  # dief, dieven; loos, loze
        made |= {word[:-1] + {"f": "v", "s": "z"}[word[-1]] + end for end in ("en", "e")}
    return frozenset(made)


def _of_words(text: str, flagged: Collection[str]) -> Iterator[Finding]:
    """Words of the list, whole: in a form of their own or with a strengthener before them, never inside another."""
    if not flagged:
        return
    known, phrases = _looked_for(frozenset(flagged))
    tokens = [(normal(match.group()), match.span()) for match in re.finditer(r"[^\W_]+", text)]
    places: list[Place] = []
    words: list[str] = []
    for number, (token, span) in enumerate(tokens):
        word = known.get(token) or known.get(_without_strengthener(token))
        if word is not None:
            places.append(span)
            words.append(word)
        for phrase in phrases.get(token, ()):
            if [one for one, _ in tokens[number : number + len(phrase)]] == phrase:
                places.append((span[0], tokens[number + len(phrase) - 1][1][1]))
                words.append(" ".join(phrase))
    if words:
        named = ", ".join(dict.fromkeys(words))
        sentence = N_("Words from the list of the organisers: %(words)s.")
        yield Finding(CheckKind.WORD, sentence, {"words": named, "count": len(places)}, tuple(places))


@lru_cache(maxsize=4)
def _looked_for(flagged: frozenset[str]) -> tuple[dict[str, str], dict[str, list[list[str]]]]:
    """By form the word of the list, and by first word its phrases; made once for a list, and not for every text."""
    known = {form: word for word in sorted(flagged) if " " not in word for form in forms(word)}
    phrases: dict[str, list[list[str]]] = {}
    for phrase in sorted(word.split() for word in flagged if " " in word):
        phrases.setdefault(phrase[0], []).append(phrase)
    return known, phrases


def _without_strengthener(token: str) -> str:
    for start in patterns.STRENGTHENERS:
        rest = token.removeprefix(start)
        if rest != token and len(rest) >= 3:
            return rest
    return ""


def _of_links(text: str, places: Iterable[Place]) -> Iterator[Finding]:
    links = tuple(places)
    if not links:
        return
    domains = [_domain(text[start:end]) for start, end in links]
    short = tuple(
        place for place, domain in zip(links, domains, strict=True) if domain in patterns.SHORTENERS
    )
    named = ", ".join(dict.fromkeys(domains))
    many = N_("There are %(count)s links in the text, to %(domains)s.")
    one = N_("There is a link in the text, to %(domains)s.")
    sentence = many if len(links) > 1 else one
    yield Finding(CheckKind.LINK, sentence, {"count": len(links), "domains": named}, links)
    if short:
        hidden = N_("A short link hides where it leads.")
        yield Finding(CheckKind.SHORTENER, hidden, {"count": len(short)}, short)


def _domain(link: str) -> str:
    host = re.split(r"[/?#:]", re.sub(r"^https?://", "", link.lower()), maxsplit=1)[0]
    return host.removeprefix("www.").rstrip(".,;)!")


def _of_form(text: str) -> Iterator[Finding]:
    """How it is written: in capitals, with rows of exclamation marks, hardly at all, or the same again and again."""
    shouted = tuple(_shouted(text))
    if shouted:
        yield Finding(CheckKind.SHOUTING, N_("Much is in capitals. That reads as shouting."), {}, shouted)
    loud = tuple(_spans(patterns.EXCLAIMED, text))
    if loud:
        yield Finding(CheckKind.EXCLAIMING, N_("There are rows of exclamation marks."), {}, loud)
    letters = sum(sign.isalpha() for sign in text)
    if letters < SHORT:
        yield Finding(CheckKind.SHORT, N_("The text is very short."), {"count": letters})
    same = tuple(_repeated(text))
    if same:
        yield Finding(CheckKind.REPEATED, N_("The same is repeated in the text."), {}, same)


def _shouted(text: str) -> Iterator[Place]:
    """Rows of words in capitals; abbreviations are short, and stand alone or among each other."""
    letters = [sign for sign in text if sign.isalpha()]
    share = sum(sign.isupper() for sign in letters) / len(letters) if len(letters) >= LEAST_LETTERS else 0.0
    for match in patterns.SHOUTED.finditer(text):
        words = re.findall(r"[^\W\d_]+", match.group())
        long = sum(len(word) >= 4 for word in words)
        is_row = sum(map(len, words)) >= SHOUTED_LETTERS and len(words) >= 3 and long >= 2
        if is_row or (share > SHOUTED_SHARE and long >= 1):
            yield match.span()


def _repeated(text: str) -> Iterator[Place]:
    yield from _spans(patterns.SAME_SIGN, text)
    yield from _spans(patterns.SAME_WORD, text)
    seen: dict[str, int] = {}
    for match in re.finditer(r"[^.!?\n]{15,}", text):
        line = normal(match.group())
        seen[line] = seen.get(line, 0) + 1
        if seen[line] == 3:
            yield match.span()


def _phones(text: str) -> Iterator[Place]:
    for match in patterns.PHONE.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        national = re.sub(r"^(?:00)?31(?:0)?", "0", digits) if not re.match(r"0[1-9]", digits) else digits
        if len(national) != 10 or national[1] == "0" or patterns.PUBLIC_NUMBER.match(national):
            continue
        if not patterns.DATE_FIRST.match(match.group()):
            yield match.span()
    yield from _spans(patterns.ABROAD, text)


def _addresses(text: str) -> Iterator[Place]:
    """A postcode with letters beside a house number, or a street with one. A postcode alone is no home."""
    for match in patterns.POSTCODE.finditer(text):
        start, end = match.span()
        if patterns.YEAR_AND.fullmatch(match.group()):
            continue
        after = patterns.AFTER_POSTCODE.match(text, end)
        before = patterns.BEFORE_POSTCODE.search(text[max(0, start - 40) : start])
        if after:
            yield start, after.end()
        elif before:
            yield start - len(before.group()), end
    for match in patterns.STREET.finditer(text):
        following = re.match(r"\s([^\W\d_]+)", text[match.end() :])
        word = following.group(1) if following else ""
        if not word or not word.islower() or word in patterns.GOES_ON:
            yield match.span()


def _bsns(text: str) -> Iterator[Place]:
    for match in patterns.BSN.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        is_other = patterns.OTHER_NUMBER.search(text[max(0, match.start() - 40) : match.start()])
        is_other = is_other or patterns.COUNTED.match(text, match.end())
        if not is_other and not _is_date(digits) and passes_eleven_test(digits):
            yield match.span()


def _is_date(digits: str) -> bool:
    """Whether eight digits read as a day of our time: 20260630 or 30062026."""
    if len(digits) != 8:
        return False
    for year, month, day in (
        (digits[:4], digits[4:6], digits[6:]),
        (digits[4:], digits[2:4], digits[:2]),
    ):
        if 1900 <= int(year) < 2100 and 1 <= int(month) <= 12 and 1 <= int(day) <= 31:
            return True
    return False


def _ibans(text: str) -> Iterator[Place]:
    for match in patterns.IBAN_START.finditer(text):
        length = patterns.IBAN_LENGTHS.get(match.group()[:2].upper())
        if length is None:
            continue
        number = re.match(
            rf"[A-Za-z0-9](?:[ .-]?[A-Za-z0-9]){{{length - 1}}}(?![A-Za-z0-9])", text[match.start() :]
        )
        if number and is_iban(re.sub(r"[ .-]", "", number.group())):
            yield match.start(), match.start() + number.end()


def _plates(text: str) -> Iterator[Place]:
    for match in patterns.PLATE.finditer(text):
        if not patterns.MONTHS & set(match.group().split("-")):
            yield match.span()


def _spans(pattern: re.Pattern[str], text: str) -> Iterator[Place]:
    return (match.span() for match in pattern.finditer(text))


def _overlaps(place: Place, others: Collection[Place]) -> bool:
    return any(place[0] < end and start < place[1] for start, end in others)


def _clear(places: Iterable[Place], blocked: Collection[Place]) -> Iterator[Place]:
    """Only what lies in nothing that was recognised already: a number in a link or an account is no phone number."""
    return (place for place in places if not _overlaps(place, blocked))
