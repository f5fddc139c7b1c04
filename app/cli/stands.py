"""Sealed standings on the command line: seal or plan one, list them, compute them again, write them to a file."""

import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from app.cli.ranking import chosen_call, numbered
from app.cli.ranking import ranking as ranking  # the group, with the commands below
from app.cli.refusal import Refusal
from app.db import begin_read, db
from app.domain.decision import NotAllowed
from app.domain.ranking.canonical import Difference, NotCanonical, parse, sha256
from app.domain.ranking.material import UnknownMethod
from app.domain.ranking.public_check import verify_public
from app.domain.ranking.snapshot import AUDIT, PUBLIC
from app.domain.ranking.verification import verify_audit
from app.kit import audit, clock
from app.kit.i18n import TIME_ZONE
from app.models.process import Call
from app.models.seal import SealReason, Snapshot
from app.models.workshop import Workshop
from app.records import seals


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Refusal(f"{text!r} is no moment. Write it as 2026-05-21T20:00.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(TIME_ZONE))


@ranking.command("seal")
@click.option("--call", "slug", help="Name of the call in its address; default: the main call.")
@click.option(
    "--workshop", "workshop_id", type=int, help="Seal what the agenda of this workshop follows from."
)
@click.option("--reason", type=click.Choice([r.value for r in SealReason]), help="What it is sealed for.")
@click.option("--at", "at", help="Cut-off, as 2026-05-21T20:00 (time of the city); one to come is planned.")
def seal(slug: str | None, workshop_id: int | None, reason: str | None, at: str | None) -> None:
    """Seal the standing of a call: everything that was voted by now, or at a cut-off."""
    begin_read()
    if workshop_id is not None:
        call_id = db.session.scalar(select(Workshop.call_id).where(Workshop.id == workshop_id))
        if call_id is None:
            raise Refusal(f"There is no workshop {workshop_id}.")
        if slug and chosen_call(slug).id != call_id:
            raise Refusal(f"Workshop {workshop_id} gets its themes from another call than {slug!r}.")
    else:
        call_id = chosen_call(slug).id
    wanted = SealReason(reason) if reason else SealReason.WORKSHOP if workshop_id else SealReason.COUNCIL
    now, cut_off = clock.now(), _moment(at) if at else None
    try:
        if cut_off is not None and cut_off > now:
            plan = seals.plan(call_id, cut_off, now, reason=wanted, workshop_id=workshop_id)
            click.echo(f"Planned for {_told(plan.at)}.")
            return
        click.echo("Reading the votes, computing every ranking and agenda …", err=True)
        made = seals.seal(call_id, wanted, now, workshop_id=workshop_id, cut_off=cut_off)
    except NotAllowed as error:
        raise Refusal(error.decision.refusal % error.decision.values) from None
    click.echo(
        f"Standing {made.number} is sealed: {made.votes} votes of {made.voters} people, cut-off {_told(made.cut_off)}."
    )
    click.echo(f"Digest {made.digest}")


def _told(moment: datetime) -> str:
    return moment.astimezone(ZoneInfo(TIME_ZONE)).strftime("%Y-%m-%d %H:%M:%S %Z")


@ranking.command("stands")
@click.option("--call", "slug", help="Name of the call in its address; default: the main call.")
def stands(slug: str | None) -> None:
    """List the sealed standings of a call and those that are planned."""
    begin_read()
    call = chosen_call(slug)
    rows = db.session.execute(
        select(
            *(Snapshot.number, Snapshot.cut_off, Snapshot.reason, Snapshot.workshop_id),
            *(Snapshot.votes, Snapshot.voters, Snapshot.digest),
        )
        .where(Snapshot.call_id == call.id)
        .order_by(Snapshot.number)
    ).all()
    for row in rows:
        click.echo(
            f"{row.number:>4}  {_told(row.cut_off)}  {_for_what(row.reason, row.workshop_id):<14}  "
            f"{row.votes:>8} votes {row.voters:>7} people  {row.digest}"
        )
    for plan in seals.plans_of(call.id):
        click.echo(f"   -  {_told(plan.at)}  {_for_what(plan.reason, plan.workshop_id):<14}  planned")
    if not rows:
        click.echo(f"No standing of {call.slug} was sealed yet.")


def _for_what(reason: SealReason, workshop_id: int | None) -> str:
    return f"{reason} {workshop_id}" if workshop_id else str(reason)


@ranking.command("export")
@click.argument("number", type=int)
@click.option("--call", "slug", help="Name of the call in its address; default: the main call.")
@click.option(
    "--auditor", is_flag=True, help="The file for checkers, with every ballot; noted in the audit log."
)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True)
def export(number: int, slug: str | None, auditor: bool, output: Path) -> None:
    """Write the document of a standing to a file, to the letter."""
    found = numbered(number, slug)
    text = found.audit if auditor else found.public
    try:
        output.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise Refusal(f"{output} cannot be written: {error.strerror}.") from None
    if auditor:
        audit.record(None, "stands.take_audit_file", found, clock.now(), after={"number": number})
        db.session.commit()
    click.echo(f"{output}: {len(text.encode())} bytes, SHA-256 {sha256(text)}")


@ranking.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.option(
    "--all", "everything", is_flag=True, help="Every standing in the database (the default without FILE)."
)
@click.option("--digest", help="The digest that was published with the file, 64 hexadecimal digits.")
def verify(file: Path | None, everything: bool, digest: str | None) -> None:
    """Compute sealed standings again and name the first difference; ends 1 when there is one.

    FILE is an auditor's file or a public one; without it, everything in the database is looked at with its chain.
    """
    if file is not None and everything:
        raise Refusal("Name a file, or ask for all; not both.")
    try:
        _verify_file(file, digest) if file is not None else _verify_all()
    except UnknownMethod as error:
        raise Refusal(str(error)) from None


def _verify_file(file: Path, digest: str | None) -> None:
    try:
        # A line break at the end is what editors add; everything else counts.
        text = file.read_bytes().decode("utf-8").removesuffix("\n")
        document = parse(text)
    except (UnicodeDecodeError, NotCanonical) as error:
        raise Refusal(f"{file} is not a sealed standing: {error}") from None
    schema = document.get("schema") if isinstance(document, dict) else None
    if schema not in (AUDIT, PUBLIC):
        raise Refusal(f"{file} is not a sealed standing that this program knows.")
    click.echo(f"SHA-256 {sha256(text)}", err=True)
    if digest is not None and digest.strip().lower() != sha256(text):
        _report([Difference("(the whole file)", sha256(text), digest.strip().lower())], str(file))
    differences = _published(document, text)
    click.echo("Computing everything again …", err=True)
    differences += verify_audit(text) if schema == AUDIT else verify_public(text)
    _report(differences, str(file))
    what = "Everything" if schema == AUDIT else "Whatever follows from the figures in a public file"
    click.echo(f"{what} was computed again and is the same.")
    if schema == PUBLIC and digest is None:
        click.echo("Add --digest to see whether it is the file that was published.", err=True)


def _published(document: dict[str, object], text: str) -> list[Difference]:
    """Whether the file is the one that this database sealed under its number, where it did.

    Who only checks a file has no database at all, or an empty one.
    """
    call, number = document.get("call"), document.get("number")
    slug = call.get("slug") if isinstance(call, dict) else None
    if not isinstance(slug, str) or not isinstance(number, int):
        return []
    row = None
    with suppress(DatabaseError, ValueError, OverflowError):  # no column holds just any number or text
        begin_read()
        row = db.session.execute(
            select(Snapshot.digest, Snapshot.audit)
            .join(Call, Call.id == Snapshot.call_id)
            .where(Call.slug == slug, Snapshot.number == number)
        ).one_or_none()
    db.session.rollback()
    if row is None:
        click.echo("This database did not seal it, so only the file itself is looked at.", err=True)
        return []
    should = row.digest if document.get("schema") == PUBLIC else sha256(row.audit)
    return [] if should == sha256(text) else [Difference("(the whole file)", sha256(text), str(should))]


def _report(differences: list[Difference], subject: str) -> None:
    for difference in differences:
        click.echo(f"{subject}: {difference}")
    if differences:
        sys.exit(1)


def _verify_all() -> None:
    begin_read()
    rows = db.session.execute(
        select(Snapshot.id, Snapshot.number, Call.slug)
        .join(Call, Call.id == Snapshot.call_id)
        .order_by(Snapshot.call_id, Snapshot.number)
    ).all()
    found: list[tuple[str, Difference]] = []
    with click.progressbar(rows, label="Standings", file=sys.stderr) as bar:
        for row in bar:
            try:
                differences = seals.verify(row.id)
            except LookupError as error:  # it names a reason that nobody knows
                differences = [Difference("reason", str(error), "one of ours")]
            found += [(f"standing {row.number} of {row.slug}", each) for each in differences]
            db.session.expunge_all()
    found += [(f"the last standing of {slug}", each) for slug, each in seals.chain_ends()]
    found += [("the audit log", each) for each in seals.gone()]
    for subject, difference in found:
        click.echo(f"{subject}: {difference}")
    if found:
        sys.exit(1)
    if not rows:
        click.echo("No standing was sealed yet.")
    elif len(rows) == 1:
        click.echo("One standing was computed again; it is the same and the chain is whole.")
    else:
        click.echo(
            f"{len(rows)} standings were computed again; every one is the same and the chain is whole."
        )
