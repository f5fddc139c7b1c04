"""What the log never says: who people are, what they wrote, and what lets them in."""

import json

import pytest
import structlog
from flask import Flask

from app.kit import logs


def a_log() -> structlog.typing.FilteringBoundLogger:
    """The log as a site sets it up."""
    app = Flask(__name__)
    app.testing = True
    logs.init_app(app)
    log: structlog.typing.FilteringBoundLogger = structlog.get_logger()
    return log


def test_keys_that_name_a_secret(capsys: pytest.CaptureFixture[str]) -> None:
    a_log().info("asked", email="an@voorbeeld.example", sign_in_code="123456", room=3)
    line = json.loads(capsys.readouterr().err)
    assert (line["email"], line["sign_in_code"], line["room"]) == ("…", "…", 3)


@pytest.mark.parametrize(
    ("value", "secret"),
    [
        ("550 <an.jansen@voorbeeld.example>: unknown", "jansen"),
        ("/inloggen/link/Zx81-geheim_sleutel", "geheim"),
        ("/en/inloggen/link/Zx81-geheim_sleutel", "geheim"),
    ],
)
def test_secrets_in_the_middle_of_words(capsys: pytest.CaptureFixture[str], value: str, secret: str) -> None:
    a_log().warning("refused", reason=value)
    assert secret not in capsys.readouterr().err


def test_a_fault_of_the_database_does_not_quote_the_row(capsys: pytest.CaptureFixture[str]) -> None:
    message = "duplicate key\nDETAIL:  Key (name)=(Anna de Vries) exists, an@voorbeeld.example."
    try:
        raise ValueError(message)
    except ValueError:
        a_log().exception("unexpected_error", path="/mijn")
    line = capsys.readouterr().err
    assert "ValueError" in line
    assert "duplicate key" in line
    assert "Anna" not in line
    assert "an@" not in line
