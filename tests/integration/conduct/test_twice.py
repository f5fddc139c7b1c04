"""A button that is pressed twice imposes one measure, so that an appeal that is upheld lifts all of it."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from app.models import AuditEntry, MailMessage, Notice, Person, Sanction
from app.models.moderation import SanctionKind
from tests.support import csrf_token, post

from .test_appealing import SWEEP, answer, appeal_by_mail, second, written
from .test_measures import SENTENCE, Cast, cast, fill

__all__ = ["cast"]


def at_once(cast: Cast, verb: str, given: dict[str, str], times: int = 3) -> list[int]:
    """The moderator sends the same form so often at the same moment; the answers."""
    gate, statuses = threading.Barrier(times), [0] * times

    def sender(place: int) -> Callable[[], None]:
        client = cast.client(cast.moderator)
        data = {"csrf_token": csrf_token(client), **given}

        def send() -> None:
            gate.wait()
            statuses[place] = client.post(f"/moderatie/mensen/{cast.person}/{verb}", data=data).status_code

        return send

    threads = [threading.Thread(target=sender(place)) for place in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    return statuses


@pytest.mark.parametrize("given", [fill("block"), fill("block", "30"), fill("pause", "14"), fill("warn")])
def test_the_same_measure_sent_twice_is_one(cast: Cast, given: dict[str, str]) -> None:
    desk, path = cast.client(cast.moderator), f"/moderatie/mensen/{cast.person}/maatregel"
    for _time in range(2):
        assert post(desk, path, **given).location == f"/moderatie/mensen/{cast.person}"
    assert [len(cast.all(table)) for table in (Sanction, MailMessage, Notice, AuditEntry)] == [1] * 4
    other = {**given, "measure-sentence": "Je dreigde met geweld. Dat mag hier niet."}
    post(desk, path, **other)
    assert len(cast.all(Sanction)) == 2, "another sentence is another measure"


def test_the_same_a_while_later_or_longer_or_after_lifting_is_another_measure(cast: Cast) -> None:
    now = datetime.now(UTC)
    ends_at = now + timedelta(days=30)
    cast.impose(SanctionKind.BLOCK, ends_at, now - timedelta(minutes=2))
    first = cast.impose(SanctionKind.BLOCK, ends_at, now)
    assert len(cast.all(Sanction)) == 2
    assert cast.impose(SanctionKind.BLOCK, ends_at, now) == first
    assert cast.impose(SanctionKind.BLOCK, ends_at + timedelta(days=1), now) != first
    desk = cast.client(cast.moderator)
    sentence = {f"lift-{first}-sentence": "We hebben gesproken en maken afspraken."}
    post(desk, f"/moderatie/maatregelen/{first}/opheffen", **sentence)
    assert cast.impose(SanctionKind.BLOCK, ends_at, now) not in (first, 0)


def test_of_the_same_measure_at_once_one_is_imposed_and_an_appeal_frees_the_person(cast: Cast) -> None:
    assert at_once(cast, "maatregel", fill("block")) == [303] * 3
    assert [row.sentence for row in cast.all(Sanction)] == [SENTENCE]
    assert [row.kind for row in cast.all(MailMessage)] == ["sanction"]
    assert [row.action for row in cast.all(AuditEntry)] == ["conduct.block"]
    appeal_by_mail(cast)
    answer(second(cast), 1, "upheld")
    assert cast.get(Person, cast.person).blocked_at is None


def test_everything_taken_off_the_site_twice_is_one_block(cast: Cast) -> None:
    written(cast)
    assert at_once(cast, "opruimen", SWEEP) == [303] * 3
    assert len(cast.all(Sanction)) == 1
    assert [row.action for row in cast.all(AuditEntry)] == ["conduct.sweep", "conduct.block"]
    assert [row.kind for row in cast.all(MailMessage)] == ["sanction"]
