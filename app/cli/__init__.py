"""Flask commands, a file per subject. A command ends 0, or 2 with one clear sentence and nothing half-written."""

from flask import Flask

from app.cli import (
    agenda,
    areas,
    audit,
    codes,
    digests,
    importing,
    integrity,
    invitations,
    mail,
    privacy,
    seed,
    stands,
)

COMMANDS = (
    agenda.agenda,
    areas.areas,
    audit.audit,
    codes.codes,
    digests.digest,
    importing.import_,
    integrity.integrity,
    mail.mail,
    invitations.people,
    privacy.privacy,
    stands.ranking,
    seed.seed,
)


def register(app: Flask) -> None:
    """Hang every command on `flask --app wsgi …`."""
    for command in COMMANDS:
        app.cli.add_command(command)
