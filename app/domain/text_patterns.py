"""What the checks of Dutch texts look for: patterns, units, short names of places, and the words to begin with."""

import re
from collections.abc import Mapping


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]+(?:@|\s?[\[(](?:at|apenstaartje)[\])]\s?)[\w-]+(?:(?:\.|\s?[\[(](?:dot|punt)[\])]\s?)[\w-]+)+",
    re.IGNORECASE,
)
PHONE = re.compile(
    r"(?<![\w€.,/+-])(?<!\d )"
    r"(?:(?:\+|00)31[\s.-]?(?:\(0\)[\s.-]?)?|\(?0(?=\d))"
    r"(?:\d[\s./-]?\)?[\s./-]{0,2}){8}\d"
    r"(?![\w€])(?!\s?[.:/-]?\d)(?!\s?(?:euro|inwoners|km|m2|m²)\b)"
)
"""A number of the Netherlands; how many digits and where they may be broken is looked at afterwards."""
ABROAD = re.compile(r"(?<![\w+])\+(?!31)[1-9](?:[\s.()-]{0,2}\d){8,13}(?![\w])")
DATE_FIRST = re.compile(r"\d{2}[-/. ]\d{2}[-/. ](?:19|20)\d{2}")
PUBLIC_NUMBER = re.compile(r"\(?0(?:800|90[069]|85|88)")
"""Numbers of organisations: nobody is found by one."""
POSTCODE = re.compile(r"(?<![\w€])[1-9]\d{3}\s?(?!SA|SD|SS)[A-EGHJ-NPR-TV-XZ]{2}\b")
YEAR_AND = re.compile(r"(?:19|20)\d{2}\s?EN")
"""`2019 EN 2020` in capitals is no postcode."""
_NUMBER = r"[1-9]\d{0,3}(?:\s?-?\s?[a-hA-H]|\s?bis)?"
AFTER_POSTCODE = re.compile(rf"[\s,]{{0,3}}(?:(?:huis)?(?:nummer|nr\.?)\s?)?{_NUMBER}\b(?!\s?(?:euro|%|km))")
BEFORE_POSTCODE = re.compile(rf"\b(?:[\w.'-]+\s)?{_NUMBER},?\s?$")
STREET = re.compile(
    r"(?<!\w)(?<!\w['-])(?<!['-]['-])\b(?:(?!(?:Op|In|Bij|De|Het|Aan|Van|Naar|Langs|Rond|Ga)\s)[A-Z][\w'-]{0,40}\s){0,3}[A-Z]?[\w'-]{2,40}(?:straat|laan|weg|plein|singel|gracht|kade|dijk|steeg|dreef|plantsoen|"
    rf"boulevard|baan|hof|pad|park)\s(?:(?:nummer|nr\.?)\s)?({_NUMBER})\b"
    r"(?!\s?[-/]?\s?(?:euro|km|meter|%|uur)\b)(?![.,]\d)"
)
GOES_ON = _set(
    "in te bij en is op of woont wonen staat stond heeft had waar want naar aan met van voor achter naast hier al daar"
    " boven dat die zit"
)
"""Words that may follow a house number. After others the number counts something: `de Kerkstraat 20 bomen`."""
BSN = re.compile(
    r"(?<![\w€.,/+:-])(?<!\d )(?:\d{9}|\d{8}|\d{4}\.\d{2}\.\d{3}|\d{3}[ -]\d{3}[ -]\d{3})(?![\w€])(?![\s.,:/-]\d)"
)
COUNTED = re.compile(
    r"\s?(?:euro|eur|inwoners|mensen|bezoekers|stemmen|kwh|kg|km|m2|m²|m3|liter|keer|stuks|woningen)\b", re.I
)
OTHER_NUMBER = re.compile(
    r"(?:kvk|kamer van koophandel|isbn|issn|zaak|dossier|kenmerk|order|factuur|artikel|rekening|btw|rsin|serie|model)"
    r"[\w-]*\s?(?:nummer|nr\.?)?\s?(?:is|:)?\s?$|€\s?$",
    re.IGNORECASE,
)
IBAN_START = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?=[\s.-]?[A-Za-z0-9])")
IBAN_LENGTHS: Mapping[str, int] = {
    "NL": 18, "BE": 16, "DE": 22, "FR": 27, "LU": 20, "GB": 22, "ES": 24, "IT": 27, "AT": 20, "PL": 28, "PT": 25,
    "IE": 22, "DK": 18, "SE": 24, "FI": 18, "NO": 15, "CH": 21, "LT": 20, "RO": 24, "BG": 22, "TR": 26,
}  # fmt: skip
_L, _D = r"[A-Z]", r"\d"
PLATE = re.compile(
    r"(?<![\w-])(?:"
    + "|".join(
        shape.replace("L", _L).replace("9", _D)
        for shape in (
            "LL-99-99", "99-99-LL", "99-LL-99", "LL-99-LL", "LL-LL-99", "99-LL-LL", "99-LLL-9", "9-LLL-99",
            "LL-999-L", "L-999-LL", "LLL-99-L", "L-99-LLL", "9-LL-999", "999-LL-9",
        )
    )
    + r")(?![\w-])"
)  # fmt: skip
MONTHS = _set("JAN FEB MRT APR MEI JUN JUL AUG SEP OKT NOV DEC")
LINK = re.compile(
    r"(?:https?://|www\.)[^\s<>\"'“”]+"
    r"|(?<![\w@.-])(?:[a-z0-9][a-z0-9-]*\.)+(?:nl|com|org|eu|net|be|info|shop|xyz|online|ly|me|gd|link)"
    r"(?:/[^\s<>\"'“”]*)?(?![\w@-])(?!\.\w)",
    re.IGNORECASE,
)
SHORTENERS = _set(
    "bit.ly tinyurl.com t.co goo.gl ow.ly is.gd buff.ly cutt.ly rebrand.ly shorturl.at t.ly tiny.cc rb.gy lnkd.in"
    " linktr.ee bl.ink v.gd s.id kortelink.nl"
)
EXCLAIMED = re.compile(r"[!?]*!{3,}[!?]*|[!?]{4,}")
SHOUTED = re.compile(r"(?<![\w'’])['’]{0,2}[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ'’]*(?:[\s,:-]+[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ'’]*)+\b")
SAME_SIGN = re.compile(r"([^\W\d_])\1{4,}", re.IGNORECASE)
SAME_WORD = re.compile(r"\b(\w{2,})(?:[\s,.!?-]+\1\b){3,}", re.IGNORECASE)

STRENGTHENERS = (
    "kanker",
    "klere",
    "klote",
    "kut",
    "pest",
    "pleuris",
    "rot",
    "tering",
    "tyfus",
    "vieze",
    "vuile",
)
"""What people glue before an insult; `rotzak` is the word `zak` made worse. Nothing else makes a compound count."""
STARTER_WORDS = (
    "idioot", "imbeciel", "klootviool", "klootzak", "debiel", "mafkees", "mongool", "randdebiel", "schoft", "smeerlap",
    "sukkel", "uitschot", "ik maak je af", "ik maak je dood", "ik sla je", "ik steek je", "ik weet je te vinden",
    "ik weet waar je woont", "je gaat eraan",
)  # fmt: skip
"""A short list to begin with; organisers add what their city says, and take out what they do not mind."""
