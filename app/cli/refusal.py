"""How a command says no: one clear sentence on standard error, exit code 2."""

from typing import IO, Any

import click


class Refusal(click.ClickException):
    """Ends the command with exit code 2 and its sentence; nothing has been written."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(self.format_message(), err=True)
