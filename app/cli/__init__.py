"""Flask commands, a file per subject. A command ends 0, or 2 with one clear sentence and nothing half-written."""

from flask import Flask

from app.cli import agenda, importing, mail, people, seed, stands

COMMANDS = (agenda.agenda, importing.import_, mail.mail, people.people, stands.ranking, seed.seed)


def register(app: Flask) -> None:
    """Hang every command on `flask --app wsgi …`."""
    for command in COMMANDS:
        app.cli.add_command(command)
