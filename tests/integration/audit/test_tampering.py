"""Whatever somebody changes behind the back of the site is found, and named for what it is, on both databases."""

import pytest

from app.db import db
from app.domain.audit_chain import GENESIS, Break, Fault, Line, content_of, digest_of
from app.kit import audit

from .conftest import NOW, Archive


@pytest.fixture
def ten(archive: Archive) -> list[int]:
    """Ten lines that hold; their numbers."""
    numbers = archive.write(10)
    assert archive.verify().broken is None
    return numbers


def broken(archive: Archive, noted: str | None = None) -> Break:
    found = archive.verify(noted).broken
    assert found is not None
    return found


CHANGES = {
    "at": "'2026-06-15 12:04:00.000001+00:00'",
    "actor_id": "{other}",
    "action": "action || 'x'",
    "subject_type": "'argument'",
    "subject_id": "subject_id + 1",
    "before": '\'{"state": "Published"}\'',
    "after": '\'{"state": "hidden", "reason": "insulT"}\'',
    "why": "why || ' '",
    "salt": "'!' || substr(salt, 2)",
    "content_digest": "substr(content_digest, 2) || '!'",
    "digest": "substr(digest, 2) || '!'",
    "redacted_at": "at",
}
NULLS = {"actor_id": "NULL", "subject_id": "NULL"}


def test_every_column_of_a_line_is_tried(archive: Archive) -> None:
    archive.write(1)
    assert set(archive.rows()[0]._fields) == {"id", *CHANGES}


@pytest.mark.parametrize("place", [0, 4, 9])
@pytest.mark.parametrize(("column", "value"), [*CHANGES.items(), *NULLS.items()])
def test_a_byte_of_a_line_is_changed(
    archive: Archive, ten: list[int], column: str, value: str, place: int
) -> None:
    archive.sql(
        f'UPDATE audit_entry SET "{column}" = {value.replace("{other}", str(archive.organiser))} WHERE id = :n',
        n=ten[place],
    )
    found = broken(archive)
    words = {"before", "after", "why", "salt", "content_digest", "redacted_at"}
    assert found.line == ten[place]
    assert found.fault == (Fault.WORDS if column in words else Fault.CHANGED)


def test_a_line_gets_another_number(archive: Archive, ten: list[int]) -> None:
    archive.sql("UPDATE audit_entry SET id = 5000 WHERE id = :n", n=ten[-1])
    assert broken(archive).line == 5000


@pytest.mark.parametrize(("first", "last"), [(0, 0), (3, 3), (3, 6), (8, 8)])
def test_lines_are_removed_in_the_middle(archive: Archive, ten: list[int], first: int, last: int) -> None:
    archive.sql("DELETE FROM audit_entry WHERE id BETWEEN :a AND :b", a=ten[first], b=ten[last])
    found = broken(archive)
    assert (found.fault, found.line) == (Fault.REMOVED, ten[last + 1])
    assert found.other == (ten[first - 1] if first else 0)


@pytest.mark.parametrize("kept", [9, 5, 0])
def test_the_tail_is_cut_off(archive: Archive, ten: list[int], kept: int) -> None:
    archive.sql("DELETE FROM audit_entry WHERE id > :n", n=ten[0] + kept - 1)
    found = broken(archive)
    assert (found.fault, found.lines, found.should) == (Fault.CUT_OFF, kept, 10)


def test_the_tail_is_cut_off_and_the_head_is_set_back(archive: Archive, ten: list[int]) -> None:
    noted = archive.head
    rows = archive.rows()
    archive.sql("DELETE FROM audit_entry WHERE id > :n", n=ten[6])
    archive.sql("UPDATE audit_head SET entry_id = :n, digest = :d, lines = 7", n=ten[6], d=rows[6].digest)
    assert archive.verify().broken is None, "the log alone cannot tell"
    assert broken(archive, noted).fault == Fault.NOTED
    assert archive.verify(rows[3].digest).noted == ten[3]


def test_everything_is_removed_head_and_all(archive: Archive, ten: list[int]) -> None:
    noted = archive.head
    archive.sql("DELETE FROM audit_entry")
    archive.sql("DELETE FROM audit_head")
    assert archive.verify().broken is None
    assert archive.verify(GENESIS).noted == 0
    assert broken(archive, noted).fault == Fault.NOTED


def test_two_lines_change_places(archive: Archive, ten: list[int]) -> None:
    for first, second in ((2, 3), (1, 8)):
        swap(archive, ten[first], ten[second])
        found = broken(archive)
        assert (found.fault, found.line, found.other) == (Fault.REORDERED, ten[first], ten[second])
        swap(archive, ten[first], ten[second])
        assert archive.verify().broken is None


def swap(archive: Archive, first: int, second: int) -> None:
    for number, other in ((first, -1), (second, first), (-1, second)):
        archive.sql("UPDATE audit_entry SET id = :to WHERE id = :n", n=number, to=other)


def test_only_the_words_of_two_lines_change_places(archive: Archive, ten: list[int]) -> None:
    for number, why in ((ten[2], "Reden nummer 3."), (ten[3], "Reden nummer 2.")):
        archive.sql("UPDATE audit_entry SET why = :why WHERE id = :n", n=number, why=why)
    assert broken(archive) == Break(Fault.WORDS, ten[2])


PUT = (
    "INSERT INTO audit_entry (id, at, actor_id, action, subject_type, subject_id, before, after, why, salt,"
    " content_digest, digest) SELECT :n, at, actor_id, action, subject_type, subject_id, before, after, why, salt,"
    " content_digest, :d FROM audit_entry WHERE id = :copy"
)


def test_a_line_is_put_in_at_the_end(archive: Archive, ten: list[int]) -> None:
    archive.sql(PUT, n=ten[-1] + 1, copy=ten[0], d="0" * 64)
    assert broken(archive) == Break(Fault.INSERTED, ten[-1] + 1)


def test_a_line_that_follows_well_is_put_in_at_the_end(archive: Archive, ten: list[int]) -> None:
    archive.sql(PUT, n=ten[-1] + 1, copy=ten[0], d=forged(archive, ten[-1] + 1, ten[-1]))
    assert broken(archive) == Break(Fault.INSERTED, ten[-1] + 1)


@pytest.mark.parametrize("number", [0, -7])
def test_a_line_is_put_in_before_the_first(archive: Archive, ten: list[int], number: int) -> None:
    archive.sql(PUT, n=number, copy=ten[0], d="0" * 64)
    assert broken(archive) == Break(Fault.INSERTED, number)


def forged(archive: Archive, number: int, previous: int) -> str:
    """The digest that a line with the words of the first one has to have to follow another line."""
    rows = {row.id: row for row in archive.rows()}
    first = archive.rows()[0]
    return digest_of(rows[previous].digest, Line(**{**first._mapping, "id": number}))


def test_a_line_is_written_anew_with_a_digest_that_fits(archive: Archive, ten: list[int]) -> None:
    """Somebody who knows the formula changes a line and its digests: the next line no longer follows."""
    row = archive.rows()[4]
    line = Line(**row._mapping)
    content = content_of(line.salt, line.before, line.after, "Iets anders.")
    values = {**row._mapping, "why": "Iets anders.", "content_digest": content}
    digest = digest_of(archive.rows()[3].digest, Line(**values))
    archive.sql(
        "UPDATE audit_entry SET why = 'Iets anders.', content_digest = :c, digest = :d WHERE id = :n",
        n=line.id,
        c=content,
        d=digest,
    )
    assert broken(archive) == Break(Fault.CHANGED, ten[5])


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("UPDATE audit_head SET digest = substr(digest, 2) || '0'", Fault.HEAD),
        ("UPDATE audit_head SET entry_id = entry_id - 1", Fault.HEAD),
        ("UPDATE audit_head SET entry_id = NULL", Fault.HEAD),
        ("UPDATE audit_head SET lines = lines + 1", Fault.CUT_OFF),
        ("UPDATE audit_head SET id = 2", Fault.NO_HEAD),
        ("DELETE FROM audit_head", Fault.NO_HEAD),
        ("INSERT INTO audit_head (id, entry_id, digest, lines) SELECT 2, entry_id, digest, lines FROM audit_head",
         Fault.NO_HEAD),
        ("UPDATE audit_head SET lines = lines - 1", Fault.HEAD),
    ],
)  # fmt: skip
def test_the_head_is_changed(archive: Archive, ten: list[int], change: str, fault: Fault) -> None:
    archive.sql(change)
    assert broken(archive).fault == fault


def test_a_removed_head_stays_found_out_after_the_next_line(archive: Archive, ten: list[int]) -> None:
    archive.sql("DELETE FROM audit_head")
    archive.write(1)
    found = broken(archive)
    assert found.line > ten[-1]


def test_words_are_taken_out_without_saying_so(archive: Archive, ten: list[int]) -> None:
    archive.sql(
        "UPDATE audit_entry SET before = '{}', after = '{}', why = '', salt = '', redacted_at = at WHERE id = :n",
        n=ten[4],
    )
    assert broken(archive) == Break(Fault.UNTOLD, ten[4])


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("redacted_at = NULL", Fault.WORDS),
        ("redacted_at = '2026-01-01 00:00:00+00:00'", Fault.UNTOLD),
        ("why = 'Andere woorden.'", Fault.WORDS),
        ('after = \'{"state": "published"}\'', Fault.WORDS),
        ("salt = 'ab'", Fault.WORDS),
        ("content_digest = substr(content_digest, 2) || '0'", Fault.CHANGED),
    ],
)
def test_a_line_without_words_is_changed(archive: Archive, ten: list[int], change: str, fault: Fault) -> None:
    with archive.app.app_context():
        audit.redact([ten[2]], NOW)
        db.session.commit()
    verdict = archive.verify()
    assert (verdict.broken, verdict.redacted) == (None, 1)
    archive.sql(f"UPDATE audit_entry SET {change} WHERE id = :n", n=ten[2])
    assert broken(archive) == Break(fault, ten[2])


def test_the_line_that_names_others_goes(archive: Archive, ten: list[int]) -> None:
    with archive.app.app_context():
        audit.redact([ten[2]], NOW)
        db.session.commit()
    archive.sql(
        "UPDATE audit_entry SET before = '{}', after = '{}', salt = '' , redacted_at = at WHERE action = 'audit.redact'"
    )
    assert broken(archive).fault == Fault.UNTOLD
