"""Voting codes for people without e-mail: a batch and its letters, in one go."""

import os
import sys
import tempfile
from datetime import datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from app.cli.ranking import chosen_call
from app.cli.refusal import Refusal
from app.db import begin_read, db
from app.domain.decision import NotAllowed
from app.features.codes import forms, service
from app.features.codes.letters import Order
from app.kit import clock
from app.kit.i18n import LANGUAGES
from app.policies.codes import may_make_codes

codes = AppGroup("codes", help="Voting codes for people without e-mail.")


@codes.command("create")
@click.option("--count", type=int, required=True, help="How many letters.")
@click.option("--call", "slug", required=True, help="Name of the call in its address.")
@click.option("--name", default="", help="What the batch is called, for the organisers.")
@click.option("--until", help="Last day on which the codes work, as 2026-05-21; default: when voting ends.")
@click.option(
    "--pdf",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the letters go; default: stemcodes-CALL-MOMENT.pdf in this folder.",
)
@click.option("--language", default="nl", help="nl (the default) or en: the language of the letters.")
def create(count: int, slug: str, name: str, until: str | None, file: Path | None, language: str) -> None:
    """Make codes and their letters. The codes are in the letters and nowhere else."""
    now = clock.now()
    order = _order(count, slug, name, until, language, now)
    file = file or Path(f"stemcodes-{slug}-{now:%Y%m%d-%H%M%S}.pdf")
    if file.exists():
        raise Refusal(f"{file} exists already. Choose another name, so that no letters are lost.")
    if not file.parent.is_dir():
        raise Refusal(f"There is no folder {file.parent}.")
    with click.progressbar(length=count, label="Letters", file=sys.stderr) as bar:
        printed = service.print_letters(order, lambda: bar.update(1))
    waiting = _write_beside(file, printed.pdf)
    batch_id = 0
    try:
        batch_id = service.keep(printed, None, clock.now(), why="flask codes create").id
        waiting.replace(file)
    except NotAllowed as no:
        raise Refusal(no.decision.refusal) from None
    except OSError as error:
        service.forget(batch_id)
        raise Refusal(f"{file} cannot be written: {error.strerror}. No codes were made.") from None
    finally:
        waiting.unlink(missing_ok=True)
    click.echo(f"Batch {batch_id}: {count} letters are in {file}. Print them and delete the file.")


def _order(count: int, slug: str, name: str, until: str | None, language: str, now: datetime) -> Order:
    if not 1 <= count <= service.MOST:
        raise Refusal(f"Make 1 to {service.MOST} letters at a time.")
    if language not in LANGUAGES:
        raise Refusal(f"The site does not speak {language!r}. Choose nl or en.")
    name = " ".join(name.split())
    if len(name) > forms.NAME_LENGTH[1]:
        raise Refusal(f"A name has at most {forms.NAME_LENGTH[1]} characters.")
    begin_read()
    call = chosen_call(slug)
    db.session.rollback()
    decision = may_make_codes(None, call, now)
    if not decision:
        raise Refusal(decision.refusal)
    ends = forms.end_of_day(until) if until is not None else forms.end_of_voting(call)
    if ends is None:
        raise Refusal(f"{until!r} is no day. Write it as 2026-05-21.")
    if not now < ends <= now + forms.LONGEST_VALIDITY:
        raise Refusal("The codes must work until a day to come, within two years.")
    return Order(call, count, name, ends, language)


def _write_beside(file: Path, content: bytes) -> Path:
    """Write to a new file in the folder of the wanted one, so that a rename puts it in its place at once."""
    try:
        number, waiting = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
        with os.fdopen(number, "wb") as target:
            target.write(content)
            target.flush()
            os.fsync(target.fileno())
    except OSError as error:
        raise Refusal(f"{file} cannot be written: {error.strerror}. No codes were made.") from None
    return Path(waiting)
