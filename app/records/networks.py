"""From which networks people take part: keyed hashes per week, whose key is destroyed, and networks that are known.

A network is what a household, an office or a school shares: the first 24 bits of an IPv4 address, the first 56 of an
IPv6 address. No address is kept anywhere. After the key of a week is gone nobody can compute its hashes again, also
not somebody who tries out every network there is; and the traces of that week go with it.
"""

import hmac
import secrets
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from itertools import islice
from typing import Any

from sqlalchemy import delete, exists, func, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from app.db import db, is_postgresql
from app.kit import tokens
from app.models.integrity import KnownNetwork, NetworkKey, NetworkTrace
from app.models.person import Person

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
KEPT = timedelta(days=30)
"""So long after the end of its week the key of a week is kept."""
WEEK = timedelta(days=7)
WIDTH = {4: 24, 6: 56}
"""How many bits of an address name its network."""
WIDEST = {4: 16, 6: 32}
"""A known network is at most this wide, so that nobody puts half the country out of sight."""
AT_ONCE = 500
MOST_PARTS = 1 << 16
"""So many networks within a known one are looked for among the traces that are there already."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Somebody who took part from an address at a moment. Lives in memory only."""

    person_id: int
    address: str
    at: datetime


def address_of(text: str) -> Address | None:
    """An address as a server writes it, IPv4 within IPv6 as IPv4; None when it is none (such as a socket)."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def network_of(address: Address) -> Network:
    """The network that an address lies in."""
    return ip_network((address, WIDTH[address.version]), strict=False)


def week_of(moment: datetime) -> date:
    """The Monday (UTC) on which the week of a moment begins."""
    day = moment.date()
    return day - timedelta(days=day.weekday())


def hashed(key: bytes, network: Network) -> str:
    """What is kept of a network: nobody without the key can compute it, or tell whether two weeks show the same.

    The secret of the server goes into it as well, so that a copy of the database alone is not enough either.
    """
    secret = tokens.keyed_hash("network", key.hex()).encode()
    return hmac.new(secret, network.compressed.encode(), sha256).hexdigest()


def ends_at(week: date) -> datetime:
    """From when on the key of a week must be gone."""
    return datetime(week.year, week.month, week.day, tzinfo=UTC) + WEEK + KEPT


def key_of(week: date, now: datetime) -> bytes | None:
    """The key of a week, made at first need; of two who make one at once the first wins. None once it is gone.

    The caller commits.
    """
    if ends_at(week) <= now:
        return None
    row = {"week": week, "key": secrets.token_bytes(32), "made_at": now}
    db.session.execute(_insert(NetworkKey).values(**row).on_conflict_do_nothing())
    return db.session.scalars(select(NetworkKey.key).where(NetworkKey.week == week)).one()


def note(seen: Iterable[Seen], now: datetime) -> int:
    """Keep from which networks these people took part; how many traces that are. The caller commits.

    Networks that are known leave no trace, and neither does somebody whose account is gone.
    """
    shared = known()
    rows: dict[tuple[date, str, int], tuple[datetime, datetime]] = {}
    keys: dict[date, bytes | None] = {}
    for one in seen:
        address, week = address_of(one.address), week_of(one.at)
        if address is None or any(address in each for each in shared):
            continue
        if week not in keys:
            keys[week] = key_of(week, now)
        key = keys[week]
        if key is None:
            continue
        place = (week, hashed(key, network_of(address)), one.person_id)
        first, last = rows.get(place, (one.at, one.at))
        rows[place] = (min(first, one.at), max(last, one.at))
    _write(rows)
    return len(rows)


def _write(rows: dict[tuple[date, str, int], tuple[datetime, datetime]]) -> None:
    people = {person for _week, _network, person in rows}
    here = set(
        db.session.scalars(
            select(Person.id)
            .where(Person.id.in_(people), Person.erased_at.is_(None))
            .with_for_update(read=True)
        )
    )
    values = [
        {"week": week, "network": network, "person_id": person, "first_at": first, "last_at": last}
        for (week, network, person), (first, last) in sorted(rows.items())
        if person in here
    ]
    for start in range(0, len(values), AT_ONCE):
        put = _insert(NetworkTrace)
        later = func.greatest if is_postgresql() else func.max
        db.session.execute(
            put.on_conflict_do_update(
                index_elements=[NetworkTrace.week, NetworkTrace.network, NetworkTrace.person_id],
                set_={"last_at": later(NetworkTrace.last_at, put.excluded.last_at)},
            ),
            values[start : start + AT_ONCE],
        )


def _insert(table: type[NetworkKey] | type[NetworkTrace]) -> Any:
    return (postgresql if is_postgresql() else sqlite).insert(table)


def sweep_is_due(now: datetime) -> bool:
    """Whether a key has been kept long enough, or a trace outlived its key."""
    oldest = _oldest(now)
    return bool(
        db.session.scalar(
            select(
                or_(
                    exists().where(NetworkKey.week <= oldest, NetworkKey.key.is_not(None)),
                    exists().where(NetworkTrace.week <= oldest),
                )
            )
        )
    )


def sweep(now: datetime) -> tuple[int, int]:
    """Destroy the keys that have been kept long enough, with the traces of their weeks; how many of each.

    The row of a key stays, empty, so that no new key is ever made for its week. The caller commits.
    """
    oldest = _oldest(now)
    if not is_postgresql():
        db.session.execute(text("PRAGMA secure_delete = ON"))
    keys = db.session.execute(
        update(NetworkKey)
        .where(NetworkKey.week <= oldest, NetworkKey.key.is_not(None))
        .values(key=None, destroyed_at=now)
    )
    traces = db.session.execute(delete(NetworkTrace).where(NetworkTrace.week <= oldest))
    return keys.rowcount, traces.rowcount  # type: ignore[attr-defined]


def scrub() -> None:
    """Leave nothing of what was destroyed in the files of the database; after the commit."""
    if is_postgresql():
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"VACUUM {NetworkKey.__tablename__}"))
            connection.execute(text(f"VACUUM {NetworkTrace.__tablename__}"))
    else:
        with closing(db.engine.raw_connection()) as raw, closing(raw.cursor()) as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # the log of writes keeps what the file lost


def _oldest(now: datetime) -> date:
    """The last week whose key must be gone."""
    return week_of(now - KEPT - WEEK)


def known() -> list[Network]:
    """The networks that many people share for a good reason."""
    return [ip_network(cidr) for cidr in db.session.scalars(select(KnownNetwork.cidr))]


def listed() -> Sequence[KnownNetwork]:
    """The known networks, by name."""
    return db.session.scalars(select(KnownNetwork).order_by(KnownNetwork.name, KnownNetwork.id)).all()


def forget_known(network: Network) -> int:
    """Take away the traces of networks that lie in one which is known from now on; how many. The caller commits.

    A known network narrower than a trace takes nothing away: its neighbours left the same trace.
    """
    width = WIDTH[network.version]
    if network.prefixlen > width:
        return 0
    gone = 0
    keys = db.session.execute(
        select(NetworkKey.week, NetworkKey.key).where(NetworkKey.key.is_not(None))
    ).all()
    for week, key in keys:
        here = set(
            db.session.scalars(select(NetworkTrace.network).where(NetworkTrace.week == week).distinct())
        )
        parts: Iterable[Network] = islice(network.subnets(new_prefix=width), MOST_PARTS)
        inside = sorted(here & {hashed(key or b"", part) for part in parts})
        for start in range(0, len(inside), AT_ONCE):
            done = db.session.execute(
                delete(NetworkTrace).where(
                    NetworkTrace.week == week, NetworkTrace.network.in_(inside[start : start + AT_ONCE])
                )
            )
            gone += done.rowcount  # type: ignore[attr-defined]
    return gone


def parse(text: str) -> Network | None:
    """A network as an organiser types it: an address alone, or with how many bits count; None for anything else.

    Bits beyond the width are dropped, so that 10.1.2.3/24 names the network that 10.1.2.3 lies in.
    """
    try:
        network = ip_network("".join(text.split()), strict=False)
    except ValueError:
        return None
    if isinstance(network, IPv6Network) and network.network_address.ipv4_mapped and network.prefixlen >= 96:
        return ip_network((network.network_address.ipv4_mapped, network.prefixlen - 96))
    return network


def too_wide(network: Network) -> bool:
    """Whether so many addresses lie in it that it would hide more than a building."""
    return network.prefixlen < WIDEST[network.version]
